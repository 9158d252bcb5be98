import numpy as np
import matplotlib.pyplot as plt
from math import sqrt

# 激活函数
def tanh(x): return np.tanh(x)
def dtanh(h): return 1 - h * h
def sigmoid(x):
    out = np.empty(x.shape)
    zheng = x >= 0
    out[zheng] = 1 / (1 + np.exp(-x[zheng]))
    ex = np.exp(x[~zheng])
    out[~zheng] = ex / (1 + ex)
    return out


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        self.W_xh = np.random.randn(I, H) / sqrt(I + H)
        self.W_hh = np.eye(H) * 0.5 + np.random.randn(H, H) * 0.1   # 接近单位阵，记得久一点
        self.b_h = np.zeros(H)
        self.W_hy = np.random.randn(H, O) / sqrt(H)
        self.b_y = np.zeros(O)

    def forward(self, inputs):
        T, B, I = inputs.shape
        H = self.b_h.size
        self.inputs = inputs
        self.h = {0: np.zeros((B, H))}          # h[0] 是初始状态, h[t] 从 1 开始，和公式一样
        y = {}
        for t in range(1, T + 1):
            self.h[t] = tanh(inputs[t - 1] @ self.W_xh + self.h[t - 1] @ self.W_hh + self.b_h)
            y[t] = self.h[t] @ self.W_hy + self.b_y
        return (np.array([y[t] for t in range(1, T + 1)]),
                np.array([self.h[t] for t in range(1, T + 1)]))

    def backward(self, d_outputs):
        T = d_outputs.shape[0]
        grads = {k: np.zeros_like(getattr(self, k)) for k in ['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y']}
        # 从 T 到 1，da[T+1] = 0
        da = np.zeros_like(self.h[0])
        for t in range(T, 0, -1):
            dy = d_outputs[t - 1]
            dh = dy @ self.W_hy.T + da @ self.W_hh.T
            da = dh * dtanh(self.h[t])
            grads['W_hy'] += self.h[t].T @ dy
            grads['b_y'] += dy.sum(0)
            grads['W_xh'] += self.inputs[t - 1].T @ da
            grads['W_hh'] += self.h[t - 1].T @ da
            grads['b_h'] += da.sum(0)
        self.grads = grads
        return grads

    def update_parameters(self, learning_rate):
        for k, g in self.grads.items():
            p = getattr(self, k)
            p -= learning_rate * g


class LSTMCell:
    """
    三个门：遗忘门 f，输入门 i，输出门 o
    """
    def __init__(self, input_size, hidden_size):
        def quanzhong(a, b):
            return np.random.randn(a, b) / sqrt(b)
        self.W_f, self.W_i, self.W_c, self.W_o = [quanzhong(input_size, hidden_size) for _ in range(4)]
        self.U_f, self.U_i, self.U_c, self.U_o = [quanzhong(hidden_size, hidden_size) for _ in range(4)]
        self.b_f, self.b_i, self.b_c, self.b_o = [np.zeros(hidden_size) for _ in range(4)]

    def forward(self, input_t, hidden_state, cell_state):
        x, h, c = input_t, hidden_state, cell_state
        # 1. 门
        f = sigmoid(x @ self.W_f + h @ self.U_f + self.b_f)
        i = sigmoid(x @ self.W_i + h @ self.U_i + self.b_i)
        o = sigmoid(x @ self.W_o + h @ self.U_o + self.b_o)
        # 2. 候选记忆：由输入门决定看多少过去的隐藏状态
        g = tanh(x @ self.W_c + (i * h) @ self.U_c + self.b_c)
        # 3. 更新记忆
        c_new = f * c + i * g
        # 4. 隐藏状态
        h_new = o * tanh(c_new)
        return h_new, c_new


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError("length 至少为 1")
    if seq_type == 'sine':
        return np.sin(np.arange(length) * 2 * np.pi / 50)
    elif seq_type == 'fibonacci':
        a = np.ones(length, dtype=float)
        for i in range(length):
            if i >= 2:
                a[i] = a[i - 1] + a[i - 2]
        return a
    elif seq_type == 'triangle':
        return np.abs((np.arange(length) % 20) - 10.0)
    else:
        raise ValueError("不认识的序列 " + str(seq_type))


def train_rnn_on_sequence():
    np.random.seed(6)
    seq = generate_sequence_data('triangle', 300)
    n_train = 220
    a, b = seq[:n_train].min(), seq[:n_train].max()
    z = (seq - a) / (b - a)
    res = {'error_by_length': {}}
    for L in [3, 5, 8]:
        X = np.array([z[k:k + L + 1] for k in range(n_train - L)])          # 最后一列是答案
        Xt = np.array([z[k:k + L + 1] for k in range(n_train, len(z) - L)])
        rnn = SimpleRNN(1, 16, 1)
        losses = []
        for ep in range(400):
            out, _ = rnn.forward(X[:, :-1].T[..., None])
            wucha = out[-1, :, 0] - X[:, -1]
            losses.append(0.5 * np.mean(wucha ** 2))
            d = np.zeros(out.shape)
            d[-1, :, 0] = wucha / len(wucha)
            rnn.backward(d)
            rnn.update_parameters(0.3 if ep < 300 else 0.1)
        out, _ = rnn.forward(Xt[:, :-1].T[..., None])
        p = out[-1, :, 0] * (b - a) + a
        t = Xt[:, -1] * (b - a) + a
        res['error_by_length'][L] = np.abs(p - t).mean()
        print(f'L={L} loss={losses[-1]:.5f} mae={res["error_by_length"][L]:.3f}')
    res.update(losses=losses, predictions=p, targets=t)
    res['figure'], (zuo, you) = plt.subplots(1, 2)
    zuo.plot(losses); zuo.set_title('loss')
    you.plot(t, label='true'); you.plot(p, label='pred'); you.legend()
    return res
