"""A tiny autograd (a la micrograd, but on matrices), and an RNN that never derives anything by hand.

The tape is an explicit object: operations append themselves, `Tape.gradient` walks it from the end.
"""
import numpy as np
import matplotlib.pyplot as plt


class Var:
    """a node: a value and its place on a tape"""
    __array_priority__ = 1000

    def __init__(self, tape, value, parents=()):
        self.tape = tape
        self.value = value
        self.parents = parents            # ((Var, function of upstream gradient), ...)
        self.index = len(tape.nodes)
        tape.nodes.append(self)

    shape = property(lambda self: self.value.shape)

    def __matmul__(self, other):
        a, b = self, other
        return Var(self.tape, a.value @ b.value,
                   ((a, lambda g: g @ b.value.T), (b, lambda g: a.value.T @ g)))

    def __add__(self, other):
        a, b = self, other
        return Var(self.tape, a.value + b.value,
                   ((a, lambda g: shrink(g, a.shape)), (b, lambda g: shrink(g, b.shape))))

    def __mul__(self, other):
        a, b = self, other
        return Var(self.tape, a.value * b.value,
                   ((a, lambda g: shrink(g * b.value, a.shape)), (b, lambda g: shrink(g * a.value, b.shape))))

    def tanh(self):
        out = np.tanh(self.value)
        return Var(self.tape, out, ((self, lambda g: g * (1 - out ** 2)),))

    def sigmoid(self):
        out = sigmoid(self.value)
        return Var(self.tape, out, ((self, lambda g: g * out * (1 - out)),))


def shrink(g, shape):
    """undo broadcasting: sum over the axes that numpy invented"""
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for ax, n in enumerate(shape):
        if n == 1 and g.shape[ax] != 1:
            g = g.sum(axis=ax, keepdims=True)
    return g


def sigmoid(z):
    pos = z > 0
    out = np.empty_like(z)
    out[pos] = 1 / (1 + np.exp(-z[pos]))
    ez = np.exp(z[~pos])
    out[~pos] = ez / (1 + ez)
    return out


class Tape:
    def __init__(self):
        self.nodes = []

    def var(self, value):
        return Var(self, np.array(value, dtype=float))      # own copy

    def gradient(self, seeds, wanted):
        """seeds: list of (Var, dL/dVar).  Nodes are already in topological order, just go backwards.
        Adjoint values are local to this call, so the tape can be played as often as you like."""
        adj = [None] * len(self.nodes)

        def give(var, g):
            k = var.index
            adj[k] = g if adj[k] is None else adj[k] + g

        for var, g in seeds:
            give(var, np.asarray(g, dtype=float))
        for node in reversed(self.nodes):
            g = adj[node.index]
            if g is not None:
                for parent, pull in node.parents:
                    give(parent, pull(g))
        return {name: (np.zeros(v.shape) if adj[v.index] is None else np.array(adj[v.index]))
                for name, v in wanted.items()}


class SimpleRNN:
    names = ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')

    def __init__(self, input_size, hidden_size, output_size):
        def he(n, m):
            return np.random.randn(n, m) * np.sqrt(1.0 / n)

        self.W_xh = he(input_size, hidden_size)
        self.W_hh = he(hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = he(hidden_size, output_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        tape = Tape()
        p = {n: tape.var(getattr(self, n)) for n in self.names}
        h = tape.var(np.zeros((inputs.shape[1], len(self.b_h))))
        ys, hs = [], []
        for x_t in inputs:
            h = (tape.var(x_t) @ p['W_xh'] + h @ p['W_hh'] + p['b_h']).tanh()
            hs.append(h)
            ys.append(h @ p['W_hy'] + p['b_y'])
        self.tape, self.on_tape, self.ys = tape, p, ys
        return np.array([y.value for y in ys]), np.array([v.value for v in hs])

    def backward(self, d_outputs):
        self.grads = self.tape.gradient(list(zip(self.ys, d_outputs)), self.on_tape)
        return self.grads

    def update_parameters(self, learning_rate):
        for n in self.names:
            setattr(self, n, getattr(self, n) - learning_rate * self.grads[n])


class LSTMCell:
    """Written with Var as well: tape is thrown away here but would be there for a later exercise."""

    def __init__(self, input_size, hidden_size):
        for g in 'fico':
            setattr(self, 'W_' + g, np.random.randn(input_size, hidden_size) / np.sqrt(input_size))
            setattr(self, 'U_' + g, np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size))
            setattr(self, 'b_' + g, np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        tape = Tape()
        x, h, c = map(tape.var, (input_t, hidden_state, cell_state))

        def pre(g):
            W, U, b = (tape.var(getattr(self, k + '_' + g)) for k in 'WUb')
            return x @ W + h @ U + b

        f, i, o = (pre(g).sigmoid() for g in 'fio')
        c_new = f * c + i * pre('c').tanh()
        h_new = o * c_new.tanh()
        self.tape = tape
        return h_new.value, c_new.value


def _fast_doubling(n):
    """(F(n), F(n+1)), exact integers, O(log n)"""
    if n == 0:
        return 0, 1
    a, b = _fast_doubling(n >> 1)
    c, d = a * (2 * b - a), a * a + b * b
    return (d, c + d) if n & 1 else (c, d)


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length must be positive, got %d' % length)
    if seq_type == 'fibonacci':
        return np.array([float(_fast_doubling(n)[0]) for n in range(length)])
    elif seq_type == 'sine':
        return np.sin(0.1 * np.pi * np.arange(length))
    elif seq_type == 'sawtooth':
        return (np.arange(length) % 12) / 12.0
    raise ValueError('unknown seq_type: %s' % seq_type)


def train_rnn_on_sequence():
    rng = np.random.default_rng(1)
    raw = generate_sequence_data('sine', 400)
    # measured signals have an offset, so there is something to scale
    raw = 3.0 + 2.0 * raw
    n = 300
    lo, hi = raw[:n].min(), raw[:n].max()
    norm = lambda s: (s - lo) / (hi - lo) - 0.5
    denorm = lambda s: (s + 0.5) * (hi - lo) + lo

    def dataset(s, length):
        xs = [s[k:k + length] for k in range(len(s) - length)]
        ts = [s[k + length] for k in range(len(s) - length)]
        return np.array(xs).T.reshape(length, -1, 1), np.array(ts).reshape(-1, 1)

    def fit(length):
        np.random.seed(length)
        net = SimpleRNN(1, 16, 1)
        x, t = dataset(norm(raw[:n]), length)
        history = []
        for epoch in range(80):
            batches = np.array_split(rng.permutation(x.shape[1]), 6)
            cost = 0
            for idx in batches:
                y, _ = net.forward(x[:, idx])
                d = np.zeros_like(y)
                diff = y[-1] - t[idx]
                d[-1] = diff / len(idx)
                net.backward(d)
                net.update_parameters(0.2 / (1 + epoch / 40))
                cost += 0.5 * np.sum(diff ** 2)
            history.append(cost / x.shape[1])
        x, t = dataset(norm(raw[n:]), length)
        y, _ = net.forward(x)
        return history, denorm(y[-1].ravel()), denorm(t.ravel())

    out = {length: fit(length) for length in (2, 5, 10)}
    history, pred, target = out[5]

    fig = plt.figure()
    plt.subplot(211); plt.plot(history); plt.ylabel('loss'); plt.xlabel('epoch')
    plt.subplot(212); plt.plot(target); plt.plot(pred, 'x'); plt.legend(['target', 'prediction'])
    return {
        'losses': history,
        'predictions': pred,
        'targets': target,
        'error_by_length': {k: float(((p - t) ** 2).mean()) for k, (_, p, t) in out.items()},
        'figure': fig,
    }
