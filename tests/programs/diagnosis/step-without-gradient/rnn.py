import numpy as np


class SimpleRNN:
    """list of parameters, numbered"""

    def __init__(self, input_size, hidden_size, output_size):
        shapes = [(input_size, hidden_size), (hidden_size, hidden_size), (hidden_size,),
                  (hidden_size, output_size), (output_size,)]
        self.params = [np.random.normal(0, 0.2, s) if len(s) == 2 else np.zeros(s) for s in shapes]
        self.grads = [np.zeros(s) for s in shapes]

    def forward(self, inputs):
        Wx, Wh, bh, Wy, by = self.params
        self.inputs = inputs
        self.h = [np.zeros((inputs.shape[1], Wh.shape[0]))]
        outputs = []
        for xt in inputs:
            self.h.append(np.tanh(np.matmul(xt, Wx) + np.matmul(self.h[-1], Wh) + bh))
            outputs.append(np.matmul(self.h[-1], Wy) + by)
        return np.asarray(outputs), np.asarray(self.h[1:])

    def backward(self, d_outputs):
        Wx, Wh, bh, Wy, by = self.params
        self.grads = [np.zeros_like(p) for p in self.params]
        dWx, dWh, dbh, dWy, dby = self.grads
        d_next = np.zeros_like(self.h[0])
        for t in range(len(d_outputs) - 1, -1, -1):
            h, h_last = self.h[t + 1], self.h[t]
            dWy += np.matmul(h.T, d_outputs[t])
            dby += d_outputs[t].sum(axis=0)
            d = np.matmul(d_outputs[t], Wy.T) + d_next
            d = d * (1 - h * h)
            dWx += np.matmul(self.inputs[t].T, d)
            dWh += np.matmul(h_last.T, d)
            dbh += d.sum(axis=0)
            d_next = np.matmul(d, Wh.T)
        return dict(zip(['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y'], self.grads))

    def update_parameters(self, learning_rate):
        for p, g in zip(self.params, self.grads):
            p -= learning_rate * p


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
