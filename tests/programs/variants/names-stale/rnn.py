#!/usr/bin/env python
# coding: utf-8

# In[1]:


import numpy as np
import matplotlib.pyplot as plt


class LSTMCell:
    """All four gates in one matrix product; columns in the order i, f, o, c."""

    def __init__(self, input_size, hidden_size):
        self.n = hidden_size
        k = 1.0 / np.sqrt(hidden_size)
        self.W = np.random.uniform(-k, k, (input_size, 4 * hidden_size))
        self.U = np.random.uniform(-k, k, (hidden_size, 4 * hidden_size))
        self.b = np.zeros(4 * hidden_size)
        for j, g in enumerate(('i', 'f', 'o', 'c')):
            block = slice(j * hidden_size, (j + 1) * hidden_size)
            setattr(self, 'W_' + g, self.W[:, block])
            setattr(self, 'U_' + g, self.U[:, block])
            setattr(self, 'b_' + g, self.b[block])

    def forward(self, input_t, hidden_state, cell_state):
        n = self.n
        z = input_t @ self.W + hidden_state @ self.U + self.b
        gates = 1.0 / (1.0 + np.exp(-np.clip(z[:, :3 * n], -500, 500)))
        i, f, o = gates[:, :n], gates[:, n:2 * n], gates[:, 2 * n:]
        g = np.tanh(z[:, 3 * n:])
        c = f * cell_state + i * g
        return o * np.tanh(c), c


class Matrix(object):
    """Holder of one parameter and of its gradient."""

    def __init__(self, rows, cols, scale):
        if rows > 0:
            self.__data = np.random.standard_normal((rows, cols)) * scale
        else:
            self.__data = np.zeros(cols)
        self.__gradient = np.zeros(self.__data.shape)

    def getData(self):
        return self.__data

    def getGradient(self):
        return self.__gradient

    def clearGradient(self):
        self.__gradient = np.zeros(self.__data.shape)

    def addGradient(self, amount):
        self.__gradient = self.__gradient + amount

    def step(self, learningRate):
        self.__data = self.__data - learningRate * self.__gradient


class SimpleRNN(object):
    def __init__(self, inputSize, hiddenSize, outputSize):
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        self.outputSize = outputSize
        self.__wXh = Matrix(inputSize, hiddenSize, 1.0 / np.sqrt(inputSize))
        self.__wHh = Matrix(hiddenSize, hiddenSize, 0.8 / np.sqrt(hiddenSize))
        self.__wHy = Matrix(hiddenSize, outputSize, 1.0 / np.sqrt(hiddenSize))
        self.__bH = Matrix(0, hiddenSize, 0.0)
        self.__bY = Matrix(0, outputSize, 0.0)
        self.W_xh = self.__wXh.getData()
        self.W_hh = self.__wHh.getData()
        self.W_hy = self.__wHy.getData()
        self.b_h = self.__bH.getData()
        self.b_y = self.__bY.getData()

    def getParameters(self):
        return [self.__wXh, self.__wHh, self.__bH, self.__wHy, self.__bY]

    def computeHidden(self, x, hPrevious):
        preActivation = np.dot(x, self.__wXh.getData())
        preActivation = preActivation + np.dot(hPrevious, self.__wHh.getData())
        preActivation = preActivation + self.__bH.getData()
        return np.tanh(preActivation)

    def computeOutput(self, h):
        return np.dot(h, self.__wHy.getData()) + self.__bY.getData()

    def forward(self, inputs):
        numSteps = inputs.shape[0]
        batchSize = inputs.shape[1]
        self.inputs = inputs
        self.states = np.zeros((numSteps, batchSize, self.hiddenSize))
        self.outputs = np.zeros((numSteps, batchSize, self.outputSize))
        self.initialState = np.zeros((batchSize, self.hiddenSize))
        current = self.initialState
        for step in range(0, numSteps):
            current = self.computeHidden(inputs[step], current)
            self.states[step] = current
            self.outputs[step] = self.computeOutput(current)
        return self.outputs, self.states

    def backward(self, dOutputs):
        for parameter in self.getParameters():
            parameter.clearGradient()
        step = dOutputs.shape[0] - 1
        dNext = np.zeros(self.initialState.shape)
        while step >= 0:
            if step == 0:
                previous = self.initialState
            else:
                previous = self.states[step - 1]
            dOutput = dOutputs[step]
            self.__wHy.addGradient(np.dot(self.states[step].T, dOutput))
            self.__bY.addGradient(np.sum(dOutput, axis=0))
            dHidden = np.dot(dOutput, self.__wHy.getData().T) + dNext
            dPre = dHidden * (1.0 - np.square(self.states[step]))
            self.__wXh.addGradient(np.dot(self.inputs[step].T, dPre))
            self.__wHh.addGradient(np.dot(previous.T, dPre))
            self.__bH.addGradient(np.sum(dPre, axis=0))
            dNext = np.dot(dPre, self.__wHh.getData().T)
            step -= 1
        names = ['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y']
        result = {}
        for k in range(0, len(names)):
            result[names[k]] = self.getParameters()[k].getGradient()
        return result

    def update_parameters(self, learningRate):
        for parameter in self.getParameters():
            parameter.step(learningRate)


def _fib():
    a, b = 0, 1
    while True:
        yield float(a)
        a, b = b, a + b


def _sine(period=40):
    n = 0
    while True:
        yield float(np.sin(2 * np.pi * n / period))
        n += 1


_KINDS = {'fibonacci': _fib, 'sine': _sine}


def generate_sequence_data(seq_type='fibonacci', length=1000):
    from itertools import islice
    maker = _KINDS.get(seq_type)
    if maker is None:
        raise ValueError('seq_type must be one of %s' % sorted(_KINDS))
    if length < 1:
        raise ValueError('length < 1')
    return np.fromiter(islice(maker(), length), dtype=np.float64, count=length)


def train_rnn_on_sequence():
    # ---------- 1. 数据准备 ----------
    np.random.seed(42)
    seq = generate_sequence_data('sine', 600)
    n_train = 450
    train_raw = seq[:n_train]
    test_raw = seq[n_train:]
    lo, hi = train_raw.min(), train_raw.max()

    def scale(v):
        return 2 * (v - lo) / (hi - lo) - 1

    def unscale(v):
        return (v + 1) / 2 * (hi - lo) + lo

    train = scale(train_raw)
    test = scale(test_raw)

    def windows(s, L):
        # 每个时间步都预测下一项: 输入 s[k..k+L-1], 目标 s[k+1..k+L]
        X = np.array([s[k:k + L] for k in range(len(s) - L)])
        Y = np.array([s[k + 1:k + L + 1] for k in range(len(s) - L)])
        return X.T[:, :, np.newaxis], Y.T[:, :, np.newaxis]

    # ---------- 2. 模型训练 ----------
    results = {}
    lengths = [8, 16, 32]
    for L in lengths:
        rnn = SimpleRNN(1, 20, 1)
        X, Y = windows(train, L)
        N = X.shape[1]
        losses = []
        for epoch in range(180):
            perm = np.random.permutation(N)
            ep = []
            for s in range(0, N, 50):
                idx = perm[s:s + 50]
                xb, yb = X[:, idx], Y[:, idx]
                out, _ = rnn.forward(xb)
                diff = out - yb
                ep.append(np.mean(diff ** 2))
                rnn.backward(2 * diff / diff.size)
                rnn.update_parameters(0.1)
            losses.append(float(np.mean(ep)))

        # ---------- 3. 性能评估 ----------
        Xt, Yt = windows(test, L)
        out, _ = rnn.forward(Xt)
        pred = unscale(out[-1, :, 0])
        true = unscale(Yt[-1, :, 0])
        rmse = np.sqrt(np.mean((pred - true) ** 2))
        results[L] = {'loss': losses, 'pred': pred, 'true': true, 'rmse': float(rmse)}

    # ---------- 4. 结果可视化 ----------
    show = results[32]
    fig = plt.figure(figsize=(12, 4))
    ax1 = fig.add_subplot(131)
    for L in lengths:
        ax1.plot(results[L]['loss'], label='L=%d' % L)
    ax1.set_xlabel('epoch')
    ax1.legend()
    ax2 = fig.add_subplot(132)
    ax2.plot(show['true'])
    ax2.plot(show['pred'])
    ax2.legend(['true', 'predicted'])
    ax3 = fig.add_subplot(133)
    ax3.bar([str(L) for L in lengths], [results[L]['rmse'] for L in lengths])

    return {'losses': show['loss'],
            'predictions': show['pred'],
            'targets': show['true'],
            'error_by_length': {L: results[L]['rmse'] for L in lengths},
            'figure': fig}
