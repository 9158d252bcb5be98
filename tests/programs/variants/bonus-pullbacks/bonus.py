"""Every forward returns its own backward, a closure; nothing else is kept."""
import numpy as np

rand = np.random.default_rng().normal


def logistic(a):
    return np.exp(np.minimum(a, 0)) / (1 + np.exp(-np.abs(a)))


def affine(x, W, b):
    def back(dy):
        axes = tuple(range(dy.ndim - 1))
        return dy @ W.T, np.tensordot(x, dy, (axes, axes)), dy.sum(axes)
    return x @ W + b, back


def recurrence(x, h, W, U, b):
    """-> states (T, B, H), back(d_states) -> dx, dh, dW, dU, db"""
    if len(x) == 0:
        return np.zeros((0,) + h.shape), lambda d: (x, 0 * h, 0 * W, 0 * U, 0 * b)
    steps, states = [], []
    for x_t in x:
        (ax, back_x), (ah, back_h) = affine(x_t, W, b), affine(h, U, 0)
        h = np.tanh(ax + ah)
        states.append(h)
        steps.append((back_x, back_h, 1 - h * h))

    def back(d_states):
        total, dxs, later = [0, 0, 0], [], 0
        for d, (back_x, back_h, slope) in zip(d_states[::-1], steps[::-1]):
            da = (d + later) * slope
            dx, dW, db = back_x(da)
            later, dU, _ = back_h(da)
            dxs.append(dx)
            total = [a + b for a, b in zip(total, (dW, dU, db))]
        return np.array(dxs[::-1]), later, *total
    return np.array(states), back


class GRUCell:
    def __init__(self, input_size, hidden_size):
        shape = (3, input_size, hidden_size), (3, hidden_size, hidden_size)
        self.W, self.U = (rand(0, s[1] ** -0.5, s) for s in shape)  # update, reset, candidate
        self.b, self.inner = np.zeros((3, hidden_size)), np.zeros(hidden_size)

    def forward(self, input_t, hidden_state):
        x, h = input_t.copy(), hidden_state.copy()
        (xz, b1), (xr, b2), (xn, b3) = (affine(x, W, b) for W, b in zip(self.W, self.b))
        (hz, b4), (hr, b5), (hn, b6) = (affine(h, U, b) for U, b in zip(self.U, (0, 0, self.inner)))
        z, r = logistic(xz + hz), logistic(xr + hr)
        n = np.tanh(xn + r * hn)

        def back(d):
            dn = d * z * (1 - n * n)
            dz, dr = d * (n - h) * z * (1 - z), dn * hn * r * (1 - r)
            (x1, W1, c1), (x2, W2, c2), (x3, W3, c3) = b1(dz), b2(dr), b3(dn)
            (h1, U1, _), (h2, U2, _), (h3, U3, c6) = b4(dz), b5(dr), b6(dn * r)
            return {'W': np.array([W1, W2, W3]), 'U': np.array([U1, U2, U3]), 'b': np.array([c1, c2, c3]),
                    'inner': c6, 'input_t': x1 + x2 + x3, 'hidden_state': d * (1 - z) + h1 + h2 + h3}

        self.back = back
        return h + z * (n - h)

    def backward(self, d_new_hidden_state):
        return self.back(d_new_hidden_state)


def layer(n_in, n):
    return [rand(0, n_in ** -0.5, (n_in, n)), rand(0, n ** -0.5, (n, n)), np.zeros(n)]


class Net:
    def backward(self, d_outputs):
        self.last = self.back(d_outputs)
        return dict(self.last)

    def update_parameters(self, learning_rate):
        for name, gradient in self.last.items():
            group, k = name.split('.')
            getattr(self, group)[int(k)] -= learning_rate * gradient


def named(group, gradients):
    return {f'{group}.{k}': g for k, g in enumerate(gradients)}


class BidirectionalRNN(Net):
    def __init__(self, input_size, hidden_size, output_size):
        self.there, self.back_again = layer(input_size, hidden_size), layer(input_size, hidden_size)
        self.out = [rand(0, 1, (2 * hidden_size, output_size)) / hidden_size, np.zeros(output_size)]

    def forward(self, inputs):
        x, H = inputs.copy(), len(self.there[2])
        zero = np.zeros((x.shape[1], H))
        f, f_back = recurrence(x, zero, *self.there)
        g, g_back = recurrence(x[::-1], zero, *self.back_again)
        h = np.concatenate([f, g[::-1]], 2)
        y, y_back = affine(h, *self.out)

        def back(dy):
            dh, *of_out = y_back(dy)
            return {**named('out', of_out), **named('there', f_back(dh[:, :, :H])[2:]),
                    **named('back_again', g_back(dh[::-1, :, H:])[2:])}
        self.back = back
        return y, h.copy()


class DeepRNN(Net):
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.H, self.groups = hidden_size, [f'layer{k}' for k in range(num_layers)]
        for k, group in enumerate(self.groups):
            setattr(self, group, layer(hidden_size if k else input_size, hidden_size))
        self.out = [rand(0, hidden_size ** -0.5, (hidden_size, output_size)), np.zeros(output_size)]

    def forward(self, inputs):
        x, states, backs = inputs.copy(), [], []
        for group in self.groups:
            x, pull = recurrence(x, np.zeros((x.shape[1], self.H)), *getattr(self, group))
            states.append(x)
            backs.append(pull)
        y, y_back = affine(x, *self.out)

        def back(dy):
            d, *of_out = y_back(dy)
            found = named('out', of_out)
            for group, pull in zip(self.groups[::-1], backs[::-1]):
                d, _, *own = pull(d)
                found.update(named(group, own))
            return found
        self.back = back
        return y, np.array(states)


class Seq2Seq(Net):
    def __init__(self, input_size, hidden_size, output_size):
        self.encoder, self.decoder = layer(input_size, hidden_size), layer(output_size, hidden_size)
        self.out = [rand(0, hidden_size ** -0.5, (hidden_size, output_size)), np.zeros(output_size)]

    def forward(self, inputs, targets=None, length=None):
        x, H = inputs.copy(), len(self.encoder[2])
        states, e_back = recurrence(x, np.zeros((x.shape[1], H)), *self.encoder)
        start = np.zeros((1, x.shape[1], len(self.out[1])))
        if targets is not None:
            s, s_back = recurrence(np.concatenate([start, targets[:-1]]), states[-1], *self.decoder)
            y, y_back = affine(s, *self.out)

            def decode_back(dy):
                ds, *of_out = y_back(dy)
                _, door, *own = s_back(ds)
                return of_out, own, door
        else:
            u, s, tape, y = start, states[-1], [], []
            for _ in range(len(x) if length is None else length):
                (s,), s_back = recurrence(u, s, *self.decoder)
                u, y_back = affine(s[None], *self.out)
                tape.append((s_back, y_back))
                y.append(u[0])
            y = np.array(y)

            def decode_back(dy):
                of_out, own, door, du = [0, 0], [0, 0, 0], 0, 0
                for d, (s_back, y_back) in zip(dy[::-1], tape[::-1]):
                    ds, *g_out = y_back(d[None] + du)
                    du, door, *g_own = s_back(ds + door)
                    of_out = [a + b for a, b in zip(of_out, g_out)]
                    own = [a + b for a, b in zip(own, g_own)]
                return of_out, own, door

        def back(dy):
            of_out, own, door = decode_back(dy)
            d = np.zeros_like(states)
            d[-1] = door
            return {**named('out', of_out), **named('decoder', own), **named('encoder', e_back(d)[2:])}
        self.back = back
        return y


def clip_by_norm(gradients, limit):
    norm = np.sqrt(np.sum([np.sum(g * g) for g in gradients.values()]))
    shrink = limit / max(norm, limit)
    return {name: shrink * g for name, g in gradients.items()}


def momentum_rule(momentum):
    v = {}

    def step(parameters, gradients, learning_rate):
        for k, p in parameters.items():
            v[k] = momentum * v.get(k, 0) + gradients[k]
            p -= learning_rate * v[k]
        return parameters
    return step


def adam_rule(beta1, beta2, epsilon):
    state, count = {}, [0]

    def step(parameters, gradients, learning_rate):
        count[0] += 1
        for k, p in parameters.items():
            m, v = state.get(k, (0, 0))
            m, v = beta1 * m + (1 - beta1) * gradients[k], beta2 * v + (1 - beta2) * gradients[k] ** 2
            state[k] = m, v
            p -= learning_rate * (m / (1 - beta1 ** count[0])) / ((v / (1 - beta2 ** count[0])) ** 0.5 + epsilon)
        return parameters
    return step


class Momentum:
    def __init__(self, momentum=0.9):
        self.rule = momentum_rule(momentum)

    def step(self, parameters, gradients, learning_rate):
        return self.rule(parameters, gradients, learning_rate)


class Adam(Momentum):
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.rule = adam_rule(beta1, beta2, epsilon)


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, inputs, training=True):
        if training:
            mask = (np.random.random_sample(inputs.shape[-2:]) >= self.rate) / (1 - self.rate)
        else:
            mask = 1.0
        self.back = lambda d_outputs: d_outputs * mask
        return inputs * mask

    def backward(self, d_outputs):
        return self.back(d_outputs)
