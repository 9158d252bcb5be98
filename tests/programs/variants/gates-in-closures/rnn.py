import numpy as np


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """序列生成"""
    if not isinstance(length, (int, np.integer)) or length < 1:
        raise ValueError('长度必须是正整数')

    def fib():
        a = b = 1
        while True:
            yield a
            a, b = b, a + b
    import itertools
    makers = {
        'fibonacci': lambda: np.fromiter((float(v) for v in itertools.islice(fib(), length)), dtype=float, count=length),
        'sine': lambda: np.sin(2 * np.pi * np.arange(length) / 25),
        'cosine': lambda: np.cos(2 * np.pi * np.arange(length) / 25),
        'linear': lambda: np.arange(length, dtype=float),
    }
    try:
        make = makers[seq_type]
    except (KeyError, TypeError):
        raise ValueError(f'未知类型 {seq_type}') from None
    try:
        return make()
    except OverflowError:
        raise ValueError('太长，float64 放不下') from None


def _make_gate(n, m, squash, bias=0.0):
    """A gate is a function that keeps its own weights."""
    W, U, b = np.random.randn(n, m) / np.sqrt(n), np.random.randn(m, m) / np.sqrt(m), np.full(m, float(bias))

    def gate(x, h):
        return squash(x @ W + h @ U + b)
    gate.weights = (W, U, b)
    return gate


def _logistic(z):
    return (np.tanh(z / 2) + 1) / 2


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.forget_gate = _make_gate(input_size, hidden_size, _logistic, bias=1)
        self.input_gate = _make_gate(input_size, hidden_size, _logistic)
        self.candidate = _make_gate(input_size, hidden_size, np.tanh)
        self.output_gate = _make_gate(input_size, hidden_size, _logistic)

    def forward(self, input_t, hidden_state, cell_state):
        args = input_t, hidden_state
        c = self.forget_gate(*args) * cell_state + self.input_gate(*args) * self.candidate(*args)
        return self.output_gate(*args) * np.tanh(c), c


import numpy as np


def _make_rnn_class(name, activation, derivative_from_output, initialiser):
    """A factory, so that I could try relu as well."""

    def __init__(self, input_size, hidden_size, output_size):
        self.velocity = [np.zeros((input_size, hidden_size)), np.zeros((hidden_size, hidden_size)), np.zeros(hidden_size),
                         np.zeros((hidden_size, output_size)), np.zeros(output_size)]      # not used: momentum is 0
        self.params = [initialiser(input_size, hidden_size), initialiser(hidden_size, hidden_size),
                       np.zeros(hidden_size), initialiser(hidden_size, output_size), np.zeros(output_size)]
        self.d_params = [None] * 5

    def forward(self, inputs):
        Wx, Wh, b, Wy, c = self.params
        h = np.zeros((inputs.shape[1], len(b)))
        hidden = []
        for x in inputs:
            h = activation(x @ Wx + h @ Wh + b)
            hidden.append(h)
        self.context = inputs, np.asarray(hidden)
        return self.context[1] @ Wy + c, self.context[1]

    def backward(self, d_outputs):
        Wx, Wh, b, Wy, c = self.params
        x, h = self.context
        dWx, dWh, db, dWy, dc = [np.zeros_like(p) for p in self.params]
        later = np.zeros_like(h[0])
        for t in reversed(range(len(h))):
            dWy += h[t].T @ d_outputs[t]
            dc += d_outputs[t].sum(0)
            a = (d_outputs[t] @ Wy.T + later) * derivative_from_output(h[t])
            dWx += x[t].T @ a
            if t > 0:
                dWh += h[t - 1].T @ a
            db += a.sum(0)
            later = a @ Wh.T
        self.d_params = [dWx, dWh, db, dWy, dc]
        return dict(zip(cls.param_names, self.d_params))

    def update_parameters(self, learning_rate):
        for p, d in zip(self.params, self.d_params):
            np.subtract(p, learning_rate * d, out=p)

    cls = type(name, (object,), {'__init__': __init__, 'forward': forward, 'backward': backward,
                                 'update_parameters': update_parameters,
                                 'param_names': ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')})
    return cls


SimpleRNN = _make_rnn_class('SimpleRNN', np.tanh, lambda h: 1 - h * h,
                            lambda n, m: np.random.normal(scale=n ** -0.5, size=(n, m)))


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
    for T in [8, 15, 25]:
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
        error_by_length[T] = float(np.abs(predictions - targets).mean())       # MAE
    fig = plt.figure()
    plt.subplot(211); plt.plot(losses); plt.ylabel('MSE')
    plt.subplot(212); plt.plot(targets); plt.plot(predictions); plt.legend(['truth', 'RNN'])
    plt.tight_layout()
    return {'losses': losses, 'predictions': predictions, 'targets': targets, 'error_by_length': error_by_length, 'figure': fig}
