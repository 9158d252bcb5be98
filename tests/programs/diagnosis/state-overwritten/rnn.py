# 循环神经网络作业
# 只用到 numpy 和 matplotlib

import numpy as np
import matplotlib.pyplot as plt

plt.rcParams["axes.unicode_minus"] = False


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.I = input_size
        self.H = hidden_size
        self.O = output_size
        self.W_xh = np.zeros((self.I, self.H))
        self.W_hh = np.zeros((self.H, self.H))
        self.W_hy = np.zeros((self.H, self.O))
        for i in range(self.I):
            for j in range(self.H):
                self.W_xh[i, j] = np.random.normal(0, 1 / np.sqrt(self.I))
        for j in range(self.H):
            for k in range(self.H):
                self.W_hh[j, k] = np.random.normal(0, 0.9 / np.sqrt(self.H))
        for j in range(self.H):
            for k in range(self.O):
                self.W_hy[j, k] = np.random.normal(0, 1 / np.sqrt(self.H))
        self.b_h = np.zeros(self.H)
        self.b_y = np.zeros(self.O)

    def forward(self, inputs):
        T = inputs.shape[0]
        B = inputs.shape[1]
        y = np.zeros((T, B, self.O))
        h = np.zeros((T, B, self.H))
        h_old = np.zeros((B, self.H))
        for t in range(T):
            h_new = h_old
            for j in range(self.H):
                s = inputs[t] @ self.W_xh[:, j] + h_old @ self.W_hh[:, j] + self.b_h[j]
                h_new[:, j] = np.tanh(s)
            for k in range(self.O):
                y[t, :, k] = h_new @ self.W_hy[:, k] + self.b_y[k]
            h[t] = h_new
            h_old = h_new
        self.x = inputs
        self.h = h
        return y, h

    def backward(self, d_outputs):
        T = d_outputs.shape[0]
        B = d_outputs.shape[1]
        gWxh = np.zeros((self.I, self.H))
        gWhh = np.zeros((self.H, self.H))
        gWhy = np.zeros((self.H, self.O))
        gbh = np.zeros(self.H)
        gby = np.zeros(self.O)
        dh_next = np.zeros((B, self.H))
        t = T - 1
        while t >= 0:
            dh = dh_next
            for k in range(self.O):
                gWhy[:, k] += self.h[t].T @ d_outputs[t, :, k]
                gby[k] += d_outputs[t, :, k].sum()
                dh = dh + np.outer(d_outputs[t, :, k], self.W_hy[:, k])
            ds = dh * (1 - self.h[t] ** 2)
            dh_prev = np.zeros((B, self.H))
            for j in range(self.H):
                gWxh[:, j] += self.x[t].T @ ds[:, j]
                if t > 0:
                    gWhh[:, j] += self.h[t - 1].T @ ds[:, j]
                gbh[j] += ds[:, j].sum()
                dh_prev += np.outer(ds[:, j], self.W_hh[:, j])
            dh_next = dh_prev
            t -= 1
        self.g = {'W_xh': gWxh, 'W_hh': gWhh, 'b_h': gbh, 'W_hy': gWhy, 'b_y': gby}
        return self.g

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate * self.g['W_xh']
        self.W_hh -= learning_rate * self.g['W_hh']
        self.b_h -= learning_rate * self.g['b_h']
        self.W_hy -= learning_rate * self.g['W_hy']
        self.b_y -= learning_rate * self.g['b_y']


F_GATE, I_GATE, C_GATE, O_GATE = range(4)


class LSTMCell:
    """Weights as (4, I, H) and (4, H, H); the named attributes are views of their planes."""

    def __init__(self, input_size, hidden_size):
        self.W = np.random.normal(size=(4, input_size, hidden_size)) / np.sqrt(input_size)
        self.U = np.random.normal(size=(4, hidden_size, hidden_size)) / np.sqrt(hidden_size)
        self.b = np.zeros((4, hidden_size))
        self.W_f, self.W_i, self.W_c, self.W_o = self.W
        self.U_f, self.U_i, self.U_c, self.U_o = self.U
        self.b_f, self.b_i, self.b_c, self.b_o = self.b

    def forward(self, input_t, hidden_state, cell_state):
        z = np.einsum('bi,gih->gbh', input_t, self.W)
        z += np.einsum('bk,gkh->gbh', hidden_state, self.U)
        z += self.b[:, None, :]
        s = 1.0 / (1.0 + np.exp(-np.clip(z, -600, 600)))
        c = s[F_GATE] * cell_state + s[I_GATE] * np.tanh(z[C_GATE])
        h = s[O_GATE] * np.tanh(c)
        return h, c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('长度至少为 1')
    if seq_type == 'fibonacci':
        result = [0.0]
        nxt = 1.0
        while len(result) < length:
            result.append(nxt)
            nxt = result[-1] + result[-2]
    elif seq_type == 'sine':
        result = []
        angle = 0.0
        for _ in range(length):
            result.append(np.sin(angle))
            angle = angle + 0.25
    else:
        raise ValueError('未知的序列类型')
    return np.asarray(result, dtype=float)


def train_rnn_on_sequence():
    # 数据: 正弦波, 前 70% 训练, 后 30% 测试
    np.random.seed(2024)
    data = generate_sequence_data('sine', 300)
    cut = 210
    train_raw, test_raw = data[:cut], data[cut:]
    mu, sd = np.mean(train_raw), np.std(train_raw)
    train, test = (train_raw - mu) / sd, (test_raw - mu) / sd

    def windows(z, n):
        idx = np.arange(len(z) - n)[None, :] + np.arange(n)[:, None]
        return z[idx][:, :, None], z[n:][:, None]

    losses_all, pred_all, true_all, error_by_length = {}, {}, {}, {}
    for n in (4, 8, 12):
        rnn = SimpleRNN(1, 10, 1)
        X, Y = windows(train, n)
        hist = []
        for epoch in range(50):
            perm = np.random.permutation(X.shape[1])
            s = 0
            for part in np.array_split(perm, 6):
                out, _ = rnn.forward(X[:, part])
                e = out[-1] - Y[part]
                s += (e ** 2).sum()
                d = np.zeros_like(out)
                d[-1] = 2 * e / len(part)
                rnn.backward(d)
                rnn.update_parameters(0.1)
            hist.append(s / len(Y))
        Xt, Yt = windows(test, n)
        out, _ = rnn.forward(Xt)
        pred = out[-1, :, 0] * sd + mu
        true = Yt[:, 0] * sd + mu
        losses_all[n], pred_all[n], true_all[n] = hist, pred, true
        error_by_length[n] = np.mean((pred - true) ** 2)

    fig, axs = plt.subplots(3, 1, figsize=(6, 9))
    for n, hist in losses_all.items():
        axs[0].semilogy(hist, label='n = %d' % n)
    axs[0].legend()
    axs[1].plot(true_all[8], label='真实 / true')
    axs[1].plot(pred_all[8], ':', label='预测 / predicted')
    axs[1].legend()
    axs[2].plot(list(error_by_length), list(error_by_length.values()), 's-')
    return {'losses': losses_all[8], 'predictions': pred_all[8], 'targets': true_all[8],
            'error_by_length': error_by_length, 'figure': fig}
