# -*- coding: utf-8 -*-
import numpy as np
import math
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt

"""
姓名: xxx   学号: xxx
ml-6: 从零实现 RNN
"""


class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        """参数初始化: 小随机数"""
        self.W_xh = np.random.randn(input_size, hidden_size) * 0.3
        self.W_hh = np.eye(hidden_size) * 0.5 + np.random.randn(hidden_size, hidden_size) * 0.1
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * 0.3
        self.b_y = np.zeros(output_size)
        self.xs = self.hs = None

    def forward(self, inputs):
        self.xs = inputs + 0.0          # +0.0 会得到一份拷贝
        seq_len, batch_size, input_size = inputs.shape
        hidden_size = self.W_hh.shape[0]
        output_size = self.W_hy.shape[1]
        self.hs = np.zeros((seq_len, batch_size, hidden_size))
        outputs = np.zeros((seq_len, batch_size, output_size))

        h_prev = np.zeros((batch_size, hidden_size))
        for t in range(0, seq_len):
            z = self.xs[t] @ self.W_xh
            z += h_prev @ self.W_hh
            z += self.b_h
            self.hs[t] = np.tanh(z)
            outputs[t] = self.hs[t] @ self.W_hy + self.b_y
            h_prev = self.hs[t]
        return outputs, self.hs + 0.0

    def backward(self, d_outputs):
        seq_len, batch_size, _ = d_outputs.shape
        grads = {
            'W_xh': np.zeros(self.W_xh.shape),
            'W_hh': np.zeros(self.W_hh.shape),
            'b_h': np.zeros(self.b_h.shape),
            'W_hy': np.zeros(self.W_hy.shape),
            'b_y': np.zeros(self.b_y.shape),
        }
        # 逐个样本算，每个样本都是一维向量，比较好理解（用 np.outer）
        for n in range(batch_size):
            dh_next = np.zeros(self.b_h.shape)
            for t in range(seq_len - 1, -1, -1):
                dy = d_outputs[t, n]
                h = self.hs[t, n]
                grads['W_hy'] += np.outer(h, dy)
                grads['b_y'] += dy
                dh = self.W_hy @ dy + dh_next
                dz = dh * (1 - h * h)
                grads['W_xh'] += np.outer(self.xs[t, n], dz)
                if t != 0:
                    grads['W_hh'] += np.outer(self.hs[t - 1, n], dz)
                grads['b_h'] += dz
                dh_next = self.W_hh @ dz
        self.grads = grads
        return grads

    def update_parameters(self, learning_rate):
        for name in self.grads:
            new = getattr(self, name) - learning_rate * self.grads[name]
            setattr(self, name, new)


class LSTMCell:

    def __init__(self, input_size, hidden_size):
        def small(a, b):
            return np.random.randn(a, b) * math.sqrt(1.0 / (a + b))
        # 遗忘门
        self.W_f = small(input_size, hidden_size)
        self.U_f = small(hidden_size, hidden_size)
        self.b_f = np.zeros(hidden_size)
        # 输入门
        self.W_i = small(input_size, hidden_size)
        self.U_i = small(hidden_size, hidden_size)
        self.b_i = np.zeros(hidden_size)
        # 候选记忆
        self.W_c = small(input_size, hidden_size)
        self.U_c = small(hidden_size, hidden_size)
        self.b_c = np.zeros(hidden_size)
        # 输出门
        self.W_o = small(input_size, hidden_size)
        self.U_o = small(hidden_size, hidden_size)
        self.b_o = np.zeros(hidden_size)

    def sigmoid(self, x):
        # 先把绝对值太大的数截断
        x = np.maximum(np.minimum(x, 100.0), -100.0)
        return 1 / (1 + np.exp(-x))

    def forward(self, input_t, hidden_state, cell_state):
        f = self.sigmoid(np.matmul(input_t, self.W_f) + np.matmul(hidden_state, self.U_f) + self.b_f)
        i = self.sigmoid(np.matmul(input_t, self.W_i) + np.matmul(hidden_state, self.U_i) + self.b_i)
        g = np.tanh(np.matmul(input_t, self.W_c) + np.matmul(hidden_state, self.U_c) + self.b_c)
        o = self.sigmoid(np.matmul(input_t, self.W_o) + np.matmul(hidden_state, self.U_o) + self.b_o)
        c = np.clip(f * cell_state + i * g, -5, 5)
        h = o * np.tanh(c)
        return h, c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 不能小于 1')
    result = np.zeros(length, dtype=np.float64)
    if seq_type == 'fibonacci':
        for k in range(length):
            if k == 0:
                result[k] = 1
            elif k == 1:
                result[k] = 1
            else:
                result[k] = result[k - 1] + result[k - 2]
    elif seq_type == 'sine':
        for k in range(length):
            result[k] = math.sin(2 * math.pi * k / 20)
    elif seq_type == 'cosine':
        for k in range(length):
            result[k] = math.cos(2 * math.pi * k / 20)
    else:
        raise ValueError('seq_type 错误: ' + str(seq_type))
    return result


def train_rnn_on_sequence():
    np.random.seed(6)
    sine = generate_sequence_data('sine', 140)
    train_len = 100
    train = sine[:train_len]
    test = sine[train_len:]
    # Min-Max 归一化到 [0, 1]，最大最小值来自训练集
    mn = np.min(train)
    mx = np.max(train)

    def guiyi(v):
        return (v - mn) / (mx - mn)

    def huanyuan(v):
        return v * (mx - mn) + mn

    train01 = guiyi(train)
    test01 = guiyi(test)
    error_by_length = {}
    main_losses = None
    main_pred = None

    for max_len in [4, 8, 16]:
        net = SimpleRNN(1, 10, 1)
        losses = []
        for epoch in range(28):
            loss_sum = 0
            num = 0
            # 扩展窗口：从一个起点出发，给 1 个数、2 个数、... max_len 个数，
            # 多对多的输出正好一次得到所有这些扩展窗口的预测
            for start in np.random.permutation(train_len - max_len):
                x = train01[start:start + max_len].reshape(max_len, 1, 1)
                y = train01[start + 1:start + max_len + 1].reshape(max_len, 1, 1)
                out, _ = net.forward(x)
                cha = out - y
                loss_sum += np.sum(cha * cha)
                num += max_len
                net.backward(2 * cha / max_len)
                net.update_parameters(0.15)
            losses.append(loss_sum / num)

        # 滚动预测：每来一个真实值，就把最近(最多) max_len 个值送进网络，预测下一个
        history = []
        pred = []
        for k in range(len(test01)):
            if k >= 1:
                window = np.array(history[-max_len:]).reshape(-1, 1, 1)
                out, _ = net.forward(window)
                pred.append(huanyuan(out[-1][0][0]))
            history.append(test01[k])
        pred = np.array(pred)
        wucha = np.mean((pred - test[1:]) ** 2)
        error_by_length[max_len] = wucha
        print('max_len = %d, train loss = %.6f, test MSE = %.6f' % (max_len, losses[-1], wucha))
        if max_len == 16:
            main_losses = losses
            main_pred = pred

    fig = plt.figure(figsize=(12, 4))
    ax1 = fig.add_subplot(1, 3, 1)
    ax1.plot(range(1, len(main_losses) + 1), main_losses, 'b-')
    ax1.set_title('Loss')
    ax2 = fig.add_subplot(1, 3, 2)
    ax2.plot(test[1:], 'g-', label='True')
    ax2.plot(main_pred, 'r--', label='Pred')
    ax2.legend()
    ax3 = fig.add_subplot(1, 3, 3)
    ax3.bar(range(3), list(error_by_length.values()))
    ax3.set_xticks(range(3))
    ax3.set_xticklabels([str(k) for k in error_by_length.keys()])
    ax3.set_title('MSE')
    return {
        'losses': main_losses,
        'predictions': main_pred,
        'targets': test[1:],
        'error_by_length': error_by_length,
        'figure': fig,
    }


if __name__ == '__main__':
    train_rnn_on_sequence()
    plt.savefig('rnn.png')
