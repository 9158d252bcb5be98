"""
作业6 —— 参考 Karpathy 的 min-char-rnn.py 写的：
把斐波那契数列 mod 7 的每一项当成一个“字符”，用 one-hot 输入，softmax + 交叉熵训练。
"""
import numpy as np
import matplotlib.pyplot as plt


class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        self.I, self.H, self.O = input_size, hidden_size, output_size
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(2.0 / (input_size + hidden_size))
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(2.0 / (hidden_size + output_size))
        self.b_h, self.b_y = np.zeros(hidden_size), np.zeros(output_size)

    def forward(self, inputs):
        xs, hs, ys = {}, {}, {}
        T, B = inputs.shape[:2]
        hs[-1] = np.zeros((B, self.H))
        for t in range(T):
            xs[t] = np.array(inputs[t], dtype=float)
            hs[t] = np.tanh(xs[t].dot(self.W_xh) + hs[t-1].dot(self.W_hh) + self.b_h)
            ys[t] = hs[t].dot(self.W_hy) + self.b_y
        self.cache = (xs, hs, T)
        return np.array([ys[t] for t in range(T)]), np.array([hs[t] for t in range(T)])

    def backward(self, d_outputs):
        xs, hs, T = self.cache
        dWxh, dWhh, dWhy = np.zeros_like(self.W_xh), np.zeros_like(self.W_hh), np.zeros_like(self.W_hy)
        dbh, dby = np.zeros_like(self.b_h), np.zeros_like(self.b_y)
        dhnext = np.zeros_like(hs[-1])
        for t in reversed(range(T)):
            dy = d_outputs[t]
            dWhy += hs[t].T.dot(dy)
            dby += dy.sum(0)
            dh = dy.dot(self.W_hy.T) + dhnext   # backprop into h
            dhraw = (1 - hs[t] * hs[t]) * dh    # backprop through tanh
            dbh += dhraw.sum(0)
            dWxh += xs[t].T.dot(dhraw)
            dWhh += hs[t-1].T.dot(dhraw)
            dhnext = dhraw.dot(self.W_hh.T)
        self.d = dict(W_xh=dWxh, W_hh=dWhh, b_h=dbh, W_hy=dWhy, b_y=dby)
        return self.d

    def update_parameters(self, learning_rate):
        for param, dparam in zip([self.W_xh, self.W_hh, self.b_h, self.W_hy, self.b_y],
                                 [self.d[k] for k in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')]):
            param += -learning_rate * dparam


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        def w(*s):
            return np.random.randn(*s) * 0.1
        n, m = input_size, hidden_size
        self.W_f, self.U_f, self.b_f = w(n, m), w(m, m), np.ones(m)
        self.W_i, self.U_i, self.b_i = w(n, m), w(m, m), np.zeros(m)
        self.W_c, self.U_c, self.b_c = w(n, m), w(m, m), np.zeros(m)
        self.W_o, self.U_o, self.b_o = w(n, m), w(m, m), np.zeros(m)

    def forward(self, input_t, hidden_state, cell_state):
        sig = lambda z: np.exp(-np.logaddexp(0.0, -z))
        x, h = input_t, hidden_state
        f = sig(x.dot(self.W_f) + h.dot(self.U_f) + self.b_f)
        i = sig(x.dot(self.W_i) + h.dot(self.U_i) + self.b_i)
        g = np.tanh(x.dot(self.W_c) + h.dot(self.U_c) + self.b_c)
        o = sig(x.dot(self.W_o) + h.dot(self.U_o) + self.b_o)
        c = f * cell_state + i * g
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length < 1')
    if seq_type.startswith('fib'):
        mod = {'fibonacci': None, 'fib_mod7': 7, 'fib_mod10': 10}
        if seq_type not in mod:
            raise ValueError(seq_type)
        m, a, b, out = mod[seq_type], 1, 1, []
        while len(out) < length:
            out.append(a)
            a, b = b, (a + b if m is None else (a + b) % m)
        return np.array([float(v) for v in out])
    if seq_type == 'sine':
        return np.sin(np.linspace(0, 2 * np.pi * length / 50, length))
    raise ValueError(seq_type)


def train_rnn_on_sequence():
    vocab_size = 7
    seq = generate_sequence_data('fib_mod7', 240).astype(int)
    cut = 180
    train, test = seq[:cut], seq[cut:]
    eye = np.eye(vocab_size)

    def softmax(z):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    def batches(L, bs):
        order = np.random.permutation(len(train) - L)
        for k in range(0, len(order), bs):
            idx = order[k:k + bs]
            X = np.stack([train[i:i + L] for i in idx], 1)          # (L, b)
            Y = np.stack([train[i + 1:i + L + 1] for i in idx], 1)  # 每步都预测下一项
            yield eye[X], Y

    def fit(L, epochs=60, lr=0.5):
        net = SimpleRNN(vocab_size, 32, vocab_size)
        smooth = []
        for e in range(epochs):
            s, n = 0.0, 0
            for X, Y in batches(L, 16):
                logits, _ = net.forward(X)
                p = softmax(logits)
                t, b = np.indices(Y.shape)
                s += -np.log(p[t, b, Y]).sum()
                n += Y.size
                d = p.copy()
                d[t, b, Y] -= 1             # softmax - target
                net.backward(d / Y.size)
                net.update_parameters(lr)
            smooth.append(s / n)
        return net, smooth

    def evaluate(net, L):
        # 只用测试段里的窗口
        X = np.stack([test[i:i + L] for i in range(len(test) - L)], 1)
        logits, _ = net.forward(eye[X])
        return logits[-1].argmax(-1), test[L:]

    err, runs = {}, {}
    for L in (2, 4, 8, 16):
        net, ls = fit(L)
        p, y = evaluate(net, L)
        err[L] = float(np.mean(p != y))      # 错误率
        runs[L] = (ls, p, y)
        print('L=%2d  final CE %.4f  test error rate %.3f' % (L, ls[-1], err[L]))
    ls, p, y = runs[8]

    fig, (a1, a2) = plt.subplots(2, 1, figsize=(7, 6))
    a1.plot(ls); a1.set_title('cross entropy'); a1.set_xlabel('epoch')
    a2.step(range(len(y)), y, label='F(n) mod 7'); a2.plot(p, 'rx', label='argmax'); a2.legend()
    fig.tight_layout()
    return {'losses': ls, 'predictions': p.astype(float), 'targets': y.astype(float),
            'error_by_length': err, 'figure': fig}


if __name__ == '__main__':
    train_rnn_on_sequence()
    plt.show()
