"""
All parameters in ONE vector theta, all gradients in ONE vector, work arrays allocated once per shape.
(I wanted to avoid allocating memory in the time loop.)

    theta = [ W_xh | W_hh | b_h | W_hy | b_y ]
"""
import numpy as np
import matplotlib.pyplot as plt

NAMES = ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')


def view(name):
    """property that gives a view of theta"""
    def get(self):
        return self._views[name]

    def put(self, value):
        self._views[name][...] = value
    return property(get, put, doc='view of theta: ' + name)


class SimpleRNN:
    W_xh = view('W_xh')
    W_hh = view('W_hh')
    b_h = view('b_h')
    W_hy = view('W_hy')
    b_y = view('b_y')

    __slots__ = ('shapes', 'theta', 'grad', '_views', '_gviews', '_buf', '_key', 'I', 'H', 'O')

    def __init__(self, input_size, hidden_size, output_size):
        self.I, self.H, self.O = I, H, O = input_size, hidden_size, output_size
        self.shapes = {'W_xh': (I, H), 'W_hh': (H, H), 'b_h': (H,), 'W_hy': (H, O), 'b_y': (O,)}
        size = sum(int(np.prod(s)) for s in self.shapes.values())
        self.theta = np.zeros(size)
        self.grad = np.zeros(size)
        self._views = self._split(self.theta)
        self._gviews = self._split(self.grad)
        for k in ('W_xh', 'W_hh', 'W_hy'):
            n, m = self.shapes[k]
            # truncated normal, +-2 sigma
            w = np.random.standard_normal((n, m))
            while (np.abs(w) > 2).any():
                bad = np.abs(w) > 2
                w[bad] = np.random.standard_normal(bad.sum())
            self._views[k][:] = w / np.sqrt(n + 1.0)
        self._buf = None
        self._key = None

    def _split(self, vec):
        out, a = {}, 0
        for k, s in self.shapes.items():
            n = int(np.prod(s))
            out[k] = vec[a:a + n].reshape(s)
            a += n
        return out

    def _allocate(self, T, B):
        if self._key == (T, B):
            return
        self._key = (T, B)
        I, H, O = self.I, self.H, self.O
        self._buf = {'x': np.empty((T, B, I)), 'h': np.zeros((T + 1, B, H)), 'z': np.empty((B, H)),
                     'y': np.empty((T, B, O)), 'dh': np.empty((B, H)), 'dz': np.empty((T, B, H))}

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self._allocate(T, B)
        w, u = self._views, self._buf
        u['x'][...] = inputs
        h, z = u['h'], u['z']
        for t in range(T):
            np.dot(u['x'][t], w['W_xh'], out=h[t + 1])
            np.dot(h[t], w['W_hh'], out=z)
            h[t + 1] += z
            h[t + 1] += w['b_h']
            np.tanh(h[t + 1], out=h[t + 1])
        np.matmul(h[1:], w['W_hy'], out=u['y'])
        u['y'] += w['b_y']
        # copies, because the buffers are used again by the next call
        return u['y'].copy(), h[1:].copy()

    def backward(self, d_outputs):
        w, u, g = self._views, self._buf, self._gviews
        T, B = self._key
        h, dh, dz, z = u['h'], u['dh'], u['dz'], u['z']
        self.grad.fill(0)
        dh.fill(0)
        for t in range(T - 1, -1, -1):
            np.dot(d_outputs[t], w['W_hy'].T, out=z)
            dh += z
            np.multiply(h[t + 1], h[t + 1], out=z)
            np.subtract(1.0, z, out=z)
            np.multiply(dh, z, out=dz[t])
            np.dot(dz[t], w['W_hh'].T, out=dh)
        flat = lambda a: a.reshape(T * B, -1)
        np.dot(flat(u['x']).T, flat(dz), out=g['W_xh'])
        np.dot(flat(h[:-1]).T, flat(dz), out=g['W_hh'])
        np.dot(flat(h[1:]).T, flat(d_outputs), out=g['W_hy'])
        np.sum(dz, axis=(0, 1), out=g['b_h'])
        np.sum(d_outputs, axis=(0, 1), out=g['b_y'])
        return {k: g[k].copy() for k in NAMES}

    def update_parameters(self, learning_rate):
        self.theta -= learning_rate * self.grad


class LSTMCell:
    """ theta (1 + I + H, 4, H): row 0 is the bias, then W, then U; gates f i c o """

    def __init__(self, input_size, hidden_size):
        self.theta = np.random.normal(0.0, 0.2, (1 + input_size + hidden_size, 4, hidden_size))
        self.theta[0] = 0
        for j, name in enumerate('fico'):
            setattr(self, 'b_' + name, self.theta[0, j])
            setattr(self, 'W_' + name, self.theta[1:1 + input_size, j])
            setattr(self, 'U_' + name, self.theta[1 + input_size:, j])

    def forward(self, input_t, hidden_state, cell_state):
        B = len(input_t)
        v = np.concatenate([np.ones((B, 1)), input_t, hidden_state], axis=1)
        a = np.tensordot(v, self.theta, axes=1)  # (B, 4, H)
        a[:, [0, 1, 3]] /= 2
        np.tanh(a, out=a)
        a[:, [0, 1, 3]] += 1
        a[:, [0, 1, 3]] /= 2
        c = a[:, 0] * cell_state
        c += a[:, 1] * a[:, 2]
        h = np.tanh(c)
        h *= a[:, 3]
        return h, c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length < 1')
    out = np.zeros(length, dtype=np.float64)
    if seq_type == 'fibonacci':
        out[1:3] = 1
        for n in range(3, length):
            out[n] = out[n - 1] + out[n - 2]
    elif seq_type == 'sine':
        np.multiply(np.arange(length), 2 * np.pi / 40, out=out)
        np.sin(out, out=out)
    else:
        raise ValueError('seq_type: ' + repr(seq_type))
    return out


def train_rnn_on_sequence():
    """
    Real Fibonacci numbers are too big, and a tanh net cannot extrapolate, so I predict the *leading digits*:
    m(n) = log10 F(n) mod 1  (fractional part) moves on a circle, I give the net cos and sin of 2 pi m(n)
    and it predicts both one step later. Compared is cos(2 pi m).
    """
    np.random.seed(3)
    F = generate_sequence_data('fibonacci', 600)[1:]
    angle = 2 * np.pi * np.log10(F)
    data = np.column_stack([np.cos(angle), np.sin(angle)])
    train, test = data[:450], data[450:]
    mean, std = train.mean(0), train.std(0)

    def cut(z, L):
        n = len(z) - L
        idx = np.arange(L)[:, None] + np.arange(n)
        return z[idx], z[idx + 1]

    err, keep = {}, {}
    for L in (1, 2, 4, 8):
        x, y = cut((train - mean) / std, L)
        net = SimpleRNN(2, 16, 2)
        curve = np.empty(200)
        d = np.empty_like(y)
        for e in range(curve.size):
            out, _ = net.forward(x)
            np.subtract(out, y, out=d)
            curve[e] = np.vdot(d, d) / d.size
            d *= 2.0 / (d.shape[0] * d.shape[1])
            net.backward(d)
            net.update_parameters(0.1)
        x, y = cut((test - mean) / std, L)
        out, _ = net.forward(x)
        p, r = out[-1, :, 0] * std[0] + mean[0], y[-1, :, 0] * std[0] + mean[0]
        err[L] = float(np.sqrt(np.mean((p - r) ** 2)))
        keep[L] = curve, p, r
        print('L=%d  rmse %.4f' % (L, err[L]))

    curve, p, r = keep[4]
    fig = plt.figure(figsize=(10, 4))
    ax1, ax2 = fig.add_axes([0.08, 0.12, 0.25, 0.8]), fig.add_axes([0.4, 0.12, 0.57, 0.8])
    ax1.loglog(np.arange(1, 201), curve)
    ax1.set_xlabel('epoch')
    ax2.plot(r[:60], 'k-', p[:60], 'r+')
    ax2.set_xlabel('n')
    ax2.set_ylabel('cos 2 pi log10 F(n)')
    return {'losses': curve.tolist(), 'predictions': p, 'targets': r, 'error_by_length': err, 'figure': fig}
