import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        h = np.zeros((len(inputs) + 1, inputs.shape[1], len(self.b_h)))
        for t, x in enumerate(inputs):
            h[t + 1] = np.tanh(x @ self.W_xh + h[t] @ self.W_hh + self.b_h)
        self.x, self.h = inputs.copy(), h
        return h[1:] @ self.W_hy + self.b_y, h[1:].copy()

    def backward(self, d_outputs):
        g = {k: np.zeros_like(getattr(self, k)) for k in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}
        later = 0
        for t in reversed(range(len(self.x))):
            dy = d_outputs[t]
            da = (dy @ self.W_hy.T + later) * (1 - self.h[t + 1] ** 2)
            g['W_xh'] += self.x[t].T @ da
            g['W_hh'] += self.h[t].T @ da
            g['b_h'] += da.sum(0)
            g['W_hy'] += self.h[t + 1].T @ dy
            g['b_y'] += dy.sum(0)
            later = da @ self.W_hh.T
        self.g = g
        return {k: v.copy() for k, v in g.items()}

    def update_parameters(self, learning_rate):
        for k, v in self.g.items():
            setattr(self, k, getattr(self, k) - learning_rate * v)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate in 'fico':
            setattr(self, f'W_{gate}', np.random.randn(input_size, hidden_size) / np.sqrt(input_size))
            setattr(self, f'U_{gate}', np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size))
            setattr(self, f'b_{gate}', np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        def a(gate):
            return (input_t @ getattr(self, f'W_{gate}') + hidden_state @ getattr(self, f'U_{gate}')
                    + getattr(self, f'b_{gate}'))

        f, i, o = ((1 + np.tanh(a(gate) / 2)) / 2 for gate in 'fio')
        c = f * cell_state + i * np.tanh(a('c'))
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1 or seq_type not in ('fibonacci', 'sine'):
        raise ValueError(f'no such sequence: {seq_type}, {length}')
    if seq_type == 'sine':
        return np.sin(0.21 * np.arange(length))
    numbers = [1, 1]
    while len(numbers) < length:
        numbers.append(numbers[-1] + numbers[-2])
    return np.array(numbers[:length], dtype=float)


def train_rnn_on_sequence():
    import matplotlib.pyplot as plt

    n = np.arange(600)
    series = np.sin(0.21 * n) + 0.5 * np.sin(0.5 * n + 1)
    known, unknown = series[:480], series[480:]
    mean, std = known.mean(), known.std()

    def windows(part, size):
        part = (part - mean) / std
        x = np.array([part[k:k + size] for k in range(len(part) - size)])
        return x.T[:, :, None], part[size:, None]

    errors = {}
    for size in (3, 6, 10):
        net, losses = SimpleRNN(1, 16, 1), []
        x, y = windows(known, size)
        for _ in range(40):
            total = 0
            for rows in np.array_split(np.random.permutation(len(y)), 15):
                out, _ = net.forward(x[:, rows])
                d = np.zeros_like(out)
                d[-1] = 2 * (out[-1] - y[rows]) / len(rows)
                net.backward(d)
                net.update_parameters(0.05)
                total += ((out[-1] - y[rows]) ** 2).sum()
            losses.append(float(total / len(y)))
        x, y = windows(unknown, size)
        predictions = net.forward(x)[0][-1, :, 0] * std + mean
        targets = y[:, 0] * std + mean
        errors[size] = float(((predictions - targets) ** 2).mean())
    figure, (left, right) = plt.subplots(1, 2)
    left.plot(losses)
    right.plot(targets)
    right.plot(predictions)
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': errors, 'figure': figure}


# ---- 选做部分也写在这里 ----

class GRUCell:
    names = [kind + gate for gate in 'zrh' for kind in ('W_', 'U_', 'b_')]

    def __init__(self, input_size, hidden_size):
        for name in self.names:
            shape = {'W': (input_size, hidden_size), 'U': (hidden_size, hidden_size), 'b': hidden_size}[name[0]]
            setattr(self, name, np.random.uniform(-0.4, 0.4, shape))

    def forward(self, input_t, hidden_state):
        # backward 时重新算一遍，所以这里只记住输入
        self.seen = input_t.copy(), hidden_state.copy()
        return self._compute()[-1]

    def _compute(self):
        x, h = self.seen
        z = (1 + np.tanh((x @ self.W_z + h @ self.U_z + self.b_z) / 2)) / 2
        r = (1 + np.tanh((x @ self.W_r + h @ self.U_r + self.b_r) / 2)) / 2
        c = np.tanh(x @ self.W_h + (r * h) @ self.U_h + self.b_h)
        return x, h, z, r, c, z * h + (1 - z) * c

    def backward(self, d_new_hidden_state):
        x, h, z, r, c, _ = self._compute()
        d = d_new_hidden_state
        dz = d * (h - c) * z * (1 - z)
        dc = d * (1 - z) * (1 - c ** 2)
        drh = dc @ self.U_h.T
        dr = drh * h * r * (1 - r)
        rows = {'z': (dz, h), 'r': (dr, h), 'h': (dc, r * h)}
        result = {}
        for gate, (da, state) in rows.items():
            result['W_' + gate] = np.einsum('bi,bh->ih', x, da)
            result['U_' + gate] = np.einsum('bi,bh->ih', state, da)
            result['b_' + gate] = np.einsum('bh->h', da)
        result['input_t'] = dz @ self.W_z.T + dr @ self.W_r.T + dc @ self.W_h.T
        result['hidden_state'] = d * z + drh * r + dz @ self.U_z.T + dr @ self.U_r.T
        return result


def _params(net, tag, input_size, hidden_size, first='W_xh'):
    setattr(net, f'{first}_{tag}', np.random.randn(input_size, hidden_size) / np.sqrt(input_size))
    setattr(net, f'W_hh_{tag}', np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size))
    setattr(net, f'b_h_{tag}', np.zeros(hidden_size))


def _run(x, W, U, b, h):
    states = [h]
    for x_t in x:
        states.append(np.tanh(x_t @ W + states[-1] @ U + b))
    return np.array(states)


def _back(d, h, U):
    a, later = np.zeros(d.shape), 0
    for t in reversed(range(len(d))):
        a[t] = (d[t] + later) * (1 - h[t + 1] ** 2)
        later = a[t] @ U.T
    return a


def _sum(x, a):
    return sum(x_t.T @ a_t for x_t, a_t in zip(x, a))


class _Update:
    def update_parameters(self, learning_rate):
        for k, g in self.grads.items():
            setattr(self, k, getattr(self, k) - learning_rate * g)


class BidirectionalRNN(_Update):
    def __init__(self, input_size, hidden_size, output_size):
        self.n = hidden_size
        _params(self, 'forward', input_size, hidden_size)
        _params(self, 'backward', input_size, hidden_size)
        self.W_hy = np.random.randn(2 * hidden_size, output_size) / np.sqrt(2 * hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        zero = np.zeros((inputs.shape[1], self.n))
        self.x = inputs.copy()
        self.f = _run(self.x, self.W_xh_forward, self.W_hh_forward, self.b_h_forward, zero)
        self.g = _run(self.x[::-1], self.W_xh_backward, self.W_hh_backward, self.b_h_backward, zero)
        self.h = np.concatenate([self.f[1:], self.g[:0:-1]], axis=2)
        return self.h @ self.W_hy + self.b_y, self.h.copy()

    def backward(self, d_outputs):
        dh = d_outputs @ self.W_hy.T
        a = _back(dh[:, :, :self.n], self.f, self.W_hh_forward)
        b = _back(dh[::-1, :, self.n:], self.g, self.W_hh_backward)
        self.grads = {
            'W_xh_forward': _sum(self.x, a), 'W_hh_forward': _sum(self.f, a), 'b_h_forward': a.sum((0, 1)),
            'W_xh_backward': _sum(self.x[::-1], b), 'W_hh_backward': _sum(self.g, b), 'b_h_backward': b.sum((0, 1)),
            'W_hy': _sum(self.h, d_outputs), 'b_y': d_outputs.sum((0, 1))}
        return self.grads


class DeepRNN(_Update):
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.n, self.K = hidden_size, num_layers
        for k in range(1, num_layers + 1):
            _params(self, k, input_size if k == 1 else hidden_size, hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def get(self, *names):
        return [getattr(self, name) for name in names]

    def forward(self, inputs):
        self.x, self.h = inputs.copy(), []
        below = self.x
        for k in range(1, self.K + 1):
            weights = self.get(f'W_xh_{k}', f'W_hh_{k}', f'b_h_{k}')
            self.h.append(_run(below, *weights, np.zeros((inputs.shape[1], self.n))))
            below = self.h[-1][1:]
        return below @ self.W_hy + self.b_y, np.array([h[1:] for h in self.h])

    def backward(self, d_outputs):
        self.grads = {'W_hy': _sum(self.h[-1][1:], d_outputs), 'b_y': d_outputs.sum((0, 1))}
        d = d_outputs @ self.W_hy.T
        for k in range(self.K, 0, -1):
            W, U = self.get(f'W_xh_{k}', f'W_hh_{k}')
            a = _back(d, self.h[k - 1], U)
            below = self.h[k - 2][1:] if k > 1 else self.x
            self.grads.update({f'W_xh_{k}': _sum(below, a), f'W_hh_{k}': _sum(self.h[k - 1], a), f'b_h_{k}': a.sum((0, 1))})
            d = a @ W.T
        return self.grads


class Seq2Seq(_Update):
    def __init__(self, input_size, hidden_size, output_size):
        self.n, self.o = hidden_size, output_size
        _params(self, 'encoder', input_size, hidden_size)
        _params(self, 'decoder', output_size, hidden_size, 'W_yh')
        self.W_hy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs, targets=None, length=None):
        B = inputs.shape[1]
        self.x, self.teacher = inputs.copy(), targets is not None
        self.e = _run(self.x, self.W_xh_encoder, self.W_hh_encoder, self.b_h_encoder, np.zeros((B, self.n)))
        steps = len(targets) if self.teacher else len(inputs) if length is None else length
        self.u, self.s, y = [], [self.e[-1]], []
        for t in range(steps):
            if t == 0:
                self.u.append(np.zeros((B, self.o)))
            elif self.teacher:
                self.u.append(targets[t - 1].copy())
            else:
                self.u.append(y[-1])
            self.s.append(np.tanh(self.u[t] @ self.W_yh_decoder + self.s[t] @ self.W_hh_decoder + self.b_h_decoder))
            y.append(self.s[-1] @ self.W_hy + self.b_y)
        return np.array(y)

    def backward(self, d_outputs):
        steps, dy, a, later = len(self.u), d_outputs.copy(), [], 0
        for t in reversed(range(steps)):
            a.insert(0, (dy[t] @ self.W_hy.T + later) * (1 - self.s[t + 1] ** 2))
            later = a[0] @ self.W_hh_decoder.T
            if t > 0 and not self.teacher:
                dy[t - 1] += a[0] @ self.W_yh_decoder.T
        d = np.zeros((len(self.x), dy.shape[1], self.n))
        d[-1] = later
        b = _back(d, self.e, self.W_hh_encoder)
        self.grads = {
            'W_xh_encoder': _sum(self.x, b), 'W_hh_encoder': _sum(self.e, b), 'b_h_encoder': b.sum((0, 1)),
            'W_yh_decoder': _sum(self.u, a), 'W_hh_decoder': _sum(self.s, a), 'b_h_decoder': sum(a).sum(0),
            'W_hy': _sum(self.s[1:], dy), 'b_y': dy.sum((0, 1))}
        return self.grads


def clip_by_norm(gradients, limit):
    norm = np.sqrt(sum((g ** 2).sum() for g in gradients.values()))
    if norm > limit:
        return {k: g * limit / norm for k, g in gradients.items()}
    return {k: g.copy() for k, g in gradients.items()}


class Momentum:
    def __init__(self, momentum=0.9):
        self.momentum, self.v = momentum, {}

    def step(self, parameters, gradients, learning_rate):
        for k in parameters:
            self.v[k] = self.momentum * self.v.get(k, 0) + gradients[k]
            parameters[k] -= learning_rate * self.v[k]
        return parameters


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.m, self.v, self.k = {}, {}, 0

    def step(self, parameters, gradients, learning_rate):
        self.k += 1
        for name, g in gradients.items():
            self.m[name] = self.beta1 * self.m.get(name, 0) + (1 - self.beta1) * g
            self.v[name] = self.beta2 * self.v.get(name, 0) + (1 - self.beta2) * g * g
            m, v = self.m[name] / (1 - self.beta1 ** self.k), self.v[name] / (1 - self.beta2 ** self.k)
            parameters[name] -= learning_rate * m / (np.sqrt(v) + self.epsilon)
        return parameters


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, inputs, training=True):
        self.mask = 1.0
        if training:
            self.mask = (np.random.rand(*inputs[0].shape) >= self.rate) / (1 - self.rate)
        return inputs * self.mask

    def backward(self, d_outputs):
        return d_outputs * self.mask
