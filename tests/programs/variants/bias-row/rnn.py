"""第六次作业: 循环神经网络"""
import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    """偏置并入权重矩阵:输入末尾补 1,矩阵多一行"""

    def __init__(self, input_size, hidden_size, output_size):
        self.n_in, self.n_h, self.n_out = input_size, hidden_size, output_size
        self.Wh = np.random.randn(input_size + hidden_size + 1, hidden_size) * 0.1
        self.Wh[-1] = 0          # 最后一行是偏置
        self.Wo = np.random.randn(hidden_size + 1, output_size) * 0.1
        self.Wo[-1] = 0

    def forward(self, inputs):
        steps, n, _ = inputs.shape
        one = np.ones((n, 1))
        h = np.zeros((n, self.n_h))
        self.A, self.Hb = [], []
        outputs, hidden_states = [], []
        for t in range(steps):
            a = np.hstack([inputs[t], h, one])
            h = np.tanh(a @ self.Wh)
            hb = np.hstack([h, one])
            self.A.append(a)
            self.Hb.append(hb)
            outputs.append(hb @ self.Wo)
            hidden_states.append(h)
        return np.array(outputs), np.array(hidden_states)

    def backward(self, d_outputs):
        dWh = np.zeros_like(self.Wh)
        dWo = np.zeros_like(self.Wo)
        dh = np.zeros((d_outputs.shape[1], self.n_h))
        for t in reversed(range(d_outputs.shape[0])):
            dWo += self.Hb[t].T @ d_outputs[t]
            dh = dh + d_outputs[t] @ self.Wo[:-1].T
            dz = dh * (1 - self.Hb[t][:, :-1] ** 2)
            dWh += self.A[t].T @ dz
            dh = dz @ self.Wh[self.n_in:self.n_in + self.n_h].T
        self.dWh, self.dWo = dWh, dWo
        return {'dWh': dWh, 'dWo': dWo}

    def update_parameters(self, learning_rate):
        self.Wh -= learning_rate * self.dWh
        self.Wo -= learning_rate * self.dWo


class LSTMCell:
    """x、h 和常数 1 拼在一起,偏置就是矩阵的最后一行"""

    def __init__(self, input_size, hidden_size):
        rows = input_size + hidden_size + 1
        self.hidden_size = hidden_size
        self.theta = np.random.randn(rows, 4 * hidden_size) / np.sqrt(rows)
        self.theta[-1] = 0.0
        self.theta[-1, :hidden_size] = 1.0     # 遗忘门

    def forward(self, input_t, hidden_state, cell_state):
        ones = np.ones((input_t.shape[0], 1))
        z = np.column_stack([input_t, hidden_state, ones]) @ self.theta
        f, o, i, g = z.reshape(-1, 4, self.hidden_size).transpose(1, 0, 2)
        act = lambda v: 1.0 / (1.0 + np.exp(-v))
        self.c = act(f) * cell_state + act(i) * np.tanh(g)
        self.h = act(o) * np.tanh(self.c)
        return self.h, self.c


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


def make_windows(series, T):
    """(T, N, 1) 的输入和右移一步的目标"""
    X = np.array([series[i:i + T] for i in range(len(series) - T)])
    Y = np.array([series[i + 1:i + T + 1] for i in range(len(series) - T)])
    return X.T[:, :, None], Y.T[:, :, None]


def train_rnn_on_sequence():
    # 1. 数据准备: 前 80% 训练, 后 20% 测试
    data = generate_sequence_data('sine', 600)
    split = 480
    train_data, test_data = data[:split], data[split:]
    error_by_length = {}
    for T in (1, 5, 10, 20):
        rnn = SimpleRNN(1, 16, 1)
        X, Y = make_windows(train_data, T)
        losses = []
        # 2. 训练
        for epoch in range(120):
            out, _ = rnn.forward(X)
            out = np.array(out)
            diff = out - Y
            losses.append(float(np.mean(diff ** 2)))
            rnn.backward(2 * diff / diff.size)
            rnn.update_parameters(0.1)
        # 3. 评估: 只看最后一步的预测
        Xt, Yt = make_windows(test_data, T)
        pred = np.array(rnn.forward(Xt)[0])[-1, :, 0]
        target = Yt[-1, :, 0]
        error_by_length[T] = float(np.mean((pred - target) ** 2))
    # 4. 可视化
    fig, axes = plt.subplots(1, 2, figsize=(10, 4))
    axes[0].plot(losses)
    axes[0].set_title('Training loss')
    axes[1].plot(target, label='true')
    axes[1].plot(pred, '--', label='predicted')
    axes[1].legend()
    return {'losses': losses, 'predictions': pred, 'targets': target,
            'error_by_length': error_by_length, 'figure': fig}
