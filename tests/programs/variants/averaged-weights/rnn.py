"""
Assignment 6.

Layout:  SimpleRNN, LSTMCell           -- the networks
         generate_sequence_data        -- sequences
         SequenceExperiment            -- the training code, used by train_rnn_on_sequence
"""
import abc
import numpy as np
import matplotlib
import matplotlib.pyplot as plt


class Module(abc.ABC):
    """Very small imitation of torch.nn.Module."""

    @abc.abstractmethod
    def forward(self, *args):
        ...

    def __call__(self, *args):
        return self.forward(*args)


class SimpleRNN(Module):
    def __init__(self, input_size, hidden_size, output_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.output_size = output_size
        limit = lambda fan_in, fan_out: np.sqrt(6 / (fan_in + fan_out))
        U = np.random.uniform
        self.W_xh = U(-1, 1, (input_size, hidden_size)) * limit(input_size, hidden_size)
        self.W_hh = U(-1, 1, (hidden_size, hidden_size)) * limit(hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = U(-1, 1, (hidden_size, output_size)) * limit(hidden_size, output_size)
        self.b_y = np.zeros(output_size)
        self.grads = None
        self._ctx = None

    def forward(self, inputs):
        assert inputs.ndim == 3 and inputs.shape[2] == self.input_size, inputs.shape
        T, B, _ = inputs.shape
        # [x_t, h_{t-1}] is multiplied by the stacked matrix
        W = np.vstack([self.W_xh, self.W_hh])
        joined = np.empty((T, B, self.input_size + self.hidden_size))
        joined[:, :, :self.input_size] = inputs
        hidden = np.empty((T, B, self.hidden_size))
        h = np.zeros((B, self.hidden_size))
        for t in range(T):
            joined[t, :, self.input_size:] = h
            hidden[t] = h = np.tanh(joined[t] @ W + self.b_h)
        self._ctx = joined, hidden
        return hidden @ self.W_hy + self.b_y, hidden.copy()

    def backward(self, d_outputs):
        joined, hidden = self._ctx
        assert d_outputs.shape == hidden.shape[:2] + (self.output_size,)
        dW = np.zeros((self.input_size + self.hidden_size, self.hidden_size))
        db = np.zeros(self.hidden_size)
        dV = np.zeros_like(self.W_hy)
        dc = np.zeros(self.output_size)
        flow = np.zeros_like(hidden[0])
        for t in reversed(range(hidden.shape[0])):
            dV += hidden[t].T @ d_outputs[t]
            dc += d_outputs[t].sum(axis=0)
            flow = flow + d_outputs[t] @ self.W_hy.T
            da = flow * (1.0 - hidden[t] ** 2)
            dW += joined[t].T @ da
            db += da.sum(axis=0)
            flow = da @ self.W_hh.T
        self.grads = {'W_xh': dW[:self.input_size], 'W_hh': dW[self.input_size:],
                      'b_h': db, 'W_hy': dV, 'b_y': dc}
        return self.grads

    def update_parameters(self, learning_rate):
        for name, g in self.grads.items():
            w = getattr(self, name)
            np.subtract(w, learning_rate * g, out=w)

    # state_dict like in PyTorch
    def state_dict(self):
        return {k: getattr(self, k).copy() for k in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}

    def load_state_dict(self, state):
        for k, v in state.items():
            setattr(self, k, v.copy())


class LSTMCell(Module):
    def __init__(self, input_size, hidden_size):
        k = 1 / np.sqrt(hidden_size)
        for gate in ['i', 'f', 'c', 'o']:
            setattr(self, f'W_{gate}', np.random.uniform(-k, k, (input_size, hidden_size)))
            setattr(self, f'U_{gate}', np.random.uniform(-k, k, (hidden_size, hidden_size)))
            setattr(self, f'b_{gate}', np.random.uniform(-k, k, hidden_size))

    @staticmethod
    def sigmoid(x):
        x = np.clip(x, -60.0, 60.0)
        return 1.0 / (1.0 + np.exp(-x))

    def forward(self, input_t, hidden_state, cell_state):
        lin = lambda g: (input_t @ getattr(self, f'W_{g}') + hidden_state @ getattr(self, f'U_{g}')
                         + getattr(self, f'b_{g}'))
        i_t = self.sigmoid(lin('i'))
        f_t = self.sigmoid(lin('f'))
        o_t = self.sigmoid(lin('o'))
        g_t = np.tanh(lin('c'))
        c_t = f_t * cell_state + i_t * g_t
        h_t = o_t * np.tanh(c_t)
        return h_t, c_t


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError("length has to be at least 1, is %d" % length)
    if seq_type == 'fibonacci':
        terms = np.zeros(length)
        a, b = 0.0, 1.0
        for j in range(length):
            terms[j] = a
            a, b = b, a + b
        return terms
    elif seq_type == 'sine':
        return np.sin(2 * np.pi * np.arange(length) / 33.3)
    elif seq_type == 'chirp':
        j = np.arange(length)
        return np.sin(0.15 * j + 0.00012 * j ** 2)
    elif seq_type == 'logistic':
        terms = np.zeros(length)
        terms[0] = 0.3
        for j in range(1, length):
            terms[j] = 3.7 * terms[j - 1] * (1 - terms[j - 1])
        return terms
    raise ValueError("I do not know the sequence " + repr(seq_type))


class SequenceExperiment:
    """Trains one network and averages its weights over the last third of the epochs."""

    def __init__(self, series, n_train, window, hidden=24, epochs=42, lr=0.08, batch=25, seed=0):
        self.window, self.hidden, self.epochs, self.lr, self.batch = window, hidden, epochs, lr, batch
        self.rs = np.random.RandomState(seed + window)
        self.train_part = series[:n_train]
        self.test_part = series[n_train:]
        self.m, self.s = self.train_part.mean(), self.train_part.std()
        self.losses = []

    def scale(self, v):
        return (v - self.m) / self.s

    def unscale(self, v):
        return v * self.s + self.m

    def xy(self, part):
        v, w = self.scale(part), self.window
        # non-overlapping steps would waste data; stride is 2 for long windows
        first = np.arange(0, len(v) - w, 2 if w > 30 and part is self.train_part else 1)
        at = first[None, :] + np.arange(w + 1)[:, None]
        block = v[at]
        return block[:-1, :, None], block[1:, :, None]

    def run(self):
        net = SimpleRNN(1, self.hidden, 1)
        x, y = self.xy(self.train_part)
        burn = min(4, self.window - 1)
        mean_state, n_avg = None, 0
        for epoch in range(self.epochs):
            perm = self.rs.permutation(x.shape[1])
            total = count = 0
            for lo in range(0, len(perm), self.batch):
                pick = perm[lo:lo + self.batch]
                out, _ = net(x[:, pick])
                e = out - y[:, pick]
                e[:burn] = 0.0
                total += (e ** 2).sum()
                count += e[burn:].size
                net.backward(2 * e / e[burn:].size)
                net.update_parameters(self.lr)
            self.losses.append(total / count)
            if epoch >= 2 * self.epochs // 3:
                n_avg += 1
                now = net.state_dict()
                if mean_state is None:
                    mean_state = now
                else:
                    for k in now:
                        mean_state[k] += (now[k] - mean_state[k]) / n_avg
        net.load_state_dict(mean_state)
        self.net = net
        return self

    def test(self):
        x, y = self.xy(self.test_part)
        out, _ = self.net(x)
        self.predictions = self.unscale(out[-1, :, 0])
        self.targets = self.unscale(y[-1, :, 0])
        ss_res = ((self.predictions - self.targets) ** 2).sum()
        ss_tot = ((self.targets - self.targets.mean()) ** 2).sum()
        return float(np.sqrt(ss_res / ss_tot))        # RMSE relative to the spread


def train_rnn_on_sequence():
    np.random.seed(123)
    series = generate_sequence_data('chirp', 480)
    experiments, errors = {}, {}
    for window in (5, 20, 50):
        experiments[window] = SequenceExperiment(series, 360, window).run()
        errors[window] = experiments[window].test()
    main = experiments[20]

    with matplotlib.rc_context({'font.size': 9, 'axes.grid': True}):
        fig, axs = plt.subplot_mosaic([['loss', 'err'], ['fit', 'fit']], figsize=(9, 6))
        axs['loss'].plot(main.losses)
        axs['loss'].set_yscale('log')
        axs['loss'].set_title('training loss, window 20')
        axs['err'].plot(list(errors), list(errors.values()), 'o-')
        axs['err'].set_title('relative RMSE by window')
        axs['fit'].plot(main.targets, label='truth')
        axs['fit'].plot(main.predictions, '--', label='prediction')
        axs['fit'].legend()
    return {'losses': [float(v) for v in main.losses],
            'predictions': main.predictions,
            'targets': main.targets,
            'error_by_length': errors,
            'figure': fig}


if __name__ == '__main__':
    out = train_rnn_on_sequence()
    out['figure'].savefig('experiment.png', dpi=120)
