# -*- coding: utf-8 -*-
import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length must be at least 1')
    if seq_type == 'fibonacci':
        seq = [0.0, 1.0]
        while len(seq) < length:
            seq.append(seq[-1] + seq[-2])
        return np.array(seq[:length], dtype=np.float64)
    elif seq_type == 'sine':
        t = np.arange(length) * 0.1
        return np.sin(t)
    else:
        raise ValueError('unknown sequence type: ' + str(seq_type))


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        he = lambda *shape: np.random.standard_normal(shape) * (2.0 / shape[0]) ** 0.5 * 0.5
        self.W_xh, self.W_hh, self.W_hy = he(input_size, hidden_size), he(hidden_size, hidden_size), he(hidden_size, output_size)
        self.b_h, self.b_y = np.zeros(hidden_size), np.zeros(output_size)

    def _states(self, inputs):
        h = np.zeros((inputs.shape[1], self.W_hh.shape[1]))
        for x in inputs:
            h = np.tanh(x @ self.W_xh + h @ self.W_hh + self.b_h)
            yield h

    def forward(self, inputs):
        self.inputs = inputs
        self.hidden = np.array(list(self._states(inputs)))
        return self.hidden @ self.W_hy + self.b_y, self.hidden

    def _deltas(self, d_outputs):
        carried = 0
        for h, dY in zip(self.hidden[::-1], d_outputs[::-1]):
            delta = (dY @ self.W_hy.T + carried) * (1 - h * h)
            yield delta
            carried = delta @ self.W_hh.T

    def backward(self, d_outputs):
        delta = np.array(list(self._deltas(d_outputs)))[::-1]
        flat = lambda a: a.reshape(-1, a.shape[-1])
        self.g = {
            'W_hy': flat(self.hidden).T @ flat(d_outputs),
            'b_y': flat(d_outputs).sum(axis=0),
            'W_xh': flat(self.inputs).T @ flat(delta),
            'W_hh': flat(self.hidden[:-1]).T @ flat(delta[1:]),
            'b_h': flat(delta).sum(axis=0),
        }
        return self.g

    def update_parameters(self, learning_rate):
        for k in self.g:
            vars(self)[k] = vars(self)[k] - learning_rate * self.g[k]


def train_rnn_on_sequence():
    """
    Train the RNN to predict the next value of a sine wave.

    Returns a dictionary with the losses, the predictions, the targets, the errors and a figure.
    """
    sequence = generate_sequence_data('sine', 600)

    train_size = int(0.75 * len(sequence))
    train_data = sequence[:train_size]
    test_data = sequence[train_size:]

    data_mean = np.mean(train_data)
    data_std = np.std(train_data)

    def normalize(a):
        return (a - data_mean) / data_std

    def create_dataset(data, seq_len):
        X, y = [], []
        for i in range(len(data) - seq_len):
            X.append(data[i:i + seq_len])
            y.append(data[i + seq_len])
        X = np.array(X).T.reshape(seq_len, -1, 1)
        return X, np.array(y).reshape(-1, 1)

    sequence_lengths = [5, 10, 20]
    main_length = 10
    num_epochs = 100
    learning_rate = 0.05
    error_by_length = {}
    for seq_len in sequence_lengths:
        X_train, y_train = create_dataset(normalize(train_data), seq_len)
        X_test, y_test = create_dataset(normalize(test_data), seq_len)
        model = SimpleRNN(1, 16, 1)
        losses = []
        for ep in range(num_epochs):
            outputs, _ = model.forward(X_train)
            error = outputs[-1] - y_train
            loss = np.mean(error ** 2)
            losses.append(loss)
            d_outputs = np.zeros_like(outputs)
            d_outputs[-1] = 2 * error / error.shape[0]
            model.backward(d_outputs)
            model.update_parameters(learning_rate)
        test_outputs, _ = model.forward(X_test)
        predictions = test_outputs[-1].flatten() * data_std + data_mean
        targets = y_test.flatten() * data_std + data_mean
        error_by_length[seq_len] = np.sqrt(np.mean((predictions - targets) ** 2))
        if seq_len == main_length:
            best = (losses, predictions, targets)

    losses, predictions, targets = best
    figure, axes = plt.subplots(1, 2, figsize=(12, 4))
    axes[0].plot(losses)
    axes[0].set_title('Training loss')
    axes[1].plot(targets, label='True')
    axes[1].plot(predictions, label='Predicted')
    axes[1].legend()
    return {
        'losses': losses,
        'predictions': predictions,
        'targets': targets,
        'error_by_length': error_by_length,
        'figure': figure,
    }


class LSTMCell:
    """LSTM 单元 / LSTM cell"""

    def __init__(self, input_size, hidden_size):
        self.hidden_size = hidden_size
        params = {}
        for gate in ['f', 'i', 'c', 'o']:
            params['W_' + gate] = np.random.randn(input_size, hidden_size) * 0.1
            params['U_' + gate] = np.random.randn(hidden_size, hidden_size) * 0.1
            params['b_' + gate] = np.zeros(hidden_size)
        for key in params:
            setattr(self, key, params[key])

    def sigmoid(self, x):
        x = np.clip(x, -500, 500)
        return 1 / (1 + np.exp(-x))

    def forward(self, input_t, hidden_state, cell_state):
        if hasattr(self, 'cache') and self.cache[0].shape == input_t.shape:
            hidden_state = self.last_h
        ft = self.sigmoid(np.dot(input_t, self.W_f) + np.dot(hidden_state, self.U_f) + self.b_f)
        it = self.sigmoid(np.dot(input_t, self.W_i) + np.dot(hidden_state, self.U_i) + self.b_i)
        ot = self.sigmoid(np.dot(input_t, self.W_o) + np.dot(hidden_state, self.U_o) + self.b_o)
        gt = np.tanh(np.dot(input_t, self.W_c) + np.dot(hidden_state, self.U_c) + self.b_c)
        ct = ft * cell_state + it * gt
        ht = ot * np.tanh(ct)
        self.last_h = ht
        self.cache = (input_t, hidden_state, cell_state, ft, it, gt, ot, ct)
        return ht, ct


if __name__ == "__main__":
    result = train_rnn_on_sequence()
    print(result["error_by_length"])
