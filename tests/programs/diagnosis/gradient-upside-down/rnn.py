import math

import numpy as np
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt


class Affine:
    def __init__(self, n_in, n_out, with_bias=True):
        self.W = np.random.standard_normal((n_in, n_out)) / np.sqrt(n_in + n_out)
        self.b = np.zeros(n_out) if with_bias else None

    def __call__(self, x):
        y = x @ self.W
        return y if self.b is None else y + self.b


class RecurrentLayer:
    def __init__(self, n_in, n_hidden):
        self.inp = Affine(n_in, n_hidden)
        self.rec = Affine(n_hidden, n_hidden, with_bias=False)
        self.n_hidden = n_hidden

    def run(self, x):
        h = np.zeros((x.shape[1], self.n_hidden))
        self.x, self.h_in, self.h_out = x, [], []
        for x_t in x:
            self.h_in.append(h)
            h = np.tanh(self.inp(x_t) + self.rec(h))
            self.h_out.append(h)
        return np.stack(self.h_out)

    def back(self, dh_all):
        dWx = np.zeros(self.inp.W.shape)
        dWh = np.zeros(self.rec.W.shape)
        db = np.zeros(self.inp.b.shape)
        from_right = np.zeros(self.h_out[0].shape)
        for t in range(len(dh_all) - 1, -1, -1):
            dh = dh_all[t] + from_right
            dz = dh * (1 - self.h_out[t] ** 2)
            dWx += self.x[t].T @ dz
            dWh += self.h_in[t].T @ dz
            db += dz.sum(axis=0)
            from_right = dz @ self.rec.W.T
        return dWx, dWh[::-1], db


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.core = RecurrentLayer(input_size, hidden_size)
        self.head = Affine(hidden_size, output_size)

    # the names of the assignment
    W_xh = property(lambda self: self.core.inp.W, lambda self, v: setattr(self.core.inp, 'W', v))
    W_hh = property(lambda self: self.core.rec.W, lambda self, v: setattr(self.core.rec, 'W', v))
    b_h = property(lambda self: self.core.inp.b, lambda self, v: setattr(self.core.inp, 'b', v))
    W_hy = property(lambda self: self.head.W, lambda self, v: setattr(self.head, 'W', v))
    b_y = property(lambda self: self.head.b, lambda self, v: setattr(self.head, 'b', v))

    def forward(self, inputs):
        self.h = self.core.run(np.array(inputs, dtype=np.float64))
        return self.head(self.h), self.h.copy()

    def backward(self, d_outputs):
        dWx, dWh, db = self.core.back(d_outputs @ self.head.W.T)
        dWy = np.tensordot(self.h, d_outputs, axes=([0, 1], [0, 1]))
        dby = d_outputs.sum(axis=(0, 1))
        self.dparams = {'W_xh': dWx, 'W_hh': dWh, 'b_h': db, 'W_hy': dWy, 'b_y': dby}
        return dict(self.dparams)

    def update_parameters(self, learning_rate):
        for name, d in self.dparams.items():
            setattr(self, name, getattr(self, name) - learning_rate * d)


def train_rnn_on_sequence():
    # make the wave and cut in the two part, old part for learn and new part for exam
    wave = generate_sequence_data('sine', 480)
    learn, exam = wave[:360], wave[360:]
    big = np.abs(learn).max()
    result = {'error_by_length': {}}
    for many in (3, 6, 9, 15):
        net = SimpleRNN(1, 14, 1)
        # column j is the small piece which begin in j
        where = np.arange(many)[:, None] + np.arange(len(learn) - many)[None, :]
        question = (learn[where] / big)[:, :, None]
        answer = (learn[many:] / big)[:, None]
        result['losses'] = []
        for again in range(350):
            out, _ = net.forward(question)
            wrong = out[-1] - answer
            result['losses'].append(float(np.sum(wrong * wrong) / len(wrong)))
            d = np.zeros_like(out)
            d[-1] = 2 * wrong / len(wrong)
            net.backward(d)
            net.update_parameters(0.1)
        where = np.arange(many)[:, None] + np.arange(len(exam) - many)[None, :]
        out, _ = net.forward((exam[where] / big)[:, :, None])
        result['predictions'] = out[-1, :, 0] * big
        result['targets'] = exam[many:].copy()
        result['error_by_length'][many] = float(np.mean((result['predictions'] - result['targets']) ** 2))
    fig, (up, down) = plt.subplots(2, 1)
    up.semilogy(result['losses'])
    down.plot(result['targets'])
    down.plot(result['predictions'])
    down.legend(['true', 'net'])
    result['figure'] = fig
    return result


class LSTMCell:
    """weights of the four gates side by side in one array (I + H + 1, 4, H)"""
    GATES = {'f': 0, 'i': 1, 'c': 2, 'o': 3}

    def __init__(self, input_size, hidden_size):
        rows = input_size + hidden_size
        self.all = np.zeros((rows + 1, 4, hidden_size))
        self.all[:rows] = np.random.randn(rows, 4, hidden_size) / np.sqrt(rows)
        self.split = input_size

    def __getattr__(self, name):
        if len(name) == 3 and name[:2] in ('W_', 'U_', 'b_') and name[2] in LSTMCell.GATES:
            gate = self.__dict__['all'][:, LSTMCell.GATES[name[2]]]
            n = self.__dict__['split']
            return {'W': gate[:n], 'U': gate[n:-1], 'b': gate[-1]}[name[0]]
        raise AttributeError(name)

    def __setattr__(self, name, value):
        if len(name) == 3 and name[:2] in ('W_', 'U_', 'b_') and name[2] in LSTMCell.GATES:
            getattr(self, name)[...] = value
        else:
            self.__dict__[name] = value

    def forward(self, input_t, hidden_state, cell_state):
        ones = np.ones((input_t.shape[0], 1))
        row = np.concatenate([input_t, hidden_state, ones], axis=1)
        net = np.tensordot(row, self.all, axes=1)            # (B, 4, H)
        gate = 0.5 * np.tanh(0.5 * net) + 0.5
        c = gate[:, 0] * cell_state + gate[:, 1] * np.tanh(net[:, 2])
        h = gate[:, 3] * np.tanh(c)
        return h, c


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
