import numpy as np
from matplotlib import pyplot as plt


class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = self._init(input_size, hidden_size)
        self.W_hh = self._init(hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = self._init(hidden_size, output_size)
        self.b_y = np.zeros(output_size)

    @staticmethod
    def _init(n_in, n_out):
        return np.random.standard_normal((n_in, n_out)) * (1 / n_in) ** 0.5

    def forward(self, inputs):
        T, B, I = inputs.shape
        H = self.b_h.shape[0]
        # all input projections at once
        xw = (inputs.reshape(T * B, I) @ self.W_xh).reshape(T, B, H)
        hidden_states = np.empty((T, B, H))
        hidden_states[0] = np.tanh(xw[0])
        for t in range(1, T):
            hidden_states[t] = np.tanh(xw[t] + hidden_states[t - 1] @ self.W_hh + self.b_h)
        outputs = (hidden_states.reshape(T * B, H) @ self.W_hy).reshape(T, B, -1) + self.b_y
        self.inputs_ = inputs.copy()
        self.hidden_ = hidden_states.copy()
        return outputs, hidden_states

    def backward(self, d_outputs):
        x, h = self.inputs_, self.hidden_
        T, B, H = h.shape
        da = d_outputs @ self.W_hy.T
        for t in range(T - 1, 0, -1):
            da[t] *= 1 - h[t] ** 2
            da[t - 1] += da[t] @ self.W_hh.T
        da[0] *= 1 - h[0] ** 2
        flat = da.reshape(T * B, H)
        self.dW_xh = x.reshape(T * B, -1).T @ flat
        self.dW_hh = h[:-1].reshape(-1, H).T @ da[1:].reshape(-1, H)
        self.db_h = flat.sum(0)
        self.dW_hy = h.reshape(T * B, H).T @ d_outputs.reshape(T * B, -1)
        self.db_y = d_outputs.reshape(T * B, -1).sum(0)
        return {'W_xh': self.dW_xh, 'W_hh': self.dW_hh, 'b_h': self.db_h, 'W_hy': self.dW_hy, 'b_y': self.db_y}

    def update_parameters(self, learning_rate):
        for n in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y'):
            vars(self)[n] = vars(self)[n] - learning_rate * vars(self)['d' + n]


class LSTMCell:

    def __init__(self, input_size, hidden_size):
        self.input_size, self.hidden_size = input_size, hidden_size
        bound = np.sqrt(6 / (input_size + 2 * hidden_size))
        self.W_f = np.random.uniform(-bound, bound, (input_size, hidden_size))
        self.W_i = np.random.uniform(-bound, bound, (input_size, hidden_size))
        self.W_c = np.random.uniform(-bound, bound, (input_size, hidden_size))
        self.W_o = np.random.uniform(-bound, bound, (input_size, hidden_size))
        self.U_f = np.random.uniform(-bound, bound, (hidden_size, hidden_size))
        self.U_i = np.random.uniform(-bound, bound, (hidden_size, hidden_size))
        self.U_c = np.random.uniform(-bound, bound, (hidden_size, hidden_size))
        self.U_o = np.random.uniform(-bound, bound, (hidden_size, hidden_size))
        self.b_f, self.b_i = np.zeros(hidden_size), np.zeros(hidden_size)
        self.b_c, self.b_o = np.zeros(hidden_size), np.zeros(hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        W = np.hstack([self.W_f, self.W_i, self.W_c, self.W_o])
        U = np.hstack([self.U_f, self.U_i, self.U_c, self.U_o])
        b = np.hstack([self.b_f, self.b_i, self.b_c, self.b_o])
        z = input_t @ W + hidden_state @ U + b
        f, i, g, o = np.hsplit(z, 4)
        expit = lambda v: np.where(v < 0, np.exp(np.minimum(v, 0)), 1) / (1 + np.exp(-np.abs(v)))
        new_c = expit(f) * cell_state + expit(i) * np.tanh(g)
        new_h = expit(o) * np.tanh(new_c)
        return new_h, new_c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length')
    elif seq_type == 'sine':
        t = np.linspace(0, 40 * np.pi, length)
        return np.sin(t)
    elif seq_type == 'fibonacci':
        memo = {0: 0, 1: 1}

        def fib(n):
            if n not in memo:
                memo[n] = fib(n - 1) + fib(n - 2)
            return memo[n]

        return np.array([float(fib(n)) for n in range(length)])
    raise ValueError('seq_type')


def train_rnn_on_sequence():
    T = 10
    series = np.sin(np.arange(420) * 0.3)
    n = 350

    def data(part, L):
        rows = np.lib.stride_tricks.sliding_window_view(part, L + 1)
        return np.ascontiguousarray(rows[:, :L].T)[..., None], rows[:, L].copy()

    def one(L):
        model = SimpleRNN(1, 20, 1)
        x, y = data(series[:n], L)
        curve = []
        for _ in range(300):
            out, _ = model.forward(x)
            r = out[-1].ravel() - y
            curve.append(np.mean(r ** 2))
            d = np.zeros_like(out)
            d[-1, :, 0] = r * (2 / r.size)
            model.backward(d)
            model.update_parameters(0.08)
        x, y = data(series[n - L:], L)
        out, _ = model.forward(x)
        return curve, out[-1].ravel(), y

    error_by_length = {}
    for L in (5, T, 15):
        curve, p, y = one(L)
        error_by_length[L] = float(np.mean((p - y) ** 2))
        if L == T:
            best = curve, p, y
    curve, p, y = best
    figure = plt.figure()
    plt.subplot(121)
    plt.plot(curve)
    plt.subplot(122)
    plt.plot(y)
    plt.plot(p)
    return dict(losses=curve, predictions=p, targets=y, error_by_length=error_by_length, figure=figure)
