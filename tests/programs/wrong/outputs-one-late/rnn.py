"""第六次作业: 循环神经网络"""
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现

plt.rcParams['axes.unicode_minus'] = False


class SimpleRNN:
    __slots__ = ('w_in', 'w_rec', 'w_out', 'b_rec', 'b_out', '_tape', 'g_in', 'g_rec', 'g_out', 'gb_rec', 'gb_out')

    def __init__(self, input_size, hidden_size, output_size):
        rng = np.random.default_rng(42)  # 固定种子,方便复现
        self.w_in = rng.normal(0, 1 / np.sqrt(input_size), (input_size, hidden_size))
        self.w_rec = rng.normal(0, 1 / np.sqrt(hidden_size), (hidden_size, hidden_size))
        self.w_out = rng.normal(0, 1 / np.sqrt(hidden_size), (hidden_size, output_size))
        self.b_rec = np.zeros(hidden_size)
        self.b_out = np.zeros(output_size)
        self._tape = []

    def forward(self, inputs):
        self._tape = []
        h = np.zeros((inputs.shape[1], self.w_rec.shape[0]))
        outputs = []
        for x in inputs:
            h_new = np.tanh(x @ self.w_in + h @ self.w_rec + self.b_rec)
            self._tape.append((x, h, h_new))
            outputs.append(h @ self.w_out + self.b_out)
            h = h_new
        return np.stack(outputs), np.stack([entry[2] for entry in self._tape])

    def backward(self, d_outputs):
        self.g_in = np.zeros_like(self.w_in)
        self.g_rec = np.zeros_like(self.w_rec)
        self.g_out = np.zeros_like(self.w_out)
        self.gb_rec = np.zeros_like(self.b_rec)
        self.gb_out = np.zeros_like(self.b_out)
        dh = 0
        for (x, h_old, h), dy in zip(self._tape[::-1], d_outputs[::-1]):
            self.g_out += h.T @ dy
            self.gb_out += dy.sum(axis=0)
            da = (dy @ self.w_out.T + dh) * (1 - h ** 2)
            self.g_in += x.T @ da
            self.g_rec += h_old.T @ da
            self.gb_rec += da.sum(axis=0)
            dh = da @ self.w_rec.T
        # 梯度都存在 self 上,不返回

    def update_parameters(self, learning_rate):
        self.w_in -= learning_rate * self.g_in
        self.w_rec -= learning_rate * self.g_rec
        self.w_out -= learning_rate * self.g_out
        self.b_rec -= learning_rate * self.gb_rec
        self.b_out -= learning_rate * self.gb_out


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
    if length < 1:
        raise ValueError('length 必须 >= 1')
    if seq_type == 'fibonacci':
        seq = np.zeros(length, dtype=np.float64)
        a, b = 1.0, 1.0
        for i in range(length):
            seq[i] = a
            a, b = b, a + b
        return seq
    elif seq_type == 'sine':
        return np.sin(np.linspace(0, 8 * np.pi, length))
    else:
        raise ValueError(f'未知的序列类型: {seq_type}')


def train_rnn_on_sequence():
    # 输入两维: 当前值和与上一步的差分
    raw = np.sin(0.23 * np.arange(620)) + 0.4 * np.sin(0.61 * np.arange(620) + 1)
    diff = np.diff(raw)
    feats = np.stack([raw[1:-1], diff[:-1]], axis=1)      # (N, 2)
    nxt = raw[2:]
    cut = 480
    out = {'error_by_length': {}}
    for L in (2, 6, 12):
        rnn = SimpleRNN(2, 16, 1)
        win = lambda a, b: (np.stack([feats[k:k + L] for k in range(a, b - L)], 1),
                            np.stack([nxt[k:k + L, None] for k in range(a, b - L)], 1))
        x, y = win(0, cut)
        out['losses'] = []
        for ep in range(250):
            o = np.array(rnn.forward(x)[0])
            out['losses'].append(float(np.square(o - y).mean()))
            rnn.backward(2 * (o - y) / y.size)
            rnn.update_parameters(0.1)
        x, y = win(cut, len(nxt))
        out['predictions'] = np.array(rnn.forward(x)[0])[-1, :, 0]
        out['targets'] = y[-1, :, 0]
        out['error_by_length'][L] = float(np.square(out['predictions'] - out['targets']).mean())
    out['figure'] = plt.figure()
    plt.plot(out['losses'])
    plt.figure()
    plt.plot(out['targets'])
    plt.plot(out['predictions'])
    return out
