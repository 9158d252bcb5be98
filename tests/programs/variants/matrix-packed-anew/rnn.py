import math

import numpy as np
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt


class SimpleRNN:
    # rows of big matrix:  [ x | h | 1 ]
    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        self.I, self.H, self.O = I, H, O
        self.A = np.vstack([np.random.randn(I + H, H) / np.sqrt(I + H), np.zeros((1, H))])
        self.C = np.vstack([np.random.randn(H, O) / np.sqrt(H), np.zeros((1, O))])
        # views, not copies: whoever writes into W_xh writes into A
        self.W_xh = self.A[:I]
        self.W_hh = self.A[I:I + H]
        self.b_h = self.A[-1]
        self.W_hy = self.C[:H]
        self.b_y = self.C[-1]

    def _pack(self):
        # somebody may have put another array under the name
        self.A = np.vstack([self.W_xh, self.W_hh, self.b_h[None]])
        self.C = np.vstack([self.W_hy, self.b_y[None]])

    def forward(self, inputs):
        self._pack()
        T, B, _ = inputs.shape
        one = np.ones((B, 1))
        self.Z, self.S = [], []
        h = np.zeros((B, self.H))
        for t in range(T):
            z = np.concatenate([inputs[t], h, one], axis=1)
            h = np.tanh(z @ self.A)
            self.Z.append(z)
            self.S.append(np.concatenate([h, one], axis=1))
        S = np.stack(self.S)
        return S @ self.C, S[:, :, :-1].copy()

    def backward(self, d_outputs):
        I, H = self.I, self.H
        dA, dC = np.zeros_like(self.A), np.zeros_like(self.C)
        dh = np.zeros((d_outputs.shape[1], H))
        for t in range(len(self.Z) - 1, -1, -1):
            dC += self.S[t].T @ d_outputs[t]
            dh = dh + (d_outputs[t] @ self.C.T)[:, :H]
            h = self.S[t][:, :H]
            da = dh * (1 - h * h)
            dA += self.Z[t].T @ da
            dh = (da @ self.A.T)[:, I:I + H]
        self.d = {'W_xh': dA[:I], 'W_hh': dA[I:I + H], 'b_h': dA[-1], 'W_hy': dC[:H], 'b_y': dC[-1]}
        return self.d

    def update_parameters(self, learning_rate):
        for n in self.d:
            setattr(self, n, getattr(self, n) - learning_rate * self.d[n])


class LSTMCell:
    """all four gates in one matrix product; order of the blocks: o, i, f, c"""
    ORDER = 'oifc'

    def __init__(self, input_size, hidden_size):
        self.n = hidden_size
        std = (input_size + hidden_size) ** -0.5
        self.W = np.random.randn(input_size, 4 * hidden_size) * std
        self.U = np.random.randn(hidden_size, 4 * hidden_size) * std
        self.b = np.zeros(4 * hidden_size)
        for k, gate in enumerate(self.ORDER):
            part = slice(k * hidden_size, (k + 1) * hidden_size)
            setattr(self, 'W_' + gate, self.W[:, part])     # views
            setattr(self, 'U_' + gate, self.U[:, part])
            setattr(self, 'b_' + gate, self.b[part])

    def _joined(self, letter):
        return np.concatenate([getattr(self, letter + '_' + gate) for gate in self.ORDER], axis=-1)

    @staticmethod
    def _sigm(a):
        e = np.exp(-np.abs(a))
        return np.where(a >= 0, 1 / (1 + e), e / (1 + e))

    def forward(self, input_t, hidden_state, cell_state):
        a = input_t @ self._joined('W') + hidden_state @ self._joined('U') + self._joined('b')
        o, i, f, g = np.split(a, 4, axis=1)
        c = self._sigm(f) * cell_state + self._sigm(i) * np.tanh(g)
        return self._sigm(o) * np.tanh(c), c


class SequenceFactory(object):

    def create(self, kind, n):
        if n <= 0:
            raise ValueError("n must be > 0")
        result = np.zeros(n, dtype=np.float64)
        if kind == "fibonacci":
            previous = 0.0
            current = 1.0
            for index in range(0, n):
                result[index] = previous
                temp = previous + current
                previous = current
                current = temp
        elif kind == "sine":
            for index in range(0, n):
                result[index] = math.sin(0.15 * index)
        else:
            raise ValueError("unsupported kind " + str(kind))
        return result


def generate_sequence_data(seq_type='fibonacci', length=1000):
    return SequenceFactory().create(seq_type, length)


def train_rnn_on_sequence():
    # ---- data
    data = generate_sequence_data('sine', 400)
    n_train = 300
    train_data = data[:n_train]
    test_data = data[n_train:]
    lo = train_data.min()
    hi = train_data.max()
    train_s = 2 * (train_data - lo) / (hi - lo) - 1
    test_s = 2 * (test_data - lo) / (hi - lo) - 1

    errs = {}
    for L in [4, 8, 16, 24]:
        # ---- windows
        xs, ys = [], []
        for j in range(len(train_s) - L):
            xs.append(train_s[j:j+L])
            ys.append(train_s[j+1:j+L+1])     # next value at every step
        X = np.array(xs).T.reshape(L, -1, 1)
        Y = np.array(ys).T.reshape(L, -1, 1)
        xt, yt = [], []
        for j in range(len(test_s) - L):
            xt.append(test_s[j:j+L])
            yt.append(test_s[j+L])
        Xt = np.array(xt).T.reshape(L, -1, 1)
        yt = np.array(yt)

        rnn = SimpleRNN(1, 20, 1)
        loss_list = []
        for epoch in range(300):
            out, hs = rnn.forward(X)
            diff = out - Y
            loss_list.append((diff**2).mean())
            rnn.backward(2 * diff / diff.size)
            rnn.update_parameters(0.1)

        out, hs = rnn.forward(Xt)
        p = out[-1, :, 0]
        p_real = (p + 1) / 2 * (hi - lo) + lo
        t_real = (yt + 1) / 2 * (hi - lo) + lo
        errs[L] = np.sqrt(np.mean((p_real - t_real)**2))

    # ---- plots (last length)
    fig = plt.figure(figsize=(8, 6))
    plt.subplot(2, 1, 1); plt.plot(loss_list); plt.title('loss')
    plt.subplot(2, 1, 2); plt.plot(t_real, label='true'); plt.plot(p_real, label='pred'); plt.legend()
    return {'losses': loss_list, 'predictions': p_real, 'targets': t_real, 'error_by_length': errs, 'figure': fig}
