"""第六次作业: 循环神经网络"""
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd


class SimpleRNN:
    """Vectorised: the input projection is one product, weight gradients are one product each."""

    def __init__(self, input_size: int, hidden_size: int, output_size: int):
        rng = np.random.default_rng()
        self.W_xh = rng.standard_normal((input_size, hidden_size)) / np.sqrt(input_size)
        self.W_hh = rng.standard_normal((hidden_size, hidden_size)) / np.sqrt(hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = rng.standard_normal((hidden_size, output_size)) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, I = inputs.shape
        H = self.W_hh.shape[0]
        a = (inputs.reshape(T * B, I) @ self.W_xh).reshape(T, B, H) + self.b_h
        h = np.zeros((T + 1, B, H))
        for t in range(T):
            np.matmul(h[t], self.W_hh, out=h[t + 1])
            h[t + 1] += a[t]
            np.tanh(h[t + 1], out=h[t + 1])
        self.cache = inputs, h
        outputs = h[1:].reshape(T * B, H) @ self.W_hy + self.b_y
        return outputs.reshape(T, B, -1), h[1:]

    def backward(self, d_outputs):
        x, h = self.cache
        T, B, I = x.shape
        H = h.shape[2]
        flat = d_outputs.reshape(T * B, -1)
        d_hidden = (flat @ self.W_hy.T).reshape(T, B, H)
        d_pre = np.empty((T, B, H))
        slope = 1.0 - h[1:] ** 2
        carry = np.zeros((B, H))
        for t in range(T - 1, -1, -1):
            d_pre[t] = (d_hidden[t] + carry) * slope[t]
            carry = d_pre[t] @ self.W_hh.T
        d_flat = d_pre.reshape(T * B, H)
        self.gradients = {
            'W_xh': x.reshape(T * B, I).T @ d_flat,
            'W_hh': h[:-1].reshape(T * B, H).T @ d_flat,
            'b_h': d_flat.sum(axis=0),
            'W_hy': h[1:].reshape(T * B, H).T @ flat,
            'b_y': flat.sum(axis=0),
        }
        return self.gradients

    def update_parameters(self, learning_rate):
        for name, gradient in self.gradients.items():
            parameter = getattr(self, name)
            parameter -= learning_rate * gradient


class LSTMCell:
    """参数布局同 torch.nn.LSTMCell: 门的顺序 i, f, g, o;两组偏置"""

    def __init__(self, input_size, hidden_size):
        k = 1.0 / np.sqrt(hidden_size)
        self.hidden_size = hidden_size
        self.weight_ih = np.random.uniform(-k, k, (4 * hidden_size, input_size))
        self.weight_hh = np.random.uniform(-k, k, (4 * hidden_size, hidden_size))
        self.bias_ih = np.random.uniform(-k, k, 4 * hidden_size)
        self.bias_hh = np.random.uniform(-k, k, 4 * hidden_size)

    @staticmethod
    def _sigmoid(x):
        out = np.empty_like(x)
        pos = x >= 0
        out[pos] = 1 / (1 + np.exp(-x[pos]))
        e = np.exp(x[~pos])
        out[~pos] = e / (1 + e)
        return out

    def forward(self, input_t, hidden_state, cell_state):
        gates = input_t @ self.weight_ih.T + self.bias_ih + hidden_state @ self.weight_hh.T + self.bias_hh
        i, f, g, o = np.split(gates, 4, axis=1)
        i, f, o = self._sigmoid(i), self._sigmoid(f), self._sigmoid(o)
        c_next = f * cell_state + i * np.tanh(g)
        h_next = o * np.tanh(c_next)
        return h_next, c_next


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
    rng = np.random.default_rng(7)
    n = np.arange(800)
    series = np.sin(0.2 * n) + 0.5 * np.sin(0.37 * n) + 0.03 * rng.standard_normal(800)
    train, test = series[:640], series[640:]
    # 标准化参数只用训练集计算
    mu, sigma = train.mean(), train.std()
    train_z, test_z = (train - mu) / sigma, (test - mu) / sigma

    def dataset(z, T):
        X = np.stack([z[k:k + T] for k in range(len(z) - T)], axis=1)[:, :, None]
        return X, z[T:][:, None]

    error_by_length, curves = {}, {}
    for T in (2, 4, 8, 16):
        rnn = SimpleRNN(1, 16, 1)
        X, y = dataset(train_z, T)
        loss_list = []
        for epoch in range(25):
            perm = rng.permutation(X.shape[1])
            total = 0.0
            for s in range(0, len(perm), 32):
                b = perm[s:s + 32]
                out = np.array(rnn.forward(X[:, b])[0])
                e = out[-1] - y[b]
                total += np.sum(e ** 2)
                d = np.zeros_like(out)
                d[-1] = 2 * e / len(b)
                rnn.backward(d)
                rnn.update_parameters(0.05)
            loss_list.append(total / len(perm))
        curves[T] = pd.Series(loss_list).rolling(3, min_periods=1).mean()
        Xt, yt = dataset(test_z, T)
        p = np.array(rnn.forward(Xt)[0])[-1, :, 0] * sigma + mu
        t = yt[:, 0] * sigma + mu
        error_by_length[T] = np.mean((p - t) ** 2)
    fig, (ax1, ax2, ax3) = plt.subplots(3, 1, figsize=(8, 9))
    for T, c in curves.items():
        ax1.plot(c, label=f'T={T}')
    ax1.set_yscale('log')
    ax1.legend()
    ax2.plot(t, 'k-')
    ax2.plot(p, 'r--')
    ax3.bar([str(T) for T in error_by_length], list(error_by_length.values()))
    plt.show()
    return {'losses': loss_list, 'predictions': p, 'targets': t, 'error_by_length': error_by_length, 'figure': fig}
