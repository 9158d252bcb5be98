import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt


# In[2]:


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.output_size = output_size
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(1 / (input_size))
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1 / (hidden_size))
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(1 / (hidden_size))
        self.b_h = np.zeros(hidden_size)
        self.b_y = np.zeros(output_size)
        # print(self.W_xh.shape, self.W_hh.shape)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        outputs = np.zeros((T, B, self.output_size))
        hidden_states = np.zeros((T, B, self.hidden_size))
        # 一条序列一条序列地算
        for b in range(B):
            h = np.zeros(self.hidden_size)
            for t in range(T):
                h = np.tanh(inputs[t, b] @ self.W_xh + h @ self.W_hh + self.b_h)
                hidden_states[t, b] = h
                outputs[t, b] = h @ self.W_hy + self.b_y
        self.inputs = inputs
        self.hidden_states = hidden_states
        return outputs, hidden_states

    def backward(self, d_outputs):
        T, B, _ = d_outputs.shape
        self.dW_xh = np.zeros(self.W_xh.shape)
        self.dW_hh = np.zeros(self.W_hh.shape)
        self.dW_hy = np.zeros(self.W_hy.shape)
        self.db_h = np.zeros(self.b_h.shape)
        self.db_y = np.zeros(self.b_y.shape)
        for b in range(B):
            dh_next = np.zeros(self.hidden_size)
            for t in range(T - 1, -1, -1):
                dy = d_outputs[t, b]
                h = self.hidden_states[t, b]
                self.dW_hy += np.outer(h, dy)
                self.db_y += dy
                dh = self.W_hy @ dy + dh_next
                dz = dh * (1 - h ** 2)
                self.db_h += dz
                self.dW_xh += np.outer(self.inputs[t, b], dz)
                if t > 0:
                    self.dW_hh += np.outer(self.hidden_states[t - 1, b], dz)
                dh_next = self.W_hh @ dz
        return {'W_xh': self.dW_xh, 'W_hh': self.dW_hh, 'b_h': self.db_h, 'W_hy': self.dW_hy, 'b_y': self.db_y}

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate * self.dW_xh
        self.W_hh -= learning_rate * self.dW_hh
        self.W_hy -= learning_rate * self.dW_hy
        self.b_h -= learning_rate * self.db_h
        self.b_y -= learning_rate * self.db_y


# In[3]:

# rnn = SimpleRNN(3, 5, 2)
# o, h = rnn.forward(np.random.randn(4, 2, 3))
# o.shape, h.shape


class Gate:
    def __init__(self, n_in, n_hid, squash):
        self.W = np.random.normal(0, np.sqrt(2 / (n_in + n_hid)), (n_in, n_hid))
        self.U = np.random.normal(0, np.sqrt(1 / n_hid), (n_hid, n_hid))
        self.b = np.zeros(n_hid)
        self.squash = squash

    def __call__(self, x, h):
        return self.squash(x.dot(self.W) + h.dot(self.U) + self.b)


def logistic(v):
    return np.exp(-np.logaddexp(0.0, -v))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.forget = self.input = Gate(input_size, hidden_size, logistic)
        self.candidate = Gate(input_size, hidden_size, np.tanh)
        self.output = Gate(input_size, hidden_size, logistic)
        for letter, gate in zip('fico', (self.forget, self.input, self.candidate, self.output)):
            self.__dict__['W_' + letter] = gate.W
            self.__dict__['U_' + letter] = gate.U
            self.__dict__['b_' + letter] = gate.b

    def forward(self, input_t, hidden_state, cell_state):
        kept = self.forget(input_t, hidden_state) * cell_state
        added = self.input(input_t, hidden_state) * self.candidate(input_t, hidden_state)
        new_cell = kept + added
        new_hidden = self.output(input_t, hidden_state) * np.tanh(new_cell)
        return new_hidden, new_cell


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in ('fibonacci', 'sine', 'square'):
        raise ValueError('seq_type = %r ?' % (seq_type,))
    if not length >= 1:
        raise ValueError('length = %r ?' % (length,))
    n = np.arange(length)
    if seq_type == 'sine':
        return np.sin(2.0 * np.pi * 0.03 * n)
    if seq_type == 'square':
        return np.sign(np.sin(2.0 * np.pi * (n + 0.5) / 20)).astype(np.float64)
    x = np.empty(length)
    x[:2] = 1.0
    for k in range(2, length):
        x[k] = x[k - 1] + x[k - 2]
    return x


# In[7]:


def train_rnn_on_sequence():
    np.random.seed(1)
    data = generate_sequence_data('sine', 500)
    train, test = data[:380], data[380:]
    m, s = train.mean(), train.std()     # 只用训练部分
    train, test = (train - m) / s, (test - m) / s
    errors, curves, shown = {}, {}, {}
    for n in [5, 8, 12]:
        net = SimpleRNN(1, 12, 1)
        # 训练窗口每隔 4 步取一个, 不然太慢
        starts = np.arange(0, len(train) - n, 4)
        curves[n] = []
        for epoch in range(60):
            np.random.shuffle(starts)
            losses = []
            for i in range(0, len(starts), 16):
                st = starts[i:i + 16]
                x = np.array([[[train[k + t]] for k in st] for t in range(n)])
                target = np.array([[train[k + n]] for k in st])
                out, _ = net.forward(x)
                d = np.zeros(out.shape)
                d[-1] = (out[-1] - target) / len(st)
                losses.append(np.mean((out[-1] - target) ** 2) / 2)
                net.backward(d)
                net.update_parameters(0.15)
            curves[n].append(np.mean(losses))
        # 测试
        x = np.array([[[test[k + t]] for k in range(len(test) - n)] for t in range(n)])
        out, _ = net.forward(x)
        pred = out[-1, :, 0] * s + m
        true = test[n:] * s + m
        errors[n] = np.sqrt(np.mean((pred - true) ** 2))
        shown[n] = (pred, true)

    fig, ax = plt.subplots(1, 2, figsize=(9, 3))
    ax[0].plot(curves[8])
    ax[0].set_title('loss')
    ax[1].plot(shown[8][1], label='true')
    ax[1].plot(shown[8][0], label='pred')
    ax[1].legend()
    return {'losses': curves[8], 'predictions': shown[8][0], 'targets': shown[8][1],
            'error_by_length': errors, 'figure': fig}


# In[8]:

# res = train_rnn_on_sequence()
# res['error_by_length']


if __name__ == '__main__':
    results = train_rnn_on_sequence()
    for k, v in results['error_by_length'].items():
        print(k, v)
    plt.show()
