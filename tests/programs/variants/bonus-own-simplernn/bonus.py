"""Built out of my own SimpleRNN: two of them make a bidirectional network."""
import numpy as np

from rnn import LSTMCell, SimpleRNN


class GRUCell:
    """The gates are layers of their own; the reset gate comes after the product, bias inside."""

    def __init__(self, input_size, hidden_size):
        like = LSTMCell(input_size, hidden_size)  # borrow its initial weights
        self.W_z, self.U_z, self.b_z = like.W_f, like.U_f, like.b_f
        self.W_r, self.U_r, self.b_r = like.W_i, like.U_i, like.b_i
        self.W_h, self.U_h, self.b_h = like.W_c, like.U_c, like.b_c

    def forward(self, input_t, hidden_state):
        x, h = np.array(input_t), np.array(hidden_state)
        z = (1 + np.tanh((x @ self.W_z + h @ self.U_z + self.b_z) / 2)) / 2
        r = (1 + np.tanh((x @ self.W_r + h @ self.U_r + self.b_r) / 2)) / 2
        u = h @ self.U_h + self.b_h
        n = np.tanh(x @ self.W_h + r * u)
        self.last = (x, h, z, r, u, n)
        return z * h + (1 - z) * n

    def backward(self, d_new_hidden_state):
        x, h, z, r, u, n = self.last
        dh = d_new_hidden_state * z
        dz = d_new_hidden_state * (h - n)
        dn = d_new_hidden_state * (1 - z)
        an = dn * (1 - n ** 2)
        du = an * r
        ar = an * u * r * (1 - r)
        az = dz * z * (1 - z)
        dh = dh + du @ self.U_h.T + ar @ self.U_r.T + az @ self.U_z.T
        dx = an @ self.W_h.T + ar @ self.W_r.T + az @ self.W_z.T
        return {'W_z': x.T @ az, 'U_z': h.T @ az, 'b_z': az.sum(0),
                'W_r': x.T @ ar, 'U_r': h.T @ ar, 'b_r': ar.sum(0),
                'W_h': x.T @ an, 'U_h': h.T @ du, 'b_h': du.sum(0),
                'input_t': dx, 'hidden_state': dh}


class BidirectionalRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.left_to_right = SimpleRNN(input_size, hidden_size, output_size)
        self.right_to_left = SimpleRNN(input_size, hidden_size, output_size)

    def forward(self, inputs):
        y1, h1 = self.left_to_right.forward(inputs)
        y2, h2 = self.right_to_left.forward(inputs[::-1])
        return y1 + y2[::-1], np.concatenate([h1, h2[::-1]], axis=-1)

    def backward(self, d_outputs):
        g1 = self.left_to_right.backward(d_outputs)
        g2 = self.right_to_left.backward(d_outputs[::-1])
        return {**{k + '_forward': v for k, v in g1.items()},
                **{k + '_backward': v for k, v in g2.items()}}

    def update_parameters(self, learning_rate):
        self.left_to_right.update_parameters(learning_rate)
        self.right_to_left.update_parameters(learning_rate)


class HiddenRNN(SimpleRNN):
    """A SimpleRNN without output layer: states out, gradients of the states in."""

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size, 1)
        del self.W_hy, self.b_y

    def forward(self, inputs, start=None):
        h = np.zeros((len(inputs) + 1, inputs.shape[1], len(self.b_h)))
        if start is not None:
            h[0] = start
        for t in range(len(inputs)):
            h[t + 1] = np.tanh(inputs[t] @ self.W_xh + h[t] @ self.W_hh + self.b_h)
        self.x, self.h = inputs.copy(), h
        return h[1:].copy()

    def backward(self, d_states):
        dx, later = np.empty_like(self.x), 0
        self.g = {'W_xh': 0, 'W_hh': 0, 'b_h': 0}
        for t in reversed(range(len(dx))):
            da = (d_states[t] + later) * (1 - self.h[t + 1] ** 2)
            self.g['W_xh'] = self.g['W_xh'] + self.x[t].T @ da
            self.g['W_hh'] = self.g['W_hh'] + self.h[t].T @ da
            self.g['b_h'] = self.g['b_h'] + da.sum(0)
            dx[t], later = da @ self.W_xh.T, da @ self.W_hh.T
        self.d_start = later
        return dx


class DeepRNN:
    """All layers but the top one are HiddenRNNs; the top one is a SimpleRNN."""

    def __init__(self, input_size, hidden_size, output_size, num_layers):
        sizes = [input_size] + [hidden_size] * num_layers
        self.lower = [HiddenRNN(n, hidden_size) for n in sizes[:num_layers - 1]]
        self.top = SimpleRNN(sizes[num_layers - 1], hidden_size, output_size)

    def forward(self, inputs):
        states = [inputs]
        for layer in self.lower:
            states.append(layer.forward(states[-1]))
        outputs, last = self.top.forward(states[-1])
        return outputs, np.array(states[1:] + [last])

    def backward(self, d_outputs):
        found = {f'{k}_{len(self.lower) + 1}' if k[-1] == 'h' else k: v
                 for k, v in self.top.backward(d_outputs).items()}
        d, later = np.empty_like(self.top.x), 0
        for t in reversed(range(len(d))):
            da = (d_outputs[t] @ self.top.W_hy.T + later) * (1 - self.top.h[t + 1] ** 2)
            d[t], later = da @ self.top.W_xh.T, da @ self.top.W_hh.T
        for k in reversed(range(len(self.lower))):
            d = self.lower[k].backward(d)
            found.update({f'{name}_{k + 1}': g for name, g in self.lower[k].g.items()})
        return found

    def update_parameters(self, learning_rate):
        for layer in [*self.lower, self.top]:
            layer.update_parameters(learning_rate)


class Seq2Seq:
    def __init__(self, input_size, hidden_size, output_size):
        self.encoder = HiddenRNN(input_size, hidden_size)
        self.decoder = HiddenRNN(output_size, hidden_size)
        spare = SimpleRNN(1, hidden_size, output_size)
        self.W_hy, self.b_y = spare.W_hy, spare.b_y

    def forward(self, inputs, targets=None, length=None):
        context = self.encoder.forward(inputs)[-1]
        steps = len(targets) if targets is not None else length if length is not None else len(inputs)
        u = np.zeros((steps, inputs.shape[1], len(self.b_y)))
        self.free = targets is None
        if not self.free:
            u[1:] = targets[:-1]
        for t in range(steps if self.free else 1):  # running free: longer and longer prefixes
            self.s = self.decoder.forward(u[:t + 1] if self.free else u, context)
            if self.free and t + 1 < steps:
                u[t + 1] = self.s[t] @ self.W_hy + self.b_y
        return self.s @ self.W_hy + self.b_y

    def backward(self, d_outputs):
        dy = d_outputs.copy()
        if self.free:
            for t in reversed(range(1, len(dy))):  # dL/dy_{t-1} needs all later ones complete
                dy[t - 1] = d_outputs[t - 1] + self.decoder.backward(
                    np.concatenate([np.zeros_like(dy[:t]), dy[t:]]) @ self.W_hy.T)[t]
        self.decoder.backward(dy @ self.W_hy.T)
        d = np.zeros((len(self.encoder.x), dy.shape[1], len(self.encoder.b_h)))
        d[-1] = self.decoder.d_start
        self.encoder.backward(d)
        self.g = {'W_hy': np.einsum('tbh,tbo->ho', self.s, dy), 'b_y': dy.sum((0, 1))}
        return {**self.g,
                **{f'{k}_encoder': v for k, v in self.encoder.g.items()},
                **{f'{k}_decoder': v for k, v in self.decoder.g.items()}}

    def update_parameters(self, learning_rate):
        self.encoder.update_parameters(learning_rate)
        self.decoder.update_parameters(learning_rate)
        self.W_hy = self.W_hy - learning_rate * self.g['W_hy']
        self.b_y = self.b_y - learning_rate * self.g['b_y']


def clip_by_norm(gradients, limit):
    square = 0.0
    for g in gradients.values():
        square += np.vdot(g, g)
    if square <= limit ** 2:
        return {k: g.copy() for k, g in gradients.items()}
    return {k: limit * g / square ** 0.5 for k, g in gradients.items()}


class Momentum:
    def __init__(self, momentum=0.9):
        self.momentum = momentum
        self.v = None

    def step(self, parameters, gradients, learning_rate):
        if self.v is None:
            self.v = {k: np.zeros(p.shape) for k, p in parameters.items()}
        for k in self.v:
            self.v[k] *= self.momentum
            self.v[k] += gradients[k]
            parameters[k] -= learning_rate * self.v[k]
        return parameters


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.m = self.v = None
        self.power1 = self.power2 = 1.0

    def step(self, parameters, gradients, learning_rate):
        if self.m is None:
            self.m = {k: np.zeros(p.shape) for k, p in parameters.items()}
            self.v = {k: np.zeros(p.shape) for k, p in parameters.items()}
        self.power1 *= self.beta1
        self.power2 *= self.beta2
        for k, p in parameters.items():
            self.m[k] += (1 - self.beta1) * (gradients[k] - self.m[k])
            self.v[k] += (1 - self.beta2) * (gradients[k] ** 2 - self.v[k])
            p -= learning_rate * (self.m[k] / (1 - self.power1)) / (
                np.sqrt(self.v[k] / (1 - self.power2)) + self.epsilon)
        return parameters


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, inputs, training=True):
        if not training:
            self.mask = None
            return inputs.copy()
        self.mask = np.random.choice([0.0, 1 / (1 - self.rate)], inputs.shape[1:],
                                     p=[self.rate, 1 - self.rate])
        return np.array([x * self.mask for x in inputs])

    def backward(self, d_outputs):
        return d_outputs.copy() if self.mask is None else d_outputs * self.mask[None]
