# 每一层只有一个矩阵：[x, h, 1] @ W，偏置是最后一行
import numpy as np


def matrix(n_in, n_out):
    W = np.random.uniform(-1, 1, (n_in + 1, n_out)) * (3.0 / n_in) ** 0.5
    W[-1] = 0
    return W


def join(*parts):
    return np.concatenate(parts + (np.ones((len(parts[0]), 1)),), axis=1)


class GRUCell:
    def __init__(self, input_size, hidden_size):
        self.I, self.H = input_size, hidden_size
        self.W_gates = matrix(input_size + hidden_size, 2 * hidden_size)
        self.W_candidate = matrix(input_size + hidden_size, hidden_size)

    def forward(self, input_t, hidden_state):
        self.h = hidden_state.copy()
        self.xh = join(input_t, hidden_state)
        self.rz = 0.5 * np.tanh(0.5 * self.xh @ self.W_gates) + 0.5
        r, z = self.rz[:, :self.H], self.rz[:, self.H:]
        self.xrh = join(input_t, r * hidden_state)
        self.n = np.tanh(self.xrh @ self.W_candidate)
        return z * hidden_state + (1 - z) * self.n

    def backward(self, d_new_hidden_state):
        I, H, d = self.I, self.H, d_new_hidden_state
        r, z = self.rz[:, :H], self.rz[:, H:]
        dn = d * (1 - z) * (1 - self.n ** 2)
        d_xrh = dn @ self.W_candidate.T
        d_rh = d_xrh[:, I:I + H]
        d_rz = np.concatenate([d_rh * self.h, d * (self.h - self.n)], axis=1) * self.rz * (1 - self.rz)
        d_xh = d_rz @ self.W_gates.T
        return dict(W_gates=self.xh.T @ d_rz, W_candidate=self.xrh.T @ dn,
                    input_t=d_xrh[:, :I] + d_xh[:, :I],
                    hidden_state=d * z + d_rh * r + d_xh[:, I:I + H])


def forwards(xs, h, W):
    joined, states = [], []
    for x in xs:
        joined.append(join(x, h))
        h = np.tanh(joined[-1] @ W)
        states.append(h)
    return joined, states


def backwards(ds, joined, states, W):
    """梯度：W，各步输入，初始状态"""
    H, dW, dxs, later = W.shape[1], 0, [], 0
    I = len(W) - 1 - H
    for d, j, h in zip(reversed(ds), reversed(joined), reversed(states)):
        da = (d + later) * (1 - h * h)
        dW = dW + j.T @ da
        dj = da @ W.T
        dxs.insert(0, dj[:, :I])
        later = dj[:, I:I + H]
    return dW, dxs, later


class Common:
    def update_parameters(self, learning_rate):
        for name, g in self.grads.items():
            W = getattr(self, name)
            W -= learning_rate * g

    def out(self, states):
        return np.array([join(h) @ self.V for h in states])

    def out_back(self, states, dys):
        self.grads = {'V': sum(join(h).T @ dy for h, dy in zip(states, dys))}
        return [dy @ self.V[:-1].T for dy in dys]


class BidirectionalRNN(Common):
    def __init__(self, input_size, hidden_size, output_size):
        self.H = hidden_size
        self.F, self.G = (matrix(input_size + hidden_size, hidden_size) for _ in range(2))
        self.V = matrix(2 * hidden_size, output_size)

    def forward(self, inputs):
        zero = np.zeros((inputs.shape[1], self.H))
        self.fj, self.f = forwards(inputs, zero, self.F)
        self.gj, self.g = forwards(inputs[::-1], zero, self.G)
        self.both = [np.hstack(p) for p in zip(self.f, reversed(self.g))]
        return self.out(self.both), np.array(self.both)

    def backward(self, d_outputs):
        dh = self.out_back(self.both, d_outputs)
        self.grads['F'] = backwards([d[:, :self.H] for d in dh], self.fj, self.f, self.F)[0]
        self.grads['G'] = backwards([d[:, self.H:] for d in dh][::-1], self.gj, self.g, self.G)[0]
        return self.grads


class DeepRNN(Common):
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.H, self.names = hidden_size, ['layer%d' % k for k in range(num_layers)]
        for name, n in zip(self.names, [input_size] + [hidden_size] * num_layers):
            setattr(self, name, matrix(n + hidden_size, hidden_size))
        self.V = matrix(hidden_size, output_size)

    def forward(self, inputs):
        below, self.runs = inputs, []
        for name in self.names:
            self.runs.append(forwards(below, np.zeros((inputs.shape[1], self.H)), getattr(self, name)))
            below = self.runs[-1][1]
        return self.out(below), np.array([states for _, states in self.runs])

    def backward(self, d_outputs):
        ds = self.out_back(self.runs[-1][1], d_outputs)
        for name, (joined, states) in zip(self.names[::-1], self.runs[::-1]):
            self.grads[name], ds, _ = backwards(ds, joined, states, getattr(self, name))
        return self.grads


class Seq2Seq(Common):
    def __init__(self, input_size, hidden_size, output_size):
        self.H, self.O = hidden_size, output_size
        self.E = matrix(input_size + hidden_size, hidden_size)
        self.D = matrix(output_size + hidden_size, hidden_size)
        self.V = matrix(hidden_size, output_size)

    def forward(self, inputs, targets=None, length=None):
        B = inputs.shape[1]
        self.ej, self.e = forwards(inputs, np.zeros((B, self.H)), self.E)
        self.free = targets is None
        if not self.free:
            self.dj, self.d = forwards([np.zeros((B, self.O)), *targets[:-1]], self.e[-1], self.D)
        else:
            u, s, self.dj, self.d = np.zeros((B, self.O)), self.e[-1], [], []
            for _ in range(len(inputs) if length is None else length):
                (j,), (s,) = forwards([u], s, self.D)
                self.dj.append(j)
                self.d.append(s)
                u = join(s) @ self.V
        return self.out(self.d)

    def backward(self, d_outputs):
        dys = [dy.copy() for dy in d_outputs]
        if self.free:
            later = 0
            for t in range(len(dys) - 1, -1, -1):
                _, (du,), later = backwards([dys[t] @ self.V[:-1].T + later], [self.dj[t]], [self.d[t]], self.D)
                if t:
                    dys[t - 1] += du
        ds = self.out_back(self.d, dys)
        self.grads['D'], _, ds = backwards(ds, self.dj, self.d, self.D)
        self.grads['E'] = backwards([0] * (len(self.e) - 1) + [ds], self.ej, self.e, self.E)[0]
        return self.grads


def clip_by_norm(gradients, limit):
    import math
    norm = math.sqrt(math.fsum(float(v) ** 2 for g in gradients.values() for v in g.ravel()))
    if norm <= limit:
        return {k: +g for k, g in gradients.items()}
    return {k: g / norm * limit for k, g in gradients.items()}


class Momentum:
    def __init__(self, momentum=0.9):
        self.momentum = momentum
        self.last_move = {}

    def step(self, parameters, gradients, learning_rate):
        # 记住上一步走了多远：v = momentum * v - lr * g
        for k in gradients:
            move = self.momentum * self.last_move.get(k, 0.0) - learning_rate * gradients[k]
            self.last_move[k] = move
            np.add(parameters[k], move, out=parameters[k])
        return parameters


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.config, self.k, self.mv = (beta1, beta2, epsilon), 0, {}

    def step(self, parameters, gradients, learning_rate):
        b1, b2, eps = self.config
        self.k = self.k + 1
        for name, theta in parameters.items():
            mv = self.mv.setdefault(name, np.zeros((2,) + theta.shape))
            mv[0] = b1 * mv[0] + (1 - b1) * gradients[name]
            mv[1] = b2 * mv[1] + (1 - b2) * np.power(gradients[name], 2)
            m, v = mv[0] / (1 - pow(b1, self.k)), mv[1] / (1 - pow(b2, self.k))
            np.subtract(theta, learning_rate * m / (np.sqrt(v) + eps), out=theta)
        return parameters


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, inputs, training=True):
        self.zero = np.random.rand(*inputs.shape[1:]) < (self.rate if training else 0)
        self.by = 1 / (1 - self.rate) if training else 1
        return np.where(self.zero, 0.0, inputs * self.by)

    def backward(self, d_outputs):
        return np.where(self.zero, 0.0, d_outputs * self.by)
