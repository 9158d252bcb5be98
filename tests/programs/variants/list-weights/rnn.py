"""第六次作业: 循环神经网络"""
import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    # 参数是嵌套 list, 计算时交给 np.dot
    def __init__(self, input_size, hidden_size, output_size):
        self.W_in = (np.random.randn(input_size, hidden_size) * 0.2).tolist()
        self.W_rec = (np.random.randn(hidden_size, hidden_size) * 0.2).tolist()
        self.W_out = (np.random.randn(hidden_size, output_size) * 0.2).tolist()
        self.b_rec = [0.0 for _ in range(hidden_size)]
        self.b_out = [0.0 for _ in range(output_size)]

    def forward(self, inputs):
        h = np.zeros((np.shape(inputs)[1], len(self.b_rec)))
        self.hs, self.xs, ys = [h], inputs, []
        for x in inputs:
            h = np.tanh(np.dot(x, self.W_in) + np.dot(h, self.W_rec) + np.array(self.b_rec))
            self.hs.append(h)
            ys.append(np.dot(h, self.W_out) + np.array(self.b_out))
        return np.array(ys), np.array(self.hs[1:])

    def backward(self, d_outputs):
        gi, gr, go = np.zeros(np.shape(self.W_in)), np.zeros(np.shape(self.W_rec)), np.zeros(np.shape(self.W_out))
        gbr, gbo = np.zeros(len(self.b_rec)), np.zeros(len(self.b_out))
        dh_next = 0
        for t in reversed(range(len(d_outputs))):
            go += np.dot(self.hs[t + 1].T, d_outputs[t])
            gbo += np.sum(d_outputs[t], axis=0)
            dh = np.dot(d_outputs[t], np.transpose(self.W_out)) + dh_next
            dz = dh * (1 - self.hs[t + 1] ** 2)
            gi += np.dot(self.xs[t].T, dz)
            gr += np.dot(self.hs[t].T, dz)
            gbr += np.sum(dz, axis=0)
            dh_next = np.dot(dz, np.transpose(self.W_rec))
        self.grads = [gi, gr, go, gbr, gbo]
        return self.grads

    def update_parameters(self, learning_rate):
        names = ['W_in', 'W_rec', 'W_out', 'b_rec', 'b_out']
        for name, g in zip(names, self.grads):
            setattr(self, name, (np.array(getattr(self, name)) - learning_rate * g).tolist())


class LSTMCell:
    # 参数用嵌套 list
    def __init__(self, input_size, hidden_size):
        new = lambda r, c: (np.random.randn(r, c) * 0.2).tolist()
        self.Wx = [new(input_size, hidden_size) for _ in range(4)]
        self.Wh = [new(hidden_size, hidden_size) for _ in range(4)]
        self.b = [[0.0] * hidden_size for _ in range(4)]

    def forward(self, input_t, hidden_state, cell_state):
        z = [np.dot(input_t, wx) + np.dot(hidden_state, wh) + np.array(b)
             for wx, wh, b in zip(self.Wx, self.Wh, self.b)]
        i, f, o = [1 / (1 + np.exp(-v)) for v in z[:3]]
        c = f * np.array(cell_state) + i * np.tanh(z[3])
        h = o * np.tanh(c)
        return h, c


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
