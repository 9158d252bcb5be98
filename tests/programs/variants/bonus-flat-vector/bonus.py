"""All parameters of a network are one long vector theta; matrices are views into it, made when needed."""
import numpy as np


class Flat:
    def __init__(self, **shapes):
        self.shapes = shapes
        parts = []
        for shape in shapes.values():
            part = np.random.normal(size=shape) / np.sqrt(shape[0]) if len(shape) == 2 else np.zeros(shape)
            parts.append(part.ravel())
        self.theta = np.concatenate(parts)

    def cut(self, vector):
        found, start = {}, 0
        for name, shape in self.shapes.items():
            size = int(np.prod(shape))
            found[name] = vector[start:start + size].reshape(shape)
            start += size
        return found

    def update_parameters(self, learning_rate):
        self.theta -= learning_rate * self.d_theta

    def fresh(self):
        self.d_theta = np.zeros_like(self.theta)
        return self.cut(self.theta), self.cut(self.d_theta)


def sequence(x, h, W, U, b):
    h = [h]
    for x_t in x:
        h.append(np.tanh(x_t @ W + h[-1] @ U + b))
    return np.array(h)


def sequence_back(d, x, h, W, U, dW, dU, db):
    """Adds to dW, dU, db in place; gives dx and that of the first state."""
    dx, later = np.zeros(x.shape), np.zeros(h[0].shape)
    for t in reversed(range(len(x))):
        a = (d[t] + later) * (1 - h[t + 1] ** 2)
        dW += x[t].T @ a
        dU += h[t].T @ a
        db += a.sum(axis=0)
        dx[t] = a @ W.T
        later = a @ U.T
    return dx, later


class GRUCell(Flat):
    def __init__(self, input_size, hidden_size):
        I, H = input_size, hidden_size
        super().__init__(W=(I, 3 * H), U=(H, 3 * H), b=(3 * H,))
        self.H = H

    def parts(self, a):
        return a[..., :self.H], a[..., self.H:2 * self.H], a[..., 2 * self.H:]

    def forward(self, input_t, hidden_state):
        v = self.cut(self.theta)
        x, h = input_t.copy(), hidden_state.copy()
        rx, zx, nx = self.parts(x @ v['W'] + v['b'])
        rh, zh, nh = self.parts(h @ v['U'])
        r, z = 0.5 + 0.5 * np.tanh((rx + rh) / 2), 0.5 + 0.5 * np.tanh((zx + zh) / 2)
        n = np.tanh(nx + r * nh)
        self.kept = x, h, r, z, n, nh
        return (1 - z) * n + z * h

    def backward(self, d_new_hidden_state):
        v, g = self.fresh()
        x, h, r, z, n, nh = self.kept
        d = d_new_hidden_state
        dn = d * (1 - z) * (1 - n ** 2)
        dr, dz = dn * nh * r * (1 - r), d * (h - n) * z * (1 - z)
        outer, inner = np.hstack([dr, dz, dn]), np.hstack([dr, dz, dn * r])
        g['W'] += x.T @ outer
        g['U'] += h.T @ inner
        g['b'] += outer.sum(0)
        return {'theta': self.d_theta.copy(), 'input_t': outer @ v['W'].T, 'hidden_state': inner @ v['U'].T + d * z}


class BidirectionalRNN(Flat):
    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        super().__init__(W1=(I, H), U1=(H, H), b1=(H,), W2=(I, H), U2=(H, H), b2=(H,), V=(2 * H, O), c=(O,))
        self.H = H

    def forward(self, inputs):
        v = self.cut(self.theta)
        self.x, zero = inputs.copy(), np.zeros((inputs.shape[1], self.H))
        self.f = sequence(self.x, zero, v['W1'], v['U1'], v['b1'])
        self.g = sequence(np.flip(self.x, 0), zero, v['W2'], v['U2'], v['b2'])
        self.h = np.concatenate([self.f[1:], np.flip(self.g[1:], 0)], axis=-1)
        return self.h @ v['V'] + v['c'], self.h

    def backward(self, d_outputs):
        v, g = self.fresh()
        for h, d in zip(self.h, d_outputs):
            g['V'] += h.T @ d
            g['c'] += d.sum(0)
        dh = d_outputs @ v['V'].T
        sequence_back(dh[..., :self.H], self.x, self.f, v['W1'], v['U1'], g['W1'], g['U1'], g['b1'])
        back = np.flip(dh[..., self.H:], 0), np.flip(self.x, 0)
        sequence_back(*back, self.g, v['W2'], v['U2'], g['W2'], g['U2'], g['b2'])
        return {'theta': self.d_theta.copy()}


class DeepRNN(Flat):
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        shapes, n = {}, input_size
        for k in range(num_layers):
            shapes |= {f'W{k}': (n, hidden_size), f'U{k}': (hidden_size, hidden_size), f'b{k}': (hidden_size,)}
            n = hidden_size
        super().__init__(**shapes, V=(hidden_size, output_size), c=(output_size,))
        self.H, self.K = hidden_size, num_layers

    def forward(self, inputs):
        v = self.cut(self.theta)
        self.levels = [np.concatenate([np.zeros((1,) + inputs.shape[1:]), inputs])]
        for k in range(self.K):
            zero = np.zeros((inputs.shape[1], self.H))
            self.levels.append(sequence(self.levels[-1][1:], zero, v[f'W{k}'], v[f'U{k}'], v[f'b{k}']))
        return self.levels[-1][1:] @ v['V'] + v['c'], np.array([h[1:] for h in self.levels[1:]])

    def backward(self, d_outputs):
        v, g = self.fresh()
        g['V'] += np.einsum('tbh,tbo->ho', self.levels[-1][1:], d_outputs)
        g['c'] += np.einsum('tbo->o', d_outputs)
        d = d_outputs @ v['V'].T
        for k in reversed(range(self.K)):
            names = [f'W{k}', f'U{k}', f'b{k}']
            d, _ = sequence_back(d, self.levels[k][1:], self.levels[k + 1], *[v[n] for n in names[:2]],
                                 *[g[n] for n in names])
        return {'theta': self.d_theta.copy()}


class Seq2Seq(Flat):
    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        super().__init__(W1=(I, H), U1=(H, H), b1=(H,), W2=(O, H), U2=(H, H), b2=(H,), V=(H, O), c=(O,))
        self.H, self.O = H, O

    def forward(self, inputs, targets=None, length=None):
        v = self.cut(self.theta)
        self.x = inputs.copy()
        self.e = sequence(self.x, np.zeros((inputs.shape[1], self.H)), v['W1'], v['U1'], v['b1'])
        self.free = targets is None
        S = length if self.free and length is not None else len(inputs) if self.free else len(targets)
        self.u = np.zeros((S + 1, inputs.shape[1], self.O))
        if not self.free:
            self.u[1:] = targets
        self.s, y = [self.e[-1]], np.zeros((S, inputs.shape[1], self.O))
        for t in range(S):
            self.s.append(np.tanh(self.u[t] @ v['W2'] + self.s[t] @ v['U2'] + v['b2']))
            y[t] = self.s[-1] @ v['V'] + v['c']
            if self.free:
                self.u[t + 1] = y[t]
        return y

    def backward(self, d_outputs):
        v, g = self.fresh()
        ds, du = np.zeros_like(self.s[0]), np.zeros_like(self.u[0])
        for t in reversed(range(len(d_outputs))):
            dy = d_outputs[t] + self.free * du
            g['V'] += self.s[t + 1].T @ dy
            g['c'] += dy.sum(0)
            du, ds = sequence_back((dy @ v['V'].T + ds)[None], self.u[t:t + 1], np.array(self.s[t:t + 2]),
                                   v['W2'], v['U2'], g['W2'], g['U2'], g['b2'])
            du = du[0]
        d = np.concatenate([np.zeros_like(self.e[2:]), ds[None]])
        sequence_back(d, self.x, self.e, v['W1'], v['U1'], g['W1'], g['U1'], g['b1'])
        return {'theta': self.d_theta.copy()}


def joined(arrays):
    return np.concatenate([np.ravel(a) for a in arrays.values()])


def clip_by_norm(gradients, limit):
    whole = joined(gradients)
    length = np.sqrt(whole @ whole)
    whole = whole * (limit / length) if length > limit else whole
    parts = np.split(whole, np.cumsum([g.size for g in gradients.values()])[:-1])
    return {name: part.reshape(g.shape) for (name, g), part in zip(gradients.items(), parts)}


class Optimiser:
    v = None

    def step(self, parameters, gradients, learning_rate):
        move = learning_rate * self.direction(joined({name: gradients[name] for name in parameters}))
        start = 0
        for p in parameters.values():
            p -= move[start:start + p.size].reshape(p.shape)
            start += p.size
        return parameters


class Momentum(Optimiser):
    def __init__(self, momentum=0.9):
        self.mu = momentum

    def direction(self, g):
        self.v = g if self.v is None else self.mu * self.v + g
        return self.v


class Adam(Optimiser):
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.b1, self.b2, self.eps, self.k, self.m = beta1, beta2, epsilon, 0, 0.0

    def direction(self, g):
        self.v = 0.0 if self.v is None else self.v
        self.k += 1
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g ** 2
        return self.m / (1 - self.b1 ** self.k) / (np.sqrt(self.v / (1 - self.b2 ** self.k)) + self.eps)


class Dropout:
    def __init__(self, rate):
        self.keep = 1 - rate

    def forward(self, inputs, training=True):
        draw = np.random.binomial(1, self.keep, size=inputs.shape[1:]) / self.keep
        self.mask = np.tile(draw if training else np.ones_like(draw), (len(inputs), 1, 1))
        return self.mask * inputs

    def backward(self, d_outputs):
        return self.mask * d_outputs
