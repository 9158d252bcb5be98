#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""斐波那契数列的个位数预测 (last digit).

权重全部放在一个 dict 里 (self.params)，同时 W_xh 等属性指向同一块内存。
"""
import sys
import time

import numpy as np
import matplotlib
if 'matplotlib.pyplot' not in sys.modules:
    matplotlib.use('Agg')
import matplotlib.pyplot as plt

GESHU = 10     # 0..9 十个数字


def glorot(rng, fan_in, fan_out):
    return rng.normal(0.0, np.sqrt(2.0 / (fan_in + fan_out)), size=(fan_in, fan_out))


class SimpleRNN(object):
    _rng = np.random.default_rng(20240601)

    def __init__(self, input_size, hidden_size, output_size):
        r = SimpleRNN._rng
        self.params = {
            'W_xh': glorot(r, input_size, hidden_size),
            'W_hh': glorot(r, hidden_size, hidden_size),
            'b_h': np.zeros((hidden_size,)),
            'W_hy': glorot(r, hidden_size, output_size),
            'b_y': np.zeros((output_size,)),
        }
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    # 让 rnn.W_xh 这样的写法也能用
    def __getattr__(self, name):
        params = self.__dict__.get('params', {})
        if name in params:
            return params[name]
        raise AttributeError(name)

    def forward(self, inputs):
        P = self.params
        T, B, I = inputs.shape
        H = P['b_h'].size
        # x W_xh 可以一次算完所有时间步
        xw = (inputs.reshape(T * B, I) @ P['W_xh']).reshape(T, B, H)
        h = np.zeros((T + 1, B, H))            # h[0] 是初始状态
        for t in range(T):
            h[t + 1] = np.tanh(xw[t] + h[t] @ P['W_hh'] + P['b_h'])
        y = h[1:] @ P['W_hy'] + P['b_y']
        self.memory = {'x': np.array(inputs), 'h': h}
        return y, h[1:].copy()

    def backward(self, d_outputs):
        P, x, h = self.params, self.memory['x'], self.memory['h']
        T = x.shape[0]
        da = np.zeros_like(h[1:])
        from_y = d_outputs @ P['W_hy'].T
        later = np.zeros_like(h[0])
        for t in range(T - 1, -1, -1):
            da[t] = (from_y[t] + later) * (1.0 - h[t + 1] ** 2)
            later = da[t] @ P['W_hh'].T
        # 时间和批一起收缩
        two = ([0, 1], [0, 1])
        self.grads = {
            'W_xh': np.tensordot(x, da, two),
            'W_hh': np.tensordot(h[:-1], da, two),
            'b_h': da.sum((0, 1)),
            'W_hy': np.tensordot(h[1:], d_outputs, two),
            'b_y': d_outputs.sum((0, 1)),
        }
        return dict(self.grads)

    def update_parameters(self, learning_rate):
        for k in self.params:
            self.params[k] -= learning_rate * self.grads[k]


class LSTMCell(object):
    def __init__(self, input_size, hidden_size):
        r = np.random.default_rng()
        for men in ('f', 'i', 'c', 'o'):
            self.__dict__['W_' + men] = glorot(r, input_size, hidden_size)
            self.__dict__['U_' + men] = glorot(r, hidden_size, hidden_size)
            self.__dict__['b_' + men] = np.zeros(hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        def sigmoid(z):
            return 1.0 / (1.0 + np.exp(-np.clip(z, -500, 500)))

        yi_wang = sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        shu_ru = sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        hou_xuan = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        shu_chu = sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)

        xin_c = yi_wang * cell_state + shu_ru * hou_xuan
        xin_h = shu_chu * np.tanh(xin_c)
        return xin_h, xin_c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in ('fibonacci', 'last_digit', 'sine'):
        raise ValueError('seq_type 必须是 fibonacci / last_digit / sine')
    if length < 1:
        raise ValueError('length 太小: %r' % length)
    if seq_type == 'sine':
        return np.sin(np.arange(length, dtype=np.float64) * np.pi / 15)
    F = [0, 1]
    while len(F) < length:
        F.append(F[-1] + F[-2])
    F = F[:length]
    if seq_type == 'last_digit':
        F = [v % 10 for v in F]
    return np.array(F, dtype=np.float64)


def train_rnn_on_sequence():
    t0 = time.time()
    digits = generate_sequence_data('last_digit', 400).astype(int)
    n_tr = 320
    xunlian, ceshi = digits[:n_tr], digits[n_tr:]
    I10 = np.identity(GESHU)

    def softmax(a):
        a = a - np.max(a, axis=2, keepdims=True)
        a = np.exp(a)
        return a / np.sum(a, axis=2, keepdims=True)

    def one_run(seq_len, epochs=400, lr=2.0):
        n = n_tr - seq_len
        X = np.zeros((seq_len, n, GESHU))
        Y = np.zeros((seq_len, n, GESHU))
        for j in range(n):
            X[:, j] = I10[xunlian[j:j + seq_len]]
            Y[:, j] = I10[xunlian[j + 1:j + seq_len + 1]]
        rnn = SimpleRNN(GESHU, 40, GESHU)
        hist = []
        for ep in range(epochs):
            prob = softmax(rnn.forward(X)[0])
            # 第一个时间步只看到一个数字，没法预测，不算损失
            hist.append(-np.mean(np.log(np.sum(prob[1:] * Y[1:], axis=2) + 1e-12)))
            d = (prob - Y) / (n * (seq_len - 1))
            d[0] = 0
            rnn.backward(d)
            rnn.update_parameters(lr)
        return rnn, hist

    error_by_length = {}
    for seq_len in (2, 3, 5):
        rnn, hist = one_run(seq_len)
        # 测试：把留出的一整段一次性送进去，第 t 步的输出预测第 t+1 个数字
        out, _ = rnn.forward(I10[ceshi[:-1]].reshape(-1, 1, GESHU))
        yuce = np.argmax(out[1:, 0, :], axis=1)
        zhenshi = ceshi[2:]
        error_by_length[seq_len] = 1 - np.mean(yuce == zhenshi)
        if seq_len == 5:
            best = hist, yuce, zhenshi
    hist, yuce, zhenshi = best

    fig = plt.figure()
    ax = fig.add_subplot(211)
    ax.plot(hist, color='tab:purple')
    ax.set_ylabel('cross entropy')
    ax = fig.add_subplot(212)
    ax.plot(zhenshi, 'ko', mfc='none', label='true digit')
    ax.plot(yuce, 'r.', label='predicted digit')
    ax.legend(loc='upper right')
    print('用时 %.1f 秒, 错误率 %s' % (time.time() - t0, error_by_length))
    return {'losses': hist, 'predictions': yuce.astype(np.float64), 'targets': zhenshi.astype(np.float64),
            'error_by_length': error_by_length, 'figure': fig}


if __name__ == '__main__':
    res = train_rnn_on_sequence()
    res['figure'].savefig('last_digit.png')
