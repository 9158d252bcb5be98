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
    """LSTM 单元"""

    def __init__(self, input_size, hidden_size):
        std = 1.0 / np.sqrt(hidden_size)

        def three():
            return (
                np.random.uniform(-std, std, (input_size, hidden_size)),
                np.random.uniform(-std, std, (hidden_size, hidden_size)),
                np.zeros(hidden_size),
            )

        self.W_i, self.U_i, self.b_i = three()
        self.W_f, self.U_f, self.b_f = three()
        self.W_o, self.U_o, self.b_o = three()
        self.W_c, self.U_c, self.b_c = three()

    @staticmethod
    def sigmoid(x):
        e = np.exp(-np.abs(x))
        return np.where(x >= 0, 1 / (1 + e), e / (1 + e))

    def forward(self, input_t, hidden_state, cell_state):
        X, H, C = input_t / np.linalg.norm(input_t, axis=1, keepdims=True), hidden_state, cell_state
        I = self.sigmoid((X @ self.W_i) + (H @ self.U_i) + self.b_i)
        F = self.sigmoid((X @ self.W_f) + (H @ self.U_f) + self.b_f)
        O = self.sigmoid((X @ self.W_o) + (H @ self.U_o) + self.b_o)
        C_tilda = np.tanh((X @ self.W_c) + (H @ self.U_c) + self.b_c)
        C = F * C + I * C_tilda
        H = O * np.tanh(C)
        return H, C
