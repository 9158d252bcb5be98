# ml-6 RNN
import math

import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    """参数命名与 torch.nn.RNN 相同: weight_ih, weight_hh, bias_ih, bias_hh"""

    def __init__(self, input_size, hidden_size, output_size):
        bound = 1.0 / math.sqrt(hidden_size)
        uniform = lambda *shape: np.random.uniform(-bound, bound, shape)
        self.weight_ih = uniform(hidden_size, input_size)
        self.weight_hh = uniform(hidden_size, hidden_size)
        self.bias_ih = uniform(hidden_size)
        self.bias_hh = uniform(hidden_size)
        self.fc_weight = uniform(output_size, hidden_size)
        self.fc_bias = uniform(output_size)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        hx = np.zeros((B, self.weight_hh.shape[0]))
        self.saved = []
        hs, ys = [], []
        for t in range(T):
            hy = np.tanh(inputs[t] @ self.weight_ih.T + self.bias_ih + hx @ self.weight_hh.T + self.bias_hh)
            self.saved.append((inputs[t], hx, hy))
            hs.append(hy)
            ys.append(hy @ self.fc_weight.T + self.fc_bias)
            hx = hy
        return np.stack(ys), np.stack(hs)

    def backward(self, d_outputs):
        g = {n: np.zeros_like(getattr(self, n)) for n in
             ('weight_ih', 'weight_hh', 'bias_ih', 'bias_hh', 'fc_weight', 'fc_bias')}
        dh = np.zeros_like(self.saved[0][1])
        for t in reversed(range(len(self.saved))):
            x, hx, hy = self.saved[t]
            g['fc_weight'] += d_outputs[t].T @ hy
            g['fc_bias'] += d_outputs[t].sum(axis=0)
            dz = (d_outputs[t] @ self.fc_weight + dh) * (1 - hy ** 2)
            g['weight_ih'] += dz.T @ x
            g['weight_hh'] += dz.T @ hx
            g['bias_ih'] += dz.sum(axis=0)
            g['bias_hh'] += dz.sum(axis=0)
            dh = dz @ self.weight_hh
        self.g = g
        return g

    def update_parameters(self, learning_rate):
        for name, grad in self.g.items():
            p = getattr(self, name)
            p -= learning_rate * grad


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        bound = 1.0 / math.sqrt(hidden_size)
        u = lambda *s: np.random.uniform(-bound, bound, s)
        # 每个门: 输入侧和隐藏侧各有一个偏置
        self.W_ii, self.W_if, self.W_ig, self.W_io = (u(hidden_size, input_size) for _ in range(4))
        self.W_hi, self.W_hf, self.W_hg, self.W_ho = (u(hidden_size, hidden_size) for _ in range(4))
        self.b_ii, self.b_if, self.b_ig, self.b_io = (u(hidden_size) for _ in range(4))
        self.b_hi, self.b_hf, self.b_hg, self.b_ho = (u(hidden_size) for _ in range(4))

    def forward(self, input_t, hidden_state, cell_state):
        sigmoid = lambda v: 1 / (1 + np.exp(-v))
        i = sigmoid(input_t @ self.W_ii.T + self.b_ii + hidden_state @ self.W_hi.T + self.b_hi)
        f = sigmoid(input_t @ self.W_if.T + self.b_if + hidden_state @ self.W_hf.T + self.b_hf)
        g = np.tanh(input_t @ self.W_ig.T + self.b_ig + hidden_state @ self.W_hg.T + self.b_hg)
        o = sigmoid(input_t @ self.W_io.T + self.b_io + hidden_state @ self.W_ho.T + self.b_ho)
        c = f * cell_state + i * g
        return o * np.tanh(c), c


def _fib(n):
    # Python 整数不会溢出, 最后再转成 float64
    values = [1, 1]
    for _ in range(n - 2):
        values.append(values[-1] + values[-2])
    return [float(v) for v in values[:n]]


GENERATORS = {
    'fibonacci': _fib,
    'sine': lambda n: [math.sin(0.3 * k) for k in range(n)],
    'sawtooth': lambda n: [(k % 10) / 10 for k in range(n)],
    'linear': lambda n: [0.01 * k for k in range(n)],
}


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length < 1')
    try:
        generator = GENERATORS[seq_type]
    except KeyError:
        raise ValueError('seq_type 只能是: ' + ', '.join(GENERATORS)) from None
    return np.array(generator(length), dtype=np.float64)


def split_data(series, ratio=0.8):
    k = int(len(series) * ratio)
    return series[:k], series[k:]


def build_dataset(series, seq_len):
    inputs, targets = [], []
    for i in range(len(series) - seq_len):
        inputs.append(series[i:i + seq_len])
        targets.append(series[i + seq_len])
    inputs = np.array(inputs)[:, :, np.newaxis].transpose(1, 0, 2)
    return inputs, np.array(targets)[:, np.newaxis]


def run_experiment(series, seq_len, hidden=16, lr=0.1, max_epochs=150, tol=1e-4):
    train, test = split_data(series)
    X, y = build_dataset(train, seq_len)
    model = SimpleRNN(1, hidden, 1)
    losses = []
    for epoch in range(max_epochs):
        outputs, _ = model.forward(X)
        outputs = np.array(outputs)
        loss = np.mean((outputs[-1] - y) ** 2)
        losses.append(loss)
        if loss < tol:          # 提前停止
            break
        d_outputs = np.zeros_like(outputs)
        d_outputs[-1] = 2 * (outputs[-1] - y) / y.shape[0]
        model.backward(d_outputs)
        model.update_parameters(lr)
    X_test, y_test = build_dataset(test, seq_len)
    pred, _ = model.forward(X_test)
    pred = np.array(pred)[-1]
    return losses, pred[:, 0], y_test[:, 0]


def plot_results(losses, pred, true, errors):
    fig, ax = plt.subplots(1, 3, figsize=(15, 4))
    ax[0].plot(losses)
    ax[0].set_title('Loss')
    ax[1].plot(true, label='True')
    ax[1].plot(pred, label='Predicted', linestyle='--')
    ax[1].legend()
    ax[2].plot(list(errors.keys()), list(errors.values()), marker='o')
    ax[2].set_xlabel('Sequence length')
    plt.tight_layout()
    plt.show()
    return fig


def train_rnn_on_sequence():
    series = generate_sequence_data('sine', 600)
    errors = {}
    for seq_len in [1, 4, 8, 16]:
        losses, pred, true = run_experiment(series, seq_len)
        errors[seq_len] = np.mean((pred - true) ** 2)
        print(f'序列长度 {seq_len}: 测试 MSE = {errors[seq_len]:.6f}')
    fig = plot_results(losses, pred, true, errors)
    return {'losses': losses, 'predictions': pred, 'targets': true, 'error_by_length': errors, 'figure': fig}
