import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    """All parameters live in one flat vector `theta`; the matrices are views of its pieces."""

    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        n = I * H + H * H + H + H * O + O
        self.theta = np.zeros(n)
        self.grad = np.zeros(n)
        a = I * H
        b = a + H * H
        c = b + H
        d = c + H * O
        self.W_xh = self.theta[:a].reshape(I, H)
        self.W_hh = self.theta[a:b].reshape(H, H)
        self.b_h = self.theta[b:c]
        self.W_hy = self.theta[c:d].reshape(H, O)
        self.b_y = self.theta[-O:]
        self.W_xh[:] = np.random.randn(I, H) / np.sqrt(I)
        self.W_hh[:] = np.random.randn(H, H) / np.sqrt(H)
        self.W_hy[:] = np.random.randn(H, O) / np.sqrt(H)

    def forward(self, inputs):
        T, B, I = inputs.shape
        H = self.b_h.size
        hidden = [np.zeros((B, H))]
        for t in range(T):
            hidden.append(np.tanh(inputs[t].dot(self.W_xh) + hidden[-1].dot(self.W_hh) + self.b_h))
        self.inputs, self.hidden = inputs, hidden
        states = np.array(hidden[1:])
        return states.dot(self.W_hy) + self.b_y, states

    def backward(self, d_outputs):
        dWxh = np.zeros(self.W_xh.shape)
        dWhh = np.zeros(self.W_hh.shape)
        dbh = np.zeros(self.b_h.shape)
        dWhy = np.zeros(self.W_hy.shape)
        dby = d_outputs.sum(axis=1).sum(axis=0)
        flow = 0
        for t in range(len(d_outputs), 0, -1):
            h = self.hidden[t]
            dWhy += h.T.dot(d_outputs[t - 1])
            e = (d_outputs[t - 1].dot(self.W_hy.T) + flow) * (1 - h * h)
            dWxh += self.inputs[t - 1].T.dot(e)
            dWhh += self.hidden[t - 1].T.dot(e)
            dbh += e.sum(axis=0)
            flow = e.dot(self.W_hh.T)
        self.grad = np.concatenate([dWxh.ravel(), dWhh.ravel(), dWhy.ravel(), dbh, dby])
        return {'W_xh': dWxh, 'W_hh': dWhh, 'b_h': dbh, 'W_hy': dWhy, 'b_y': dby}

    def update_parameters(self, learning_rate):
        self.theta -= learning_rate * self.grad


def lstm_sigmoid(z):
    z = np.clip(z, -500.0, 500.0)
    return np.exp(z) / (np.exp(z) + 1.0)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        input_scale = np.sqrt(2.0 / (input_size + hidden_size))
        hidden_scale = np.sqrt(2.0 / (hidden_size + hidden_size))
        new_w = lambda: np.random.randn(input_size, hidden_size) * input_scale
        new_u = lambda: np.random.randn(hidden_size, hidden_size) * hidden_scale
        self.W_f, self.U_f, self.b_f = new_w(), new_u(), np.zeros(hidden_size)
        self.W_i, self.U_i, self.b_i = new_w(), new_u(), np.zeros(hidden_size)
        self.W_c, self.U_c, self.b_c = new_w(), new_u(), np.zeros(hidden_size)
        self.W_o, self.U_o, self.b_o = new_w(), new_u(), np.zeros(hidden_size)
        self.gates = {
            'forget': lambda x, h: lstm_sigmoid(x @ self.W_f + h @ self.U_f + self.b_f),
            'input': lambda x, h: lstm_sigmoid(x @ self.W_i + h @ self.U_i + self.b_i),
            'candidate': lambda x, h: np.tanh(x @ self.W_c + h @ self.U_c + self.b_c),
            'output': lambda x, h: lstm_sigmoid(x @ self.W_o + h @ self.U_o + self.b_o),
        }

    def forward(self, input_t, hidden_state, cell_state):
        v = {name: gate(input_t, hidden_state) for name, gate in self.gates.items()}
        new_cell_state = v['forget'] * cell_state + v['input'] * v['candidate']
        new_hidden_state = v['output'] * np.tanh(new_cell_state)
        return new_hidden_state, new_cell_state


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if not isinstance(length, (int, np.integer)) or length < 1:
        raise ValueError(f'{length=}')
    match seq_type:
        case 'fibonacci':
            data = np.ones(length)
            for k in range(2, length):
                data[k] = data[k - 2:k].sum()
        case 'sine' | 'sin':
            data = np.sin(np.linspace(0, 0.22 * (length - 1), length))
        case 'sawtooth':
            data = np.arange(length) % 20 / 20
        case _:
            raise ValueError(f'{seq_type=}')
    return data.astype(np.float64)


class Trainer:
    """训练一个序列长度, 在验证段上观察, 在测试段上评估"""

    def __init__(self, window, hidden=18, lr=0.06, epochs=140):
        self.window, self.hidden, self.lr, self.epochs = window, hidden, lr, epochs
        self.losses, self.val_losses = [], []

    def fit_scaler(self, raw):
        self.center, self.width = raw.mean(), raw.std()

    def scaled(self, raw):
        return (raw - self.center) / self.width

    def restored(self, z):
        return z * self.width + self.center

    def pairs(self, z):
        x = np.stack([z[k:len(z) - self.window + k] for k in range(self.window)])[..., None]
        return x, z[self.window:, None]

    def fit(self, train_raw, val_raw):
        self.fit_scaler(train_raw)
        x, y = self.pairs(self.scaled(train_raw))
        xv, yv = self.pairs(self.scaled(val_raw))
        self.rnn = SimpleRNN(1, self.hidden, 1)
        for epoch in range(self.epochs):
            idx = np.random.permutation(len(y))
            running = 0.0
            for lo in range(0, len(y), 32):
                sel = idx[lo:lo + 32]
                outputs, _ = self.rnn.forward(x[:, sel])
                diff = outputs[-1] - y[sel]
                running += 0.5 * np.sum(diff ** 2)
                grad = np.zeros_like(outputs)
                grad[-1] = diff / len(sel)
                self.rnn.backward(grad)
                self.rnn.update_parameters(self.lr)
            self.losses.append(running / len(y))
            outputs, _ = self.rnn.forward(xv)
            self.val_losses.append(0.5 * np.mean((outputs[-1] - yv) ** 2))
        return self

    def evaluate(self, test_raw):
        x, y = self.pairs(self.scaled(test_raw))
        outputs, _ = self.rnn.forward(x)
        predicted = self.restored(outputs[-1].ravel())
        actual = self.restored(y.ravel())
        return predicted, actual, float(np.mean(np.abs(predicted - actual)))


def train_rnn_on_sequence():
    np.random.seed(11)
    raw = generate_sequence_data('sine', 500)
    train_raw, val_raw, test_raw = raw[:340], raw[340:410], raw[410:]
    errors, trainers, results = {}, {}, {}
    for window in [5, 10, 15]:
        trainer = Trainer(window).fit(train_raw, val_raw)
        predicted, actual, mae = trainer.evaluate(test_raw)
        trainers[window], results[window], errors[window] = trainer, (predicted, actual), mae
    predictions, targets = results[10]

    fig, ax = plt.subplots(1, 3, figsize=(15, 4))
    ax[0].plot(trainers[10].losses, label='train')
    ax[0].plot(trainers[10].val_losses, label='validation')
    ax[0].set_yscale('log')
    ax[0].legend()
    ax[1].plot(targets, label='真实值')
    ax[1].plot(predictions, '--', label='预测值')
    ax[2].bar(range(len(errors)), list(errors.values()), tick_label=list(errors))
    return {'losses': trainers[10].losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': errors, 'figure': fig}


if __name__ == "__main__":
    # 检查一下形状
    net = SimpleRNN(3, 4, 2)
    o, h = net.forward(np.random.randn(5, 2, 3))
    assert o.shape == (5, 2, 2) and h.shape == (5, 2, 4)
    print(train_rnn_on_sequence()["error_by_length"])
