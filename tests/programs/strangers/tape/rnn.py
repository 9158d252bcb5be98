"""A tiny reverse-mode autograd, so that backward() is one call."""
import numpy as np
import matplotlib.pyplot as plt


class Var:
    def __init__(self, data, parents=()):
        self.data = np.asarray(data, dtype=float)
        self.parents = parents
        self.grad = np.zeros_like(self.data)

    def __matmul__(self, other):
        return Var(self.data @ other.data, [(self, lambda g: g @ other.data.T), (other, lambda g: self.data.T @ g)])

    def __add__(self, other):
        return Var(self.data + other.data, [(self, lambda g: reduce_to(g, self.data.shape)),
                                            (other, lambda g: reduce_to(g, other.data.shape))])

    def tanh(self):
        y = np.tanh(self.data)
        return Var(y, [(self, lambda g: g * (1 - y * y))])


def reduce_to(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    return g


def topological(roots):
    order, seen = [], set()
    stack = [(r, False) for r in roots]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((p, False) for p, _ in node.parents)
    return order


NAMES = ['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y']


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        self.leaves = {n: Var(getattr(self, n)) for n in NAMES}
        v = self.leaves
        h = Var(np.zeros((inputs.shape[1], len(self.b_h))))
        self.ys, states = [], []
        for x in inputs:
            h = (Var(x) @ v['W_xh'] + h @ v['W_hh'] + v['b_h']).tanh()
            states.append(h.data)
            self.ys.append(h @ v['W_hy'] + v['b_y'])
        return np.array([y.data for y in self.ys]), np.array(states)

    def backward(self, d_outputs):
        order = topological(self.ys)
        for node in order:
            node.grad = np.zeros_like(node.data)
        for y, g in zip(self.ys, d_outputs):
            y.grad = np.array(g, dtype=float)
        for node in reversed(order):
            for parent, pull in node.parents:
                parent.grad = parent.grad + pull(node.grad)
        return {n: self.leaves[n].grad for n in NAMES}

    def update_parameters(self, learning_rate):
        for n in NAMES:
            setattr(self, n, getattr(self, n) - learning_rate * self.leaves[n].grad)


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        H = hidden_size
        self.W_f, self.W_i, self.W_c, self.W_o = np.random.randn(4, input_size, H) / np.sqrt(input_size)
        self.U_f, self.U_i, self.U_c, self.U_o = np.random.randn(4, H, H) / np.sqrt(H)
        self.b_f, self.b_i, self.b_c, self.b_o = np.zeros((4, H))

    def forward(self, input_t, hidden_state, cell_state):
        f = sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i = sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        o = sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        g = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        c = f * cell_state + i * g
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length')
    if seq_type == 'fibonacci':
        phi, psi = (1 + 5 ** 0.5) / 2, (1 - 5 ** 0.5) / 2
        exact = [0, 1]
        for _ in range(length):
            exact.append(exact[-1] + exact[-2])
        n = np.arange(min(length, 70))
        binet = np.round((phi ** n - psi ** n) / 5 ** 0.5)
        return np.concatenate([binet, np.array([float(v) for v in exact[70:length]])])[:length]
    if seq_type == 'sine':
        return np.sin(np.arange(length) * 0.22)
    raise ValueError(seq_type)


def slices(z, L):
    k = np.arange(len(z) - L)
    return np.stack([z[k + j] for j in range(L)])[..., None], z[L:]


def train_rnn_on_sequence():
    z = generate_sequence_data('sine', 300)
    cut = 240
    err = {}
    for L in (4, 6, 9):
        net = SimpleRNN(1, 12, 1)
        x, y = slices(z[:cut], L)
        losses = []
        for _ in range(250):
            o, _ = net.forward(x)
            e = o[-1, :, 0] - y
            losses.append(float(np.mean(e * e)))
            d = np.zeros_like(o)
            d[-1, :, 0] = 2 * e / e.size
            net.backward(d)
            net.update_parameters(0.1)
        xt, yt = slices(z[cut - L:], L)
        p = net.forward(xt)[0][-1, :, 0]
        err[L] = float(np.mean(np.abs(p - yt)))
    fig, axs = plt.subplots(ncols=2)
    axs[0].plot(losses)
    axs[1].plot(yt)
    axs[1].plot(p)
    return {'losses': losses, 'predictions': p, 'targets': yt, 'error_by_length': err, 'figure': fig}
