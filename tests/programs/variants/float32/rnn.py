import matplotlib.pyplot as plt
import numpy as np

plt.rcParams['axes.unicode_minus'] = False


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        f = np.float32
        self.Wxh = (np.random.randn(input_size, hidden_size) / np.sqrt(input_size)).astype(f)
        self.Whh = (np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)).astype(f)
        self.Why = (np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)).astype(f)
        self.bh = np.zeros(hidden_size, dtype=f)
        self.by = np.zeros(output_size, dtype=f)

    def forward(self, inputs):
        x = np.asarray(inputs, dtype=np.float32)
        T, B, _ = x.shape
        h = np.zeros((T + 1, B, self.Whh.shape[0]), dtype=np.float32)
        for t in range(T):
            h[t + 1] = np.tanh(x[t] @ self.Wxh + h[t] @ self.Whh + self.bh)
        self.x, self.h = x, h
        return h[1:] @ self.Why + self.by, h[1:]

    def backward(self, d_outputs):
        d = np.asarray(d_outputs, dtype=np.float32)
        x, h = self.x, self.h
        dWxh, dWhh, dWhy = np.zeros_like(self.Wxh), np.zeros_like(self.Whh), np.zeros_like(self.Why)
        dbh, dby = np.zeros_like(self.bh), np.zeros_like(self.by)
        dh_next = np.zeros_like(h[0])
        for t in reversed(range(len(x))):
            dWhy += h[t + 1].T @ d[t]
            dby += d[t].sum(axis=0)
            dz = (d[t] @ self.Why.T + dh_next) * (1 - h[t + 1] ** 2)
            dWxh += x[t].T @ dz
            dWhh += h[t].T @ dz
            dbh += dz.sum(axis=0)
            dh_next = dz @ self.Whh.T
        self.grads = [dWxh, dWhh, dWhy, dbh, dby]
        return {'dWxh': dWxh, 'dWhh': dWhh, 'dWhy': dWhy, 'dbh': dbh, 'dby': dby}

    def update_parameters(self, learning_rate):
        lr = np.float32(learning_rate)
        for p, g in zip((self.Wxh, self.Whh, self.Why, self.bh, self.by), self.grads):
            p -= lr * g


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        w = lambda m, n: np.random.uniform(-0.3, 0.3, (m, n)).astype('float32')
        self.Wxf, self.Whf, self.bf = w(input_size, hidden_size), w(hidden_size, hidden_size), np.ones(hidden_size, 'float32')
        self.Wxi, self.Whi, self.bi = w(input_size, hidden_size), w(hidden_size, hidden_size), np.zeros(hidden_size, 'float32')
        self.Wxg, self.Whg, self.bg = w(input_size, hidden_size), w(hidden_size, hidden_size), np.zeros(hidden_size, 'float32')
        self.Wxo, self.Who, self.bo = w(input_size, hidden_size), w(hidden_size, hidden_size), np.zeros(hidden_size, 'float32')

    def forward(self, input_t, hidden_state, cell_state):
        x, h, c = (np.asarray(a, dtype=np.float32) for a in (input_t, hidden_state, cell_state))
        sig = lambda z: (1 / (1 + np.exp(-z))).astype(np.float32)
        i = sig(x @ self.Wxi + h @ self.Whi + self.bi)
        f = sig(x @ self.Wxf + h @ self.Whf + self.bf)
        o = sig(x @ self.Wxo + h @ self.Who + self.bo)
        g = np.tanh(x @ self.Wxg + h @ self.Whg + self.bg)
        c = f * c + i * g
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """生成序列: fibonacci (从 0, 1 开始) / sine / cosine / square"""
    if not isinstance(length, (int, np.integer)) or length < 1:
        raise ValueError("length 应为正整数")
    t = np.arange(length)
    if seq_type == 'fibonacci':
        data = [0.0, 1.0]
        while len(data) < length:
            data.append(data[-1] + data[-2])
        return np.array(data[:length], dtype=np.float64)
    if seq_type == 'sine':
        return np.sin(0.1 * t)
    if seq_type == 'cosine':
        return np.cos(0.1 * t)
    if seq_type == 'square':
        return np.sign(np.sin(0.1 * t) + 1e-12)
    raise ValueError("不支持的序列类型")


class Trainer:
    def __init__(self, model, lr=0.1):
        self.model, self.lr, self.losses = model, lr, []

    def step(self, x, y):
        pred = np.array(self.model.forward(x)[0])
        diff = pred - y
        self.model.backward(diff * (2.0 / diff.size))
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
        return np.array(self.model.forward(x)[0])[-1, :, 0]


def to_supervised(series, length):
    x = [series[s:s + length] for s in range(len(series) - length)]
    y = [series[s + 1:s + length + 1] for s in range(len(series) - length)]
    return np.array(x).T.reshape(length, -1, 1), np.array(y).T.reshape(length, -1, 1)


def train_rnn_on_sequence():
    series = generate_sequence_data('sine', 400)
    train, test = np.split(series, [300])
    errors = {}
    for length in (1, 3, 10, 25):
        trainer = Trainer(SimpleRNN(1, 10, 1), lr=0.15).fit(*to_supervised(train, length), epochs=30)
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
