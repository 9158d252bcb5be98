"""用小对象组织: Linear 层和 Gate; 权重 (out, in), 两组隐藏偏置, 梯度存在对象上"""
import math

import matplotlib.pyplot as plt
import numpy as np

np.random.seed(7)


class Linear:
    def __init__(self, n_in, n_out):
        bound = 1 / math.sqrt(n_in)
        self.weight = np.random.uniform(-bound, bound, (n_out, n_in))
        self.bias = np.zeros(n_out)
        self.grad_weight = np.zeros_like(self.weight)
        self.grad_bias = np.zeros_like(self.bias)

    def __call__(self, x):
        return x @ self.weight.T + self.bias

    def zero_grad(self):
        self.grad_weight[...] = 0
        self.grad_bias[...] = 0

    def accumulate(self, x, d):
        self.grad_weight += d.T @ x
        self.grad_bias += d.sum(axis=0)
        return d @ self.weight

    def descend(self, rate):
        self.weight -= rate * self.grad_weight
        self.bias -= rate * self.grad_bias


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.from_input = Linear(input_size, hidden_size)
        self.from_state = Linear(hidden_size, hidden_size)
        self.to_output = Linear(hidden_size, output_size)
        self.width = hidden_size

    def forward(self, inputs):
        steps, batch, _ = inputs.shape
        self.tape = []
        state = np.zeros((batch, self.width))
        outputs, states = [], []
        for t in range(steps):
            before = np.zeros_like(state)
            signal = self.from_input(inputs[t]) + self.from_state(before)
            state = np.tanh(signal)
            self.tape.append((inputs[t], before, state))
            states.append(state)
            outputs.append(self.to_output(state))
        return outputs, states

    def backward(self, d_outputs):
        for layer in (self.from_input, self.from_state, self.to_output):
            layer.zero_grad()
        later = np.zeros((d_outputs.shape[1], self.width))
        for t in reversed(range(len(self.tape))):
            x, before, state = self.tape[t]
            d_out = d_outputs[t]
            d_state = self.to_output.accumulate(state, d_out) + later
            d_signal = d_state * (1 - state ** 2)
            self.from_input.accumulate(x, d_signal)
            later = self.from_state.accumulate(before, d_signal)

    def update_parameters(self, learning_rate):
        for layer in (self.from_input, self.from_state, self.to_output):
            layer.descend(learning_rate)


def logistic(v):
    return np.where(v >= 0, 1 / (1 + np.exp(-np.abs(v))), np.exp(-np.abs(v)) / (1 + np.exp(-np.abs(v))))


class Gate:
    def __init__(self, n_in, n_hidden, squash):
        self.x_part = Linear(n_in, n_hidden)
        self.h_part = Linear(n_hidden, n_hidden)
        self.squash = squash

    def __call__(self, x, h):
        return self.squash(self.x_part(x) + self.h_part(h))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.keep = Gate(input_size, hidden_size, logistic)
        self.write = Gate(input_size, hidden_size, logistic)
        self.show = Gate(input_size, hidden_size, logistic)
        self.content = Gate(input_size, hidden_size, np.tanh)

    def forward(self, input_t, hidden_state, cell_state):
        x, h = input_t, hidden_state
        kept = self.keep(x, h)
        written = self.write(x, h)
        shown = self.show(x, h)
        new = self.content(x, h)
        cell = kept * cell_state + written * new
        hidden = shown * np.tanh(cell)
        return hidden, cell


def fibonacci_numbers():
    a, b = 0, 1
    while True:
        yield float(a)
        a, b = b, a + b


MAKERS = {
    'fibonacci': lambda n: [v for v, _ in zip(fibonacci_numbers(), range(n))],
    'sine': lambda n: [math.sin(0.17 * k) for k in range(n)],
    'triangle': lambda n: [abs(k % 14 - 7) / 7 for k in range(n)],
}


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('序列长度至少为 1')
    if seq_type not in MAKERS:
        raise ValueError('没有这种序列')
    return np.array(MAKERS[seq_type](length), dtype=np.float64)


def pairs(z, steps):
    starts = range(len(z) - steps)
    x = np.stack([z[s:s + steps] for s in starts], axis=1)[..., None]
    y = np.stack([z[s + 1:s + steps + 1] for s in starts], axis=1)[..., None]
    return x, y


def learn(rnn, x, y, rounds=40, rate=0.08, size=50):
    log = []
    for _ in range(rounds):
        total = 0.0
        for s in range(0, x.shape[1], size):
            xb, yb = x[:, s:s + size], y[:, s:s + size]
            diff = np.stack(rnn.forward(xb)[0]) - yb
            total += np.sum(diff ** 2)
            rnn.backward(2 * diff / diff.size)
            rnn.update_parameters(rate)
        log.append(total / y.size)
    return log


def train_rnn_on_sequence():
    wave = np.sin(0.4 * np.arange(640)) + 0.7 * np.sin(0.13 * np.arange(640)) + 1
    seen, unseen = wave[:480], wave[480:]
    shift, factor = seen.mean(), seen.std()
    report = {}
    for steps in (2, 5, 15):
        rnn = SimpleRNN(1, 12, 1)
        log = learn(rnn, *pairs((seen - shift) / factor, steps))
        x, y = pairs((unseen - shift) / factor, steps)
        actual = y[-1, :, 0] * factor + shift
        forecast = np.stack(rnn.forward(x)[0])[-1, :, 0] * factor + shift
        report[steps] = float(np.mean(np.square(forecast - actual)))
    fig = plt.figure(figsize=(6, 6))
    top, bottom = fig.subplots(2)
    top.plot(log)
    bottom.plot(actual, 'k')
    bottom.plot(forecast, 'r--')
    return {'losses': log, 'predictions': forecast, 'targets': actual, 'error_by_length': report, 'figure': fig}
