from numpy import *
from numpy.random import randn, rand
import matplotlib.pyplot as plt

class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        r = 0.9
        self.Wx = sqrt(1 / input_size) * randn(hidden_size, input_size)
        self.Wh = r * sqrt(1 / hidden_size) * randn(hidden_size, hidden_size)
        self.bh = zeros((hidden_size, 1))
        self.Wy = sqrt(1 / hidden_size) * randn(output_size, hidden_size)
        self.by = zeros((output_size, 1))

    def forward(self, inputs):
        X = transpose(inputs, (2, 1, 0))
        nX, nB, nT = X.shape
        nH = size(self.Wh, 0)
        nY = size(self.Wy, 0)
        H = zeros((nH, nB, nT + 1))
        Y = zeros((nY, nB, nT))
        for t in range(1, nT + 1):
            H[:, :, t] = tanh(matmul(self.Wx, X[:, :, nH - 1]) + matmul(self.Wh, H[:, :, t - 1]) + self.bh)
            Y[:, :, t - 1] = matmul(self.Wy, H[:, :, t]) + self.by
        self.X = X.copy()
        self.Hst = H
        return (transpose(Y, (2, 1, 0)).copy(), transpose(H[:, :, 1:], (2, 1, 0)).copy())

    def backward(self, d_outputs):
        dY = transpose(d_outputs, (2, 1, 0))
        X = self.X
        H = self.Hst
        nT = size(X, 2)
        self.gWx = zeros(shape(self.Wx))
        self.gWh = zeros(shape(self.Wh))
        self.gbh = zeros(shape(self.bh))
        self.gWy = zeros(shape(self.Wy))
        self.gby = zeros(shape(self.by))
        dHnext = zeros(shape(H[:, :, 0]))
        for t in range(nT, 0, -1):
            dy = dY[:, :, t - 1]
            self.gWy = self.gWy + matmul(dy, H[:, :, t].T)
            self.gby = self.gby + sum(dy, 1).reshape(-1, 1)
            dH = matmul(self.Wy.T, dy) + dHnext
            dZ = multiply(1 - H[:, :, t] ** 2, dH)
            self.gWx = self.gWx + matmul(dZ, X[:, :, t - 1].T)
            self.gWh = self.gWh + matmul(dZ, H[:, :, t - 1].T)
            self.gbh = self.gbh + sum(dZ, 1).reshape(-1, 1)
            dHnext = matmul(self.Wh.T, dZ)
        return {'Wx': self.gWx, 'Wh': self.gWh, 'bh': self.gbh, 'Wy': self.gWy, 'by': self.gby}

    def update_parameters(self, learning_rate):
        self.Wx = self.Wx - learning_rate * self.gWx
        self.Wh = self.Wh - learning_rate * self.gWh
        self.bh = self.bh - learning_rate * self.gbh
        self.Wy = self.Wy - learning_rate * self.gWy
        self.by = self.by - learning_rate * self.gby

def logsig(n):
    return exp(minimum(n, 0)) / (1 + exp(-abs(n)))

class LSTMCell:

    def __init__(self, input_size, hidden_size):
        nH = hidden_size
        self.Wf = randn(nH, input_size) * 0.2
        self.Wi = randn(nH, input_size) * 0.2
        self.Wc = randn(nH, input_size) * 0.2
        self.Wo = randn(nH, input_size) * 0.2
        self.Rf = randn(nH, nH) * 0.2
        self.Ri = randn(nH, nH) * 0.2
        self.Rc = randn(nH, nH) * 0.2
        self.Ro = randn(nH, nH) * 0.2
        self.bf = ones((nH, 1))
        self.bi = zeros((nH, 1))
        self.bc = zeros((nH, 1))
        self.bo = zeros((nH, 1))

    def forward(self, input_t, hidden_state, cell_state):
        x = input_t.T
        h = hidden_state.T
        f = logsig(matmul(self.Wf, x) + matmul(self.Rf, h) + self.bf)
        i = logsig(matmul(self.Wi, x) + matmul(self.Ri, h) + self.bi)
        z = tanh(matmul(self.Wc, x) + matmul(self.Rc, h) + self.bc)
        o = logsig(matmul(self.Wo, x) + matmul(self.Ro, h) + self.bo)
        c = multiply(f, cell_state.T) + multiply(i, z)
        h = multiply(o, tanh(c))
        return (h.T.copy(), c.T.copy())

def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length must be positive')
    if seq_type == 'fibonacci':
        f = zeros(length + 2)
        f[0] = 1
        f[1] = 1
        for k in range(3, length + 1):
            f[k - 1] = f[k - 2] + f[k - 3]
        return f[0:length]
    elif seq_type == 'sine':
        t = arange(0, length)
        return sin(2 * pi * 0.04 * t)
    else:
        raise ValueError('unknown sequence')

def train_rnn_on_sequence():
    y = generate_sequence_data('sine', 300)
    N = 240
    lens = [5, 10, 15]
    E = {}
    for L in lens:
        M = N - L
        X = zeros((L, M, 1))
        D = zeros((M,))
        for m in range(1, M + 1):
            X[:, m - 1, 0] = y[m - 1:m - 1 + L]
            D[m - 1] = y[m - 1 + L]
        net = SimpleRNN(1, 15, 1)
        loss = []
        for ep in range(1, 301):
            out, _ = net.forward(X)
            err = out[-1, :, 0] - D
            loss.append(mean(err ** 2))
            dout = zeros(shape(out))
            dout[-1, :, 0] = 2 * err / M
            net.backward(dout)
            net.update_parameters(0.1)
        K = size(y) - N
        P = zeros(K)
        for k in range(1, K + 1):
            seg = y[N + k - 1 - L:N + k - 1]
            out, _ = net.forward(seg.reshape(L, 1, 1))
            P[k - 1] = out[-1, 0, 0]
        Tg = y[N:]
        E[L] = sqrt(mean((P - Tg) ** 2))
    fig = plt.figure(1)
    plt.subplot(2, 1, 1)
    plt.plot(loss)
    plt.subplot(2, 1, 2)
    plt.plot(Tg, 'b', P, 'r--')
    return {'losses': loss, 'predictions': P, 'targets': Tg, 'error_by_length': E, 'figure': fig}
