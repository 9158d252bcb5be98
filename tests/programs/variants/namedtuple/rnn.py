"""
ml-6: 循环神经网络的 NumPy 实现
"""
from collections import namedtuple

import matplotlib.pyplot as plt
import numpy as np

plt.rcParams['axes.unicode_minus'] = False


Params = namedtuple('Params', ['Wx', 'Wh', 'Wy', 'bh', 'by'])


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.p = Params(
            Wx=np.random.randn(input_size, hidden_size) * 0.1,
            Wh=np.linalg.qr(np.random.randn(hidden_size, hidden_size))[0],  # 正交初始化
            Wy=np.random.randn(hidden_size, output_size) * 0.1,
            bh=np.zeros((1, hidden_size)),
            by=np.zeros((1, output_size)),
        )

    def forward(self, inputs):
        p = self.p
        self.x = inputs
        self.h = {-1: np.zeros((inputs.shape[1], p.Wh.shape[0]))}
        out = {}
        for t in range(len(inputs)):
            self.h[t] = np.tanh(inputs[t] @ p.Wx + self.h[t - 1] @ p.Wh + p.bh)
            out[t] = self.h[t] @ p.Wy + p.by
        return np.array([out[t] for t in range(len(inputs))]), self.h

    def backward(self, d_outputs):
        p = self.p
        g = Params(*[np.zeros_like(v) for v in p])
        dnext = np.zeros_like(self.h[-1])
        for t in reversed(range(len(self.x))):
            g.Wy[:] += self.h[t].T @ d_outputs[t]
            g.by[:] += d_outputs[t].sum(0)
            d = (d_outputs[t] @ p.Wy.T + dnext) * (1 - self.h[t] ** 2)
            g.Wx[:] += self.x[t].T @ d
            g.Wh[:] += self.h[t - 1].T @ d
            g.bh[:] += d.sum(0)
            dnext = d @ p.Wh.T
        self.g = g
        return g._asdict()

    def update_parameters(self, learning_rate):
        self.p = Params(*[v - learning_rate * d for v, d in zip(self.p, self.g)])


GateParams = namedtuple('GateParams', 'W U b')


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        def make():
            return GateParams(np.random.randn(hidden_size, input_size) * 0.1,
                              np.random.randn(hidden_size, hidden_size) * 0.1,
                              np.zeros(hidden_size))
        self.gates = {'forget': make(), 'input': make(), 'output': make(), 'memory': make()}

    def forward(self, input_t, hidden_state, cell_state):
        a = {name: input_t @ g.W.T + hidden_state @ g.U.T + g.b for name, g in self.gates.items()}
        s = {name: 1 / (1 + np.exp(-a[name])) for name in ('forget', 'input', 'output')}
        memory = s['forget'] * cell_state + s['input'] * np.tanh(a['memory'])
        return s['output'] * np.tanh(memory), memory


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 必须 >= 1')
    if seq_type == 'fibonacci':
        seq = np.zeros(length, dtype=np.float64)
        a, b = 1.0, 1.0
        for i in range(length):
            seq[i] = a
            a, b = b, a + b
        return seq
    elif seq_type == 'sine':
        return np.sin(np.linspace(0, 8 * np.pi, length))
    else:
        raise ValueError(f'未知的序列类型: {seq_type}')


def make_windows(series, T):
    """(T, N, 1) 的输入和右移一步的目标"""
    X = np.array([series[i:i + T] for i in range(len(series) - T)])
    Y = np.array([series[i + 1:i + T + 1] for i in range(len(series) - T)])
    return X.T[:, :, None], Y.T[:, :, None]


def train_rnn_on_sequence():
    # 1. 数据准备: 前 80% 训练, 后 20% 测试
    data = generate_sequence_data('sine', 600)
    split = 480
    train_data, test_data = data[:split], data[split:]
    error_by_length = {}
    for T in (1, 5, 10, 20):
        rnn = SimpleRNN(1, 16, 1)
        X, Y = make_windows(train_data, T)
        losses = []
        # 2. 训练
        for epoch in range(120):
            out, _ = rnn.forward(X)
            out = np.array(out)
            diff = out - Y
            losses.append(float(np.mean(diff ** 2)))
            rnn.backward(2 * diff / diff.size)
            rnn.update_parameters(0.1)
        # 3. 评估: 只看最后一步的预测
        Xt, Yt = make_windows(test_data, T)
        pred = np.array(rnn.forward(Xt)[0])[-1, :, 0]
        target = Yt[-1, :, 0]
        error_by_length[T] = float(np.mean((pred - target) ** 2))
    # 4. 可视化
    fig, axes = plt.subplots(1, 2, figsize=(10, 4))
    axes[0].plot(losses)
    axes[0].set_title('Training loss')
    axes[1].plot(target, label='true')
    axes[1].plot(pred, '--', label='predicted')
    axes[1].legend()
    return {'losses': losses, 'predictions': pred, 'targets': target,
            'error_by_length': error_by_length, 'figure': fig}
