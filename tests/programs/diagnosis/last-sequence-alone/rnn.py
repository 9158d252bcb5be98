import math
import numpy as np


class SimpleRNN:
    """plain loops, every element by itself"""

    def __init__(self, input_size, hidden_size, output_size):
        self.I, self.H, self.O = input_size, hidden_size, output_size
        self.W_xh = np.random.uniform(-0.4, 0.4, (self.I, self.H))
        self.W_hh = np.random.uniform(-0.4, 0.4, (self.H, self.H))
        self.b_h = np.zeros(self.H)
        self.W_hy = np.random.uniform(-0.4, 0.4, (self.H, self.O))
        self.b_y = np.zeros(self.O)

    def forward(self, inputs):
        self.T, self.B = len(inputs), len(inputs[0])
        self.x = inputs
        self.h = np.zeros((self.T, self.B, self.H))
        y = np.zeros((self.T, self.B, self.O))
        for t in range(self.T):
            for b in range(self.B):
                for j in range(self.H):
                    s = self.b_h[j]
                    for i in range(self.I):
                        s += inputs[t][b][i] * self.W_xh[i][j]
                    if t > 0:
                        for i in range(self.H):
                            s += self.h[t - 1][b][i] * self.W_hh[i][j]
                    self.h[t][b][j] = math.tanh(s)
                for k in range(self.O):
                    y[t][b][k] = self.b_y[k] + sum(self.h[t][b][j] * self.W_hy[j][k] for j in range(self.H))
        return y, self.h.copy()

    def backward(self, d_outputs):
        g = {n: np.zeros(getattr(self, n).shape) for n in ("W_xh", "W_hh", "b_h", "W_hy", "b_y")}
        for b in range(self.B):
            carry = [0.0] * self.H
            for t in range(self.T - 1, -1, -1):
                dz = [0.0] * self.H
                for j in range(self.H):
                    dh = carry[j]
                    for k in range(self.O):
                        g["W_hy"][j][k] += self.h[t][b][j] * d_outputs[t][b][k]
                        dh += self.W_hy[j][k] * d_outputs[t][b][k]
                    dz[j] = dh * (1 - self.h[t][b][j] ** 2)
                for k in range(self.O):
                    g["b_y"][k] = d_outputs[t][b][k]
                for j in range(self.H):
                    g["b_h"][j] += dz[j]
                    for i in range(self.I):
                        g["W_xh"][i][j] += self.x[t][b][i] * dz[j]
                    if t > 0:
                        for i in range(self.H):
                            g["W_hh"][i][j] += self.h[t - 1][b][i] * dz[j]
                carry = [0.0] * self.H
                for i in range(self.H):
                    for j in range(self.H):
                        carry[i] += self.W_hh[i][j] * dz[j]
        self.g = g
        return g

    def update_parameters(self, learning_rate):
        for n, d in self.g.items():
            p = getattr(self, n)
            for index in np.ndindex(p.shape):
                p[index] -= learning_rate * d[index]


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
