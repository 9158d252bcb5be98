"""RNNCell with accumulated gradients, LSTM from gate objects."""

import numpy as np
from matplotlib.figure import Figure


class Tanh(object):
    def __call__(self, z):
        self.state = np.tanh(z)
        return self.state

    def derivative(self, state):
        return 1.0 - state ** 2


class RNNCell(object):
    """RNN cell; its gradients are accumulated until zero_grad()."""

    def __init__(self, input_size, hidden_size):
        h, d = hidden_size, input_size
        bound = 1.0 / np.sqrt(h)
        self.activation = Tanh()
        self.W_ih = np.random.uniform(-bound, bound, (h, d))
        self.W_hh = np.random.uniform(-bound, bound, (h, h))
        self.b_h = np.zeros(h)
        self.zero_grad()

    def zero_grad(self):
        self.dW_ih = np.zeros_like(self.W_ih)
        self.dW_hh = np.zeros_like(self.W_hh)
        self.db_h = np.zeros_like(self.b_h)

    def __call__(self, x, h):
        return self.activation(x @ self.W_ih.T + h @ self.W_hh.T + self.b_h)

    def backward(self, grad_h, h, h_prev_l, h_prev_t):
        dz = grad_h * self.activation.derivative(h)
        self.dW_ih += dz.T @ h_prev_l
        self.dW_hh += dz.T @ h_prev_t
        self.db_h += dz.sum(axis=0)
        dx = dz @ self.W_ih
        dh_prev_t = dz @ self.W_hh
        return dx, dh_prev_t


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.hidden_size = hidden_size
        self.rnn = RNNCell(input_size, hidden_size)
        bound = 1.0 / np.sqrt(hidden_size)
        self.W_hy = np.random.uniform(-bound, bound, (hidden_size, output_size))
        self.b_y = np.zeros(output_size)

    @property
    def W_xh(self):
        return self.rnn.W_ih.T

    @W_xh.setter
    def W_xh(self, value):
        self.rnn.W_ih = np.array(value).T

    @property
    def W_hh(self):
        return self.rnn.W_hh.T

    @W_hh.setter
    def W_hh(self, value):
        self.rnn.W_hh = np.array(value).T

    @property
    def b_h(self):
        return self.rnn.b_h

    @b_h.setter
    def b_h(self, value):
        self.rnn.b_h = np.array(value)

    def forward(self, inputs):
        seq_len, batch_size, _ = inputs.shape
        hidden = np.zeros((batch_size, self.hidden_size))
        self.x = np.array(inputs)
        self.hiddens = [hidden.copy()]
        outs = []
        for t in range(seq_len):
            hidden = self.rnn(self.x[t], hidden)
            self.hiddens.append(hidden.copy())
            outs.append(hidden @ self.W_hy + self.b_y)
        return np.array(outs), np.array(self.hiddens[1:])

    def backward(self, d_outputs):
        seq_len, batch_size, _ = d_outputs.shape
        self.rnn.zero_grad()
        self.dW_hy = np.zeros_like(self.W_hy)
        self.db_y = np.zeros_like(self.b_y)
        dh = np.zeros((batch_size, self.hidden_size))
        for t in range(seq_len - 1, -1, -1):
            self.dW_hy += self.hiddens[t + 1].T @ d_outputs[t]
            self.db_y += d_outputs[t].sum(axis=0)
            dh = dh + d_outputs[t] @ self.W_hy.T
            dx, dh = self.rnn.backward(dh, self.hiddens[t + 1], self.x[t], self.hiddens[t])
        return {'W_xh': self.rnn.dW_ih.T.copy(), 'W_hh': self.rnn.dW_hh.T.copy(), 'b_h': self.rnn.db_h.copy(),
                'W_hy': self.dW_hy.copy(), 'b_y': self.db_y.copy()}

    def update_parameters(self, learning_rate):
        self.rnn.W_ih -= learning_rate * self.rnn.dW_ih
        self.rnn.W_hh -= learning_rate * self.rnn.dW_hh
        self.rnn.b_h -= learning_rate * self.rnn.db_h
        self.W_hy -= learning_rate * self.dW_hy
        self.b_y -= learning_rate * self.db_y


class Gate:
    """activation(x W + h U + b)"""

    def __init__(self, input_size, hidden_size, activation):
        limit = np.sqrt(6.0 / (input_size + 2 * hidden_size))
        self.W = np.random.uniform(-limit, limit, (input_size, hidden_size))
        self.U = np.random.uniform(-limit, limit, (hidden_size, hidden_size))
        self.b = np.zeros(hidden_size)
        self.activation = activation

    def __call__(self, x, h):
        return self.activation(x @ self.W + h @ self.U + self.b)


def logistic(v):
    v = np.clip(v, -500, 500)
    return 1.0 / (1.0 + np.exp(-v))


def _gate_attribute(gate, attribute):
    return property(lambda self: getattr(getattr(self, gate), attribute),
                    lambda self, value: setattr(getattr(self, gate), attribute, value))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.forget_gate = Gate(input_size, hidden_size, logistic)
        self.input_gate = Gate(input_size, hidden_size, logistic)
        self.candidate = Gate(input_size, hidden_size, np.tanh)
        self.output_gate = Gate(input_size, hidden_size, logistic)

    W_f, U_f, b_f = (_gate_attribute('forget_gate', a) for a in 'WUb')
    W_i, U_i, b_i = (_gate_attribute('input_gate', a) for a in 'WUb')
    W_c, U_c, b_c = (_gate_attribute('candidate', a) for a in 'WUb')
    W_o, U_o, b_o = (_gate_attribute('output_gate', a) for a in 'WUb')

    def forward(self, input_t, hidden_state, cell_state):
        keep = self.forget_gate(input_t, hidden_state) * cell_state
        write = self.input_gate(input_t, hidden_state) * self.candidate(input_t, hidden_state)
        memory = keep + write
        read = self.output_gate(input_t, hidden_state)
        return read * np.tanh(memory), memory


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError("length must be at least 1")
    if seq_type == 'fibonacci':
        seq = [0.0, 1.0]
        while len(seq) < length:
            seq.append(seq[-1] + seq[-2])
        return np.array(seq[:length], dtype=np.float64)
    elif seq_type == 'sine':
        t = np.arange(length)
        return np.sin(2 * np.pi * t / 25)
    raise ValueError(f"unknown sequence type: {seq_type}")


def noisy_series(n, seed):
    """Two waves and a little noise."""
    rng = np.random.default_rng(seed)
    wave = generate_sequence_data('sine', n)
    t = np.arange(n)
    return 3.0 + 2.0 * wave + 0.5 * np.cos(0.31 * t) + 0.02 * rng.normal(size=n)


def cut(series, width):
    windows = np.lib.stride_tricks.sliding_window_view(series, width + 1).copy()
    return windows[:, :width].T[..., None], windows[:, 1:].T[..., None]


def run_experiment(train, width, epochs=400, rate=0.08):
    net = SimpleRNN(1, 20, 1)
    x, t = cut(train, width)
    curve = np.empty(epochs)
    for e in range(epochs):
        y, _ = net.forward(x)
        r = y - t
        curve[e] = (r * r).mean()
        net.backward(2.0 / r.size * r)
        net.update_parameters(rate)
    return net, curve


def draw(curve, truth, prediction):
    fig = Figure(figsize=(6, 6))
    top, bottom = fig.subplots(2)
    top.plot(curve)
    top.set(title='training loss', xlabel='epoch', yscale='log')
    bottom.plot(truth, label='truth')
    bottom.plot(prediction, label='one step ahead')
    bottom.legend()
    return fig


def train_rnn_on_sequence():
    np.random.seed(11)
    series = noisy_series(500, seed=3)
    n_train = 380
    mu, sigma_ = series[:n_train].mean(), series[:n_train].std()
    z = (series - mu) / sigma_
    report = {}
    for width in (6, 12, 24):
        net, curve = run_experiment(z[:n_train], width)
        x_new, _ = cut(z[n_train:], width)
        y_new, _ = net.forward(x_new)
        prediction = mu + sigma_ * y_new[-1, :, 0]
        truth = series[n_train + width:]
        report[width] = float(np.mean((prediction - truth) ** 2))
    return {
        'losses': curve.tolist(),
        'predictions': prediction,
        'targets': truth,
        'error_by_length': report,
        'figure': draw(curve, truth, prediction),
    }
