# -*- coding: utf-8 -*-
# 姓名: 张三  学号: 2023000000
import matplotlib.pyplot as plt
import numpy as np

plt.rcParams['axes.unicode_minus'] = False


def tanh(x):
    # 数值稳定的写法
    e = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - e) / (1 + e)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        np.random.seed(0)
        self.parameters = {
            "Waa": np.random.randn(hidden_size, hidden_size) * 0.1,
            "Wax": np.random.randn(hidden_size, input_size) * 0.1,
            "Wya": np.random.randn(output_size, hidden_size) * 0.1,
            "ba": np.zeros((hidden_size, 1)),
            "by": np.zeros((output_size, 1)),
        }

    def _cell_forward(self, xt, a_prev):
        p = self.parameters
        a_next = tanh(p["Waa"] @ a_prev + p["Wax"] @ xt + p["ba"])
        yt = p["Wya"] @ a_next + p["by"]
        return a_next, yt, {"a_next": a_next, "a_prev": a_prev, "xt": xt}

    def _cell_backward(self, da_next, cache):
        dz = (1 - cache["a_next"] ** 2) * da_next
        return {
            "dxt": self.parameters["Wax"].T @ dz,
            "dWax": dz @ cache["xt"].T,
            "da_prev": self.parameters["Waa"].T @ dz,
            "dWaa": dz @ cache["a_prev"].T,
            "dba": dz.sum(axis=1, keepdims=True),
        }

    def forward(self, inputs):
        a = np.zeros((self.parameters["Waa"].shape[0], inputs.shape[1]))
        self.caches, ys, hs = [], [], []
        for xt in inputs:
            a, yt, cache = self._cell_forward(xt.T, a)
            self.caches.append(cache)
            ys.append(yt.T)
            hs.append(a.T)
        return np.array(ys), np.array(hs)

    def backward(self, d_outputs):
        grads = {"d" + k: np.zeros_like(v) for k, v in self.parameters.items()}
        da_prev = 0
        for t in reversed(range(len(self.caches))):
            cache, dy = self.caches[t], d_outputs[t].T
            grads["dWya"] += dy @ cache["a_next"].T
            grads["dby"] += dy.sum(axis=1, keepdims=True)
            step = self._cell_backward(self.parameters["Wya"].T @ dy + da_prev, cache)
            for k in ("dWax", "dWaa", "dba"):
                grads[k] += step[k]
            da_prev = step["da_prev"]
        grads["da0"] = da_prev
        self.grads = grads
        return grads

    def update_parameters(self, learning_rate):
        for k in self.parameters:
            self.parameters[k] = self.parameters[k] - learning_rate * self.grads["d" + k]


class LSTMCell:
    """每个门一个矩阵,作用在 [h; x] 上(吴恩达课程的写法)"""

    def __init__(self, input_size, hidden_size):
        n = hidden_size + input_size
        self.Wf = np.random.randn(hidden_size, n) * 0.1
        self.Wf[:, hidden_size:] *= 0
        self.bf = np.ones((hidden_size, 1))      # 遗忘门偏置初始化为 1
        self.Wi = np.random.randn(hidden_size, n) * 0.1
        self.bi = np.zeros((hidden_size, 1))
        self.Wc = np.random.randn(hidden_size, n) * 0.1
        self.bc = np.zeros((hidden_size, 1))
        self.Wo = np.random.randn(hidden_size, n) * 0.1
        self.bo = np.zeros((hidden_size, 1))

    @staticmethod
    def sigmoid(z):
        return 1 / (1 + np.exp(-np.clip(z, -500, 500)))

    def forward(self, input_t, hidden_state, cell_state):
        concat = np.concatenate((hidden_state.T, input_t.T), axis=0)   # (H+I, B)
        ft = self.sigmoid(np.dot(self.Wf, concat) + self.bf)
        it = self.sigmoid(np.dot(self.Wi, concat) + self.bi)
        cct = np.tanh(np.dot(self.Wc, concat) + self.bc)
        ot = self.sigmoid(np.dot(self.Wo, concat) + self.bo)
        c_next = ft * cell_state.T + it * cct
        a_next = ot * np.tanh(c_next)
        self.cache = (concat, ft, it, cct, ot, c_next)
        return a_next.T, c_next.T


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 不能小于 1')
    match seq_type:
        case 'fibonacci':
            terms = np.zeros(max(length, 2), dtype=np.longdouble)
            terms[:2] = 0, 1
            for k in range(2, length):
                terms[k] = terms[k - 1] + terms[k - 2]
            return terms[:length].astype(np.float64)
        case 'sine':
            return np.sin(np.arange(length) / 5.0)
        case 'noisy_sine':
            return np.sin(np.arange(length) / 5.0) + 0.05 * np.random.default_rng(0).standard_normal(length)
        case _:
            raise ValueError(f'没有这种序列: {seq_type}')


def train_rnn_on_sequence():
    """逐条样本训练 (batch = 1),慢一些,但和公式一一对应"""
    data = np.sin(0.45 * np.arange(160))   # 每个周期约 14 个点
    train, test = data[:120], data[120:]
    error_by_length = {}
    for T in (2, 5, 10):
        rnn = SimpleRNN(1, 8, 1)
        losses = []
        for epoch in range(45):
            total = 0
            count = 0
            for start in range(0, len(train) - T):
                x = train[start:start + T].reshape(T, 1, 1)
                y = train[start + 1:start + T + 1].reshape(T, 1, 1)
                out, _ = rnn.forward(x)
                diff = np.array(out) - y
                total += np.mean(diff ** 2)
                count += 1
                rnn.backward(2 * diff / T)
                rnn.update_parameters(0.02)
            losses.append(total / count)
        predictions, targets = [], []
        for start in range(len(test) - T):
            out, _ = rnn.forward(test[start:start + T].reshape(T, 1, 1))
            predictions.append(float(np.array(out)[-1, 0, 0]))
            targets.append(float(test[start + T]))
        predictions, targets = np.array(predictions), np.array(targets)
        error_by_length[T] = float(np.mean((predictions - targets) ** 2))
    fig = plt.figure(figsize=(8, 6))
    plt.subplot(211)
    plt.plot(losses)
    plt.xlabel('epoch')
    plt.subplot(212)
    plt.plot(targets, label='target')
    plt.plot(predictions, label='prediction')
    plt.legend()
    plt.close(fig)
    return {'losses': losses, 'predictions': predictions, 'targets': targets,
            'error_by_length': error_by_length, 'figure': fig}
