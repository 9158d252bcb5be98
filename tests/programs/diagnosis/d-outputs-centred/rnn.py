import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt


class SimpleRNN:
    K = 'W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y'
    def __init__(s, i, h, o):
        for k, n in zip(s.K, [(i, h), (h, h), (h,), (h, o), (o,)]):
            setattr(s, k, np.random.randn(*n) * (2 / sum(n)) ** .5 * (len(n) > 1))
    def forward(s, x):
        s.x, s.h = x + 0., [np.zeros((x.shape[1], len(s.b_h)))]
        for u in s.x: s.h += [np.tanh(u @ s.W_xh + s.h[-1] @ s.W_hh + s.b_h)]
        s.h = np.array(s.h)
        return s.h[1:] @ s.W_hy + s.b_y, s.h[1:] + 0.
    def backward(s, d):
        e = (d - d.mean(0)) @ s.W_hy.T
        c = 0
        for t in range(len(d))[::-1]:
            e[t] = (e[t] + c) * (1 - s.h[t + 1] ** 2)
            c = e[t] @ s.W_hh.T
        f = lambda a: a.reshape(-1, a.shape[2])
        s.g = dict(zip(s.K, (f(s.x).T @ f(e), f(s.h[:-1]).T @ f(e), f(e).sum(0), f(s.h[1:]).T @ f(d), f(d).sum(0))))
        return s.g
    def update_parameters(s, r):
        for k in s.K: setattr(s, k, getattr(s, k) - r * s.g[k])


class LSTMCell:
    def __init__(s, i, h):
        for q in 'fico':
            for p, n in ('W', (i, h)), ('U', (h, h)), ('b', (h,)):
                setattr(s, p + '_' + q, np.random.uniform(-1, 1, n) / h ** .5)
    def forward(s, x, h, c):
        a = {q: x @ s.__dict__['W_' + q] + h @ s.__dict__['U_' + q] + s.__dict__['b_' + q] for q in 'fico'}
        f, i, o = ((1 + np.tanh(a[q] / 2)) / 2 for q in 'fio')
        c = f * c + i * np.tanh(a['c'])
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    match seq_type:
        case _ if length < 1:
            raise ValueError('length')
        case 'fibonacci':
            x = np.ones(length)
            for k in range(2, length):
                x[k] = x[k - 1] + x[k - 2]
            return x
        case 'sine':
            return np.sin(np.arange(length) * np.pi / 25)
        case 'cosine':
            return np.cos(np.arange(length) * np.pi / 25)
        case _:
            raise ValueError(seq_type)


class Standardizer:
    def fit(self, v):
        self.m, self.s = np.mean(v), np.std(v)
        return self

    def transform(self, v):
        return (v - self.m) / self.s

    def inverse_transform(self, v):
        return v * self.s + self.m


def sample_batch(rng, series, steps, batch):
    starts = rng.integers(0, len(series) - steps, size=batch)
    x = np.array([series[s:s + steps] for s in starts]).T[..., None]
    y = np.array([series[s + 1:s + steps + 1] for s in starts]).T[..., None]
    return x, y


def train_rnn_on_sequence():
    rng = np.random.default_rng(11)
    np.random.seed(11)
    wave = generate_sequence_data('sine', 700)
    train, held_out = wave[:560], wave[560:]
    scaler = Standardizer().fit(train)
    a, b = scaler.transform(train), scaler.transform(held_out)
    report = {'error_by_length': {}}
    for steps in [6, 12, 18]:
        rnn = SimpleRNN(1, 16, 1)
        losses = []
        for epoch in range(60):
            epoch_loss = []
            for _ in range(6):
                x, y = sample_batch(rng, a, steps, 64)
                out, _ = rnn.forward(x)
                epoch_loss.append(np.mean((out - y) ** 2))
                rnn.backward(2 * (out - y) / out.size)
                rnn.update_parameters(0.1)
            losses.append(float(np.mean(epoch_loss)))
        # evaluation: all windows of the held-out part, last step only
        x = np.array([b[s:s + steps] for s in range(len(b) - steps)]).T[..., None]
        p = scaler.inverse_transform(rnn.forward(x)[0][-1].ravel())
        truth = held_out[steps:].copy()
        report['error_by_length'][steps] = float(np.abs(p - truth).mean())
        report.update(losses=losses, predictions=p, targets=truth)
    fig, axs = plt.subplots(nrows=2)
    axs[0].plot(report['losses'], color='tab:red')
    axs[0].set(xlabel='epoch', ylabel='MSE')
    axs[1].plot(report['targets'], label='target')
    axs[1].plot(report['predictions'], label='prediction', alpha=0.7)
    axs[1].legend()
    report['figure'] = fig
    return report
