# 循环神经网络作业
# 只用到 numpy 和 matplotlib

import numpy as np
import matplotlib.pyplot as plt

plt.rcParams["axes.unicode_minus"] = False


class SimpleRNN:
    """All parameters live in one flat vector `theta`; the matrices are views of its pieces."""

    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        n = I * H + H * H + H + H * O + O
        self.theta = np.zeros(n)
        self.grad = np.zeros(n)
        a = I * H
        b = a + H * H
        c = b + H
        d = c + H * O
        self.W_xh = self.theta[:a].reshape(I, H)
        self.W_hh = self.theta[a:b].reshape(H, H)
        self.b_h = self.theta[b:c]
        self.W_hy = self.theta[c:d].reshape(H, O)
        self.b_y = self.theta[-O:]
        self.W_xh[:] = np.random.randn(I, H) / np.sqrt(I)
        self.W_hh[:] = np.random.randn(H, H) / np.sqrt(H)
        self.W_hy[:] = np.random.randn(H, O) / np.sqrt(H)

    def forward(self, inputs):
        inputs = (inputs - inputs.mean()) / (inputs.std() + 1e-8)
        T, B, I = inputs.shape
        H = self.b_h.size
        hidden = [np.zeros((B, H))]
        for t in range(T):
            hidden.append(np.tanh(inputs[t].dot(self.W_xh) + hidden[-1].dot(self.W_hh) + self.b_h))
        self.inputs, self.hidden = inputs, hidden
        states = np.array(hidden[1:])
        return states.dot(self.W_hy) + self.b_y, states

    def backward(self, d_outputs):
        dWxh = np.zeros(self.W_xh.shape)
        dWhh = np.zeros(self.W_hh.shape)
        dbh = np.zeros(self.b_h.shape)
        dWhy = np.zeros(self.W_hy.shape)
        dby = d_outputs.sum(axis=1).sum(axis=0)
        flow = 0
        for t in range(len(d_outputs), 0, -1):
            h = self.hidden[t]
            dWhy += h.T.dot(d_outputs[t - 1])
            e = (d_outputs[t - 1].dot(self.W_hy.T) + flow) * (1 - h * h)
            dWxh += self.inputs[t - 1].T.dot(e)
            dWhh += self.hidden[t - 1].T.dot(e)
            dbh += e.sum(axis=0)
            flow = e.dot(self.W_hh.T)
        self.grad = np.concatenate([dWxh.ravel(), dWhh.ravel(), dbh, dWhy.ravel(), dby])
        return {'W_xh': dWxh, 'W_hh': dWhh, 'b_h': dbh, 'W_hy': dWhy, 'b_y': dby}

    def update_parameters(self, learning_rate):
        self.theta -= learning_rate * self.grad


class LSTMCell:
    """LSTM单元

    遗忘门决定丢掉多少旧记忆, 输入门决定写入多少新记忆, 输出门决定输出多少记忆。
    """

    def __init__(self, input_size, hidden_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        # 遗忘门
        self.W_f, self.U_f, self.b_f = self._init_gate()
        # 输入门
        self.W_i, self.U_i, self.b_i = self._init_gate()
        # 候选记忆
        self.W_c, self.U_c, self.b_c = self._init_gate()
        # 输出门
        self.W_o, self.U_o, self.b_o = self._init_gate()

    def _init_gate(self):
        """生成一个门的三个参数"""
        W = np.random.randn(self.input_size, self.hidden_size) * 0.5 / np.sqrt(self.input_size)
        U = np.random.randn(self.hidden_size, self.hidden_size) * 0.5 / np.sqrt(self.hidden_size)
        b = np.zeros(self.hidden_size)
        return W, U, b

    @staticmethod
    def _sigmoid(x):
        """数值稳定的sigmoid"""
        positive = 1.0 / (1.0 + np.exp(-np.maximum(x, 0)))
        small = np.exp(np.minimum(x, 0))
        negative = small / (1.0 + small)
        return np.where(x >= 0, positive, negative)

    def forward(self, input_t, hidden_state, cell_state):
        # 1. 三个门
        forget_gate = self._sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        input_gate = self._sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        output_gate = self._sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        # 2. 候选记忆
        candidate = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        # 3. 更新细胞状态
        new_cell = forget_gate * cell_state + input_gate * candidate
        # 4. 新的隐藏状态
        new_hidden = output_gate * np.tanh(new_cell)
        return new_hidden, new_cell


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """'fibonacci' by Binet's formula, 'sine' with 25 terms per period."""
    if length < 1:
        raise ValueError("length must be positive, not {}".format(length))
    n = np.arange(length)
    if seq_type == 'fibonacci':
        root5 = np.sqrt(5.0)
        phi = (1.0 + root5) / 2.0
        psi = (1.0 - root5) / 2.0
        return np.round((np.power(phi, n) - np.power(psi, n)) / root5).astype(np.int64).astype(np.float64)
    if seq_type == 'sine':
        return np.sin(2 * np.pi * (n / 25))
    raise ValueError("unknown seq_type {!r}".format(seq_type))


CONFIG = {
    'n': 450,
    'train': 330,
    'hidden': 20,
    'rate': 0.07,
    'epochs': 60,
    'updates_per_epoch': 15,
    'batch': 32,
    'lengths': (8, 14, 20, 26),
    'show': 14,
}


def train_rnn_on_sequence(cfg=CONFIG):
    rng = np.random.default_rng(5)
    np.random.seed(5)
    seq = generate_sequence_data('sine', cfg['n'])
    past, future = seq[:cfg['train']], seq[cfg['train']:]
    a, b = past.min(), past.max()
    norm = lambda v: 2 * (v - a) / (b - a) - 1
    denorm = lambda v: (v + 1) * (b - a) / 2 + a
    past_n, future_n = norm(past), norm(future)

    report = {}
    for L in cfg['lengths']:
        model = SimpleRNN(1, cfg['hidden'], 1)
        losses = []
        for epoch in range(cfg['epochs']):
            total = 0.0
            for _ in range(cfg['updates_per_epoch']):
                start = rng.integers(0, len(past_n) - L, size=cfg['batch'])
                grid = start[None, :] + np.arange(L + 1)[:, None]
                chunk = past_n[grid][:, :, None]
                y, h = model.forward(chunk[:-1])
                residual = y[-1] - chunk[-1]
                total += np.mean(residual ** 2)
                grad = np.zeros_like(y)
                grad[-1] = 2 * residual / cfg['batch']
                model.backward(grad)
                model.update_parameters(cfg['rate'])
            losses.append(total / cfg['updates_per_epoch'])
        pred, true = [], []
        for k in range(len(future_n) - L):
            y, h = model.forward(future_n[k:k + L].reshape(L, 1, 1))
            pred.append(denorm(y[-1, 0, 0]))
            true.append(future[k + L])
        pred, true = np.array(pred), np.array(true)
        report[L] = losses, pred, true, float(np.sqrt(((pred - true) ** 2).mean()))

    losses, pred, true, _ = report[cfg['show']]
    fig, (ax_loss, ax_fit) = plt.subplots(1, 2, figsize=(10, 4))
    ax_loss.plot(losses)
    ax_fit.plot(true, label='truth')
    ax_fit.plot(pred, label='RNN')
    ax_fit.legend()
    return {
        'losses': losses,
        'predictions': pred,
        'targets': true,
        'error_by_length': {L: r[3] for L, r in report.items()},
        'figure': fig,
    }
