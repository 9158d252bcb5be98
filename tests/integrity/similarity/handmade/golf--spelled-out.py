import numpy as np
import matplotlib.pyplot as plt

NAMES = ["W_xh", "W_hh", "b_h", "W_hy", "b_y"]


def sigmoid(values):
    """Logistic function by way of tanh."""
    return 0.5 * np.tanh(0.5 * values) + 0.5


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) / input_size ** 0.5
        self.W_hh = np.random.randn(hidden_size, hidden_size) / hidden_size ** 0.5
        self.W_hy = np.random.randn(hidden_size, output_size) / hidden_size ** 0.5
        self.b_h = np.zeros(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        self.inputs = inputs
        self.states = [np.zeros((inputs.shape[1], len(self.b_h)))]
        for current in self.inputs:
            state = np.tanh(current @ self.W_xh + self.states[-1] @ self.W_hh + self.b_h)
            self.states.append(state)
        hidden = np.array(self.states[1:])
        outputs = hidden @ self.W_hy + self.b_y
        return outputs, hidden

    def backward(self, d_outputs):
        carried = 0
        gradients = [np.zeros_like(getattr(self, name)) for name in NAMES]
        for t in range(len(d_outputs))[::-1]:
            before, now = self.states[t:t + 2]
            carried = (d_outputs[t] @ self.W_hy.T + carried) * (1 - now * now)
            parts = (
                self.inputs[t].T @ carried,
                before.T @ carried,
                carried.sum(0),
                now.T @ d_outputs[t],
                d_outputs[t].sum(0),
            )
            for gradient, part in zip(gradients, parts):
                gradient += part
            carried = carried @ self.W_hh.T
        self.gradients = dict(zip(NAMES, gradients))
        return self.gradients

    def update_parameters(self, learning_rate):
        for name in NAMES:
            new = getattr(self, name) - learning_rate * self.gradients[name]
            setattr(self, name, new)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate in "fico":
            setattr(self, "W_" + gate, np.random.randn(input_size, hidden_size) * 0.2)
            setattr(self, "U_" + gate, np.random.randn(hidden_size, hidden_size) * 0.2)
            setattr(self, "b_" + gate, np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        results = []
        for function, gate in zip((sigmoid, sigmoid, np.tanh, sigmoid), "fico"):
            W, U, b = (getattr(self, kind + "_" + gate) for kind in "WUb")
            results.append(function(input_t @ W + hidden_state @ U + b))
        forget, enter, candidate, output = results
        new_cell = forget * cell_state + enter * candidate
        return output * np.tanh(new_cell), new_cell


def generate_sequence_data(seq_type="fibonacci", length=1000):
    if length < 1 or seq_type not in ("fibonacci", "sine"):
        raise ValueError
    if seq_type == "sine":
        return np.sin(np.arange(length) / 5)
    terms = [0, 1]
    for _ in range(length):
        terms.append(terms[-1] + terms[-2])
    return np.array([float(term) for term in terms[:length]])


def windows(series, length):
    pieces = [series[k:k + length] for k in range(len(series) - length)]
    return np.array(pieces).T[..., None], series[length:]


def train_rnn_on_sequence():
    series = generate_sequence_data("sine", 360)
    border = 300
    errors = {}
    for length in (4, 7, 10):
        model = SimpleRNN(1, 16, 1)
        x, y = windows(series[:border], length)
        losses = []
        for _ in range(400):
            outputs = model.forward(x)[0]
            difference = outputs[-1, :, 0] - y
            losses.append(float(difference @ difference / len(difference)))
            gradient = 0 * outputs
            gradient[-1, :, 0] = 2 * difference / len(difference)
            model.backward(gradient)
            model.update_parameters(0.1)
        x, y = windows(series[border - length:], length)
        predicted = model.forward(x)[0][-1, :, 0]
        errors[length] = float(np.mean((predicted - y) ** 2))
    figure, axes = plt.subplots(2)
    axes[0].plot(losses)
    axes[1].plot(y)
    axes[1].plot(predicted)
    return dict(losses=losses, predictions=predicted, targets=y, error_by_length=errors, figure=figure)
