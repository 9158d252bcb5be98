# Keras habits: time loop over a cell, one kernel for z, r, h; directions are summed (merge_mode="sum")
import numpy as np


def glorot(*shape):
    return np.random.uniform(-1, 1, shape) * np.sqrt(6 / sum(shape))


def hard(x):
    return np.exp(-np.logaddexp(0, -x))


class GRUCell:
    """reset_after=False"""

    def __init__(self, input_size, hidden_size):
        self.units = hidden_size
        self.kernel = glorot(input_size, 3 * hidden_size)
        self.recurrent_kernel = glorot(hidden_size, 3 * hidden_size)
        self.bias = np.zeros(3 * hidden_size)

    def forward(self, input_t, hidden_state):
        u = self.units
        self.x, self.h = input_t, hidden_state
        self.x, self.h = self.x.copy(), self.h.copy()
        a = self.x @ self.kernel + self.bias
        gates = hard(a[:, :2 * u] + self.h @ self.recurrent_kernel[:, :2 * u])
        self.z, self.r = gates[:, :u], gates[:, u:]
        self.hh = np.tanh(a[:, 2 * u:] + (self.r * self.h) @ self.recurrent_kernel[:, 2 * u:])
        return self.z * self.h + (1 - self.z) * self.hh

    def backward(self, d_new_hidden_state):
        u, U = self.units, self.recurrent_kernel
        d_hh = d_new_hidden_state * (1 - self.z) * (1 - self.hh ** 2)
        d_rh = d_hh @ U[:, 2 * u:].T
        d_z = d_new_hidden_state * (self.h - self.hh) * self.z * (1 - self.z)
        d_r = d_rh * self.h * self.r * (1 - self.r)
        d = np.hstack([d_z, d_r, d_hh])
        d_U = np.hstack([self.h.T @ d[:, :2 * u], (self.r * self.h).T @ d_hh])
        return {'kernel': self.x.T @ d, 'recurrent_kernel': d_U, 'bias': d.sum(0),
                'input_t': d @ self.kernel.T,
                'hidden_state': d_new_hidden_state * self.z + d_rh * self.r + d[:, :2 * u] @ U[:, :2 * u].T}


class SimpleRNNCell:
    def __init__(self, n_in, units):
        self.kernel, self.recurrent_kernel, self.bias = glorot(n_in, units), glorot(units, units), np.zeros(units)
        self.names = ('kernel', 'recurrent_kernel', 'bias')

    def __call__(self, x, h):
        return np.tanh(x @ self.kernel + h @ self.recurrent_kernel + self.bias)

    def zero_gradients(self):
        self.gradients = {name: np.zeros_like(getattr(self, name)) for name in self.names}

    def pull(self, x, h, new, d_new):
        da = d_new * (1 - new * new)
        self.gradients['kernel'] += x.T @ da
        self.gradients['recurrent_kernel'] += h.T @ da
        self.gradients['bias'] += da.sum(0)
        return da @ self.kernel.T, da @ self.recurrent_kernel.T

    def apply(self, rate):
        for name in self.names:
            getattr(self, name)[...] -= rate * self.gradients[name]


class Dense(SimpleRNNCell):
    def __init__(self, n_in, units):
        self.kernel, self.bias, self.names = glorot(n_in, units), np.zeros(units), ('kernel', 'bias')

    def __call__(self, h):
        return h @ self.kernel + self.bias

    def pull(self, h, dy):
        self.gradients['kernel'] += h.T @ dy
        self.gradients['bias'] += dy.sum(0)
        return dy @ self.kernel.T


class Model:
    def collect(self):
        return {f'{layer}/{name}': g for layer, cell in self.layers.items() for name, g in cell.gradients.items()}

    def update_parameters(self, learning_rate):
        for cell in self.layers.values():
            cell.apply(learning_rate)

    def zero_gradients(self):
        for cell in self.layers.values():
            cell.zero_gradients()


class BidirectionalRNN(Model):
    def __init__(self, input_size, hidden_size, output_size):
        self.units = hidden_size
        self.layers = {'forward_layer': SimpleRNNCell(input_size, hidden_size),
                       'backward_layer': SimpleRNNCell(input_size, hidden_size),
                       'dense': Dense(hidden_size, output_size)}

    def forward(self, inputs):
        self.x = inputs.copy()
        zero = np.zeros((inputs.shape[1], self.units))
        self.f, self.b = [zero], [zero]
        for t in range(len(inputs)):
            self.f.append(self.layers['forward_layer'](self.x[t], self.f[-1]))
            self.b.append(self.layers['backward_layer'](self.x[-1 - t], self.b[-1]))
        self.h = np.array([f + b for f, b in zip(self.f[1:], self.b[:0:-1])])
        return self.layers['dense'](self.h), self.h.copy()

    def backward(self, d_outputs):
        self.zero_gradients()
        d = [self.layers['dense'].pull(h, dy) for h, dy in zip(self.h, d_outputs)]
        T, df, db = len(d), 0, 0
        for t in range(T - 1, -1, -1):
            _, df = self.layers['forward_layer'].pull(self.x[t], self.f[t], self.f[t + 1], d[t] + df)
            _, db = self.layers['backward_layer'].pull(
                self.x[T - 1 - t], self.b[t], self.b[t + 1], d[T - 1 - t] + db)
        return self.collect()


class DeepRNN(Model):
    """All layers advance together, time step by time step (stacked cells)."""

    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.units = hidden_size
        self.cells = [SimpleRNNCell(hidden_size if k else input_size, hidden_size) for k in range(num_layers)]
        self.layers = {f'cell_{k}': cell for k, cell in enumerate(self.cells)}
        self.layers['dense'] = Dense(hidden_size, output_size)

    def forward(self, inputs):
        self.x = inputs.copy()
        self.states = [[np.zeros((inputs.shape[1], self.units)) for _ in self.cells]]
        for x in self.x:
            now = []
            for cell, h in zip(self.cells, self.states[-1]):
                x = cell(x, h)
                now.append(x)
            self.states.append(now)
        hidden = np.array(self.states[1:]).swapaxes(0, 1)
        return self.layers['dense'](hidden[-1]), hidden

    def backward(self, d_outputs):
        self.zero_gradients()
        later = [0] * len(self.cells)
        for t in reversed(range(len(self.x))):
            d = self.layers['dense'].pull(self.states[t + 1][-1], d_outputs[t])
            for k in reversed(range(len(self.cells))):
                below = self.states[t + 1][k - 1] if k else self.x[t]
                d, later[k] = self.cells[k].pull(below, self.states[t][k], self.states[t + 1][k], d + later[k])
        return self.collect()


class Seq2Seq(Model):
    def __init__(self, input_size, hidden_size, output_size):
        self.units, self.out = hidden_size, output_size
        self.layers = {'encoder': SimpleRNNCell(input_size, hidden_size),
                       'decoder': SimpleRNNCell(output_size, hidden_size),
                       'dense': Dense(hidden_size, output_size)}

    def forward(self, inputs, targets=None, length=None):
        self.x, self.e = inputs.copy(), [np.zeros((inputs.shape[1], self.units))]
        for x in self.x:
            self.e.append(self.layers['encoder'](x, self.e[-1]))
        if targets is not None:
            length = len(targets)
        elif length is None:
            length = len(inputs)
        self.free = targets is None
        self.u, self.s, y = [], [self.e[-1]], np.zeros((inputs.shape[1], self.out))
        outputs = []
        for t in range(length):
            self.u.append(y)
            self.s.append(self.layers['decoder'](y, self.s[-1]))
            outputs.append(self.layers['dense'](self.s[-1]))
            y = outputs[-1] if self.free else np.array(targets[t])
        return np.array(outputs)

    def backward(self, d_outputs):
        self.zero_gradients()
        ds, du = 0, 0
        for t in reversed(range(len(self.u))):
            dy = d_outputs[t] + du if self.free else d_outputs[t]
            d = self.layers['dense'].pull(self.s[t + 1], dy) + ds
            du, ds = self.layers['decoder'].pull(self.u[t], self.s[t], self.s[t + 1], d)
        for t in reversed(range(len(self.x))):
            _, ds = self.layers['encoder'].pull(self.x[t], self.e[t], self.e[t + 1], ds)
        return self.collect()


def clip_by_norm(gradients, limit):
    norm = np.sqrt(sum(np.sum(np.square(g)) for g in gradients.values()))
    return {k: np.where(norm > limit, g * limit / np.maximum(norm, limit), g) for k, g in gradients.items()}


class Momentum:
    def __init__(self, momentum=0.9):
        self.momentum, self.accumulators = momentum, {}

    def step(self, parameters, gradients, learning_rate):
        for k in parameters:
            self.accumulators[k] = self.momentum * self.accumulators.get(k, 0.0) - learning_rate * gradients[k]
            parameters[k][...] = parameters[k] + self.accumulators[k]
        return parameters


class Adam:
    """Epsilon as in TensorFlow and Keras ("epsilon hat" of the paper)."""

    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.iterations, self.m, self.v = 0, {}, {}

    def step(self, parameters, gradients, learning_rate):
        self.iterations += 1
        alpha = learning_rate * np.sqrt(1 - self.beta2 ** self.iterations) / (1 - self.beta1 ** self.iterations)
        for k, g in gradients.items():
            self.m[k] = self.beta1 * self.m.get(k, 0.0) + (1 - self.beta1) * g
            self.v[k] = self.beta2 * self.v.get(k, 0.0) + (1 - self.beta2) * np.square(g)
            parameters[k] -= alpha * self.m[k] / (np.sqrt(self.v[k]) + self.epsilon)
        return parameters


class Dropout:
    def __init__(self, rate):
        self.rate, self.scale = rate, None

    def forward(self, inputs, training=True):
        self.scale = None
        if training and self.rate > 0:
            kept = np.random.random(inputs.shape[1:]) >= self.rate
            self.scale = kept / (1 - self.rate)
        return inputs * 1.0 if self.scale is None else inputs * self.scale

    def backward(self, d_outputs):
        return d_outputs * 1.0 if self.scale is None else d_outputs * self.scale
