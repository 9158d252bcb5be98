"""
ml-6: 循环神经网络的 NumPy 实现
"""
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.hidden = {
            'W': np.random.randn(input_size, hidden_size) * 0.3,
            'U': np.random.randn(hidden_size, hidden_size) * 0.3,
            'b': np.zeros(hidden_size),
        }
        self.out = {'W': np.random.randn(hidden_size, output_size) * 0.3, 'b': np.zeros(output_size)}

    def forward(self, inputs):
        T, B, _ = inputs.shape
        n = self.hidden['U'].shape[0]
        # h0 放在最后一个位置: states[-1]
        states = np.zeros((T + 1, B, n))
        for t in range(T):
            pre = inputs[t] @ self.hidden['W'] + states[t - 1] @ self.hidden['U'] + self.hidden['b']
            states[t] = np.tanh(pre)
        outputs = np.array([states[t] @ self.out['W'] + self.out['b'] for t in range(T)])
        self.tape = {'x': inputs, 'h': states}
        return outputs, states

    def backward(self, d_outputs):
        x, h = self.tape['x'], self.tape['h']
        T = x.shape[0]
        errors = [None] * T
        dh = np.zeros_like(h[0])
        for t in range(T - 1, -1, -1):
            errors[t] = (d_outputs[t] @ self.out['W'].T + dh) * (1 - h[t] ** 2)
            dh = errors[t] @ self.hidden['U'].T
        self.d_hidden = {
            'W': sum(x[t].T @ errors[t] for t in range(T)),
            'U': sum(h[t - 1].T @ errors[t] for t in range(T)),
            'b': sum(e.sum(axis=0) for e in errors),
        }
        self.d_out = {
            'W': sum(h[t].T @ d_outputs[t] for t in range(T)),
            'b': sum(d.sum(axis=0) for d in d_outputs),
        }
        return [self.d_hidden, self.d_out]

    def update_parameters(self, learning_rate):
        for params, grads in ((self.hidden, self.d_hidden), (self.out, self.d_out)):
            for key in params:
                params[key] -= learning_rate * grads[key]


@dataclass
class GateWeights:
    W: np.ndarray
    U: np.ndarray
    b: np.ndarray

    @classmethod
    def create(cls, input_size: int, hidden_size: int) -> "GateWeights":
        return cls(
            W=np.random.randn(input_size, hidden_size) * np.sqrt(2.0 / (input_size + hidden_size)),
            U=np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size),
            b=np.zeros(hidden_size),
        )

    def linear(self, x: np.ndarray, h: np.ndarray) -> np.ndarray:
        return x @ self.W + h @ self.U + self.b


class LSTMCell:
    def __init__(self, input_size: int, hidden_size: int) -> None:
        self.forget = GateWeights.create(input_size, hidden_size)
        self.input = GateWeights.create(input_size, hidden_size)
        self.cell = GateWeights.create(input_size, hidden_size)
        self.output = GateWeights.create(input_size, hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        def sigmoid(x):
            return 1.0 / (1.0 + np.exp(-x))

        f = sigmoid(self.forget.linear(input_t, hidden_state))
        i = sigmoid(self.input.linear(input_t, hidden_state))
        g = np.tanh(self.cell.linear(input_t, hidden_state))
        o = sigmoid(self.output.linear(input_t, hidden_state))
        new_cell = f * cell_state + i * g
        return o * np.tanh(new_cell), new_cell


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
        for epoch in range(200):
            out, _ = rnn.forward(X)
            out = np.array(out)
            diff = out - Y
            losses.append(float(np.mean(diff ** 2)))
            rnn.backward(2 * diff / diff.size)
            rnn.update_parameters(0.05)
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
