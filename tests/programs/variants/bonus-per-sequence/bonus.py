"""One sequence of the batch after the other, vector by vector; gradients are added up with np.outer."""
import numpy as np


def init(*shape):
    return np.random.uniform(-0.5, 0.5, shape)


def sig(v):
    return 1.0 / (1.0 + np.exp(-np.clip(v, -500, 500)))


class GRUCell:
    def __init__(self, input_size, hidden_size):
        for gate in ["z", "r", "h"]:
            setattr(self, "W_" + gate, init(input_size, hidden_size))
            setattr(self, "U_" + gate, init(hidden_size, hidden_size))
            setattr(self, "b_" + gate, init(hidden_size))

    def forward(self, input_t, hidden_state):
        self.steps = []
        result = []
        for x, h in zip(input_t.copy(), hidden_state.copy()):
            z = sig(np.dot(x, self.W_z) + np.dot(h, self.U_z) + self.b_z)
            r = sig(np.dot(x, self.W_r) + np.dot(h, self.U_r) + self.b_r)
            n = np.tanh(np.dot(x, self.W_h) + np.dot(r * h, self.U_h) + self.b_h)
            self.steps.append((x, h, z, r, n))
            result.append(z * h + (1 - z) * n)
        return np.array(result)

    def backward(self, d_new_hidden_state):
        grads = {}
        for name in ["W_z", "U_z", "b_z", "W_r", "U_r", "b_r", "W_h", "U_h", "b_h"]:
            grads[name] = np.zeros(getattr(self, name).shape)
        dxs = []
        dhs = []
        for d, (x, h, z, r, n) in zip(d_new_hidden_state, self.steps):
            az = d * (h - n) * z * (1 - z)
            an = d * (1 - z) * (1 - n ** 2)
            drh = np.dot(self.U_h, an)
            ar = drh * h * r * (1 - r)
            for gate, a, seen in [("z", az, h), ("r", ar, h), ("h", an, r * h)]:
                grads["W_" + gate] += np.outer(x, a)
                grads["U_" + gate] += np.outer(seen, a)
                grads["b_" + gate] += a
            dxs.append(np.dot(self.W_z, az) + np.dot(self.W_r, ar) + np.dot(self.W_h, an))
            dhs.append(d * z + drh * r + np.dot(self.U_z, az) + np.dot(self.U_r, ar))
        grads["input_t"] = np.array(dxs)
        grads["hidden_state"] = np.array(dhs)
        return grads


def read(xs, W, U, b, h):
    states = [h]
    for x in xs:
        h = np.tanh(np.dot(x, W) + np.dot(h, U) + b)
        states.append(h)
    return states


def unread(xs, states, ds, W, U, dW, dU, db):
    """Add this sequence's gradients; return those of xs and of the first state."""
    later = np.zeros(len(db))
    dxs = []
    for t in range(len(xs) - 1, -1, -1):
        a = (ds[t] + later) * (1 - states[t + 1] ** 2)
        dW += np.outer(xs[t], a)
        dU += np.outer(states[t], a)
        db += a
        dxs.insert(0, np.dot(W, a))
        later = np.dot(U, a)
    return dxs, later


class Base:
    def zero(self):
        self.grads = {name: np.zeros_like(getattr(self, name)) for name in self.names}
        return self.grads

    def update_parameters(self, learning_rate):
        for name in self.names:
            setattr(self, name, getattr(self, name) - learning_rate * self.grads[name])

    def add(self, tag, input_size, hidden_size):
        setattr(self, "W_xh_" + tag, init(input_size, hidden_size))
        setattr(self, "W_hh_" + tag, init(hidden_size, hidden_size))
        setattr(self, "b_h_" + tag, init(hidden_size))
        self.names += ["W_xh_" + tag, "W_hh_" + tag, "b_h_" + tag]

    def of(self, tag):
        return getattr(self, "W_xh_" + tag), getattr(self, "W_hh_" + tag), getattr(self, "b_h_" + tag)

    def back(self, tag, xs, states, ds):
        W, U, _ = self.of(tag)
        g = self.grads
        return unread(xs, states, ds, W, U, g["W_xh_" + tag], g["W_hh_" + tag], g["b_h_" + tag])

    def out_back(self, states, dys):
        for h, dy in zip(states, dys):
            self.grads["W_hy"] += np.outer(h, dy)
            self.grads["b_y"] += dy
        return [np.dot(self.W_hy, dy) for dy in dys]

    def finish(self, hidden_size, output_size):
        self.W_hy = init(hidden_size, output_size)
        self.b_y = init(output_size)
        self.names += ["W_hy", "b_y"]


class BidirectionalRNN(Base):
    def __init__(self, input_size, hidden_size, output_size):
        self.names = []
        self.H = hidden_size
        self.add("forward", input_size, hidden_size)
        self.add("backward", input_size, hidden_size)
        self.finish(2 * hidden_size, output_size)

    def forward(self, inputs):
        self.kept = []
        for b in range(inputs.shape[1]):
            xs = list(inputs[:, b].copy())
            f = read(xs, *self.of("forward"), np.zeros(self.H))
            g = read(xs[::-1], *self.of("backward"), np.zeros(self.H))
            h = [np.append(f[t + 1], g[len(xs) - t]) for t in range(len(xs))]
            self.kept.append((xs, f, g, h))
        hidden = np.array([kept[3] for kept in self.kept]).transpose(1, 0, 2)
        return np.dot(hidden, self.W_hy) + self.b_y, hidden

    def backward(self, d_outputs):
        self.zero()
        for b, (xs, f, g, h) in enumerate(self.kept):
            dh = self.out_back(h, d_outputs[:, b])
            self.back("forward", xs, f, [d[:self.H] for d in dh])
            self.back("backward", xs[::-1], g, [d[self.H:] for d in reversed(dh)])
        return self.grads


class DeepRNN(Base):
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.names = []
        self.H = hidden_size
        self.K = num_layers
        for k in range(1, num_layers + 1):
            self.add(str(k), input_size if k == 1 else hidden_size, hidden_size)
        self.finish(hidden_size, output_size)

    def forward(self, inputs):
        self.kept = []
        for b in range(inputs.shape[1]):
            xs = list(inputs[:, b].copy())
            layers = []
            for k in range(1, self.K + 1):
                states = read(xs, *self.of(str(k)), np.zeros(self.H))
                layers.append((xs, states))
                xs = states[1:]
            self.kept.append(layers)
        hidden = np.array([[states[1:] for _, states in layers] for layers in self.kept]).transpose(1, 2, 0, 3)
        return np.dot(hidden[-1], self.W_hy) + self.b_y, hidden

    def backward(self, d_outputs):
        self.zero()
        for b, layers in enumerate(self.kept):
            ds = self.out_back(layers[-1][1][1:], d_outputs[:, b])
            for k in range(self.K, 0, -1):
                xs, states = layers[k - 1]
                ds, _ = self.back(str(k), xs, states, ds)
        return self.grads


class Seq2Seq(Base):
    def __init__(self, input_size, hidden_size, output_size):
        self.names = []
        self.H = hidden_size
        self.O = output_size
        self.add("encoder", input_size, hidden_size)
        self.W_yh_decoder = init(output_size, hidden_size)
        self.W_hh_decoder = init(hidden_size, hidden_size)
        self.b_h_decoder = init(hidden_size)
        self.names += ["W_yh_decoder", "W_hh_decoder", "b_h_decoder"]
        self.finish(hidden_size, output_size)

    def forward(self, inputs, targets=None, length=None):
        self.kept = []
        self.fed_back = targets is None
        if targets is not None:
            length = len(targets)
        elif length is None:
            length = len(inputs)
        ys = np.zeros((length, inputs.shape[1], self.O))
        for b in range(inputs.shape[1]):
            xs = list(inputs[:, b].copy())
            e = read(xs, *self.of("encoder"), np.zeros(self.H))
            us = [np.zeros(self.O)]
            s = [e[-1]]
            for t in range(length):
                s.append(np.tanh(np.dot(us[t], self.W_yh_decoder) + np.dot(s[t], self.W_hh_decoder) + self.b_h_decoder))
                ys[t, b] = np.dot(s[t + 1], self.W_hy) + self.b_y
                us.append(ys[t, b].copy() if self.fed_back else targets[t, b].copy())
            self.kept.append((xs, e, us, s))
        return ys

    def backward(self, d_outputs):
        g = self.zero()
        for b, (xs, e, us, s) in enumerate(self.kept):
            ds = np.zeros(self.H)
            du = np.zeros(self.O)
            for t in range(len(d_outputs) - 1, -1, -1):
                dy = d_outputs[t, b] + du
                (dh,) = self.out_back([s[t + 1]], [dy])
                a = (dh + ds) * (1 - s[t + 1] ** 2)
                g["W_yh_decoder"] += np.outer(us[t], a)
                g["W_hh_decoder"] += np.outer(s[t], a)
                g["b_h_decoder"] += a
                ds = np.dot(self.W_hh_decoder, a)
                if self.fed_back:
                    du = np.dot(self.W_yh_decoder, a)
            self.back("encoder", xs, e, [np.zeros(self.H)] * (len(xs) - 1) + [ds])
        return g


def clip_by_norm(gradients, limit):
    total = 0.0
    for g in gradients.values():
        for value in g.ravel():
            total += value * value
    norm = total ** 0.5
    clipped = {}
    for name in gradients:
        if norm > limit:
            clipped[name] = gradients[name] * limit / norm
        else:
            clipped[name] = gradients[name].copy()
    return clipped


class Momentum:
    def __init__(self, momentum=0.9):
        self.momentum = momentum
        self.v = {}

    def step(self, parameters, gradients, learning_rate):
        for name in parameters:
            if name not in self.v:
                self.v[name] = np.zeros(parameters[name].shape)
            for index in np.ndindex(parameters[name].shape):
                self.v[name][index] = self.momentum * self.v[name][index] + gradients[name][index]
                parameters[name][index] -= learning_rate * self.v[name][index]
        return parameters


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.t = 0
        self.m = {}
        self.v = {}

    def step(self, parameters, gradients, learning_rate):
        self.t = self.t + 1
        for name in parameters:
            if name not in self.m:
                self.m[name] = np.zeros(parameters[name].shape)
                self.v[name] = np.zeros(parameters[name].shape)
            g = gradients[name]
            self.m[name] = self.beta1 * self.m[name] + (1 - self.beta1) * g
            self.v[name] = self.beta2 * self.v[name] + (1 - self.beta2) * g * g
            mhat = self.m[name] / (1 - self.beta1 ** self.t)
            vhat = self.v[name] / (1 - self.beta2 ** self.t)
            parameters[name] -= learning_rate * mhat / (np.sqrt(vhat) + self.epsilon)
        return parameters


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, inputs, training=True):
        T, B, N = inputs.shape
        self.mask = np.ones((T, B, N))
        if training:
            for b in range(B):
                dropped = np.random.rand(N) < self.rate
                self.mask[:, b, :] = 1 / (1 - self.rate)
                self.mask[:, b, dropped] = 0
        return inputs * self.mask

    def backward(self, d_outputs):
        return d_outputs * self.mask
