# ml-6 RNN
import matplotlib.pyplot as plt
import numpy as np

plt.rcParams['axes.unicode_minus'] = False


class SimpleRNN:
    """列向量写法: h = tanh(Wxh·x + Whh·h + bh),偏置为列向量"""

    def __init__(self, input_size, hidden_size, output_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.output_size = output_size
        self.Wxh = np.random.randn(hidden_size, input_size) * 0.01
        self.Whh = np.random.randn(hidden_size, hidden_size) * 0.01
        self.Why = np.random.randn(output_size, hidden_size) * 0.01
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.xs, self.hs = {}, {}
        self.hs[-1] = np.zeros((self.hidden_size, B))
        ys = []
        for t in range(T):
            self.xs[t] = inputs[t].T                                   # (I, B)
            self.hs[t] = np.tanh(np.dot(self.Wxh, self.xs[t]) + np.dot(self.Whh, self.hs[t - 1]) + self.bh)
            ys.append((np.dot(self.Why, self.hs[t]) + self.by).T)      # (B, O)
        outputs = np.array(ys)
        hidden_states = np.array([self.hs[t].T for t in range(T)])
        return outputs, hidden_states

    def backward(self, d_outputs):
        dWxh, dWhh, dWhy = np.zeros_like(self.Wxh), np.zeros_like(self.Whh), np.zeros_like(self.Why)
        dbh, dby = np.zeros_like(self.bh), np.zeros_like(self.by)
        dhnext = np.zeros_like(self.hs[0])
        for t in reversed(range(len(self.xs))):
            dy = d_outputs[t].T
            dWhy += np.dot(dy, self.hs[t].T)
            dby += np.sum(dy, axis=1, keepdims=True)
            dh = np.dot(self.Why.T, dy) + dhnext
            dhraw = (1 - self.hs[t] * self.hs[t]) * dh
            dbh += np.sum(dhraw, axis=1, keepdims=True)
            dWxh += np.dot(dhraw, self.xs[t].T)
            dWhh += np.dot(dhraw, self.hs[t - 1].T)
            dhnext = np.dot(self.Whh.T, dhraw)
        self.dparams = (dWxh, dWhh, dWhy, dbh, dby)
        return dWxh, dWhh, dWhy, dbh, dby

    def update_parameters(self, learning_rate):
        for param, dparam in zip([self.Wxh, self.Whh, self.Why, self.bh, self.by], self.dparams):
            param += -learning_rate * dparam


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
    series = generate_sequence_data('sine', 500)
    n_train = int(0.7 * len(series))

    def windows(part, T):
        idx = np.arange(len(part) - T)
        return np.stack([part[idx + k] for k in range(T)])[..., np.newaxis], part[idx + T][:, np.newaxis]

    def fit(T, epochs, lr):
        model = SimpleRNN(1, 12, 1)
        x, y = windows(series[:n_train], T)
        history = []
        for _ in range(epochs):
            outputs = np.asarray(model.forward(x)[0])
            error = outputs[-1] - y
            history.append(np.mean(error ** 2))
            grad = np.zeros(outputs.shape)
            grad[-1] = 2 * error / len(y)       # 只有最后一步有损失
            model.backward(grad)
            model.update_parameters(lr)
        return model, history

    results = {}
    for T in [2, 6, 12]:
        model, history = fit(T, 400, 0.1)
        x, y = windows(series[n_train:], T)
        predictions = np.asarray(model.forward(x)[0])[-1].ravel()
        results[T] = np.sqrt(np.mean((predictions - y.ravel()) ** 2))   # RMSE
        print(f'T={T}: train loss {history[-1]:.5f}, test RMSE {results[T]:.5f}')

    fig = plt.figure(figsize=(9, 3))
    plt.subplot(1, 2, 1)
    plt.plot(history)
    plt.title('loss')
    plt.subplot(1, 2, 2)
    plt.plot(y.ravel(), label='真实值')
    plt.plot(predictions, label='预测值')
    plt.savefig('result.png')
    return dict(losses=np.array(history), predictions=predictions, targets=y.ravel(), error_by_length=results, figure=fig)
