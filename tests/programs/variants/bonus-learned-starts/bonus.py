import numpy as np

NAMES = ('z', 'r', 'h')


def squash(a):
    return np.where(a > 0, 1 / (1 + np.exp(-np.abs(a))), np.exp(-np.abs(a)) / (1 + np.exp(-np.abs(a))))


class GRUCell:
    # torch: reset after the product, two biases for the candidate
    def __init__(self, input_size, hidden_size):
        self.p = {}
        for g in NAMES:
            self.p['W_' + g] = np.random.normal(0, 0.25, (input_size, hidden_size))
            self.p['U_' + g] = np.random.normal(0, 0.25, (hidden_size, hidden_size))
            self.p['b_' + g] = np.zeros(hidden_size)
        self.p['c_h'] = np.zeros(hidden_size)
        for name, value in self.p.items():
            setattr(self, name, value)

    def _lin(self, g, x, h):
        return x @ getattr(self, 'W_' + g) + h @ getattr(self, 'U_' + g) + getattr(self, 'b_' + g)

    def forward(self, input_t, hidden_state):
        z = squash(self._lin('z', input_t, hidden_state))
        r = squash(self._lin('r', input_t, hidden_state))
        q = hidden_state @ self.U_h + self.c_h
        n = np.tanh(input_t @ self.W_h + self.b_h + r * q)
        self.mem = dict(x=input_t, h=hidden_state, z=z, r=r, q=q, n=n)
        return n + z * (hidden_state - n)

    def backward(self, d_new_hidden_state):
        m = self.mem
        g = d_new_hidden_state
        d = {}
        d['z'] = g * (m['h'] - m['n']) * m['z'] * (1 - m['z'])
        d['h'] = g * (1 - m['z']) * (1 - m['n'] ** 2)
        d['r'] = d['h'] * m['q'] * m['r'] * (1 - m['r'])
        dq = d['h'] * m['r']
        out = {}
        for k in NAMES:
            out['W_' + k] = m['x'].T @ d[k]
            out['b_' + k] = d[k].sum(axis=0)
        for k in 'zr':
            out['U_' + k] = m['h'].T @ d[k]
        out['U_h'] = m['h'].T @ dq
        out['c_h'] = dq.sum(axis=0)
        out['input_t'] = sum(d[k] @ getattr(self, 'W_' + k).T for k in NAMES)
        out['hidden_state'] = (g * m['z'] + d['z'] @ self.U_z.T + d['r'] @ self.U_r.T
                               + dq @ self.U_h.T)
        return out


import numpy as np


class BidirectionalRNN:
    """states of the two directions added; both starting states can be learned (zero at first)"""

    def __init__(self, input_size, hidden_size, output_size):
        r = lambda *s: np.random.standard_normal(s) * 0.25
        self.params = {
            'Wf': r(input_size, hidden_size), 'Uf': r(hidden_size, hidden_size), 'bf': np.zeros((1, hidden_size)),
            'Wb': r(input_size, hidden_size), 'Ub': r(hidden_size, hidden_size), 'bb': np.zeros((1, hidden_size)),
            'f0': np.zeros((1, hidden_size)), 'g0': np.zeros((1, hidden_size)),
            'V': r(hidden_size, output_size), 'c': np.zeros((1, output_size)),
        }

    def _walk(self, xs, W, U, b, h):
        states = []
        for x in xs:
            h = np.tanh(x @ W + h @ U + b)
            states.append(h)
        return states

    def forward(self, inputs):
        p = self.params
        self.x = np.array(inputs)
        n = inputs.shape[1]
        self.f = self._walk(self.x, p['Wf'], p['Uf'], p['bf'], np.repeat(p['f0'], n, 0))
        self.g = self._walk(self.x[::-1], p['Wb'], p['Ub'], p['bb'], np.repeat(p['g0'], n, 0))[::-1]
        self.h = np.stack([a + b for a, b in zip(self.f, self.g)])
        return self.h @ p['V'] + p['c'], self.h

    def _unwalk(self, xs, hs, dhs, W, U, h0):
        dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros((1, U.shape[0]))
        nxt = np.zeros_like(hs[0])
        for t in range(len(hs) - 1, -1, -1):
            da = (dhs[t] + nxt) * (1 - hs[t] ** 2)
            before = hs[t - 1] if t else np.repeat(h0, len(nxt), 0)
            dW += np.einsum('bi,bh->ih', xs[t], da)
            dU += np.einsum('bi,bh->ih', before, da)
            db += da.sum(0, keepdims=True)
            nxt = da @ U.T
        return dW, dU, db, nxt.sum(0, keepdims=True)

    def backward(self, d_outputs):
        p = self.params
        dh = d_outputs @ p['V'].T
        gr = {'V': np.einsum('tbh,tbo->ho', self.h, d_outputs), 'c': d_outputs.sum((0, 1))[None]}
        gr['Wf'], gr['Uf'], gr['bf'], gr['f0'] = self._unwalk(self.x, self.f, dh, p['Wf'], p['Uf'], p['f0'])
        gr['Wb'], gr['Ub'], gr['bb'], gr['g0'] = self._unwalk(
            self.x[::-1], self.g[::-1], dh[::-1], p['Wb'], p['Ub'], p['g0'])
        self.gr = gr
        return gr

    def update_parameters(self, learning_rate):
        for k, v in self.params.items():
            v -= learning_rate * self.gr[k]


import numpy as np


class DeepRNN:
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.L = num_layers
        self.H = hidden_size
        for k in range(1, num_layers + 1):
            n_in = input_size if k == 1 else hidden_size
            setattr(self, f'W_xh_{k}', np.random.randn(n_in, hidden_size) / np.sqrt(n_in))
            setattr(self, f'W_hh_{k}', np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size) * 0.5)
            setattr(self, f'b_h_{k}', np.zeros(hidden_size))
            setattr(self, f'start_{k}', np.random.randn(hidden_size) * 0.1)
        self.W_hy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, I = inputs.shape
        self.inputs = inputs
        self.h = np.zeros((self.L, T, B, self.H))
        outputs = []
        prev = [np.tile(getattr(self, f'start_{k + 1}'), (B, 1)) for k in range(self.L)]
        for t in range(T):
            x = inputs[t]
            for k in range(self.L):
                a = x @ getattr(self, f'W_xh_{k+1}') + prev[k] @ getattr(self, f'W_hh_{k+1}') + getattr(self, f'b_h_{k+1}')
                prev[k] = np.tanh(a)
                self.h[k, t] = prev[k]
                x = prev[k]
            outputs.append(x @ self.W_hy + self.b_y)
        return np.array(outputs), self.h.copy()

    def backward(self, d_outputs):
        T, B, O = d_outputs.shape
        g = {n: np.zeros_like(v) for n, v in vars(self).items() if n[:2] in ('W_', 'b_', 'st')}
        dnext = [np.zeros((B, self.H)) for _ in range(self.L)]
        for t in range(T - 1, -1, -1):
            g['W_hy'] += self.h[-1, t].T @ d_outputs[t]
            g['b_y'] += d_outputs[t].sum(0)
            dh = d_outputs[t] @ self.W_hy.T
            for k in range(self.L - 1, -1, -1):
                dh = dh + dnext[k]
                da = dh * (1 - self.h[k, t] ** 2)
                below = self.inputs[t] if k == 0 else self.h[k - 1, t]
                before = self.h[k, t - 1] if t > 0 else np.tile(getattr(self, f'start_{k + 1}'), (B, 1))
                g[f'W_xh_{k+1}'] += below.T @ da
                g[f'W_hh_{k+1}'] += before.T @ da
                g[f'b_h_{k+1}'] += da.sum(0)
                dnext[k] = da @ getattr(self, f'W_hh_{k+1}').T
                dh = da @ getattr(self, f'W_xh_{k+1}').T
        for k in range(self.L):
            g[f'start_{k + 1}'] = dnext[k].sum(0)
        self.g = g
        return g

    def update_parameters(self, learning_rate):
        for n, d in self.g.items():
            setattr(self, n, getattr(self, n) - learning_rate * d)


import numpy as np


class Seq2Seq:
    def __init__(self, input_size, hidden_size, output_size):
        self.H, self.O = hidden_size, output_size
        self.W_xh_encoder = np.random.randn(input_size, hidden_size) * 0.3
        self.W_hh_encoder = np.random.randn(hidden_size, hidden_size) * 0.3
        self.b_h_encoder = np.zeros(hidden_size)
        self.W_yh_decoder = np.random.randn(output_size, hidden_size) * 0.3
        self.W_hh_decoder = np.random.randn(hidden_size, hidden_size) * 0.3
        self.b_h_decoder = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * 0.3
        self.b_y = np.zeros(output_size)
        self.start = np.zeros((1, hidden_size))

    def forward(self, inputs, targets=None, length=None):
        T, B, _ = inputs.shape
        self.x = inputs
        h = self.start + np.zeros((B, self.H))
        self.h = [h]
        for t in range(T):
            h = np.tanh(inputs[t] @ self.W_xh_encoder + h @ self.W_hh_encoder + self.b_h_encoder)
            self.h.append(h)
        if targets is not None:
            S = targets.shape[0]
        elif length is not None:
            S = length
        else:
            S = T
        self.free = targets is None
        s = self.h[-1]
        self.s = [s]
        self.u = []
        u = np.zeros((B, self.O))
        ys = []
        for t in range(S):
            s = np.tanh(u @ self.W_yh_decoder + s @ self.W_hh_decoder + self.b_h_decoder)
            y = s @ self.W_hy + self.b_y
            self.u.append(u)
            self.s.append(s)
            ys.append(y)
            if targets is not None:
                u = targets[t]
            else:
                u = y
        return np.stack(ys)

    def backward(self, d_outputs):
        S, B, _ = d_outputs.shape
        g = {k: np.zeros_like(getattr(self, k)) for k in (
            'W_xh_encoder', 'W_hh_encoder', 'b_h_encoder', 'W_yh_decoder', 'W_hh_decoder',
            'b_h_decoder', 'W_hy', 'b_y', 'start')}
        ds_next = np.zeros((B, self.H))
        dy_next = np.zeros((B, self.O))
        for t in range(S - 1, -1, -1):
            dy = d_outputs[t] + dy_next
            g['W_hy'] += self.s[t + 1].T @ dy
            g['b_y'] += dy.sum(0)
            ds = dy @ self.W_hy.T + ds_next
            da = ds * (1 - self.s[t + 1] ** 2)
            g['W_yh_decoder'] += self.u[t].T @ da
            g['W_hh_decoder'] += self.s[t].T @ da
            g['b_h_decoder'] += da.sum(0)
            ds_next = da @ self.W_hh_decoder.T
            if self.free:
                dy_next = da @ self.W_yh_decoder.T
        dh_next = ds_next
        for t in range(len(self.x) - 1, -1, -1):
            da = dh_next * (1 - self.h[t + 1] ** 2)
            g['W_xh_encoder'] += self.x[t].T @ da
            g['W_hh_encoder'] += self.h[t].T @ da
            g['b_h_encoder'] += da.sum(0)
            dh_next = da @ self.W_hh_encoder.T
        g['start'] = dh_next.sum(0, keepdims=True)
        self.g = g
        return g

    def update_parameters(self, learning_rate):
        for k, v in self.g.items():
            getattr(self, k)[...] -= learning_rate * v


import math
import numpy as np


def clip_by_norm(gradients, limit):
    flat = np.concatenate([np.ravel(g) for g in gradients.values()])
    scale = min(1.0, limit / (np.linalg.norm(flat) + 1e-7))
    return dict((name, scale * g) for name, g in gradients.items())


class Optimizer(dict):
    """state of each array by its name"""

    def of(self, name, like, n):
        if name not in self:
            self[name] = [np.zeros(like.shape) for _ in range(n)]
        return self[name]

    def step(self, parameters, gradients, learning_rate):
        self.begin()
        for name in gradients:
            parameters[name][...] = self.moved(name, parameters[name], gradients[name], learning_rate)
        return parameters

    def begin(self):
        pass


class Momentum(Optimizer):
    def __init__(self, momentum=0.9):
        super().__init__()
        self.mu = momentum

    def moved(self, name, p, g, lr):
        (v,) = self.of(name, p, 1)
        v *= self.mu
        v += g
        return p - lr * v


class Adam(Optimizer):
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__()
        self.b1, self.b2, self.eps = beta1, beta2, epsilon
        self.c1 = self.c2 = 1.0

    def begin(self):
        self.c1 *= self.b1
        self.c2 *= self.b2

    def moved(self, name, p, g, lr):
        m, v = self.of(name, p, 2)
        m[...] = self.b1 * m + (1 - self.b1) * g
        v[...] = self.b2 * v + (1 - self.b2) * np.square(g)
        rate = lr * math.sqrt(1 - self.c2) / (1 - self.c1)
        return p - rate * m / np.sqrt(v + self.eps ** 2)


class Dropout:
    def __init__(self, rate):
        self.keep = 1 - rate
        self.factor = None

    def forward(self, inputs, training=True):
        if training:
            drawn = np.random.binomial(1, self.keep, size=inputs.shape[1:])
            self.factor = drawn[np.newaxis] / self.keep
        else:
            self.factor = np.ones((1, 1, 1))
        return self.factor * inputs

    def backward(self, d_outputs):
        return self.factor * d_outputs
