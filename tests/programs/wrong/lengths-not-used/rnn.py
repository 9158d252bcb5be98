"""Homework 6 - recurrent neural networks, NumPy only."""
import numpy as np
import matplotlib.pyplot as plt

SEQ_LEN = 10
HIDDEN = 16


def xavier(n_in, n_out):
    b = np.sqrt(6.0 / (n_in + n_out))
    return np.random.uniform(low=-b, high=b, size=(n_in, n_out))


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh, self.W_hh, self.W_hy = (xavier(input_size, hidden_size), xavier(hidden_size, hidden_size),
                                           xavier(hidden_size, output_size))
        self.b_h, self.b_y = np.zeros(hidden_size), np.zeros(output_size)
        self.hidden_size = hidden_size

    def forward(self, inputs):
        h_list, y_list = [np.zeros((inputs.shape[1], self.hidden_size))], []
        for x_t in inputs:
            h_t = np.tanh(x_t @ self.W_xh + h_list[-1] @ self.W_hh + self.b_h)
            y_list.append(h_t @ self.W_hy + self.b_y)
            h_list.append(h_t)
        self.saved = {"x": inputs.copy(), "h": h_list}
        return np.stack(y_list), np.stack(h_list[1:])

    def backward(self, d_outputs):
        x, h = self.saved["x"], self.saved["h"]
        dW_xh, dW_hh, dW_hy = 0, 0, 0
        db_h, db_y = 0, 0
        dh_next = np.zeros_like(h[0])
        for t in reversed(range(len(x))):
            dW_hy = dW_hy + h[t + 1].T @ d_outputs[t]
            db_y = db_y + d_outputs[t].sum(axis=0)
            dtanh = (d_outputs[t] @ self.W_hy.T + dh_next) * (1 - h[t + 1] ** 2)
            dW_xh = dW_xh + x[t].T @ dtanh
            dW_hh = dW_hh + h[t].T @ dtanh
            db_h = db_h + dtanh.sum(axis=0)
            dh_next = dtanh @ self.W_hh.T
        self.gradients = {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "W_hy": dW_hy, "b_y": db_y}
        return self.gradients

    def update_parameters(self, learning_rate):
        for key, value in self.gradients.items():
            self.__dict__[key] = self.__dict__[key] - learning_rate * value


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.W_f, self.U_f, self.b_f = xavier(input_size, hidden_size), xavier(hidden_size, hidden_size), np.ones(hidden_size)
        self.W_i, self.U_i, self.b_i = xavier(input_size, hidden_size), xavier(hidden_size, hidden_size), np.zeros(hidden_size)
        self.W_c, self.U_c, self.b_c = xavier(input_size, hidden_size), xavier(hidden_size, hidden_size), np.zeros(hidden_size)
        self.W_o, self.U_o, self.b_o = xavier(input_size, hidden_size), xavier(hidden_size, hidden_size), np.zeros(hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        def sigmoid(z):
            return np.where(z > 0, 1 / (1 + np.exp(-np.maximum(z, 0))),
                            np.exp(np.minimum(z, 0)) / (1 + np.exp(np.minimum(z, 0))))
        f = sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i = sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        g = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        o = sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        c = f * cell_state + i * g
        h = o * np.tanh(c)
        return h, c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError("length must be >= 1")
    if seq_type == 'fibonacci':
        f = np.ones(length, dtype=np.float64)
        for i in range(2, length):
            f[i] = f[i - 1] + f[i - 2]
        return f
    if seq_type == 'sine':
        return np.sin(np.linspace(0, length * 0.2, length))
    if seq_type == 'two_sines':
        t = np.arange(length)
        return np.sin(0.21 * t) + 0.6 * np.sin(0.47 * t)
    raise ValueError("unknown seq_type " + str(seq_type))


def make_dataset(series, seq_len=SEQ_LEN):
    x = np.array([series[i:i + seq_len] for i in range(len(series) - seq_len)])
    y = np.array([series[i + seq_len] for i in range(len(series) - seq_len)])
    return x.T[:, :, None], y[:, None]


def fit(x, y, epochs=50, lr=0.1, batch=32):
    rnn = SimpleRNN(1, HIDDEN, 1)
    losses = []
    for _ in range(epochs):
        perm = np.random.permutation(len(y))
        epoch_loss = 0.0
        for s in range(0, len(y), batch):
            b = perm[s:s + batch]
            out, _ = rnn.forward(x[:, b])
            diff = out[-1] - y[b]
            epoch_loss += float(np.sum(diff ** 2))
            d_out = np.zeros_like(out)
            d_out[-1] = 2 * diff / len(b)
            rnn.backward(d_out)
            rnn.update_parameters(lr)
        losses.append(epoch_loss / len(y))
    return rnn, losses


def train_rnn_on_sequence():
    np.random.seed(42)
    series = generate_sequence_data('two_sines', 500)
    n = 400
    mu, sigma = series[:n].mean(), series[:n].std()
    train, test = (series[:n] - mu) / sigma, (series[n:] - mu) / sigma

    # main experiment
    x, y = make_dataset(train)
    rnn, losses = fit(x, y)
    x_test, y_test = make_dataset(test)
    predictions = rnn.forward(x_test)[0][-1, :, 0] * sigma + mu
    targets = y_test[:, 0] * sigma + mu

    # influence of the sequence length
    error_by_length = {}
    for seq_len in [5, 10, 20, 30]:
        x_l, y_l = make_dataset(train)
        model, _ = fit(x_l, y_l)
        x_lt, y_lt = make_dataset(test)
        p = model.forward(x_lt)[0][-1]
        error_by_length[seq_len] = float(np.mean((p - y_lt) ** 2)) * sigma ** 2
        print(f"seq_len={seq_len:3d}  test MSE={error_by_length[seq_len]:.6f}")

    fig, (ax1, ax2, ax3) = plt.subplots(1, 3, figsize=(14, 4))
    ax1.plot(losses)
    ax1.set_title("training loss")
    ax2.plot(targets, label="true")
    ax2.plot(predictions, "--", label="predicted")
    ax2.legend()
    ax3.plot(list(error_by_length), list(error_by_length.values()), "o-")
    ax3.set_title("MSE by length")
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': error_by_length, 'figure': fig}


if __name__ == "__main__":
    train_rnn_on_sequence()
    plt.show()
