# ml-6 RNN
import matplotlib.pyplot as plt
import numpy as np


class RNNCell:
    """单个时间步的计算,输入输出都是 (batch, ...)"""

    def __init__(self, input_size, hidden_size):
        self.Wx = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.Wh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b = np.zeros(hidden_size)

    def __call__(self, x, h):
        return np.tanh(x @ self.Wx + h @ self.Wh + self.b)

    def backward(self, x, h_prev, h, dh):
        da = dh * (1 - h ** 2)
        grads = {'Wx': x.T @ da, 'Wh': h_prev.T @ da, 'b': da.sum(axis=0)}
        return da @ self.Wh.T, grads


class OutputLayer:
    def __init__(self, hidden_size, output_size):
        self.W = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b = np.zeros(output_size)

    def __call__(self, h):
        return h @ self.W + self.b


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.cell = RNNCell(input_size, hidden_size)
        self.head = OutputLayer(hidden_size, output_size)
        self.hidden_size = hidden_size
        self.grads = {}

    def forward(self, inputs):
        self.inputs = inputs
        self.states = [np.zeros((inputs.shape[1], self.hidden_size))]
        for x in inputs:
            self.states.append(self.cell(x, self.states[-1]))
        return np.stack([self.head(h) for h in self.states[1:]]), np.stack(self.states[1:])

    def backward(self, d_outputs):
        total = {'Wx': 0, 'Wh': 0, 'b': 0}
        dWy = np.zeros_like(self.head.W)
        dby = np.zeros_like(self.head.b)
        dh = np.zeros_like(self.states[0])
        for t in reversed(range(len(self.inputs))):
            dWy += self.states[t + 1].T @ d_outputs[t]
            dby += d_outputs[t].sum(axis=0)
            dh = dh + d_outputs[t] @ self.head.W.T
            dh, step = self.cell.backward(self.inputs[t], self.states[t], self.states[t + 1], dh)
            for key in total:
                total[key] = total[key] + step[key]
        self.grads = {'cell': total, 'head': {'W': dWy, 'b': dby}}
        return self.grads

    def update_parameters(self, learning_rate):
        for part in ('cell', 'head'):
            module = getattr(self, part)
            for key, grad in self.grads[part].items():
                setattr(module, key, getattr(module, key) - learning_rate * grad)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.H = hidden_size
        # 四个门合并成一个大矩阵,顺序: f, i, c, o
        self.W = np.random.randn(input_size, 4 * hidden_size) / np.sqrt(input_size)
        self.U = np.random.randn(hidden_size, 4 * hidden_size) / np.sqrt(hidden_size)
        self.b = np.zeros(4 * hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        H = self.H
        z = input_t @ self.W + hidden_state @ self.U + self.b
        f = 1 / (1 + np.exp(-z[:, 0 * H:1 * H]))
        i = 1 / (1 + np.exp(-z[:, 1 * H:2 * H]))
        g = np.tanh(z[:, 2 * H:3 * H])
        o = 1 / (1 + np.exp(-z[:, 3 * H:4 * H]))
        c_new = f * cell_state + i * g
        h_new = o * np.tanh(c_new)
        return h_new, c_new


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
    """斐波那契数列对 3 取余: 0 1 1 2 0 2 2 1 ..., 用 one-hot 输入, 回归 one-hot 输出"""
    residues = [0, 1]
    while len(residues) < 420:
        residues.append((residues[-1] + residues[-2]) % 3)
    residues = np.array(residues)
    # 加一点随机翻转, 让序列不完全周期
    rng = np.random.default_rng(3)
    noisy = residues.copy()
    flips = rng.random(len(noisy)) < 0.02
    noisy[flips] = rng.integers(0, 3, flips.sum())
    onehot = np.eye(3)[noisy]
    split = 320

    def batch(lo, hi, T):
        starts = range(lo, hi - T)
        return (np.stack([onehot[s:s + T] for s in starts], axis=1),
                np.stack([onehot[s + T] for s in starts]),
                noisy[lo + T:hi])

    error_by_length = {}
    for T in (1, 2, 4, 10):
        rnn = SimpleRNN(3, 16, 3)
        X, Y, _ = batch(0, split, T)
        losses = []
        for it in range(700):
            out = np.array(rnn.forward(X)[0])
            diff = out[-1] - Y
            losses.append(np.mean(diff ** 2))
            grad = np.zeros_like(out)
            grad[-1] = 2 * diff / len(Y)
            rnn.backward(grad)
            rnn.update_parameters(0.1)
        X, Y, targets = batch(split, len(noisy), T)
        scores = np.array(rnn.forward(X)[0])[-1]
        predictions = scores @ np.arange(3)
        error_by_length[T] = float(np.mean((scores - Y) ** 2))
    fig, (a, b) = plt.subplots(2, 1)
    a.plot(losses)
    b.step(range(len(targets)), targets)
    b.plot(predictions, '.')
    return {'losses': losses, 'predictions': predictions, 'targets': targets.astype(float),
            'error_by_length': error_by_length, 'figure': fig}
