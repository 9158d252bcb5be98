"""我的循环神经网络作业。所有矩阵运算都用显式循环写出，便于理解。"""
import numpy as np
from matplotlib import pyplot


def matmul(left, right):
    # 逐行逐列相乘
    result = np.zeros((len(left), len(right[0])))
    for row in range(len(left)):
        for col in range(len(right[0])):
            result[row, col] = (left[row] * right[:, col]).sum()
    return result


def accumulate(first, second):
    return matmul(first.T, second)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        def start(rows, columns):
            scale = (1 / rows) ** 0.5
            return scale * np.random.uniform(-1, 1, size=(rows, columns))

        self.b_h, self.b_y = np.zeros(hidden_size), np.zeros(output_size)
        self.W_hy = start(hidden_size, output_size)
        self.W_hh = start(hidden_size, hidden_size)
        self.W_xh = start(input_size, hidden_size)

    def forward(self, inputs):
        steps, batch = inputs.shape[:2]
        self.inputs_seen = inputs
        self.states = np.zeros((steps, batch, len(self.b_h)))
        outputs = np.zeros((steps, batch, len(self.b_y)))
        previous = np.zeros((batch, len(self.b_h)))
        step = 0
        while step < steps:
            activation = matmul(inputs[step], self.W_xh)
            activation = activation + matmul(previous, self.W_hh)
            previous = np.tanh(activation + self.b_h)
            self.states[step] = previous
            outputs[step] = matmul(previous, self.W_hy) + self.b_y
            step += 1
        return outputs, np.array(self.states)

    def backward(self, d_outputs):
        steps = d_outputs.shape[0]
        result = {}
        for name in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y'):
            result[name] = getattr(self, name) * 0
        for step in range(steps):
            # 输出层
            result['b_y'] = result['b_y'] + np.sum(d_outputs[step], axis=0)
            result['W_hy'] = result['W_hy'] + accumulate(self.states[step], d_outputs[step])
            # 沿时间往回走
            error = matmul(d_outputs[step], self.W_hy.T)
            error = error * (1 - self.states[step] ** 2)
            earlier = step
            while earlier >= 0:
                result['b_h'] = result['b_h'] + np.sum(error, axis=0)
                result['W_xh'] = result['W_xh'] + accumulate(self.inputs_seen[earlier], error)
                if earlier > 0:
                    result['W_hh'] = result['W_hh'] + accumulate(self.states[earlier - 1], error)
                    error = matmul(error, self.W_hh.T) * (1 - self.states[earlier - 1] ** 2)
                earlier -= 1
        self.result = result
        return result

    def update_parameters(self, learning_rate):
        for name, gradient in self.result.items():
            setattr(self, name, getattr(self, name) - learning_rate * gradient)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate in ('f', 'i', 'c', 'o'):
            setattr(self, f'b_{gate}', np.zeros(hidden_size))
            setattr(self, f'W_{gate}', np.random.uniform(-0.4, 0.4, (input_size, hidden_size)))
            setattr(self, f'U_{gate}', np.random.uniform(-0.4, 0.4, (hidden_size, hidden_size)))

    def gate(self, letter, x, h):
        return matmul(x, getattr(self, f'W_{letter}')) + matmul(h, getattr(self, f'U_{letter}')) + getattr(self, f'b_{letter}')

    def squash(self, value):
        small = np.exp(-np.abs(value))
        return np.where(value < 0, small / (1 + small), 1 / (1 + small))

    def forward(self, input_t, hidden_state, cell_state):
        memory = self.squash(self.gate('f', input_t, hidden_state)) * cell_state
        memory = memory + self.squash(self.gate('i', input_t, hidden_state)) * np.tanh(self.gate('c', input_t, hidden_state))
        return self.squash(self.gate('o', input_t, hidden_state)) * np.tanh(memory), memory


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length <= 0:
        raise ValueError('长度必须为正')
    if seq_type == 'sine':
        angles = np.pi * np.arange(length) / 15
        return np.sin(angles)
    if seq_type != 'fibonacci':
        raise ValueError('未知类型')
    numbers = np.ones(length)
    position = 2
    while position < length:
        numbers[position] = numbers[position - 1] + numbers[position - 2]
        position += 1
    return numbers


def train_rnn_on_sequence():
    wave = generate_sequence_data('sine', 260)
    border = 200
    found = {}
    for window in (3, 4, 6):
        rows = []
        for j in range(window):
            rows.append(wave[j:border - window + j])
        X = np.stack(rows)[:, :, None]
        Y = wave[window:border]
        model = SimpleRNN(1, 10, 1)
        history = []
        for epoch in range(40):
            start = 0
            while start < len(Y):
                out, _ = model.forward(X[:, start:start + 50])
                gap = out[-1, :, 0] - Y[start:start + 50]
                grad = np.zeros_like(out)
                grad[-1, :, 0] = 2 * gap / len(gap)
                model.backward(grad)
                model.update_parameters(0.1)
                start += 50
            everything = model.forward(X)[0][-1, :, 0]
            history.append(float(((everything - Y) ** 2).mean()))
        test = np.stack([wave[border - window + j:len(wave) - window + j] for j in range(window)])[:, :, None]
        found[window] = (history, model.forward(test)[0][-1, :, 0], wave[border:])
    history, guess, truth = found[6]
    figure, axes = pyplot.subplots(2)
    axes[0].plot(history)
    axes[1].plot(truth)
    axes[1].plot(guess)
    errors = {}
    for window, (_, g, t) in found.items():
        errors[window] = float(((g - t) ** 2).mean())
    return {'error_by_length': errors, 'figure': figure, 'targets': truth, 'predictions': guess, 'losses': history}
