import math
import random

import matplotlib.pyplot as plt
import numpy as np


def _rand_matrix(rows, cols, scale):
    return [[random.gauss(0, 1) * scale for _ in range(cols)] for _ in range(rows)]


class SimpleRNN:
    """参数用纯 Python 列表保存,手写循环,便于理解每一步的计算"""

    def __init__(self, input_size, hidden_size, output_size):
        self.I, self.H, self.O = input_size, hidden_size, output_size
        self.Wx = _rand_matrix(hidden_size, input_size, 0.3)
        self.Wh = _rand_matrix(hidden_size, hidden_size, 0.3)
        self.Wy = _rand_matrix(output_size, hidden_size, 0.3)
        self.bh = [0.0] * hidden_size
        self.by = [0.0] * output_size

    def forward(self, inputs):
        xs = np.asarray(inputs).tolist()
        T, B = len(xs), len(xs[0])
        self.xs = xs
        self.hs = [[[0.0] * self.H for _ in range(B)]]      # h0
        outputs = []
        for t in range(T):
            h_t, y_t = [], []
            for n in range(B):
                x, h = xs[t][n], self.hs[-1][n]
                new = []
                for j in range(self.H):
                    s = self.bh[j]
                    for a, w in zip(x, self.Wx[j]):
                        s += a * w
                    for a, w in zip(h, self.Wh[j]):
                        s += a * w
                    new.append(math.tanh(s))
                h_t.append(new)
                y_t.append([b + sum(a * w for a, w in zip(new, row)) for b, row in zip(self.by, self.Wy)])
            self.hs.append(h_t)
            outputs.append(y_t)
        return np.array(outputs), np.array(self.hs[1:])

    def backward(self, d_outputs):
        dys = np.asarray(d_outputs).tolist()
        I, H, O = self.I, self.H, self.O
        dWx = [[0.0] * I for _ in range(H)]
        dWh = [[0.0] * H for _ in range(H)]
        dWy = [[0.0] * H for _ in range(O)]
        dbh, dby = [0.0] * H, [0.0] * O
        B = len(dys[0])
        carry = [[0.0] * H for _ in range(B)]
        for t in range(len(dys) - 1, -1, -1):
            for n in range(B):
                h, h_prev, x = self.hs[t + 1][n], self.hs[t][n], self.xs[t][n]
                dh = carry[n]
                for o, dy in enumerate(dys[t][n]):
                    row, drow = self.Wy[o], dWy[o]
                    dby[o] += dy
                    for j in range(H):
                        drow[j] += dy * h[j]
                    dh = [d + dy * w for d, w in zip(dh, row)]
                dz = [d * (1 - v * v) for d, v in zip(dh, h)]
                for j, d in enumerate(dz):
                    dbh[j] += d
                    row = dWx[j]
                    for i in range(I):
                        row[i] += d * x[i]
                    row = dWh[j]
                    for k in range(H):
                        row[k] += d * h_prev[k]
                carry[n] = [sum(d * row[k] for d, row in zip(dz, self.Wh)) for k in range(H)]
        self.grads = {'Wx': dWx, 'Wh': dWh, 'Wy': dWy, 'bh': dbh, 'by': dby}
        return {k: np.array(v) for k, v in self.grads.items()}

    def update_parameters(self, learning_rate):
        for name in ('Wx', 'Wh', 'Wy'):
            for row, drow in zip(getattr(self, name), self.grads[name]):
                for j in range(len(row)):
                    row[j] -= learning_rate * drow[j]
        for name in ('bh', 'by'):
            b, db = getattr(self, name), self.grads[name]
            for j in range(len(b)):
                b[j] -= learning_rate * db[j]


def _sigmoid(v):
    if v < -700:
        return 0.0
    return 1.0 / (1.0 + math.exp(-v))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.H = hidden_size
        self.W, self.U, self.b = {}, {}, {}
        for gate in ('forget', 'input', 'candidate', 'output'):
            self.W[gate] = [[random.uniform(-0.4, 0.4) for _ in range(input_size)] for _ in range(hidden_size)]
            self.U[gate] = [[random.uniform(-0.4, 0.4) for _ in range(hidden_size)] for _ in range(hidden_size)]
            self.b[gate] = [0.0] * hidden_size

    def _pre(self, gate, j, x, h):
        return (self.b[gate][j] + sum(w * v for w, v in zip(self.W[gate][j], x))
                + sum(u * v for u, v in zip(self.U[gate][j], h)))

    def forward(self, input_t, hidden_state, cell_state):
        new_h, new_c = [], []
        for x, h, c in zip(input_t, hidden_state, cell_state):
            row_h, row_c = [], []
            for j in range(self.H):
                f = _sigmoid(self._pre('forget', j, x, h))
                i = _sigmoid(self._pre('input', j, x, h))
                o = _sigmoid(self._pre('output', j, x, h))
                g = math.tanh(self._pre('candidate', j, x, h))
                cj = f * c[j] + i * g
                row_c.append(cj)
                row_h.append(o * math.tanh(cj))
            new_h.append(row_h)
            new_c.append(row_c)
        return np.array(new_h), np.array(new_c)


def _fib(n):
    # Python 整数不会溢出, 最后再转成 float64
    values = [1, 1]
    for _ in range(n - 2):
        values.append(values[-1] + values[-2])
    return [float(v) for v in values[:n]]


GENERATORS = {
    'fibonacci': _fib,
    'sine': lambda n: [math.sin(0.3 * k) for k in range(n)],
    'sawtooth': lambda n: [(k % 10) / 10 for k in range(n)],
    'linear': lambda n: [0.01 * k for k in range(n)],
}


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length < 1')
    try:
        generator = GENERATORS[seq_type]
    except KeyError:
        raise ValueError('seq_type 只能是: ' + ', '.join(GENERATORS)) from None
    return np.array(generator(length), dtype=np.float64)


def train_rnn_on_sequence():
    """逐条样本训练 (batch = 1),慢一些,但和公式一一对应"""
    data = np.sin(0.45 * np.arange(160))   # 每个周期约 14 个点
    train, test = data[:120], data[120:]
    error_by_length = {}
    for T in (2, 5, 10):
        rnn = SimpleRNN(1, 8, 1)
        losses = []
        for epoch in range(45):
            total = 0
            count = 0
            for start in range(0, len(train) - T):
                x = train[start:start + T].reshape(T, 1, 1)
                y = train[start + 1:start + T + 1].reshape(T, 1, 1)
                out, _ = rnn.forward(x)
                diff = np.array(out) - y
                total += np.mean(diff ** 2)
                count += 1
                rnn.backward(2 * diff / T)
                rnn.update_parameters(0.02)
            losses.append(total / count)
        predictions, targets = [], []
        for start in range(len(test) - T):
            out, _ = rnn.forward(test[start:start + T].reshape(T, 1, 1))
            predictions.append(float(np.array(out)[-1, 0, 0]))
            targets.append(float(test[start + T]))
        predictions, targets = np.array(predictions), np.array(targets)
        error_by_length[T] = float(np.mean((predictions - targets) ** 2))
    fig = plt.figure(figsize=(8, 6))
    plt.subplot(211)
    plt.plot(losses)
    plt.xlabel('epoch')
    plt.subplot(212)
    plt.plot(targets, label='target')
    plt.plot(predictions, label='prediction')
    plt.legend()
    plt.close(fig)
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': error_by_length, 'figure': fig}
