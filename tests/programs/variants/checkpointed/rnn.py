"""RNN with gradient checkpointing and coroutines.

forward() keeps only every k-th hidden state (k ~ sqrt(T)).  backward() recomputes the states of one
segment at a time.  Inside a segment every time step is a generator:

        gen = step(x, h)         next(gen)    -> h'
                                 gen.send(dh) -> dL/dh        (the same frame does both directions!)

so the local variables of the generator are the cache.  Memory O(sqrt(T)), time 1.5x.
"""
import math
import numpy as np


def _step(x, h, P, G):
    a = np.tanh(x @ P['W_xh'] + h @ P['W_hh'] + P['b_h'])
    dy, dh = yield a                                   # ... much later
    G['W_hy'] += a.T @ dy
    G['b_y'] += dy.sum(0)
    dz = (dh + dy @ P['W_hy'].T) * (1 - a * a)
    G['W_xh'] += x.T @ dz
    G['W_hh'] += h.T @ dz
    G['b_h'] += dz.sum(0)
    yield dz @ P['W_hh'].T


class SimpleRNN:
    SHAPES = {
        'W_xh': lambda i, h, o: (i, h),
        'W_hh': lambda i, h, o: (h, h),
        'b_h': lambda i, h, o: (h,),
        'W_hy': lambda i, h, o: (h, o),
        'b_y': lambda i, h, o: (o,),
    }

    def __init__(self, input_size, hidden_size, output_size):
        sizes = (input_size, hidden_size, output_size)
        assert min(sizes) > 0, "sizes must be positive"
        for name, shape in self.SHAPES.items():
            shape = shape(*sizes)
            if len(shape) == 2:
                value = np.random.randn(*shape) * math.sqrt(1 / max(shape))
            else:
                # a tiny random bias doesn't hurt and makes gradient checks more honest
                value = 0.01 * np.random.randn(*shape)
            setattr(self, name, value)

    def _P(self):
        return {name: getattr(self, name) for name in self.SHAPES}

    def _advance(self, x, h):
        return np.tanh(x @ self.W_xh + h @ self.W_hh + self.b_h)

    def forward(self, inputs):
        T, B = inputs.shape[0], inputs.shape[1]
        self._xs = tuple(np.array(x, float) for x in inputs)
        self._every = max(1, math.isqrt(T))
        self._saved = {}
        h = np.zeros((B, self.b_h.shape[0]))
        states = []
        for t, x in enumerate(self._xs):
            if t % self._every == 0:
                self._saved[t] = h              # state BEFORE step t
            h = self._advance(x, h)
            states.append(h)
        states = np.stack(states)
        return states @ self.W_hy + self.b_y, states

    def backward(self, d_outputs):
        P = self._P()
        G = {name: np.zeros_like(p) for name, p in P.items()}
        T = len(self._xs)
        dh = np.zeros_like(self._saved[0])
        for start in sorted(self._saved, reverse=True):
            h, frames = self._saved[start], []
            for t in range(start, min(start + self._every, T)):
                frame = _step(self._xs[t], h, P, G)
                h = next(frame)
                frames.append((t, frame))
            while frames:
                t, frame = frames.pop()
                dh = frame.send((d_outputs[t], dh))
                frame.close()
        self._G = G
        return {name: g.copy() for name, g in G.items()}

    def update_parameters(self, learning_rate):
        for name, g in self._G.items():
            setattr(self, name, getattr(self, name) - learning_rate * g)


class LSTMCell:
    """one (I+H, 4, H) tensor of weights, one (4, H) of biases; gate axis in the middle"""

    GATE = dict(f=0, i=1, c=2, o=3)

    def __init__(self, input_size, hidden_size):
        self.input_size, self.hidden_size = input_size, hidden_size
        self.kernel = np.random.randn(input_size + hidden_size, 4, hidden_size)
        self.kernel /= math.sqrt(input_size + hidden_size)
        self.bias = np.zeros((4, hidden_size))
        self.bias[0] = 1.0

    def gate_parameters(self, gate):
        k = self.GATE[gate]
        return self.kernel[:self.input_size, k], self.kernel[self.input_size:, k], self.bias[k]

    def forward(self, input_t, hidden_state, cell_state):
        xh = np.hstack([input_t, hidden_state])
        z = np.tensordot(xh, self.kernel, axes=1) + self.bias           # (B, 4, H)
        gates = self._squash(z)
        f, i, o = gates[:, 0], gates[:, 1], gates[:, 3]
        c = f * cell_state + i * np.tanh(z[:, 2])
        return o * np.tanh(c), c

    @staticmethod
    def _squash(z):
        """sigmoid element by element, np.piecewise evaluates each branch only where it is valid"""
        return np.piecewise(z, [z >= 0], [lambda v: 1 / (1 + np.exp(-v)),
                                          lambda v: np.exp(v) / (1 + np.exp(v))])


def generate_sequence_data(seq_type='fibonacci', length=1000):
    makers = {}

    def maker(f):
        makers[f.__name__] = f
        return f

    @maker
    def fibonacci():
        a, b = 1, 1
        while True:
            yield a
            a, b = b, a + b

    @maker
    def sine():
        t = 0
        while True:
            yield math.sin(t * math.tau / 40)
            t += 1

    @maker
    def collatz(n=27):
        while True:
            yield n
            n = n // 2 if n % 2 == 0 else 3 * n + 1

    if length < 1:
        raise ValueError('length < 1')
    if seq_type not in makers:
        raise ValueError('seq_type must be one of ' + ', '.join(makers))
    return np.array([float(v) for v, _ in zip(makers[seq_type](), range(length))])


def train_rnn_on_sequence():
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rng = np.random.RandomState(99)
    wave = generate_sequence_data('sine', 520)
    split = 400

    # scale with the training part only
    m, s = wave[:split].mean(), wave[:split].std()
    z = (wave - m) / s

    def training(length):
        """coroutine: yields one loss per epoch, returns the network"""
        net = SimpleRNN(1, 14, 1)
        starts = np.arange(split - length)
        lr = 0.1
        while True:
            rng.shuffle(starts)
            losses = []
            for chunk in np.array_split(starts, 7):
                w = z[chunk[None, :] + np.arange(length + 1)[:, None]][:, :, None]
                y, _ = net.forward(w[:-1])
                # burn-in: the first half of the window carries no loss
                e = y - w[1:]
                e[:length // 2] = 0
                n = e[length // 2:].size
                losses.append((e ** 2).sum() / n)
                net.backward(2 * e / n)
                net.update_parameters(lr)
            lr *= 0.98
            stop = yield float(np.mean(losses))
            if stop:
                return net

    def evaluate(net, length):
        k = np.arange(split, len(z) - length)
        w = z[k[None, :] + np.arange(length + 1)[:, None]][:, :, None]
        y, _ = net.forward(w[:-1])
        return y[-1, :, 0] * s + m, w[-1, :, 0] * s + m

    np.random.seed(99)
    losses, error, final = None, {}, None
    for length in (4, 8, 16):
        co, curve = training(length), [ ]
        curve.append(next(co))
        while len(curve) < 40:
            curve.append(co.send(False))
        try:
            co.send(True)
        except StopIteration as done:
            net = done.value
        p, q = evaluate(net, length)
        error[length] = float(np.sqrt(((p - q) ** 2).mean()))
        if length == 8:
            losses, final = curve, (p, q)

    fig = Figure(figsize=(8, 4))
    FigureCanvasAgg(fig)
    left, right = fig.subplots(1, 2)
    left.set_title('loss'); left.plot(range(1, 41), losses, marker='.'); left.set_xlabel('epoch')
    right.set_title('prediction'); right.plot(final[1], label='truth'); right.plot(final[0], '--', label='RNN')
    right.legend()
    return {'losses': losses, 'predictions': final[0], 'targets': final[1],
            'error_by_length': error, 'figure': fig}
