"""scikit-learn-like homework: fit / predict / score."""
import numpy as np
import matplotlib.pyplot as plt

__all__ = ['SimpleRNN', 'LSTMCell', 'generate_sequence_data', 'train_rnn_on_sequence']


def check_random_state(seed=None):
    return np.random.RandomState(seed)


def check_array(a, ndim):
    a = np.array(a, dtype=np.float64)          # always a copy
    assert a.ndim == ndim, f'expected {ndim} dimensions, got shape {a.shape}'
    return a


class SimpleRNN:
    """Elman RNN

    Parameters
    ----------
    input_size, hidden_size, output_size : int

    Attributes
    ----------
    W_xh, W_hh, b_h, W_hy, b_y : ndarray
    """

    def __init__(self, input_size, hidden_size, output_size):
        rs = check_random_state()
        self.W_xh = rs.standard_normal((input_size, hidden_size)) * (1 / input_size) ** 0.5
        self.W_hh = rs.standard_normal((hidden_size, hidden_size)) * (0.8 / hidden_size) ** 0.5
        self.W_hy = rs.standard_normal((hidden_size, output_size)) * (1 / hidden_size) ** 0.5
        self.b_h = np.zeros(hidden_size)
        self.b_y = np.zeros(output_size)

    def get_params(self):
        return {name: getattr(self, name) for name in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}

    def set_params(self, **params):
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def forward(self, inputs):
        X = check_array(inputs, 3)
        n_steps, n_samples, _ = X.shape
        H = np.empty((n_steps, n_samples, self.b_h.shape[0]))
        previous = np.zeros((n_samples, self.b_h.shape[0]))
        for step in range(n_steps):
            np.tanh(X[step] @ self.W_xh + previous @ self.W_hh + self.b_h, out=H[step])
            previous = H[step]
        self.X_, self.H_ = X, H
        return H @ self.W_hy + self.b_y, H.copy()

    def backward(self, d_outputs):
        D = check_array(d_outputs, 3)
        X, H = self.X_, self.H_
        grads = {name: np.zeros_like(value) for name, value in self.get_params().items()}
        through_time = np.zeros_like(H[0])
        for step in reversed(range(H.shape[0])):
            grads['W_hy'] += H[step].T @ D[step]
            grads['b_y'] += D[step].sum(axis=0)
            D_pre = D[step] @ self.W_hy.T
            D_pre += through_time
            D_pre *= 1 - H[step] ** 2
            grads['W_xh'] += X[step].T @ D_pre
            if step > 0:                                # h_0 = 0 contributes nothing
                grads['W_hh'] += H[step - 1].T @ D_pre
            grads['b_h'] += D_pre.sum(axis=0)
            through_time = D_pre @ self.W_hh.T
        self.grads_ = grads
        return {name: g.copy() for name, g in grads.items()}

    def update_parameters(self, learning_rate):
        self.set_params(**{name: value - learning_rate * self.grads_[name]
                           for name, value in self.get_params().items()})


def expit(z):
    """Logistic sigmoid, stable on both sides."""
    out = np.empty_like(z)
    neg = z < 0
    ez = np.exp(z[neg])
    out[neg] = ez / (1 + ez)
    out[~neg] = 1 / (1 + np.exp(-z[~neg]))
    return out


class LSTMCell:
    _gates = dict(forget='f', input='i', candidate='c', output='o')

    def __init__(self, input_size, hidden_size):
        rs = check_random_state()
        for letter in self._gates.values():
            setattr(self, f'W_{letter}', rs.normal(0, (1 / input_size) ** 0.5, (input_size, hidden_size)))
            setattr(self, f'U_{letter}', rs.normal(0, (1 / hidden_size) ** 0.5, (hidden_size, hidden_size)))
            setattr(self, f'b_{letter}', np.zeros(hidden_size))

    def _decision_function(self, gate, x, h):
        letter = self._gates[gate]
        return x @ getattr(self, f'W_{letter}') + h @ getattr(self, f'U_{letter}') + getattr(self, f'b_{letter}')

    def forward(self, input_t, hidden_state, cell_state):
        x, h, c = check_array(input_t, 2), check_array(hidden_state, 2), check_array(cell_state, 2)
        c *= expit(self._decision_function('forget', x, h))
        c += expit(self._decision_function('input', x, h)) * np.tanh(self._decision_function('candidate', x, h))
        return expit(self._decision_function('output', x, h)) * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """First terms of a sequence.

    Parameters
    ----------
    seq_type : {'fibonacci', 'sine'}
    length : int, at least 1

    Returns
    -------
    ndarray of shape (length,)
    """
    if length < 1:
        raise ValueError(f'length == {length}, must be >= 1.')
    if seq_type not in {'fibonacci', 'sine'}:
        raise ValueError(f"Unknown seq_type {seq_type!r}. Valid options are 'fibonacci' and 'sine'.")
    if seq_type == 'sine':
        return np.sin(2 * np.pi * 0.03 * np.arange(length))
    F = np.ones(length)
    for n in range(2, length):
        F[n] = F[n - 1] + F[n - 2]
    return F


class StandardScaler:
    def fit(self, x):
        self.mean_, self.scale_ = x.mean(), x.std()
        return self

    def transform(self, x):
        return (x - self.mean_) / self.scale_

    def inverse_transform(self, z):
        return z * self.scale_ + self.mean_


def mean_squared_error(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)


class RNNForecaster:
    """Predicts x_{t+1} from the `n_lags` values before it."""

    def __init__(self, n_lags, hidden_size=16, learning_rate=0.1, batch_size=64, max_iter=60, random_state=0):
        self.n_lags = n_lags
        self.hidden_size = hidden_size
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.random_state = random_state

    def make_xy(self, x):
        z = self.scaler_.transform(x)[:, None]                     # column vector
        lags = np.stack([z[k:len(z) - self.n_lags + k] for k in range(self.n_lags)])
        return lags, z[self.n_lags:]                               # (n_lags, N, 1), (N, 1)

    def fit(self, x):
        rs = check_random_state(self.random_state)
        self.scaler_ = StandardScaler().fit(x)
        self.rnn_ = SimpleRNN(1, self.hidden_size, 1)
        X, y = self.make_xy(x)
        self.loss_curve_ = []
        for _ in range(self.max_iter):
            order = rs.permutation(len(y))
            squared = 0.0
            for idx in np.array_split(order, max(1, len(order) // self.batch_size)):
                out, _ = self.rnn_.forward(X[:, idx])
                residual = out[-1] - y[idx]
                squared += (residual ** 2).sum()
                grad = np.zeros_like(out)
                grad[-1] = 2 * residual / len(idx)
                self.rnn_.backward(grad)
                self.rnn_.update_parameters(self.learning_rate)
            self.loss_curve_.append(squared / len(y))
        return self

    def predict(self, x):
        X, _ = self.make_xy(x)
        return self.scaler_.inverse_transform(self.rnn_.forward(X)[0][-1, :, 0])

    def score(self, x):
        """RMSE in the units of the data"""
        y_true = self.scaler_.inverse_transform(self.make_xy(x)[1])
        return float(np.sqrt(mean_squared_error(y_true, self.predict(x))))


def train_rnn_on_sequence():
    x = 10 + 4 * generate_sequence_data('sine', 420)
    x_train, x_test = x[:300], x[300:]
    n_lags_grid = [3, 6, 12, 24]
    models = [RNNForecaster(n_lags).fit(x_train) for n_lags in n_lags_grid]
    scores = {m.n_lags: m.score(x_test) for m in models}

    model = models[2]
    predictions = model.predict(x_test)
    targets = x_test[model.n_lags:]

    fig, axes = plt.subplots(1, 3, figsize=(14, 4))
    axes[0].plot(model.loss_curve_)
    axes[0].set(title='loss_curve_', yscale='log', xlabel='iteration')
    axes[1].plot(targets, label='y_true')
    axes[1].plot(predictions, label='y_pred')
    axes[1].legend()
    axes[2].plot(list(scores), list(scores.values()), 'o-')
    axes[2].set(title='test RMSE', xlabel='n_lags')
    return {'losses': model.loss_curve_, 'predictions': predictions, 'targets': targets,
            'error_by_length': scores, 'figure': fig}
