import numpy as np

RNG = np.random.default_rng(6)


def xavier(fan_in, fan_out):
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return RNG.uniform(-limit, limit, (fan_in, fan_out))


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.H = hidden_size
        self.W_xh = xavier(input_size, hidden_size)
        self.W_hh = xavier(hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = xavier(hidden_size, output_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        self.x = inputs
        h = np.zeros((inputs.shape[1], self.H))
        self.hs = [h]
        ys = []
        for t in range(len(inputs)):
            h = np.tanh(inputs[t] @ self.W_xh + h @ self.W_hh + self.b_h)
            self.hs.append(h)
            ys.append(h @ self.W_hy + self.b_y)
        return np.array(ys), np.array(self.hs[1:])

    def backward(self, d_outputs):
        dW_xh = np.zeros_like(self.W_xh)
        dW_hh = np.zeros_like(self.W_hh)
        db_h = np.zeros_like(self.b_h)
        dW_hy = np.zeros_like(self.W_hy)
        db_y = np.zeros_like(self.b_y)
        dh_next = np.zeros_like(self.hs[0])
        for t in reversed(range(len(self.x))):
            dy = d_outputs[t]
            dW_hy += self.hs[t + 1].T @ dy
            db_y += dy.sum(axis=0)
            dh = dy @ self.W_hy.T + dh_next
            dz = dh * (1 - self.hs[t + 1] ** 2)
            dW_xh += self.x[t].T @ dz
            dW_hh += self.hs[t].T @ dz
            db_h += dz.sum(axis=0)
            dh_next = dz @ self.W_hh.T
        self.grads = {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "W_hy": dW_hy, "b_y": db_y}
        return self.grads

    def update_parameters(self, learning_rate):
        for k, g in self.grads.items():
            setattr(self, k, getattr(self, k) - learning_rate * g)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate in "fico":
            setattr(self, "W_" + gate, xavier(input_size, hidden_size))
            setattr(self, "U_" + gate, xavier(hidden_size, hidden_size))
            setattr(self, "b_" + gate, np.zeros(hidden_size))

    def net(self, gate, x, h):
        W, U, b = (getattr(self, kind + "_" + gate) for kind in "WUb")
        return x.dot(W) + h.dot(U) + b

    def forward(self, input_t, hidden_state, cell_state):
        f, i, o = (
            1 / (1 + np.exp(-np.clip(self.net(gate, input_t, hidden_state), -500, 500)))
            for gate in "fio"
        )
        f = np.maximum(f, 0.02)
        c = f * cell_state + i * np.tanh(self.net("c", input_t, hidden_state))
        return o * np.tanh(c), c
