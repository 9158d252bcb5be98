# 列向量写法：课本上 h = tanh(U x + W h + b)，我喜欢跟课本一致
import numpy as np
import matplotlib.pyplot as plt


def sigmoid(a):
    return 0.5 * (1 + np.tanh(0.5 * a))


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        n, m, k = input_size, hidden_size, output_size
        self.U = np.random.randn(m, n) / np.sqrt(n)  # 输入 -> 隐藏
        self.W = np.random.randn(m, m) / np.sqrt(m)  # 隐藏 -> 隐藏
        self.b = np.zeros((m, 1))
        self.V = np.random.randn(k, m) / np.sqrt(m)  # 隐藏 -> 输出
        self.c = np.zeros((k, 1))

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.x = [inputs[t].T for t in range(T)]  # 每个 (n, B)
        self.h = {-1: np.zeros((self.W.shape[0], B))}
        ys = []
        for t in range(T):
            self.h[t] = np.tanh(self.U @ self.x[t] + self.W @ self.h[t - 1] + self.b)
            ys.append((self.V @ self.h[t] + self.c).T)
        return np.array(ys), np.array([self.h[t].T for t in range(T)])

    def backward(self, d_outputs):
        dU, dW, db = np.zeros_like(self.U), np.zeros_like(self.W), np.zeros_like(self.b)
        dV, dc = np.zeros_like(self.V), np.zeros_like(self.c)
        delta = 0
        for t in range(len(self.x) - 1, -1, -1):
            dy = d_outputs[t].T
            dV += dy @ self.h[t].T
            dc += dy.sum(axis=1, keepdims=True)
            dh = self.V.T @ dy + delta
            da = dh * (1 - self.h[t] * self.h[t])
            dU += da @ self.x[t].T
            dW += da @ self.h[t - 1].T
            db += da.sum(axis=1, keepdims=True)
            delta = self.W.T @ da
        self.grads = {"U": dU, "W": dW, "b": db, "V": dV, "c": dc}
        return self.grads

    def update_parameters(self, learning_rate):
        self.U = self.U - learning_rate * self.grads["U"]
        self.W = self.W - learning_rate * self.grads["W"]
        self.b = self.b - learning_rate * self.grads["b"]
        self.V = self.V - learning_rate * self.grads["V"]
        self.c = self.c - learning_rate * self.grads["c"]


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        n, m = input_size, hidden_size
        s = 1 / np.sqrt(n - m)
        # 列向量：权重是 (m, n) 和 (m, m)
        self.Wf, self.Wi, self.Wg, self.Wo = [np.random.randn(m, n) * s for _ in range(4)]
        self.Uf, self.Ui, self.Ug, self.Uo = [np.random.randn(m, m) * s for _ in range(4)]
        self.bf, self.bi, self.bg, self.bo = [np.zeros((m, 1)) for _ in range(4)]

    def forward(self, input_t, hidden_state, cell_state):
        x, h, c = input_t.T, hidden_state.T, cell_state.T
        f = sigmoid(self.Wf @ x + self.Uf @ h + self.bf)
        i = sigmoid(self.Wi @ x + self.Ui @ h + self.bi)
        g = np.tanh(self.Wg @ x + self.Ug @ h + self.bg)
        o = sigmoid(self.Wo @ x + self.Uo @ h + self.bo)
        c_new = f * c + i * g
        h_new = o * np.tanh(c_new)
        return h_new.T, c_new.T


def generate_sequence_data(seq_type="fibonacci", length=1000):
    if not length >= 1:
        raise ValueError("length 至少为 1")
    if seq_type == "fibonacci":
        a = [1, 1]
        while len(a) < length:
            a.append(a[-1] + a[-2])
        return np.array([float(v) for v in a[:length]])
    elif seq_type == "sine":
        return np.sin(0.2 * np.arange(length))
    else:
        raise ValueError("未知类型 " + str(seq_type))


def windows(s, L):
    X = np.array([s[k : k + L] for k in range(len(s) - L)])
    return X.T[:, :, None], s[L:]


def train(L, data, cut, epochs):
    net = SimpleRNN(1, 20, 1)
    X, y = windows(data[:cut], L)
    losses = []
    for _ in range(epochs):
        out, _ = net.forward(X)
        e = out[-1, :, 0] - y
        losses.append(np.mean(e**2))
        d = np.zeros(out.shape)
        d[-1, :, 0] = 2 * e / len(e)
        net.backward(d)
        net.update_parameters(0.1)
    Xt, yt = windows(data[cut - L :], L)
    p = net.forward(Xt)[0][-1, :, 0]
    return losses, p, yt


def train_rnn_on_sequence():
    data = generate_sequence_data("sine", 500)
    cut = 400
    errs = {}
    for L in [4, 8, 16]:
        losses, p, y = train(L, data, cut, 300)
        errs[L] = float(np.mean((p - y) ** 2))
    losses, p, y = train(12, data, cut, 500)
    fig = plt.figure()
    ax1 = fig.add_subplot(211)
    ax1.plot(losses)
    ax1.set_title("loss")
    ax2 = fig.add_subplot(212)
    ax2.plot(y, label="true")
    ax2.plot(p, label="pred")
    ax2.legend()
    return dict(losses=losses, predictions=p, targets=y, error_by_length=errs, figure=fig)
