import numpy as np


class Tanh:
    def forward(self, z):
        self.out = np.tanh(z)
        return self.out

    def backward(self, grad):
        return grad * (1.0 - self.out ** 2)


class Linear:
    """y = x W (+ b)"""

    def __init__(self, W, b, dW, db):
        self.W, self.b, self.dW, self.db = W, b, dW, db

    def forward(self, x):
        self.x = x
        y = x @ self.W
        if self.b is not None:
            y = y + self.b
        return y

    def backward(self, grad):
        self.dW += self.x.T @ grad
        if self.b is not None:
            self.db += grad.sum(0)
        return grad @ self.W.T


class StepUnit:
    def __init__(self, net):
        self.inp = Linear(net.W_xh, net.b_h, net.grads['W_xh'], net.grads['b_h'])
        self.rec = Linear(net.W_hh, None, net.grads['W_hh'], None)
        self.out = Linear(net.W_hy, net.b_y, net.grads['W_hy'], net.grads['b_y'])
        self.act = Tanh()

    def forward(self, x, h):
        h = self.act.forward(self.inp.forward(x) + self.rec.forward(h))
        return self.out.forward(h), h

    def backward(self, dy, dh_next):
        dh = self.out.backward(dy) + dh_next
        dz = self.act.backward(dh)
        self.inp.backward(dz)
        return self.rec.backward(dz)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        rng = np.random.default_rng()
        self.W_xh = rng.normal(0, 1 / np.sqrt(input_size), (input_size, hidden_size))
        self.W_hh = rng.normal(0, 1 / np.sqrt(hidden_size), (hidden_size, hidden_size))
        self.b_h = np.zeros(hidden_size)
        self.W_hy = rng.normal(0, 1 / np.sqrt(hidden_size), (hidden_size, output_size))
        self.b_y = np.zeros(output_size)

    def zero_grad(self):
        self.grads = {k: np.zeros_like(getattr(self, k)) for k in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}

    def forward(self, inputs):
        self.zero_grad()
        self.units = []
        h = np.zeros((inputs.shape[1], self.W_hh.shape[0]))
        ys, hs = [], []
        unit = StepUnit(self)
        for x in inputs:
            y, h = unit.forward(x, h)
            self.units.append(unit)
            ys.append(y)
            hs.append(h)
        return np.array(ys), np.array(hs)

    def backward(self, d_outputs):
        for g in self.grads.values():
            g[...] = 0
        dh = np.zeros((d_outputs.shape[1], self.W_hh.shape[0]))
        for unit, dy in zip(reversed(self.units), reversed(d_outputs)):
            dh = unit.backward(dy, dh)
        return self.grads

    def update_parameters(self, learning_rate):
        for name, g in self.grads.items():
            getattr(self, name)[...] -= learning_rate * g


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for g in "fico":
            setattr(self, "W_" + g, np.random.randn(input_size, hidden_size) * 0.1)
            setattr(self, "U_" + g, np.random.randn(hidden_size, hidden_size) * 0.1)
            setattr(self, "b_" + g, np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        def gate(g):
            return input_t @ getattr(self, "W_" + g) + hidden_state @ getattr(self, "U_" + g) + getattr(self, "b_" + g)
        s = lambda z: 0.5 * (1 + np.tanh(0.5 * z))
        c = s(gate("f")) * cell_state + s(gate("i")) * np.tanh(gate("c"))
        return s(gate("o")) * np.tanh(c), c
