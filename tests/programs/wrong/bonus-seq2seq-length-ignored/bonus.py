import numpy as np



class Seq2Seq:
    def __init__(self, I, H, O):
        r = np.random.randn
        self.H, self.O = H, O
        self.W_xh_encoder = r(I, H) / np.sqrt(I)
        self.W_hh_encoder = r(H, H) / np.sqrt(H)
        self.b_h_encoder = np.zeros(H)
        self.W_yh_decoder = r(O, H) / np.sqrt(O)
        self.W_hh_decoder = r(H, H) / np.sqrt(H)
        self.b_h_decoder = np.zeros(H)
        self.W_hy = r(H, O) / np.sqrt(H)
        self.b_y = np.zeros(O)

    def forward(self, inputs, targets=None, length=None):
        T, B, _ = inputs.shape
        self.x = inputs.copy()
        self.he = [np.zeros((B, self.H))]
        for t in range(T):
            self.he += [np.tanh(inputs[t] @ self.W_xh_encoder + self.he[-1] @ self.W_hh_encoder + self.b_h_encoder)]
        self.free = targets is None
        S = T if self.free else targets.shape[0]
        self.s, self.u, ys = [self.he[-1]], [], []
        u = np.zeros((B, self.O))
        for t in range(S):
            self.u.append(u)
            self.s.append(np.tanh(u @ self.W_yh_decoder + self.s[-1] @ self.W_hh_decoder + self.b_h_decoder))
            ys.append(self.s[-1] @ self.W_hy + self.b_y)
            u = ys[-1] if self.free else targets[t]
        return np.array(ys)

    def backward(self, d):
        n = ['W_xh_encoder', 'W_hh_encoder', 'b_h_encoder', 'W_yh_decoder', 'W_hh_decoder', 'b_h_decoder', 'W_hy', 'b_y']
        g = {k: np.zeros_like(getattr(self, k)) for k in n}
        ds, du = 0, 0
        for t in reversed(range(len(d))):
            dy = d[t] + (du if self.free else 0)
            g['W_hy'] += self.s[t + 1].T @ dy
            g['b_y'] += dy.sum(0)
            da = (dy @ self.W_hy.T + ds) * (1 - self.s[t + 1] ** 2)
            g['W_yh_decoder'] += self.u[t].T @ da
            g['W_hh_decoder'] += self.s[t].T @ da
            g['b_h_decoder'] += da.sum(0)
            ds, du = da @ self.W_hh_decoder.T, da @ self.W_yh_decoder.T
        for t in reversed(range(len(self.x))):
            da = ds * (1 - self.he[t + 1] ** 2)
            g['W_xh_encoder'] += self.x[t].T @ da
            g['W_hh_encoder'] += self.he[t].T @ da
            g['b_h_encoder'] += da.sum(0)
            ds = da @ self.W_hh_encoder.T
        self.g = g
        return g

    def update_parameters(self, lr):
        for k, v in self.g.items():
            getattr(self, k)[...] -= lr * v
