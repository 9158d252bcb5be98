import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现

plt.rcParams['axes.unicode_minus'] = False


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        n = hidden_size + input_size
        self.hidden_size = hidden_size
        # 列形式, [h; x] 上下拼接
        self.weight = np.random.randn(hidden_size, n) / np.sqrt(n)
        self.bias = np.zeros((hidden_size, 1))
        self.out_weight = np.random.randn(output_size, hidden_size) / np.sqrt(hidden_size)
        self.out_bias = np.zeros((output_size, 1))

    def forward(self, inputs):
        T, B = inputs.shape[0], inputs.shape[1]
        h = np.zeros((self.hidden_size, B))
        self.trace = []
        outs, hs = [], []
        for t in range(T):
            hx = np.vstack((h, inputs[t].T))
            h = np.tanh(self.weight @ hx + self.bias)
            y = self.out_weight @ h + self.out_bias
            self.trace.append((hx, h))
            outs.append(y.T)
            hs.append(h.T)
        return outs[-1], np.stack(hs, axis=0)

    def backward(self, d_outputs):
        g = [np.zeros_like(p) for p in (self.weight, self.bias, self.out_weight, self.out_bias)]
        dh_later = np.zeros_like(self.trace[0][1])
        for (hx, h), dy in zip(reversed(self.trace), d_outputs[::-1]):
            dy = dy.T
            g[2] += dy @ h.T
            g[3] += dy.sum(axis=1, keepdims=True)
            delta = (self.out_weight.T @ dy + dh_later) * (1 - h ** 2)
            g[0] += delta @ hx.T
            g[1] += delta.sum(axis=1, keepdims=True)
            dh_later = self.weight[:, :self.hidden_size].T @ delta
        self.gradients = g
        return g

    def update_parameters(self, learning_rate):
        self.weight = self.weight - learning_rate * self.gradients[0]
        self.bias = self.bias - learning_rate * self.gradients[1]
        self.out_weight = self.out_weight - learning_rate * self.gradients[2]
        self.out_bias = self.out_bias - learning_rate * self.gradients[3]


class LSTMCell:
    __slots__ = ['w', 'b', 'size']

    def __init__(self, input_size, hidden_size):
        self.size = hidden_size
        self.w = np.random.randn(4 * hidden_size, hidden_size + input_size) * 0.08
        self.b = np.zeros((4 * hidden_size, 1))

    def forward(self, input_t, hidden_state, cell_state):
        z = self.w.dot(np.r_[hidden_state.T, input_t.T]) + self.b
        n = self.size
        o = 1. / (1. + np.exp(-z[:n]))              # 输出门
        f = 1. / (1. + np.exp(-z[n:2 * n]))         # 遗忘门
        i = 1. / (1. + np.exp(-z[2 * n:3 * n]))     # 输入门
        g = np.tanh(z[3 * n:])                      # 候选
        c = f * cell_state.T + i * g
        return (o * np.tanh(c)).T, c.T


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length must be positive')
    n = np.arange(1, length + 1)
    if seq_type == 'fibonacci':
        # 比内公式 (Binet)
        s5 = np.sqrt(5.0)
        phi, psi = (1 + s5) / 2, (1 - s5) / 2
        return (phi ** n - psi ** n) / s5
    if seq_type == 'sine':
        return np.sin(2 * np.pi * n / 25)
    raise ValueError('unknown seq_type: %r' % seq_type)


class Trainer:
    def __init__(self, model, lr=0.1):
        self.model, self.lr, self.losses = model, lr, []

    def step(self, x, y):
        pred = np.array(self.model.forward(x)[0])
        diff = pred - y[-1]
        later = np.zeros_like(y)
        later[-1] = diff * (2.0 / diff.size)
        self.model.backward(later)
        self.model.update_parameters(self.lr)
        return float((diff ** 2).mean())

    def fit(self, x, y, epochs, batch_size=64):
        n = x.shape[1]
        for _ in range(epochs):
            epoch_loss, k = 0.0, 0
            for s in range(0, n, batch_size):
                epoch_loss += self.step(x[:, s:s + batch_size], y[:, s:s + batch_size])
                k += 1
            self.losses.append(epoch_loss / k)
        return self

    def predict(self, x):
        return np.array(self.model.forward(x)[0])[:, 0]


def to_supervised(series, length):
    x = [series[s:s + length] for s in range(len(series) - length)]
    y = [series[s + 1:s + length + 1] for s in range(len(series) - length)]
    return np.array(x).T.reshape(length, -1, 1), np.array(y).T.reshape(length, -1, 1)


def train_rnn_on_sequence():
    series = generate_sequence_data('sine', 400)
    train, test = np.split(series, [300])
    errors = {}
    for length in (1, 3, 10, 25):
        trainer = Trainer(SimpleRNN(1, 10, 1), lr=0.03).fit(*to_supervised(train, length), epochs=120)
        x, y = to_supervised(test, length)
        predictions, targets = trainer.predict(x), y[-1, :, 0]
        errors[length] = float(((predictions - targets) ** 2).mean())
    figure, axes = plt.subplots(1, 3, figsize=(12, 3))
    axes[0].plot(trainer.losses)
    axes[1].plot(targets)
    axes[1].plot(predictions)
    axes[2].plot(list(errors), list(errors.values()), 'o-')
    return {
        'losses': trainer.losses,
        'predictions': predictions.tolist(),
        'targets': targets.tolist(),
        'error_by_length': errors,
        'figure': figure,
    }
