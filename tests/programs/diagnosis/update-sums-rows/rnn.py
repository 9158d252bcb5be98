"""Vanilla RNN with one gradient slice per time step."""

import numpy as np
from matplotlib.figure import Figure


class SimpleRNN(object):
    """Keeps one gradient slice per time step and sums the slices at the end."""

    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.output_size = output_size
        self.W_xh = np.zeros((input_size, hidden_size))
        self.W_hh = np.zeros((hidden_size, hidden_size))
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.zeros((hidden_size, output_size))
        self.b_y = np.zeros(output_size)
        self.reset_parameters()
        self.a = None
        self.x = None
        self.grads = None

    def reset_parameters(self):
        # LeCun initialization
        gain = np.sqrt(3 / self.input_size)
        self.W_xh = np.random.uniform(-gain, gain, self.W_xh.shape)
        gain = np.sqrt(3 / self.hidden_size)
        self.W_hh = np.random.uniform(-gain, gain, self.W_hh.shape) * 0.8
        self.W_hy = np.random.uniform(-gain, gain, self.W_hy.shape)

    def forward(self, inputs):
        seq_length, batch_size, _ = inputs.shape
        self.a = {0: np.zeros((batch_size, self.hidden_size))}
        y_hat = np.zeros((seq_length, batch_size, self.output_size))
        for i in range(seq_length):
            s_t = inputs[i] @ self.W_xh + self.a[i] @ self.W_hh + self.b_h
            self.a[i + 1] = np.tanh(s_t)
            y_hat[i] = self.a[i + 1] @ self.W_hy + self.b_y
        self.x = inputs.copy()
        return y_hat, np.array([self.a[i + 1] for i in range(seq_length)])

    def backward(self, d_outputs):
        seq_len = self.x.shape[0]
        dW = np.zeros((seq_len, *self.W_xh.shape))
        dR = np.zeros((seq_len, *self.W_hh.shape))
        dV = np.zeros((seq_len, *self.W_hy.shape))
        dbs = np.zeros((seq_len, *self.b_h.shape))
        dby = np.zeros((seq_len, *self.b_y.shape))
        delta_t = None
        for i in reversed(range(seq_len)):
            dV[i] = self.a[i + 1].T @ d_outputs[i]
            dby[i] = d_outputs[i].sum(axis=0)
            back = d_outputs[i] @ self.W_hy.T
            if delta_t is not None:
                back = back + delta_t @ self.W_hh.T
            delta_t = back * (1 - self.a[i + 1] * self.a[i + 1])
            dW[i] = self.x[i].T @ delta_t
            dR[i] = self.a[i].T @ delta_t
            dbs[i] = delta_t.sum(axis=0)
        self.grads = {'W_xh': dW, 'W_hh': dR, 'b_h': dbs, 'W_hy': dV, 'b_y': dby}
        for key, grad in self.grads.items():
            self.grads[key] = grad.sum(axis=0)
        return self.grads

    def update_parameters(self, learning_rate):
        if not self.grads:
            raise RuntimeError("call backward() first")
        for key, grad in self.grads.items():
            if len(grad.shape) > 1:
                self.grads[key] = np.sum(grad, axis=0)
        self.W_hy -= learning_rate * self.grads['W_hy']
        self.W_xh -= learning_rate * self.grads['W_xh']
        self.W_hh -= learning_rate * self.grads['W_hh']
        self.b_h -= learning_rate * self.grads['b_h']
        self.b_y -= learning_rate * self.grads['b_y']


def expit(v):
    """Logistic function; exp only ever sees numbers that are not positive."""
    e = np.exp(-np.abs(v))
    return np.where(v < 0, e, 1.0) / (1.0 + e)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate, bias in (("f", 1.0), ("i", 0.0), ("c", 0.0), ("o", 0.0)):
            std = np.sqrt(2.0 / (input_size + hidden_size))
            vars(self)["W_" + gate] = std * np.random.randn(input_size, hidden_size)
            vars(self)["U_" + gate] = np.linalg.qr(np.random.randn(hidden_size, hidden_size))[0]
            vars(self)["b_" + gate] = np.full(hidden_size, bias)

    def net(self, gate, x, h):
        v = vars(self)
        return x @ v["W_" + gate] + h @ v["U_" + gate] + v["b_" + gate]

    def forward(self, input_t, hidden_state, cell_state):
        x, h, c = (np.asarray(v, dtype=np.float64) for v in (input_t, hidden_state, cell_state))
        c = expit(self.net("f", x, h)) * c + expit(self.net("i", x, h)) * np.tanh(self.net("c", x, h))
        return expit(self.net("o", x, h)) * np.tanh(c), c


class SequenceSource:
    def __init__(self, length):
        if length < 1:
            raise ValueError("length must be >= 1, got %r" % (length,))
        self.length = length

    def fibonacci(self):
        # exact integers first, rounded once at the end
        numbers = [1, 1]
        for _ in range(self.length - 2):
            numbers.append(numbers[-1] + numbers[-2])
        return np.array([float(v) for v in numbers[:self.length]], dtype=np.float64)

    def sine(self):
        return np.sin(np.arange(self.length, dtype=np.float64) * 2.0 * np.pi / 30.0)


def generate_sequence_data(seq_type='fibonacci', length=1000):
    source = SequenceSource(length)
    if seq_type == 'fibonacci':
        return source.fibonacci()
    if seq_type == 'sine':
        return source.sine()
    raise ValueError("unknown sequence type %r" % (seq_type,))


class MinMaxScaler:
    def fit(self, values):
        self.low, self.high = np.min(values), np.max(values)
        return self

    def transform(self, values):
        return (values - self.low) / (self.high - self.low)

    def inverse_transform(self, values):
        return values * (self.high - self.low) + self.low


class Trainer:
    def __init__(self, seq_length, hidden=24, epochs=300, lr=0.1):
        self.seq_length = seq_length
        self.epochs = epochs
        self.lr = lr
        self.model = SimpleRNN(1, hidden, 1)
        self.losses = []

    def batches(self, values):
        n = len(values) - self.seq_length
        x = np.zeros((self.seq_length, n, 1))
        y = np.zeros((self.seq_length, n, 1))
        for b in range(n):
            x[:, b, 0] = values[b:b + self.seq_length]
            y[:, b, 0] = values[b + 1:b + 1 + self.seq_length]
        return x, y

    def fit(self, values):
        x, y = self.batches(values)
        for _ in range(self.epochs):
            y_hat, _ = self.model.forward(x)
            loss = np.sum((y_hat - y) ** 2) / y.size
            self.losses.append(loss)
            self.model.backward(2 * (y_hat - y) / y.size)
            self.model.update_parameters(self.lr)
        return self

    def predict(self, values):
        x, _ = self.batches(values)
        y_hat, _ = self.model.forward(x)
        return y_hat[-1, :, 0]


def train_rnn_on_sequence():
    np.random.seed(1)
    series = generate_sequence_data('sine', 480)
    train_part, test_part = series[:360], series[360:]
    scaler = MinMaxScaler().fit(train_part)
    lengths = [5, 15, 25]
    trainers, errors = {}, {}
    for n in lengths:
        trainers[n] = Trainer(n).fit(scaler.transform(train_part))
        guess = scaler.inverse_transform(trainers[n].predict(scaler.transform(test_part)))
        errors[n] = float(np.mean(np.abs(guess - test_part[n:])))
    longest = lengths[-1]
    predictions = scaler.inverse_transform(trainers[longest].predict(scaler.transform(test_part)))
    targets = test_part[longest:]

    figure = Figure(figsize=(8, 6))
    ax = figure.add_subplot(2, 1, 1)
    ax.semilogy(trainers[longest].losses)
    ax.set_xlabel('epoch')
    ax.set_ylabel('loss')
    ax = figure.add_subplot(2, 1, 2)
    ax.plot(targets, label='targets')
    ax.plot(predictions, label='predictions')
    ax.legend()
    return {
        'losses': trainers[longest].losses,
        'predictions': predictions,
        'targets': targets,
        'error_by_length': errors,
        'figure': figure,
    }
