"""第六次作业: 循环神经网络"""
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np

plt.rcParams['axes.unicode_minus'] = False


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        # Xavier 初始化
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(2.0 / (input_size + hidden_size))
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(2.0 / (hidden_size + output_size))
        self.b_y = np.zeros(output_size)
        self.hidden_size = hidden_size
        self.grads = {}

    def forward(self, inputs):
        seq_len, batch_size, _ = inputs.shape
        h = np.zeros((batch_size, self.hidden_size))
        self.inputs = inputs
        self.h0 = h
        hidden_states, outputs = [], []
        for t in range(seq_len):
            h = np.tanh(inputs[t] @ self.W_xh + h @ self.W_hh + self.b_h)
            hidden_states.append(h)
            outputs.append(h @ self.W_hy + self.b_y)
        self.hidden_states = np.stack(hidden_states)
        return np.stack(outputs), self.hidden_states

    def backward(self, d_outputs):
        dW_xh = np.zeros_like(self.W_xh)
        dW_hh = np.zeros_like(self.W_hh)
        db_h = np.zeros_like(self.b_h)
        dW_hy = np.zeros_like(self.W_hy)
        db_y = np.zeros_like(self.b_y)
        dh_next = np.zeros_like(self.h0)
        for t in reversed(range(len(d_outputs))):
            h = self.hidden_states[t]
            h_prev = self.hidden_states[t - 1] if t > 0 else self.h0
            dW_hy += h.T @ d_outputs[t]
            db_y += d_outputs[t].sum(axis=0)
            dh = d_outputs[t] @ self.W_hy.T + dh_next
            dz = dh * (1 - h ** 2)  # tanh 的导数
            dW_xh += self.inputs[t].T @ dz
            dW_hh += h_prev.T @ dz
            db_h += dz.sum(axis=0)
            dh_next = dz @ self.W_hh.T
        self.grads = {'dW_xh': dW_xh, 'dW_hh': dW_hh, 'db_h': db_h, 'dW_hy': dW_hy, 'db_y': db_y}
        return self.grads

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate * self.grads['dW_xh']
        self.W_hh -= learning_rate * self.grads['dW_hh']
        self.b_h -= learning_rate * self.grads['db_h']
        self.W_hy -= learning_rate * self.grads['dW_hy']
        self.b_y -= learning_rate * self.grads['db_y']


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.input_size, self.hidden_size = input_size, hidden_size
        self.W_gates = None

    def forward(self, input_t, hidden_state, cell_state):
        if self.W_gates is None:        # 第一次调用时初始化
            n = self.input_size + self.hidden_size
            self.W_gates = np.random.randn(n, 4 * self.hidden_size) / np.sqrt(n)
            self.b_gates = np.zeros((1, 4 * self.hidden_size))
        z = np.concatenate([hidden_state, input_t], axis=1) @ self.W_gates + self.b_gates
        g, f, i, o = np.split(z, 4, axis=1)      # 候选, 遗忘, 输入, 输出
        f, i, o = [1 / (1 + np.exp(-v)) for v in (f, i, o)]
        new_cell_state = f * cell_state + i * np.tanh(g)
        return o * np.tanh(new_cell_state), new_cell_state


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """生成序列: fibonacci (从 0, 1 开始) / sine / cosine / square"""
    if not isinstance(length, (int, np.integer)) or length < 1:
        raise ValueError("length 应为正整数")
    t = np.arange(length)
    if seq_type == 'fibonacci':
        data = [0.0, 1.0]
        while len(data) < length:
            data.append(data[-1] + data[-2])
        return np.array(data[:length], dtype=np.float64)
    if seq_type == 'sine':
        return np.sin(0.1 * t)
    if seq_type == 'cosine':
        return np.cos(0.1 * t)
    if seq_type == 'square':
        return np.sign(np.sin(0.1 * t) + 1e-12)
    raise ValueError("不支持的序列类型")


def train_rnn_on_sequence():
    """斐波那契数太大,先取对数再做一阶差分的标准化; 预测后还原为 log 值"""
    fib = generate_sequence_data('fibonacci', 120)[2:]
    logs = np.log(fib)
    cut = 90
    mean, std = logs[:cut].mean(), logs[:cut].std()
    z = (logs - mean) / std
    errors = {}
    for T in (1, 3, 6):
        rnn = SimpleRNN(1, 16, 1)
        X = np.array([z[i:i + T] for i in range(cut - T)]).T[:, :, None]
        y = z[T:cut][:, None]
        losses = []
        for _ in range(800):
            o = np.array(rnn.forward(X)[0])
            e = o[-1] - y
            losses.append(float(np.mean(e ** 2)))
            g = np.zeros_like(o)
            g[-1] = 2 * e / len(y)
            rnn.backward(g)
            rnn.update_parameters(0.05)
        Xt = np.array([z[i - T:i] for i in range(cut, len(z))]).T[:, :, None]
        pred = np.array(rnn.forward(Xt)[0])[-1, :, 0] * std + mean
        true = logs[cut:]
        errors[T] = float(np.mean((pred - true) ** 2))
    fig, ax = plt.subplots(1, 2)
    ax[0].semilogy(losses)
    ax[1].plot(true, label='log F(n)')
    ax[1].plot(pred, label='RNN')
    ax[1].legend()
    return {'losses': losses, 'predictions': pred, 'targets': true, 'error_by_length': errors, 'figure': fig}
