#!/usr/bin/env python3
# coding: utf-8
'''
zuoye 6: xunhuan shenjing wangluo (RNN)
bianliang ming yong pinyin, fangbian ziji kan
'''
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class SimpleRNN:

    canshu_ming = ['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y']

    def __init__(self, input_size, hidden_size, output_size):
        def suiji(hang, lie):
            # He chushihua, zai cheng 0.5
            return np.random.randn(hang, lie) * np.sqrt(2.0 / hang) * 0.5

        self.W_xh = suiji(input_size, hidden_size)
        self.W_hh = suiji(hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = suiji(hidden_size, output_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        shijian, pi, _ = inputs.shape
        yincang = np.zeros((pi, self.b_h.shape[0]))       # h_0
        self.shuru = []
        self.jiu_yincang = []
        self.xin_yincang = []
        shuchu = []
        for bu in range(shijian):
            self.shuru.append(np.array(inputs[bu]))
            self.jiu_yincang.append(yincang)
            yincang = np.tanh(self.shuru[bu] @ self.W_xh + yincang @ self.W_hh + self.b_h)
            self.xin_yincang.append(yincang)
            shuchu.append(yincang @ self.W_hy + self.b_y)
        return np.array(shuchu), np.array(self.xin_yincang)

    def backward(self, d_outputs):
        tidu = {}
        for ming in self.canshu_ming:
            tidu[ming] = np.zeros(getattr(self, ming).shape)
        houmian = np.zeros(self.xin_yincang[-1].shape)    # cong hou yi bu chuan lai de tidu
        bu = len(self.shuru) - 1
        while bu >= 0:
            h = self.xin_yincang[bu]
            dy = d_outputs[bu]
            tidu['W_hy'] += h.T @ dy
            tidu['b_y'] += np.sum(dy, axis=0)
            dh = dy @ self.W_hy.T + houmian
            dz = dh * (1 - h ** 2)
            tidu['W_xh'] += self.shuru[bu].T @ dz
            tidu['W_hh'] += self.jiu_yincang[bu].T @ dz
            tidu['b_h'] += np.sum(dz, axis=0)
            houmian = dz @ self.W_hh.T
            bu -= 1
        self.tidu = tidu
        return tidu

    def update_parameters(self, learning_rate):
        for ming in self.canshu_ming:
            jiu = getattr(self, ming)
            setattr(self, ming, jiu - learning_rate * self.tidu[ming])


class Men:
    '''yi ge men (gate), canshu cun zai LSTMCell li'''

    def __init__(self, xibao, zimu, jihuo):
        self.xibao, self.zimu, self.jihuo = xibao, zimu, jihuo

    def __call__(self, x, h):
        W = getattr(self.xibao, 'W_' + self.zimu)
        U = getattr(self.xibao, 'U_' + self.zimu)
        b = getattr(self.xibao, 'b_' + self.zimu)
        return self.jihuo(x @ W + h @ U + b)


def sigmoid(z):
    zheng = 1 / (1 + np.exp(-np.maximum(z, 0)))           # z >= 0 shi dui
    fu = np.exp(np.minimum(z, 0))
    fu = fu / (1 + fu)                                    # z < 0 shi dui
    return np.where(z >= 0, zheng, fu)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for zimu in 'fico':
            bian = np.sqrt(6 / (input_size + hidden_size))
            setattr(self, 'W_' + zimu, np.random.uniform(-bian, bian, (input_size, hidden_size)))
            bian = np.sqrt(3 / hidden_size)
            setattr(self, 'U_' + zimu, np.random.uniform(-bian, bian, (hidden_size, hidden_size)))
            setattr(self, 'b_' + zimu, np.zeros(hidden_size))
        self.yiwang_men = Men(self, 'f', sigmoid)
        self.shuru_men = Men(self, 'i', sigmoid)
        self.houxuan = Men(self, 'c', np.tanh)
        self.shuchu_men = Men(self, 'o', sigmoid)

    def forward(self, input_t, hidden_state, cell_state):
        f = self.yiwang_men(input_t, hidden_state)
        i = self.shuru_men(input_t, hidden_state)
        g = self.houxuan(input_t, hidden_state)
        o = self.shuchu_men(input_t, hidden_state)
        xin_c = f * cell_state + i * g
        xin_h = o * np.tanh(xin_c)
        return xin_h, xin_c


def feibonaqi(n, jiyi=[0, 1]):
    '''jiyihua: suanguo de xiang bu yong chongxin suan'''
    while len(jiyi) < n:
        jiyi.append(jiyi[-1] + jiyi[-2])      # Python zhengshu bu hui yichu
    return np.array([float(x) for x in jiyi])


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('changdu tai xiao')
    if seq_type == 'fibonacci':
        return feibonaqi(length)
    elif seq_type == 'sine':
        return np.sin(2 * np.pi * np.arange(length) / 30)
    elif seq_type == 'shuaijian':
        return np.sin(2 * np.pi * np.arange(length) / 30) * 0.999 ** np.arange(length)
    raise ValueError('meiyou zhe zhong xulie: ' + repr(seq_type))


def qie_chuangkou(xulie, changdu):
    x, y = [], []
    for k in range(0, len(xulie) - changdu):
        x.append(xulie[k:k + changdu])
        y.append(xulie[k + changdu])
    x = np.transpose(np.array(x))             # (changdu, geshu)
    return np.expand_dims(x, 2), np.array(y)


def train_rnn_on_sequence():
    shuju = generate_sequence_data('sine', 400)
    xunlian, ceshi = np.split(shuju, [300])
    junzhi, biaozhuncha = np.mean(xunlian), np.std(xunlian)
    xunlian = (xunlian - junzhi) / biaozhuncha
    ceshi = (ceshi - junzhi) / biaozhuncha

    jieguo = {}
    for changdu in [2, 6, 10]:
        wangluo = SimpleRNN(1, 15, 1)
        x, y = qie_chuangkou(xunlian, changdu)
        sunshi = []
        for lun in range(180):
            shuchu, _ = wangluo.forward(x)
            cha = shuchu[-1, :, 0] - y
            sunshi.append(float(np.mean(cha * cha)))
            d = np.zeros(shuchu.shape)
            d[-1, :, 0] = 2 * cha / len(y)
            wangluo.backward(d)
            wangluo.update_parameters(0.1)
        x, y = qie_chuangkou(ceshi, changdu)
        yuce = wangluo.forward(x)[0][-1, :, 0] * biaozhuncha + junzhi
        zhenshi = y * biaozhuncha + junzhi
        jieguo[changdu] = (sunshi, yuce, zhenshi, float(np.mean(np.abs(yuce - zhenshi))))

    tu = Figure(figsize=(9, 4))
    FigureCanvasAgg(tu)
    zuo = tu.add_subplot(1, 2, 1)
    you = tu.add_subplot(1, 2, 2)
    for changdu in jieguo:
        zuo.plot(jieguo[changdu][0], label=str(changdu))
    zuo.set_xlabel('lun (epoch)')
    zuo.set_ylabel('sunshi (loss)')
    zuo.set_yscale('log')
    zuo.legend(title='changdu')
    you.plot(jieguo[10][2], 'g-', label='zhenshi')
    you.plot(jieguo[10][1], 'mx', label='yuce')
    you.legend()
    return {
        'losses': jieguo[10][0],
        'predictions': jieguo[10][1],
        'targets': jieguo[10][2],
        'error_by_length': {k: v[3] for k, v in jieguo.items()},
        'figure': tu,
    }
