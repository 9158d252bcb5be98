"""
ml-6: 循环神经网络的 NumPy 实现
"""
import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    # 对 batch 中的每个样本单独循环(慢一点, 但公式一目了然)
    def __init__(self, input_size, hidden_size, output_size):
        self.H = hidden_size
        self.O = output_size
        self.wx = np.random.randn(hidden_size, input_size) * 0.2
        self.wh = np.random.randn(hidden_size, hidden_size) * 0.2
        self.wy = np.random.randn(output_size, hidden_size) * 0.2
        self.bh = np.zeros(hidden_size)
        self.by = np.zeros(output_size)

    def forward(self, inputs):
        seq_len, batch_size, _ = inputs.shape
        self.inputs = inputs
        self.states = np.zeros((seq_len, batch_size, self.H))
        outputs = np.zeros((seq_len, batch_size, self.O))
        for n in range(batch_size):
            h = np.zeros(self.H)
            for t in range(seq_len):
                h = np.tanh(self.wx.dot(inputs[t, n]) + self.wh.dot(h) + self.bh)
                self.states[t, n] = h
                outputs[t, n] = self.wy.dot(h) + self.by
        return outputs, self.states

    def backward(self, d_outputs):
        seq_len, batch_size, _ = self.inputs.shape
        self.dwx = np.zeros_like(self.wx)
        self.dwh = np.zeros_like(self.wh)
        self.dwy = np.zeros_like(self.wy)
        self.dbh = np.zeros_like(self.bh)
        self.dby = np.zeros_like(self.by)
        for n in range(batch_size):
            dh = np.zeros(self.H)
            for t in range(seq_len - 1, -1, -1):
                h = self.states[t, n]
                h_prev = self.states[t - 1, n] if t >= 1 else np.zeros(self.H)
                dy = d_outputs[t, n]
                self.dwy += np.outer(dy, h)
                self.dby += dy
                dz = (self.wy.T.dot(dy) + dh) * (1 - h * h)
                self.dwx += np.outer(dz, self.inputs[t, n])
                self.dwh += np.outer(dz, h_prev)
                self.dbh += dz
                dh = self.wh.T.dot(dz)
        return {'wx': self.dwx, 'wh': self.dwh, 'wy': self.dwy, 'bh': self.dbh, 'by': self.dby}

    def update_parameters(self, learning_rate):
        for name in ['wx', 'wh', 'wy', 'bh', 'by']:
            new = getattr(self, name) - learning_rate * getattr(self, 'd' + name)
            setattr(self, name, new)


class LSTMCell:
    """更新门记作 u,候选记忆记作 g;顺便实现了 backward"""

    def __init__(self, input_size, hidden_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        n = input_size + hidden_size
        lim = np.sqrt(6 / (n + hidden_size))
        self.params = {}
        for k in ('f', 'u', 'g', 'o'):
            self.params['W' + k] = np.random.uniform(-lim, lim, (hidden_size, n))
            self.params['b' + k] = np.zeros((hidden_size, 1))

    def forward(self, input_t, hidden_state, cell_state):
        p = self.params
        z = np.vstack([input_t.T, hidden_state.T])
        f = self._sigmoid(p['Wf'] @ z + p['bf'])
        u = self._sigmoid(p['Wu'] @ z + p['bu'])
        g = np.tanh(p['Wg'] @ z + p['bg'])
        o = self._sigmoid(p['Wo'] @ z + p['bo'])
        c = f * cell_state.T + u * g
        tc = np.tanh(c)
        h = o * tc
        self.cache = (z, f, u, g, o, tc, cell_state.T)
        return h.T, c.T

    def backward(self, dh, dc):
        z, f, u, g, o, tc, c_prev = self.cache
        dh, dc = dh.T, dc.T + dh.T * o * (1 - tc ** 2)
        d = {'o': dh * tc * o * (1 - o), 'f': dc * c_prev * f * (1 - f),
             'u': dc * g * u * (1 - u), 'g': dc * u * (1 - g ** 2)}
        self.grads = {}
        dz = 0
        for k, v in d.items():
            self.grads['W' + k] = v @ z.T
            self.grads['b' + k] = v.sum(axis=1, keepdims=True)
            dz = dz + self.params['W' + k].T @ v
        return dz[self.input_size:].T, (dc * f).T

    @staticmethod
    def _sigmoid(x):
        return 1 / (1 + np.exp(-x))


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 必须 >= 1')
    if seq_type == 'fibonacci':
        seq = np.zeros(length, dtype=np.float64)
        a, b = 1.0, 1.0
        for i in range(length):
            seq[i] = a
            a, b = b, a + b
        return seq
    elif seq_type == 'sine':
        return np.sin(np.linspace(0, 8 * np.pi, length))
    else:
        raise ValueError(f'未知的序列类型: {seq_type}')


def train_rnn_on_sequence():
    """逐条样本训练 (batch = 1),慢一些,但和公式一一对应"""
    data = np.sin(0.45 * np.arange(160))   # 每个周期约 14 个点
    train, test = data[:120], data[120:]
    error_by_length = {}
    for T in (2, 5, 10):
        rnn = SimpleRNN(1, 8, 1)
        losses = []
        for epoch in range(45):
            total = 0
            count = 0
            for start in range(0, len(train) - T):
                x = train[start:start + T].reshape(T, 1, 1)
                y = train[start + 1:start + T + 1].reshape(T, 1, 1)
                out, _ = rnn.forward(x)
                diff = np.array(out) - y
                total += np.mean(diff ** 2)
                count += 1
                rnn.backward(2 * diff / T)
                rnn.update_parameters(0.02)
            losses.append(total / count)
        predictions, targets = [], []
        for start in range(len(test) - T):
            out, _ = rnn.forward(test[start:start + T].reshape(T, 1, 1))
            predictions.append(float(np.array(out)[-1, 0, 0]))
            targets.append(float(test[start + T]))
        predictions, targets = np.array(predictions), np.array(targets)
        error_by_length[T] = float(np.mean((predictions - targets) ** 2))
    fig = plt.figure(figsize=(8, 6))
    plt.subplot(211)
    plt.plot(losses)
    plt.xlabel('epoch')
    plt.subplot(212)
    plt.plot(targets, label='target')
    plt.plot(predictions, label='prediction')
    plt.legend()
    plt.close(fig)
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': error_by_length, 'figure': fig}
