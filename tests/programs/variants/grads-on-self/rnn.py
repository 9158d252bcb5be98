import matplotlib.pyplot as plt
import numpy as np

plt.rcParams['axes.unicode_minus'] = False


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        a = np.sqrt(6 / (input_size + hidden_size))
        b = np.sqrt(6 / (hidden_size + hidden_size))
        c = np.sqrt(6 / (hidden_size + output_size))
        self.W_xh = np.random.uniform(-a, a, (input_size, hidden_size))
        self.W_hh = np.random.uniform(-b, b, (hidden_size, hidden_size))
        self.W_hy = np.random.uniform(-c, c, (hidden_size, output_size))
        self.b_h = np.zeros((1, hidden_size))
        self.b_y = np.zeros((1, output_size))
        self.grad_W_xh = self.grad_W_hh = self.grad_W_hy = self.grad_b_h = self.grad_b_y = None

    def forward(self, inputs):
        self.last_inputs = inputs
        self.last_hs = {-1: np.zeros((inputs.shape[1], self.W_hh.shape[0]))}
        outputs = []
        for i, x in enumerate(inputs):
            self.last_hs[i] = np.tanh(x @ self.W_xh + self.last_hs[i - 1] @ self.W_hh + self.b_h)
            outputs.append(self.last_hs[i] @ self.W_hy + self.b_y)
        states = np.array([self.last_hs[i] for i in range(len(inputs))])
        return np.array(outputs), states

    def backward(self, d_outputs):
        n = len(self.last_inputs)
        self.grad_W_xh = np.zeros(self.W_xh.shape)
        self.grad_W_hh = np.zeros(self.W_hh.shape)
        self.grad_W_hy = np.zeros(self.W_hy.shape)
        self.grad_b_h = np.zeros(self.b_h.shape)
        self.grad_b_y = np.zeros(self.b_y.shape)
        d_h = np.zeros(self.last_hs[0].shape)
        for i in reversed(range(n)):
            d_y = d_outputs[i]
            self.grad_W_hy += self.last_hs[i].T @ d_y
            self.grad_b_y += np.sum(d_y, axis=0, keepdims=True)
            d_h = d_h + d_y @ self.W_hy.T
            temp = (1 - self.last_hs[i] ** 2) * d_h
            self.grad_b_h += np.sum(temp, axis=0, keepdims=True)
            self.grad_W_hh += self.last_hs[i - 1].T @ temp
            self.grad_W_xh += self.last_inputs[i].T @ temp
            d_h = temp @ self.W_hh.T

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate * self.grad_W_xh
        self.W_hh -= learning_rate * self.grad_W_hh
        self.W_hy -= learning_rate * self.grad_W_hy
        self.b_h -= learning_rate * self.grad_b_h
        self.b_y -= learning_rate * self.grad_b_y


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
