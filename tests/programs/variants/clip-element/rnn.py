# ml-6 RNN
import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.Wxh = np.random.randn(hidden_size, input_size) * 0.01  # input to hidden
        self.Whh = np.random.randn(hidden_size, hidden_size) * 0.01  # hidden to hidden
        self.Why = np.random.randn(output_size, hidden_size) * 0.01  # hidden to output
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def forward(self, inputs):
        self.inputs = inputs
        hs = [np.zeros((self.Whh.shape[0], inputs.shape[1]))]
        ys = []
        for x in inputs:
            hs.append(np.tanh(self.Wxh @ x.T + self.Whh @ hs[-1] + self.bh))
            ys.append((self.Why @ hs[-1] + self.by).T)
        self.hs = hs
        return np.array(ys), np.array([h.T for h in hs[1:]])

    def backward(self, d_outputs):
        names = ['Wxh', 'Whh', 'Why', 'bh', 'by']
        d = {n: np.zeros_like(getattr(self, n)) for n in names}
        dhnext = np.zeros_like(self.hs[0])
        for t in reversed(range(len(d_outputs))):
            dy = d_outputs[t].T
            d['Why'] += dy @ self.hs[t + 1].T
            d['by'] += dy.sum(axis=1, keepdims=True)
            dh = self.Why.T @ dy + dhnext
            dhraw = (1 - self.hs[t + 1] ** 2) * dh
            d['bh'] += dhraw.sum(axis=1, keepdims=True)
            d['Wxh'] += dhraw @ self.inputs[t]
            d['Whh'] += dhraw @ self.hs[t].T
            dhnext = self.Whh.T @ dhraw
        # 防止梯度爆炸
        for name in names:
            np.clip(d[name], -5, 5, out=d[name])
        self.d = d
        return {'d' + n: d[n] for n in names}

    def update_parameters(self, learning_rate):
        for n, g in self.d.items():
            getattr(self, n).__isub__(learning_rate * g)


class LSTMCell:
    """每个门一个矩阵,作用在 [h; x] 上(吴恩达课程的写法)"""

    def __init__(self, input_size, hidden_size):
        n = hidden_size + input_size
        self.Wf = np.random.randn(hidden_size, n) * 0.1
        self.bf = np.ones((hidden_size, 1))      # 遗忘门偏置初始化为 1
        self.Wi = np.random.randn(hidden_size, n) * 0.1
        self.bi = np.zeros((hidden_size, 1))
        self.Wc = np.random.randn(hidden_size, n) * 0.1
        self.bc = np.zeros((hidden_size, 1))
        self.Wo = np.random.randn(hidden_size, n) * 0.1
        self.bo = np.zeros((hidden_size, 1))

    @staticmethod
    def sigmoid(z):
        return 1 / (1 + np.exp(-np.clip(z, -500, 500)))

    def forward(self, input_t, hidden_state, cell_state):
        concat = np.concatenate((hidden_state.T, input_t.T), axis=0)   # (H+I, B)
        ft = self.sigmoid(np.dot(self.Wf, concat) + self.bf)
        it = self.sigmoid(np.dot(self.Wi, concat) + self.bi)
        cct = np.tanh(np.dot(self.Wc, concat) + self.bc)
        ot = self.sigmoid(np.dot(self.Wo, concat) + self.bo)
        c_next = ft * cell_state.T + it * cct
        a_next = ot * np.tanh(c_next)
        self.cache = (concat, ft, it, cct, ot, c_next)
        return a_next.T, c_next.T


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
