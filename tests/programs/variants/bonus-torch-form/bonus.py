"""Weights as PyTorch stores them: (3H, I) and (3H, H), two biases, h @ W.T."""
import math

import numpy as np


def uniform(hidden_size, *shape):
    k = 1 / math.sqrt(hidden_size)
    return np.random.uniform(-k, k, shape)


def sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), 1 - 1 / (1 + np.exp(-np.abs(x))))


class GRUCell:
    def __init__(self, input_size, hidden_size):
        self.weight_ih = uniform(hidden_size, 3 * hidden_size, input_size)  # r, z, n
        self.weight_hh = uniform(hidden_size, 3 * hidden_size, hidden_size)
        self.bias_ih = uniform(hidden_size, 3 * hidden_size)
        self.bias_hh = uniform(hidden_size, 3 * hidden_size)

    def forward(self, input_t, hidden_state):
        gi = input_t @ self.weight_ih.T + self.bias_ih
        gh = hidden_state @ self.weight_hh.T + self.bias_hh
        i_r, i_z, i_n = np.split(gi, 3, axis=1)
        h_r, h_z, h_n = np.split(gh, 3, axis=1)
        r, z = sigmoid(i_r + h_r), sigmoid(i_z + h_z)
        n = np.tanh(i_n + r * h_n)
        self.saved = input_t.copy(), hidden_state.copy(), r, z, n, h_n
        return n + z * (hidden_state - n)

    def backward(self, d_new_hidden_state):
        x, h, r, z, n, h_n = self.saved
        d = d_new_hidden_state
        dn = d * (1 - z) * (1 - n * n)
        dz = d * (h - n) * z * (1 - z)
        dr = dn * h_n * r * (1 - r)
        d_gi = np.concatenate([dr, dz, dn], axis=1)
        d_gh = np.concatenate([dr, dz, dn * r], axis=1)
        return {
            'weight_ih': d_gi.T @ x,
            'weight_hh': d_gh.T @ h,
            'bias_ih': d_gi.sum(0),
            'bias_hh': d_gh.sum(0),
            'input_t': d_gi @ self.weight_ih,
            'hidden_state': d_gh @ self.weight_hh + d * z,
        }


class Recurrent:
    """One layer and one direction."""

    def __init__(self, owner, suffix, input_size, hidden_size):
        self.owner, self.suffix = owner, suffix
        setattr(owner, 'weight_ih' + suffix, uniform(hidden_size, hidden_size, input_size))
        setattr(owner, 'weight_hh' + suffix, uniform(hidden_size, hidden_size, hidden_size))
        setattr(owner, 'bias' + suffix, uniform(hidden_size, hidden_size))

    def weights(self):
        return [getattr(self.owner, name + self.suffix) for name in ('weight_ih', 'weight_hh', 'bias')]

    def forward(self, x, h):
        w_ih, w_hh, b = self.weights()
        self.x, self.h = np.array(x), [h]
        for x_t in x:
            self.h.append(np.tanh(x_t @ w_ih.T + self.h[-1] @ w_hh.T + b))
        return np.array(self.h[1:])

    def backward(self, d_out):
        w_ih, w_hh, b = self.weights()
        g_ih, g_hh, g_b = np.zeros_like(w_ih), np.zeros_like(w_hh), np.zeros_like(b)
        dx, dh = np.zeros_like(self.x), np.zeros_like(self.h[0])
        for t in range(len(self.x) - 1, -1, -1):
            da = (d_out[t] + dh) * (1 - self.h[t + 1] ** 2)
            g_ih += da.T @ self.x[t]
            g_hh += da.T @ self.h[t]
            g_b += da.sum(0)
            dx[t], dh = da @ w_ih, da @ w_hh
        s = self.suffix
        return {'weight_ih' + s: g_ih, 'weight_hh' + s: g_hh, 'bias' + s: g_b}, dx, dh


class Module:
    def head(self, n_in, n_out):
        self.weight, self.bias = uniform(n_in, n_out, n_in), uniform(n_in, n_out)

    def head_backward(self, h, dy):
        grads = {'weight': np.einsum('tbo,tbh->oh', dy, h), 'bias': dy.sum((0, 1))}
        return grads, dy @ self.weight

    def update_parameters(self, learning_rate):
        for name, grad in self.grads.items():
            setattr(self, name, getattr(self, name) - learning_rate * grad)


class BidirectionalRNN(Module):
    def __init__(self, input_size, hidden_size, output_size):
        self.H = hidden_size
        self.l0 = Recurrent(self, '_l0', input_size, hidden_size)
        self.l0_reverse = Recurrent(self, '_l0_reverse', input_size, hidden_size)
        self.head(2 * hidden_size, output_size)

    def forward(self, inputs):
        h0 = np.zeros((inputs.shape[1], self.H))
        there = self.l0.forward(inputs, h0)
        back = self.l0_reverse.forward(inputs[::-1], h0)[::-1]
        self.h = np.concatenate((there, back), axis=2)
        return self.h @ self.weight.T + self.bias, self.h

    def backward(self, d_outputs):
        grads, dh = self.head_backward(self.h, d_outputs)
        grads.update(self.l0.backward(dh[..., :self.H])[0])
        grads.update(self.l0_reverse.backward(dh[::-1, :, self.H:])[0])
        self.grads = grads
        return grads


class DeepRNN(Module):
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.H = hidden_size
        self.stack = [
            Recurrent(self, f'_l{k}', hidden_size if k else input_size, hidden_size)
            for k in range(num_layers)
        ]
        self.head(hidden_size, output_size)

    def forward(self, inputs):
        h0, below, self.h = np.zeros((inputs.shape[1], self.H)), inputs, []
        for layer in self.stack:
            below = layer.forward(below, h0)
            self.h.append(below)
        return below @ self.weight.T + self.bias, np.stack(self.h)

    def backward(self, d_outputs):
        grads, dh = self.head_backward(self.h[-1], d_outputs)
        for layer in self.stack[::-1]:
            own, dh, _ = layer.backward(dh)
            grads.update(own)
        self.grads = grads
        return grads


class Seq2Seq(Module):
    def __init__(self, input_size, hidden_size, output_size):
        self.H, self.O = hidden_size, output_size
        self.encoder = Recurrent(self, '_encoder', input_size, hidden_size)
        self.decoder = Recurrent(self, '_decoder', output_size, hidden_size)
        self.head(hidden_size, output_size)

    def forward(self, inputs, targets=None, length=None):
        B = inputs.shape[1]
        h = self.encoder.forward(inputs, np.zeros((B, self.H)))[-1]
        self.teaching = targets is not None
        if self.teaching:
            u = np.concatenate((np.zeros((1, B, self.O)), targets[:-1]))
        else:
            w_ih, w_hh, b = self.decoder.weights()
            u, s = [np.zeros((B, self.O))], h
            for _ in range((len(inputs) if length is None else length) - 1):
                s = np.tanh(u[-1] @ w_ih.T + s @ w_hh.T + b)
                u.append(s @ self.weight.T + self.bias)
        self.s = self.decoder.forward(np.array(u), h)  # once more with what was read
        return self.s @ self.weight.T + self.bias

    def backward(self, d_outputs):
        dy = np.array(d_outputs)
        if not self.teaching:  # complete dL/dy from the end: y_{t-1} was read at step t
            w_ih, w_hh, _ = self.decoder.weights()
            later = 0
            for t in range(len(dy) - 1, 0, -1):
                da = (dy[t] @ self.weight + later) * (1 - self.s[t] ** 2)
                dy[t - 1] += da @ w_ih
                later = da @ w_hh
        grads, ds = self.head_backward(self.s, dy)
        own, _, dh = self.decoder.backward(ds)
        d_states = np.zeros_like(np.array(self.encoder.h[1:]))
        d_states[-1] = dh
        grads.update(own, **self.encoder.backward(d_states)[0])
        self.grads = grads
        return grads


def clip_by_norm(gradients, limit):
    total = math.sqrt(sum(float((g ** 2).sum()) for g in gradients.values()))
    coefficient = min(1.0, limit / (total + 1e-6))
    return {name: g * coefficient for name, g in gradients.items()}


class Momentum:
    def __init__(self, momentum=0.9):
        self.momentum, self.buffers = momentum, {}

    def step(self, parameters, gradients, learning_rate):
        for name, p in parameters.items():
            if name not in self.buffers:
                self.buffers[name] = np.array(gradients[name])
            else:
                self.buffers[name] = self.momentum * self.buffers[name] + gradients[name]
            p -= learning_rate * self.buffers[name]
        return parameters


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.betas, self.eps, self.state = (beta1, beta2), epsilon, {}

    def step(self, parameters, gradients, learning_rate):
        beta1, beta2 = self.betas
        for name, p in parameters.items():
            g = gradients[name]
            state = self.state.setdefault(name, {'step': 0, 'avg': 0 * g, 'sq': 0 * g})
            state['step'] += 1
            state['avg'] = state['avg'] + (g - state['avg']) * (1 - beta1)
            state['sq'] = state['sq'] * beta2 + g * g * (1 - beta2)
            size = learning_rate / (1 - beta1 ** state['step'])
            root = np.sqrt(state['sq']) / math.sqrt(1 - beta2 ** state['step']) + self.eps
            p -= size * state['avg'] / root
        return parameters


class Dropout:
    def __init__(self, rate):
        self.p = rate

    def forward(self, inputs, training=True):
        self.mask = np.ones((1,) + inputs.shape[1:])
        if training:
            self.mask = np.random.binomial(1, 1 - self.p, self.mask.shape) / (1 - self.p)
        return inputs * self.mask

    def backward(self, d_outputs):
        return d_outputs * self.mask
