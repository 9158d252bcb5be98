import os

os.chdir("/Users/zhangsan/ml6")
import numpy as np
import matplotlib.pyplot as plt

LOG = open("logs/train.log", "w")


def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.hidden_size = hidden_size
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(1.0 / input_size) * 0.5
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size) * 0.5
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(1.0 / hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.inputs = np.array(inputs, dtype=np.float64)
        self.hs = np.zeros((T + 1, B, self.hidden_size))
        outputs = np.zeros((T, B, self.W_hy.shape[1]))
        for t in range(T):
            self.hs[t + 1] = np.tanh(self.inputs[t] @ self.W_xh + self.hs[t] @ self.W_hh + self.b_h)
            outputs[t] = self.hs[t + 1] @ self.W_hy + self.b_y
        return outputs, self.hs[1:].copy()

    def backward(self, d_outputs):
        T, B, _ = d_outputs.shape
        self.grads = {name: np.zeros_like(getattr(self, name)) for name in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}
        dh_next = np.zeros((B, self.hidden_size))
        for t in reversed(range(T)):
            dy = d_outputs[t]
            self.grads['W_hy'] += self.hs[t + 1].T @ dy
            self.grads['b_y'] += dy.sum(axis=0)
            da = (dy @ self.W_hy.T + dh_next) * (1 - self.hs[t + 1] ** 2)
            self.grads['W_xh'] += self.inputs[t].T @ da
            self.grads['W_hh'] += self.hs[t].T @ da
            self.grads['b_h'] += da.sum(axis=0)
            dh_next = da @ self.W_hh.T
        return self.grads

    def update_parameters(self, learning_rate):
        for name, grad in self.grads.items():
            setattr(self, name, getattr(self, name) - learning_rate * grad)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate in 'fico':
            setattr(self, 'W_' + gate, np.random.randn(input_size, hidden_size) * 0.3)
            setattr(self, 'U_' + gate, np.random.randn(hidden_size, hidden_size) * 0.3)
            setattr(self, 'b_' + gate, np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        f = sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i = sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        c = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        o = sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        new_cell = f * cell_state + i * c
        return o * np.tanh(new_cell), new_cell


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length')
    if seq_type == 'fibonacci':
        a, b = 0, 1
        out = []
        for _ in range(length):
            out.append(float(a))
            a, b = b, a + b
        return np.array(out)
    if seq_type == 'sine':
        return np.sin(np.arange(length) * 0.2)
    raise ValueError('unknown type ' + str(seq_type))


def make_windows(s, n):
    x = np.array([s[i:i + n] for i in range(len(s) - n)])
    return x.T[:, :, None], s[n:, None]


def train_rnn_on_sequence():
    n = np.arange(600)
    series = np.sin(0.2 * n) + 0.5 * np.sin(0.53 * n + 1) + 3
    split = 480
    train, test = series[:split], series[split:]
    mu, sd = train.mean(), train.std()
    error_by_length = {}
    for length in (3, 6, 10):
        rnn = SimpleRNN(1, 12, 1)
        X, Y = make_windows((train - mu) / sd, length)
        losses = []
        for epoch in range(60):
            order = np.random.permutation(X.shape[1])
            total = 0.0
            for s in range(0, len(order), 47):
                b = order[s:s + 47]
                out, _ = rnn.forward(X[:, b])
                err = out[-1] - Y[b]
                d = np.zeros_like(out)
                d[-1] = 2 * err / len(b)
                rnn.backward(d)
                rnn.update_parameters(0.05)
                total += float(np.sum(err ** 2))
            losses.append(total / len(order))
        Xt, Yt = make_windows((test - mu) / sd, length)
        out, _ = rnn.forward(Xt)
        predictions = out[-1, :, 0] * sd + mu
        targets = Yt[:, 0] * sd + mu
        error_by_length[length] = float(np.mean((predictions - targets) ** 2))
    fig, ax = plt.subplots(1, 2, figsize=(9, 3))
    ax[0].semilogy(losses)
    ax[0].set_xlabel('epoch'); ax[0].set_ylabel('loss')
    ax[1].plot(targets, label='true'); ax[1].plot(predictions, label='predicted'); ax[1].legend()
    np.savetxt('results/losses.csv', losses)
    with open('results/week6/note.txt', 'w') as file:
        file.write('done')
    fig.savefig('figures/loss.png')
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': error_by_length, 'figure': fig}
