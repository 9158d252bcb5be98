"""作业6：每一步的缓存压栈，反向传播时弹出，用完即空；更新之后梯度也清空。"""
import numpy as np
import matplotlib.pyplot as plt


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        rng = np.random.default_rng(2024)
        scale = 1.0 / np.sqrt(hidden_size)
        self.W_xh = rng.uniform(-scale, scale, (input_size, hidden_size))
        self.W_hh = rng.uniform(-scale, scale, (hidden_size, hidden_size))
        self.b_h = np.zeros(hidden_size)
        self.W_hy = rng.uniform(-scale, scale, (hidden_size, output_size))
        self.b_y = np.zeros(output_size)
        self.stack = []
        self.pending = None

    def forward(self, inputs):
        self.stack.clear()
        T, B, _ = inputs.shape
        h = np.zeros((B, self.W_hh.shape[0]))
        ys, hs = [], []
        for x in inputs:
            h_next = np.tanh(x @ self.W_xh + h @ self.W_hh + self.b_h)
            self.stack.append((x.copy(), h, h_next))
            h = h_next
            hs.append(h)
            ys.append(h @ self.W_hy + self.b_y)
        return np.stack(ys), np.stack(hs)

    def backward(self, d_outputs):
        if not self.stack:
            raise RuntimeError('先调用 forward，再调用 backward')
        grads = {name: np.zeros_like(getattr(self, name))
                 for name in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}
        dh_later = 0.0
        for dy in d_outputs[::-1]:
            x, h_prev, h = self.stack.pop()
            grads['W_hy'] += h.T @ dy
            grads['b_y'] += dy.sum(axis=0)
            da = (dy @ self.W_hy.T + dh_later) * (1 - h * h)
            grads['W_xh'] += x.T @ da
            grads['W_hh'] += h_prev.T @ da
            grads['b_h'] += da.sum(axis=0)
            dh_later = da @ self.W_hh.T
        self.pending = grads
        return grads

    def update_parameters(self, learning_rate):
        if self.pending is None:
            raise RuntimeError('先调用 backward，再更新参数')
        for name, grad in self.pending.items():
            setattr(self, name, getattr(self, name) - learning_rate * grad)
        self.pending = None


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        rng = np.random.default_rng(7)
        for gate in 'fico':
            setattr(self, 'W_' + gate, rng.normal(0, 0.1, (input_size, hidden_size)))
            setattr(self, 'U_' + gate, rng.normal(0, 0.1, (hidden_size, hidden_size)))
            setattr(self, 'b_' + gate, np.zeros(hidden_size))

    def _gate(self, name, x, h):
        return (x @ getattr(self, 'W_' + name) + h @ getattr(self, 'U_' + name)
                + getattr(self, 'b_' + name))

    def forward(self, input_t, hidden_state, cell_state):
        f, i, o = (1 / (1 + np.exp(-self._gate(k, input_t, hidden_state))) for k in 'fio')
        candidate = np.tanh(self._gate('c', input_t, hidden_state))
        cell = f * cell_state + i * candidate
        return o * np.tanh(cell), cell


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 至少为 1')
    if seq_type == 'fibonacci':
        terms = [1.0, 1.0]
        while len(terms) < length:
            terms.append(terms[-1] + terms[-2])
        return np.array(terms[:length])
    if seq_type == 'sine':
        return 2.0 * np.sin(0.15 * np.arange(length) + 0.4)
    raise ValueError('未知类型：%s' % seq_type)


def train_rnn_on_sequence():
    data = generate_sequence_data('sine', 700)
    cut = 560
    scale = np.abs(data[:cut]).max()
    known, unseen = data[:cut] / scale, data[cut:] / scale
    rng = np.random.default_rng(0)

    def pairs(series, T):
        starts = np.arange(len(series) - T)
        x = np.stack([series[starts + k] for k in range(T)])[:, :, None]
        return x, series[starts + T][:, None]

    errors = {}
    for T in (1, 4, 12):
        net = SimpleRNN(1, 20, 1)
        x, y = pairs(known, T)
        history = []
        for epoch in range(40):
            order = rng.permutation(len(y))
            losses = []
            for k in range(0, len(order), 40):
                pick = order[k:k + 40]
                out, _ = net.forward(x[:, pick])
                diff = out[-1] - y[pick]
                losses.append(np.mean(diff ** 2))
                d = np.zeros_like(out)
                d[-1] = 2 * diff / len(pick)
                net.backward(d)
                net.update_parameters(0.1)
            history.append(float(np.mean(losses)))
        x_test, y_test = pairs(unseen, T)
        forecast = net.forward(x_test)[0][-1, :, 0] * scale
        truth = y_test[:, 0] * scale
        errors[T] = float(np.mean((forecast - truth) ** 2))

    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
    left.plot(history)
    left.set_xlabel('epoch')
    left.set_ylabel('loss')
    right.plot(truth, label='truth')
    right.plot(forecast, '--', label='forecast')
    right.legend()
    return {'losses': history, 'predictions': forecast, 'targets': truth,
            'error_by_length': errors, 'figure': fig}
