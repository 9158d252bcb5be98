"""A small framework: Parameter with data and grad, Module that finds them, layers that accumulate."""
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Parameter:
    data: np.ndarray
    grad: np.ndarray = field(init=False)

    def __post_init__(self):
        self.grad = np.zeros_like(self.data)

    @classmethod
    def weight(cls, fan_in, fan_out):
        return cls(np.random.randn(fan_in, fan_out) * np.sqrt(2 / (fan_in + fan_out)))

    @classmethod
    def bias(cls, n):
        return cls(np.zeros(n))


class Module:
    def named_parameters(self, prefix=''):
        for name, value in vars(self).items():
            if isinstance(value, Parameter):
                yield prefix + name, value
            elif isinstance(value, Module):
                yield from value.named_parameters(f'{prefix}{name}.')
            elif isinstance(value, list) and value and isinstance(value[0], Module):
                for k, each in enumerate(value):
                    yield from each.named_parameters(f'{prefix}{name}.{k}.')

    def zero_grad(self):
        for _, parameter in self.named_parameters():
            parameter.grad = np.zeros_like(parameter.data)

    def gradients(self):
        return {name: parameter.grad.copy() for name, parameter in self.named_parameters()}

    def update_parameters(self, learning_rate):
        for _, parameter in self.named_parameters():
            parameter.data = parameter.data - learning_rate * parameter.grad


class Linear(Module):
    def __init__(self, fan_in, fan_out, bias=True):
        self.W = Parameter.weight(fan_in, fan_out)
        if bias:
            self.b = Parameter.bias(fan_out)

    def __call__(self, x):
        y = x @ self.W.data
        return y + self.b.data if hasattr(self, 'b') else y

    def backward(self, x, dy):
        self.W.grad += x.T @ dy
        if hasattr(self, 'b'):
            self.b.grad += dy.sum(axis=0)
        return dy @ self.W.data.T


class Gate(Module):
    """activation(x W + h U + b)"""

    def __init__(self, input_size, hidden_size, activation):
        self.of_input, self.of_state = Linear(input_size, hidden_size), Linear(hidden_size, hidden_size, bias=False)
        self.activation = activation

    def __call__(self, x, h):
        a = self.of_input(x) + self.of_state(h)
        return np.tanh(a) if self.activation == 'tanh' else (np.tanh(a / 2) + 1) / 2

    def backward(self, x, h, y, dy):
        da = dy * (1 - y * y if self.activation == 'tanh' else y * (1 - y))
        return self.of_input.backward(x, da), self.of_state.backward(h, da)


class GRUCell(Module):
    def __init__(self, input_size, hidden_size):
        self.update = Gate(input_size, hidden_size, 'sigmoid')
        self.reset = Gate(input_size, hidden_size, 'sigmoid')
        self.candidate = Gate(input_size, hidden_size, 'tanh')

    def forward(self, input_t, hidden_state):
        x, h = input_t.copy(), hidden_state.copy()
        z, r = self.update(x, h), self.reset(x, h)
        n = self.candidate(x, r * h)
        self.cache = x, h, z, r, n
        return z * n + (1 - z) * h

    def backward(self, d_new_hidden_state):
        self.zero_grad()
        x, h, z, r, n = self.cache
        d = d_new_hidden_state
        dx1, drh = self.candidate.backward(x, r * h, n, d * z)
        dx2, dh2 = self.reset.backward(x, h, r, drh * h)
        dx3, dh3 = self.update.backward(x, h, z, d * (n - h))
        return self.gradients() | {'input_t': dx1 + dx2 + dx3, 'hidden_state': d * (1 - z) + drh * r + dh2 + dh3}


class Recurrence(Module):
    def __init__(self, input_size, hidden_size):
        self.gate, self.size = Gate(input_size, hidden_size, 'tanh'), hidden_size

    def start(self, batch):
        return np.zeros((batch, self.size))

    def __call__(self, xs, h):
        self.xs, self.hs = list(xs), [h]
        for x in self.xs:
            self.hs.append(self.gate(x, self.hs[-1]))
        return self.hs[1:]

    def backward(self, ds):
        dxs, dh = [], 0
        for x, before, after, d in zip(self.xs[::-1], self.hs[-2::-1], self.hs[:0:-1], ds[::-1]):
            dx, dh = self.gate.backward(x, before, after, d + dh)
            dxs.append(dx)
        return dxs[::-1], dh


class BidirectionalRNN(Module):
    """A head for each direction; their outputs are added."""

    def __init__(self, input_size, hidden_size, output_size):
        self.past, self.future = Recurrence(input_size, hidden_size), Recurrence(input_size, hidden_size)
        self.past_head = Linear(hidden_size, output_size)
        self.future_head = Linear(hidden_size, output_size, bias=False)

    def forward(self, inputs):
        start = self.past.start(inputs.shape[1])
        x = inputs.copy()
        self.f, self.g = self.past(x, start), self.future(x[::-1], start)[::-1]
        outputs = [self.past_head(f) + self.future_head(g) for f, g in zip(self.f, self.g)]
        return np.array(outputs), np.concatenate([self.f, self.g], axis=2)

    def backward(self, d_outputs):
        self.zero_grad()
        self.past.backward([self.past_head.backward(f, d) for f, d in zip(self.f, d_outputs)])
        self.future.backward([self.future_head.backward(g, d) for g, d in zip(self.g, d_outputs)][::-1])
        return self.gradients()


class DeepRNN(Module):
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.layers = [Recurrence(input_size, hidden_size)]
        self.layers += [Recurrence(hidden_size, hidden_size) for _ in range(num_layers - 1)]
        self.head = Linear(hidden_size, output_size)

    def forward(self, inputs):
        xs, hidden = inputs.copy(), []
        for layer in self.layers:
            xs = layer(xs, layer.start(inputs.shape[1]))
            hidden.append(xs)
        return np.array([self.head(x) for x in xs]), np.array(hidden)

    def backward(self, d_outputs):
        self.zero_grad()
        ds = [self.head.backward(h, d) for h, d in zip(self.layers[-1].hs[1:], d_outputs)]
        for layer in reversed(self.layers):
            ds, _ = layer.backward(ds)
        return self.gradients()


class Seq2Seq(Module):
    def __init__(self, input_size, hidden_size, output_size):
        self.encoder, self.decoder = Recurrence(input_size, hidden_size), Gate(output_size, hidden_size, 'tanh')
        self.head, self.output_size = Linear(hidden_size, output_size), output_size

    def forward(self, inputs, targets=None, length=None):
        s = self.encoder(inputs.copy(), self.encoder.start(inputs.shape[1]))[-1]
        u = np.zeros((inputs.shape[1], self.output_size))
        self.free, self.trace, outputs = targets is None, [], []
        for t in range(len(targets) if targets is not None else length or len(inputs)):
            after = self.decoder(u, s)
            self.trace.append((u, s, after))
            outputs.append(self.head(after))
            u, s = outputs[-1] if self.free else targets[t].copy(), after
        return np.array(outputs)

    def backward(self, d_outputs):
        self.zero_grad()
        ds = du = 0
        for (u, s, after), d in zip(self.trace[::-1], d_outputs[::-1]):
            dh = self.head.backward(after, d + du if self.free else d) + ds
            du, ds = self.decoder.backward(u, s, after, dh)
        self.encoder.backward([0] * (len(self.encoder.xs) - 1) + [ds])
        return self.gradients()


def clip_by_norm(gradients, limit):
    norm = np.linalg.norm([np.linalg.norm(g) for g in gradients.values()])
    return {k: g * min(1.0, limit / norm) if norm else g.copy() for k, g in gradients.items()}


@dataclass
class Momentum:
    momentum: float = 0.9
    buffers: dict = field(default_factory=dict)

    def step(self, parameters, gradients, learning_rate):
        for name, theta in parameters.items():
            self.buffers[name] = v = gradients[name] + self.momentum * self.buffers.get(name, np.zeros_like(theta))
            theta[:] = theta - learning_rate * v
        return parameters


@dataclass
class Adam:
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    k: int = 0
    m: dict = field(default_factory=dict)
    v: dict = field(default_factory=dict)

    def step(self, parameters, gradients, learning_rate):
        self.k += 1
        for name, theta in parameters.items():
            g = np.asarray(gradients[name])
            zero = np.zeros_like(theta)
            self.m[name] = self.beta1 * self.m.get(name, zero) + (1 - self.beta1) * g
            self.v[name] = self.beta2 * self.v.get(name, zero) + (1 - self.beta2) * g * g
            unbiased = self.m[name] / (1 - self.beta1 ** self.k), self.v[name] / (1 - self.beta2 ** self.k)
            theta[:] = theta - learning_rate * unbiased[0] / (np.sqrt(unbiased[1]) + self.epsilon)
        return parameters


@dataclass
class Dropout:
    rate: float

    def forward(self, inputs, training=True):
        self.mask = np.ones_like(inputs[:1])
        if training:
            self.mask = (np.random.random(self.mask.shape) >= self.rate) / (1 - self.rate)
        return inputs * self.mask

    def backward(self, d_outputs):
        return d_outputs * self.mask
