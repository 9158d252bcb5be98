import numpy as np


def sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


class GRUCell:
    def __init__(self, input_size, hidden_size):
        for k in 'zrh':
            setattr(self, 'W_' + k, np.random.randn(input_size, hidden_size) * 0.3)
            setattr(self, 'U_' + k, np.random.randn(hidden_size, hidden_size) * 0.3)
            setattr(self, 'b_' + k, np.zeros(hidden_size))

    def forward(self, x, h):
        z = sigmoid(x @ self.W_z + h @ self.U_z + self.b_z)
        r = sigmoid(x @ self.W_r + h @ self.U_r + self.b_r)
        n = np.tanh(x @ self.W_h + (r * h) @ self.U_h + self.b_h)
        self.cache = x, h, z, r, n
        return (1 - z) * n

    def backward(self, d):
        x, h, z, r, n = self.cache
        dn = d * (1 - z) * (1 - n ** 2)
        dz = d * (h - n) * z * (1 - z)
        drh = dn @ self.U_h.T
        dr = drh * h * r * (1 - r)
        dh = d * z + drh * r + dz @ self.U_z.T + dr @ self.U_r.T
        dx = dn @ self.W_h.T + dz @ self.W_z.T + dr @ self.W_r.T
        return {'W_z': x.T @ dz, 'U_z': h.T @ dz, 'b_z': dz.sum(0),
                'W_r': x.T @ dr, 'U_r': h.T @ dr, 'b_r': dr.sum(0),
                'W_h': x.T @ dn, 'U_h': (r * h).T @ dn, 'b_h': dn.sum(0),
                'input_t': dx, 'hidden_state': dh}
