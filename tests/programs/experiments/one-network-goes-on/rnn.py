"""Assignment 6: RNN and LSTM from scratch with NumPy."""

import numpy as np
from matplotlib import pyplot as plt


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        # 记住各个维度
        self.I, self.H, self.O = input_size, hidden_size, output_size
        # 所有参数放在一个字典里, 方便后面统一更新
        self.params = {}
        self.params['W_xh'] = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.params['W_hh'] = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.params['b_h'] = np.zeros((hidden_size,))
        self.params['W_hy'] = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.params['b_y'] = np.zeros((output_size,))
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    def forward(self, inputs):
        p = self.params
        T, B = inputs.shape[0], inputs.shape[1]
        # h 比输入多一个位置: h[0] 是初始状态(全零), h[t+1] 才是第 t 步之后的状态
        h = np.zeros((T + 1, B, self.H))
        y = np.zeros((T, B, self.O))
        for t in range(T):
            a = np.dot(inputs[t], p['W_xh']) + np.dot(h[t], p['W_hh']) + p['b_h']
            h[t + 1] = np.tanh(a)
            y[t] = np.dot(h[t + 1], p['W_hy']) + p['b_y']
        # 反向传播时要用
        self.x = inputs
        self.h = h
        return y, h[1:]

    def backward(self, d_outputs):
        p = self.params
        x, h = self.x, self.h
        T, B, _ = d_outputs.shape
        g = {k: np.zeros_like(v) for k, v in p.items()}
        carry = np.zeros((B, self.H))      # 从后一时刻传回来的梯度
        for t in range(T - 1, -1, -1):
            g['W_hy'] += np.dot(h[t + 1].T, d_outputs[t])
            g['b_y'] += np.sum(d_outputs[t], axis=0)
            dh = np.dot(d_outputs[t], p['W_hy'].T) + carry
            da = dh * (1 - h[t + 1] * h[t + 1])   # tanh 的导数
            g['W_xh'] += np.dot(x[t].T, da)
            g['W_hh'] += np.dot(h[t].T, da)
            g['b_h'] += np.sum(da, axis=0)
            carry = np.dot(da, p['W_hh'].T)
        self.grads = g
        return g

    def update_parameters(self, learning_rate):
        # 普通梯度下降
        for k in self.params:
            self.params[k] = self.params[k] - learning_rate * self.grads[k]


class LSTMCell:
    """All four gates in one matrix product; columns in the order i, f, o, c."""

    def __init__(self, input_size, hidden_size):
        self.n = hidden_size
        k = 1.0 / np.sqrt(hidden_size)
        self.W = np.random.uniform(-k, k, (input_size, 4 * hidden_size))
        self.U = np.random.uniform(-k, k, (hidden_size, 4 * hidden_size))
        self.b = np.zeros(4 * hidden_size)
        for j, g in enumerate(('i', 'f', 'o', 'c')):
            block = slice(j * hidden_size, (j + 1) * hidden_size)
            setattr(self, 'W_' + g, self.W[:, block])
            setattr(self, 'U_' + g, self.U[:, block])
            setattr(self, 'b_' + g, self.b[block])

    def forward(self, input_t, hidden_state, cell_state):
        n = self.n
        z = input_t @ self.W + hidden_state @ self.U + self.b
        gates = 1.0 / (1.0 + np.exp(-np.clip(z[:, :3 * n], -500, 500)))
        i, f, o = gates[:, :n], gates[:, n:2 * n], gates[:, 2 * n:]
        g = np.tanh(z[:, 3 * n:])
        c = f * cell_state + i * g
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in ('fibonacci', 'sine', 'square'):
        raise ValueError('seq_type = %r ?' % (seq_type,))
    if not length >= 1:
        raise ValueError('length = %r ?' % (length,))
    n = np.arange(length)
    if seq_type == 'sine':
        return np.sin(2.0 * np.pi * 0.03 * n)
    if seq_type == 'square':
        return np.sign(np.sin(2.0 * np.pi * (n + 0.5) / 20)).astype(np.float64)
    x = np.empty(length)
    x[:2] = 1.0
    for k in range(2, length):
        x[k] = x[k - 1] + x[k - 2]
    return x


def train_rnn_on_sequence():
    # ---------- 1. 数据准备 ----------
    np.random.seed(42)
    seq = generate_sequence_data('sine', 600)
    n_train = 450
    train_raw = seq[:n_train]
    test_raw = seq[n_train:]
    lo, hi = train_raw.min(), train_raw.max()

    def scale(v):
        return 2 * (v - lo) / (hi - lo) - 1

    def unscale(v):
        return (v + 1) / 2 * (hi - lo) + lo

    train = scale(train_raw)
    test = scale(test_raw)

    def windows(s, L):
        # 每个时间步都预测下一项: 输入 s[k..k+L-1], 目标 s[k+1..k+L]
        X = np.array([s[k:k + L] for k in range(len(s) - L)])
        Y = np.array([s[k + 1:k + L + 1] for k in range(len(s) - L)])
        return X.T[:, :, np.newaxis], Y.T[:, :, np.newaxis]

    # ---------- 2. 模型训练 ----------
    results = {}
    lengths = [8, 16, 32]
    rnn = SimpleRNN(1, 20, 1)
    for L in lengths:
        X, Y = windows(train, L)
        N = X.shape[1]
        losses = []
        for epoch in range(180):
            perm = np.random.permutation(N)
            ep = []
            for s in range(0, N, 50):
                idx = perm[s:s + 50]
                xb, yb = X[:, idx], Y[:, idx]
                out, _ = rnn.forward(xb)
                diff = out - yb
                ep.append(np.mean(diff ** 2))
                rnn.backward(2 * diff / diff.size)
                rnn.update_parameters(0.1)
            losses.append(float(np.mean(ep)))

        # ---------- 3. 性能评估 ----------
        Xt, Yt = windows(test, L)
        out, _ = rnn.forward(Xt)
        pred = unscale(out[-1, :, 0])
        true = unscale(Yt[-1, :, 0])
        rmse = np.sqrt(np.mean((pred - true) ** 2))
        results[L] = {'loss': losses, 'pred': pred, 'true': true, 'rmse': float(rmse)}

    # ---------- 4. 结果可视化 ----------
    show = results[32]
    fig = plt.figure(figsize=(12, 4))
    ax1 = fig.add_subplot(131)
    for L in lengths:
        ax1.plot(results[L]['loss'], label='L=%d' % L)
    ax1.set_xlabel('epoch')
    ax1.legend()
    ax2 = fig.add_subplot(132)
    ax2.plot(show['true'])
    ax2.plot(show['pred'])
    ax2.legend(['true', 'predicted'])
    ax3 = fig.add_subplot(133)
    ax3.bar([str(L) for L in lengths], [results[L]['rmse'] for L in lengths])

    return {'losses': show['loss'],
            'predictions': show['pred'],
            'targets': show['true'],
            'error_by_length': {L: results[L]['rmse'] for L in lengths},
            'figure': fig}


if __name__ == "__main__":
    结果 = train_rnn_on_sequence()
    print("最终损失:", 结果["losses"][-1])
    结果["figure"].savefig("result.png")
