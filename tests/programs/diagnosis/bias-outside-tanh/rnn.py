import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.Wxh = np.random.randn(hidden_size, input_size) * 0.1  # input to hidden
        self.Whh = np.random.randn(hidden_size, hidden_size) * 0.1  # hidden to hidden
        self.Why = np.random.randn(output_size, hidden_size) * 0.1  # hidden to output
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def forward(self, inputs):
        xs, hs, ys = {}, {}, {}
        hs[-1] = np.zeros((self.Whh.shape[0], inputs.shape[1]))
        for t in range(len(inputs)):
            xs[t] = inputs[t].T
            hs[t] = np.tanh(np.dot(self.Wxh, xs[t]) + np.dot(self.Whh, hs[t-1])) + self.bh
            ys[t] = np.dot(self.Why, hs[t]) + self.by
        self.xs, self.hs, self.ys = xs, hs, ys
        outputs = np.array([ys[t].T for t in range(len(inputs))])
        hidden_states = np.array([hs[t].T for t in range(len(inputs))])
        return outputs, hidden_states

    def backward(self, d_outputs):
        xs, hs = self.xs, self.hs
        dWxh, dWhh, dWhy = np.zeros_like(self.Wxh), np.zeros_like(self.Whh), np.zeros_like(self.Why)
        dbh, dby = np.zeros_like(self.bh), np.zeros_like(self.by)
        dhnext = np.zeros_like(hs[0])
        for t in reversed(range(len(xs))):
            dy = d_outputs[t].T
            dWhy += np.dot(dy, hs[t].T)
            dby += dy.sum(axis=1, keepdims=True)
            dh = np.dot(self.Why.T, dy) + dhnext  # backprop into h
            dhraw = (1 - hs[t] * hs[t]) * dh  # backprop through tanh nonlinearity
            dbh += dhraw.sum(axis=1, keepdims=True)
            dWxh += np.dot(dhraw, xs[t].T)
            dWhh += np.dot(dhraw, hs[t-1].T)
            dhnext = np.dot(self.Whh.T, dhraw)
        for dparam in [dWxh, dWhh, dWhy, dbh, dby]:
            np.clip(dparam, -5, 5, out=dparam)  # clip to mitigate exploding gradients
        self.dWxh, self.dWhh, self.dWhy, self.dbh, self.dby = dWxh, dWhh, dWhy, dbh, dby
        return {'Wxh': dWxh, 'Whh': dWhh, 'Why': dWhy, 'bh': dbh, 'by': dby}

    def update_parameters(self, learning_rate):
        for param, dparam in zip([self.Wxh, self.Whh, self.Why, self.bh, self.by],
                                 [self.dWxh, self.dWhh, self.dWhy, self.dbh, self.dby]):
            param += -learning_rate * dparam


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
