#!/usr/bin/env python
# coding: utf-8

# In[1]:


import numpy as np
import matplotlib.pyplot as plt


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate in 'fico':
            setattr(self, 'W_' + gate, np.random.uniform(-1, 1, (input_size, hidden_size)) / np.sqrt(input_size))
            setattr(self, 'U_' + gate, np.random.uniform(-1, 1, (hidden_size, hidden_size)) / np.sqrt(hidden_size))
            setattr(self, 'b_' + gate, np.zeros(hidden_size))

    def _gate(self, name, x, h):
        return x @ getattr(self, 'W_' + name) + h @ getattr(self, 'U_' + name) + getattr(self, 'b_' + name)

    @staticmethod
    def _sig(z):
        # σ(z) = (1 + tanh(z/2)) / 2, 不会溢出
        return 0.5 * (1.0 + np.tanh(0.5 * z))

    def forward(self, input_t, hidden_state, cell_state):
        f, i, o = (self._sig(self._gate(n, input_t, hidden_state)) for n in 'fio')
        g = np.tanh(self._gate('c', input_t, hidden_state))
        c = f * cell_state + i * g
        h = o * np.tanh(c)
        return h, c


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        # 记住各个维度
        self.I, self.H, self.O = input_size, hidden_size, output_size
        # 所有参数放在一个字典里, 方便后面统一更新
        self.params = {}
        self.params['W_xh'] = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.params['W_hh'] = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.params['b_h'] = np.zeros((hidden_size,))
        self.params['W_hy'] = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.params['b_y'] = np.zeros((output_size,))
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    def forward(self, inputs):
        p = self.params
        T, B = inputs.shape[0], inputs.shape[1]
        # h 比输入多一个位置: h[0] 是初始状态(全零), h[t+1] 才是第 t 步之后的状态
        h = np.zeros((T + 1, B, self.H))
        y = np.zeros((T, B, self.O))
        for t in range(T):
            a = np.dot(inputs[t], p['W_xh']) + np.dot(h[t], p['W_hh']) + p['b_h']
            h[t + 1] = np.tanh(a)
            y[t] = np.dot(h[t + 1], p['W_hy']) + p['b_y']
        # 反向传播时要用
        self.x = inputs
        SimpleRNN.h = h
        return y, h[1:]

    def backward(self, d_outputs):
        p = self.params
        x, h = self.x, self.h
        T, B, _ = d_outputs.shape
        g = {k: np.zeros_like(v) for k, v in p.items()}
        carry = np.zeros((B, self.H))      # 从后一时刻传回来的梯度
        for t in range(T - 1, -1, -1):
            g['W_hy'] += np.dot(h[t + 1].T, d_outputs[t])
            g['b_y'] += np.sum(d_outputs[t], axis=0)
            dh = np.dot(d_outputs[t], p['W_hy'].T) + carry
            da = dh * (1 - h[t + 1] * h[t + 1])   # tanh 的导数
            g['W_xh'] += np.dot(x[t].T, da)
            g['W_hh'] += np.dot(h[t].T, da)
            g['b_h'] += np.sum(da, axis=0)
            carry = np.dot(da, p['W_hh'].T)
        self.grads = g
        return g

    def update_parameters(self, learning_rate):
        # 普通梯度下降
        for k in self.params:
            self.params[k] = self.params[k] - learning_rate * self.grads[k]


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


class Experiment:
    """Everything that belongs to one sequence length."""

    def __init__(self, train, test, steps, hidden=24):
        self.mu = np.mean(train)
        self.sigma = np.std(train)
        self.steps = steps
        self.train = (train - self.mu) / self.sigma
        # the last `steps` training terms serve as context for the first prediction
        context = np.concatenate([train[-steps:], test])
        self.test = (context - self.mu) / self.sigma
        self.truth = test
        self.net = SimpleRNN(1, hidden, 1)
        self.history = []

    def batch(self, s):
        from numpy.lib.stride_tricks import sliding_window_view
        w = sliding_window_view(s, self.steps + 1)
        w = w.T[:, :, None]
        return w[:-1], w[-1]

    def run(self, epochs, rate):
        x, y = self.batch(self.train)
        n = y.shape[0]
        for _ in range(epochs):
            loss = 0.0
            for chunk in np.array_split(np.random.permutation(n), 8):
                out, hid = self.net.forward(x[:, chunk])
                residual = out[-1] - y[chunk]
                loss += float((residual ** 2).sum())
                grad = np.zeros(out.shape)
                grad[-1] = residual / len(chunk)
                self.net.backward(grad)
                self.net.update_parameters(rate)
            self.history.append(loss / n)
        return self

    def forecast(self):
        x, _ = self.batch(self.test)
        out, _ = self.net.forward(x)
        return out[-1, :, 0] * self.sigma + self.mu

    def error(self):
        return float(np.abs(self.forecast() - self.truth).mean())


def train_rnn_on_sequence():
    np.random.seed(7)
    series = generate_sequence_data('sine', 400)
    cut = 300
    experiments = {}
    for steps in (6, 12, 24):
        experiments[steps] = Experiment(series[:cut], series[cut:], steps).run(epochs=150, rate=0.05)
    errors = {steps: e.error() for steps, e in experiments.items()}
    main = experiments[12]

    figure, (left, right) = plt.subplots(2, 1)
    left.semilogy(main.history)
    left.set_ylabel('loss')
    right.plot(main.truth, 'k', lw=1, label='truth')
    right.plot(main.forecast(), 'r.', ms=3, label='forecast')
    right.legend()

    return dict(losses=main.history, predictions=main.forecast(), targets=main.truth.copy(),
                error_by_length=errors, figure=figure)


if __name__ == "__main__":
    结果 = train_rnn_on_sequence()
    print("最终损失:", 结果["losses"][-1])
    结果["figure"].savefig("result.png")
