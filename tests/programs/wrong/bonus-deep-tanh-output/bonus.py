import numpy as np



class DeepRNN:
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.L, self.H = num_layers, hidden_size
        for k in range(1, num_layers + 1):
            n = input_size if k == 1 else hidden_size
            setattr(self, f'W_xh_{k}', np.random.randn(n, hidden_size) / np.sqrt(n))
            setattr(self, f'W_hh_{k}', np.linalg.qr(np.random.randn(hidden_size, hidden_size))[0] * .9)
            setattr(self, f'b_h_{k}', np.zeros((1, hidden_size)))
        self.W_hy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b_y = np.zeros((1, output_size))

    def forward(self, inputs):
        T, B, _ = inputs.shape
        hs = np.zeros((self.L, T + 1, B, self.H))
        for t in range(T):
            below = inputs[t]
            for k in range(self.L):
                W, U, b = (getattr(self, f'{n}_{k+1}') for n in ('W_xh', 'W_hh', 'b_h'))
                hs[k, t] = np.tanh(below @ W + hs[k, t - 1] @ U + b)   # hs[:, -1] stays 0
                below = hs[k, t]
        self.inputs, self.hs = inputs, hs
        return np.tanh(hs[-1, :T] @ self.W_hy + self.b_y), hs[:, :T].copy()

    def backward(self, d):
        T = len(d)
        top = self.hs[-1, :T]
        g = {'W_hy': np.einsum('tbh,tbo->ho', top, d), 'b_y': d.sum((0, 1))[None]}
        for k in range(1, self.L + 1):
            for n in ('W_xh', 'W_hh', 'b_h'):
                g[f'{n}_{k}'] = np.zeros_like(getattr(self, f'{n}_{k}'))
        carry = np.zeros((self.L,) + top.shape[1:])
        for t in reversed(range(T)):
            dh = d[t] @ self.W_hy.T
            for k in reversed(range(self.L)):
                da = (dh + carry[k]) * (1 - self.hs[k, t] ** 2)
                below = self.inputs[t] if k == 0 else self.hs[k - 1, t]
                g[f'W_xh_{k+1}'] += below.T @ da
                g[f'W_hh_{k+1}'] += self.hs[k, t - 1].T @ da
                g[f'b_h_{k+1}'] += da.sum(0, keepdims=True)
                carry[k] = da @ getattr(self, f'W_hh_{k+1}').T
                dh = da @ getattr(self, f'W_xh_{k+1}').T
        self.g = g
        return g

    def update_parameters(self, lr):
        for n, v in self.g.items():
            setattr(self, n, getattr(self, n) - lr * v)
