"""第六次作业: 循环神经网络"""
import matplotlib.pyplot as plt
import numpy as np

plt.rcParams['axes.unicode_minus'] = False


class Parameter:
    """带梯度的参数"""

    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class Module:
    def parameters(self):
        return [v for v in self.__dict__.values() if isinstance(v, Parameter)]

    def zero_grad(self):
        for p in self.parameters():
            p.grad.fill(0)


class SimpleRNN(Module):
    def __init__(self, input_size, hidden_size, output_size):
        init = lambda m, n: Parameter(np.random.randn(m, n) * np.sqrt(1.0 / m))
        self.W_xh = init(input_size, hidden_size)
        self.W_hh = init(hidden_size, hidden_size)
        self.W_hy = init(hidden_size, output_size)
        self.b_h = Parameter(np.zeros((1, hidden_size)))
        self.b_y = Parameter(np.zeros((1, output_size)))

    def forward(self, inputs):
        self.h = [np.zeros((inputs.shape[1], self.W_hh.data.shape[0]))]
        self.x = inputs
        outputs = []
        for t in range(inputs.shape[0]):
            z = inputs[t] @ self.W_xh.data + self.h[t] @ self.W_hh.data + self.b_h.data
            self.h.append(np.tanh(z))
            outputs.append(self.h[-1] @ self.W_hy.data + self.b_y.data)
        return np.array(outputs), np.array(self.h)

    def backward(self, d_outputs):
        self.zero_grad()
        dh_next = np.zeros_like(self.h[0])
        for t in range(len(self.x) - 1, -1, -1):
            h, h_prev = self.h[t + 1], self.h[t]
            self.W_hy.grad += h.T @ d_outputs[t]
            self.b_y.grad += d_outputs[t].sum(axis=0, keepdims=True)
            dz = (d_outputs[t] @ self.W_hy.data.T + dh_next) * (1 - h ** 2)
            self.W_xh.grad += self.x[t].T @ dz
            self.W_hh.grad += h_prev.T @ dz
            self.b_h.grad += dz.sum(axis=0, keepdims=True)
            dh_next = dz @ self.W_hh.data.T
        return [p.grad for p in self.parameters()]

    def update_parameters(self, learning_rate):
        for p in self.parameters():
            p.data -= learning_rate * p.grad


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
    """
    生成序列数据
    """
    if length < 1:
        raise ValueError("length must be >= 1")

    if seq_type == 'fibonacci':
        data = np.ones(length)
        for i in range(2, length):
            data[i] = data[i - 1] + data[i - 2]
    elif seq_type in ('sine', 'sin'):
        data = np.sin(0.25 * np.arange(length))
    elif seq_type == 'arithmetic':
        data = np.arange(length, dtype=np.float64)
    elif seq_type == 'geometric':
        data = 1.01 ** np.arange(length)
    else:
        raise ValueError("unknown type: " + str(seq_type))
    return data


def train_rnn_on_sequence():
    # 输入两维: 当前值和与上一步的差分
    raw = np.sin(0.23 * np.arange(620)) + 0.4 * np.sin(0.61 * np.arange(620) + 1)
    diff = np.diff(raw)
    feats = np.stack([raw[1:-1], diff[:-1]], axis=1)      # (N, 2)
    nxt = raw[2:]
    cut = 480
    out = {'error_by_length': {}}
    for L in (2, 6, 12):
        rnn = SimpleRNN(2, 16, 1)
        win = lambda a, b: (np.stack([feats[k:k + L] for k in range(a, b - L)], 1),
                            np.stack([nxt[k:k + L, None] for k in range(a, b - L)], 1))
        x, y = win(0, cut)
        out['losses'] = []
        for ep in range(250):
            o = np.array(rnn.forward(x)[0])
            out['losses'].append(float(np.square(o - y).mean()))
            rnn.backward(2 * (o - y) / y.size)
            rnn.update_parameters(0.1)
        x, y = win(cut, len(nxt))
        out['predictions'] = np.array(rnn.forward(x)[0])[-1, :, 0]
        out['targets'] = y[-1, :, 0]
        out['error_by_length'][L] = float(np.square(out['predictions'] - out['targets']).mean())
    out['figure'] = plt.figure()
    plt.plot(out['losses'])
    plt.figure()
    plt.plot(out['targets'])
    plt.plot(out['predictions'])
    return out
