import numpy as np

RNG = np.random.default_rng(6)


def xavier(fan_in, fan_out):
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return RNG.uniform(-limit, limit, (fan_in, fan_out))


class Layer:
    def __init__(self):
        self.trainable = False


class Linear(Layer):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.W = xavier(n_in, n_out)
        self.b = np.zeros(n_out)
        self.zero_grad()

    def zero_grad(self):
        self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)

    def forward(self, x):
        return x @ self.W + self.b

    def backward(self, x, dy):
        self.dW += x.T @ dy
        self.db += dy.sum(axis=0)
        return dy @ self.W.T


class SimpleRNN(Layer):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.H = hidden_size
        self.hidden = Linear(input_size + hidden_size, hidden_size)
        self.out = Linear(hidden_size, output_size)

    def forward(self, inputs):
        h = np.zeros((inputs.shape[1], self.H))
        self.xs, self.hs, ys = [], [], []
        for t in range(len(inputs)):
            x = np.concatenate([inputs[t], h], axis=1)
            h = np.tanh(self.hidden.forward(x))
            ys.append(self.out.forward(h))
            self.xs.append(x)
            self.hs.append(h)
        return np.array(ys), np.array(self.hs)

    def backward(self, d_outputs):
        self.hidden.zero_grad()
        self.out.zero_grad()
        dh = 0
        for t in reversed(range(len(d_outputs))):
            dh = self.out.backward(self.hs[t], d_outputs[t]) + dh
            dx = self.hidden.backward(self.xs[t], dh * (1 - self.hs[t] ** 2))
            dh = dx[:, -self.H:]
        return {"W": self.hidden.dW, "b": self.hidden.db, "V": self.out.dW, "c": self.out.db}

    def update_parameters(self, learning_rate):
        for layer in (self.hidden, self.out):
            layer.W = layer.W - learning_rate * layer.dW
            layer.b = layer.b - learning_rate * layer.db


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate in "fico":
            setattr(self, "W_" + gate, xavier(input_size, hidden_size))
            setattr(self, "U_" + gate, xavier(hidden_size, hidden_size))
            setattr(self, "b_" + gate, np.zeros(hidden_size))

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def tanh(self, z):
        return np.tanh(z)

    def forward(self, input_t, hidden_state, cell_state):
        x, h = input_t, hidden_state
        f = self.sigmoid(x @ self.W_f + h @ self.U_f + self.b_f)
        i = self.sigmoid(x @ self.W_i + h @ self.U_i + self.b_i)
        g = self.tanh(x @ self.W_c + h @ self.U_c + self.b_c)
        o = self.sigmoid(x @ self.W_o + h @ self.U_o + self.b_o)
        c = f * cell_state + i * g
        return o * self.tanh(c), c
