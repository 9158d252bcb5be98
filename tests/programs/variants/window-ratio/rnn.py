import numpy as np
import matplotlib.pyplot as plt

# 思路：斐波那契数列的绝对大小不重要，重要的是比例。
# 所以每个窗口都除以窗口里最后一个数，网络只要学会“下一项 / 最后一项”就行。
# 预测的时候再乘回去。


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        # He 初始化乘个小系数
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(2 / input_size) * 0.5
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(2 / hidden_size) * 0.5
        self.b_h = np.zeros((hidden_size,))
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(2 / hidden_size) * 0.5
        self.b_y = np.zeros((output_size,))

        # 梯度
        self.dW_xh = None
        self.dW_hh = None
        self.db_h = None
        self.dW_hy = None
        self.db_y = None

    def step(self, x, h):
        return np.tanh(x @ self.W_xh + h @ self.W_hh + self.b_h)

    def forward(self, inputs):
        seq_len, batch_size, _ = inputs.shape
        h = np.zeros((batch_size, self.W_hh.shape[0]))
        all_h, all_y = [], []
        for t in range(seq_len):
            h = self.step(inputs[t], h)
            all_h.append(h)
            all_y.append(h @ self.W_hy + self.b_y)
        self.last_inputs = np.copy(inputs)
        self.last_h = all_h
        return np.array(all_y), np.array(all_h)

    def backward(self, d_outputs):
        seq_len = len(self.last_h)
        hidden_size = self.W_hh.shape[0]
        batch_size = self.last_inputs.shape[1]
        h0 = np.zeros((batch_size, hidden_size))

        self.dW_xh = 0
        self.dW_hh = 0
        self.db_h = 0
        self.dW_hy = 0
        self.db_y = 0
        dh_from_next = h0
        t = seq_len - 1
        while t >= 0:
            h = self.last_h[t]
            h_prev = self.last_h[t - 1] if t > 0 else h0
            dh = d_outputs[t] @ self.W_hy.T + dh_from_next
            dpre = dh * (1 - h * h)
            self.dW_hy = self.dW_hy + h.T @ d_outputs[t]
            self.db_y = self.db_y + d_outputs[t].sum(axis=0)
            self.dW_xh = self.dW_xh + self.last_inputs[t].T @ dpre
            self.dW_hh = self.dW_hh + h_prev.T @ dpre
            self.db_h = self.db_h + dpre.sum(axis=0)
            dh_from_next = dpre @ self.W_hh.T
            t -= 1
        return {'W_xh': self.dW_xh, 'W_hh': self.dW_hh, 'b_h': self.db_h,
                'W_hy': self.dW_hy, 'b_y': self.db_y}

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate * self.dW_xh
        self.W_hh -= learning_rate * self.dW_hh
        self.b_h -= learning_rate * self.db_h
        self.W_hy -= learning_rate * self.dW_hy
        self.b_y -= learning_rate * self.db_y


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.hidden_size = hidden_size
        for name in ['f', 'i', 'c', 'o']:
            setattr(self, 'W_' + name, np.random.randn(input_size, hidden_size) * 0.2)
            setattr(self, 'U_' + name, np.random.randn(hidden_size, hidden_size) * 0.2)
            setattr(self, 'b_' + name, np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        # 四个门拼成一个大矩阵一起算，再切开
        W = np.concatenate([self.W_f, self.W_i, self.W_c, self.W_o], axis=1)
        U = np.concatenate([self.U_f, self.U_i, self.U_c, self.U_o], axis=1)
        b = np.concatenate([self.b_f, self.b_i, self.b_c, self.b_o])
        z = input_t @ W + hidden_state @ U + b
        n = self.hidden_size
        zf, zi, zc, zo = z[:, :n], z[:, n:2*n], z[:, 2*n:3*n], z[:, 3*n:]
        f, i, o = [np.where(v >= 0, 1.0, np.exp(np.minimum(v, 0))) / (1 + np.exp(-np.abs(v))) for v in (zf, zi, zo)]
        new_cell_state = f * cell_state + i * np.tanh(zc)
        new_hidden_state = o * np.tanh(new_cell_state)
        return new_hidden_state, new_cell_state


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length <= 0:
        raise ValueError('length 必须是正数')
    if seq_type == 'fibonacci':
        seq = [1.0, 1.0]
        while len(seq) < length:
            seq.append(seq[-1] + seq[-2])
        return np.array(seq[:length])
    if seq_type == 'sine':
        x = np.arange(0, length) * (2 * np.pi / 30)
        return np.sin(x)
    if seq_type == 'lucas':
        seq = [2.0, 1.0]
        while len(seq) < length:
            seq.append(seq[-1] + seq[-2])
        return np.array(seq[:length])
    raise ValueError('没有这种序列：' + repr(seq_type))


def make_windows(seq, start, stop, L):
    """目标下标从 start 到 stop-1；返回 (L, N, 1), (N,), (N,)"""
    xs, ys, scales = [], [], []
    for k in range(start, stop):
        w = seq[k - L:k]
        s = w[-1]                     # 只用窗口内部的数
        xs.append(w / s)
        ys.append(seq[k] / s)
        scales.append(s)
    return np.array(xs).T.reshape(L, -1, 1), np.array(ys), np.array(scales)


def train_rnn_on_sequence():
    seq = generate_sequence_data('fibonacci', 1000)
    n_train = 800

    results = {}
    for L in [3, 5, 10, 20]:
        x_train, y_train, _ = make_windows(seq, L, n_train, L)
        x_test, y_test, s_test = make_windows(seq, n_train, 1000, L)
        model = SimpleRNN(1, 10, 1)
        losses = []
        lr = 0.1
        for epoch in range(150):
            out, _ = model.forward(x_train)
            err = out[-1, :, 0] - y_train
            losses.append(np.mean(err ** 2))
            dout = np.zeros(out.shape)
            dout[-1, :, 0] = 2 * err / len(err)
            model.backward(dout)
            model.update_parameters(lr)
            if epoch % 50 == 49:
                lr = lr / 2
                print('L =', L, 'epoch', epoch + 1, 'loss', losses[-1])
        # 测试：一个窗口一个窗口地预测
        preds = []
        for j in range(len(y_test)):
            o, _ = model.forward(x_test[:, j:j + 1, :])
            preds.append(o[-1, 0, 0] * s_test[j])
        preds = np.array(preds)
        truth = seq[n_train:]
        rel = np.mean(np.abs(preds / truth - 1))
        results[L] = (losses, preds, truth, rel)

    losses, preds, truth, _ = results[5]
    fig, (ax1, ax2, ax3) = plt.subplots(3, 1, figsize=(6, 10))
    ax1.plot(losses)
    ax1.set_yscale('log')
    ax1.set_title('loss')
    ax2.plot(np.log10(truth), label='log10 true')
    ax2.plot(np.log10(np.abs(preds)), '--', label='log10 pred')
    ax2.legend()
    ax3.plot(list(results.keys()), [v[3] for v in results.values()], 'o-')
    ax3.set_title('relative error')
    return {
        'losses': losses,
        'predictions': preds,
        'targets': truth,
        'error_by_length': {L: v[3] for L, v in results.items()},
        'figure': fig,
    }


if __name__ == '__main__':
    np.random.seed(1)
    r = train_rnn_on_sequence()
    for k, v in r['error_by_length'].items():
        print(k, v)
