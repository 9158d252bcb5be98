import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        def glorot(n, m):
            lim = (6 / (n + m)) ** 0.5
            return np.random.uniform(-lim, lim, size=(n, m))
        self.W_xh = glorot(input_size, hidden_size)
        self.W_hh = glorot(hidden_size, hidden_size)
        self.b_h = np.zeros((1, hidden_size))
        self.W_hy = glorot(hidden_size, output_size)
        self.b_y = np.zeros((1, output_size))
        self.cache = []

    def forward(self, inputs):
        self.cache = []
        T, B, I = inputs.shape
        h = np.zeros((B, self.W_hh.shape[0]))
        outputs = np.zeros((T, B, self.W_hy.shape[1]))
        hidden_states = np.zeros((T, B, self.W_hh.shape[0]))
        for t in range(T - 1):
            h_prev = np.zeros_like(h)
            z = inputs[t] @ self.W_xh + h_prev @ self.W_hh + self.b_h
            h = np.tanh(z)
            outputs[t] = h @ self.W_hy + self.b_y
            hidden_states[t] = h
            self.cache.append((inputs[t], h_prev, h))
        return outputs, hidden_states

    def backward(self, d_outputs):
        cache = list(self.cache)
        dW_xh = dW_hh = dW_hy = db_h = db_y = 0
        dh_next = 0
        t = len(cache) - 1
        while cache:
            x, h_prev, h = cache.pop()
            dy = d_outputs[t]
            dW_hy = dW_hy + h.T @ dy
            db_y = db_y + np.sum(dy, axis=0, keepdims=True)
            dh = dy @ self.W_hy.T + dh_next
            dz = dh * (1 - h ** 2)
            dW_xh = dW_xh + x.T @ dz
            dW_hh = dW_hh + h_prev.T @ dz
            db_h = db_h + np.sum(dz, axis=0, keepdims=True)
            dh_next = dz @ self.W_hh.T
            t -= 1
        self.gradients = dict(W_xh=dW_xh, W_hh=dW_hh, b_h=db_h, W_hy=dW_hy, b_y=db_y)
        return self.gradients

    def update_parameters(self, learning_rate):
        g = self.gradients
        self.W_xh = self.W_xh - learning_rate * g['W_xh']
        self.W_hh = self.W_hh - learning_rate * g['W_hh']
        self.b_h = self.b_h - learning_rate * g['b_h']
        self.W_hy = self.W_hy - learning_rate * g['W_hy']
        self.b_y = self.b_y - learning_rate * g['b_y']


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
