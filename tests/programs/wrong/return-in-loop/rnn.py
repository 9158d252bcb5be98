"""
ml-6: 循环神经网络的 NumPy 实现
"""
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现


class SimpleRNN:
    """与讲义公式完全一致的列向量形式,状态也按列保存 (hidden, batch)"""

    def __init__(self, input_size, hidden_size, output_size):
        self.Wx = np.random.randn(hidden_size, input_size) / np.sqrt(input_size)
        self.Wh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.Wo = np.random.randn(output_size, hidden_size) / np.sqrt(hidden_size)
        self.bh = np.zeros((hidden_size, 1))
        self.bo = np.zeros((output_size, 1))

    def forward(self, inputs):
        T, B, _ = inputs.shape
        X = inputs.transpose(0, 2, 1)                       # (T, I, B)
        H = np.zeros((T + 1, self.Wh.shape[0], B))          # (T+1, H, B)
        for t in range(T):
            H[t + 1] = np.tanh(self.Wx @ X[t] + self.Wh @ H[t] + self.bh)
            Y = self.Wo @ H[1:] + self.bo                       # (T, O, B)
            self.X, self.Hs = X, H
            return Y.transpose(0, 2, 1), H[1:]

    def backward(self, d_outputs):
        dY = d_outputs.transpose(0, 2, 1)
        X, H = self.X, self.Hs
        dWx, dWh, dbh = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros_like(self.bh)
        dWo, dbo = np.zeros_like(self.Wo), np.zeros_like(self.bo)
        dH = np.zeros_like(H[0])
        for t in range(X.shape[0], 0, -1):
            dWo += dY[t - 1] @ H[t].T
            dbo += dY[t - 1].sum(axis=1, keepdims=True)
            dA = (self.Wo.T @ dY[t - 1] + dH) * (1 - H[t] ** 2)
            dWx += dA @ X[t - 1].T
            dWh += dA @ H[t - 1].T
            dbh += dA.sum(axis=1, keepdims=True)
            dH = self.Wh.T @ dA
        self.grads = {'Wx': dWx, 'Wh': dWh, 'bh': dbh, 'Wo': dWo, 'bo': dbo}
        return self.grads

    def update_parameters(self, learning_rate):
        for k in self.grads:
            setattr(self, k, getattr(self, k) - learning_rate * self.grads[k])


class LSTMCell:
    """更新门记作 u,候选记忆记作 g;顺便实现了 backward"""

    def __init__(self, input_size, hidden_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        n = input_size + hidden_size
        lim = np.sqrt(6 / (n + hidden_size))
        self.params = {}
        for k in ('f', 'u', 'g', 'o'):
            self.params['W' + k] = np.random.uniform(-lim, lim, (hidden_size, n))
            self.params['b' + k] = np.zeros((hidden_size, 1))

    def forward(self, input_t, hidden_state, cell_state):
        p = self.params
        z = np.vstack([input_t.T, hidden_state.T])
        f = self._sigmoid(p['Wf'] @ z + p['bf'])
        u = self._sigmoid(p['Wu'] @ z + p['bu'])
        g = np.tanh(p['Wg'] @ z + p['bg'])
        o = self._sigmoid(p['Wo'] @ z + p['bo'])
        c = f * cell_state.T + u * g
        tc = np.tanh(c)
        h = o * tc
        self.cache = (z, f, u, g, o, tc, cell_state.T)
        return h.T, c.T

    def backward(self, dh, dc):
        z, f, u, g, o, tc, c_prev = self.cache
        dh, dc = dh.T, dc.T + dh.T * o * (1 - tc ** 2)
        d = {'o': dh * tc * o * (1 - o), 'f': dc * c_prev * f * (1 - f),
             'u': dc * g * u * (1 - u), 'g': dc * u * (1 - g ** 2)}
        self.grads = {}
        dz = 0
        for k, v in d.items():
            self.grads['W' + k] = v @ z.T
            self.grads['b' + k] = v.sum(axis=1, keepdims=True)
            dz = dz + self.params['W' + k].T @ v
        return dz[self.input_size:].T, (dc * f).T

    @staticmethod
    def _sigmoid(x):
        return 1 / (1 + np.exp(-x))


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """生成序列: fibonacci (从 0, 1 开始) / sine / cosine / square"""
    if not isinstance(length, (int, np.integer)) or length < 1:
        raise ValueError("length 应为正整数")
    t = np.arange(length)
    if seq_type == 'fibonacci':
        data = [0.0, 1.0]
        while len(data) < length:
            data.append(data[-1] + data[-2])
        return np.array(data[:length], dtype=np.float64)
    if seq_type == 'sine':
        return np.sin(0.1 * t)
    if seq_type == 'cosine':
        return np.cos(0.1 * t)
    if seq_type == 'square':
        return np.sign(np.sin(0.1 * t) + 1e-12)
    raise ValueError("不支持的序列类型")


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
