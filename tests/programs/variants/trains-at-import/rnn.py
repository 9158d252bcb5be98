import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        def he(n_in, n_out):
            return np.random.randn(n_in, n_out) * np.sqrt(2 / n_in)
        # 顺序: [输入权重, 隐藏权重, 隐藏偏置, 输出权重, 输出偏置]
        self.theta = [he(input_size, hidden_size), he(hidden_size, hidden_size) * 0.5,
                      np.zeros((1, hidden_size)), he(hidden_size, output_size),
                      np.zeros((1, output_size))]

    def forward(self, inputs):
        Wx, Wh, bh, Wo, bo = self.theta
        h_list = [np.zeros((inputs.shape[1], Wh.shape[0]))]
        y_list = []
        for x_t in inputs:
            h_list.append(np.tanh(np.matmul(x_t, Wx) + np.matmul(h_list[-1], Wh) + bh))
            y_list.append(np.matmul(h_list[-1], Wo) + bo)
        self.x, self.h = inputs, h_list
        return np.array(y_list), h_list[1:]

    def backward(self, d_outputs):
        Wx, Wh, bh, Wo, bo = self.theta
        grads = [np.zeros_like(p) for p in self.theta]
        dh_next = np.zeros_like(self.h[0])
        for t in range(len(self.x), 0, -1):
            dy = d_outputs[t - 1]
            grads[3] += np.matmul(self.h[t].T, dy)
            grads[4] += np.sum(dy, axis=0)
            dh = np.matmul(dy, Wo.T) + dh_next
            dtanh = dh * (1 - np.power(self.h[t], 2))
            grads[0] += np.matmul(self.x[t - 1].T, dtanh)
            grads[1] += np.matmul(self.h[t - 1].T, dtanh)
            grads[2] += np.sum(dtanh, axis=0)
            dh_next = np.matmul(dtanh, Wh.T)
        self.dtheta = grads
        # 返回顺序: 输出层在前
        return grads[3], grads[4], grads[0], grads[1], grads[2]

    def update_parameters(self, learning_rate):
        for i in range(len(self.theta)):
            self.theta[i] -= learning_rate * self.dtheta[i]


class LSTMCell:
    """参数布局同 torch.nn.LSTMCell: 门的顺序 i, f, g, o;两组偏置"""

    def __init__(self, input_size, hidden_size):
        k = 1.0 / np.sqrt(hidden_size)
        self.hidden_size = hidden_size
        self.weight_ih = np.random.uniform(-k, k, (4 * hidden_size, input_size))
        self.weight_hh = np.random.uniform(-k, k, (4 * hidden_size, hidden_size))
        self.bias_ih = np.random.uniform(-k, k, 4 * hidden_size)
        self.bias_hh = np.random.uniform(-k, k, 4 * hidden_size)

    @staticmethod
    def _sigmoid(x):
        out = np.empty_like(x)
        pos = x >= 0
        out[pos] = 1 / (1 + np.exp(-x[pos]))
        e = np.exp(x[~pos])
        out[~pos] = e / (1 + e)
        return out

    def forward(self, input_t, hidden_state, cell_state):
        gates = input_t @ self.weight_ih.T + self.bias_ih + hidden_state @ self.weight_hh.T + self.bias_hh
        i, f, g, o = np.split(gates, 4, axis=1)
        i, f, o = self._sigmoid(i), self._sigmoid(f), self._sigmoid(o)
        c_next = f * cell_state + i * np.tanh(g)
        h_next = o * np.tanh(c_next)
        return h_next, c_next


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


# 简单测试
rnn = SimpleRNN(2, 4, 1)
x = np.random.randn(5, 3, 2)
out, h = rnn.forward(x)
print('输出形状:', out.shape)
rnn.backward(np.ones_like(out) / out.size)
rnn.update_parameters(0.01)
result = train_rnn_on_sequence()
print('训练完成, 最终 loss =', result['losses'][-1])
plt.close('all')
