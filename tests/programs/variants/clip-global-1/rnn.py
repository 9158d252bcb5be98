import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    MAX_NORM = 1.0

    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(1.0 / input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(1.0 / hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.inputs = inputs
        self.z = np.zeros((T, B, self.b_h.size))
        h = np.zeros((B, self.b_h.size))
        hs = np.zeros_like(self.z)
        for t in range(T):
            self.z[t] = inputs[t] @ self.W_xh + h @ self.W_hh + self.b_h
            h = np.tanh(self.z[t])
            hs[t] = h
        self.hs = hs
        return hs @ self.W_hy + self.b_y, hs

    def backward(self, d_outputs):
        dW_xh, dW_hh, db_h = np.zeros_like(self.W_xh), np.zeros_like(self.W_hh), np.zeros_like(self.b_h)
        dh_next = np.zeros_like(self.hs[0])
        for t in reversed(range(len(self.inputs))):
            dh = d_outputs[t] @ self.W_hy.T + dh_next
            dz = dh * (1.0 - np.tanh(self.z[t]) ** 2)     # 用预激活值重新计算 tanh'
            dW_xh += self.inputs[t].T @ dz
            if t > 0:
                dW_hh += self.hs[t - 1].T @ dz
            db_h += dz.sum(axis=0)
            dh_next = dz @ self.W_hh.T
        dW_hy = np.tensordot(self.hs, d_outputs, axes=([0, 1], [0, 1]))
        db_y = d_outputs.sum(axis=(0, 1))
        self.grads = {'W_xh': dW_xh, 'W_hh': dW_hh, 'b_h': db_h, 'W_hy': dW_hy, 'b_y': db_y}
        return self.grads

    def update_parameters(self, learning_rate):
        # 按全局范数裁剪
        norm = np.sqrt(sum(np.sum(g ** 2) for g in self.grads.values()))
        scale = self.MAX_NORM / norm if norm > self.MAX_NORM else 1.0
        for name, g in self.grads.items():
            setattr(self, name, getattr(self, name) - learning_rate * scale * g)


class LSTMCell:
    # 四个门交错存放: 第 4*j + k 列是第 j 个单元的第 k 个门 (i, o, f, g)
    def __init__(self, input_size, hidden_size):
        self.n = hidden_size
        self.kernel = np.random.randn(input_size + hidden_size, 4 * hidden_size) * 0.2
        self.bias = np.zeros(4 * hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        z = np.hstack((input_t, hidden_state)) @ self.kernel + self.bias
        i, o, f, g = z[:, 0::4], z[:, 1::4], z[:, 2::4], z[:, 3::4]
        s = lambda v: 1.0 / (1.0 + np.exp(-v))
        c = s(f) * cell_state + s(i) * np.tanh(g)
        return s(o) * np.tanh(c), c


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


def train_rnn_on_sequence():
    series = generate_sequence_data('sine', 500)
    n_train = int(0.7 * len(series))

    def windows(part, T):
        idx = np.arange(len(part) - T)
        return np.stack([part[idx + k] for k in range(T)])[..., np.newaxis], part[idx + T][:, np.newaxis]

    def fit(T, epochs, lr):
        model = SimpleRNN(1, 12, 1)
        x, y = windows(series[:n_train], T)
        history = []
        for _ in range(epochs):
            outputs = np.asarray(model.forward(x)[0])
            error = outputs[-1] - y
            history.append(np.mean(error ** 2))
            grad = np.zeros(outputs.shape)
            grad[-1] = 2 * error / len(y)       # 只有最后一步有损失
            model.backward(grad)
            model.update_parameters(lr)
        return model, history

    results = {}
    for T in [2, 6, 12]:
        model, history = fit(T, 400, 0.1)
        x, y = windows(series[n_train:], T)
        predictions = np.asarray(model.forward(x)[0])[-1].ravel()
        results[T] = np.sqrt(np.mean((predictions - y.ravel()) ** 2))   # RMSE
        print(f'T={T}: train loss {history[-1]:.5f}, test RMSE {results[T]:.5f}')

    fig = plt.figure(figsize=(9, 3))
    plt.subplot(1, 2, 1)
    plt.plot(history)
    plt.title('loss')
    plt.subplot(1, 2, 2)
    plt.plot(y.ravel(), label='真实值')
    plt.plot(predictions, label='预测值')
    plt.savefig('result.png')
    return dict(losses=np.array(history), predictions=predictions, targets=y.ravel(), error_by_length=results, figure=fig)
