"""作业 6: 循环神经网络"""
import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    # adapted from Karpathy's min-char-rnn, with batches and a regression output
    def __init__(self, input_size, hidden_size, output_size):
        self.hidden_size = hidden_size
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(1. / input_size) * 0.5  # input to hidden
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1. / hidden_size) * 0.5  # hidden to hidden
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(1. / hidden_size)  # hidden to output
        self.b_h = np.zeros(hidden_size)  # hidden bias
        self.b_y = np.zeros(output_size)  # output bias

    def forward(self, inputs):
        xs, hs, ys = {}, {}, {}
        hs[-1] = np.zeros((inputs.shape[1], self.hidden_size))
        # forward pass
        for t in range(len(inputs)):
            xs[t] = inputs[t]
            hs[t] = np.tanh(np.dot(xs[t], self.W_xh) + np.dot(hs[t-1], self.W_hh) + self.b_h)  # hidden state
            ys[t] = np.dot(hs[t], self.W_hy) + self.b_y
        self.xs, self.hs, self.ys = xs, hs, ys
        T = len(inputs)
        return np.array([ys[t] for t in range(T)]), np.array([hs[t] for t in range(T)])

    def backward(self, d_outputs):
        xs, hs = self.xs, self.hs
        # backward pass: compute gradients going backwards
        dWxh, dWhh, dWhy = np.zeros_like(self.W_xh), np.zeros_like(self.W_hh), np.zeros_like(self.W_hy)
        dbh, dby = np.zeros_like(self.b_h), np.zeros_like(self.b_y)
        dhnext = np.zeros_like(hs[0])
        for t in reversed(range(len(d_outputs))):
            dy = np.copy(d_outputs[t])
            dWhy += np.dot(hs[t].T, dy)
            dby += dy.sum(0)
            dh = np.dot(dy, self.W_hy.T) + dhnext  # backprop into h
            dhraw = (1 - hs[t] * hs[t]) * dh  # backprop through tanh nonlinearity
            dbh += dhraw.sum(0)
            dWxh += np.dot(xs[t].T, dhraw)
            dWhh += np.dot(hs[t-1].T, dhraw)
            dhnext = np.dot(dhraw, self.W_hh.T)
        for dparam in [dWxh, dWhh, dWhy, dbh, dby]:
            dparam /= np.sqrt(np.sum(dparam ** 2)) + 1e-8  # mitigate exploding gradients
        self.dWxh, self.dWhh, self.dWhy, self.dbh, self.dby = dWxh, dWhh, dWhy, dbh, dby
        return {'W_xh': dWxh, 'W_hh': dWhh, 'b_h': dbh, 'W_hy': dWhy, 'b_y': dby}

    def update_parameters(self, learning_rate):
        for param, dparam in zip([self.W_xh, self.W_hh, self.W_hy, self.b_h, self.b_y],
                                 [self.dWxh, self.dWhh, self.dWhy, self.dbh, self.dby]):
            param += -learning_rate * dparam


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        D, H = input_size, hidden_size
        self.params = {}
        for g in ['f', 'i', 'c', 'o']:
            self.params['W_%s' % g] = np.random.randn(D, H) / np.sqrt(D)
            self.params['U_%s' % g] = np.random.randn(H, H) / np.sqrt(H)
            self.params['b_%s' % g] = np.zeros(H)

    def __getattr__(self, name):
        params = self.__dict__.get('params', {})
        if name in params:
            return params[name]
        raise AttributeError(name)

    def forward(self, input_t, hidden_state, cell_state):
        p = self.params
        a = {}
        for g in ['f', 'i', 'c', 'o']:
            a[g] = np.einsum('bd,dh->bh', input_t, p['W_%s' % g])
            a[g] = a[g] + np.einsum('bk,kh->bh', hidden_state, p['U_%s' % g])
            a[g] = a[g] + p['b_%s' % g]
        s = {}
        for g in ['f', 'i', 'o']:
            e = np.exp(-np.abs(a[g]))
            s[g] = np.where(a[g] > 0, 1.0, e) / (1.0 + e)
        new_c = s['f'] * cell_state + s['i'] * np.tanh(a['c'])
        new_h = s['o'] * np.tanh(new_c)
        return new_h, new_c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    # 先检查参数
    if length <= 0:
        raise ValueError("length 必须大于 0")
    if seq_type == 'fibonacci':
        fib = [1, 1]                      # python 的整数不会溢出
        while len(fib) < length:
            fib.append(fib[-1] + fib[-2])
        data = [float(v) for v in fib[:length]]
    elif seq_type == 'sine':
        data = [np.sin(0.2 * n) for n in range(length)]
    elif seq_type == 'cosine':
        data = [np.cos(0.2 * n) for n in range(length)]
    else:
        raise ValueError("不认识的序列: " + str(seq_type))
    return np.array(data, dtype=np.float64)


def make_windows(series, window):
    """Sliding windows: inputs (window, N, 1) and the term that follows each of them (N, 1)."""
    n = len(series) - window
    x = np.stack([series[k:k + window] for k in range(n)], axis=1)[:, :, None]
    y = series[window:][:, None]
    return x, y


def fit(series, window, hidden_size=16, epochs=300, learning_rate=0.05, batch_size=64, seed=0):
    np.random.seed(seed)
    model = SimpleRNN(1, hidden_size, 1)
    x, y = make_windows(series, window)
    n = x.shape[1]
    losses = []
    for epoch in range(epochs):
        order = np.random.permutation(n)
        total = 0.0
        for start in range(0, n, batch_size):
            idx = order[start:start + batch_size]
            outputs, _ = model.forward(x[:, idx])
            err = outputs[-1] - y[idx]
            total += np.sum(err ** 2)
            d_outputs = np.zeros_like(outputs)
            d_outputs[-1] = 2.0 * err / len(idx)
            model.backward(d_outputs)
            model.update_parameters(learning_rate)
        losses.append(total / n)
    return model, losses


def predict(model, series, window):
    x, y = make_windows(series, window)
    outputs, _ = model.forward(x)
    return outputs[-1, :, 0], y[:, 0]


def train_rnn_on_sequence():
    """Train on a sine wave, evaluate one step ahead on the last 20 %."""
    data = generate_sequence_data('sine', 510)
    split = int(0.8 * len(data))
    train, test = data[:split], data[split:]

    # scaling: numbers of the training part only
    mean, std = train.mean(), train.std()
    train_s = (train - mean) / std
    test_s = (test - mean) / std

    error_by_length = {}
    runs = {}
    for window in (5, 10, 20):
        model, losses = fit(train_s, window)
        p, q = predict(model, test_s, window)
        p, q = p * std + mean, q * std + mean
        mse = float(np.mean((p - q) ** 2))
        error_by_length[window] = mse
        runs[window] = losses, p, q
    losses, predictions, targets = runs[10]

    fig, axes = plt.subplots(1, 2, figsize=(10, 4))
    axes[0].plot(losses)
    axes[0].set_yscale('log')
    axes[0].set_title('training loss')
    axes[1].plot(targets, label='target')
    axes[1].plot(predictions, '--', label='prediction')
    axes[1].legend()
    axes[1].set_title('held-out part')
    fig.tight_layout()

    return {
        'losses': losses,
        'predictions': predictions,
        'targets': targets,
        'error_by_length': error_by_length,
        'figure': fig,
    }
