import numpy as np


class RNNCell:
    """单个时间步的计算,输入输出都是 (batch, ...)"""

    def __init__(self, input_size, hidden_size):
        self.Wx = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.Wh = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b = np.zeros(hidden_size)

    def __call__(self, x, h):
        return np.tanh(x @ self.Wx + h @ self.Wh + self.b)

    def backward(self, x, h_prev, h, dh):
        da = dh * (1 - h ** 2)
        grads = {'Wx': x.T @ da, 'Wh': h_prev.T @ da, 'b': da.sum(axis=0)}
        return da @ self.Wh.T, grads


class OutputLayer:
    def __init__(self, hidden_size, output_size):
        self.W = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b = np.zeros(output_size)

    def __call__(self, h):
        return h @ self.W + self.b


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.cell = RNNCell(input_size, hidden_size)
        self.head = OutputLayer(hidden_size, output_size)
        self.hidden_size = hidden_size
        self.grads = {}

    def forward(self, inputs):
        self.inputs = inputs
        self.states = [np.zeros((inputs.shape[1], self.hidden_size))]
        for x in inputs:
            self.states.append(self.cell(x, self.states[-1]))
        return np.stack([self.head(h) for h in self.states[1:]]), np.stack(self.states[1:])

    def backward(self, d_outputs):
        total = {'Wx': 0, 'Wh': 0, 'b': 0}
        dWy = np.zeros_like(self.head.W)
        dby = np.zeros_like(self.head.b)
        dh = np.zeros_like(self.states[0])
        for t in reversed(range(len(self.inputs))):
            dWy += self.states[t + 1].T @ d_outputs[t]
            dby += d_outputs[t].sum(axis=0)
            dh = dh + d_outputs[t] @ self.head.W.T
            dh, step = self.cell.backward(self.inputs[t], self.states[t], self.states[t + 1], dh)
            for key in total:
                total[key] = total[key] + step[key]
        self.grads = {'cell': total, 'head': {'W': dWy, 'b': dby}}
        return self.grads

    def update_parameters(self, learning_rate):
        for part in ('cell', 'head'):
            module = getattr(self, part)
            for key, grad in self.grads[part].items():
                setattr(module, key, getattr(module, key) - learning_rate * grad)


class Gate:
    """一个门: activation(x W + h U + b)"""

    def __init__(self, input_size, hidden_size, activation, bias=0.0):
        self.W = np.random.randn(input_size, hidden_size) / np.sqrt(input_size)
        self.U = np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size)
        self.b = np.full(hidden_size, bias)
        self.activation = activation

    def __call__(self, x, h):
        return self.activation(x @ self.W + h @ self.U + self.b)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        logistic = lambda z: 1 / (1 + np.exp(-z))
        self.forget = Gate(input_size, hidden_size, logistic, bias=1.0)
        self.input = Gate(input_size, hidden_size, logistic)
        self.output = Gate(input_size, hidden_size, logistic)
        self.candidate = Gate(input_size, hidden_size, np.tanh)

    def forward(self, input_t, hidden_state, cell_state):
        kept = self.forget(input_t, hidden_state) * cell_state
        added = self.input(input_t, hidden_state) * self.candidate(input_t, hidden_state)
        cell = kept + added
        return self.output(input_t, hidden_state) * np.tanh(cell), cell


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """生成序列: fibonacci (从 0, 1 开始) / sine / cosine / square"""
    if not isinstance(length, (int, np.integer)) or length < 1:
        raise ValueError("length 应为正整数")
    t = np.arange(length)
    if seq_type == 'fibonacci':
        data = [0.0, 1.0]
        while len(data) < length:
            data.append(data[-1] + data[-2])
        return np.array(data[:length], dtype=np.float64)
    if seq_type == 'sine':
        return np.sin(0.1 * t)
    if seq_type == 'cosine':
        return np.cos(0.1 * t)
    if seq_type == 'square':
        return np.sign(np.sin(0.1 * t) + 1e-12)
    raise ValueError("不支持的序列类型")


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
