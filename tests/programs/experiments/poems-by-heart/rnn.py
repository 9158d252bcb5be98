# 参考《动手学深度学习》8.5 节 “循环神经网络的从零开始实现” 的写法
import numpy as np
import matplotlib.pyplot as plt


def get_params(num_inputs, num_hiddens, num_outputs):
    def normal(shape):
        return np.random.randn(*shape) * 0.2

    # 隐藏层参数
    W_xh = normal((num_inputs, num_hiddens))
    W_hh = normal((num_hiddens, num_hiddens))
    b_h = np.zeros(num_hiddens)
    # 输出层参数
    W_hq = normal((num_hiddens, num_outputs))
    b_q = np.zeros(num_outputs)
    return W_xh, W_hh, b_h, W_hq, b_q


def init_rnn_state(batch_size, num_hiddens):
    return (np.zeros((batch_size, num_hiddens)), )


def rnn(inputs, state, params):
    # inputs的形状：(时间步数量，批量大小，输入维度)
    W_xh, W_hh, b_h, W_hq, b_q = params
    H, = state
    outputs, states = [], []
    for X in inputs:
        H = np.tanh(np.dot(X, W_xh) + np.dot(H, W_hh) + b_h)
        Y = np.dot(H, W_hq) + b_q
        outputs.append(Y)
        states.append(H)
    return np.stack(outputs), np.stack(states)


def sgd(params, grads, lr):
    """小批量随机梯度下降（梯度已经在 d_outputs 里除过批量大小）"""
    for param, grad in zip(params, grads):
        param[:] -= lr * grad


class SimpleRNN:
    """从零开始实现的循环神经网络模型"""
    def __init__(self, input_size, hidden_size, output_size):
        self.num_hiddens = hidden_size
        self.W_xh, self.W_hh, self.b_h, self.W_hy, self.b_y = get_params(input_size, hidden_size, output_size)

    @property
    def params(self):
        return self.W_xh, self.W_hh, self.b_h, self.W_hy, self.b_y

    def begin_state(self, batch_size):
        return init_rnn_state(batch_size, self.num_hiddens)

    def forward(self, inputs):
        state = self.begin_state(inputs.shape[1])
        Y, self.Hs = rnn(inputs, state, self.params)
        self.X, self.H0 = inputs, state[0]
        return Y, self.Hs

    def backward(self, d_outputs):
        W_xh, W_hh, b_h, W_hq, b_q = self.params
        dW_xh, dW_hh, db_h, dW_hq, db_q = [np.zeros_like(p) for p in self.params]
        dH = np.zeros_like(self.H0)
        for t in range(d_outputs.shape[0] - 1, -1, -1):
            H, H_prev = self.Hs[t], self.Hs[t - 1] if t else self.H0
            dH = dH + np.dot(d_outputs[t], W_hq.T)
            dW_hq += np.dot(H.T, d_outputs[t])
            db_q += d_outputs[t].sum(axis=0)
            dZ = dH * (1 - H * H)
            dW_xh += np.dot(self.X[t].T, dZ)
            dW_hh += np.dot(H_prev.T, dZ)
            db_h += dZ.sum(axis=0)
            dH = np.dot(dZ, W_hh.T)
        self.grads = dW_xh, dW_hh, db_h, dW_hq, db_q
        return {'W_xh': dW_xh, 'W_hh': dW_hh, 'b_h': db_h, 'W_hy': dW_hq, 'b_y': db_q}

    def update_parameters(self, learning_rate):
        sgd(self.params, self.grads, learning_rate)


def sigmoid(x):
    return np.where(x > 0, 1 / (1 + np.exp(-np.abs(x))), 1 - 1 / (1 + np.exp(-np.abs(x))))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        def three():
            return (np.random.randn(input_size, hidden_size) * 0.2,
                    np.random.randn(hidden_size, hidden_size) * 0.2,
                    np.zeros(hidden_size))
        self.W_i, self.U_i, self.b_i = three()  # 输入门参数
        self.W_f, self.U_f, self.b_f = three()  # 遗忘门参数
        self.W_o, self.U_o, self.b_o = three()  # 输出门参数
        self.W_c, self.U_c, self.b_c = three()  # 候选记忆元参数

    def forward(self, input_t, hidden_state, cell_state):
        X, H, C = input_t, hidden_state, cell_state
        I = sigmoid((X @ self.W_i) + (H @ self.U_i) + self.b_i)
        F = sigmoid((X @ self.W_f) + (H @ self.U_f) + self.b_f)
        O = sigmoid((X @ self.W_o) + (H @ self.U_o) + self.b_o)
        C_tilda = np.tanh((X @ self.W_c) + (H @ self.U_c) + self.b_c)
        C = F * C + I * C_tilda
        H = O * np.tanh(C)
        return H, C


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length应不小于1')
    if seq_type == 'fibonacci':
        x = [0, 1]
        while len(x) < length:
            x.append(x[-1] + x[-2])
        return np.array(x[:length], dtype=np.float64)
    if seq_type == 'sine':
        time = np.arange(1, length + 1, dtype=np.float64)
        return np.sin(0.05 * time)
    raise ValueError('seq_type应为fibonacci或sine')


class Vocab:
    """文本词表（字符级）"""
    def __init__(self, tokens):
        self.idx_to_token = ['<unk>'] + sorted(set(tokens))
        self.token_to_idx = {token: idx for idx, token in enumerate(self.idx_to_token)}

    def __len__(self):
        return len(self.idx_to_token)

    def __getitem__(self, tokens):
        return [self.token_to_idx.get(token, 0) for token in tokens]


POEM = ('春眠不觉晓处处闻啼鸟夜来风雨声花落知多少' '床前明月光疑是地上霜举头望明月低头思故乡' * 1) * 8


def train_rnn_on_sequence():
    """字符级语言模型：两首绝句反复念。困惑度用交叉熵的指数表示；留出最后两遍。"""
    n_train = len(POEM) * 6 // 8
    vocab = Vocab(POEM[:n_train])
    corpus = vocab[POEM]
    one_hot = np.eye(len(vocab))

    def seq_data(lo, hi, num_steps):
        starts = range(lo, hi - num_steps)
        X = np.array([corpus[s:s + num_steps] for s in starts]).T
        Y = np.array([corpus[s + 1:s + num_steps + 1] for s in starts]).T
        return X, Y

    def train_epoch(net, X, Y, lr, batch_size=40):
        index, metric = np.random.permutation(X.shape[1]), [0.0, 0]
        for i in range(0, len(index), batch_size):
            x, y = X[:, index[i:i + batch_size]], Y[:, index[i:i + batch_size]]
            o, _ = net.forward(one_hot[x])
            p = np.exp(o - o.max(axis=2, keepdims=True))
            p /= p.sum(axis=2, keepdims=True)
            metric[0] -= np.log((p * one_hot[y]).sum(axis=2)).sum()
            metric[1] += y.size
            net.backward((p - one_hot[y]) / y.size)
            net.update_parameters(lr)
        return metric[0] / metric[1]

    error, history, chosen = {}, {}, {}
    for num_steps in (1, 3, 6):
        net = SimpleRNN(len(vocab), 32, len(vocab))
        X, Y = seq_data(0, n_train, num_steps)
        history[num_steps] = [train_epoch(net, X, Y, lr=2.0) for _ in range(40)]
        X, Y = seq_data(n_train, len(corpus), num_steps)
        pred = net.forward(one_hot[X])[0][-1].argmax(axis=1)
        error[num_steps] = float((pred != Y[-1]).mean())
        chosen[num_steps] = pred.astype(float), Y[-1].astype(float)
    pred, true = chosen[6]
    fig, axes = plt.subplots(1, 2, figsize=(11, 4))
    for num_steps, loss in history.items():
        axes[0].plot(range(1, 41), np.exp(loss), label='num_steps=%d' % num_steps)
    axes[0].set(xlabel='epoch', ylabel='perplexity', yscale='log')
    axes[0].legend()
    axes[1].plot(true, 'o', fillstyle='none', label='character index')
    axes[1].plot(pred, 'x', label='predicted')
    axes[1].legend()
    return {'losses': history[6], 'predictions': pred, 'targets': true, 'error_by_length': error, 'figure': fig}
