import numpy as np


class SimpleRNN:
    """One record with five fields; records add up as bytes do: one block of memory."""

    def __init__(self, input_size, hidden_size, output_size):
        self.dtype = np.dtype([('W_xh', 'f8', (input_size, hidden_size)), ('W_hh', 'f8', (hidden_size, hidden_size)),
                               ('b_h', 'f8', (hidden_size,)), ('W_hy', 'f8', (hidden_size, output_size)),
                               ('b_y', 'f8', (output_size,))])
        self.record = np.zeros(1, dtype=self.dtype)
        self.grad_record = np.zeros(1, dtype=self.dtype)
        for name in ('W_xh', 'W_hh', 'W_hy'):
            field = self.record[name][0]
            field[:] = np.random.randn(*field.shape) / np.sqrt(field.shape[0])

    def __getattr__(self, name):
        if name in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y'):
            return self.__dict__['record'][name][0]
        raise AttributeError(name)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        h = np.zeros((T + 1, B, self.b_h.size))
        y = np.empty((T, B, self.b_y.size))
        for t in range(T):
            h[t + 1] = np.tanh(inputs[t] @ self.W_xh + h[t] @ self.W_hh + self.b_h)
            y[t] = h[t + 1] @ self.W_hy + self.b_y
        self.seen, self.states = inputs, h
        return y, h[1:]

    def backward(self, d_outputs):
        self.grad_record = np.zeros(1, dtype=self.dtype)
        g = {n: self.grad_record[n][0] for n in self.dtype.names}
        carry = np.zeros_like(self.states[0])
        for t in range(len(d_outputs) - 1, -1, -1):
            h = self.states[t + 1]
            g['W_hy'] += h.T @ d_outputs[t]
            g['b_y'] += d_outputs[t].sum(0)
            d = (d_outputs[t] @ self.W_hy.T + carry) * (1 - h * h)
            g['W_xh'] += self.seen[t].T @ d
            g['W_hh'] += self.states[t].T @ d
            g['b_h'] += d.sum(0)
            carry = d @ self.W_hh.T
        return g

    def update_parameters(self, learning_rate):
        self.record.view('f8')[...] -= learning_rate * self.grad_record.view('f8')


class LSTMCell:
    """The documented names are views into one block (order o, f, i, c)."""

    def __init__(self, input_size, hidden_size):
        H = hidden_size
        self.block = np.zeros((input_size + H + 1, 4 * H))
        self.block[:input_size] = np.random.randn(input_size, 4 * H) / np.sqrt(input_size)
        self.block[input_size:-1] = np.random.randn(H, 4 * H) / np.sqrt(H)
        for k, gate in enumerate('ofic'):
            cols = self.block[:, k * H:(k + 1) * H]
            setattr(self, 'W_' + gate, cols[:input_size])
            setattr(self, 'U_' + gate, cols[input_size:-1])
            setattr(self, 'b_' + gate, cols[-1])

    def forward(self, input_t, hidden_state, cell_state):
        def sg(v):
            return 1 / (1 + np.exp(-np.clip(v, -60, 60)))
        f = sg(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i = sg(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        o = sg(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        c_bar = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        c = np.add(f * cell_state, i * c_bar)
        return np.multiply(o, np.tanh(c)), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1 or seq_type not in ('fibonacci', 'sine', 'damped'):
        raise ValueError((seq_type, length))
    n = np.arange(length)
    if seq_type == 'sine':
        return np.sin(n * 0.2).astype(np.float64)
    if seq_type == 'damped':
        return np.exp(-n / 200) * np.cos(n / 6)
    s = np.zeros(length, dtype=np.float64)
    s[1:2] = 1
    for k in range(2, length):
        s[k] = s[k - 1] + s[k - 2]
    if not np.isfinite(s).all():
        raise ValueError('too long for float64')
    return s


def train_rnn_on_sequence():
    # many to many: a loss at every time step
    import matplotlib
    matplotlib.use('Agg')
    import matplotlib.pyplot as plt
    rng = np.random.RandomState(42)
    np.random.seed(rng.randint(1000))
    s = generate_sequence_data('sine', 600)
    cut = 450
    mu, sigma = np.mean(s[:cut]), np.std(s[:cut])
    z = (s - mu) / sigma
    error_by_length = {}
    for T in [10, 14, 18]:
        rnn = SimpleRNN(1, 10, 1)
        starts = np.arange(0, cut - T - 1, 3)
        X = np.array([z[a:a + T] for a in starts]).T[:, :, None]
        Y = np.array([z[a + 1:a + T + 1] for a in starts]).T[:, :, None]
        assert starts.max() + T + 1 <= cut
        losses = []
        for epoch in range(250):
            out, _ = rnn.forward(X)
            losses.append(float(((out - Y) ** 2).mean()))
            rnn.backward(2 * (out - Y) / Y.size)
            rnn.update_parameters(0.1)
        tests = np.arange(cut, len(s) - T)
        Xt = np.array([z[a:a + T] for a in tests]).T[:, :, None]
        predictions = rnn.forward(Xt)[0][-1, :, 0] * sigma + mu
        targets = s[tests + T]
        error_by_length[T] = float(np.sqrt(((predictions - targets) ** 2).mean()))
    fig = plt.figure()
    plt.subplot(211); plt.plot(losses); plt.ylabel('MSE')
    plt.subplot(212); plt.plot(targets); plt.plot(predictions); plt.legend(['truth', 'RNN'])
    plt.tight_layout()
    return {'losses': losses, 'predictions': predictions, 'targets': targets, 'error_by_length': error_by_length, 'figure': fig}
