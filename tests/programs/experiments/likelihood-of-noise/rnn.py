# RNN with R habits (I come from statistics).  The forecast is a normal distribution:
# two outputs, mean and log standard deviation, fitted by maximum likelihood.
import numpy as np
import matplotlib.pyplot as plt

c_ = np.concatenate
rnorm = np.random.default_rng().normal


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        self.W_xh = rnorm(size=(I, H)) * I ** -0.5
        self.W_hh = rnorm(size=(H, H)) * H ** -0.5
        self.b_h = np.repeat(0.0, H)
        self.W_hy = rnorm(size=(H, O)) * H ** -0.5
        self.b_y = np.repeat(0.0, O)

    def forward(self, inputs):
        h = [np.zeros((inputs.shape[1], self.b_h.size))]
        for x in inputs:
            h += [np.tanh(x @ self.W_xh + h[-1] @ self.W_hh + self.b_h)]
        self.X, self.h = inputs, h
        Y = [s @ self.W_hy + self.b_y for s in h[1:]]
        return np.stack(Y), np.stack(h[1:])

    def backward(self, d_outputs):
        score = []                       # d logL / d pre-activation, last step first
        nxt = np.zeros_like(self.h[0])
        for dy, s in zip(reversed(list(d_outputs)), reversed(self.h[1:])):
            nxt = (dy @ self.W_hy.T + nxt) * (1 - s ** 2)
            score.append(nxt)
            nxt = nxt @ self.W_hh.T
        S = c_(score[::-1])              # rbind of all steps
        X, P, Q, D = c_(list(self.X)), c_(self.h[:-1]), c_(self.h[1:]), c_(list(d_outputs))
        # a column of ones gives the intercepts together with the slopes
        one = np.ones((len(S), 1))
        lower = np.c_[X, P, one].T @ S
        upper = np.c_[Q, one].T @ D
        I = X.shape[1]
        self.grads = dict(W_xh=lower[:I], W_hh=lower[I:-1], b_h=lower[-1], W_hy=upper[:-1], b_y=upper[-1])
        return self.grads

    def update_parameters(self, learning_rate):
        self.W_xh = self.W_xh - learning_rate * self.grads['W_xh']
        self.W_hh = self.W_hh - learning_rate * self.grads['W_hh']
        self.b_h = self.b_h - learning_rate * self.grads['b_h']
        self.W_hy = self.W_hy - learning_rate * self.grads['W_hy']
        self.b_y = self.b_y - learning_rate * self.grads['b_y']


def plogis(q):
    return np.exp(-np.logaddexp(0, -q))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for g in list("fico"):
            setattr(self, "W_" + g, rnorm(size=(input_size, hidden_size)) * input_size ** -0.5)
            setattr(self, "U_" + g, rnorm(size=(hidden_size, hidden_size)) * hidden_size ** -0.5)
            setattr(self, "b_" + g, np.repeat(0.0, hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        X = np.c_[input_t, hidden_state]
        lp = lambda W, U, b: X @ np.r_[W, U] + b          # linear predictor
        f = plogis(lp(self.W_f, self.U_f, self.b_f))
        i = plogis(lp(self.W_i, self.U_i, self.b_i))
        g = np.tanh(lp(self.W_c, self.U_c, self.b_c))
        o = plogis(lp(self.W_o, self.U_o, self.b_o))
        cell = f * cell_state + i * g
        return o * np.tanh(cell), cell


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError("length must be >= 1")
    if seq_type == 'fibonacci':
        x = np.ones(length)
        for t in range(2, length):
            x[t] = x[t - 1] + x[t - 2]
    elif seq_type == 'sine':
        x = np.sin(np.arange(length) * 2 * np.pi / 365.25 * 10)
    elif seq_type == 'setar':
        # threshold autoregression: calm below zero, noisy above
        r = np.random.default_rng(99)
        x = np.zeros(length + 20)
        for t in range(1, length + 20):
            x[t] = (0.9 * x[t - 1] + 1.0 if x[t - 1] < 0 else -0.8 * x[t - 1]) + r.normal() * (0.2 if x[t - 1] < 0 else 0.6)
        x = x[20:]
    else:
        raise ValueError("unknown seq_type " + str(seq_type))
    return x


def train_rnn_on_sequence():
    x = generate_sequence_data('setar', 1000)
    n = 750
    m, s = np.mean(x[:n]), np.std(x[:n], ddof=1)
    z = (x - m) / s
    nll, rmse, fit = {}, {}, {}
    for p in (1, 2, 5):
        design = lambda a, b: (np.stack([z[a + j:b - p + j] for j in range(p)])[:, :, None], z[a + p:b])
        X, y = design(0, n)
        net = SimpleRNN(1, 12, 2)
        nll[p] = []
        for it in range(50):
            total = 0.0
            for k in np.array_split(np.random.permutation(len(y)), 15):
                out, _ = net.forward(X[:, k])
                mu, ls = out[-1, :, 0], out[-1, :, 1]
                w = np.exp(-2 * ls)
                total += np.sum(ls + 0.5 * w * (y[k] - mu) ** 2 + 0.5 * np.log(2 * np.pi))
                d = np.zeros_like(out)
                d[-1, :, 0] = -w * (y[k] - mu) / len(k)
                d[-1, :, 1] = (1 - w * (y[k] - mu) ** 2) / len(k)
                net.backward(d)
                net.update_parameters(0.03)
            nll[p].append(total / len(y) + np.log(s))      # per observation, in the units of x
        X, y = design(n, len(x))
        out, _ = net.forward(X)
        mu, sig = out[-1, :, 0] * s + m, np.exp(out[-1, :, 1]) * s
        rmse[p] = float(np.sqrt(np.mean((mu - (y * s + m)) ** 2)))
        fit[p] = mu, sig, y * s + m
    mu, sig, truth = fit[1]
    inside = np.mean(np.abs(truth - mu) < 1.96 * sig)
    fig, ax = plt.subplots(2, 2, figsize=(11, 8))
    for p in nll:
        ax[0, 0].plot(nll[p], label=f"p = {p}")
    ax[0, 0].legend(); ax[0, 0].set_title("negative log-likelihood (training)")
    t = np.arange(80)
    ax[0, 1].plot(t, truth[:80], 'k.', label="held out")
    ax[0, 1].plot(t, mu[:80], 'b-', lw=0.8, label="forecast")
    ax[0, 1].fill_between(t, (mu - 1.96 * sig)[:80], (mu + 1.96 * sig)[:80], alpha=0.2)
    ax[0, 1].set_title(f"{inside:.0%} inside the 95 % band"); ax[0, 1].legend()
    ax[1, 0].scatter(mu, truth, s=6); ax[1, 0].set_xlabel("forecast"); ax[1, 0].set_ylabel("held out")
    ax[1, 1].hist((truth - mu) / sig, bins=30, density=True); ax[1, 1].set_title("standardised residuals")
    return dict(losses=nll[1], predictions=mu, targets=truth, error_by_length=rmse, figure=fig)
