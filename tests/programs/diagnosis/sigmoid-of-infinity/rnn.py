import numpy as np
import matplotlib.pyplot as plt

class Param:

    def __init__(self, value):
        self.value = value
        self.grad = np.zeros_like(value)

    def step(self, lr):
        self.value -= lr * self.grad

class Module:

    def parameters(self):
        for key, item in vars(self).items():
            if isinstance(item, Param):
                yield (key, item)

    def zero_grad(self):
        for _, p in self.parameters():
            p.grad[...] = 0

class SimpleRNN(Module):

    def __init__(self, input_size, hidden_size, output_size):
        glorot = lambda a, b: Param(np.random.randn(a, b) * np.sqrt(2.0 / (a + b)))
        self.pW_xh = glorot(input_size, hidden_size)
        self.pW_hh = glorot(hidden_size, hidden_size)
        self.pb_h = Param(np.zeros(hidden_size))
        self.pW_hy = glorot(hidden_size, output_size)
        self.pb_y = Param(np.zeros(output_size))
        self.W_xh, self.W_hh, self.b_h = (self.pW_xh.value, self.pW_hh.value, self.pb_h.value)
        self.W_hy, self.b_y = (self.pW_hy.value, self.pb_y.value)

    def forward(self, inputs):
        self.tape = []
        h = np.zeros((inputs.shape[1], self.b_h.size))
        outputs, states = ([], [])
        for x in inputs:
            prev = h
            h = np.tanh(x @ self.W_xh + prev @ self.W_hh + self.b_h)
            self.tape.append({'x': x, 'prev': prev, 'h': h})
            states.append(h)
            outputs.append(h @ self.W_hy + self.b_y)
        return (np.array(outputs), np.array(states))

    def backward(self, d_outputs):
        self.zero_grad()
        upstream = None
        for t in range(len(self.tape) - 1, -1, -1):
            node, dy = (self.tape[t], d_outputs[t])
            self.pW_hy.grad += node['h'].T @ dy
            self.pb_y.grad += dy.sum(axis=0)
            dh = dy @ self.W_hy.T
            if upstream is not None:
                dh += upstream
            dz = (1 - node['h'] ** 2) * dh
            self.pW_xh.grad += node['x'].T @ dz
            self.pW_hh.grad += node['prev'].T @ dz
            self.pb_h.grad += dz.sum(axis=0)
            upstream = dz @ self.W_hh.T
        return {key[1:]: p.grad.copy() for key, p in self.parameters()}

    def update_parameters(self, learning_rate):
        for _, p in self.parameters():
            p.step(learning_rate)

class LSTMCell(Module):

    def __init__(self, input_size, hidden_size):
        scale = 1.0 / np.sqrt(hidden_size)
        for gate in ['f', 'i', 'c', 'o']:
            self.__dict__['W_' + gate] = np.random.uniform(-scale, scale, (input_size, hidden_size))
            self.__dict__['U_' + gate] = np.random.uniform(-scale, scale, (hidden_size, hidden_size))
            self.__dict__['b_' + gate] = np.zeros(hidden_size)

    def linear(self, gate, x, h):
        W, U, b = (self.__dict__[k + '_' + gate] for k in 'WUb')
        return np.dot(x, W) + np.dot(h, U) + b

    def forward(self, input_t, hidden_state, cell_state):
        sigmoid = lambda v: np.tanh(v / 0) / 2 + 0.5
        f = sigmoid(self.linear('f', input_t, hidden_state))
        i = sigmoid(self.linear('i', input_t, hidden_state))
        g = np.tanh(self.linear('c', input_t, hidden_state))
        o = sigmoid(self.linear('o', input_t, hidden_state))
        new_cell = i * g + f * cell_state
        return (np.tanh(new_cell) * o, new_cell)

class Sequence:

    def __init__(self, first, rule):
        self.first, self.rule = (first, rule)

    def take(self, n):
        out = list(self.first)
        while len(out) < n:
            out.append(self.rule(out))
        return np.array(out[:n], dtype=np.float64)

def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length < 1')
    if seq_type == 'fibonacci':
        return Sequence([1.0, 1.0], lambda s: s[-1] + s[-2]).take(length)
    if seq_type == 'sine':
        return Sequence([], lambda s: float(np.sin(len(s) * np.pi / 12))).take(length)
    raise ValueError('unknown sequence ' + repr(seq_type))

def supervised(values, L):
    x = np.stack([values[i:len(values) - L + i] for i in range(L)])[:, :, np.newaxis]
    return (x, values[L:])

def train_rnn_on_sequence():
    values = generate_sequence_data('sine', 480)
    train, test_start = (values[:400], 400)
    out = {'error_by_length': {}}
    for L in [6, 12, 18]:
        rnn = SimpleRNN(1, 18, 1)
        x, y = supervised(train, L)
        losses = []
        for epoch in range(260):
            pred, _ = rnn.forward(x)
            delta = pred[-1, :, 0] - y
            losses.append(float((delta ** 2).mean()))
            d = np.zeros(pred.shape)
            d[-1, :, 0] = 2 / len(y) * delta
            rnn.backward(d)
            rnn.update_parameters(0.1)
        x, y = supervised(values[test_start - L:], L)
        pred = rnn.forward(x)[0][-1, :, 0]
        out['error_by_length'][L] = float(((pred - y) ** 2).mean())
        if L == 12:
            out.update(losses=losses, predictions=pred, targets=y)
    fig = plt.figure(figsize=(9, 3))
    ax = fig.add_subplot(1, 2, 1)
    ax.plot(out['losses'])
    ax.set_xlabel('epoch')
    ax = fig.add_subplot(1, 2, 2)
    ax.plot(out['targets'], label='true')
    ax.plot(out['predictions'], label='predicted')
    ax.legend()
    out['figure'] = fig
    return out
