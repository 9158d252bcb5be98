import numpy as np
from types import SimpleNamespace
from itertools import accumulate


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        r = np.random.RandomState()
        self.p = SimpleNamespace(
            Wi=r.standard_normal((input_size, hidden_size)) * (1 / input_size) ** .5,
            Wr=r.standard_normal((hidden_size, hidden_size)) * (1 / hidden_size) ** .5,
            br=np.zeros(hidden_size),
            Wo=r.standard_normal((hidden_size, output_size)) * (1 / hidden_size) ** .5,
            bo=np.zeros(output_size),
        )

    def forward(self, inputs):
        p = self.p
        h0 = np.zeros((inputs.shape[1], p.br.size))
        states = list(accumulate(inputs, lambda h, x: np.tanh(x @ p.Wi) + np.tanh(h @ p.Wr + p.br), initial=h0))
        self.saved = inputs, np.array(states)
        H = self.saved[1][1:]
        return np.einsum('tbh,ho->tbo', H, p.Wo) + p.bo, H.copy()

    def backward(self, d_outputs):
        p, (X, S) = self.p, self.saved
        back = np.zeros_like(S[0])
        D = []
        for t in range(len(X), 0, -1):
            back = (d_outputs[t - 1] @ p.Wo.T + back) * (1 - S[t] ** 2)
            D.insert(0, back)
            back = back @ p.Wr.T
        D = np.array(D)
        self.g = SimpleNamespace(
            Wi=np.einsum('tbi,tbh->ih', X, D),
            Wr=np.einsum('tbi,tbh->ih', S[:-1], D),
            br=np.einsum('tbh->h', D),
            Wo=np.einsum('tbh,tbo->ho', S[1:], d_outputs),
            bo=np.einsum('tbo->o', d_outputs),
        )
        return vars(self.g)

    def update_parameters(self, learning_rate):
        for name in vars(self.p):
            vars(self.p)[name] = vars(self.p)[name] - learning_rate * vars(self.g)[name]


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
