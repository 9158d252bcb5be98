import numpy as np



def clip_by_norm(gradients, limit):
    n = np.sqrt(sum((v ** 2).sum() for v in gradients.values()))
    k = limit / n if n > limit else 1.0
    return {name: k * v for name, v in gradients.items()}


class Momentum:
    def __init__(self, momentum=0.9):
        self.m, self.v = momentum, {}

    def step(self, p, g, lr):
        for k in p:
            self.v[k] = self.m * self.v.get(k, 0) - lr * g[k]
            p[k] += self.v[k]
        return p


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.b1, self.b2, self.e = beta1, beta2, epsilon
        self.m, self.v, self.t = {}, {}, 0

    def step(self, p, g, lr):
        t = max(self.t, 1)
        self.t += 1
        for k in p:
            self.m[k] = self.b1 * self.m.get(k, 0) + (1 - self.b1) * g[k]
            self.v[k] = self.b2 * self.v.get(k, 0) + (1 - self.b2) * g[k] ** 2
            p[k] -= lr * (self.m[k] / (1 - self.b1 ** t)) / (np.sqrt(self.v[k] / (1 - self.b2 ** t)) + self.e)
        return p


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, inputs, training=True):
        self.mask = None
        if not training or self.rate == 0:
            return inputs.copy()
        self.mask = (np.random.rand(*inputs.shape[1:]) > self.rate) / (1 - self.rate)
        return inputs * self.mask

    def backward(self, d):
        return d.copy() if self.mask is None else d * self.mask
