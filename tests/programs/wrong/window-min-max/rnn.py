# 作业 6
import numpy as np
import matplotlib.pyplot as plt


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        std1 = np.sqrt(2 / (input_size + hidden_size))
        std2 = np.sqrt(2 / (hidden_size + hidden_size))
        std3 = np.sqrt(2 / (hidden_size + output_size))
        self.W_xh = np.random.normal(0, std1, (input_size, hidden_size))
        self.W_hh = np.random.normal(0, std2, (hidden_size, hidden_size))
        self.W_hy = np.random.normal(0, std3, (hidden_size, output_size))
        self.b_h = np.zeros(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        self.inputs = inputs.copy()
        n, m = inputs.shape[0], inputs.shape[1]
        self.states = np.zeros((n + 1, m, self.b_h.shape[0]))
        ys = []
        for t in range(1, n + 1):
            self.states[t] = np.tanh(inputs[t-1] @ self.W_xh + self.states[t-1] @ self.W_hh + self.b_h)
            ys.append(self.states[t] @ self.W_hy + self.b_y)
        return np.array(ys), np.array(self.states[1:])

    def backward(self, d_outputs):
        gradients = {k: np.zeros_like(v) for k, v in vars(self).items() if k[:2] in ('W_', 'b_')}
        dstate = np.zeros_like(self.states[0])
        for t in range(len(d_outputs), 0, -1):
            dy = d_outputs[t-1]
            gradients['W_hy'] += self.states[t].T @ dy
            gradients['b_y'] += dy.sum(0)
            dstate = dstate + dy @ self.W_hy.T
            dz = dstate * (1 - self.states[t] ** 2)
            gradients['W_xh'] += self.inputs[t-1].T @ dz
            gradients['W_hh'] += self.states[t-1].T @ dz
            gradients['b_h'] += dz.sum(0)
            dstate = dz @ self.W_hh.T
        self.gradients = gradients
        return gradients

    def update_parameters(self, learning_rate):
        for k, g in self.gradients.items():
            vars(self)[k] -= learning_rate * g


def sigmoid(x):
    return 0.5 * (np.tanh(0.5 * x) + 1)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for g in ('f', 'i', 'c', 'o'):
            vars(self)['W_' + g] = np.random.randn(input_size, hidden_size) * 0.1
            vars(self)['U_' + g] = np.random.randn(hidden_size, hidden_size) * 0.1
            vars(self)['b_' + g] = np.zeros(hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        f = sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i = sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        c_hat = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        o = sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        c = f * cell_state + i * c_hat
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length')
    if seq_type == 'fibonacci':
        a = [0, 1]
        for _ in range(length):
            a.append(a[-1] + a[-2])
        return np.array([float(v) for v in a[:length]])
    if seq_type == 'sine':
        return np.sin(np.arange(length) / 6.0)
    if seq_type == 'growing_sine':
        n = np.arange(length)
        return (1 + 0.02 * n) * np.sin(n / 4.0)
    raise ValueError(seq_type)


def train_rnn_on_sequence():
    # 振幅越来越大的正弦波，所以每个窗口单独做 min-max 归一化
    data = generate_sequence_data('growing_sine', 400)
    split = 300

    def windows(part, L):
        X, Y, low, rng = [], [], [], []
        for i in range(len(part) - L):
            piece = part[i:i + L + 1]
            mn, mx = piece.min(), piece.max()
            piece = (piece - mn) / (mx - mn)
            X.append(piece[:L])
            Y.append(piece[L])
            low.append(mn)
            rng.append(mx - mn)
        return np.array(X).T[..., None], np.array(Y), np.array(low), np.array(rng)

    error_by_length, save = {}, {}
    for L in (5, 8, 12):
        X, Y, _, _ = windows(data[:split], L)
        Xt, Yt, low, rng = windows(data[split:], L)
        net = SimpleRNN(1, 16, 1)
        losses = []
        for epoch in range(60):
            order = np.random.permutation(len(Y))
            tot = 0
            for k in range(0, len(Y), 32):
                j = order[k:k + 32]
                out, _ = net.forward(X[:, j])
                diff = out[-1, :, 0] - Y[j]
                tot += (diff ** 2).sum()
                d = np.zeros_like(out)
                d[-1, :, 0] = 2 * diff / len(j)
                net.backward(d)
                net.update_parameters(0.1)
            losses.append(tot / len(Y))
        p = net.forward(Xt)[0][-1, :, 0] * rng + low
        t = Yt * rng + low
        error_by_length[L] = float(np.sqrt(np.mean((p - t) ** 2)))
        save[L] = (losses, p, t)

    losses, p, t = save[8]
    fig, ax = plt.subplots(1, 2, figsize=(9, 3))
    ax[0].plot(losses)
    ax[0].set_title('loss')
    ax[1].plot(t, label='true')
    ax[1].plot(p, '--', label='pred')
    ax[1].legend()
    return {'losses': losses, 'predictions': p, 'targets': t, 'error_by_length': error_by_length, 'figure': fig}
