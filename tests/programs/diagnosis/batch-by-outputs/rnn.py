import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size, bptt_truncate=10**9):
        self.word_dim = input_size
        self.hidden_dim = hidden_size
        self.bptt_truncate = bptt_truncate
        self.U = np.random.uniform(-np.sqrt(1./input_size), np.sqrt(1./input_size), (hidden_size, input_size))
        self.V = np.random.uniform(-np.sqrt(1./hidden_size), np.sqrt(1./hidden_size), (output_size, hidden_size))
        self.W = np.random.uniform(-np.sqrt(1./hidden_size), np.sqrt(1./hidden_size), (hidden_size, hidden_size))
        self.b = np.zeros(hidden_size)
        self.c = np.zeros(output_size)

    def forward_one(self, x):
        T = len(x)
        s = np.zeros((T + 1, self.hidden_dim))
        s[-1] = np.zeros(self.hidden_dim)
        o = np.zeros((T, len(self.c)))
        for t in np.arange(T):
            s[t] = np.tanh(self.U.dot(x[t]) + self.W.dot(s[t-1]) + self.b)
            o[t] = self.V.dot(s[t]) + self.c
        return o, s

    def forward(self, inputs):
        self.x = inputs
        T, N, _ = inputs.shape
        self.S = []
        outs, hs = [], []
        for n in range(N):
            o, s = self.forward_one(inputs[:, n])
            self.S.append(s)
            outs.append(o)
            hs.append(s[:-1])
        return np.stack(outs, axis=1), np.stack(hs, axis=1)

    def bptt(self, x, s, delta_o):
        T = len(x)
        dLdU = np.zeros(self.U.shape)
        dLdV = np.zeros(self.V.shape)
        dLdW = np.zeros(self.W.shape)
        dLdb = np.zeros(self.b.shape)
        dLdc = np.zeros(self.c.shape)
        # For each output backwards...
        for t in np.arange(T)[::-1]:
            dLdV += np.outer(delta_o[t], s[t].T)
            dLdc += delta_o[t]
            # Initial delta calculation
            delta_t = self.V.T.dot(delta_o[t]) * (1 - (s[t] ** 2))
            # Backpropagation through time (for at most self.bptt_truncate steps)
            for bptt_step in np.arange(max(0, t-self.bptt_truncate), t+1)[::-1]:
                dLdW += np.outer(delta_t, s[bptt_step-1])
                dLdU += np.outer(delta_t, x[bptt_step])
                dLdb += delta_t
                # Update delta for next step
                delta_t = self.W.T.dot(delta_t) * (1 - s[bptt_step-1] ** 2)
        return dLdU, dLdV, dLdW, dLdb, dLdc

    def backward(self, d_outputs):
        total = None
        for n in range(d_outputs.shape[2]):
            g = self.bptt(self.x[:, n], self.S[n], d_outputs[:, n])
            total = list(g) if total is None else [a + b for a, b in zip(total, g)]
        self.dU, self.dV, self.dW, self.db, self.dc = total
        return {'U': self.dU, 'V': self.dV, 'W': self.dW, 'b': self.db, 'c': self.dc}

    def update_parameters(self, learning_rate):
        self.U -= learning_rate * self.dU
        self.V -= learning_rate * self.dV
        self.W -= learning_rate * self.dW
        self.b -= learning_rate * self.db
        self.c -= learning_rate * self.dc


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
