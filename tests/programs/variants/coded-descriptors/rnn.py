"""Parameters are immutable bytes.  Reading one decodes it, assigning one encodes it again, so nobody
can change a weight behind the network's back."""
import array
import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt


class Blob:
    """Descriptor: keeps (shape, bytes) in the instance, gives a read-only array."""

    def __set_name__(self, owner, name):
        self.name = "blob " + name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        shape, raw = instance.__dict__[self.name]
        return np.frombuffer(raw, dtype=np.float64).reshape(shape)

    def __set__(self, instance, value):
        value = np.ascontiguousarray(value, dtype=np.float64)
        instance.__dict__[self.name] = (value.shape, value.tobytes())


def small(rows, cols):
    return np.random.uniform(-1, 1, (rows, cols)) * (3 / rows) ** 0.5


class SimpleRNN:
    W_xh, W_hh, b_h, W_hy, b_y = Blob(), Blob(), Blob(), Blob(), Blob()

    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = small(input_size, hidden_size)
        self.W_hh = 0.6 * small(hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = small(hidden_size, output_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        Wx, Wh, b = self.W_xh, self.W_hh, self.b_h
        tape = array.array("d")                      # states one after the other
        h = np.zeros((inputs.shape[1], b.size))
        for x in inputs:
            h = np.tanh(x @ Wx + h @ Wh + b)
            tape.frombytes(h.tobytes())
        self.tape, self.seen = tape, inputs.copy()
        states = np.array(tape).reshape(len(inputs), *h.shape)
        return states @ self.W_hy + self.b_y, states

    def backward(self, d_outputs):
        Wh, Wy = self.W_hh, self.W_hy
        T, B, H = len(d_outputs), d_outputs.shape[1], len(Wh)
        tape = memoryview(self.tape)
        state = lambda t: np.asarray(tape[t * B * H:(t + 1) * B * H]).reshape(B, H) if t >= 0 else np.zeros((B, H))
        gx, gh, gb = np.zeros_like(self.W_xh), np.zeros_like(Wh), np.zeros(H)
        gy, gby = np.zeros_like(Wy), np.zeros(Wy.shape[1])
        later = np.zeros((B, H))
        for t in range(T)[::-1]:
            h = state(t)
            gy += h.T @ d_outputs[t]
            gby += d_outputs[t].sum(0)
            pre = (d_outputs[t] @ Wy.T + later) * (1 - h * h)
            gx += self.seen[t].T @ pre
            gh += state(t - 1).T @ pre
            gb += pre.sum(0)
            later = pre @ Wh.T
        self.gradient = {'W_xh': gx, 'W_hh': gh, 'b_h': gb, 'W_hy': gy, 'b_y': gby}
        return self.gradient

    def update_parameters(self, learning_rate):
        for name in self.gradient:
            setattr(self, name, getattr(self, name) - learning_rate * self.gradient[name])


class LSTMCell:
    W_f, W_i, W_c, W_o = Blob(), Blob(), Blob(), Blob()
    U_f, U_i, U_c, U_o = Blob(), Blob(), Blob(), Blob()
    b_f, b_i, b_c, b_o = Blob(), Blob(), Blob(), Blob()

    def __init__(self, input_size, hidden_size):
        self.W_f, self.W_i, self.W_c, self.W_o = (small(input_size, hidden_size) for _ in range(4))
        self.U_f, self.U_i, self.U_c, self.U_o = (small(hidden_size, hidden_size) for _ in range(4))
        self.b_f, self.b_i, self.b_c, self.b_o = (np.zeros(hidden_size) for _ in range(4))

    def forward(self, input_t, hidden_state, cell_state):
        f = squash(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i = squash(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        o = squash(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        g = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        c = np.multiply(f, cell_state) + np.multiply(i, g)
        return np.multiply(o, np.tanh(c)), c


def squash(v):
    return 0.5 * np.tanh(0.5 * v) + 0.5


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if not length >= 1:
        raise ValueError("length must be 1 or more")
    out = array.array("d")
    if seq_type == 'fibonacci':
        a, b = 0, 1
        while len(out) < length:
            out.append(a)
            a, b = b, a + b
    elif seq_type == 'sine':
        while len(out) < length:
            out.append(np.sin(len(out) * 0.1))
    elif seq_type == 'triangle':
        while len(out) < length:
            out.append(abs(len(out) % 24 - 12))
    else:
        raise ValueError("cannot make " + str(seq_type))
    return np.array(out, dtype=np.float64)


def batches(x, y, size, seed):
    order = np.random.default_rng(seed).permutation(len(y))
    for k in range(0, len(y), size):
        pick = order[k:k + size]
        yield x[:, pick], y[pick]


def train_rnn_on_sequence():
    data = generate_sequence_data('triangle', 500)
    training, held_out = data[:360], data[360:]
    top = training.max()
    errors = {}
    for k in (4, 8, 12):
        make = lambda v: (np.array([v[j:j + k] for j in range(len(v) - k)]).T[:, :, None] / top, v[k:] / top)
        x, y = make(training)
        net, losses = SimpleRNN(1, 12, 1), []
        for epoch in range(60):
            seen = []
            for xb, yb in batches(x, y, 50, epoch):
                out, _ = net.forward(xb)
                miss = out[-1, :, 0] - yb
                seen.append(float(np.mean(np.square(miss))))
                grad = np.zeros_like(out)
                grad[-1, :, 0] = 2 * miss / len(yb)
                net.backward(grad)
                net.update_parameters(0.1)
            losses.append(sum(seen) / len(seen))
        xt, yt = make(held_out)
        guess = top * net.forward(xt)[0][-1].ravel()
        truth = top * yt
        errors[k] = float(np.mean(np.abs(guess - truth)))
    fig = plt.figure(figsize=(7, 6))
    upper, lower = fig.add_subplot(211), fig.add_subplot(212)
    upper.plot(losses)
    upper.set_ylabel('loss')
    lower.plot(truth)
    lower.plot(guess)
    lower.legend(['truth', 'guess'])
    return {'losses': losses, 'predictions': guess, 'targets': truth, 'error_by_length': errors, 'figure': fig}
