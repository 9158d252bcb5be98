import numpy as np
import matplotlib.pyplot as plt

def dot_sum(a, b):
    """sum over rows of outer products"""
    total = np.zeros((a.shape[1], b.shape[1]))
    for r in range(a.shape[0]):
        total += np.outer(a[r], b[r])
    return total

class SimpleRNN:
    """BPTT written as in the lecture: for every output step t, walk back k = t, t-1, ..., 0."""

    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.uniform(-1, 1, (input_size, hidden_size)) * np.sqrt(1 / input_size)
        self.W_hh = np.random.uniform(-1, 1, (hidden_size, hidden_size)) * np.sqrt(1 / hidden_size)
        self.W_hy = np.random.uniform(-1, 1, (hidden_size, output_size)) * np.sqrt(1 / hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        self.x = inputs
        T, B = (inputs.shape[0], inputs.shape[1])
        self.h = np.zeros((T, B, self.W_hh.shape[0]))
        y = np.zeros((T, B, self.W_hy.shape[1]))
        for t in range(T):
            before = self.h[t - 1] if t else np.zeros((B, self.W_hh.shape[0]))
            self.h[t] = np.tanh(inputs[t] @ self.W_xh + before @ self.W_hh + self.b_h)
            y[t] = self.h[t] @ self.W_hy + self.b_y
        return (y, self.h.copy())

    def backward(self, d_outputs):
        T, B, _ = d_outputs.shape
        gx, gh, gb = (0 * self.W_xh, 0 * self.W_hh, 0 * self.b_h)
        gy, gc = (0 * self.W_hy, 0 * self.b_y)
        for t in range(T):
            gy = gy + dot_sum(self.h[t], d_outputs[t])
            gc = gc + d_outputs[t].sum(axis=0)
            delta = d_outputs[t] @ self.W_hy.T * (1 - self.h[t] ** 2)
            for k in range(t, -1, -1):
                gx = gx + dot_sum(self.x[k], delta)
                gb = gb + delta.sum(axis=0)
                if k > 0:
                    gh = gh + dot_sum(self.h[k - 1], delta)
                    delta = delta @ self.W_hh.T * (1 - self.h[k - 1] ** 2)
        self.grads = dict(W_xh=gx, W_hh=gh, b_h=gb, W_hy=gy, b_y=gc)
        return self.grads

    def update_parameters(self, learning_rate):
        for name in self.grads:
            value = getattr(self, name)
            setattr(self, name, value - learning_rate * self.grads[name])

def sigmoid(z):
    z = np.asarray(z, dtype=float)
    a = np.exp(-abs(z))
    return np.where(z < 0, a / (1 + a), 1 / (1 + a))

class LSTMCell:

    def __init__(self, input_size, hidden_size):
        for letter in 'fico':
            setattr(self, 'W_' + letter, np.random.uniform(-0.4, 0.4, (input_size, hidden_size)))
            setattr(self, 'U_' + letter, np.random.uniform(-0.4, 0.4, (hidden_size, hidden_size)))
            setattr(self, 'b_' + letter, np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        f = sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        c = f * cell_state
        i = sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        c = c + i * np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        c = c + i * np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        o = sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        return (o * np.tanh(c), c)

def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length >= 1, please')
    if seq_type == 'fibonacci':
        terms = np.ones(length)
        for k in range(2, length):
            terms[k] = terms[k - 1] + terms[k - 2]
        return terms
    if seq_type == 'sine':
        return np.sin(np.pi * np.arange(length) / 15)
    raise ValueError('I know fibonacci and sine only')

def train_rnn_on_sequence():
    data = generate_sequence_data('sine', 260)
    cut = 200
    record = {}
    for L in (3, 4, 6):
        X = np.stack([data[j:cut - L + j] for j in range(L)])[:, :, None]
        Y = data[L:cut]
        net = SimpleRNN(1, 10, 1)
        losses = []
        for _ in range(40):
            for s in range(0, len(Y), 50):
                out, _ = net.forward(X[:, s:s + 50])
                e = out[-1, :, 0] - Y[s:s + 50]
                d = np.zeros_like(out)
                d[-1, :, 0] = 2 * e / len(e)
                net.backward(d)
                net.update_parameters(0.1)
            full = net.forward(X)[0][-1, :, 0]
            losses.append(float(np.mean((full - Y) ** 2)))
        XT = np.stack([data[cut - L + j:len(data) - L + j] for j in range(L)])[:, :, None]
        record[L] = (losses, net.forward(XT)[0][-1, :, 0], data[cut:])
    losses, p, t = record[6]
    fig, ax = plt.subplots(2)
    ax[0].plot(losses)
    ax[1].plot(t)
    ax[1].plot(p)
    return {'losses': losses, 'predictions': p, 'targets': t, 'figure': fig, 'error_by_length': {L: float(np.mean((p - t) ** 2)) for L, (_, p, t) in record.items()}}
