# ml-6 RNN
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(2024)  # 结果可复现


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.hidden_size = hidden_size
        self.params = {
            'Wx': np.random.randn(input_size, hidden_size) * 0.01,
            'Wh': np.random.randn(hidden_size, hidden_size) * 0.01,
            'b': np.zeros(hidden_size),
            'Wy': np.random.randn(hidden_size, output_size) * 0.01,
            'by': np.zeros(output_size),
        }
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}

    def forward(self, inputs):
        p = self.params
        T, N, _ = inputs.shape
        hs = np.empty((T, N, self.hidden_size))
        h = np.zeros((N, self.hidden_size))
        for t in range(T):
            h = np.tanh(inputs[t] @ p['Wx'] + h @ p['Wh'] + p['b'])
            hs[t] = h
        scores = hs @ p['Wy'] + p['by']
        e = np.exp(scores - scores.max(axis=-1, keepdims=True))
        outputs = e / e.sum(axis=-1, keepdims=True)
        self.cache = (inputs, hs)
        return outputs, hs

    def backward(self, d_outputs):
        p, (xs, hs) = self.params, self.cache
        T, N, H = hs.shape
        g = {name: np.zeros_like(value) for name, value in p.items()}
        # 输出层不涉及时间依赖, 可以放在循环外一次算完
        g['Wy'] = hs.reshape(T * N, H).T @ d_outputs.reshape(T * N, -1)
        g['by'] = d_outputs.sum(axis=(0, 1))
        dh_out = d_outputs @ p['Wy'].T
        dh_next = np.zeros((N, H))
        for t in range(T)[::-1]:
            dz = (dh_out[t] + dh_next) * (1 - hs[t] ** 2)
            g['b'] += dz.sum(axis=0)
            g['Wx'] += xs[t].T @ dz
            if t > 0:                            # h0 = 0, t = 0 时对 Wh 没有贡献
                g['Wh'] += hs[t - 1].T @ dz
            dh_next = dz @ p['Wh'].T
        self.grads = g
        return g

    def update_parameters(self, learning_rate):
        for name in self.params:
            self.params[name] -= learning_rate * self.grads[name]


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        def new_gate():
            return {
                'W': np.random.randn(input_size, hidden_size) * 0.1,
                'U': np.random.randn(hidden_size, hidden_size) * 0.1,
                'b': np.zeros(hidden_size),
            }
        self.forget_gate = new_gate()
        self.input_gate = new_gate()
        self.candidate = new_gate()
        self.output_gate = new_gate()

    def _affine(self, gate, x, h):
        return np.dot(x, gate['W']) + np.dot(h, gate['U']) + gate['b']

    def forward(self, input_t, hidden_state, cell_state):
        expit = lambda z: 1 / (1 + np.exp(-z))
        f_t = expit(self._affine(self.forget_gate, input_t, hidden_state))
        i_t = expit(self._affine(self.input_gate, input_t, hidden_state))
        o_t = expit(self._affine(self.output_gate, input_t, hidden_state))
        c_hat = np.tanh(self._affine(self.candidate, input_t, hidden_state))
        c_t = np.add(np.multiply(f_t, cell_state), np.multiply(i_t, c_hat))
        h_t = np.multiply(o_t, np.tanh(c_t))
        return h_t, c_t


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
