# -*- coding: utf-8 -*-
# 姓名: 张三  学号: 2023000000
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.hidden_size = hidden_size
        self.W_x = np.random.randn(hidden_size, input_size) * np.sqrt(2 / (input_size + hidden_size))
        self.W_h = np.random.randn(hidden_size, hidden_size) * np.sqrt(1 / hidden_size)
        self.W_y = np.random.randn(output_size, hidden_size) * np.sqrt(2 / (hidden_size + output_size))
        self.b_h = np.zeros((hidden_size, 1))
        self.b_y = np.zeros((output_size, 1))

    def forward(self, inputs):
        """返回: outputs 长度为 T 的列表, hidden_states 长度为 T 的列表"""
        self.x_list, self.h_list = [], []
        outputs = []
        h = np.zeros((self.hidden_size, inputs.shape[1]))
        self.h_init = h
        for t in range(inputs.shape[0]):
            x = inputs[t].T
            h = np.tanh(self.W_x.dot(x) + self.W_h.dot(h) + self.b_h)
            self.x_list.append(x)
            self.h_list.append(h)
            outputs.append((self.W_y.dot(h) + self.b_y).T)
        return outputs, [h.T for h in self.h_list]

    def backward(self, d_outputs):
        dW_x, dW_h, dW_y = np.zeros_like(self.W_x), np.zeros_like(self.W_h), np.zeros_like(self.W_y)
        db_h, db_y = np.zeros_like(self.b_h), np.zeros_like(self.b_y)
        dh = np.zeros_like(self.h_init)
        for t in range(len(self.h_list))[::-1]:
            dy = np.asarray(d_outputs[t]).T
            dW_y += dy.dot(self.h_list[t].T)
            db_y += dy.sum(axis=1, keepdims=True)
            dh = self.W_y.T.dot(dy)
            dz = dh * (1 - self.h_list[t] ** 2)
            h_before = self.h_list[t - 1] if t > 0 else self.h_init
            dW_x += dz.dot(self.x_list[t].T)
            dW_h += dz.dot(h_before.T)
            db_h += dz.sum(axis=1, keepdims=True)
            dh = self.W_h.T.dot(dz)
        self.grads = {'dW_x': dW_x, 'dW_h': dW_h, 'dW_y': dW_y, 'db_h': db_h, 'db_y': db_y}
        return self.grads

    def update_parameters(self, learning_rate):
        self.W_x = self.W_x - learning_rate * self.grads['dW_x']
        self.W_h = self.W_h - learning_rate * self.grads['dW_h']
        self.W_y = self.W_y - learning_rate * self.grads['dW_y']
        self.b_h = self.b_h - learning_rate * self.grads['db_h']
        self.b_y = self.b_y - learning_rate * self.grads['db_y']


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        # 列表里依次是 (Wx, Wh, b): 遗忘门 / 输入门 / 候选记忆 / 输出门
        self.params = [(np.random.randn(input_size, hidden_size) * 0.1,
                        np.random.randn(hidden_size, hidden_size) * 0.1,
                        np.zeros((1, hidden_size))) for _ in range(4)]

    def forward(self, input_t, hidden_state, cell_state):
        activations = [self.sigmoid, self.sigmoid, np.tanh, self.sigmoid]
        f, i, g, o = [act(input_t @ Wx + hidden_state @ Wh + b)
                      for act, (Wx, Wh, b) in zip(activations, self.params)]
        c_next = f * cell_state + i * g
        h_next = o * np.tanh(c_next)
        return h_next, c_next

    def sigmoid(self, x):
        return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


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
