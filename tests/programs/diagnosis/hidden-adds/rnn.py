import numpy as np
import matplotlib.pyplot as plt

class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        g = lambda a, b: np.random.normal(0.0, 1.0 / np.sqrt(a), (a, b))
        self.W_xh, self.W_hh, self.W_hy = (g(input_size, hidden_size), g(hidden_size, hidden_size), g(hidden_size, output_size))
        self.b_h, self.b_y = (np.zeros(hidden_size), np.zeros(output_size))

    def forward(self, inputs):
        closures, hs, ys = ([], [], [])

        def cell(x, h_prev):
            h = np.tanh(x @ self.W_xh + h_prev @ self.W_hh + self.b_h)
            y = h @ self.W_hy + self.b_y

            def back(dy, dh):
                """Return gradients of this step and the gradient for the previous state."""
                dh = dh + dy @ self.W_hy.T
                dz = dh * (1 - h ** 2)
                step = {'W_xh': x.T @ dz, 'W_hh': h_prev.T @ dz, 'b_h': dz.sum(0), 'W_hy': h.T @ dy, 'b_y': dy.sum(0)}
                return (step, dz @ self.W_hh.T)
            return (h, y, back)
        h = np.zeros((inputs.shape[1], len(self.b_h)))
        for x in inputs:
            h, y, back = cell(x, h)
            hs.append(h)
            ys.append(y)
            closures.append(back)
        self.closures = closures
        return (np.asarray(ys), np.asarray(hs))

    def backward(self, d_outputs):

        def go(t, dh, total):
            if t < 0:
                return total
            step, dh = self.closures[t](d_outputs[t], dh)
            return go(t - 1, dh, {k: total[k] + step[k] for k in step})
        zero = {k: np.zeros_like(getattr(self, k)) for k in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}
        self.last = go(len(self.closures) - 1, 0, zero)
        return self.last

    def update_parameters(self, learning_rate):
        list(map(lambda k: setattr(self, k, getattr(self, k) - learning_rate * self.last[k]), self.last))

def logistic(z):
    return np.exp(-np.logaddexp(0.0, -z))

class LSTMCell:

    def __init__(self, input_size, hidden_size):

        def gate():
            return (np.random.normal(0, 0.3, (input_size, hidden_size)), np.random.normal(0, 0.3, (hidden_size, hidden_size)), np.zeros(hidden_size))
        self.W_f, self.U_f, self.b_f = gate()
        self.W_i, self.U_i, self.b_i = gate()
        self.W_c, self.U_c, self.b_c = gate()
        self.W_o, self.U_o, self.b_o = gate()

    def forward(self, input_t, hidden_state, cell_state):
        affine = lambda W, U, b: input_t @ W + hidden_state @ U + b
        keep = logistic(affine(self.W_f, self.U_f, self.b_f)) * cell_state
        write = logistic(affine(self.W_i, self.U_i, self.b_i)) * np.tanh(affine(self.W_c, self.U_c, self.b_c))
        cell = keep + write
        return (logistic(affine(self.W_o, self.U_o, self.b_o)) + np.tanh(cell), cell)

def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError(length)
    table = {'fibonacci': fibs, 'sine': sines}
    if seq_type in table:
        return table[seq_type](length)
    raise ValueError(seq_type)

def fibs(n):

    def go(a, b, k, acc):
        while k:
            acc.append(a)
            a, b, k = (b, a + b, k - 1)
        return acc
    return np.array(go(1.0, 1.0, n, []))

def sines(n):
    return np.array([np.sin(0.25 * k) for k in range(n)])

def train_rnn_on_sequence():
    xs = sines(360)
    cut = 300

    def frame(lo, hi, L):
        return (np.array([[xs[k - L + j] for k in range(lo, hi)] for j in range(L)])[..., None], np.array([xs[k] for k in range(lo, hi)]))

    def learn(L):
        net, (x, y) = (SimpleRNN(1, 15, 1), frame(L, cut, L))

        def epoch():
            out, _ = net.forward(x)
            e = out[-1, :, 0] - y
            d = np.zeros_like(out)
            d[-1, :, 0] = 2 * e / len(e)
            net.backward(d)
            net.update_parameters(0.1)
            return float(np.mean(e * e))
        losses = [epoch() for _ in range(250)]
        x, y_test = frame(cut, len(xs), L)
        return (losses, net.forward(x)[0][-1, :, 0], y_test)
    results = {L: learn(L) for L in (5, 8, 13)}
    losses, p, t = results[8]
    fig, ax = plt.subplots(1, 2)
    ax[0].plot(losses)
    ax[1].plot(t)
    ax[1].plot(p)
    return {'losses': losses, 'predictions': p, 'targets': t, 'figure': fig, 'error_by_length': {L: float(np.mean((p - t) ** 2)) for L, (_, p, t) in results.items()}}
