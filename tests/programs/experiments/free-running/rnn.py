# 作业 6：循环神经网络
import itertools
from functools import partial
import matplotlib.pyplot as plt
import numpy as np


def 斐波那契(项数):
    前, 后 = 0, 1
    结果 = []
    for _ in range(项数):
        结果.append(前)
        前, 后 = 后, 前 + 后
    return np.array([float(x) for x in 结果])


def 正弦(项数):
    return np.sin(np.arange(项数) * np.pi / 16)


def generate_sequence_data(seq_type='fibonacci', length=1000):
    种类 = {'fibonacci': 斐波那契, 'sine': 正弦}
    if seq_type not in 种类:
        raise ValueError('没有这种序列，或者长度不对')
    return 种类[seq_type](length)


def make_windows(series, size):
    view = np.lib.stride_tricks.sliding_window_view(series, size + 1)
    return view[:, :-1].T[..., np.newaxis].copy(), view[:, 1:].T[..., np.newaxis].copy()


def fit(model, x, y, epochs, lr):
    loss_list = []
    n = y.size
    for _ in range(epochs):
        y_hat, _ = model.forward(x)
        err = y_hat - y
        loss_list.append(np.square(err).mean())
        model.backward(2 * err / n)
        model.update_parameters(lr)
    return loss_list


def train_rnn_on_sequence():
    """Many-to-many training: every step predicts the next value."""
    series = generate_sequence_data('sine', 500)
    cut = int(len(series) * 0.8)
    lo, hi = series[:cut].min(), series[:cut].max()

    def scale(v):
        return 2 * (v - lo) / (hi - lo) - 1

    def unscale(v):
        return (v + 1) / 2 * (hi - lo) + lo

    error_by_length, kept = {}, None
    for size in [4, 8, 16]:
        x, y = make_windows(scale(series[:cut]), size)
        xt, yt = make_windows(scale(series[cut:]), size)
        model = SimpleRNN(1, 12, 1)
        loss_list = fit(model, x, y, 150, 0.1)
        window, steps = xt[:, :1].copy(), []
        for _ in range(xt.shape[1]):
            y_next = model.forward(window)[0][-1:]
            steps.append(y_next[0, 0, 0])
            window = np.concatenate([window[1:], y_next])
        guess = unscale(np.array(steps))
        truth = unscale(yt[-1, :, 0])
        error_by_length[size] = float(np.sqrt(np.mean((guess - truth) ** 2)))
        kept = loss_list, guess, truth
    loss_list, guess, truth = kept
    figure, (left, right) = plt.subplots(2, 1)
    left.semilogy(loss_list)
    left.set_xlabel('epoch')
    right.plot(truth)
    right.plot(guess)
    right.legend(['truth', 'prediction'])
    return {'losses': loss_list, 'predictions': guess, 'targets': truth,
            'error_by_length': error_by_length, 'figure': figure}


def rnn_step(params, h, x):
    W_xh, W_hh, b_h, _, _ = params
    return np.tanh(np.matmul(x, W_xh) + np.matmul(h, W_hh) + b_h)


def rnn_outputs(params, hidden):
    return np.matmul(hidden, params[3]) + params[4]


def rnn_unroll(params, inputs):
    h0 = np.zeros((inputs.shape[1], params[1].shape[0]))
    return list(itertools.accumulate(inputs, partial(rnn_step, params), initial=h0))


def rnn_step_grad(params, h_before, h_after, x, dh):
    """dh: gradient by h_after. Returns gradients of W_xh, W_hh, b_h and h_before."""
    dz = dh * (1 - h_after ** 2)
    return np.matmul(x.T, dz), np.matmul(h_before.T, dz), dz.sum(axis=0), np.matmul(dz, params[1].T)


class SimpleRNN:
    order = ['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y']

    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) * 0.1
        self.W_hh = np.random.randn(hidden_size, hidden_size) * 0.1
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * 0.1
        self.b_y = np.zeros(output_size)

    def _params(self):
        return tuple(getattr(self, n) for n in self.order)

    def forward(self, inputs):
        chain = rnn_unroll(self._params(), inputs)
        self.saved = inputs, chain
        hidden = np.stack(chain[1:])
        return rnn_outputs(self._params(), hidden), hidden

    def backward(self, d_outputs):
        params = self._params()
        inputs, chain = self.saved
        grads = [np.zeros_like(p) for p in params]
        dh = np.zeros_like(chain[0])
        for t in range(len(inputs) - 1, -1, -1):
            dh = dh + np.matmul(d_outputs[t], params[3].T)
            gx, gh, gb, dh = rnn_step_grad(params, chain[t], chain[t + 1], inputs[t], dh)
            grads[0] += gx
            grads[1] += gh
            grads[2] += gb
            grads[3] += np.matmul(chain[t + 1].T, d_outputs[t])
            grads[4] += d_outputs[t].sum(axis=0)
        self.result = dict(zip(self.order, grads))
        return self.result

    def update_parameters(self, learning_rate):
        h_t = [p - learning_rate * self.result[n] for n, p in zip(self.order, self._params())]
        for n, v in zip(self.order, h_t):
            setattr(self, n, v)


def sigmoid(x):
    # 数值稳定的 sigmoid
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        scale_x = np.sqrt(1.0 / input_size)
        scale_h = np.sqrt(1.0 / hidden_size)
        # 遗忘门
        self.W_f = np.random.randn(input_size, hidden_size) * scale_x
        self.U_f = np.random.randn(hidden_size, hidden_size) * scale_h
        self.b_f = np.zeros(hidden_size)
        # 输入门
        self.W_i = np.random.randn(input_size, hidden_size) * scale_x
        self.U_i = np.random.randn(hidden_size, hidden_size) * scale_h
        self.b_i = np.zeros(hidden_size)
        # 候选记忆
        self.W_c = np.random.randn(input_size, hidden_size) * scale_x
        self.U_c = np.random.randn(hidden_size, hidden_size) * scale_h
        self.b_c = np.zeros(hidden_size)
        # 输出门
        self.W_o = np.random.randn(input_size, hidden_size) * scale_x
        self.U_o = np.random.randn(hidden_size, hidden_size) * scale_h
        self.b_o = np.zeros(hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        f = sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i = sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        o = sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        g = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        new_cell_state = f * cell_state + i * g
        new_hidden_state = o * np.tanh(new_cell_state)
        return new_hidden_state, new_cell_state
