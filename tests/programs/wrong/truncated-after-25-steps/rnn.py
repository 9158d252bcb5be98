"""
ml-6: 循环神经网络的 NumPy 实现
"""
import itertools

import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现


class SimpleRNN:
    """O(T^2) 的 BPTT: 对每个时刻的损失,分别一路往回传到 t=0"""

    def __init__(self, input_size, hidden_size, output_size):
        self.W_ih = np.random.randn(hidden_size, input_size) / np.sqrt(input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.W_ho = np.random.randn(output_size, hidden_size) / np.sqrt(hidden_size)
        self.bias_h = np.zeros(hidden_size)
        self.bias_o = np.zeros(output_size)

    def forward(self, inputs):
        self.inputs = inputs
        T, B, _ = inputs.shape
        self.h = np.zeros((T + 1, B, self.W_hh.shape[0]))
        outputs = []
        for t in range(1, T + 1):
            self.h[t] = np.tanh(inputs[t - 1] @ self.W_ih.T + self.h[t - 1] @ self.W_hh.T + self.bias_h)
            outputs.append(self.h[t] @ self.W_ho.T + self.bias_o)
        return np.asarray(outputs), self.h[1:]

    def backward(self, d_outputs):
        dW_ih, dW_hh, dW_ho = map(np.zeros_like, (self.W_ih, self.W_hh, self.W_ho))
        dbias_h, dbias_o = map(np.zeros_like, (self.bias_h, self.bias_o))
        T = d_outputs.shape[0]
        for t in range(1, T + 1):
            dy = d_outputs[t - 1]
            dW_ho += dy.T @ self.h[t]
            dbias_o += dy.sum(0)
            delta = (dy @ self.W_ho) * (1 - self.h[t] ** 2)
            for k in range(t, max(t - 25, 0), -1):            # 截断 BPTT
                dW_ih += delta.T @ self.inputs[k - 1]
                dW_hh += delta.T @ self.h[k - 1]
                dbias_h += delta.sum(0)
                delta = (delta @ self.W_hh) * (1 - self.h[k - 1] ** 2)
        self.grads = {'W_ih': dW_ih, 'W_hh': dW_hh, 'W_ho': dW_ho, 'bias_h': dbias_h, 'bias_o': dbias_o}
        return self.grads

    def update_parameters(self, learning_rate):
        for key in self.grads:
            self.__dict__[key] -= learning_rate * self.grads[key]


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


def _fibonacci_terms():
    a, b = 0.0, 1.0
    while True:
        yield a
        a, b = b, a + b


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length <= 0:
        raise ValueError('length 必须为正')
    if seq_type == 'fibonacci':
        return np.fromiter(itertools.islice(_fibonacci_terms(), length), dtype=float, count=length)
    if seq_type == 'sine':
        return np.sin(np.arange(length, dtype=float) * 2 * np.pi / 50)
    if seq_type == 'sum_of_sines':
        n = np.arange(length, dtype=float)
        return np.sin(0.2 * n) + 0.5 * np.sin(0.311 * n)
    raise ValueError(f'unknown sequence type {seq_type!r}')


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
