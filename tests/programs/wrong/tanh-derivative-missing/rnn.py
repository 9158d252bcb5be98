# -*- coding: utf-8 -*-
# 姓名: 张三  学号: 2023000000
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现

plt.rcParams['axes.unicode_minus'] = False


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        def he(n_in, n_out):
            return np.random.randn(n_in, n_out) * np.sqrt(2 / n_in)
        # 顺序: [输入权重, 隐藏权重, 隐藏偏置, 输出权重, 输出偏置]
        self.theta = [he(input_size, hidden_size), he(hidden_size, hidden_size) * 0.5,
                      np.zeros((1, hidden_size)), he(hidden_size, output_size),
                      np.zeros((1, output_size))]

    def forward(self, inputs):
        Wx, Wh, bh, Wo, bo = self.theta
        h_list = [np.zeros((inputs.shape[1], Wh.shape[0]))]
        y_list = []
        for x_t in inputs:
            h_list.append(np.tanh(np.matmul(x_t, Wx) + np.matmul(h_list[-1], Wh) + bh))
            y_list.append(np.matmul(h_list[-1], Wo) + bo)
        self.x, self.h = inputs, h_list
        return np.array(y_list), h_list[1:]

    def backward(self, d_outputs):
        Wx, Wh, bh, Wo, bo = self.theta
        grads = [np.zeros_like(p) for p in self.theta]
        dh_next = np.zeros_like(self.h[0])
        for t in range(len(self.x), 0, -1):
            dy = d_outputs[t - 1]
            grads[3] += np.matmul(self.h[t].T, dy)
            grads[4] += np.sum(dy, axis=0)
            dh = np.matmul(dy, Wo.T) + dh_next
            dtanh = dh
            grads[0] += np.matmul(self.x[t - 1].T, dtanh)
            grads[1] += np.matmul(self.h[t - 1].T, dtanh)
            grads[2] += np.sum(dtanh, axis=0)
            dh_next = np.matmul(dtanh, Wh.T)
        self.dtheta = grads
        # 返回顺序: 输出层在前
        return grads[3], grads[4], grads[0], grads[1], grads[2]

    def update_parameters(self, learning_rate):
        for i in range(len(self.theta)):
            self.theta[i] -= learning_rate * self.dtheta[i]


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
