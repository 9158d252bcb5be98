"""Column vectors inside, as in the textbook: a = W x + U h + b; a batch is (H, B)."""
import numpy as np

randn = np.random.standard_normal


def sigma(a):
    return 0.5 + 0.5 * np.tanh(0.5 * a)


class GRUCell:
    def __init__(self, input_size, hidden_size):
        n, m = hidden_size, input_size
        self.Wz, self.Uz, self.bz = randn((n, m)) / m ** .5, randn((n, n)) / n ** .5, np.zeros((n, 1))
        self.Wr, self.Ur, self.br = randn((n, m)) / m ** .5, randn((n, n)) / n ** .5, np.zeros((n, 1))
        self.Wn, self.Un, self.bn = randn((n, m)) / m ** .5, randn((n, n)) / n ** .5, np.zeros((n, 1))

    def forward(self, input_t, hidden_state):
        x, h = input_t.T.copy(), hidden_state.T.copy()
        z = sigma(self.Wz @ x + self.Uz @ h + self.bz)
        r = sigma(self.Wr @ x + self.Ur @ h + self.br)
        Uh = self.Un @ h
        n = np.tanh(self.Wn @ x + r * Uh + self.bn)
        self.memory = x, h, z, r, Uh, n
        return ((1 - z) * h + z * n).T

    def backward(self, d_new_hidden_state):
        x, h, z, r, Uh, n = self.memory
        d = d_new_hidden_state.T
        an = d * z * (1 - n ** 2)
        az = d * (n - h) * z * (1 - z)
        ar = an * Uh * r * (1 - r)
        one = np.ones((x.shape[1], 1))
        return {
            'Wz': az @ x.T, 'Uz': az @ h.T, 'bz': az @ one,
            'Wr': ar @ x.T, 'Ur': ar @ h.T, 'br': ar @ one,
            'Wn': an @ x.T, 'Un': (an * r) @ h.T, 'bn': an @ one,
            'input_t': (self.Wz.T @ az + self.Wr.T @ ar + self.Wn.T @ an).T,
            'hidden_state': (d * (1 - z) + self.Uz.T @ az + self.Ur.T @ ar + self.Un.T @ (an * r)).T,
        }


class _Net:
    def update_parameters(self, learning_rate):
        for k, g in self._grads.items():
            vars(self)[k] -= learning_rate * g

    def _new(self, tag, m, n):
        vars(self).update({f'W{tag}': randn((n, m)) / m ** .5, f'U{tag}': randn((n, n)) / n ** .5,
                           f'b{tag}': np.zeros((n, 1))})

    def _step(self, tag, x, h):
        own = vars(self)
        return np.tanh(own[f'W{tag}'] @ x + own[f'U{tag}'] @ h + own[f'b{tag}'])

    def _back(self, tag, xs, hs, ds, grads):
        """xs, ds: T columns; hs: T + 1. Gradients into grads; returns those of xs and of hs[0]."""
        own = vars(self)
        dxs, later = [None] * len(xs), 0
        for t in reversed(range(len(xs))):
            a = (ds[t] + later) * (1 - hs[t + 1] ** 2)
            for k, g in ((f'W{tag}', a @ xs[t].T), (f'U{tag}', a @ hs[t].T), (f'b{tag}', a.sum(1, keepdims=True))):
                grads[k] = grads.get(k, 0) + g
            dxs[t], later = own[f'W{tag}'].T @ a, own[f'U{tag}'].T @ a
        return dxs, later

    def _out(self, h):
        return self.V @ h + self.c


class BidirectionalRNN(_Net):
    def __init__(self, input_size, hidden_size, output_size):
        self.n = hidden_size
        self._new('f', input_size, hidden_size)
        self._new('g', input_size, hidden_size)
        self.V = randn((output_size, 2 * hidden_size)) / (2 * hidden_size) ** .5
        self.c = np.zeros((output_size, 1))

    def forward(self, inputs):
        self._x = [x.T.copy() for x in inputs]
        self._f, self._g = [np.zeros((self.n, inputs.shape[1]))], [np.zeros((self.n, inputs.shape[1]))]
        for x in self._x:
            self._f.append(self._step('f', x, self._f[-1]))
        for x in self._x[::-1]:
            self._g.append(self._step('g', x, self._g[-1]))
        self._h = [np.vstack(pair) for pair in zip(self._f[1:], self._g[:0:-1])]
        return np.array([self._out(h).T for h in self._h]), np.array([h.T for h in self._h])

    def backward(self, d_outputs):
        dy = [d.T for d in d_outputs]
        grads = {'V': sum(d @ h.T for d, h in zip(dy, self._h)), 'c': sum(d.sum(1, keepdims=True) for d in dy)}
        d = [self.V.T @ each for each in dy]
        self._back('f', self._x, self._f, [each[:self.n] for each in d], grads)
        self._back('g', self._x[::-1], self._g, [each[self.n:] for each in d[::-1]], grads)
        self._grads = grads
        return dict(grads)


class DeepRNN(_Net):
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.n, self.K = hidden_size, num_layers
        for k in range(num_layers):
            self._new(k, hidden_size if k else input_size, hidden_size)
        self.V, self.c = randn((output_size, hidden_size)) / hidden_size ** .5, np.zeros((output_size, 1))

    def forward(self, inputs):
        self._levels = [[x.T.copy() for x in inputs]]
        self._with_start = []
        for k in range(self.K):
            hs = [np.zeros((self.n, inputs.shape[1]))]
            for x in self._levels[-1]:
                hs.append(self._step(k, x, hs[-1]))
            self._with_start.append(hs)
            self._levels.append(hs[1:])
        hidden = np.array(self._levels[1:]).transpose(0, 1, 3, 2)
        return np.array([self._out(h).T for h in self._levels[-1]]), hidden

    def backward(self, d_outputs):
        dy = [d.T for d in d_outputs]
        grads = {'V': sum(d @ h.T for d, h in zip(dy, self._levels[-1])),
                 'c': sum(d.sum(1, keepdims=True) for d in dy)}
        d = [self.V.T @ each for each in dy]
        for k in reversed(range(self.K)):
            d, _ = self._back(k, self._levels[k], self._with_start[k], d, grads)
        self._grads = grads
        return dict(grads)


class Seq2Seq(_Net):
    def __init__(self, input_size, hidden_size, output_size):
        self.n, self.o = hidden_size, output_size
        self._new('e', input_size, hidden_size)
        self._new('d', output_size, hidden_size)
        self.V, self.c = randn((output_size, hidden_size)) / hidden_size ** .5, np.zeros((output_size, 1))

    def forward(self, inputs, targets=None, length=None):
        B = inputs.shape[1]
        self._x, self._e = [x.T.copy() for x in inputs], [np.zeros((self.n, B))]
        for x in self._x:
            self._e.append(self._step('e', x, self._e[-1]))
        self._taught = targets is not None
        S = len(targets) if self._taught else length if length is not None else len(inputs)
        self._u, self._s, ys = [np.zeros((self.o, B))], [self._e[-1]], []
        for t in range(S):
            self._s.append(self._step('d', self._u[t], self._s[t]))
            ys.append(self._out(self._s[-1]))
            self._u.append(targets[t].T.copy() if self._taught else ys[-1])
        return np.array([y.T for y in ys])

    def backward(self, d_outputs):
        grads, later, du = {'V': 0, 'c': 0}, 0, 0
        for t in reversed(range(len(d_outputs))):
            dy = d_outputs[t].T if self._taught else d_outputs[t].T + du
            grads['V'] = grads['V'] + dy @ self._s[t + 1].T
            grads['c'] = grads['c'] + dy.sum(1, keepdims=True)
            (du,), later = self._back('d', self._u[t:t + 1], self._s[t:t + 2], [self.V.T @ dy + later], grads)
        self._back('e', self._x, self._e, [0] * (len(self._x) - 1) + [later], grads)
        self._grads = grads
        return dict(grads)


def clip_by_norm(gradients, limit):
    norm = sum((g * g).sum() for g in gradients.values()) ** 0.5
    if norm > limit:
        return dict((k, g * (limit / norm)) for k, g in gradients.items())
    return dict((k, np.array(g)) for k, g in gradients.items())


class Momentum:
    def __init__(self, momentum=0.9):
        self.beta, self.v = momentum, {}

    def step(self, parameters, gradients, learning_rate):
        for k in gradients:
            self.v[k] = self.beta * self.v.get(k, np.zeros_like(gradients[k])) + gradients[k]
            parameters[k] -= learning_rate * self.v[k]
        return parameters


class Adam:
    """Epsilon inside the root."""

    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.b, self.eps, self.k, self.s = (beta1, beta2), epsilon, 0, {}

    def step(self, parameters, gradients, learning_rate):
        self.k += 1
        b1, b2 = self.b
        for name, g in gradients.items():
            m, v = self.s.get(name, (0, 0))
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g ** 2
            self.s[name] = m, v
            parameters[name] -= learning_rate * m / (1 - b1 ** self.k) / np.sqrt(v / (1 - b2 ** self.k) + self.eps ** 2)
        return parameters


class Dropout:
    def __init__(self, rate):
        self.q, self.R = rate, None

    def forward(self, inputs, training=True):
        if training:
            draw = np.random.rand(inputs.shape[1], inputs.shape[2])
            self.R = np.where(draw < self.q, 0.0, 1.0 / (1.0 - self.q))
        else:
            self.R = np.ones(inputs.shape[1:])
        return self.R[np.newaxis] * inputs

    def backward(self, d_outputs):
        return self.R[np.newaxis] * d_outputs
