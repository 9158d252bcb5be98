"""第六次作业: 循环神经网络"""
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现


class SimpleRNN:
    MAX_NORM = 0.25

    shared = {}

    def __init__(self, input_size, hidden_size, output_size):
        key = (input_size, hidden_size)
        if key not in SimpleRNN.shared:
            SimpleRNN.shared[key] = np.random.randn(input_size, hidden_size) * np.sqrt(1.0 / input_size)
        self.W_xh = SimpleRNN.shared[key]
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(1.0 / hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.inputs = inputs
        self.z = np.zeros((T, B, self.b_h.size))
        h = np.zeros((B, self.b_h.size))
        hs = np.zeros_like(self.z)
        for t in range(T):
            self.z[t] = inputs[t] @ self.W_xh + h @ self.W_hh + self.b_h
            h = np.tanh(self.z[t])
            hs[t] = h
        self.hs = hs
        return hs @ self.W_hy + self.b_y, hs

    def backward(self, d_outputs):
        dW_xh, dW_hh, db_h = np.zeros_like(self.W_xh), np.zeros_like(self.W_hh), np.zeros_like(self.b_h)
        dh_next = np.zeros_like(self.hs[0])
        for t in reversed(range(len(self.inputs))):
            dh = d_outputs[t] @ self.W_hy.T + dh_next
            dz = dh * (1.0 - np.tanh(self.z[t]) ** 2)     # 用预激活值重新计算 tanh'
            dW_xh += self.inputs[t].T @ dz
            if t > 0:
                dW_hh += self.hs[t - 1].T @ dz
            db_h += dz.sum(axis=0)
            dh_next = dz @ self.W_hh.T
        dW_hy = np.tensordot(self.hs, d_outputs, axes=([0, 1], [0, 1]))
        db_y = d_outputs.sum(axis=(0, 1))
        self.grads = {'W_xh': dW_xh, 'W_hh': dW_hh, 'b_h': db_h, 'W_hy': dW_hy, 'b_y': db_y}
        return self.grads

    def update_parameters(self, learning_rate):
        # 按全局范数裁剪
        norm = np.sqrt(sum(np.sum(g ** 2) for g in self.grads.values()))
        scale = self.MAX_NORM / norm if norm > self.MAX_NORM else 1.0
        for name, g in self.grads.items():
            getattr(self, name)[...] -= learning_rate * scale * g


class LSTMCell:
    __slots__ = ['w', 'b', 'size']

    def __init__(self, input_size, hidden_size):
        self.size = hidden_size
        self.w = np.random.randn(4 * hidden_size, hidden_size + input_size) * 0.08
        self.b = np.zeros((4 * hidden_size, 1))

    def forward(self, input_t, hidden_state, cell_state):
        z = self.w.dot(np.r_[hidden_state.T, input_t.T]) + self.b
        n = self.size
        o = 1. / (1. + np.exp(-z[:n]))              # 输出门
        f = 1. / (1. + np.exp(-z[n:2 * n]))         # 遗忘门
        i = 1. / (1. + np.exp(-z[2 * n:3 * n]))     # 输入门
        g = np.tanh(z[3 * n:])                      # 候选
        c = f * cell_state.T + i * g
        return (o * np.tanh(c)).T, c.T


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """
    生成序列数据
    """
    if length < 1:
        raise ValueError("length must be >= 1")

    if seq_type == 'fibonacci':
        data = np.ones(length)
        for i in range(2, length):
            data[i] = data[i - 1] + data[i - 2]
    elif seq_type in ('sine', 'sin'):
        data = np.sin(0.25 * np.arange(length))
    elif seq_type == 'arithmetic':
        data = np.arange(length, dtype=np.float64)
    elif seq_type == 'geometric':
        data = 1.01 ** np.arange(length)
    else:
        raise ValueError("unknown type: " + str(seq_type))
    return data


def train_rnn_on_sequence():
    data = generate_sequence_data('sine', 700) * 3 + 10
    train, test = data[:500], data[500:]
    lo, hi = train.min(), train.max()
    scale = lambda v: (v - lo) / (hi - lo) * 2 - 1
    unscale = lambda v: (v + 1) / 2 * (hi - lo) + lo

    def xy(v, T):
        v = scale(v)
        windows = np.lib.stride_tricks.sliding_window_view(v, T + 1)
        return windows[:, :-1].T[..., None].copy(), windows[:, 1:].T[..., None].copy()

    error_by_length = {}
    for T in (2, 5, 15):
        rnn = SimpleRNN(1, 14, 1)
        X, Y = xy(train, T)
        Xv, Yv = xy(test, T)
        losses, val_losses = [], []
        for epoch in range(110):
            out = np.array(rnn.forward(X)[0])
            losses.append(np.mean((out - Y) ** 2))
            rnn.backward(2 * (out - Y) / Y.size)
            rnn.update_parameters(0.12)
            # 每 10 轮看一下验证误差
            if epoch % 10 == 0:
                val_losses.append(np.mean((np.array(rnn.forward(Xv)[0]) - Yv) ** 2))
        pred = unscale(np.array(rnn.forward(Xv)[0])[-1, :, 0])
        true = unscale(Yv[-1, :, 0])
        error_by_length[T] = np.mean(np.abs(pred - true))       # MAE, 原始单位
        # 训练集上的拟合情况也画出来
        fit = unscale(np.array(rnn.forward(X)[0])[-1, :, 0])
    fig = plt.figure()
    ax = fig.add_subplot(2, 1, 1)
    ax.plot(losses, label='train')
    ax.plot(range(0, 110, 10), val_losses, label='val')
    ax.legend()
    ax = fig.add_subplot(2, 1, 2)
    ax.plot(range(500 - 15), fit, 'g', label='train fit')
    ax.plot(range(515, 700), true, 'b', label='true')
    ax.plot(range(515, 700), pred, 'r--', label='pred')
    return {'losses': losses, 'predictions': pred, 'targets': true, 'error_by_length': error_by_length, 'figure': fig}
