import numpy as np
import matplotlib.pyplot as plt

class SimpleRNN:
    """Keras habits: everything inside is (batch, time, features)."""

    def __init__(self, input_size, hidden_size, output_size):
        self.units = hidden_size
        lim = np.sqrt(6 / (input_size + hidden_size))
        self.kernel = np.random.uniform(-lim, lim, (input_size, hidden_size))
        self.recurrent_kernel = np.linalg.qr(np.random.randn(hidden_size, hidden_size))[0] * 0.95
        self.bias = np.zeros(hidden_size)
        lim = np.sqrt(6 / (hidden_size + output_size))
        self.dense_kernel = np.random.uniform(-lim, lim, (hidden_size, output_size))
        self.dense_bias = np.zeros(output_size)

    def forward(self, inputs):
        self.x = np.swapaxes(inputs, 0, 1).copy()
        n, steps = self.x.shape[:2]
        self.state = np.zeros((n, steps + 1, self.units))
        for t in range(steps):
            self.state[:, t + 1, :] = np.tanh(self.x[:, t, :] @ self.kernel + self.state[:, t, :] @ self.recurrent_kernel + self.bias)
        hidden = self.state[:, 1:, :]
        y = hidden @ self.dense_kernel + self.dense_bias
        return (np.swapaxes(y, 0, 1).copy(), np.swapaxes(hidden, 0, 1).copy())

    def backward(self, d_outputs):
        dy = np.swapaxes(d_outputs, 0, 1)
        hidden = self.state[:, 1:, :]
        steps = self.x.shape[1]
        d_dense_kernel = np.tensordot(hidden, dy, axes=([0, 1], [0, 1]))
        d_dense_bias = dy.sum(axis=(0, 1))
        dz = np.zeros_like(hidden)
        carry = 0
        for t in range(steps - 1, -1, -1):
            dh = dy[:, t, :] @ self.dense_kernel.T + carry
            dz[:, t, :] = dh * (1 - hidden[:, t, :] ** 2)
            carry = dz[:, t, :] @ self.recurrent_kernel.T
        self.gradients = {'W_xh': np.tensordot(self.x, dz, axes=([0, 1], [0, 1])), 'W_hh': np.tensordot(self.state[:, :-1, :], dz, axes=([0, 1], [0, 1])), 'b_h': dz.sum(axis=(0, 1)), 'W_hy': d_dense_kernel, 'b_y': d_dense_bias}
        return self.gradients

    def update_parameters(self, learning_rate):
        self.kernel -= learning_rate * self.gradients['b_h']
        self.recurrent_kernel -= learning_rate * self.gradients['W_hh']
        self.bias -= learning_rate * self.gradients['b_h']
        self.dense_kernel -= learning_rate * self.gradients['W_hy']
        self.dense_bias -= learning_rate * self.gradients['b_y']

class LSTMCell:

    def __init__(self, input_size, hidden_size):
        self.units = hidden_size
        init = lambda r, c: np.random.randn(r, c) * np.sqrt(1 / r)
        self.kernel_i, self.kernel_f = (init(input_size, hidden_size), init(input_size, hidden_size))
        self.kernel_c, self.kernel_o = (init(input_size, hidden_size), init(input_size, hidden_size))
        self.recurrent_kernel_i, self.recurrent_kernel_f = (init(hidden_size, hidden_size), init(hidden_size, hidden_size))
        self.recurrent_kernel_c, self.recurrent_kernel_o = (init(hidden_size, hidden_size), init(hidden_size, hidden_size))
        self.bias_i, self.bias_f = (np.zeros(hidden_size), np.ones(hidden_size))
        self.bias_c, self.bias_o = (np.zeros(hidden_size), np.zeros(hidden_size))

    @staticmethod
    def recurrent_activation(x):
        return 1 / (1 + np.exp(-np.maximum(np.minimum(x, 50), -50)))

    def forward(self, input_t, hidden_state, cell_state):
        act = self.recurrent_activation
        i = act(input_t @ self.kernel_i + hidden_state @ self.recurrent_kernel_i + self.bias_i)
        f = act(input_t @ self.kernel_f + hidden_state @ self.recurrent_kernel_f + self.bias_f)
        c = f * cell_state + i * np.tanh(input_t @ self.kernel_c + hidden_state @ self.recurrent_kernel_c + self.bias_c)
        o = act(input_t @ self.kernel_o + hidden_state @ self.recurrent_kernel_o + self.bias_o)
        return (o * np.tanh(c), c)

def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length')
    if seq_type == 'fibonacci':
        seq = np.zeros(length, dtype='float64')
        for i in range(length):
            seq[i] = i if i < 2 else seq[i - 1] + seq[i - 2]
        return seq
    if seq_type == 'sine':
        return np.sin(np.linspace(0, length / 25 * 2 * np.pi, length + 1)[:-1])
    raise ValueError('seq_type')

class Model:

    def __init__(self, units):
        self.rnn = SimpleRNN(1, units, 1)

    def fit(self, x, y, epochs, lr):
        history = {'loss': []}
        for _ in range(epochs):
            out, _ = self.rnn.forward(x)
            err = out[-1] - y
            history['loss'].append(float(np.mean(err ** 2)))
            grad = np.zeros_like(out)
            grad[-1] = 2 * err / len(err)
            self.rnn.backward(grad)
            self.rnn.update_parameters(lr)
        return history

    def predict(self, x):
        return self.rnn.forward(x)[0][-1, :, 0]

def timeseries(series, length):
    x = np.array([series[i:i + length] for i in range(len(series) - length)])
    return (x.T[:, :, None], series[length:, None])

def train_rnn_on_sequence():
    series = generate_sequence_data('sine', 500)
    train, test = (series[:400], series[400:])
    lo, hi = (train.min(), train.max())
    scale = lambda s: (s - lo) / (hi - lo) * 2 - 1
    back = lambda s: (s + 1) / 2 * (hi - lo) + lo
    errors = {}
    for length in (5, 10, 20):
        model = Model(16)
        x, y = timeseries(scale(train), length)
        history = model.fit(x, y, 300, 0.1)
        tx, ty = timeseries(scale(test), length)
        pred, true = (back(model.predict(tx)), back(ty[:, 0]))
        errors[length] = float(np.mean((pred - true) ** 2))
    fig, ax = plt.subplots(1, 2)
    ax[0].plot(history['loss'])
    ax[1].plot(true)
    ax[1].plot(pred)
    return {'losses': history['loss'], 'predictions': pred, 'targets': true, 'error_by_length': errors, 'figure': fig}
