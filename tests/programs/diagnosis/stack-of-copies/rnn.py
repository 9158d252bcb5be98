# 作业 6。先算好大矩阵再前向：把 W_xh、W_hh、b_h 叠起来，一次 matmul，速度快
import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.normal(0, np.sqrt(1 / input_size), (input_size, hidden_size))
        self.W_hh = np.random.normal(0, np.sqrt(1 / hidden_size), (hidden_size, hidden_size))
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.normal(0, np.sqrt(1 / hidden_size), (hidden_size, output_size))
        self.b_y = np.zeros(output_size)
        self.stack = np.vstack([self.W_xh, self.W_hh, self.b_h[None]])   # (I+H+1, H)
        self.n = input_size

    def forward(self, inputs):
        T, B, I = inputs.shape
        H = self.b_h.shape[0]
        self.rows = np.ones((T, B, I + H + 1))
        self.rows[:, :, :I] = inputs
        self.rows[0, :, I:I + H] = 0
        hidden = np.empty((T, B, H))
        for t in range(T):
            hidden[t] = np.tanh(self.rows[t] @ self.stack)
            if t + 1 < T:
                self.rows[t + 1, :, I:I + H] = hidden[t]
        self.hidden = hidden
        return hidden @ self.W_hy + self.b_y, hidden.copy()

    def backward(self, d_outputs):
        T, B, _ = d_outputs.shape
        I, H = self.n, self.b_h.shape[0]
        d_stack = np.zeros_like(self.stack)
        d_row = np.zeros((B, I + H + 1))
        for t in range(T - 1, -1, -1):
            dh = d_outputs[t] @ self.W_hy.T + d_row[:, I:I + H]
            dz = dh * (1 - self.hidden[t] ** 2)
            d_stack += self.rows[t].T @ dz
            d_row = dz @ self.stack.T
        self.grad = {'W_xh': d_stack[:I], 'W_hh': d_stack[I:I + H], 'b_h': d_stack[-1],
                     'W_hy': self.hidden.reshape(-1, H).T @ d_outputs.reshape(T * B, -1),
                     'b_y': d_outputs.reshape(T * B, -1).sum(0)}
        return self.grad

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate * self.grad['W_xh']
        self.W_hh -= learning_rate * self.grad['W_hh']
        self.b_h -= learning_rate * self.grad['b_h']
        self.W_hy -= learning_rate * self.grad['W_hy']
        self.b_y -= learning_rate * self.grad['b_y']


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        s = 1 / np.sqrt(input_size + hidden_size)
        for g in "fico":
            setattr(self, "W_" + g, np.random.normal(0, s, (input_size, hidden_size)))
            setattr(self, "U_" + g, np.random.normal(0, s, (hidden_size, hidden_size)))
            setattr(self, "b_" + g, np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        W = np.block([[getattr(self, "W_" + g) for g in "fico"], [getattr(self, "U_" + g) for g in "fico"]])
        b = np.concatenate([getattr(self, "b_" + g) for g in "fico"])
        z = np.hstack((input_t, hidden_state)) @ W + b
        H = hidden_state.shape[1]
        f, i, g, o = z[:, :H], z[:, H:2*H], z[:, 2*H:3*H], z[:, 3*H:]
        s = lambda v: (1 + np.tanh(v / 2)) / 2
        c = s(f) * cell_state + s(i) * np.tanh(g)
        return s(o) * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError("length < 1")
    if seq_type == 'fibonacci':
        out = [1.0] * length
        for i in range(2, length):
            out[i] = out[i - 1] + out[i - 2]
        return np.array(out)
    if seq_type == 'sine':
        return np.sin(np.arange(length) * 0.2)
    raise ValueError("unknown " + str(seq_type))


def train_rnn_on_sequence():
    np.random.seed(26)
    seq = generate_sequence_data('sine', 300)
    train, held = seq[:230], seq[230:]
    mu, sd = train.mean(), train.std()
    norm = lambda v: (v - mu) / sd

    def win(v, L):
        return np.stack([v[j:len(v) - L + j] for j in range(L)])[:, :, None], v[L:, None]

    err = {}
    for L in (5, 10, 15):
        net = SimpleRNN(1, 20, 1)
        X, Y = win(norm(train), L)
        losses = []
        for ep in range(200):
            out, _ = net.forward(X)
            r = out[-1] - Y
            losses.append(float(np.mean(r ** 2)))
            g = np.zeros_like(out); g[-1] = 2 * r / len(r)
            net.backward(g)
            net.update_parameters(0.05)
        Xt, Yt = win(norm(held), L)
        p = net.forward(Xt)[0][-1, :, 0] * sd + mu
        err[L] = float(np.sqrt(np.mean((p - held[L:]) ** 2)))
    fig, ax = plt.subplots(1, 2)
    ax[0].plot(losses); ax[1].plot(held[L:], label="真"); ax[1].plot(p, label="预测"); ax[1].legend()
    return {'losses': losses, 'predictions': p, 'targets': held[L:], 'error_by_length': err, 'figure': fig}
