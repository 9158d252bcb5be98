import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现


class SimpleRNN:
    """所有参数放在一个一维向量里,用 property 取出各自的视图"""

    def __init__(self, input_size, hidden_size, output_size):
        self._shapes = [(input_size, hidden_size), (hidden_size, hidden_size), (hidden_size,),
                        (hidden_size, output_size), (output_size,)]
        self._sizes = [int(np.prod(s)) for s in self._shapes]
        self._theta = np.zeros(sum(self._sizes))
        self._grad = np.zeros_like(self._theta)
        for view in (self.W_xh, self.W_hh, self.W_hy):
            view[...] = np.random.randn(*view.shape) / np.sqrt(view.shape[0])

    def _view(self, flat, k):
        start = sum(self._sizes[:k])
        return flat[start:start + self._sizes[k]].reshape(self._shapes[k])

    @property
    def W_xh(self):
        return self._view(self._theta, 0)

    @property
    def W_hh(self):
        return self._view(self._theta, 1)

    @property
    def b_h(self):
        return self._view(self._theta, 2)

    @property
    def W_hy(self):
        return self._view(self._theta, 3)

    @property
    def b_y(self):
        return self._view(self._theta, 4)

    def forward(self, inputs):
        T, B = inputs.shape[:2]
        h = np.zeros((T + 1, B, self.W_hh.shape[0]))
        for t in range(T):
            h[t + 1] = np.tanh(inputs[t] @ self.W_xh + h[t] @ self.W_hh + self.b_h)
        self._x, self._h = inputs, h
        return h[1:] @ self.W_hy + self.b_y, h[1:]

    def backward(self, d_outputs):
        x, h = self._x, self._h
        self._grad[:] = 0
        dW_xh, dW_hh, db_h, dW_hy, db_y = [self._view(self._grad, k) for k in range(5)]
        dh = np.zeros_like(h[0])
        for t in range(len(x))[::-1]:
            dW_hy += h[t + 1].T @ d_outputs[t]
            db_y += d_outputs[t].sum(0)
            dz = (d_outputs[t] @ self.W_hy.T + dh) * (1 - h[t + 1] ** 2)
            dW_xh += x[t].T @ dz
            dW_hh += h[t].T @ dz
            db_h += dz.sum(0)
            dh = dz @ self.W_hh.T
        self._grad /= x.shape[1]
        return {'W_xh': dW_xh, 'W_hh': dW_hh, 'b_h': db_h, 'W_hy': dW_hy, 'b_y': db_y}

    def update_parameters(self, learning_rate):
        self._theta -= learning_rate * self._grad


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self._n = hidden_size
        self._w = np.random.randn(input_size, 4 * hidden_size) * 0.2
        self._u = np.random.randn(hidden_size, 4 * hidden_size) * 0.2
        self._b = np.zeros(4 * hidden_size)

    def _part(self, array, k):
        return array[..., k * self._n:(k + 1) * self._n]

    # 对外仍然可以按门的名字访问
    W_f = property(lambda self: self._part(self._w, 0))
    W_i = property(lambda self: self._part(self._w, 1))
    W_c = property(lambda self: self._part(self._w, 2))
    W_o = property(lambda self: self._part(self._w, 3))
    U_f = property(lambda self: self._part(self._u, 0))
    U_i = property(lambda self: self._part(self._u, 1))
    U_c = property(lambda self: self._part(self._u, 2))
    U_o = property(lambda self: self._part(self._u, 3))
    b_f = property(lambda self: self._part(self._b, 0))
    b_i = property(lambda self: self._part(self._b, 1))
    b_c = property(lambda self: self._part(self._b, 2))
    b_o = property(lambda self: self._part(self._b, 3))

    def forward(self, input_t, hidden_state, cell_state):
        z = input_t @ self._w + hidden_state @ self._u + self._b
        sig = 1 / (1 + np.exp(-z))
        f, i, o = self._part(sig, 0), self._part(sig, 1), self._part(sig, 3)
        c = f * cell_state + i * np.tanh(self._part(z, 2))
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 不能小于 1')
    match seq_type:
        case 'fibonacci':
            terms = np.zeros(max(length, 2), dtype=np.longdouble)
            terms[:2] = 0, 1
            for k in range(2, length):
                terms[k] = terms[k - 1] + terms[k - 2]
            return terms[:length].astype(np.float64)
        case 'sine':
            return np.sin(np.arange(length) / 5.0)
        case 'noisy_sine':
            return np.sin(np.arange(length) / 5.0) + 0.05 * np.random.default_rng(0).standard_normal(length)
        case _:
            raise ValueError(f'没有这种序列: {seq_type}')


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
        trainer = Trainer(SimpleRNN(1, 10, 1), lr=0.15).fit(*to_supervised(train, length), epochs=60)
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
