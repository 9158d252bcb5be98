"""行向量写法, 使用文档中的参数名: h = tanh(x W_xh + h W_hh + b_h)"""
import matplotlib.pyplot as plt
import numpy as np


def init(m, n):
    scale = np.sqrt(1.0 / m)
    return np.random.randn(m, n) * scale


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.hidden_size = hidden_size
        self.W_xh = init(input_size, hidden_size)
        self.W_hh = init(hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = init(hidden_size, output_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.x = inputs
        self.h = np.zeros((T + 1, B, self.hidden_size))
        outputs = []
        for t in range(T):
            z = self.x[t] @ self.W_xh + self.h[t] @ self.W_hh + self.b_h
            self.h[t + 1] = np.tanh(z)
            outputs.append(self.h[t + 1] @ self.W_hy + self.b_y)
        return np.array(outputs), self.h[1:]

    def backward(self, d_outputs):
        T = len(d_outputs)
        self.dW_xh = np.zeros_like(self.W_xh)
        self.dW_hh = np.zeros_like(self.W_hh)
        self.db_h = np.zeros_like(self.b_h)
        self.dW_hy = np.zeros_like(self.W_hy)
        self.db_y = np.zeros_like(self.b_y)
        dh_next = np.zeros_like(self.h[0])
        for t in reversed(range(T)):
            dy = d_outputs[t]
            self.dW_hy += self.h[t + 1].T @ dy
            self.db_y += dy.sum(axis=0)
            dh = dy @ self.W_hy.T + dh_next
            dz = dh * (1 - self.h[t + 1] ** 2)
            dzs = [dz, *dzs] if t < T - 1 else [dz]
            self.dW_hh += self.h[t].T @ dz
            self.db_h += dz.sum(axis=0)
            dh_next = dz @ self.W_hh.T
        rows = self.x.swapaxes(0, 1).reshape(-1, self.x.shape[2])
        self.dW_xh = rows.T @ np.concatenate(dzs)
        return {'W_xh': self.dW_xh, 'W_hh': self.dW_hh, 'b_h': self.db_h,
                'W_hy': self.dW_hy, 'b_y': self.db_y}

    def update_parameters(self, learning_rate):
        for name in ['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y']:
            param, grad = getattr(self, name), getattr(self, 'd' + name)
            param -= learning_rate * grad


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.W_f, self.U_f, self.b_f = self._gate(input_size, hidden_size)
        self.W_i, self.U_i, self.b_i = self._gate(input_size, hidden_size)
        self.W_c, self.U_c, self.b_c = self._gate(input_size, hidden_size)
        self.W_o, self.U_o, self.b_o = self._gate(input_size, hidden_size)

    def _gate(self, m, n):
        return init(m, n), init(n, n), np.zeros(n)

    def forward(self, input_t, hidden_state, cell_state):
        x, h, c = input_t, hidden_state, cell_state
        f = sigmoid(x @ self.W_f + h @ self.U_f + self.b_f)
        i = sigmoid(x @ self.W_i + h @ self.U_i + self.b_i)
        g = np.tanh(x @ self.W_c + h @ self.U_c + self.b_c)
        o = sigmoid(x @ self.W_o + h @ self.U_o + self.b_o)
        c_new = f * c + i * g
        h_new = o * np.tanh(c_new)
        return h_new, c_new


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 必须是正数')
    if seq_type == 'fibonacci':
        values = np.zeros(length)
        a, b = 0.0, 1.0
        for k in range(length):
            values[k] = a
            a, b = b, a + b
        return values
    if seq_type == 'sine':
        return np.sin(0.2 * np.arange(length))
    raise ValueError('未知类型: ' + str(seq_type))


def make_windows(series, T):
    x = np.array([series[k:k + T] for k in range(len(series) - T)])
    return x.T[:, :, None], series[T:][:, None]


def train_rnn_on_sequence():
    n = np.arange(800)
    series = np.sin(0.2 * n) + 0.6 * np.sin(0.53 * n + 1) + 0.4 * np.sin(1.1 * n + 2) + 3
    train, test = series[:640], series[640:]
    mu, sigma = train.mean(), train.std()
    error_by_length = {}
    for T in (2, 6, 12):
        rnn = SimpleRNN(1, 16, 1)
        X, y = make_windows((train - mu) / sigma, T)
        losses = []
        for epoch in range(30):
            order = np.random.permutation(len(y))
            total = 0.0
            for s in range(0, len(order), 32):
                pick = order[s:s + 32]
                outputs, _ = rnn.forward(X[:, pick])
                error = outputs[-1] - y[pick]
                total += np.sum(error ** 2)
                d = np.zeros_like(outputs)
                d[-1] = 2 * error / len(pick)
                rnn.backward(d)
                rnn.update_parameters(0.05)
            losses.append(total / len(order))
        X_test, y_test = make_windows((test - mu) / sigma, T)
        targets = y_test[:, 0] * sigma + mu
        predictions = rnn.forward(X_test)[0][-1, :, 0] * sigma + mu
        error_by_length[T] = np.mean((predictions - targets) ** 2)
    fig, axes = plt.subplots(1, 2)
    axes[0].plot(losses)
    axes[1].plot(targets)
    axes[1].plot(predictions)
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': error_by_length, 'figure': fig}
