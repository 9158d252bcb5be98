# ml-6 RNN
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现

plt.rcParams['axes.unicode_minus'] = False


class SimpleRNN:
    # 内部用 (batch, time, feature) 的布局, 进出时转置
    def __init__(self, input_size, hidden_size, output_size):
        self.kernel = np.random.randn(input_size, hidden_size) * np.sqrt(1.0 / input_size)
        self.recurrent_kernel = np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size)
        self.bias = np.zeros(hidden_size)
        self.dense_kernel = np.random.randn(hidden_size, output_size) * np.sqrt(1.0 / hidden_size)
        self.dense_bias = np.zeros(output_size)

    def forward(self, inputs):
        self.X = np.transpose(inputs, (1, 0, 2))
        N, T, _ = self.X.shape
        self.S = np.zeros((N, T, self.bias.shape[0]))
        state = getattr(self, 'state', None)
        state = np.zeros((N, self.bias.shape[0])) if state is None or len(state) != N else state
        for t in range(T):
            state = np.tanh(np.dot(self.X[:, t, :], self.kernel) + np.dot(state, self.recurrent_kernel) + self.bias)
            self.S[:, t, :] = state
            self.state = state
        Y = np.dot(self.S, self.dense_kernel) + self.dense_bias
        return Y.transpose(1, 0, 2), self.S.transpose(1, 0, 2)

    def backward(self, d_outputs):
        dY = np.transpose(d_outputs, (1, 0, 2))
        N, T, _ = dY.shape
        d_kernel = np.zeros_like(self.kernel)
        d_recurrent = np.zeros_like(self.recurrent_kernel)
        d_bias = np.zeros_like(self.bias)
        d_state = np.zeros((N, self.bias.shape[0]))
        for t in range(T - 1, -1, -1):
            s = self.S[:, t, :]
            s_prev = self.S[:, t - 1, :] if t > 0 else np.zeros_like(s)
            d_z = (np.dot(dY[:, t, :], self.dense_kernel.T) + d_state) * (1 - s ** 2)
            d_kernel += np.dot(self.X[:, t, :].T, d_z)
            d_recurrent += np.dot(s_prev.T, d_z)
            d_bias += np.sum(d_z, axis=0)
            d_state = np.dot(d_z, self.recurrent_kernel.T)
        d_dense = np.einsum('nth,nto->ho', self.S, dY)
        d_dense_bias = np.einsum('nto->o', dY)
        self.updates = [(self.kernel, d_kernel), (self.recurrent_kernel, d_recurrent), (self.bias, d_bias),
                        (self.dense_kernel, d_dense), (self.dense_bias, d_dense_bias)]
        return {'kernel': d_kernel, 'recurrent_kernel': d_recurrent, 'bias': d_bias,
                'dense_kernel': d_dense, 'dense_bias': d_dense_bias}

    def update_parameters(self, learning_rate):
        for weight, gradient in self.updates:
            weight -= learning_rate * gradient


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        def weights():
            return (np.random.randn(input_size, hidden_size) * np.sqrt(1.0 / input_size),
                    np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size),
                    np.zeros(hidden_size))
        self.W_f, self.U_f, self.b_f = weights()   # 遗忘门
        self.W_i, self.U_i, self.b_i = weights()   # 输入门
        self.W_c, self.U_c, self.b_c = weights()   # 候选记忆
        self.W_o, self.U_o, self.b_o = weights()   # 输出门

    def forward(self, input_t, hidden_state, cell_state):
        f = sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i = sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        o = sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        c_tilde = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        new_cell_state = f * cell_state + i * c_tilde
        new_hidden_state = o * np.tanh(new_cell_state)
        return new_hidden_state, new_cell_state


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
