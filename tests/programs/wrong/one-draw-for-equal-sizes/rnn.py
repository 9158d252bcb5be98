"""作业 6: 循环神经网络"""
import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np


from functools import lru_cache


class SimpleRNN:
    """Vectorised: one matrix product for all time steps wherever the recursion permits."""

    PARAMS = ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')

    def __init__(self, input_size, hidden_size, output_size):
        @lru_cache(maxsize=None)
        def init(fan_in, fan_out):
            return np.random.normal(scale=np.sqrt(1 / fan_in), size=(fan_in, fan_out))

        self.sizes = input_size, hidden_size, output_size
        self.W_xh, self.W_hh, self.W_hy = (init(input_size, hidden_size),
                                           init(hidden_size, hidden_size),
                                           init(hidden_size, output_size))
        self.b_h, self.b_y = np.zeros(hidden_size), np.zeros(output_size)

    def forward(self, inputs):
        T, B, I = inputs.shape
        _, H, O = self.sizes
        pre = (inputs.reshape(T * B, I) @ self.W_xh).reshape(T, B, H) + self.b_h
        hs = np.zeros((T + 1, B, H))          # hs[-1] stays zero until it is written: h_0 = hs[T]
        for t in range(T):
            hs[t] = np.tanh(pre[t] + hs[t - 1] @ self.W_hh)
        hidden = hs[:T]
        outputs = (hidden.reshape(T * B, H) @ self.W_hy).reshape(T, B, O) + self.b_y
        self.saved = inputs, hs
        return outputs, hidden.copy()

    def backward(self, d_outputs):
        inputs, hs = self.saved
        T, B, I = inputs.shape
        _, H, O = self.sizes
        hidden = hs[:T]
        previous = np.roll(hs, 1, axis=0)[:T]
        d_hidden = d_outputs @ self.W_hy.T
        gain = 1 - hidden ** 2
        delta = np.zeros((T, B, H))
        delta[-1] = d_hidden[-1] * gain[-1]
        for t in range(T - 2, -1, -1):
            delta[t] = (d_hidden[t] + delta[t + 1] @ self.W_hh.T) * gain[t]
        flat = delta.reshape(-1, H)
        self.gradients = dict(
            W_xh=inputs.reshape(-1, I).T @ flat,
            W_hh=previous.reshape(-1, H).T @ flat,
            b_h=flat.sum(axis=0),
            W_hy=hidden.reshape(-1, H).T @ d_outputs.reshape(-1, O),
            b_y=d_outputs.sum(axis=(0, 1)),
        )
        return self.gradients

    def update_parameters(self, learning_rate):
        for name in self.PARAMS:
            self.__dict__[name] -= learning_rate * self.gradients[name]


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        D, H = input_size, hidden_size
        self.params = {}
        for g in ['f', 'i', 'c', 'o']:
            self.params['W_%s' % g] = np.random.randn(D, H) / np.sqrt(D)
            self.params['U_%s' % g] = np.random.randn(H, H) / np.sqrt(H)
            self.params['b_%s' % g] = np.zeros(H)

    def __getattr__(self, name):
        params = self.__dict__.get('params', {})
        if name in params:
            return params[name]
        raise AttributeError(name)

    def forward(self, input_t, hidden_state, cell_state):
        p = self.params
        a = {}
        for g in ['f', 'i', 'c', 'o']:
            a[g] = np.einsum('bd,dh->bh', input_t, p['W_%s' % g])
            a[g] = a[g] + np.einsum('bk,kh->bh', hidden_state, p['U_%s' % g])
            a[g] = a[g] + p['b_%s' % g]
        s = {}
        for g in ['f', 'i', 'o']:
            e = np.exp(-np.abs(a[g]))
            s[g] = np.where(a[g] > 0, 1.0, e) / (1.0 + e)
        new_c = s['f'] * cell_state + s['i'] * np.tanh(a['c'])
        new_h = s['o'] * np.tanh(new_c)
        return new_h, new_c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in ('fibonacci', 'sine', 'square'):
        raise ValueError('seq_type = %r ?' % (seq_type,))
    if not length >= 1:
        raise ValueError('length = %r ?' % (length,))
    n = np.arange(length)
    if seq_type == 'sine':
        return np.sin(2.0 * np.pi * 0.03 * n)
    if seq_type == 'square':
        return np.sign(np.sin(2.0 * np.pi * (n + 0.5) / 20)).astype(np.float64)
    x = np.empty(length)
    x[:2] = 1.0
    for k in range(2, length):
        x[k] = x[k - 1] + x[k - 2]
    return x


def train_rnn_on_sequence():
    # ---------- 1. 数据准备 ----------
    np.random.seed(42)
    seq = generate_sequence_data('sine', 600)
    n_train = 450
    train_raw = seq[:n_train]
    test_raw = seq[n_train:]
    lo, hi = train_raw.min(), train_raw.max()

    def scale(v):
        return 2 * (v - lo) / (hi - lo) - 1

    def unscale(v):
        return (v + 1) / 2 * (hi - lo) + lo

    train = scale(train_raw)
    test = scale(test_raw)

    def windows(s, L):
        # 每个时间步都预测下一项: 输入 s[k..k+L-1], 目标 s[k+1..k+L]
        X = np.array([s[k:k + L] for k in range(len(s) - L)])
        Y = np.array([s[k + 1:k + L + 1] for k in range(len(s) - L)])
        return X.T[:, :, np.newaxis], Y.T[:, :, np.newaxis]

    # ---------- 2. 模型训练 ----------
    results = {}
    lengths = [8, 16, 32]
    for L in lengths:
        rnn = SimpleRNN(1, 20, 1)
        X, Y = windows(train, L)
        N = X.shape[1]
        losses = []
        for epoch in range(180):
            perm = np.random.permutation(N)
            ep = []
            for s in range(0, N, 50):
                idx = perm[s:s + 50]
                xb, yb = X[:, idx], Y[:, idx]
                out, _ = rnn.forward(xb)
                diff = out - yb
                ep.append(np.mean(diff ** 2))
                rnn.backward(2 * diff / diff.size)
                rnn.update_parameters(0.1)
            losses.append(float(np.mean(ep)))

        # ---------- 3. 性能评估 ----------
        Xt, Yt = windows(test, L)
        out, _ = rnn.forward(Xt)
        pred = unscale(out[-1, :, 0])
        true = unscale(Yt[-1, :, 0])
        rmse = np.sqrt(np.mean((pred - true) ** 2))
        results[L] = {'loss': losses, 'pred': pred, 'true': true, 'rmse': float(rmse)}

    # ---------- 4. 结果可视化 ----------
    show = results[32]
    fig = plt.figure(figsize=(12, 4))
    ax1 = fig.add_subplot(131)
    for L in lengths:
        ax1.plot(results[L]['loss'], label='L=%d' % L)
    ax1.set_xlabel('epoch')
    ax1.legend()
    ax2 = fig.add_subplot(132)
    ax2.plot(show['true'])
    ax2.plot(show['pred'])
    ax2.legend(['true', 'predicted'])
    ax3 = fig.add_subplot(133)
    ax3.bar([str(L) for L in lengths], [results[L]['rmse'] for L in lengths])

    return {'losses': show['loss'],
            'predictions': show['pred'],
            'targets': show['true'],
            'error_by_length': {L: results[L]['rmse'] for L in lengths},
            'figure': fig}
