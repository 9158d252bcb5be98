"""作业 6: 循环神经网络"""
import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np


class LSTMCell:
    params = {}

    def __init__(self, input_size, hidden_size):
        D, H = input_size, hidden_size
        for g in ['f', 'i', 'c', 'o']:
            self.params['W_%s' % g] = np.random.randn(D, H) / np.sqrt(D)
            self.params['U_%s' % g] = np.random.randn(H, H) / np.sqrt(H)
            self.params['b_%s' % g] = np.zeros(H)

    def __getattr__(self, name):
        params = type(self).params
        if name in params:
            return params[name]
        raise AttributeError(name)

    def forward(self, input_t, hidden_state, cell_state):
        p = self.params
        a = {}
        for g in ['f', 'i', 'c', 'o']:
            a[g] = np.einsum('bd,dh->bh', input_t, p['W_%s' % g])
            a[g] = a[g] + np.einsum('bk,kh->bh', hidden_state, p['U_%s' % g])
            a[g] = a[g] + p['b_%s' % g]
        s = {}
        for g in ['f', 'i', 'o']:
            e = np.exp(-np.abs(a[g]))
            s[g] = np.where(a[g] > 0, 1.0, e) / (1.0 + e)
        new_c = s['f'] * cell_state + s['i'] * np.tanh(a['c'])
        new_h = s['o'] * np.tanh(new_c)
        return new_h, new_c


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
                if t > 0:
                    self.dW_xh += np.outer(self.inputs[t, b], dz)
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


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """Return the first `length` terms of a sequence as float64."""
    if length < 1:
        raise ValueError('length must be at least 1')
    if seq_type == 'fibonacci':
        seq = np.zeros(length, dtype=np.float64)
        a, b = 0.0, 1.0
        for k in range(length):
            seq[k] = a
            a, b = b, a + b
        return seq
    elif seq_type == 'sine':
        t = np.arange(length, dtype=np.float64)
        return np.sin(2 * np.pi * t / 25.0)
    else:
        raise ValueError(f'unknown sequence type: {seq_type}')


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
