import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt


# cs231n-like layers; N sequences, T steps, D inputs, H hidden units
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h ** 2)
    return da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h, caches, prev = np.zeros((N, T, len(b))), [], h0
    for t in range(T):
        prev, cache = rnn_step_forward(x[:, t], prev, Wx, Wh, b)
        h[:, t] = prev
        caches.append(cache)
    return h, caches


def rnn_backward(dh, caches):
    N, T, H = dh.shape
    x, prev_h, Wx, Wh, _ = caches[0]
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(H)
    dprev = np.zeros((N, H))
    for t in reversed(range(T)):
        _, dprev, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dWx, dWh, db


def temporal_affine_forward(h, W, b):
    N, T, H = h.shape
    return (h.reshape(N * T, H).dot(W) + b).reshape(N, T, len(b)), (h, W)


def temporal_affine_backward(dout, cache):
    h, W = cache
    N, T, H = h.shape
    flat = dout.reshape(N * T, -1)
    return flat.dot(W.T).reshape(N, T, H), h.reshape(N * T, H).T.dot(flat), flat.sum(axis=0)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(2.0 / (input_size + hidden_size))
        self.W_hh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(2.0 / (hidden_size + output_size))
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        x = inputs.swapaxes(0, 1).copy()
        h0 = np.zeros((x.shape[0], len(self.b_h)))
        h, self.rnn_cache = rnn_forward(x, h0, self.W_xh, self.W_hh, self.b_h)
        y, self.affine_cache = temporal_affine_forward(h, self.W_hy, self.b_y)
        return y.swapaxes(0, 1), h.swapaxes(0, 1).copy()

    def backward(self, d_outputs):
        dout = d_outputs.swapaxes(0, 1)
        dh, dW_hy, db_y = temporal_affine_backward(dout, self.affine_cache)
        dW_xh, dW_hh, db_h = rnn_backward(dh, self.rnn_cache)
        self.grads = {'W_xh': dW_xh, 'W_hh': dW_hh, 'b_h': db_h, 'W_hy': dW_hy, 'b_y': db_y}
        return self.grads

    def update_parameters(self, learning_rate):
        # new arrays, because the caches still hold the old ones
        for k, g in self.grads.items():
            setattr(self, k, getattr(self, k) - learning_rate * g)


class LSTMCell:
    # W_all, U_all: (4, ., H); the first axis is the gate: 0 forget, 1 input, 2 candidate, 3 output
    def __init__(self, input_size, hidden_size):
        r = np.random.default_rng()
        self.W_all = r.normal(size=(4, input_size, hidden_size)) * np.sqrt(2 / (input_size + hidden_size))
        self.U_all = r.normal(size=(4, hidden_size, hidden_size)) * np.sqrt(1 / hidden_size)
        self.b_all = np.zeros((4, 1, hidden_size))
        self.W_f, self.W_i, self.W_c, self.W_o = self.W_all
        self.U_f, self.U_i, self.U_c, self.U_o = self.U_all
        self.b_f, self.b_i, self.b_c, self.b_o = self.b_all[:, 0]

    def forward(self, input_t, hidden_state, cell_state):
        W = np.stack([self.W_f, self.W_i, self.W_c, self.W_o])
        U = np.stack([self.U_f, self.U_i, self.U_c, self.U_o])
        b = np.stack([self.b_f, self.b_i, self.b_o, self.b_c])[:, None, :]
        zz = np.einsum('bi,gih->gbh', input_t, W) + np.einsum('bk,gkh->gbh', hidden_state, U) + b
        small = np.exp(-np.abs(zz))
        gate = np.where(zz < 0, small, 1.0) / (1.0 + small)
        new_c = gate[0] * cell_state + gate[1] * np.tanh(zz[2])
        new_h = gate[3] * np.tanh(new_c)
        return new_h, new_c


def generate_sequence_data(seq_type: str = 'fibonacci', length: int = 1000) -> np.ndarray:
    """Generate the first `length` terms of the requested sequence."""
    supported = ('fibonacci', 'sine', 'linear')
    if seq_type not in supported:
        raise ValueError(f"Unsupported seq_type '{seq_type}', choose from {supported}")
    if length < 1:
        raise ValueError("length must be >= 1")

    if seq_type == 'fibonacci':
        terms = [0, 1]
        for _ in range(length - 2):
            terms.append(terms[-2] + terms[-1])
        return np.array(terms[:length], dtype=np.float64)
    if seq_type == 'sine':
        return np.sin(np.linspace(0, 20 * np.pi, length))
    return np.linspace(0.0, 1.0, length)


def train_rnn_on_sequence():
    # --- data ---
    data = generate_sequence_data('sine', 400) + 0.5 * generate_sequence_data('sine', 800)[::2]
    n_train = int(0.75 * len(data))
    lo, hi = data[:n_train].min(), data[:n_train].max()
    scaled = (data - lo) / (hi - lo) - 0.5

    def run(L, epochs=400, lr=0.04):
        np.random.seed(L)
        rnn = SimpleRNN(1, 24, 1)
        # the target of window i is scaled[i + L]
        idx_train = np.arange(0, n_train - L)
        idx_test = np.arange(n_train, len(scaled) - L)
        gather = lambda idx: scaled[idx[None, :] + np.arange(L)[:, None]][:, :, None]
        X, Y = gather(idx_train), scaled[idx_train + L]
        history = []
        for e in range(epochs):
            out = rnn.forward(X)[0]
            diff = out[-1, :, 0] - Y
            history.append(float(np.mean(diff ** 2)))
            grad = np.zeros_like(out)
            grad[-1, :, 0] = 2 * diff / diff.size
            rnn.backward(grad)
            rnn.update_parameters(lr)
        guess = rnn.forward(gather(idx_test))[0][-1, :, 0]
        real = scaled[idx_test + L]
        return history, guess, real

    # --- experiments ---
    results = {L: run(L) for L in (5, 10, 15)}
    error_by_length = {L: float(np.mean((g - r) ** 2)) for L, (_, g, r) in results.items()}
    losses, guess, real = results[15]
    back = lambda v: (v + 0.5) * (hi - lo) + lo

    # --- picture ---
    fig = plt.figure()
    plt.subplot(211)
    plt.plot(losses)
    plt.title('loss')
    plt.subplot(212)
    plt.plot(back(real), label='real')
    plt.plot(back(guess), label='guess')
    plt.legend()
    return dict(losses=losses, predictions=back(guess), targets=back(real),
                error_by_length=error_by_length, figure=fig)
