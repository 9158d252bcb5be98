# -*- coding: utf-8 -*-
# 姓名: 张三  学号: 2023000000
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.hidden_size = hidden_size
        self.Wxh = np.random.normal(0, 0.1, (input_size, hidden_size))
        self.Whh = np.random.normal(0, 0.1, (hidden_size, hidden_size))
        self.Why = np.random.normal(0, 0.1, (hidden_size, output_size))
        self.bh = np.zeros((1, hidden_size))
        self.by = np.zeros((1, output_size))

    def forward(self, inputs, h0=None):
        """h0: 可选的初始隐藏状态 (batch, hidden),默认全零"""
        T, B, _ = inputs.shape
        if h0 is None:
            h0 = np.zeros((B, self.hidden_size))
        self.inputs = inputs
        # h0 放在最后, 这样 hs[t-1] 在 t=0 时恰好取到 h0
        self.hs = np.zeros((T + 1, B, self.hidden_size))
        self.hs[-1] = h0
        self.ys = np.zeros((T, B, self.Why.shape[1]))
        for t in range(T):
            self.hs[t] = np.tanh(inputs[t].dot(self.Wxh) + self.hs[t - 1].dot(self.Whh) + self.bh)
            self.ys[t] = self.hs[t].dot(self.Why) + self.by
        return self.ys, self.hs

    def backward(self, d_outputs):
        dWxh = np.zeros_like(self.Wxh)
        dWhh = np.zeros_like(self.Whh)
        dWhy = np.zeros_like(self.Why)
        dbh = np.zeros_like(self.bh)
        dby = np.zeros_like(self.by)
        dx = np.zeros_like(self.inputs)
        dh_next = np.zeros_like(self.hs[0])
        for t in reversed(range(self.inputs.shape[0])):
            dWhy += self.hs[t].T.dot(d_outputs[t])
            dby += d_outputs[t].sum(axis=0, keepdims=True)
            draw = (d_outputs[t].dot(self.Why.T) + dh_next) * (1 - self.hs[t] ** 2)
            dWxh += self.inputs[t].T.dot(draw)
            dWhh += self.hs[t - 1].T.dot(draw)
            dbh += draw.sum(axis=0, keepdims=True)
            dx[t] = draw.dot(self.Wxh.T)
            dh_next = draw.dot(self.Whh.T)
        self.grads = dict(dWxh=dWxh, dWhh=dWhh, dWhy=dWhy, dbh=dbh, dby=dby, dx=dx, dh0=dh_next)
        return self.grads

    def update_parameters(self, learning_rate):
        for name in ('Wxh', 'Whh', 'Why', 'bh', 'by'):
            param = getattr(self, name)
            param -= learning_rate * self.grads['d' + name]


class LSTMCell:
    """参数布局同 torch.nn.LSTMCell: 门的顺序 i, f, g, o;两组偏置"""

    def __init__(self, input_size, hidden_size):
        k = 1.0 / np.sqrt(hidden_size)
        self.hidden_size = hidden_size
        self.weight_ih = np.random.uniform(-k, k, (4 * hidden_size, input_size))
        self.weight_hh = np.random.uniform(-k, k, (4 * hidden_size, hidden_size))
        self.bias_ih = np.random.uniform(-k, k, 4 * hidden_size)
        self.bias_hh = np.random.uniform(-k, k, 4 * hidden_size)

    @staticmethod
    def _sigmoid(x):
        out = np.empty_like(x)
        pos = x >= 0
        out[pos] = 1 / (1 + np.exp(-x[pos]))
        e = np.exp(x[~pos])
        out[~pos] = e / (1 + e)
        return out

    def forward(self, input_t, hidden_state, cell_state):
        gates = input_t @ self.weight_ih.T + self.bias_ih + hidden_state @ self.weight_hh.T + self.bias_hh
        i, f, g, o = np.split(gates, 4, axis=1)
        i, f, o = self._sigmoid(i), self._sigmoid(f), self._sigmoid(o)
        c_next = f * cell_state + i * np.tanh(g)
        h_next = o * np.tanh(c_next)
        return h_next, c_next


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 必须 >= 1')
    if seq_type == 'fibonacci':
        seq = np.zeros(length, dtype=np.float64)
        a, b = 1.0, 1.0
        for i in range(length):
            seq[i] = a
            a, b = b, a + b
        return seq
    elif seq_type == 'sine':
        return np.sin(np.linspace(0, 8 * np.pi, length))
    else:
        raise ValueError(f'未知的序列类型: {seq_type}')


def train_rnn_on_sequence():
    T_MAX = 15
    s = np.cos(np.arange(1000) * 0.15)
    train_s, test_s = s[:800], s[800:]
    rng = np.random.RandomState(1)

    def sample_batch(T, n=32):
        """随机抽取训练片段"""
        starts = rng.randint(0, len(train_s) - T - 1, n)
        x = np.stack([train_s[a:a + T] for a in starts], axis=1)
        y = np.stack([train_s[a + 1:a + T + 1] for a in starts], axis=1)
        return x[..., None], y[..., None]

    errors = dict()
    for T in (1, 2, 5, T_MAX):
        rnn = SimpleRNN(1, 16, 1)
        losses = []
        for epoch in range(20):
            running = []
            for _ in range(15):
                x, y = sample_batch(T)
                yhat = np.array(rnn.forward(x)[0])
                running.append(((yhat - y) ** 2).mean())
                rnn.backward((yhat - y) * 2 / (T * 32))
                rnn.update_parameters(0.1)
            losses.append(np.mean(running))
        preds = []
        for a in range(len(test_s) - T):
            preds.append(np.array(rnn.forward(test_s[a:a + T][:, None, None])[0])[-1, 0, 0])
        preds = np.array(preds)
        truth = test_s[T:]
        errors[T] = np.mean((preds - truth) ** 2)
    fig, ax = plt.subplots()
    ax.plot(losses, label='loss')
    ax.set_xlabel('epoch')
    inset = fig.add_axes([0.5, 0.5, 0.35, 0.35])
    inset.plot(truth[:100])
    inset.plot(preds[:100])
    plt.show()
