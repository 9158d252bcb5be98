"""第六次作业: 循环神经网络"""
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) * 0.1
        self.W_hh = np.random.randn(hidden_size, hidden_size) * 0.1
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * 0.1
        self.b_y = np.zeros(output_size)
        self.zero_grad()

    def zero_grad(self):
        self.dW_xh = np.zeros_like(self.W_xh)
        self.dW_hh = np.zeros_like(self.W_hh)
        self.db_h = np.zeros_like(self.b_h)
        self.dW_hy = np.zeros_like(self.W_hy)
        self.db_y = np.zeros_like(self.b_y)

    def step(self, x_t, h_prev):
        return np.tanh(x_t @ self.W_xh + h_prev @ self.W_hh + self.b_h)

    def forward(self, inputs):
        seq_len, batch_size, _ = inputs.shape
        self.inputs = inputs
        self.hidden = [np.zeros((batch_size, self.W_hh.shape[0]))]
        for t in range(seq_len):
            self.hidden.append(self.step(inputs[t], self.hidden[t]))
        outputs = [h @ self.W_hy + self.b_y for h in self.hidden[1:]]
        return np.array(outputs), np.array(self.hidden[1:])

    def backward(self, d_outputs):
        # 梯度累加,更新后清零
        dh_next = np.zeros_like(self.hidden[0])
        for t in reversed(range(len(self.inputs))):
            h = self.hidden[t + 1]
            self.dW_hy += h.T @ d_outputs[t]
            self.db_y += d_outputs[t].sum(axis=0)
            dz = (d_outputs[t] @ self.W_hy.T + dh_next) * (1 - h * h)
            self.dW_xh += self.inputs[t].T @ dz
            self.dW_hh += self.hidden[t].T @ dz
            self.db_h += dz.sum(axis=0)
            dh_next = dz @ self.W_hh.T
        return {'dW_xh': self.dW_xh, 'dW_hh': self.dW_hh, 'db_h': self.db_h,
                'dW_hy': self.dW_hy, 'db_y': self.db_y}

    def update_parameters(self, learning_rate):
        for name in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y'):
            setattr(self, name, getattr(self, name) - learning_rate * getattr(self, 'd' + name))
        self.zero_grad()


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        def weights():
            return (np.random.randn(input_size, hidden_size) * np.sqrt(1.0 / input_size),
                    np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size),
                    np.zeros(hidden_size))
        self.W_f, self.U_f, self.b_f = weights()   # 遗忘门
        self.W_i, self.U_i, self.b_i = weights()   # 输入门
        self.W_c, self.U_c, self.b_c = weights()   # 候选记忆
        self.W_o, self.U_o, self.b_o = weights()   # 输出门

    def forward(self, input_t, hidden_state, cell_state):
        f = sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i = sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        o = sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        c_tilde = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        cell_state *= f
        cell_state += i * c_tilde
        new_cell_state = cell_state
        new_hidden_state = o * np.tanh(new_cell_state)
        return new_hidden_state, new_cell_state


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if int(length) < 1:
        raise ValueError('序列长度至少为 1')
    if seq_type == 'fibonacci':
        # [F(n+1), F(n)] = [[1, 1], [1, 0]] @ [F(n), F(n-1)]
        M = np.array([[1.0, 1.0], [1.0, 0.0]])
        state = np.array([1.0, 0.0])
        out = np.empty(length)
        for i in range(length):
            out[i] = state[0]
            state = M @ state
        return out
    elif seq_type == 'sine':
        x = np.linspace(0, 20 * np.pi, length)
        return np.sin(x)
    elif seq_type == 'damped':
        x = np.linspace(0, 20 * np.pi, length)
        return np.exp(-0.01 * x) * np.sin(x)
    raise ValueError(seq_type)


def train_rnn_on_sequence():
    rng = np.random.default_rng(7)
    n = np.arange(800)
    series = np.sin(0.2 * n) + 0.5 * np.sin(0.37 * n) + 0.03 * rng.standard_normal(800)
    train, test = series[:640], series[640:]
    # 标准化参数只用训练集计算
    mu, sigma = train.mean(), train.std()
    train_z, test_z = (train - mu) / sigma, (test - mu) / sigma

    def dataset(z, T):
        X = np.stack([z[k:k + T] for k in range(len(z) - T)], axis=1)[:, :, None]
        return X, z[T:][:, None]

    error_by_length, curves = {}, {}
    for T in (2, 4, 8, 16):
        rnn = SimpleRNN(1, 16, 1)
        X, y = dataset(train_z, T)
        loss_list = []
        for epoch in range(25):
            perm = rng.permutation(X.shape[1])
            total = 0.0
            for s in range(0, len(perm), 32):
                b = perm[s:s + 32]
                out = np.array(rnn.forward(X[:, b])[0])
                e = out[-1] - y[b]
                total += np.sum(e ** 2)
                d = np.zeros_like(out)
                d[-1] = 2 * e / len(b)
                rnn.backward(d)
                rnn.update_parameters(0.05)
            loss_list.append(total / len(perm))
        curves[T] = loss_list
        Xt, yt = dataset(test_z, T)
        p = np.array(rnn.forward(Xt)[0])[-1, :, 0] * sigma + mu
        t = yt[:, 0] * sigma + mu
        error_by_length[T] = np.mean((p - t) ** 2)
    fig, (ax1, ax2, ax3) = plt.subplots(3, 1, figsize=(8, 9))
    for T, c in curves.items():
        ax1.plot(c, label=f'T={T}')
    ax1.set_yscale('log')
    ax1.legend()
    ax2.plot(t, 'k-')
    ax2.plot(p, 'r--')
    ax3.bar([str(T) for T in error_by_length], list(error_by_length.values()))
    plt.show()
    return {'losses': loss_list, 'predictions': p, 'targets': t, 'error_by_length': error_by_length, 'figure': fig}
