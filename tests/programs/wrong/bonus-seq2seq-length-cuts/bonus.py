import numpy as np


def unroll(step, first, steps):
    states = [first]
    for t in range(steps):
        states.append(step(t, states[-1]))
    return states


class Seq2Seq:
    PARAMS = {'W_xh_encoder': 'ih', 'W_hh_encoder': 'hh', 'b_h_encoder': 'h', 'W_yh_decoder': 'oh',
              'W_hh_decoder': 'hh', 'b_h_decoder': 'h', 'W_hy': 'ho', 'b_y': 'o'}

    def __init__(self, input_size, hidden_size, output_size):
        size = dict(i=input_size, h=hidden_size, o=output_size)
        for name, axes in self.PARAMS.items():
            shape = tuple(size[a] for a in axes)
            setattr(self, name, np.random.randn(*shape) / np.sqrt(shape[0]) if len(axes) == 2 else np.zeros(shape))

    def forward(self, inputs, targets=None, length=None):
        T, B, _ = inputs.shape
        self.x = inputs.copy()
        self.h = unroll(lambda t, h: np.tanh(self.x[t] @ self.W_xh_encoder + h @ self.W_hh_encoder + self.b_h_encoder),
                        np.zeros((B, len(self.b_h_encoder))), T)
        self.forcing = targets is not None
        if length is None:
            length = len(targets) if self.forcing else T
        elif self.forcing:
            length = min(length, len(targets))
        self.u = [np.zeros((B, len(self.b_y)))]
        if self.forcing:
            self.u += list(targets.copy())
        self.y = []

        def write(t, s):
            s = np.tanh(self.u[t] @ self.W_yh_decoder + s @ self.W_hh_decoder + self.b_h_decoder)
            self.y.append(s @ self.W_hy + self.b_y)
            if not self.forcing:
                self.u.append(self.y[-1])
            return s
        self.s = unroll(write, self.h[-1], length)
        return np.array(self.y)

    def backward(self, d_outputs):
        g = {n: np.zeros_like(getattr(self, n)) for n in self.PARAMS}
        ds, du = 0, 0
        for t in reversed(range(len(self.y))):
            dy = d_outputs[t] + du
            g['W_hy'] += self.s[t + 1].T @ dy
            g['b_y'] += dy.sum(0)
            a = (dy @ self.W_hy.T + ds) * (1 - self.s[t + 1] ** 2)
            g['W_yh_decoder'] += self.u[t].T @ a
            g['W_hh_decoder'] += self.s[t].T @ a
            g['b_h_decoder'] += a.sum(0)
            ds, du = a @ self.W_hh_decoder.T, 0 if self.forcing else a @ self.W_yh_decoder.T
        for t in reversed(range(len(self.x))):
            a = ds * (1 - self.h[t + 1] ** 2)
            g['W_xh_encoder'] += self.x[t].T @ a
            g['W_hh_encoder'] += self.h[t].T @ a
            g['b_h_encoder'] += a.sum(0)
            ds = a @ self.W_hh_encoder.T
        self.g = g
        return g

    def update_parameters(self, learning_rate):
        for n in self.PARAMS:
            setattr(self, n, getattr(self, n) - learning_rate * self.g[n])


def clip_by_norm(gradients, limit):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients.values()))
    result = {name: g.copy() for name, g in gradients.items()}
    if norm > limit:
        for g in result.values():
            g *= limit / norm
    return result


class Momentum:
    def __init__(self, momentum=0.9):
        self.momentum = momentum
        self.v = {}

    def step(self, parameters, gradients, learning_rate):
        for n, p in parameters.items():
            self.v[n] = self.momentum * self.v.get(n, np.zeros_like(p)) + gradients[n]
            p -= learning_rate * self.v[n]
        return parameters


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.beta1, self.beta2, self.epsilon, self.k, self.m, self.v = beta1, beta2, epsilon, 0, {}, {}

    def step(self, parameters, gradients, learning_rate):
        self.k += 1
        for n, p in parameters.items():
            g = gradients[n]
            self.m[n] = self.beta1 * self.m.get(n, 0) + (1 - self.beta1) * g
            self.v[n] = self.beta2 * self.v.get(n, 0) + (1 - self.beta2) * g ** 2
            p -= learning_rate * (self.m[n] / (1 - self.beta1 ** self.k)) / np.sqrt(self.v[n] / (1 - self.beta2 ** self.k) + self.epsilon)
        return parameters


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, inputs, training=True):
        rate = self.rate if training else 0.0
        self.mask = (np.random.rand(1, *inputs.shape[1:]) >= rate) / (1 - rate)
        return inputs * self.mask

    def backward(self, d_outputs):
        return d_outputs * self.mask
