import numpy as np
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt


class SimpleRNN:
    """All parameters live in one flat vector theta; the usual names are views of it."""

    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        self.shapes = {'W_xh': (I, H), 'W_hh': (H, H), 'b_h': (H,), 'W_hy': (H, O), 'b_y': (O,)}
        self.theta = np.zeros(sum(int(np.prod(s)) for s in self.shapes.values()))
        for name, view in self.unflatten(self.theta).items():
            if view.ndim == 2:
                view[...] = np.random.randn(*view.shape) / np.sqrt(sum(view.shape))
            object.__setattr__(self, name, view)

    def unflatten(self, vector):
        views, at = {}, 0
        for name, shape in self.shapes.items():
            size = int(np.prod(shape))
            views[name] = vector[at:at + size].reshape(shape)
            at += size
        return views

    def __setattr__(self, name, value):
        # assigning self.W_xh = ... writes into theta
        if name in self.__dict__.get('shapes', ()):
            self.__dict__[name][...] = value
        else:
            object.__setattr__(self, name, value)

    def forward(self, inputs):
        steps, batch = inputs.shape[:2]
        self.u = np.array(inputs, dtype=np.float64)
        self.s = np.zeros((steps + 1, batch, len(self.b_h)))     # s[-1] stays zero: the initial state
        drive = self.u @ self.W_xh + self.b_h
        for t in range(steps):
            self.s[t] = np.tanh(drive[t] + self.s[t - 1] @ self.W_hh)
        return self.s[:-1] @ self.W_hy + self.b_y, self.s[:-1].copy()

    def backward(self, d_outputs):
        steps = len(d_outputs)
        local = d_outputs @ self.W_hy.T
        delta = np.zeros_like(self.s)                            # delta[steps] stays zero
        for t in range(steps - 1, -1, -1):
            delta[t] = (local[t] + delta[(t + 2) % len(delta)] @ self.W_hh.T) * (1.0 - self.s[t] ** 2)
        delta = delta[:-1]
        previous = np.roll(self.s, 1, axis=0)[:-1]
        over = ([0, 1], [0, 1])
        pieces = [
            np.tensordot(self.u, delta, over),
            np.tensordot(previous, delta, over),
            delta.sum(axis=(0, 1)),
            np.tensordot(self.s[:-1], d_outputs, over),
            d_outputs.sum(axis=(0, 1)),
        ]
        self.slope = np.concatenate([piece.ravel() for piece in pieces])
        return self.unflatten(self.slope)

    def update_parameters(self, learning_rate):
        for name, step in self.unflatten(learning_rate * self.slope).items():
            self.__dict__[name] -= step


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


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """Generate the first `length` terms of a sequence."""
    if length < 1:
        raise ValueError("length must be at least 1")
    if seq_type == 'fibonacci':
        a, b = 0, 1
        seq = []
        for _ in range(length):
            seq.append(float(a))
            a, b = b, a + b
        return np.array(seq, dtype=np.float64)
    elif seq_type == 'sine':
        return np.sin(0.1 * np.arange(length))
    else:
        raise ValueError(f"Unknown sequence type: {seq_type}")


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
