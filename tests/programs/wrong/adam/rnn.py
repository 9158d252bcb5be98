# -*- coding: utf-8 -*-
# 姓名: 张三  学号: 2023000000
from dataclasses import dataclass

import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现


@dataclass
class RNNParams:
    W_xh: np.ndarray
    W_hh: np.ndarray
    b_h: np.ndarray
    W_hy: np.ndarray
    b_y: np.ndarray


class SimpleRNN:
    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        scale = 1.0 / np.sqrt(hidden_size)
        self.params = RNNParams(
            W_xh=np.random.uniform(-scale, scale, (input_size, hidden_size)),
            W_hh=np.random.uniform(-scale, scale, (hidden_size, hidden_size)),
            b_h=np.random.uniform(-scale, scale, hidden_size),
            W_hy=np.random.uniform(-scale, scale, (hidden_size, output_size)),
            b_y=np.random.uniform(-scale, scale, output_size),
        )
        self.grads = None

    def forward(self, inputs: np.ndarray):
        p = self.params
        h = np.zeros((inputs.shape[1], p.W_hh.shape[0]))
        hidden = [h]
        for x_t in inputs:
            h = np.tanh(x_t @ p.W_xh + h @ p.W_hh + p.b_h)
            hidden.append(h)
        self.inputs = inputs
        self.hidden = np.stack(hidden)
        outputs = np.einsum('tbh,ho->tbo', self.hidden[1:], p.W_hy) + p.b_y
        return outputs, self.hidden[1:]

    def backward(self, d_outputs: np.ndarray):
        p, h = self.params, self.hidden
        delta = np.zeros_like(h[1:])
        dh_next = np.zeros_like(h[0])
        for t in range(len(d_outputs) - 1, -1, -1):
            dh = np.einsum('bo,ho->bh', d_outputs[t], p.W_hy) + dh_next
            delta[t] = dh * (1 - h[t + 1] ** 2)
            dh_next = np.einsum('bk,hk->bh', delta[t], p.W_hh)
        self.grads = RNNParams(
            W_xh=np.einsum('tbi,tbh->ih', self.inputs, delta),
            W_hh=np.einsum('tbi,tbh->ih', h[:-1], delta),
            b_h=np.einsum('tbh->h', delta),
            W_hy=np.einsum('tbh,tbo->ho', h[1:], d_outputs),
            b_y=np.einsum('tbo->o', d_outputs),
        )
        return vars(self.grads)

    def update_parameters(self, learning_rate: float) -> None:
        self.step = getattr(self, 'step', 0) + 1
        if self.step == 1:
            self.m = {k: np.zeros_like(v) for k, v in vars(self.grads).items()}
            self.v = {k: np.zeros_like(v) for k, v in vars(self.grads).items()}
        for name, grad in vars(self.grads).items():
            self.m[name] = 0.9 * self.m[name] + 0.1 * grad
            self.v[name] = 0.999 * self.v[name] + 0.001 * grad ** 2
            m_hat = self.m[name] / (1 - 0.9 ** self.step)
            v_hat = self.v[name] / (1 - 0.999 ** self.step)
            setattr(self.params, name, getattr(self.params, name) - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8))


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
    """
    生成序列数据
    """
    if length < 1:
        raise ValueError("length must be >= 1")

    if seq_type == 'fibonacci':
        data = np.ones(length)
        for i in range(2, length):
            data[i] = data[i - 1] + data[i - 2]
    elif seq_type in ('sine', 'sin'):
        data = np.sin(0.25 * np.arange(length))
    elif seq_type == 'arithmetic':
        data = np.arange(length, dtype=np.float64)
    elif seq_type == 'geometric':
        data = 1.01 ** np.arange(length)
    else:
        raise ValueError("unknown type: " + str(seq_type))
    return data


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


def run_experiment(series, seq_len, hidden=16, lr=0.01, max_epochs=150, tol=1e-4):
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
