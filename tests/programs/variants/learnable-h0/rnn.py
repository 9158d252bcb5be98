# ml-6 RNN
import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(1 / input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1 / hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(1 / hidden_size)
        self.b_y = np.zeros(output_size)
        self.h0 = np.zeros(hidden_size)   # 初始状态也作为参数学习, 从 0 开始

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.inputs = inputs
        self.states = np.zeros((T + 1, B, self.W_hh.shape[0]))
        self.states[0] = self.h0
        outputs = np.zeros((T, B, self.W_hy.shape[1]))
        for t in range(T):
            self.states[t + 1] = np.tanh(inputs[t] @ self.W_xh + self.states[t] @ self.W_hh + self.b_h)
            outputs[t] = self.states[t + 1] @ self.W_hy + self.b_y
        return outputs, self.states[1:]

    def backward(self, d_outputs):
        T = len(self.inputs)
        grads = {name: np.zeros_like(getattr(self, name)) for name in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}
        dh = np.zeros_like(self.states[0])
        for t in range(T - 1, -1, -1):
            h, h_prev = self.states[t + 1], self.states[t]
            grads['W_hy'] += h.T @ d_outputs[t]
            grads['b_y'] += d_outputs[t].sum(axis=0)
            dz = (d_outputs[t] @ self.W_hy.T + dh) * (1 - h ** 2)
            grads['W_xh'] += self.inputs[t].T @ dz
            grads['W_hh'] += h_prev.T @ dz
            grads['b_h'] += dz.sum(axis=0)
            dh = dz @ self.W_hh.T
        grads['h0'] = dh.sum(axis=0)
        self.grads = grads
        return grads

    def update_parameters(self, learning_rate):
        for name, grad in self.grads.items():
            getattr(self, name)[...] -= learning_rate * grad


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.H = hidden_size
        # 四个门合并成一个大矩阵,顺序: f, i, c, o
        self.W = np.random.randn(input_size, 4 * hidden_size) / np.sqrt(input_size)
        self.U = np.random.randn(hidden_size, 4 * hidden_size) / np.sqrt(hidden_size)
        self.b = np.zeros(4 * hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        H = self.H
        z = input_t @ self.W + hidden_state @ self.U + self.b
        f = 1 / (1 + np.exp(-z[:, 0 * H:1 * H]))
        i = 1 / (1 + np.exp(-z[:, 1 * H:2 * H]))
        g = np.tanh(z[:, 2 * H:3 * H])
        o = 1 / (1 + np.exp(-z[:, 3 * H:4 * H]))
        c_new = f * cell_state + i * g
        h_new = o * np.tanh(c_new)
        return h_new, c_new


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length must be positive')
    n = np.arange(1, length + 1)
    if seq_type == 'fibonacci':
        # 比内公式 (Binet)
        s5 = np.sqrt(5.0)
        phi, psi = (1 + s5) / 2, (1 - s5) / 2
        return (phi ** n - psi ** n) / s5
    if seq_type == 'sine':
        return np.sin(2 * np.pi * n / 25)
    raise ValueError('unknown seq_type: %r' % seq_type)


def train_rnn_on_sequence():
    from matplotlib.figure import Figure

    t = np.arange(900)
    signal = np.sin(t * 0.17) * np.cos(t * 0.031)
    cut = 720
    report = {}
    for steps, lr in ((3, 0.1), (8, 0.1), (20, 0.08)):
        net = SimpleRNN(1, 20, 1)
        # 不重叠的片段作为一个 batch
        usable = (cut - 1) // steps * steps
        x = signal[:usable].reshape(-1, steps).T[:, :, None]
        y = signal[1:usable + 1].reshape(-1, steps).T[:, :, None]
        history = np.zeros(500)
        for e in range(500):
            p = np.array(net.forward(x)[0])
            history[e] = ((p - y) ** 2).mean()
            net.backward(2 * (p - y) / y.size)
            net.update_parameters(lr)
        test = signal[cut:]
        wx = np.lib.stride_tricks.sliding_window_view(test[:-1], steps).T[:, :, None]
        forecast = np.array(net.forward(np.ascontiguousarray(wx))[0])[-1, :, 0]
        truth = test[steps:]
        report[steps] = float(((forecast - truth) ** 2).mean() / truth.var())
    fig = Figure(figsize=(10, 4))
    left, right = fig.subplots(1, 2)
    left.semilogy(history)
    right.plot(truth)
    right.plot(forecast)
    return {'losses': list(history), 'predictions': forecast, 'targets': truth, 'error_by_length': report, 'figure': fig}
