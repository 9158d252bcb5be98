import numpy as np


class SimpleRNN:
    """deltas first, all gradients after the loop by reshape"""

    def __init__(self, input_size, hidden_size, output_size):
        k = 0.3
        self.W_xh = k * np.random.randn(input_size, hidden_size)
        self.W_hh = k * np.random.randn(hidden_size, hidden_size)
        self.W_hy = k * np.random.randn(hidden_size, output_size)
        self.b_h, self.b_y = np.zeros(hidden_size), np.zeros(output_size)

    def forward(self, inputs):
        T, B, I = inputs.shape
        H = self.b_h.size
        self.X = inputs.copy()
        self.Hs = np.zeros((T + 1, B, H))
        XW = inputs @ self.W_xh + self.b_h
        for t in range(1, T + 1):
            self.Hs[t] = np.tanh(XW[t - 1] + self.Hs[t - 1] @ self.W_hh)
        Y = self.Hs[1:] @ self.W_hy + self.b_y
        return Y, self.Hs[1:].copy()

    def backward(self, d_outputs):
        T, B, O = d_outputs.shape
        H = self.b_h.size
        delta = np.zeros((T + 1, B, H))
        dH = d_outputs @ self.W_hy.T + self.Hs[1:]
        slope = 1 - self.Hs[1:] ** 2
        for t in range(T - 1, -1, -1):
            delta[t] = (dH[t] + delta[t + 1] @ self.W_hh.T) * slope[t]
        delta = delta[:-1]
        flat = delta.reshape(T * B, H)
        self.d = {}
        self.d['W_xh'] = self.X.reshape(T * B, -1).T @ flat
        self.d['W_hh'] = self.Hs[:-1].reshape(T * B, H).T @ flat
        self.d['b_h'] = flat.sum(axis=0)
        self.d['W_hy'] = self.Hs[1:].reshape(T * B, H).T @ d_outputs.reshape(T * B, O)
        self.d['b_y'] = d_outputs.reshape(-1, O).sum(axis=0)
        return self.d

    def update_parameters(self, learning_rate):
        for name in ['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y']:
            setattr(self, name, getattr(self, name) - learning_rate * self.d[name])


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
