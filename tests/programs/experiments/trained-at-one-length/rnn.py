# 循环神经网络作业
# 只用到 numpy 和 matplotlib

import numpy as np
import matplotlib.pyplot as plt

plt.rcParams["axes.unicode_minus"] = False


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


class Node:
    """A very small autograd: a value, its gradient, and how to send the gradient on."""

    def __init__(self, value, parents=(), send=None):
        self.value = value
        self.grad = None
        self.parents = parents
        self.send = send

    def receive(self, g):
        if self.grad is None:
            self.grad = np.array(g)
        else:
            self.grad = self.grad + g


def matmul(a, b, tape):
    out = Node(a.value @ b.value)

    def send():
        a.receive(out.grad @ b.value.T)
        b.receive(a.value.T @ out.grad)

    out.send = send
    tape.append(out)
    return out


def add(a, b, tape):
    out = Node(a.value + b.value)

    def send():
        a.receive(out.grad)
        if b.value.ndim == 1:
            b.receive(out.grad.sum(axis=0))
        else:
            b.receive(out.grad)

    out.send = send
    tape.append(out)
    return out


def tanh(a, tape):
    out = Node(np.tanh(a.value))

    def send():
        a.receive(out.grad * (1 - out.value ** 2))

    out.send = send
    tape.append(out)
    return out


class SimpleRNN:
    NAMES = ['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y']

    def __init__(self, input_size, hidden_size, output_size):
        u = lambda n, m: np.random.uniform(-1, 1, size=(n, m)) * np.sqrt(3 / n) * 0.8
        self.W_xh = u(input_size, hidden_size)
        self.W_hh = u(hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = u(hidden_size, output_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        tape = []
        p = {n: Node(getattr(self, n)) for n in self.NAMES}
        h = Node(np.zeros((inputs.shape[1], self.b_h.size)))
        ys, hs = [], []
        for x in inputs:
            z = add(matmul(Node(x), p['W_xh'], tape), matmul(h, p['W_hh'], tape), tape)
            h = tanh(add(z, p['b_h'], tape), tape)
            y = add(matmul(h, p['W_hy'], tape), p['b_y'], tape)
            hs.append(h)
            ys.append(y)
        self.tape, self.nodes, self.ys = tape, p, ys
        return np.array([y.value for y in ys]), np.array([h.value for h in hs])

    def backward(self, d_outputs):
        for node in self.tape + list(self.nodes.values()):
            node.grad = None
        for y, dy in zip(self.ys, d_outputs):
            y.receive(dy)
        for node in reversed(self.tape):
            node.send()
        self.grads = {n: self.nodes[n].grad for n in self.NAMES}
        return self.grads

    def update_parameters(self, learning_rate):
        for n in self.NAMES:
            setattr(self, n, getattr(self, n) - 0.01 * self.grads[n])


def train_rnn_on_sequence():
    # 数据: 正弦波, 前 70% 训练, 后 30% 测试
    np.random.seed(2024)
    data = generate_sequence_data('sine', 300)
    cut = 210
    train_raw, test_raw = data[:cut], data[cut:]
    mu, sd = np.mean(train_raw), np.std(train_raw)
    train, test = (train_raw - mu) / sd, (test_raw - mu) / sd

    def windows(z, n):
        idx = np.arange(len(z) - n)[None, :] + np.arange(n)[:, None]
        return z[idx][:, :, None], z[n:][:, None]

    losses_all, pred_all, true_all, error_by_length = {}, {}, {}, {}
    for n in (4, 8, 12):
        rnn = SimpleRNN(1, 10, 1)
        X, Y = windows(train, 8)
        hist = []
        for epoch in range(50):
            perm = np.random.permutation(X.shape[1])
            s = 0
            for part in np.array_split(perm, 6):
                out, _ = rnn.forward(X[:, part])
                e = out[-1] - Y[part]
                s += (e ** 2).sum()
                d = np.zeros_like(out)
                d[-1] = 2 * e / len(part)
                rnn.backward(d)
                rnn.update_parameters(0.1)
            hist.append(s / len(Y))
        Xt, Yt = windows(test, n)
        out, _ = rnn.forward(Xt)
        pred = out[-1, :, 0] * sd + mu
        true = Yt[:, 0] * sd + mu
        losses_all[n], pred_all[n], true_all[n] = hist, pred, true
        error_by_length[n] = np.mean((pred - true) ** 2)

    fig, axs = plt.subplots(3, 1, figsize=(6, 9))
    for n, hist in losses_all.items():
        axs[0].semilogy(hist, label='n = %d' % n)
    axs[0].legend()
    axs[1].plot(true_all[8], label='真实 / true')
    axs[1].plot(pred_all[8], ':', label='预测 / predicted')
    axs[1].legend()
    axs[2].plot(list(error_by_length), list(error_by_length.values()), 's-')
    return {'losses': losses_all[8], 'predictions': pred_all[8], 'targets': true_all[8],
            'error_by_length': error_by_length, 'figure': fig}


if __name__ == "__main__":
    # 检查一下形状
    net = SimpleRNN(3, 4, 2)
    o, h = net.forward(np.random.randn(5, 2, 3))
    assert o.shape == (5, 2, 2) and h.shape == (5, 2, 4)
    print(train_rnn_on_sequence()["error_by_length"])
