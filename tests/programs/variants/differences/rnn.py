"""NumPy RNN. All parameters live in one flat vector; the matrices are views into it."""
import itertools
import numpy as np
import matplotlib.pyplot as plt


class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        self._layout = {'W_xh': (I, H), 'W_hh': (H, H), 'b_h': (H,), 'W_hy': (H, O), 'b_y': (O,)}
        sizes = [int(np.prod(s)) for s in self._layout.values()]
        self._bounds = list(itertools.accumulate(sizes, initial=0))
        self.theta_vec = np.zeros(self._bounds[-1])
        self.grad_vec = np.zeros_like(self.theta_vec)
        for name, view in self._views(self.theta_vec).items():
            if view.ndim == 2:
                view[:] = np.random.randn(*view.shape) * np.sqrt(1.0 / sum(view.shape))
            setattr(self, name, view)

    def _views(self, vec):
        return {name: vec[a:b].reshape(shape) for (name, shape), a, b in
                zip(self._layout.items(), self._bounds, self._bounds[1:])}

    def forward(self, inputs):
        T, B, _ = inputs.shape
        states = [np.zeros((B, self.W_hh.shape[0]))]
        for t in range(T):
            states.append(np.tanh(inputs[t] @ self.W_xh + states[t] @ self.W_hh + self.b_h))
        self._x = inputs.copy()
        self._s = states
        hidden_states = np.array(states[1:])
        outputs = hidden_states @ self.W_hy + self.b_y
        return outputs, hidden_states

    def backward(self, d_outputs):
        self.grad_vec = np.zeros_like(self.theta_vec)
        G = self._views(self.grad_vec)
        dh = np.zeros_like(self._s[0])
        for t in range(len(self._x))[::-1]:
            G['W_hy'] += self._s[t + 1].T @ d_outputs[t]
            G['b_y'] += d_outputs[t].sum(0)
            dh = dh + d_outputs[t] @ self.W_hy.T
            dz = dh * (1 - self._s[t + 1] ** 2)
            G['W_xh'] += self._x[t].T @ dz
            G['W_hh'] += self._s[t].T @ dz
            G['b_h'] += dz.sum(0)
            dh = dz @ self.W_hh.T
        return G

    def update_parameters(self, learning_rate):
        self.theta_vec -= learning_rate * self.grad_vec


class LSTMCell:

    def __init__(self, input_size, hidden_size):
        init = np.random.uniform
        r = (6 / (input_size + hidden_size)) ** .5
        s = (3 / hidden_size) ** .5
        self.W_f = init(-r, r, [input_size, hidden_size]); self.U_f = init(-s, s, [hidden_size] * 2)
        self.W_i = init(-r, r, [input_size, hidden_size]); self.U_i = init(-s, s, [hidden_size] * 2)
        self.W_c = init(-r, r, [input_size, hidden_size]); self.U_c = init(-s, s, [hidden_size] * 2)
        self.W_o = init(-r, r, [input_size, hidden_size]); self.U_o = init(-s, s, [hidden_size] * 2)
        self.b_f, self.b_i, self.b_c, self.b_o = (np.zeros(hidden_size) for _ in range(4))

    def forward(self, input_t, hidden_state, cell_state):
        def gate(W, U, b, squash):
            return squash(np.dot(input_t, W) + np.dot(hidden_state, U) + b)

        def sig(a):
            return (1 + np.tanh(a / 2)) / 2

        f = gate(self.W_f, self.U_f, self.b_f, sig)
        i = gate(self.W_i, self.U_i, self.b_i, sig)
        g = gate(self.W_c, self.U_c, self.b_c, np.tanh)
        o = gate(self.W_o, self.U_o, self.b_o, sig)
        c = np.add(np.multiply(f, cell_state), np.multiply(i, g))
        h = np.multiply(o, np.tanh(c))
        return h, c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length')
    i = np.arange(length)
    makers = {
        'fibonacci': lambda: np.array(list(itertools.islice(_fib(), length)), dtype=np.float64),
        'sine': lambda: np.sin(i * 2 * np.pi / 36),
        'square': lambda: np.sign(np.sin(i * 2 * np.pi / 20) + 1e-9),
        'trend': lambda: 0.05 * i + np.sin(i * 2 * np.pi / 18) + 0.4 * np.sin(i * 2 * np.pi / 7),
    }
    try:
        make = makers[seq_type]
    except KeyError:
        raise ValueError('unknown type ' + str(seq_type)) from None
    return make()


def _fib():
    a, b = 0, 1
    while True:
        yield float(a)
        a, b = b, a + b


def train_rnn_on_sequence():
    np.random.seed(11)
    y = generate_sequence_data('trend', 500)     # sine waves on a rising line
    split = 400
    # The line leaves the range of the training part, its differences do not.
    d = np.diff(y)                               # d[k] = y[k+1] - y[k]
    d_train = d[:split - 1]                      # uses y[0..split-1] only
    top = np.abs(d_train).max()
    u = d / top

    def learn(n_terms):
        # n_terms of y give n_terms - 1 differences
        k = n_terms - 1
        rnn, curve = SimpleRNN(1, 20, 1), []
        first = np.arange(split - 1 - k)
        for epoch in range(22):
            np.random.shuffle(first)
            se = []
            for part in np.array_split(first, 14):
                x = u[part[None, :] + np.arange(k)[:, None]][..., None]
                goal = u[part[None, :] + np.arange(1, k + 1)[:, None]][..., None]
                out, _ = rnn.forward(x)
                e = out - goal
                e[:k // 2] = 0                   # no loss while the network is warming up
                se.append((e[-1] ** 2).mean())
                rnn.backward(e / (e.shape[1] * (k - k // 2)))
                rnn.update_parameters(0.35)
            curve.append(float(np.mean(se)))
        return rnn, curve

    def forecast(rnn, n_terms):
        k = n_terms - 1
        at = np.arange(split, len(y))            # predict y[at] from y[at-n_terms .. at-1]
        x = np.stack([u[j - 1 - k:j - 1] for j in at], axis=1)[..., None]
        return y[at - 1] + top * rnn.forward(x)[0][-1, :, 0]

    errors, kept = {}, {}
    for n_terms in (4, 8, 15, 30, 50):
        rnn, curve = learn(n_terms)
        p = forecast(rnn, n_terms)
        errors[n_terms] = float(np.abs(p - y[split:]).mean())
        kept[n_terms] = curve, p
    curve, p = kept[15]

    fig = plt.figure(figsize=(8, 8))
    grid = fig.add_gridspec(2, 2)
    fig.add_subplot(grid[0, 0], title='loss', yscale='log').plot(curve)
    fig.add_subplot(grid[0, 1], title='MAE').plot(list(errors), list(errors.values()), '-o')
    big = fig.add_subplot(grid[1, :], title='held-out part')
    big.plot(y[split:], label='truth')
    big.plot(p, '--', label='one step ahead')
    big.legend()
    return dict(losses=np.array(curve), predictions=p, targets=y[split:].copy(), error_by_length=errors, figure=fig)
