# -*- coding: utf-8 -*-
"""RNN 作业。 参考了 sklearn 的 fit / predict 接口。"""
import numpy as np
from matplotlib import pyplot as plt


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        scale_in = 1.0 / np.sqrt(max(input_size, 1))
        scale_h = 1.0 / np.sqrt(hidden_size)
        self.W_xh = np.random.uniform(-scale_in, scale_in, (input_size, hidden_size))
        self.W_hh = np.random.uniform(-scale_h, scale_h, (hidden_size, hidden_size))
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.uniform(-scale_h, scale_h, (hidden_size, output_size))
        self.b_y = np.zeros(output_size)
        self.tidu = {}

    def forward(self, inputs):
        self._xulie = [np.array(x) for x in inputs]
        self._zhuangtai = []
        yincang = np.zeros((inputs.shape[1], self.W_hh.shape[0]))
        shuchu = []
        for x in self._xulie:
            yincang = np.tanh(x @ self.W_xh + yincang @ self.W_hh + self.b_h)
            self._zhuangtai.append(yincang)
            shuchu.append(yincang @ self.W_hy + self.b_y)
        return np.array(shuchu), np.array(self._zhuangtai)

    def backward(self, d_outputs):
        canshu = ['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y']
        self.tidu = {m: np.zeros(getattr(self, m).shape) for m in canshu}
        chuan = np.zeros(self._zhuangtai[0].shape)
        for t in range(len(self._xulie) - 1, -1, -1):
            h = self._zhuangtai[t]
            if t >= 1:
                h_qian = self._zhuangtai[t - 1]
            else:
                h_qian = np.zeros(h.shape)
            self.tidu['W_hy'] += h.T @ d_outputs[t]
            self.tidu['b_y'] += d_outputs[t].sum(axis=0)
            dh = d_outputs[t] @ self.W_hy.T + chuan
            da = dh - dh * h * h
            self.tidu['W_xh'] += self._xulie[t].T @ da
            self.tidu['W_hh'] += h_qian.T @ da
            self.tidu['b_h'] += da.sum(axis=0)
            chuan = da @ self.W_hh.T
        return self.tidu

    def update_parameters(self, learning_rate):
        for m, g in self.tidu.items():
            setattr(self, m, getattr(self, m) - learning_rate * g)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for men in 'fico':
            setattr(self, 'W_' + men, np.random.randn(input_size, hidden_size) * 0.15)
            setattr(self, 'U_' + men, np.random.randn(hidden_size, hidden_size) * 0.15)
            setattr(self, 'b_' + men, np.zeros(hidden_size))

    def _sigmoid(self, x):
        e = np.exp(-abs(x))
        return np.where(x >= 0, 1, e) / (1 + e)

    def forward(self, input_t, hidden_state, cell_state):
        f = self._sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i = self._sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        o = self._sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        g = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        xin_xibao = f * cell_state + i * g
        return o * np.tanh(xin_xibao), xin_xibao


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 要大于 0')
    n = np.arange(length)
    if seq_type == 'sine':
        return np.sin(2 * np.pi * n / 28)
    if seq_type == 'am':
        return (1 + 0.5 * np.sin(0.05 * n)) * np.sin(0.4 * n)
    if seq_type == 'fibonacci':
        shu = [0.0, 1.0][:length]
        for _ in range(length - 2):
            shu.append(shu[-1] + shu[-2])
        return np.array(shu)
    raise ValueError('seq_type 不支持: %s' % seq_type)


class Regressor:
    """fit(序列), predict(序列)"""

    def __init__(self, chang, lr, lunshu=40):
        self.chang, self.lr, self.lunshu = chang, lr, lunshu

    def _chuangkou(self, s):
        s = s / self.zuida
        idx = np.arange(len(s) - self.chang)[None] + np.arange(self.chang + 1)[:, None]
        kuai = s[idx][:, :, None]
        return kuai[:-1], kuai[-1]

    def fit(self, s, zuida):
        self.zuida = zuida
        X, Y = self._chuangkou(s)
        self.rnn = SimpleRNN(1, 14, 1)
        self.loss_ = []
        for _ in range(self.lunshu):
            zong = 0.0
            for b in np.array_split(np.random.permutation(len(Y)), 12):
                O, _h = self.rnn.forward(X[:, b])
                cha = O[-1] - Y[b]
                zong += float((cha ** 2).sum())
                dO = np.zeros_like(O)
                dO[-1] = 2 * cha / len(b)
                self.rnn.backward(dO)
                self.rnn.update_parameters(self.lr)
            self.loss_.append(zong / len(Y))
        return self

    def predict(self, s):
        X, Y = self._chuangkou(s)
        return self.rnn.forward(X)[0][-1, :, 0] * self.zuida, Y[:, 0] * self.zuida

    def mae(self, s):
        p, y = self.predict(s)
        return float(np.abs(p - y).mean())


def train_rnn_on_sequence():
    np.random.seed(5)
    quan = generate_sequence_data('am', 420)
    xun, yan, ce = quan[:260], quan[260:340], quan[340:]
    zuida = np.abs(xun).max()

    wucha, moxing = {}, {}
    for chang in (4, 8, 16):
        # 第一步：在验证集上挑学习率
        hou_xuan = [Regressor(chang, lr, lunshu=15).fit(xun, zuida) for lr in (0.03, 0.15)]
        zuihao = min(hou_xuan, key=lambda r: r.mae(yan))
        # 第二步：学习率定了，用全部数据重新训练最终模型，数据越多越好
        zui_zhong = Regressor(chang, zuihao.lr).fit(quan, zuida)
        # 第三步：测试
        wucha[chang] = zui_zhong.mae(ce)
        moxing[chang] = zui_zhong
        print('长度', chang, '学习率', zuihao.lr, 'MAE', wucha[chang])

    m = moxing[8]
    p, y = m.predict(ce)
    fig, zhou = plt.subplots(2, 1)
    zhou[0].plot(m.loss_)
    zhou[0].set_title('loss')
    zhou[1].plot(y, label='y')
    zhou[1].plot(p, '.', label='yhat')
    zhou[1].legend()
    return {'losses': m.loss_, 'predictions': p, 'targets': y, 'error_by_length': wucha, 'figure': fig}
