# Saves memory: forward keeps only the inputs and every 8th state; backward recomputes the rest
# piece by piece (gradient checkpointing).
import numpy as np
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt

EVERY = 8


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        s = lambda n: 1 / np.sqrt(n)
        self.W_xh = np.random.normal(scale=s(input_size), size=(input_size, hidden_size))
        self.W_hh = np.random.normal(scale=s(hidden_size), size=(hidden_size, hidden_size))
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.normal(scale=s(hidden_size), size=(hidden_size, output_size))
        self.b_y = np.zeros(output_size)

    def _segment(self, x, h):
        states = [h]
        for xt in x:
            states.append(np.tanh(xt @ self.W_xh + states[-1] @ self.W_hh + self.b_h))
        return states

    def forward(self, inputs):
        self._x = inputs.copy()
        h = np.zeros((inputs.shape[1], self.b_h.shape[0]))
        self._checkpoints, pieces = [], []
        for start in range(0, len(inputs), EVERY):
            self._checkpoints.append(h)
            states = self._segment(inputs[start:start + EVERY], h)
            pieces.extend(states[1:])
            h = states[-1]
        hidden = np.stack(pieces)
        return hidden @ self.W_hy + self.b_y, hidden

    def backward(self, d_outputs):
        total = {k: np.zeros_like(getattr(self, k)) for k in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}
        carry = np.zeros_like(self._checkpoints[0])
        for n in reversed(range(len(self._checkpoints))):
            lo = n * EVERY
            x = self._x[lo:lo + EVERY]
            h = self._segment(x, self._checkpoints[n])
            for t in reversed(range(len(x))):
                dy = d_outputs[lo + t]
                total['W_hy'] += h[t + 1].T @ dy
                total['b_y'] += dy.sum(axis=0)
                dz = (dy @ self.W_hy.T + carry) * (1 - h[t + 1] ** 2)
                total['W_xh'] += x[t].T @ dz
                total['W_hh'] += h[t].T @ dz
                total['b_h'] += dz.sum(axis=0)
                carry = dz @ self.W_hh.T
        self._total = total
        return total

    def update_parameters(self, learning_rate):
        for k, g in self._total.items():
            setattr(self, k, getattr(self, k) - learning_rate * g)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        # forget gate first; biases of the forget gate at one (Jozefowicz et al.)
        self.W_f, self.W_i, self.W_c, self.W_o = np.random.normal(scale=1 / np.sqrt(input_size), size=(4, input_size, hidden_size))
        self.U_f, self.U_i, self.U_c, self.U_o = np.random.normal(scale=1 / np.sqrt(hidden_size), size=(4, hidden_size, hidden_size))
        self.b_f = np.ones(hidden_size)
        self.b_i, self.b_c, self.b_o = np.zeros((3, hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        gates = []
        for W, U, b in ((self.W_f, self.U_f, self.b_f), (self.W_i, self.U_i, self.b_i), (self.W_o, self.U_o, self.b_o)):
            a = input_t @ W + hidden_state @ U + b
            e = np.exp(-abs(a))
            gates.append(np.where(a >= 0, 1, e) / (1 + e))
        forget, write, show = gates
        candidate = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        cell = forget * cell_state + write * candidate
        return show * np.tanh(cell), cell


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length must be at least 1')
    if seq_type == 'fibonacci':
        old, new, seq = 1, 1, []
        while len(seq) < length:
            seq.append(old)
            old, new = new, old + new
        return np.array(seq, dtype=np.float64)
    if seq_type == 'sine':
        return np.sin(np.arange(length) / 4)
    if seq_type == 'pendulum':
        # large swings, so not a sine: angle'' = -sin(angle); leapfrog, 0.4 s between samples
        angle, speed, out = 2.6, 0.0, []
        for k in range(length):
            out.append(angle)
            for _ in range(40):
                speed -= 0.005 * np.sin(angle)
                angle += 0.01 * speed
                speed -= 0.005 * np.sin(angle)
        return np.array(out)
    raise ValueError('unknown sequence type ' + repr(seq_type))


def train_rnn_on_sequence():
    """A pendulum with large swings.  The network predicts the change of the angle (teacher forcing on all
    steps of a window); afterwards it also runs freely on its own predictions, for the figure only."""
    angle = generate_sequence_data('pendulum', 500)
    cut = 350
    mu, sd = angle[:cut].mean(), angle[:cut].std()
    z = (angle - mu) / sd
    step_sd = np.diff(z[:cut]).std()

    def data(lo, hi, n):
        w = np.lib.stride_tricks.sliding_window_view(z[lo:hi], n + 1).T
        return w[:-1, :, None], (np.diff(w, axis=0) / step_sd)[:, :, None]

    def one_step(net, window):
        return window[-1] + net.forward(window[:, :, None])[0][-1, :, 0] * step_sd

    nets, curves, errors, results = {}, {}, {}, {}
    for n in (2, 5, 10):
        net = nets[n] = SimpleRNN(1, 20, 1)
        X, Y = data(0, cut, n)
        weight = np.ones((n, 1, 1))
        weight[0] = 0.0 if n > 1 else 1.0       # one angle alone does not tell the direction
        curves[n] = []
        for epoch in range(80):
            perm, acc = np.random.permutation(X.shape[1]), []
            for rows in np.array_split(perm, 8):
                out, _ = net.forward(X[:, rows])
                e = (out - Y[:, rows]) * weight
                acc.append(np.mean(e ** 2))
                net.backward(2 * e * weight / e.size)
                net.update_parameters(0.15)
            curves[n].append(float(np.mean(acc)))
        X, _ = data(cut, len(z), n)
        p, t = one_step(net, X[:, :, 0]) * sd + mu, angle[cut + n:]
        errors[n] = float(np.sqrt(np.mean((p - t) ** 2)))
        results[n] = p, t
    p, t = results[5]
    window = z[cut:cut + 5].copy()
    free = []
    for _ in range(60):
        new = one_step(nets[5], window[:, None])
        free.append(float(new[0]) * sd + mu)
        window = np.append(window[1:], new)
    fig, ax = plt.subplots(3, 1, figsize=(9, 9))
    for n in curves:
        ax[0].semilogy(curves[n], label=f'{n} angles')
    ax[0].legend(); ax[0].set_ylabel('training loss')
    ax[1].plot(t, label='pendulum'); ax[1].plot(p, '--', label='one step ahead'); ax[1].legend()
    ax[2].plot(t[:60], label='pendulum'); ax[2].plot(free, label='running freely'); ax[2].legend()
    return {'losses': curves[5], 'predictions': p, 'targets': t, 'error_by_length': errors, 'figure': fig,
            'free_run': np.array(free)}
