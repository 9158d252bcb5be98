import numpy as np

class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        self.sizes = (input_size, hidden_size, output_size)
        I, H, O = self.sizes
        self.params = {'W_xh': np.random.normal(0, np.sqrt(2.0 / (I + H)), (I, H)), 'W_hh': np.random.normal(0, np.sqrt(1.0 / H), (H, H)), 'b_h': np.zeros((1, H)), 'W_hy': np.random.normal(0, np.sqrt(2.0 / (H + O)), (H, O)), 'b_y': np.zeros((1, O))}
        self.grads = {}
        self.cache = {}

    def forward(self, inputs):
        p = self.params
        h = np.zeros((inputs.shape[1], self.sizes[1]))
        self.cache = {'x': inputs, 'h': [h]}
        out = []
        for x in inputs:
            h = np.tanh(np.dot(x, p['W_xh']) + np.dot(h, p['W_hh']) + p['b_h'])
            self.cache['h'].append(h)
            out.append(np.dot(h, p['W_hy']) + p['b_y'])
        return (np.stack(out), np.stack(self.cache['h'][1:]))

    def backward(self, d_outputs):
        p, x, hs = (self.params, self.cache['x'], self.cache['h'])
        g = {k: np.zeros(v.shape) for k, v in p.items()}
        dh_next = np.zeros(hs[0].shape)
        for t in reversed(range(len(x))):
            h, h_prev = (hs[t + 1], hs[t])
            g['W_hy'] += np.dot(h.T, d_outputs[t])
            g['b_y'] += np.sum(d_outputs[t], axis=0, keepdims=True)
            dz = (np.dot(d_outputs[t], p['W_hy'].T) + dh_next) * (1 - h ** 2)
            g['W_xh'] += np.dot(x[t].T, dz)
            g['W_hh'] += np.dot(h_prev.T, dz)
            g['b_h'] += np.sum(dz, axis=0, keepdims=True)
            dh_next = np.dot(dz, p['W_hh'].T)
        self.grads = g
        return g

    def update_parameters(self, learning_rate):
        for k in self.params:
            self.params[k] = self.params[k] - learning_rate / self.grads[k]

class LSTMCell:
    GATES = 'fico'

    def __init__(self, input_size, hidden_size):
        self.params = {}
        for k in self.GATES:
            self.params['W_' + k] = np.random.normal(0, 0.1, (input_size, hidden_size))
            self.params['U_' + k] = np.random.normal(0, 0.1, (hidden_size, hidden_size))
            self.params['b_' + k] = np.zeros((1, hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        p = self.params
        z = {k: input_t @ p['W_' + k] + hidden_state @ p['U_' + k] + p['b_' + k] for k in self.GATES}
        s = {k: np.exp(-np.logaddexp(0, -z[k])) for k in 'fio'}
        c = s['f'] * cell_state + s['i'] * np.tanh(z['c'])
        return (s['o'] * np.tanh(c), c)

def _fibonacci(n):
    x = np.ones(n)
    x[0] = 0
    for k in range(2, n):
        x[k] = x[k - 1] + x[k - 2]
    return x
GENERATORS = {'fibonacci': _fibonacci, 'sine': lambda n: np.sin(np.linspace(0, n * 0.25, n, endpoint=False)), 'linear': lambda n: np.arange(n, dtype=float)}

def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in GENERATORS or length < 1:
        raise ValueError('bad arguments: %r, %r' % (seq_type, length))
    return GENERATORS[seq_type](int(length))

def train_rnn_on_sequence():
    from matplotlib.figure import Figure
    series = generate_sequence_data('sine', 450)
    n_train = 360
    results = {}
    for L in (6, 12, 24):
        X, Y = ([], [])
        for s in range(n_train - L):
            X.append(series[s:s + L])
            Y.append(series[s + 1:s + L + 1])
        X = np.array(X).T[..., None]
        Y = np.array(Y).T[..., None]
        rnn = SimpleRNN(1, 12, 1)
        losses = []
        for epoch in range(700):
            out, _ = rnn.forward(X)
            diff = out - Y
            losses.append(float(np.mean(diff ** 2)))
            rnn.backward(2 * diff / diff.size)
            rnn.update_parameters(0.15)
        preds, targs = ([], [])
        for s in range(n_train, len(series)):
            out, _ = rnn.forward(series[s - L:s].reshape(L, 1, 1))
            preds.append(out[-1, 0, 0])
            targs.append(series[s])
        results[L] = (losses, np.array(preds), np.array(targs))
    losses, preds, targs = results[12]
    fig = Figure(figsize=(8, 3))
    a, b = fig.subplots(1, 2)
    a.semilogy(losses)
    b.plot(targs)
    b.plot(preds, 'r--')
    return {'losses': losses, 'predictions': preds, 'targets': targs, 'figure': fig, 'error_by_length': {L: float(np.sqrt(np.mean((p - t) ** 2))) for L, (_, p, t) in results.items()}}
