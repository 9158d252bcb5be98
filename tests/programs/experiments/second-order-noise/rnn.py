"""A very small imitation of torch.nn: Parameter, Module, parameters(), zero_grad()."""
import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt


class Parameter(np.ndarray):
    """An ndarray that carries its gradient."""

    def __new__(cls, data):
        obj = np.array(data, dtype=np.float64).view(cls)
        obj.grad = None
        return obj

    def __array_finalize__(self, obj):
        self.grad = None

    @property
    def data(self):
        return self.view(np.ndarray)


class Module:
    def __setattr__(self, name, value):
        # a plain array assigned to a parameter's name replaces the parameter
        if isinstance(self.__dict__.get(name), Parameter) and not isinstance(value, Parameter):
            value = Parameter(value)
        object.__setattr__(self, name, value)

    def named_parameters(self):
        for name, value in self.__dict__.items():
            if isinstance(value, Parameter):
                yield name, value

    def zero_grad(self):
        for _, p in self.named_parameters():
            p.grad = np.zeros(p.shape)

    def __call__(self, *args):
        return self.forward(*args)


def kaiming(rows, cols):
    return Parameter(np.random.uniform(-1, 1, (rows, cols)) * np.sqrt(3.0 / rows))


class SimpleRNN(Module):
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = kaiming(input_size, hidden_size)
        self.W_hh = kaiming(hidden_size, hidden_size)
        self.b_h = Parameter(np.zeros(hidden_size))
        self.W_hy = kaiming(hidden_size, output_size)
        self.b_y = Parameter(np.zeros(output_size))

    def forward(self, inputs):
        W, U, b, V, c = (getattr(self, n).data for n in ("W_xh", "W_hh", "b_h", "W_hy", "b_y"))
        self.ctx = [np.zeros((inputs.shape[1], b.shape[0]))]
        self.saved_inputs = np.asarray(inputs)
        for x in self.saved_inputs:
            self.ctx.append(np.tanh(x @ W + self.ctx[-1] @ U + b))
        hidden = np.stack(self.ctx[1:])
        return hidden @ V + c, hidden

    def backward(self, d_outputs):
        self.zero_grad()
        U, V = self.W_hh.data, self.W_hy.data
        g = np.zeros_like(self.ctx[0])
        for t in range(len(d_outputs) - 1, -1, -1):
            h, h_prev, dy = self.ctx[t + 1], self.ctx[t], d_outputs[t]
            self.W_hy.grad += h.T @ dy
            self.b_y.grad += dy.sum(0)
            g = (g + dy @ V.T) * (1 - h ** 2)
            self.W_xh.grad += self.saved_inputs[t].T @ g
            self.W_hh.grad += h_prev.T @ g
            self.b_h.grad += g.sum(0)
            g = g @ U.T
        return {name: p.grad.copy() for name, p in self.named_parameters()}

    def update_parameters(self, learning_rate):
        for _, p in self.named_parameters():
            p.data[...] -= learning_rate * p.grad


class LSTMCell(Module):
    def __init__(self, input_size, hidden_size):
        for g in ("f", "i", "c", "o"):
            setattr(self, "W_" + g, kaiming(input_size, hidden_size))
            setattr(self, "U_" + g, kaiming(hidden_size, hidden_size))
            setattr(self, "b_" + g, Parameter(np.zeros(hidden_size)))

    def forward(self, input_t, hidden_state, cell_state):
        pre = {g: input_t @ getattr(self, "W_" + g).data + hidden_state @ getattr(self, "U_" + g).data
               + getattr(self, "b_" + g).data for g in ("f", "i", "c", "o")}
        f, i, o = (_sigmoid(pre[g]) for g in ("f", "i", "o"))
        c_next = f * cell_state + i * np.tanh(pre["c"])
        return o * np.tanh(c_next), c_next


def _sigmoid(a):
    return np.where(a >= 0, 1 / (1 + np.exp(-np.maximum(a, 0))), 1 - 1 / (1 + np.exp(np.minimum(a, 0))))


def generate_sequence_data(seq_type="fibonacci", length=1000):
    if length < 1:
        raise ValueError("length < 1")
    if seq_type == "fibonacci":
        out = np.empty(length + 1)
        out[0], out[1] = 0, 1
        for k in range(2, length):
            out[k] = out[k - 1] + out[k - 2]
        return out[:length].copy()
    if seq_type == "sine":
        return np.sin(0.2 * np.pi * np.arange(length) / 3)
    if seq_type == "ar2":
        g = np.random.default_rng(11)
        out = np.zeros(length + 50)
        for k in range(2, length + 50):
            out[k] = 1.6 * out[k - 1] - 0.9 * out[k - 2] + g.normal()
        return out[50:]
    raise ValueError("unknown: " + str(seq_type))


class WindowDataset:
    def __init__(self, series, length):
        self.series, self.length = series, length

    def __len__(self):
        return len(self.series) - self.length

    def __getitem__(self, k):
        return self.series[k:k + self.length], self.series[k + self.length]


class DataLoader:
    def __init__(self, dataset, batch_size, shuffle):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __iter__(self):
        order = np.random.permutation(len(self.dataset)) if self.shuffle else np.arange(len(self.dataset))
        for k in range(0, len(order), self.batch_size):
            x, y = zip(*(self.dataset[j] for j in order[k:k + self.batch_size]))
            yield np.array(x).T[:, :, None], np.array(y)[:, None]


def mse_loss(output, target):
    diff = output - target
    return float(np.mean(diff ** 2)), 2 * diff / diff.size


def train_rnn_on_sequence():
    series = generate_sequence_data("ar2", 1000)
    cut = 700
    mean, std = float(np.mean(series[:cut])), float(np.std(series[:cut]))
    train, test = (series[:cut] - mean) / std, (series[cut:] - mean) / std
    history, error, results = {}, {}, {}
    for length in (2, 5, 10):
        model = SimpleRNN(1, 12, 1)
        loader = DataLoader(WindowDataset(train, length), 50, shuffle=True)
        history[length] = []
        for epoch in range(50):
            running, batches = 0.0, 0
            for x, y in loader:
                out, _ = model(x)
                loss, grad = mse_loss(out[-1], y)
                d = np.zeros_like(out)
                d[-1] = grad
                model.zero_grad()
                model.backward(d)
                model.update_parameters(0.03)
                running, batches = running + loss, batches + 1
            history[length].append(running / batches)
        p, t = [], []
        for x, y in DataLoader(WindowDataset(test, length), 100, shuffle=False):
            p.append(model(x)[0][-1, :, 0])
            t.append(y[:, 0])
        p, t = np.concatenate(p) * std + mean, np.concatenate(t) * std + mean
        error[length] = float(np.mean((p - t) ** 2))
        results[length] = p, t
    p, t = results[5]
    fig, ax = plt.subplots(1, 2, figsize=(12, 4))
    for length in history:
        ax[0].plot(history[length], label=f"length {length}")
    ax[0].axhline(1 / std ** 2, ls=":", c="k", label="noise (best possible)")
    ax[0].legend()
    ax[0].set_title("training loss")
    ax[1].plot(t[:100], label="target")
    ax[1].plot(p[:100], label="prediction")
    ax[1].legend()
    plt.close(fig)
    return {"losses": history[5], "predictions": p, "targets": t, "error_by_length": error, "figure": fig}
