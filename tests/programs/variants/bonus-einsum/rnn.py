import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        h = np.zeros((len(inputs) + 1, inputs.shape[1], len(self.b_h)))
        for t, x in enumerate(inputs):
            h[t + 1] = np.tanh(x @ self.W_xh + h[t] @ self.W_hh + self.b_h)
        self.x, self.h = inputs.copy(), h
        return h[1:] @ self.W_hy + self.b_y, h[1:].copy()

    def backward(self, d_outputs):
        g = {k: np.zeros_like(getattr(self, k)) for k in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}
        later = 0
        for t in reversed(range(len(self.x))):
            dy = d_outputs[t]
            da = (dy @ self.W_hy.T + later) * (1 - self.h[t + 1] ** 2)
            g['W_xh'] += self.x[t].T @ da
            g['W_hh'] += self.h[t].T @ da
            g['b_h'] += da.sum(0)
            g['W_hy'] += self.h[t + 1].T @ dy
            g['b_y'] += dy.sum(0)
            later = da @ self.W_hh.T
        self.g = g
        return {k: v.copy() for k, v in g.items()}

    def update_parameters(self, learning_rate):
        for k, v in self.g.items():
            setattr(self, k, getattr(self, k) - learning_rate * v)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate in 'fico':
            setattr(self, f'W_{gate}', np.random.randn(input_size, hidden_size) / np.sqrt(input_size))
            setattr(self, f'U_{gate}', np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size))
            setattr(self, f'b_{gate}', np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        def a(gate):
            return (input_t @ getattr(self, f'W_{gate}') + hidden_state @ getattr(self, f'U_{gate}')
                    + getattr(self, f'b_{gate}'))

        f, i, o = ((1 + np.tanh(a(gate) / 2)) / 2 for gate in 'fio')
        c = f * cell_state + i * np.tanh(a('c'))
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1 or seq_type not in ('fibonacci', 'sine'):
        raise ValueError(f'no such sequence: {seq_type}, {length}')
    if seq_type == 'sine':
        return np.sin(0.21 * np.arange(length))
    numbers = [1, 1]
    while len(numbers) < length:
        numbers.append(numbers[-1] + numbers[-2])
    return np.array(numbers[:length], dtype=float)


def train_rnn_on_sequence():
    import matplotlib.pyplot as plt

    n = np.arange(600)
    series = np.sin(0.21 * n) + 0.5 * np.sin(0.5 * n + 1)
    known, unknown = series[:480], series[480:]
    mean, std = known.mean(), known.std()

    def windows(part, size):
        part = (part - mean) / std
        x = np.array([part[k:k + size] for k in range(len(part) - size)])
        return x.T[:, :, None], part[size:, None]

    errors = {}
    for size in (3, 6, 10):
        net, losses = SimpleRNN(1, 16, 1), []
        x, y = windows(known, size)
        for _ in range(40):
            total = 0
            for rows in np.array_split(np.random.permutation(len(y)), 15):
                out, _ = net.forward(x[:, rows])
                d = np.zeros_like(out)
                d[-1] = 2 * (out[-1] - y[rows]) / len(rows)
                net.backward(d)
                net.update_parameters(0.05)
                total += ((out[-1] - y[rows]) ** 2).sum()
            losses.append(float(total / len(y)))
        x, y = windows(unknown, size)
        predictions = net.forward(x)[0][-1, :, 0] * std + mean
        targets = y[:, 0] * std + mean
        errors[size] = float(((predictions - targets) ** 2).mean())
    figure, (left, right) = plt.subplots(1, 2)
    left.plot(losses)
    right.plot(targets)
    right.plot(predictions)
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': errors, 'figure': figure}
