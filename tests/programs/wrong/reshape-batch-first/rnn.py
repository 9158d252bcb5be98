"""
作业6

内部统一用 batch-first 的布局 (B, T, ·)，因为这样一条序列在内存里是连续的；
接口处 (T, B, ·) <-> (B, T, ·) 转换。
"""
import numpy as np
import matplotlib.pyplot as plt


class Layout:
    """负责两种布局之间的转换"""

    def __init__(self, T, B):
        self.T, self.B = T, B

    def inward(self, a):
        return np.array(a, dtype=np.float64).reshape(self.B, self.T, -1)

    def outward(self, a):
        return a.reshape(self.T, self.B, -1).copy()


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        xavier = lambda n, m: np.random.randn(n, m) * np.sqrt(1.0 / n)
        self.W_xh = xavier(input_size, hidden_size)
        self.W_hh = xavier(hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = xavier(hidden_size, output_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.layout = Layout(T, B)
        x = self.layout.inward(inputs)                       # (B, T, I)
        h = np.zeros((B, T + 1, self.W_hh.shape[0]))          # h[:, 0] = 0
        for t in range(T):
            h[:, t + 1] = np.tanh(x[:, t] @ self.W_xh + h[:, t] @ self.W_hh + self.b_h)
        y = h[:, 1:] @ self.W_hy + self.b_y
        self.x, self.h = x, h
        return self.layout.outward(y), self.layout.outward(h[:, 1:])

    def backward(self, d_outputs):
        x, h = self.x, self.h
        dy = self.layout.inward(d_outputs)
        dh = dy @ self.W_hy.T
        dz = np.empty_like(dh)
        T = x.shape[1]
        for t in range(T - 1, -1, -1):
            dz[:, t] = dh[:, t] * (1 - h[:, t + 1] ** 2)
            if t > 0:
                dh[:, t - 1] += dz[:, t] @ self.W_hh.T
        self.grad = {
            'W_xh': np.einsum('bti,bth->ih', x, dz),
            'W_hh': np.einsum('btk,bth->kh', h[:, :-1], dz),
            'b_h': dz.sum(axis=(0, 1)),
            'W_hy': np.einsum('bth,bto->ho', h[:, 1:], dy),
            'b_y': dy.sum(axis=(0, 1)),
        }
        return {k: v.copy() for k, v in self.grad.items()}

    def update_parameters(self, learning_rate):
        for k, g in self.grad.items():
            setattr(self, k, getattr(self, k) - learning_rate * g)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate in 'fico':
            setattr(self, 'W_' + gate, np.random.randn(input_size, hidden_size) * 0.1)
            setattr(self, 'U_' + gate, np.linalg.qr(np.random.randn(hidden_size, hidden_size))[0])
            setattr(self, 'b_' + gate, np.zeros(hidden_size))

    def _stack(self, letter):
        return np.concatenate([getattr(self, letter + '_' + g) for g in 'fioc'], axis=-1)

    def forward(self, input_t, hidden_state, cell_state):
        H = hidden_state.shape[1]
        z = input_t @ self._stack('W') + hidden_state @ self._stack('U') + self._stack('b')
        s = np.exp(-np.logaddexp(0, -z[:, :3 * H]))
        f, i, o = s[:, :H], s[:, H:2 * H], s[:, 2 * H:]
        c = f * cell_state + i * np.tanh(z[:, 3 * H:])
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length < 1')
    if seq_type == 'fibonacci':
        seq = np.array([0.0, 1.0])
        while len(seq) < length:
            seq = np.append(seq, seq[-1] + seq[-2])
        return seq[:length].copy()
    if seq_type == 'sine':
        return np.sin(2 * np.pi * np.arange(length) / 20)
    raise ValueError('unknown: ' + repr(seq_type))


def train_rnn_on_sequence():
    """
    训练：整段切成长 L 的小段，一次一段（在线学习，batch = 1），每一步都预测下一个值。
    """
    np.random.seed(0)
    data = generate_sequence_data('sine', 500)
    n = 400
    mu, sd = data[:n].mean(), data[:n].std()
    z = (data - mu) / sd

    def one_step_ahead(net, start, stop, L):
        """用前 L 个值预测 z[k]，k = start .. stop-1"""
        pred = []
        for k in range(start, stop):
            out, _ = net.forward(z[k - L:k].reshape(L, 1, 1))
            pred.append(out[-1, 0, 0])
        return np.array(pred)

    losses, preds, errors = {}, {}, {}
    for L in (5, 10, 20):
        net = SimpleRNN(1, 16, 1)
        losses[L] = []
        for epoch in range(40 if L > 5 else 20):
            tot, cnt = 0.0, 0
            shift = np.random.randint(L)                     # 每个 epoch 换一个起点
            for k in np.random.permutation(np.arange(shift, n - L - 1, L)):
                x = z[k:k + L].reshape(L, 1, 1)
                t = z[k + 1:k + L + 1].reshape(L, 1, 1)
                y, _ = net.forward(x)
                e = y - t
                tot += np.sum(e ** 2)
                cnt += L
                net.backward(2 * e / L)
                net.update_parameters(0.03)
            losses[L].append(tot / cnt)
        preds[L] = one_step_ahead(net, n, len(z), L) * sd + mu
        errors[L] = float(np.sqrt(np.mean((preds[L] - data[n:]) ** 2)))

    fig, ax = plt.subplots(1, 2, figsize=(10, 4))
    ax[0].plot(losses[20]); ax[0].set_title('loss')
    ax[1].plot(data[n:], label='true'); ax[1].plot(preds[20], '--', label='RNN'); ax[1].legend()
    return {'losses': losses[20], 'predictions': preds[20], 'targets': data[n:].copy(),
            'error_by_length': errors, 'figure': fig}


if __name__ == '__main__':
    print(train_rnn_on_sequence()['error_by_length'])
    plt.show()
