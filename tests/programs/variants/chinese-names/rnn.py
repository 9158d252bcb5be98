"""第六次作业: 循环神经网络"""
import math

import numpy as np


class SimpleRNN:
    def __init__(self, 输入维度, 隐藏维度, 输出维度):
        self.输入权重 = np.random.randn(输入维度, 隐藏维度) * np.sqrt(1 / 输入维度)
        self.循环权重 = np.random.randn(隐藏维度, 隐藏维度) * np.sqrt(1 / 隐藏维度)
        self.隐藏偏置 = np.zeros(隐藏维度)
        self.输出权重 = np.random.randn(隐藏维度, 输出维度) * np.sqrt(1 / 隐藏维度)
        self.输出偏置 = np.zeros(输出维度)

    def forward(self, 输入):
        步数, 批量, _ = 输入.shape
        状态 = np.zeros((批量, len(self.隐藏偏置)))
        self.记录 = []
        输出, 全部状态 = [], []
        for t in range(步数):
            上一状态 = 状态
            状态 = np.tanh(输入[t] @ self.输入权重 + 上一状态 @ self.循环权重 + self.隐藏偏置)
            self.记录.append((输入[t], 上一状态, 状态))
            输出.append(状态 @ self.输出权重 + self.输出偏置)
            全部状态.append(状态)
        return np.array(输出), np.array(全部状态)

    def backward(self, 输出梯度):
        梯度 = {名: np.zeros_like(getattr(self, 名)) for 名 in ('输入权重', '循环权重', '隐藏偏置', '输出权重', '输出偏置')}
        未来 = 0
        for t in range(len(self.记录) - 1, -1, -1):
            x, 上一状态, 状态 = self.记录[t]
            梯度['输出权重'] += 状态.T @ 输出梯度[t]
            梯度['输出偏置'] += 输出梯度[t].sum(axis=0)
            误差 = (输出梯度[t] @ self.输出权重.T + 未来) * (1 - 状态 ** 2)
            梯度['输入权重'] += x.T @ 误差
            梯度['循环权重'] += 上一状态.T @ 误差
            梯度['隐藏偏置'] += 误差.sum(axis=0)
            未来 = 误差 @ self.循环权重.T
        self.梯度 = 梯度
        return 梯度

    def update_parameters(self, 学习率):
        for 名, 值 in self.梯度.items():
            setattr(self, 名, getattr(self, 名) - 学习率 * 值)


class LSTMCell:
    def __init__(self, 输入维度, 隐藏维度):
        self.门 = {}
        for 名称 in ['遗忘', '输入', '候选', '输出']:
            self.门[名称] = [np.random.randn(输入维度, 隐藏维度) * 0.1,
                          np.random.randn(隐藏维度, 隐藏维度) * 0.1,
                          np.zeros(隐藏维度)]

    def 计算(self, 名称, x, h, 激活):
        W, U, b = self.门[名称]
        return 激活(x @ W + h @ U + b)

    def forward(self, input_t, hidden_state, cell_state):
        S型 = lambda z: 1 / (1 + np.exp(-z))
        遗忘 = self.计算('遗忘', input_t, hidden_state, S型)
        输入 = self.计算('输入', input_t, hidden_state, S型)
        输出 = self.计算('输出', input_t, hidden_state, S型)
        候选 = self.计算('候选', input_t, hidden_state, np.tanh)
        新记忆 = 遗忘 * cell_state + 输入 * 候选
        return 输出 * np.tanh(新记忆), 新记忆


def _fib(n):
    # Python 整数不会溢出, 最后再转成 float64
    values = [1, 1]
    for _ in range(n - 2):
        values.append(values[-1] + values[-2])
    return [float(v) for v in values[:n]]


GENERATORS = {
    'fibonacci': _fib,
    'sine': lambda n: [math.sin(0.3 * k) for k in range(n)],
    'sawtooth': lambda n: [(k % 10) / 10 for k in range(n)],
    'linear': lambda n: [0.01 * k for k in range(n)],
}


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length < 1')
    try:
        generator = GENERATORS[seq_type]
    except KeyError:
        raise ValueError('seq_type 只能是: ' + ', '.join(GENERATORS)) from None
    return np.array(generator(length), dtype=np.float64)


def train_rnn_on_sequence():
    from matplotlib.figure import Figure

    t = np.arange(900)
    signal = np.sin(t * 0.17) * np.cos(t * 0.031)
    cut = 720
    report = {}
    for steps, lr in ((3, 0.1), (8, 0.1), (20, 0.08)):
        net = SimpleRNN(1, 20, 1)
        # 不重叠的片段作为一个 batch
        usable = (cut - 1) // steps * steps
        x = signal[:usable].reshape(-1, steps).T[:, :, None]
        y = signal[1:usable + 1].reshape(-1, steps).T[:, :, None]
        history = np.zeros(500)
        for e in range(500):
            p = np.array(net.forward(x)[0])
            history[e] = ((p - y) ** 2).mean()
            net.backward(2 * (p - y) / y.size)
            net.update_parameters(lr)
        test = signal[cut:]
        wx = np.lib.stride_tricks.sliding_window_view(test[:-1], steps).T[:, :, None]
        forecast = np.array(net.forward(np.ascontiguousarray(wx))[0])[-1, :, 0]
        truth = test[steps:]
        report[steps] = float(((forecast - truth) ** 2).mean() / truth.var())
    fig = Figure(figsize=(10, 4))
    left, right = fig.subplots(1, 2)
    left.semilogy(history)
    right.plot(truth)
    right.plot(forecast)
    return {'losses': list(history), 'predictions': forecast, 'targets': truth, 'error_by_length': report, 'figure': fig}
