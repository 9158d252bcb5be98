# %% rnn.m -> rnn.py
import numpy as np
import matplotlib.pyplot as plt


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        nIn = input_size; nHid = hidden_size; nOut = output_size
        self.nHid = nHid
        self.W_xh = np.random.randn(nIn, nHid) * np.sqrt(2 / (nIn + nHid))
        self.W_hh = np.random.randn(nHid, nHid) * np.sqrt(1 / nHid)
        self.W_hy = np.random.randn(nHid, nOut) * np.sqrt(2 / (nHid + nOut))
        self.b_h = np.zeros(nHid)
        self.b_y = self.W_hy[0]

    def forward(self, inputs):
        [nT, nB, nIn] = inputs.shape
        nOut = self.b_y.size
        # features x batch x time, as in Deep Learning Toolbox
        X = np.moveaxis(inputs, 0, 2).transpose(1, 0, 2).copy()
        Z = np.zeros((self.nHid, nB, nT))
        Y = np.zeros((nOut, nB, nT))
        hOld = np.zeros((self.nHid, nB))
        for k in range(0, nT):
            hOld = np.maximum(self.W_xh.T @ X[:, :, k] + self.W_hh.T @ hOld + self.b_h[:, None], 0)
            Z[:, :, k] = hOld
            Y[:, :, k] = self.W_hy.T @ hOld + self.b_y[:, None]
        self.X = X; self.Z = Z
        return Y.transpose(2, 1, 0), Z.transpose(2, 1, 0).copy()

    def backward(self, d_outputs):
        D = d_outputs.transpose(2, 1, 0)
        [nOut, nB, nT] = D.shape
        gXH = np.zeros(self.W_xh.shape)
        gHH = np.zeros(self.W_hh.shape)
        gHY = np.zeros(self.W_hy.shape)
        gBH = np.zeros(self.nHid)
        gBY = np.zeros(nOut)
        later = np.zeros((self.nHid, nB))
        k = nT
        while k > 0:
            k = k - 1
            h = self.Z[:, :, k]
            gHY = gHY + h @ D[:, :, k].T
            gBY = gBY + D[:, :, k].sum(axis=1)
            dA = (self.W_hy @ D[:, :, k] + later) * (1 - h ** 2)
            gXH = gXH + self.X[:, :, k] @ dA.T
            if k > 0:
                gHH = gHH + self.Z[:, :, k - 1] @ dA.T
            gBH = gBH + dA.sum(axis=1)
            later = self.W_hh @ dA
        self.G = {'W_xh': gXH, 'W_hh': gHH, 'b_h': gBH, 'W_hy': gHY, 'b_y': gBY}
        return self.G

    def update_parameters(self, learning_rate):
        self.W_xh = self.W_xh - learning_rate * self.G['W_xh']
        self.W_hh = self.W_hh - learning_rate * self.G['W_hh']
        self.W_hy = self.W_hy - learning_rate * self.G['W_hy']
        self.b_h = self.b_h - learning_rate * self.G['b_h']
        self.b_y = self.b_y - learning_rate * self.G['b_y']


class LSTMCell:
    # 写成 Coursera 的样子：内部用列向量
    def __init__(self, input_size, hidden_size):
        n_a, n_x = hidden_size, input_size
        scale = 1 / np.sqrt(n_a + n_x)
        self.W_f = np.random.randn(n_x, n_a) * scale
        self.W_i = np.random.randn(n_x, n_a) * scale
        self.W_c = np.random.randn(n_x, n_a) * scale
        self.W_o = np.random.randn(n_x, n_a) * scale
        self.U_f = np.random.randn(n_a, n_a) * scale
        self.U_i = np.random.randn(n_a, n_a) * scale
        self.U_c = np.random.randn(n_a, n_a) * scale
        self.U_o = np.random.randn(n_a, n_a) * scale
        self.b_f = np.ones(n_a)
        self.b_i = np.zeros(n_a)
        self.b_c = np.zeros(n_a)
        self.b_o = np.zeros(n_a)

    def forward(self, input_t, hidden_state, cell_state):
        xt, a_prev, c_prev = input_t.T, hidden_state.T, cell_state.T
        lin = lambda W, U, b: np.dot(W.T, xt) + np.dot(U.T, a_prev) + b.reshape(-1, 1)
        sig = lambda z: 1 / (1 + np.exp(-np.maximum(z, -700)))
        ft = sig(lin(self.W_f, self.U_f, self.b_f))
        it = sig(lin(self.W_i, self.U_i, self.b_i))
        cct = np.tanh(lin(self.W_c, self.U_c, self.b_c))
        ot = sig(lin(self.W_o, self.U_o, self.b_o))
        c_next = ft * c_prev + it * cct
        a_next = ot * np.tanh(c_next)
        return a_next.T, c_next.T


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length must be at least 1')
    if seq_type == 'fibonacci':
        seq = np.zeros(length, dtype=np.float64)
        a, b = 0.0, 1.0
        for i in range(length):
            seq[i] = a
            a, b = b, a + b
        return seq
    elif seq_type == 'sine':
        t = np.arange(length)
        return np.sin(0.1 * t)
    else:
        raise ValueError('unknown seq_type: %r' % seq_type)


def lagged(series, lag):
    """Rows of `lag` consecutive terms, and the term that follows each row."""
    rows = np.stack([series[k:len(series) - lag + k] for k in range(lag)])
    return rows[..., None], series[lag:]


def fit(inputs, wanted, epochs=300, rate=0.03):
    model = SimpleRNN(1, 16, 1)
    losses = []
    for _ in range(epochs):
        outputs, _ = model.forward(inputs)
        residual = outputs[-1, :, 0] - wanted
        losses.append(float(residual @ residual) / residual.size)
        back = np.zeros_like(outputs)
        back[-1, :, 0] = 2 * residual / residual.size
        model.backward(back)
        model.update_parameters(rate)
    return model, losses


def train_rnn_on_sequence():
    np.random.seed(2024)
    noise = np.random.default_rng(1).normal(scale=0.02, size=480)
    series = 5 + 2 * generate_sequence_data('sine', 480) + noise
    early, late = np.split(series, [360])
    centre, spread = early.mean(), early.std()
    standard = lambda v: (v - centre) / spread
    error_by_length = {}
    for lag in (2, 5, 10, 20):
        train_x, train_y = lagged(standard(early), lag)
        test_x, test_y = lagged(standard(late), lag)
        model, losses = fit(train_x, train_y)
        predictions = model.forward(test_x)[0][-1, :, 0] * spread + centre
        targets = test_y * spread + centre
        error_by_length[lag] = float(np.sqrt(np.mean((predictions - targets) ** 2)))
    figure, axes = plt.subplots(2, 1, figsize=(7, 6))
    axes[0].plot(losses, label='training loss')
    axes[0].set_yscale('log')
    axes[1].plot(targets, label='truth')
    axes[1].plot(predictions, ':', label='one step ahead')
    for ax in axes:
        ax.legend()
    figure.tight_layout()
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': error_by_length, 'figure': figure}
