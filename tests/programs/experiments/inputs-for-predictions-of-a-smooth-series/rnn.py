# 循环神经网络作业
# 只用到 numpy 和 matplotlib

import numpy as np
import matplotlib.pyplot as plt

plt.rcParams["axes.unicode_minus"] = False


class LSTMCell:
    # 和课件一样用列向量: f = σ(W_f^T x + U_f^T h + b_f)
    def __init__(self, input_size, hidden_size):
        def w(n):
            return (np.random.rand(n, hidden_size) - 0.5) * 2 / np.sqrt(n)
        self.W_f, self.W_i, self.W_c, self.W_o = w(input_size), w(input_size), w(input_size), w(input_size)
        self.U_f, self.U_i, self.U_c, self.U_o = w(hidden_size), w(hidden_size), w(hidden_size), w(hidden_size)
        self.b_f, self.b_i, self.b_c, self.b_o = (np.zeros(hidden_size) for _ in range(4))

    def forward(self, input_t, hidden_state, cell_state):
        x, h, c = input_t.T, hidden_state.T, cell_state.T
        net_f = np.dot(self.W_f.T, x) + np.dot(self.U_f.T, h) + self.b_f[:, None]
        net_i = np.dot(self.W_i.T, x) + np.dot(self.U_i.T, h) + self.b_i[:, None]
        net_c = np.dot(self.W_c.T, x) + np.dot(self.U_c.T, h) + self.b_c[:, None]
        net_o = np.dot(self.W_o.T, x) + np.dot(self.U_o.T, h) + self.b_o[:, None]
        sig = lambda v: (np.tanh(v / 2) + 1) / 2
        c_new = sig(net_f) * c + sig(net_i) * np.tanh(net_c)
        h_new = sig(net_o) * np.tanh(c_new)
        return h_new.T, c_new.T


SEQUENCES = {}


def sequence(name):
    def register(function):
        SEQUENCES[name] = function
        return function
    return register


@sequence('fibonacci')
def fibonacci(length):
    out = [1.0, 1.0]
    for _ in range(length - 2):
        out.append(out[-1] + out[-2])
    return out[:length]


@sequence('sine')
def sine(length):
    return [np.sin(2 * np.pi * k / 30 + 0.5) for k in range(length)]


@sequence('linear')
def linear(length):
    return [0.1 * k for k in range(length)]


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in SEQUENCES:
        raise ValueError('known: ' + ', '.join(SEQUENCES))
    if length < 1:
        raise ValueError('at least one term, please')
    return np.array(SEQUENCES[seq_type](length), dtype=np.float64)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.dims = (input_size, hidden_size, output_size)
        gain = 0.9
        self.W_xh = gain * np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.W_hh = gain * np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = gain * np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        I, H, O = self.dims
        W = np.vstack((self.W_xh, self.W_hh))
        state = np.zeros((inputs.shape[1], H))
        self.log = []
        ys, hs = [], []
        for x in inputs:
            xh = np.concatenate((x, state), axis=1)
            state = np.tanh(xh @ W + self.b_h)
            self.log.append((xh, state))
            hs.append(state)
            ys.append(state @ self.W_hy + self.b_y)
        return np.array(ys), np.array(hs)

    def backward(self, d_outputs):
        I, H, O = self.dims
        W = np.vstack((self.W_xh, self.W_hh))
        dW, db_h = np.zeros_like(W), np.zeros(H)
        dW_hy, db_y = np.zeros_like(self.W_hy), np.zeros(O)
        dstate = np.zeros_like(self.log[0][1])
        for t in range(len(self.log))[::-1]:
            xh, state = self.log[t]
            dy = d_outputs[t]
            dW_hy += state.T @ dy
            db_y += dy.sum(0)
            dstate = dstate + dy @ self.W_hy.T
            dpre = dstate - dstate * state ** 2
            dW += xh.T @ dpre
            db_h += dpre.sum(0)
            dxh = dpre @ W.T
            dstate = dxh[:, I:]
        dW_xh, dW_hh = np.split(dW, [I])
        self.grads = (dW_xh, dW_hh, db_h, dW_hy, db_y)
        return {'W_xh': dW_xh, 'W_hh': dW_hh, 'b_h': db_h, 'W_hy': dW_hy, 'b_y': db_y}

    def update_parameters(self, learning_rate):
        params = (self.W_xh, self.W_hh, self.b_h, self.W_hy, self.b_y)
        for p, g in zip(params, self.grads):
            np.subtract(p, learning_rate * g, out=p)


def split_series(series, fraction=0.75):
    k = int(len(series) * fraction)
    return series[:k], series[k:]


def minmax(train):
    low, high = train.min(), train.max()
    return (lambda v: (v - low) / (high - low) - 0.5), (lambda v: (v + 0.5) * (high - low) + low)


def to_batches(series, steps):
    rows = [series[i:i + steps + 1] for i in range(len(series) - steps)]
    block = np.array(rows).T[:, :, None]
    return block[:-1], block[1:]


def train_one(series, steps, epochs=150, rate=0.1, hidden=16, size=40):
    net = SimpleRNN(1, hidden, 1)
    x, y = to_batches(series, steps)
    curve = []
    for _ in range(epochs):
        order = np.random.permutation(x.shape[1])
        loss = []
        for a in range(0, len(order), size):
            pick = order[a:a + size]
            out, _ = net.forward(x[:, pick])
            gap = out - y[:, pick]
            loss.append((gap[-1] ** 2).mean())
            weight = np.linspace(0.2, 1.0, steps)[:, None, None]
            net.backward(2 * weight * gap / len(pick) / steps * 2)
            net.update_parameters(rate)
        curve.append(float(np.mean(loss)))
    return net, curve


def one_step_ahead(net, series, steps):
    x, y = to_batches(series, steps)
    out, _ = net.forward(x)
    return x[-1, :, 0], y[-1, :, 0]


def train_rnn_on_sequence():
    np.random.seed(0)
    train, test = split_series(generate_sequence_data('sine', 480))
    scale, unscale = minmax(train)
    nets, curves, errors = {}, {}, {}
    for steps in (6, 12, 18):
        nets[steps], curves[steps] = train_one(scale(train), steps)
        p, q = one_step_ahead(nets[steps], scale(test), steps)
        errors[steps] = float(np.sqrt(np.mean((unscale(p) - unscale(q)) ** 2)))
    p, q = one_step_ahead(nets[12], scale(test), 12)
    predictions, targets = unscale(p), unscale(q)

    figure = plt.figure(figsize=(8, 6))
    top = figure.add_subplot(2, 1, 1)
    top.plot(curves[12])
    top.set_title('loss')
    bottom = figure.add_subplot(2, 1, 2)
    bottom.plot(targets, label='targets')
    bottom.plot(predictions, label='predictions')
    bottom.legend()
    return {'losses': curves[12], 'predictions': predictions, 'targets': targets,
            'error_by_length': errors, 'figure': figure}


if __name__ == "__main__":
    # 检查一下形状
    net = SimpleRNN(3, 4, 2)
    o, h = net.forward(np.random.randn(5, 2, 3))
    assert o.shape == (5, 2, 2) and h.shape == (5, 2, 4)
    print(train_rnn_on_sequence()["error_by_length"])
