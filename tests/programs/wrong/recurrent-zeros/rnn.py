# -*- coding: utf-8 -*-
# 第六次作业 RNN
# 参考了 karpathy 的 min-char-rnn (BSD License)
import numpy as np
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt


def xavier(n_in, n_out):
    # Xavier 均匀分布
    limit = (6 / (n_in + n_out)) ** 0.5
    return np.random.uniform(-limit, limit, (n_in, n_out))


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.hidden_size = hidden_size
        self.W_xh = xavier(input_size, hidden_size)      # 输入 -> 隐藏
        # 隐藏 -> 隐藏，进出都是 hidden_size
        limit = (6 // (2 * hidden_size)) ** 0.5
        self.W_hh = np.random.uniform(-limit, limit, (hidden_size, hidden_size))
        self.W_hy = xavier(hidden_size, output_size)     # 隐藏 -> 输出
        self.b_h = np.zeros(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        xs, hs, ys = {}, {}, {}
        hs[-1] = np.zeros((inputs.shape[1], self.hidden_size))
        for t in range(len(inputs)):
            xs[t] = np.copy(inputs[t])
            hs[t] = np.tanh(np.dot(xs[t], self.W_xh) + np.dot(hs[t - 1], self.W_hh) + self.b_h)
            ys[t] = np.dot(hs[t], self.W_hy) + self.b_y
        self.xs, self.hs = xs, hs
        n = len(inputs)
        return np.array([ys[t] for t in range(n)]), np.array([hs[t] for t in range(n)])

    def backward(self, d_outputs):
        dWxh, dWhh, dWhy = np.zeros_like(self.W_xh), np.zeros_like(self.W_hh), np.zeros_like(self.W_hy)
        dbh, dby = np.zeros_like(self.b_h), np.zeros_like(self.b_y)
        dhnext = np.zeros_like(self.hs[0])
        for t in reversed(range(len(self.xs))):
            dy = d_outputs[t]
            dWhy += np.dot(self.hs[t].T, dy)
            dby += np.sum(dy, axis=0)
            dh = np.dot(dy, self.W_hy.T) + dhnext          # 来自输出 + 来自下一时刻
            dhraw = (1 - self.hs[t] * self.hs[t]) * dh     # tanh 的导数
            dbh += np.sum(dhraw, axis=0)
            dWxh += np.dot(self.xs[t].T, dhraw)
            dWhh += np.dot(self.hs[t - 1].T, dhraw)
            dhnext = np.dot(dhraw, self.W_hh.T)
        self.grads = {'W_xh': dWxh, 'W_hh': dWhh, 'b_h': dbh, 'W_hy': dWhy, 'b_y': dby}
        return self.grads

    def update_parameters(self, learning_rate):
        self.W_xh = self.W_xh - learning_rate * self.grads['W_xh']
        self.W_hh = self.W_hh - learning_rate * self.grads['W_hh']
        self.b_h = self.b_h - learning_rate * self.grads['b_h']
        self.W_hy = self.W_hy - learning_rate * self.grads['W_hy']
        self.b_y = self.b_y - learning_rate * self.grads['b_y']


def sigmoid(x):
    # 用 tanh 表示，大数不会溢出
    return 0.5 * (np.tanh(0.5 * x) + 1)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        # 遗忘门
        self.W_f = xavier(input_size, hidden_size)
        self.U_f = xavier(hidden_size, hidden_size)
        self.b_f = np.ones(hidden_size)      # 一开始多记一点
        # 输入门
        self.W_i = xavier(input_size, hidden_size)
        self.U_i = xavier(hidden_size, hidden_size)
        self.b_i = np.zeros(hidden_size)
        # 候选记忆
        self.W_c = xavier(input_size, hidden_size)
        self.U_c = xavier(hidden_size, hidden_size)
        self.b_c = np.zeros(hidden_size)
        # 输出门
        self.W_o = xavier(input_size, hidden_size)
        self.U_o = xavier(hidden_size, hidden_size)
        self.b_o = np.zeros(hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        f = sigmoid(np.dot(input_t, self.W_f) + np.dot(hidden_state, self.U_f) + self.b_f)
        i = sigmoid(np.dot(input_t, self.W_i) + np.dot(hidden_state, self.U_i) + self.b_i)
        g = np.tanh(np.dot(input_t, self.W_c) + np.dot(hidden_state, self.U_c) + self.b_c)
        o = sigmoid(np.dot(input_t, self.W_o) + np.dot(hidden_state, self.U_o) + self.b_o)
        c = f * cell_state + i * g
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 至少为 1')
    if seq_type == 'fibonacci':
        seq = [1.0, 1.0]
        while len(seq) < length:
            seq.append(seq[-1] + seq[-2])
        return np.array(seq[:length])
    elif seq_type == 'sine':
        t = np.arange(length)
        return np.sin(2 * np.pi * t / 25)
    else:
        raise ValueError('不认识的序列: ' + str(seq_type))


def make_dataset(seq, n):
    X, Y = [], []
    for k in range(len(seq) - n):
        X.append(seq[k:k + n])
        Y.append(seq[k + n])
    X = np.array(X).T.reshape(n, -1, 1)     # (T, B, 1)
    return X, np.array(Y)


def train_rnn_on_sequence():
    np.random.seed(42)
    data = generate_sequence_data('sine', 500)
    train, test = data[:400], data[400:]
    lo, hi = train.min(), train.max()
    train_s = (train - lo) / (hi - lo) * 2 - 1
    test_s = (test - lo) / (hi - lo) * 2 - 1

    all_losses, preds, errors = {}, {}, {}
    for n in [3, 6, 12, 20]:
        X, Y = make_dataset(train_s, n)
        Xt, Yt = make_dataset(test_s, n)
        rnn = SimpleRNN(1, 16, 1)
        losses = []
        for epoch in range(200):
            out, _ = rnn.forward(X)
            diff = out[-1][:, 0] - Y
            losses.append(np.mean(diff ** 2))
            d = np.zeros(out.shape)
            d[-1, :, 0] = 2 * diff / len(diff)
            rnn.backward(d)
            rnn.update_parameters(0.1)
        p = rnn.forward(Xt)[0][-1][:, 0]
        p = (p + 1) / 2 * (hi - lo) + lo
        y = test[n:]
        all_losses[n] = losses
        preds[n] = (p, y)
        errors[n] = np.mean(np.abs(p - y))
        print('长度', n, '最后loss', losses[-1], '测试误差', errors[n])

    fig = plt.figure(figsize=(12, 4))
    plt.subplot(1, 3, 1)
    for n in all_losses:
        plt.plot(all_losses[n], label='T=%d' % n)
    plt.yscale('log'); plt.xlabel('epoch'); plt.ylabel('loss'); plt.legend()
    plt.subplot(1, 3, 2)
    plt.plot(preds[12][1], 'k-', label='true')
    plt.plot(preds[12][0], 'r.', label='pred')
    plt.legend()
    plt.subplot(1, 3, 3)
    plt.bar([str(n) for n in errors], list(errors.values()))
    plt.xlabel('length'); plt.ylabel('MAE')
    return {'losses': all_losses[12], 'predictions': preds[12][0], 'targets': preds[12][1],
            'error_by_length': errors, 'figure': fig}


if __name__ == '__main__':
    train_rnn_on_sequence()
    plt.savefig('result.png')
