import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        g = lambda shape, fan_in: np.random.standard_normal(shape) / fan_in ** 0.5
        self.i2h, self.h2h, self.h2o = g((input_size, hidden_size), input_size), g((hidden_size,) * 2, hidden_size), g((hidden_size, output_size), hidden_size)
        self.hb, self.ob = np.zeros(hidden_size), np.zeros(output_size)

    def _states(self, inputs):
        h = np.zeros((inputs.shape[1], len(self.hb)))
        for x in inputs:
            h = np.tanh(x @ self.i2h + h @ self.h2h + self.hb)
            yield h

    def forward(self, inputs):
        self.x = inputs
        self.h = np.stack(list(self._states(inputs)))
        return self.h @ self.h2o + self.ob, self.h

    def backward(self, d_outputs):
        h_prev = np.concatenate([np.zeros_like(self.h[:1]), self.h[:-1]])
        dz = np.zeros_like(self.h)
        back = np.zeros_like(self.h[0])
        for t in range(len(self.h) - 1, -1, -1):
            dz[t] = (d_outputs[t] @ self.h2o.T + back) * (1 - self.h[t] ** 2)
            back = dz[t] @ self.h2h.T
        self.di2h = np.tensordot(self.x, dz, axes=[(0, 1), (0, 1)])
        self.dh2h = np.tensordot(h_prev, dz, axes=[(0, 1), (0, 1)])
        self.dhb = dz.sum(axis=(0, 1))
        self.dh2o = np.tensordot(self.h, d_outputs, axes=[(0, 1), (0, 1)])
        self.dob = d_outputs.sum(axis=(0, 1))
        return self.dhb, self.dob, self.dh2h, self.di2h, self.dh2o

    def update_parameters(self, learning_rate):
        self.i2h = self.i2h - learning_rate * self.di2h
        self.h2h = self.h2h - learning_rate * self.dh2h
        self.h2o = self.h2o - learning_rate * self.dh2o
        self.hb = self.hb - learning_rate * self.dhb
        self.ob = self.ob - learning_rate * self.dob


def sigma(x):
    x = np.clip(x, -50, 50)
    return np.exp(x) / (np.exp(x) + 1)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.hidden_size = hidden_size
        self.weights = {
            'input': np.random.randn(hidden_size, input_size, 4) * 0.2,    # 最后一维是门 (f, i, g, o)
            'hidden': np.random.randn(hidden_size, hidden_size, 4) * 0.2,
        }
        self.bias = np.zeros((hidden_size, 4))

    def forward(self, input_t, hidden_state, cell_state):
        z = np.tensordot(input_t, self.weights['input'], axes=(1, 1))
        z += np.tensordot(hidden_state, self.weights['hidden'], axes=(1, 1))
        z += self.bias
        f, i, o = sigma(z[..., 0]), sigma(z[..., 1]), sigma(z[..., 3])
        c = cell_state * f + np.tanh(z[..., 2]) * i
        return np.tanh(c) * o, c


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
