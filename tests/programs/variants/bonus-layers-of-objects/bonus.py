import numpy as np
from dataclasses import dataclass


@dataclass
class Tape:
    xh: object = None
    xrh: object = None
    h: object = None
    z: object = None
    r: object = None
    c: object = None


class GRUCell:
    """gates in one matrix, candidate in another; rows: input first, state below"""

    def __init__(self, input_size, hidden_size):
        rng = np.random.default_rng()
        self.n_in, self.n_h = input_size, hidden_size
        k = 1 / np.sqrt(input_size + hidden_size)
        self.gate_kernel = rng.uniform(-k, k, (input_size + hidden_size, 2 * hidden_size))
        self.gate_bias = np.zeros(2 * hidden_size)
        self.cand_kernel = rng.uniform(-k, k, (input_size + hidden_size, hidden_size))
        self.cand_bias = np.zeros(hidden_size)

    def forward(self, input_t, hidden_state):
        xh = np.concatenate([input_t, hidden_state], axis=1)
        gates = 0.5 * (np.tanh(0.5 * (xh.dot(self.gate_kernel) + self.gate_bias)) + 1)
        z, r = np.split(gates, 2, axis=1)
        xrh = np.concatenate([input_t, r * hidden_state], axis=1)
        c = np.tanh(xrh.dot(self.cand_kernel) + self.cand_bias)
        self.tape = Tape(xh, xrh, hidden_state, z, r, c)
        return z * hidden_state + (1 - z) * c

    def backward(self, d_new_hidden_state):
        t = self.tape
        grad = d_new_hidden_state
        d_c = grad * (1 - t.z)
        d_z = grad * (t.h - t.c)
        d_h = grad * t.z
        d_c_in = d_c * (1 - t.c * t.c)
        d_xrh = d_c_in.dot(self.cand_kernel.T)
        d_x = d_xrh[:, :self.n_in]
        d_rh = d_xrh[:, self.n_in:]
        d_r = d_rh * t.h
        d_h = d_h + d_rh * t.r
        d_gates = np.concatenate([d_z * t.z * (1 - t.z), d_r * t.r * (1 - t.r)], axis=1)
        d_xh = d_gates.dot(self.gate_kernel.T)
        d_x = d_x + d_xh[:, :self.n_in]
        d_h = d_h + d_xh[:, self.n_in:]
        return dict(gate_kernel=t.xh.T.dot(d_gates), gate_bias=d_gates.sum(axis=0),
                    cand_kernel=t.xrh.T.dot(d_c_in), cand_bias=d_c_in.sum(axis=0),
                    input_t=d_x, hidden_state=d_h)


import numpy as np


class OneWay:
    """a direction of its own with an output layer of its own; reads forwards, whoever turns its input"""

    def __init__(self, i, h, o):
        self.Wx = np.random.uniform(-.3, .3, (i, h))
        self.Wh = np.random.uniform(-.3, .3, (h, h))
        self.b = np.zeros(h)
        self.Wy = np.random.uniform(-.3, .3, (h, o))

    def run(self, xs):
        self.xs = xs
        self.hs = [np.zeros((xs.shape[1], self.b.size))]
        for x in xs:
            self.hs.append(np.tanh(x.dot(self.Wx) + self.hs[-1].dot(self.Wh) + self.b))
        return np.array(self.hs[1:])

    def back(self, dys):
        g = {k: np.zeros_like(getattr(self, k)) for k in ('Wx', 'Wh', 'b', 'Wy')}
        carry = 0
        for t in range(len(dys) - 1, -1, -1):
            h, h_before = self.hs[t + 1], self.hs[t]
            g['Wy'] += h.T.dot(dys[t])
            delta = (dys[t].dot(self.Wy.T) + carry) * (1 - h * h)
            g['Wx'] += self.xs[t].T.dot(delta)
            g['Wh'] += h_before.T.dot(delta)
            g['b'] += delta.sum(0)
            carry = delta.dot(self.Wh.T)
        return g


class BidirectionalRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.ways = {'l2r': OneWay(input_size, hidden_size, output_size),
                     'r2l': OneWay(input_size, hidden_size, output_size)}
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        f = self.ways['l2r'].run(inputs)
        g = self.ways['r2l'].run(np.flip(inputs, axis=0))
        g = np.flip(g, axis=0)
        y = f @ self.ways['l2r'].Wy + g @ self.ways['r2l'].Wy + self.b_y
        return y, np.dstack([f, g]) if f.ndim == 2 else np.concatenate([f, g], -1)

    def backward(self, d_outputs):
        gf = self.ways['l2r'].back(d_outputs)
        gb = self.ways['r2l'].back(np.flip(d_outputs, axis=0))
        self.last = {'b_y': d_outputs.sum(axis=(0, 1))}
        for k in gf:
            self.last['l2r.' + k] = gf[k]
            self.last['r2l.' + k] = gb[k]
        return self.last

    def update_parameters(self, learning_rate):
        self.b_y -= learning_rate * self.last['b_y']
        for way in ('l2r', 'r2l'):
            for k in ('Wx', 'Wh', 'b', 'Wy'):
                w = getattr(self.ways[way], k)
                w -= learning_rate * self.last[way + '.' + k]


from typing import NamedTuple
import numpy as np


class P(NamedTuple):
    Wx: np.ndarray
    Wh: np.ndarray
    b: np.ndarray


def init(i, h):
    s = np.sqrt(2 / (i + h))
    return P(np.random.randn(i, h) * s, np.random.randn(h, h) * s * .5, np.zeros(h))


class Layer:
    def __init__(self, i, h):
        self.p = init(i, h)

    def up(self, xs):
        p = self.p
        self.xs = xs
        hs = np.zeros((len(xs) + 1, xs.shape[1], p.b.shape[0]))
        for t, x in enumerate(xs):
            hs[t + 1] = np.tanh(x @ p.Wx + hs[t] @ p.Wh + p.b)
        self.hs = hs
        return hs[1:]

    def down(self, dhs):
        p = self.p
        das = np.zeros_like(dhs)
        later = np.zeros_like(dhs[0])
        for t in reversed(range(len(dhs))):
            das[t] = (dhs[t] + later) * (1 - self.hs[t + 1] ** 2)
            later = das[t] @ p.Wh.T
        self.grad = P(np.tensordot(self.xs, das, ((0, 1), (0, 1))),
                      np.tensordot(self.hs[:-1], das, ((0, 1), (0, 1))), das.sum((0, 1)))
        return das @ p.Wx.T


class DeepRNN:
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        sizes = [input_size] + [hidden_size] * num_layers
        self.layers = [Layer(a, b) for a, b in zip(sizes, sizes[1:])]
        self.head = np.random.randn(hidden_size, output_size) * .3
        self.head_bias = np.zeros(output_size)

    def forward(self, inputs):
        h = np.asarray(inputs, float)
        every = []
        for layer in self.layers:
            h = layer.up(h)
            every.append(h)
        self.top = h
        return h @ self.head + self.head_bias, np.stack(every)

    def backward(self, d_outputs):
        self.d_head = np.tensordot(self.top, d_outputs, ((0, 1), (0, 1)))
        self.d_head_bias = d_outputs.sum((0, 1))
        d = d_outputs @ self.head.T
        for layer in self.layers[::-1]:
            d = layer.down(d)
        named = {'head': self.d_head, 'head_bias': self.d_head_bias}
        for i, layer in enumerate(self.layers):
            for field, value in zip(P._fields, layer.grad):
                named[f'{i}.{field}'] = value
        return named

    def update_parameters(self, learning_rate):
        self.head = self.head - learning_rate * self.d_head
        self.head_bias = self.head_bias - learning_rate * self.d_head_bias
        for layer in self.layers:
            layer.p = P(*(w - learning_rate * d for w, d in zip(layer.p, layer.grad)))


import numpy as np


class Step:
    """one tanh step that remembers its calls on a stack"""

    def __init__(self, i, h):
        self.K = np.random.uniform(-.35, .35, (i + h, h))
        self.b = np.zeros(h)
        self.i = i

    def __call__(self, x, h):
        v = np.hstack([x, h])
        out = np.tanh(v @ self.K + self.b)
        self.stack.append((v, out))
        return out

    def clear(self):
        self.stack = []
        self.dK = np.zeros_like(self.K)
        self.db = np.zeros_like(self.b)

    def undo(self, d):
        v, out = self.stack.pop()
        da = d * (1 - out ** 2)
        self.dK += v.T @ da
        self.db += da.sum(axis=0)
        dv = da @ self.K.T
        return dv[:, :self.i], dv[:, self.i:]


class Seq2Seq:
    def __init__(self, input_size, hidden_size, output_size):
        self.enc = Step(input_size, hidden_size)
        self.dec = Step(output_size, hidden_size)
        self.V = np.random.uniform(-.35, .35, (hidden_size, output_size))
        self.c = np.zeros(output_size)

    def forward(self, inputs, targets=None, length=None):
        self.enc.clear()
        self.dec.clear()
        state = np.zeros((inputs.shape[1], self.V.shape[0]))
        for x in inputs:
            state = self.enc(x, state)
        self.teaching = targets is not None
        steps = len(targets) if self.teaching else (length or len(inputs))
        token = np.zeros((inputs.shape[1], self.V.shape[1]))
        self.states, out = [], []
        for t in range(steps):
            state = self.dec(token, state)
            self.states.append(state)
            out.append(state @ self.V + self.c)
            token = targets[t] if self.teaching else out[-1]
        return np.array(out)

    def backward(self, d_outputs):
        dV, dc = np.zeros_like(self.V), np.zeros_like(self.c)
        d_state = np.zeros_like(self.states[0])
        d_token = np.zeros_like(d_outputs[0])
        for t in reversed(range(len(d_outputs))):
            dy = d_outputs[t] if self.teaching else d_outputs[t] + d_token
            dV += self.states[t].T @ dy
            dc += dy.sum(axis=0)
            d_token, d_state = self.dec.undo(dy @ self.V.T + d_state)
        while self.enc.stack:
            _, d_state = self.enc.undo(d_state)
        self.grads = {'V': dV, 'c': dc, 'enc_K': self.enc.dK, 'enc_b': self.enc.db,
                      'dec_K': self.dec.dK, 'dec_b': self.dec.db}
        return {k: v.copy() for k, v in self.grads.items()}

    def update_parameters(self, learning_rate):
        g = self.grads
        self.V -= learning_rate * g['V']
        self.c -= learning_rate * g['c']
        self.enc.K -= learning_rate * g['enc_K']
        self.enc.b -= learning_rate * g['enc_b']
        self.dec.K -= learning_rate * g['dec_K']
        self.dec.b -= learning_rate * g['dec_b']


import numpy as np


def clip_by_norm(gradients, limit):
    total = 0.0
    for g in gradients.values():
        total += np.sum(g ** 2)
    norm = np.sqrt(total)
    if norm > limit:
        return {k: g * (limit / norm) for k, g in gradients.items()}
    return {k: g.copy() for k, g in gradients.items()}


class Momentum:
    def __init__(self, momentum=0.9):
        self.momentum = momentum
        self.v = None

    def step(self, parameters, gradients, learning_rate):
        if self.v is None:
            self.v = {k: np.zeros_like(p) for k, p in parameters.items()}
        for k in parameters:
            self.v[k] = self.momentum * self.v[k] - learning_rate * gradients[k]
            parameters[k] += self.v[k]
        return parameters


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.t = 0
        self.m = {}
        self.v = {}

    def step(self, parameters, gradients, learning_rate):
        self.t += 1
        for k, p in parameters.items():
            g = gradients[k]
            if k not in self.m:
                self.m[k] = np.zeros_like(p)
                self.v[k] = np.zeros_like(p)
            self.m[k] = self.beta1 * self.m[k] + (1 - self.beta1) * g
            self.v[k] = self.beta2 * self.v[k] + (1 - self.beta2) * g ** 2
            m_hat = self.m[k] / (1 - self.beta1 ** self.t)
            v_hat = self.v[k] / (1 - self.beta2 ** self.t)
            p -= learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return parameters


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, inputs, training=True):
        self.training = training
        if not training:
            return inputs.copy()
        T, B, N = inputs.shape
        self.mask = (np.random.rand(B, N) >= self.rate) / (1 - self.rate)
        return inputs * self.mask

    def backward(self, d_outputs):
        if not self.training:
            return d_outputs.copy()
        return d_outputs * self.mask
