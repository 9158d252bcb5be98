import numpy as np

class SimpleRNN:
    def __init__(self, n_in, n_hid, n_out):
        r"""
        A vanilla (Elman) RNN.

        Equations:
            Z[t] = X[t] . Wax + A[t-1] . Waa + ba
            A[t] = tanh(Z[t])
        """
        self.n_in, self.n_hid, self.n_out = n_in, n_hid, n_out
        self._init_params()

    def _init_params(self):
        glorot = lambda a, b: np.random.uniform(-np.sqrt(6 / (a + b)), np.sqrt(6 / (a + b)), (a, b))
        self.parameters = {
            "W_xh": glorot(self.n_in, self.n_hid),
            "W_hh": glorot(self.n_hid, self.n_hid),
            "b_h": np.zeros(self.n_hid),
            "W_hy": glorot(self.n_hid, self.n_out),
            "b_y": np.zeros(self.n_out),
        }
        self.gradients = {k: np.zeros_like(v) for k, v in self.parameters.items()}
        self.derived_variables = {"A": [], "current_step": 0, "n_timesteps": 0, "dLdA_accumulator": None}

    def __getattr__(self, name):
        if name != "parameters" and name in self.parameters:
            return self.parameters[name]
        raise AttributeError(name)

    def __setattr__(self, name, value):
        if name in ("W_xh", "W_hh", "b_h", "W_hy", "b_y"):
            self.parameters[name] = value
        else:
            object.__setattr__(self, name, value)

    def flush_gradients(self):
        """Erase all the layer's derived variables and gradients."""
        for k in self.gradients:
            self.gradients[k] = np.zeros_like(self.gradients[k])

    def forward(self, X):
        P = self.parameters
        self.X = X
        As = [np.zeros((X.shape[1], self.n_hid))]
        for Xt in X:
            # compute next activation state
            Zt = As[-1] @ P["W_hh"] + Xt @ P["W_xh"] + P["b_h"]
            As.append(np.tanh(Zt))
        self.derived_variables["A"] = As
        self.derived_variables["n_timesteps"] = len(X)
        A = np.array(As[1:])
        return A @ P["W_hy"] + P["b_y"], A

    def backward(self, dLdY):
        P, As = self.parameters, self.derived_variables["A"]
        self.flush_gradients()
        self.derived_variables["current_step"] = self.derived_variables["n_timesteps"]
        dA_acc = np.zeros_like(As[0])
        while self.derived_variables["current_step"] > 0:
            #  We increment the time step *before* computing
            self.derived_variables["current_step"] -= 1
            t = self.derived_variables["current_step"]

            self.gradients["W_hy"] += As[t + 1].T @ dLdY[t]
            self.gradients["b_y"] += dLdY[t].sum(axis=0)

            # compute the gradient of the loss at timestep t
            dA = dLdY[t] @ P["W_hy"].T + dA_acc
            dZ = (1 - As[t + 1] ** 2) * dA

            # update parameter gradients with signal from current step
            self.gradients["W_hh"] += As[t].T @ dZ
            self.gradients["W_xh"] += self.X[t].T @ dZ
            self.gradients["b_h"] += dZ.sum(axis=0)

            # update accumulator variable to hold dLdA at the previous timestep
            dA_acc = dZ @ P["W_hh"].T
        self.derived_variables["dLdA_accumulator"] = dA_acc
        return {k: v.copy() for k, v in self.gradients.items()}

    def update_parameters(self, lr):
        for k, v in self.gradients.items():
            if k == 'W_hh': v = (v + v.T) / 2
            self.parameters[k] = self.parameters[k] - lr * v


def sigmoid(x):
    return 0.5 * (1.0 + np.tanh(0.5 * x))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        D, H = input_size, hidden_size
        rn = np.random.randn
        self.W_f, self.W_c, self.W_i, self.W_o = [rn(D, H) / np.sqrt(D) for _ in range(4)]
        self.U_f, self.U_c, self.U_i, self.U_o = [rn(H, H) / np.sqrt(H) for _ in range(4)]
        self.b_f, self.b_c, self.b_i, self.b_o = [np.zeros(H) for _ in range(4)]

    def forward(self, x, h_prev, c_prev):
        Wx = np.concatenate((self.W_f, self.W_c, self.W_i, self.W_o), axis=1)
        Wh = np.concatenate((self.U_f, self.U_c, self.U_i, self.U_o), axis=1)
        b = np.concatenate((self.b_f, self.b_c, self.b_i, self.b_o))
        N, H = h_prev.shape

        A = np.dot(x, Wx) + np.dot(h_prev, Wh) + b

        # slice
        f = A[:, :H]
        g = A[:, H:2*H]
        i = A[:, 2*H:3*H]
        o = A[:, 3*H:]

        f = sigmoid(f)
        g = np.tanh(g)
        i = sigmoid(i)
        o = sigmoid(o)

        c_next = f * c_prev + g * i
        h_next = o * np.tanh(c_next)
        return h_next, c_next


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """Generate synthetic data."""
    if length < 1:
        raise ValueError(f"length must be >= 1, got {length}")

    if seq_type == 'sine':
        t = np.linspace(0, 8 * np.pi * length / 500, length)
        return np.sin(t)

    if seq_type == 'fibonacci':
        data = np.ones(length, dtype=np.float64)
        for i in range(2, length):
            data[i] = data[i - 1] + data[i - 2]
        return data

    raise ValueError(f"Unknown seq_type: {seq_type}")


def train_rnn_on_sequence():
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    np.random.seed(42)

    data = generate_sequence_data('sine', 600)
    split = int(0.8 * len(data))
    train, test = data[:split], data[split:]
    mu, sigma = train.mean(), train.std()
    train, test = (train - mu) / sigma, (test - mu) / sigma

    def make_windows(series, seq_len):
        """X[i] = [x_t, ..., x_{t+seq_len-1}],  y[i] = x_{t+seq_len}"""
        X, y = [], []
        for i in range(len(series) - seq_len):
            X.append(series[i:i + seq_len])
            y.append(series[i + seq_len])
        return np.array(X).T[:, :, None], np.array(y)[:, None]

    error_by_length = {}
    best = None
    for seq_len in (5, 10, 20):
        X, y = make_windows(train, seq_len)
        rnn = SimpleRNN(1, 16, 1)
        losses = []
        for epoch in range(400):
            outputs, _ = rnn.forward(X)
            pred = outputs[-1]
            losses.append(float(np.mean((pred - y) ** 2)))
            d_outputs = np.zeros_like(outputs)
            d_outputs[-1] = 2 * (pred - y) / len(y)
            rnn.backward(d_outputs)
            rnn.update_parameters(0.1)
        Xt, yt = make_windows(test, seq_len)
        pred = rnn.forward(Xt)[0][-1, :, 0] * sigma + mu
        true = yt[:, 0] * sigma + mu
        error_by_length[seq_len] = float(np.mean((pred - true) ** 2))
        if seq_len == 10:
            best = losses, pred, true
    losses, pred, true = best

    fig, ax = plt.subplots(1, 2, figsize=(10, 4))
    ax[0].plot(losses)
    ax[0].set_title("loss")
    ax[1].plot(true, label="Actual")
    ax[1].plot(pred, label="Predicted")
    ax[1].legend()
    return {'losses': losses, 'predictions': pred, 'targets': true,
            'error_by_length': error_by_length, 'figure': fig}
