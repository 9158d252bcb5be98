# -*- coding: utf-8 -*-
# 作业6   我是大一新生，矩阵求导不太熟，所以一个样本一个样本地算
import numpy as np
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def jihuo(x):
    # 激活函数 tanh
    return np.tanh(x)


def sig(x):
    # 防止溢出
    if x >= 0:
        return 1 / (1 + np.exp(-x))
    else:
        return np.exp(x) / (1 + np.exp(x))


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        # 初始化权重（Xavier）
        self.I = input_size
        self.H = hidden_size
        self.O = output_size
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(1 / input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1 / hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(1 / hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T = inputs.shape[0]
        B = inputs.shape[1]
        outputs = np.zeros((T, B, self.O))
        hidden_states = np.zeros((T, B, self.H))
        # 一个样本一个样本地算
        for n in range(B):
            h = np.zeros(self.H)  # 每个样本从 0 开始
            for t in range(T):
                x = inputs[t, n]
                a = np.dot(x, self.W_xh) + np.dot(h, self.W_hh) + self.b_h
                h = jihuo(a)
                y = np.dot(h, self.W_hy) + self.b_y
                hidden_states[t, n] = h
                outputs[t, n] = y
        # 存起来给反向传播用
        self.inputs = inputs
        self.hs = hidden_states
        return outputs, hidden_states.copy()

    def backward(self, d_outputs):
        T = d_outputs.shape[0]
        B = d_outputs.shape[1]
        self.dW_xh = np.zeros((self.I, self.H))
        self.dW_hh = np.zeros((self.H, self.H))
        self.db_h = np.zeros(self.H)
        self.dW_hy = np.zeros((self.H, self.O))
        self.db_y = np.zeros(self.O)
        for n in range(B):
            dh_next = np.zeros(self.H)
            for t in range(T - 1, -1, -1):
                dy = d_outputs[t, n]
                h = self.hs[t, n]
                # 输出层
                self.dW_hy += np.outer(h, dy)
                self.db_y += dy
                # 隐藏层
                dh = np.dot(self.W_hy, dy) + dh_next
                da = dh * (1 - h * h)
                # 前一个隐藏状态
                if t > 0:
                    h_prev = self.hs[t - 1, n]
                else:
                    h_prev = np.zeros(self.H)
                self.dW_xh += np.outer(self.inputs[t, n], da)
                self.dW_hh += np.outer(h_prev, da)
                self.db_h += da
                # 传给上一个时刻
                dh_next = np.dot(self.W_hh, da)
        return {
            "W_xh": self.dW_xh,
            "W_hh": self.dW_hh,
            "b_h": self.db_h,
            "W_hy": self.dW_hy,
            "b_y": self.db_y,
        }

    def update_parameters(self, learning_rate):
        # 梯度下降
        self.W_xh = self.W_xh - learning_rate * self.dW_xh
        self.W_hh = self.W_hh - learning_rate * self.dW_hh
        self.b_h = self.b_h - learning_rate * self.db_h
        self.W_hy = self.W_hy - learning_rate * self.dW_hy
        self.b_y = self.b_y - learning_rate * self.db_y


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.H = hidden_size
        # 遗忘门
        self.W_f = np.random.randn(input_size, hidden_size) * 0.1
        self.U_f = np.random.randn(hidden_size, hidden_size) * 0.1
        self.b_f = np.zeros(hidden_size)
        # 输入门
        self.W_i = np.random.randn(input_size, hidden_size) * 0.1
        self.U_i = np.random.randn(hidden_size, hidden_size) * 0.1
        self.b_i = np.zeros(hidden_size)
        # 候选记忆
        self.W_c = np.random.randn(input_size, hidden_size) * 0.1
        self.U_c = np.random.randn(hidden_size, hidden_size) * 0.1
        self.b_c = np.zeros(hidden_size)
        # 输出门
        self.W_o = np.random.randn(input_size, hidden_size) * 0.1
        self.U_o = np.random.randn(hidden_size, hidden_size) * 0.1
        self.b_o = np.zeros(hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        B = input_t.shape[0]
        new_h = np.zeros((B, self.H))
        new_c = np.zeros((B, self.H))
        for n in range(B - 1):
            x = input_t[n]
            h = hidden_state[n]
            c = cell_state[n]
            zf = np.dot(x, self.W_f) + np.dot(h, self.U_f) + self.b_f
            zi = np.dot(x, self.W_i) + np.dot(h, self.U_i) + self.b_i
            zc = np.dot(x, self.W_c) + np.dot(h, self.U_c) + self.b_c
            zo = np.dot(x, self.W_o) + np.dot(h, self.U_o) + self.b_o
            for j in range(self.H):
                f = sig(zf[j])
                i = sig(zi[j])
                g = np.tanh(zc[j])
                o = sig(zo[j])
                new_c[n, j] = f * c[j] + i * g
                new_h[n, j] = o * np.tanh(new_c[n, j])
        return new_h, new_c


def generate_sequence_data(seq_type="fibonacci", length=1000):
    if length < 1:
        raise ValueError("长度必须大于等于1")
    if seq_type == "fibonacci":
        data = []
        a = 0.0
        b = 1.0
        for i in range(length):
            data.append(a)
            c = a + b
            a = b
            b = c
        return np.array(data)
    elif seq_type == "sine":
        data = []
        for i in range(length):
            data.append(np.sin(i * 0.3))
        return np.array(data)
    else:
        raise ValueError("没有这种数列")


def train_rnn_on_sequence():
    data = generate_sequence_data("sine", 120)
    # 前80%训练，后20%测试
    split = 96
    train_data = data[:split]
    error_by_length = {}
    for seq_len in [3, 5, 8]:
        xs = []
        ys = []
        for k in range(len(train_data) - seq_len):
            xs.append(train_data[k : k + seq_len])
            ys.append(train_data[k + seq_len])
        xs = np.array(xs)
        ys = np.array(ys)
        x = np.zeros((seq_len, len(xs), 1))
        for t in range(seq_len):
            x[t, :, 0] = xs[:, t]
        net = SimpleRNN(1, 8, 1)
        losses = []
        for epoch in range(80):
            out, hs = net.forward(x)
            pred = out[-1, :, 0]
            loss = np.mean((pred - ys) ** 2)
            losses.append(loss)
            d = np.zeros_like(out)
            d[-1, :, 0] = 2 * (pred - ys) / len(ys)
            net.backward(d)
            net.update_parameters(0.15)
        # 测试
        predictions = []
        targets = []
        for k in range(split, len(data)):
            x1 = data[k - seq_len : k].reshape(seq_len, 1, 1)
            out, hs = net.forward(x1)
            predictions.append(out[-1, 0, 0])
            targets.append(data[k])
        predictions = np.array(predictions)
        targets = np.array(targets)
        error_by_length[seq_len] = np.mean((predictions - targets) ** 2)
    # 画图
    fig = plt.figure(figsize=(10, 4))
    plt.subplot(1, 2, 1)
    plt.plot(losses)
    plt.title("loss")
    plt.subplot(1, 2, 2)
    plt.plot(targets, label="true")
    plt.plot(predictions, label="pred")
    plt.legend()
    return {
        "losses": losses,
        "predictions": predictions,
        "targets": targets,
        "error_by_length": error_by_length,
        "figure": fig,
    }


if __name__ == "__main__":
    r = train_rnn_on_sequence()
    print(r["error_by_length"])
