"""隐藏状态和输入拼接 [h, x], 只用一个矩阵; LSTM 四个门合在一起, 顺序 i, f, o, g"""
import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng(11)


def normal(*shape):
    return rng.normal(0.0, 1.0 / np.sqrt(shape[0]), shape)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.nh = hidden_size
        self.cell_w = normal(hidden_size + input_size, hidden_size)
        self.cell_b = 0.1
        self.head_w = normal(hidden_size, output_size)
        self.head_b = np.zeros((1, output_size))

    def forward(self, inputs):
        batch = inputs.shape[1]
        self.states, self.joined = [np.zeros((batch, self.nh))], []
        for t, x in enumerate(inputs):
            h_prev = self.states[t]
            self.joined.append(np.concatenate((h_prev, x), axis=1))
            pre = self.joined[-1] @ self.cell_w + self.cell_b
            self.states.append(np.tanh(pre))
        hidden = np.array(self.states[1:])
        outputs = hidden @ self.head_w + self.head_b
        return outputs, hidden

    def backward(self, d_outputs):
        steps = len(self.joined)
        delta = [None] * steps
        carried = np.zeros_like(self.states[0])
        dy = np.asarray(d_outputs)
        for t in reversed(range(steps)):
            total = dy[t] @ self.head_w.T + carried
            delta[t] = total * (1.0 - np.square(self.states[t + 1]))
            carried = delta[t] @ self.cell_w[:self.nh].T
        hidden = np.array(self.states[1:])
        joined = np.array(self.joined)
        delta = np.array(delta)
        self.d_cell_w = np.einsum('tbi,tbj->ij', joined, delta)
        self.d_cell_b = np.einsum('tbj->j', delta)[None]
        self.d_head_w = np.einsum('tbi,tbj->ij', hidden, dy)
        self.d_head_b = np.einsum('tbj->j', dy)[None]
        return {'cell': {'w': self.d_cell_w, 'b': self.d_cell_b}, 'head': {'w': self.d_head_w, 'b': self.d_head_b}}

    def update_parameters(self, learning_rate):
        for name in ('cell_w', 'cell_b', 'head_w', 'head_b'):
            old, slope = getattr(self, name), getattr(self, 'd_' + name)
            setattr(self, name, old - learning_rate * slope)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.nh = hidden_size
        self.w = normal(hidden_size + input_size, 4 * hidden_size)
        self.b = np.zeros((1, 4 * hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        n = self.nh
        z = np.concatenate((hidden_state, input_t), axis=1) @ self.w + self.b
        s = 0.5 + 0.5 * np.tanh(z[:, :3 * n] / 2)
        i, f, o = s[:, :n], s[:, n:2 * n], s[:, 2 * n:]
        g = np.tanh(z[:, 3 * n:])
        c = f * cell_state + i * g
        h = o * np.tanh(c)
        return h, c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length')
    if seq_type not in ('fibonacci', 'sine', 'cosine'):
        raise ValueError('seq_type')
    k = np.arange(length, dtype=np.float64)
    if seq_type == 'sine':
        return np.sin(k / 4)
    if seq_type == 'cosine':
        return np.cos(k / 4)
    x = np.ones(length)
    for j in range(2, length):
        x[j] = x[j - 1] + x[j - 2]
    return x


def windows_of(values, width):
    count = len(values) - width
    xs = np.empty((width, count, 1))
    for s in range(width):
        xs[s, :, 0] = values[s:s + count]
    return xs, values[width:].reshape(count, 1)


def train_rnn_on_sequence():
    k = np.arange(600)
    data = np.cos(0.23 * k) + 0.5 * np.sin(0.71 * k) - 2
    border = 450
    past, future = data[:border], data[border:]
    center, spread = np.mean(past), np.std(past)
    table = {}
    for width in [1, 3, 9]:
        net = SimpleRNN(1, 14, 1)
        xs, ys = windows_of((past - center) / spread, width)
        curve = []
        for _ in range(300):
            out, _ = net.forward(xs)
            miss = out[-1] - ys
            grad = np.zeros(out.shape)
            grad[-1] = 2 * miss / len(miss)
            net.backward(grad)
            net.update_parameters(0.1)
            curve.append(np.mean(miss ** 2))
        xs, ys = windows_of((future - center) / spread, width)
        truth = ys[:, 0] * spread + center
        guess = net.forward(xs)[0][-1, :, 0] * spread + center
        table[width] = np.mean(np.abs(guess - truth) ** 2)
    picture = plt.figure()
    plt.subplot(2, 1, 1)
    plt.plot(curve)
    plt.subplot(2, 1, 2)
    plt.plot(truth)
    plt.plot(guess)
    return {'losses': curve, 'predictions': guess, 'targets': truth, 'error_by_length': table, 'figure': picture}
