import numpy as np
import matplotlib.pyplot as plt
es = np.einsum

class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.normal(scale=input_size ** (-0.5), size=(input_size, hidden_size))
        q, _ = np.linalg.qr(np.random.normal(size=(hidden_size, hidden_size)))
        self.W_hh = q
        self.W_hy = np.random.normal(scale=hidden_size ** (-0.5), size=(hidden_size, output_size))
        self.b_h = np.zeros(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, I = inputs.shape
        drive = es('tbi,ih->tbh', inputs, self.W_xh) + self.b_h
        s = np.zeros((T + 1, B, len(self.b_h)))
        for t in range(T):
            s[t + 1] = np.tanh(drive[t] + es('bh,hk->bk', s[t], self.W_hh))
        self.s, self.u = (s, inputs.copy())
        return (es('tbh,ho->tbo', s[1:], self.W_hy) * self.b_y, s[1:].copy())

    def backward(self, d_outputs):
        s, T = (self.s, len(d_outputs))
        lam = np.zeros_like(s)
        direct = es('tbo,ho->tbh', d_outputs, self.W_hy)
        for t in range(T, 0, -1):
            total = direct[t - 1]
            if t < T:
                total = total + es('bk,hk->bh', lam[t + 1], self.W_hh)
            lam[t] = total * (1 - s[t] ** 2)
        self.g = {'W_xh': es('tbi,tbh->ih', self.u, lam[1:]), 'W_hh': es('tbh,tbk->hk', s[:-1], lam[1:]), 'b_h': es('tbh->h', lam[1:]), 'W_hy': es('tbh,tbo->ho', s[1:], d_outputs), 'b_y': es('tbo->o', d_outputs)}
        return self.g

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate * self.g['W_xh']
        self.W_hh -= learning_rate * self.g['W_hh']
        self.b_h -= learning_rate * self.g['b_h']
        self.W_hy -= learning_rate * self.g['W_hy']
        self.b_y -= learning_rate * self.g['b_y']

class LSTMCell:

    def __init__(self, input_size, hidden_size):
        self.W = np.random.normal(scale=input_size ** (-0.5), size=(4, input_size, hidden_size))
        self.U = np.random.normal(scale=hidden_size ** (-0.5), size=(4, hidden_size, hidden_size))
        self.b = np.zeros((4, hidden_size))
    W_f = property(lambda self: self.W[0])
    W_i = property(lambda self: self.W[1])
    W_c = property(lambda self: self.W[2])
    W_o = property(lambda self: self.W[3])
    U_f = property(lambda self: self.U[0])
    U_i = property(lambda self: self.U[1])
    U_c = property(lambda self: self.U[2])
    U_o = property(lambda self: self.U[3])
    b_f = property(lambda self: self.b[0])
    b_i = property(lambda self: self.b[1])
    b_c = property(lambda self: self.b[2])
    b_o = property(lambda self: self.b[3])

    def forward(self, input_t, hidden_state, cell_state):
        z = es('bi,gih->gbh', input_t, self.W) + es('bk,gkh->gbh', hidden_state, self.U) + self.b[:, None]
        sg = np.reciprocal(1 + np.exp(-np.clip(z, -700, 700)))
        c = sg[0] * cell_state + sg[1] * np.tanh(z[2])
        return (sg[3] * np.tanh(c), c)

def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('need at least one term')
    n = np.arange(length)
    if seq_type == 'sine':
        return np.sin(2 * np.pi * n / 20 + 0.3)
    if seq_type == 'fibonacci':
        out = np.zeros(length)
        out[1:2] = 1
        for k in n[2:]:
            out[k] = out[k - 1] + out[k - 2]
        return out
    raise ValueError(f'{seq_type!r} is not known')

def train_rnn_on_sequence():
    x = generate_sequence_data('sine', 400)
    cut, H = (300, 16)

    def dataset(lo, hi, L):
        k = np.arange(lo, hi)
        return (x[k[None, :] + np.arange(-L, 0)[:, None]][:, :, None], x[k])

    def fit(L, epochs):
        net = SimpleRNN(1, H, 1)
        u, d = dataset(L, cut, L)
        hist = []
        for _ in range(epochs):
            y, _ = net.forward(u)
            e = y[-1, :, 0] - d
            hist.append(0.5 * float(np.mean(e ** 2)))
            g = np.zeros_like(y)
            g[-1, :, 0] = e / len(e)
            net.backward(g)
            net.update_parameters(0.1)
        u, d = dataset(cut, len(x), L)
        return (hist, net.forward(u)[0][-1, :, 0], d)
    table = {}
    for L in (5, 10, 20):
        hist, p, d = fit(L, 300)
        table[L] = float(np.sqrt(np.mean((p - d) ** 2)))
    fig, ax = plt.subplots(2, 1)
    ax[0].semilogy(hist)
    ax[1].plot(d, 'k')
    ax[1].plot(p, 'r:')
    return {'losses': np.array(hist), 'predictions': p, 'targets': d, 'error_by_length': table, 'figure': fig}
