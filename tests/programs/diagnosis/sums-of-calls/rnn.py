"""作业 6: 循环神经网络"""
import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        # 四个门: 遗忘门 f, 输入门 i, 候选 c, 输出门 o
        def 新权重(行, 列):
            return np.random.randn(行, 列) * np.sqrt(1.0 / 行)

        self.W_f, self.U_f, self.b_f = 新权重(input_size, hidden_size), 新权重(hidden_size, hidden_size), np.zeros(hidden_size)
        self.W_i, self.U_i, self.b_i = 新权重(input_size, hidden_size), 新权重(hidden_size, hidden_size), np.zeros(hidden_size)
        self.W_c, self.U_c, self.b_c = 新权重(input_size, hidden_size), 新权重(hidden_size, hidden_size), np.zeros(hidden_size)
        self.W_o, self.U_o, self.b_o = 新权重(input_size, hidden_size), 新权重(hidden_size, hidden_size), np.zeros(hidden_size)

    def sigmoid(self, z):
        return np.where(z >= 0,
                        1 / (1 + np.exp(-np.abs(z))),
                        np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))

    def forward(self, input_t, hidden_state, cell_state):
        遗忘门 = self.sigmoid(np.dot(input_t, self.W_f) + np.dot(hidden_state, self.U_f) + self.b_f)
        输入门 = self.sigmoid(np.dot(input_t, self.W_i) + np.dot(hidden_state, self.U_i) + self.b_i)
        候选 = np.tanh(np.dot(input_t, self.W_c) + np.dot(hidden_state, self.U_c) + self.b_c)
        输出门 = self.sigmoid(np.dot(input_t, self.W_o) + np.dot(hidden_state, self.U_o) + self.b_o)
        新细胞 = np.multiply(遗忘门, cell_state) + np.multiply(输入门, 候选)
        新隐藏 = np.multiply(输出门, np.tanh(新细胞))
        return 新隐藏, 新细胞


class SimpleRNN:
    """One stacked matrix M for [x_t, h_{t-1}, 1] and one stacked matrix V for [h_t, 1].

    The documented names are views into the two big matrices.
    """

    def __init__(self, input_size, hidden_size, output_size):
        self.n_in, self.n_hid, self.n_out = input_size, hidden_size, output_size
        fan = input_size + hidden_size
        self.M = np.random.randn(fan + 1, hidden_size) * np.sqrt(1.0 / fan)
        self.M[-1] = 0.0
        self.V = np.random.randn(hidden_size + 1, output_size) * np.sqrt(1.0 / hidden_size)
        self.V[-1] = 0.0
        self.dM = np.zeros_like(self.M)
        self.dV = np.zeros_like(self.V)

    @property
    def W_xh(self):
        return self.M[:self.n_in]

    @property
    def W_hh(self):
        return self.M[self.n_in:self.n_in + self.n_hid]

    @property
    def b_h(self):
        return self.M[-1]

    @property
    def W_hy(self):
        return self.V[:-1]

    @property
    def b_y(self):
        return self.V[-1]

    def forward(self, inputs):
        T, B, _ = inputs.shape
        one = np.ones((B, 1))
        h = np.zeros((B, self.n_hid))
        self.zs, self.hs = [], []
        outs = []
        for x in inputs:
            z = np.hstack([x, h, one])
            h = np.tanh(z @ self.M)
            h1 = np.hstack([h, one])
            outs.append(h1 @ self.V)
            self.zs.append(z)
            self.hs.append(h1)
        return np.array(outs), np.array(self.hs)[:, :, :-1]

    def backward(self, d_outputs):
        dM = np.zeros_like(self.M)
        dV = np.zeros_like(self.V)
        B = d_outputs.shape[1]
        back = np.zeros((B, self.n_hid))
        for t in range(len(self.zs) - 1, -1, -1):
            h1 = self.hs[t]
            dV += h1.T @ d_outputs[t]
            dh = (d_outputs[t] @ self.V.T)[:, :-1] + back
            dpre = dh * (1.0 - h1[:, :-1] ** 2)
            dM += self.zs[t].T @ dpre
            dz = dpre @ self.M.T
            back = dz[:, self.n_in:self.n_in + self.n_hid]
        self.dM, self.dV = self.dM + dM, self.dV + dV
        n = self.n_in
        return {'W_xh': dM[:n], 'W_hh': dM[n:-1], 'b_h': dM[-1], 'W_hy': dV[:-1], 'b_y': dV[-1]}

    def update_parameters(self, learning_rate):
        self.M -= learning_rate * self.dM
        self.V -= learning_rate * self.dV


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """Return the first `length` terms of a sequence as float64."""
    if length < 1:
        raise ValueError('length must be at least 1')
    if seq_type == 'fibonacci':
        seq = np.zeros(length, dtype=np.float64)
        a, b = 0.0, 1.0
        for k in range(length):
            seq[k] = a
            a, b = b, a + b
        return seq
    elif seq_type == 'sine':
        t = np.arange(length, dtype=np.float64)
        return np.sin(2 * np.pi * t / 25.0)
    else:
        raise ValueError(f'unknown sequence type: {seq_type}')


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
    for L in lengths:
        rnn = SimpleRNN(1, 20, 1)
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
