"""Inside everything is batch first and the weights are kept as (out, in), as torch.nn.RNN does;
the public names are transposed views of them."""
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        k = hidden_size ** -0.5
        u = np.random.default_rng().uniform
        self.weight_ih = u(-k, k, (hidden_size, input_size))
        self.weight_hh = u(-k, k, (hidden_size, hidden_size))
        self.bias_h = u(-k, k, hidden_size)
        self.fc_weight = u(-k, k, (output_size, hidden_size))
        self.fc_bias = u(-k, k, output_size)

    @property
    def W_xh(self):
        return self.weight_ih.T

    @W_xh.setter
    def W_xh(self, value):
        self.weight_ih = np.array(value).T

    @property
    def W_hh(self):
        return self.weight_hh.T

    @W_hh.setter
    def W_hh(self, value):
        self.weight_hh = np.array(value).T

    @property
    def b_h(self):
        return self.bias_h

    @b_h.setter
    def b_h(self, value):
        self.bias_h = np.array(value)

    @property
    def W_hy(self):
        return self.fc_weight.T

    @W_hy.setter
    def W_hy(self, value):
        self.fc_weight = np.array(value).T

    @property
    def b_y(self):
        return self.fc_bias

    @b_y.setter
    def b_y(self, value):
        self.fc_bias = np.array(value)

    def forward(self, inputs):
        x = inputs.swapaxes(0, 1)                                # (B, T, I)
        B, T, _ = x.shape
        h = np.zeros((B, T, len(self.bias_h)))
        prev = np.zeros((B, len(self.bias_h)))
        for t in range(T):
            prev = np.tanh(x[:, t] @ self.weight_ih.T + prev @ self.weight_hh.T + self.bias_h)
            h[:, t] = prev
        self.saved = x.copy(), h
        y = h @ self.fc_weight.T + self.fc_bias
        return y.swapaxes(0, 1).copy(), h.swapaxes(0, 1).copy()

    def backward(self, d_outputs):
        x, h = self.saved
        dy = d_outputs.swapaxes(0, 1)
        B, T, H = h.shape
        dz = np.zeros_like(h)
        later = np.zeros((B, H))
        for t in range(T - 1, -1, -1):
            dz[:, t] = (dy[:, t] @ self.fc_weight + later) * (1 - h[:, t] ** 2)
            later = dz[:, t] @ self.weight_hh
        grad_ih = np.einsum('bth,bti->hi', dz, x)
        grad_hh = np.einsum('bth,btk->hk', dz[:, 1:], h[:, :-1])
        grad_fc = np.einsum('bto,bth->oh', dy, h)
        self.grads = {'weight_ih': grad_ih, 'weight_hh': grad_hh, 'bias_h': dz.sum((0, 1)),
                      'fc_weight': grad_fc, 'fc_bias': dy.sum((0, 1))}
        return {'W_xh': grad_ih.T, 'W_hh': grad_hh.T, 'b_h': self.grads['bias_h'], 'W_hy': grad_fc.T,
                'b_y': self.grads['fc_bias']}

    def update_parameters(self, learning_rate):
        for name, g in self.grads.items():
            setattr(self, name, getattr(self, name) - learning_rate * g)


class LSTMCell:
    """weight_ih (4H, I), weight_hh (4H, H), bias (4H): i, f, g, o as in torch."""
    PLACE = {'i': 0, 'f': 1, 'c': 2, 'o': 3}

    def __init__(self, input_size, hidden_size):
        self.hidden_size = hidden_size
        k = hidden_size ** -0.5
        u = np.random.default_rng().uniform
        self.weight_ih = u(-k, k, (4 * hidden_size, input_size))
        self.weight_hh = u(-k, k, (4 * hidden_size, hidden_size))
        self.bias = u(-k, k, 4 * hidden_size)

    def _gate(kind, gate):
        store = {'W': 'weight_ih', 'U': 'weight_hh', 'b': 'bias'}[kind]

        def show(self):
            k = LSTMCell.PLACE[gate] * self.hidden_size
            return getattr(self, store)[k:k + self.hidden_size].T.copy()

        return property(show)

    for kind in 'WUb':
        for gate in 'fico':
            locals()[f'{kind}_{gate}'] = _gate(kind, gate)

    def forward(self, input_t, hidden_state, cell_state):
        gates = input_t @ self.weight_ih.T + hidden_state @ self.weight_hh.T + self.bias
        f, i, g, o = np.split(gates, 4, axis=-1)
        sig = lambda a: np.where(a > 0, 1 / (1 + np.exp(-np.fmax(a, 0))), 1 - 1 / (1 + np.exp(np.fmin(a, 0))))
        c = sig(f) * cell_state + sig(i) * np.tanh(g)
        return sig(o) * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length')
    if seq_type == 'fibonacci':
        v = np.ones(length)
        for i in range(2, length):
            v[i] = v[i - 1] + v[i - 2]
    elif seq_type == 'sine':
        v = np.sin(np.linspace(0, 2 * np.pi * max(1, length / 40), length))
    elif seq_type == 'square':
        v = np.sign(np.sin(np.arange(length) * 0.35 + 0.1)) + 0.3 * np.sin(np.arange(length) * 0.35)
    else:
        raise ValueError('seq_type')
    return v.astype(np.float64)


class StepLR:
    def __init__(self, rate, every, factor):
        self.rate, self.every, self.factor, self.k = rate, every, factor, 0

    def __next__(self):
        self.k += 1
        return self.rate * self.factor ** (self.k // self.every)


def train_rnn_on_sequence():
    t = np.arange(560)
    data = np.sin(0.2 * t) + np.abs(np.sin(0.07 * t))
    boundary = 400
    ref = data[:boundary]
    normalise = lambda v: (v - ref.mean()) / ref.std()
    restore = lambda v: v * ref.std() + ref.mean()
    errors, store = {}, {}
    for L in (5, 10, 20):
        z = normalise(data)
        index = np.arange(boundary - L)
        X = np.stack([z[index + j] for j in range(L)])[..., None]
        Y = np.stack([z[index + j + 1] for j in range(L)])[..., None]
        rnn, schedule, losses = SimpleRNN(1, 16, 1), StepLR(0.1, 80, 0.7), []
        for epoch in range(240):
            out, _ = rnn.forward(X)
            losses.append(float(((out - Y) ** 2).mean()))
            rnn.backward(2 * (out - Y) / Y.size)
            rnn.update_parameters(next(schedule))
        index = np.arange(boundary, len(z) - L)
        X = np.stack([z[index + j] for j in range(L)])[..., None]
        p, y = restore(rnn.forward(X)[0][-1, :, 0]), data[index + L]
        errors[L] = float(np.sqrt(((p - y) ** 2).mean()))
        store[L] = losses, p, y
    losses, p, y = store[10]
    figure = Figure(figsize=(9, 4))
    FigureCanvasAgg(figure)
    ax = figure.add_subplot(121)
    ax.plot(losses)
    ax.set_title('MSE')
    ax = figure.add_subplot(122)
    ax.plot(y, label='data')
    ax.plot(p, label='network')
    ax.legend()
    return {'losses': losses, 'predictions': p, 'targets': y, 'error_by_length': errors, 'figure': figure}
