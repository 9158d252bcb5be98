import math
import numpy as np
import matplotlib.pyplot as plt

# I come from PyTorch, so the layout follows nn.RNN / nn.LSTMCell: weight_ih (H, I), weight_hh (H, H)


class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


def uniform(*shape, bound):
    return np.random.uniform(-bound, bound, shape)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        k = 1 / math.sqrt(hidden_size)
        self.hidden_size = hidden_size
        self.weight_ih = uniform(hidden_size, input_size, bound=k)
        self.weight_hh = uniform(hidden_size, hidden_size, bound=k)
        self.bias_h = uniform(hidden_size, bound=k)
        self.fc_weight = uniform(output_size, hidden_size, bound=k)
        self.fc_bias = uniform(output_size, bound=k)
        self.zero_grad()

    def zero_grad(self):
        self.grad = {n: np.zeros_like(getattr(self, n)) for n in
                     ('weight_ih', 'weight_hh', 'bias_h', 'fc_weight', 'fc_bias')}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, inputs):
        x = inputs
        seq_len, batch, _ = x.shape
        h = np.zeros((batch, self.hidden_size))
        self.saved = []
        hs = []
        for t in range(seq_len):
            h_prev = h
            h = np.tanh(x[t] @ self.weight_ih.T + h_prev @ self.weight_hh.T + self.bias_h)
            self.saved.append((x[t].copy(), h_prev, h))
            hs.append(h)
        hidden = np.stack(hs, axis=0)
        out = hidden @ self.fc_weight.T + self.fc_bias
        return out, hidden

    def backward(self, d_outputs):
        self.zero_grad()
        g = self.grad
        grad_h = 0.0
        for (x, h_prev, h), dy in zip(reversed(self.saved), d_outputs):
            g['fc_weight'] += dy.T @ h
            g['fc_bias'] += dy.sum(0)
            grad_h = grad_h + dy @ self.fc_weight
            grad_z = grad_h * (1 - h.pow(2) if hasattr(h, 'pow') else 1 - h ** 2)
            g['weight_ih'] += grad_z.T @ x
            g['weight_hh'] += grad_z.T @ h_prev
            g['bias_h'] += grad_z.sum(0)
            grad_h = grad_z @ self.weight_hh
        return dict(g)

    def update_parameters(self, learning_rate):
        for name, grad in self.grad.items():
            setattr(self, name, getattr(self, name) - learning_rate * grad)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        k = 1 / math.sqrt(hidden_size)
        # gate order as in torch: i, f, g, o
        self.weight_ih = uniform(4 * hidden_size, input_size, bound=k)
        self.weight_hh = uniform(4 * hidden_size, hidden_size, bound=k)
        self.bias = np.zeros(4 * hidden_size)

    @staticmethod
    def sigmoid(x):
        return np.where(x > 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))

    def forward(self, input_t, hidden_state, cell_state):
        gates = input_t @ self.weight_ih.T + hidden_state @ self.weight_hh.T + self.bias
        i, f, g, o = np.split(gates, 4, axis=1)
        i, f, o = self.sigmoid(i), self.sigmoid(f), self.sigmoid(o)
        g = np.tanh(g)
        cy = f * cell_state + i * g
        hy = o * np.tanh(cy)
        return hy, cy


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length <= 0:
        raise ValueError(f'length should be positive, got {length}')
    match seq_type:
        case 'fibonacci':
            a, b, out = 0, 1, []
            for _ in range(length):
                out.append(a)
                a, b = b, a + b
            return np.asarray(out, dtype=np.float64) if length < 90 else np.array([float(v) for v in out])
        case 'sine':
            return np.sin(np.arange(length) * 2 * math.pi / 30)
        case _:
            raise ValueError(f'unknown seq_type {seq_type}')


class MSELoss:
    def __call__(self, pred, target):
        self.diff = pred - target
        return float((self.diff ** 2).mean())

    def backward(self):
        return 2 * self.diff / self.diff.size


class SequenceDataset:
    def __init__(self, data, seq_len):
        self.data, self.seq_len = data, seq_len

    def __len__(self):
        return len(self.data) - self.seq_len

    def __getitem__(self, idx):
        return self.data[idx:idx + self.seq_len], self.data[idx + self.seq_len]


def collate(dataset):
    xs, ys = zip(*[dataset[i] for i in range(len(dataset))])
    return np.array(xs).T[:, :, None], np.array(ys)[:, None]


def train_rnn_on_sequence():
    np.random.seed(42)
    data = generate_sequence_data('sine', 500)
    train_data, test_data = data[:400], data[400:]
    criterion = MSELoss()
    history = {}
    for seq_len in (5, 10, 20):
        model = SimpleRNN(1, 24, 1)
        x, y = collate(SequenceDataset(train_data, seq_len))
        losses = []
        for epoch in range(250):
            out, _ = model(x)
            loss = criterion(out[-1], y)
            d = np.zeros_like(out)
            d[-1] = criterion.backward()
            model.backward(d)
            model.update_parameters(0.05)
            losses.append(loss)
        xt, yt = collate(SequenceDataset(test_data, seq_len))
        pred, _ = model(xt)
        history[seq_len] = (losses, pred[-1, :, 0], yt[:, 0])
    losses, pred, target = history[10]
    fig, axes = plt.subplots(1, 2)
    axes[0].plot(losses, label='train')
    axes[0].legend()
    axes[1].plot(target, label='target')
    axes[1].plot(pred, label='pred')
    axes[1].legend()
    return {
        'losses': losses,
        'predictions': pred,
        'targets': target,
        'error_by_length': {k: float(((p - t) ** 2).mean()) for k, (_, p, t) in history.items()},
        'figure': fig,
    }
