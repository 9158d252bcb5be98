from dataclasses import dataclass, fields, replace, asdict
import numpy as np


@dataclass(frozen=True)
class Weights:
    W_xh: np.ndarray
    W_hh: np.ndarray
    b_h: np.ndarray
    W_hy: np.ndarray
    b_y: np.ndarray

    @classmethod
    def random(cls, i: int, h: int, o: int) -> "Weights":
        r = np.random.default_rng()
        return cls(r.standard_normal((i, h)) / np.sqrt(i), r.standard_normal((h, h)) / np.sqrt(h),
                   np.zeros(h), r.standard_normal((h, o)) / np.sqrt(h), np.zeros(o))

    def minus(self, other: "Weights", factor: float) -> "Weights":
        return replace(self, **{f.name: getattr(self, f.name) - factor * getattr(other, f.name) for f in fields(self)})


@dataclass
class Trace:
    x: np.ndarray
    h: np.ndarray


class SimpleRNN:
    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        self.initial: Weights = Weights.random(input_size, hidden_size, output_size)
        self.weights: Weights = self.initial
        self.gradient: Weights | None = None
        self.trace: Trace | None = None

    def forward(self, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        w = self.weights
        h = np.zeros((inputs.shape[0] + 1, inputs.shape[1], w.b_h.size))
        for t, x in enumerate(inputs, start=1):
            h[t] = np.tanh(x @ w.W_xh + h[t - 1] @ w.W_hh + w.b_h)
        self.trace = Trace(inputs, h)
        return h[1:] @ w.W_hy + w.b_y, h[1:]

    def backward(self, d_outputs: np.ndarray) -> dict[str, np.ndarray]:
        w, tr = self.weights, self.trace
        assert tr is not None
        gx, gh, gb = np.zeros_like(w.W_xh), np.zeros_like(w.W_hh), np.zeros_like(w.b_h)
        gy, gby = np.zeros_like(w.W_hy), np.zeros_like(w.b_y)
        back = np.zeros(tr.h.shape[1:])
        for t in range(len(tr.x), 0, -1):
            dy = d_outputs[t - 1]
            gy += tr.h[t].T @ dy
            gby += dy.sum(axis=0)
            d = (dy @ w.W_hy.T + back) * (1.0 - tr.h[t] ** 2)
            gx += tr.x[t - 1].T @ d
            gh += tr.h[t - 1].T @ d
            gb += d.sum(axis=0)
            back = d @ w.W_hh.T
        self.gradient = Weights(gx, gh, gb, gy, gby)
        return {f.name: getattr(self.gradient, f.name) for f in fields(Weights)}

    def update_parameters(self, learning_rate: float) -> None:
        self.weights = self.weights.minus(self.gradient, learning_rate)


from dataclasses import dataclass as _dc


@_dc
class GateWeights:
    W: np.ndarray
    U: np.ndarray
    b: np.ndarray

    @classmethod
    def new(cls, n, m, bias=0.0):
        return cls(np.random.normal(0, np.sqrt(2 / (n + m)), (n, m)), np.random.normal(0, np.sqrt(1 / m), (m, m)), np.full(m, bias))

    def __call__(self, x, h):
        return x @ self.W + h @ self.U + self.b


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.forget = GateWeights.new(input_size, hidden_size, 1.0)
        self.input = GateWeights.new(input_size, hidden_size)
        self.candidate = GateWeights.new(input_size, hidden_size)
        self.output = GateWeights.new(input_size, hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        def sigmoid(z):
            e = np.exp(-np.abs(z))
            return np.where(z >= 0, 1 / (1 + e), e / (1 + e))
        keep = sigmoid(self.forget(input_t, hidden_state))
        write = sigmoid(self.input(input_t, hidden_state))
        show = sigmoid(self.output(input_t, hidden_state))
        new_cell_state = keep * cell_state + write * np.tanh(self.candidate(input_t, hidden_state))
        new_hidden_state = show * np.tanh(new_cell_state)
        return new_hidden_state, new_cell_state


def generate_sequence_data(seq_type='fibonacci', length=1000):
    seq_type = seq_type.lower() if isinstance(seq_type, str) else seq_type
    if seq_type not in {'fibonacci', 'sine', 'sawtooth', 'random_walk'}:
        raise ValueError('seq_type')
    if length <= 0:
        raise ValueError('length')
    data = np.empty(length, dtype=np.float64)
    if seq_type == 'fibonacci':
        prev, cur = 0.0, 1.0
        for i in range(length):
            data[i] = prev
            prev, cur = cur, prev + cur
            if data[i] == float('inf'):
                raise ValueError('overflow')
    elif seq_type == 'sine':
        for i in range(length):
            data[i] = np.sin(2.0 * np.pi * i / 40.0)
    elif seq_type == 'sawtooth':
        data[:] = np.arange(length) % 20 / 20
    else:
        data[:] = np.cumsum(np.random.default_rng(0).normal(size=length))
    return data


class TrainConfig:
    seq_type = 'sine'
    total = 420
    train_fraction = 0.75
    lengths = (5, 10, 15)
    report = 15
    hidden = 12
    epochs = 60
    batch = 80
    lr = 0.08


def train_rnn_on_sequence():
    import logging
    import matplotlib.pyplot as plt
    log = logging.getLogger('rnn')
    cfg = TrainConfig()
    values = generate_sequence_data(cfg.seq_type, cfg.total)
    boundary = int(cfg.total * cfg.train_fraction)
    stats = {'mean': values[:boundary].mean(), 'std': values[:boundary].std()}
    to_net = lambda v: (v - stats['mean']) / stats['std']
    from_net = lambda v: v * stats['std'] + stats['mean']

    def loader(part, length, shuffle):
        index = list(range(len(part) - length))
        if shuffle:
            np.random.shuffle(index)
        for at in range(0, len(index), cfg.batch):
            chosen = index[at:at + cfg.batch]
            yield np.stack([part[k:k + length, None] for k in chosen], axis=1), np.array([part[k + length] for k in chosen])[:, None]

    out = {'error_by_length': {}}
    for length in cfg.lengths:
        net = SimpleRNN(1, cfg.hidden, 1)
        history = []
        for epoch in range(cfg.epochs):
            seen, summed = 0, 0.0
            for x, y in loader(to_net(values[:boundary]), length, True):
                pred, _ = net.forward(x)
                grad = np.zeros_like(pred)
                grad[-1] = 2 * (pred[-1] - y) / len(y)
                net.backward(grad)
                net.update_parameters(cfg.lr)
                summed += float(((pred[-1] - y) ** 2).sum())
                seen += len(y)
            history.append(summed / seen)
            log.debug('length %d epoch %d loss %g', length, epoch, history[-1])
        got = [(net.forward(x)[0][-1], y) for x, y in loader(to_net(values[boundary:]), length, False)]
        predictions = from_net(np.concatenate([p for p, _ in got])[:, 0])
        targets = from_net(np.concatenate([y for _, y in got])[:, 0])
        out['error_by_length'][length] = float(np.mean((predictions - targets) ** 2))
        if length == cfg.report:
            out.update(losses=history, predictions=predictions, targets=targets)
    figure, axes = plt.subplots(ncols=2, figsize=(9, 3.5))
    axes[0].plot(out['losses'], marker='.')
    axes[1].plot(out['targets'], label='targets')
    axes[1].plot(out['predictions'], label='predictions')
    axes[1].legend(loc='upper right')
    out['figure'] = figure
    return out
