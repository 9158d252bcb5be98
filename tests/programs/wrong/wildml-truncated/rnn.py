"""
My RNN, after the WildML tutorial "Recurrent Neural Networks Tutorial, Part 2/3":
    s_t = tanh(x_t U + s_{t-1} W + b),   o_t = s_t V + c
(no softmax: this is regression)
"""
import sys
from datetime import datetime

import numpy as np
import matplotlib.pyplot as plt


class SimpleRNN:

    # name in the assignment -> my (WildML) name
    NAMES = {'W_xh': 'U', 'W_hh': 'W', 'b_h': 'b', 'W_hy': 'V', 'b_y': 'c'}

    def __init__(self, input_size, hidden_size, output_size, bptt_truncate=4):
        self.input_dim = input_size
        self.hidden_dim = hidden_size
        self.output_dim = output_size
        self.bptt_truncate = bptt_truncate
        self.U = np.random.uniform(-np.sqrt(1. / input_size), np.sqrt(1. / input_size), (input_size, hidden_size))
        self.W = np.random.uniform(-np.sqrt(1. / hidden_size), np.sqrt(1. / hidden_size), (hidden_size, hidden_size))
        self.V = np.random.uniform(-np.sqrt(1. / hidden_size), np.sqrt(1. / hidden_size), (hidden_size, output_size))
        self.b = np.zeros(hidden_size)
        self.c = np.zeros(output_size)

    def forward(self, inputs):
        T, B = inputs.shape[:2]
        # During forward propagation we save all hidden states in s because need them later.
        # We add one additional element for the initial hidden, which we set to 0
        s = np.zeros((T + 1, B, self.hidden_dim))
        s[-1] = np.zeros((B, self.hidden_dim))
        o = np.zeros((T, B, self.output_dim))
        for t in np.arange(T):
            s[t] = np.tanh(inputs[t].dot(self.U) + s[t - 1].dot(self.W) + self.b)
            o[t] = s[t].dot(self.V) + self.c
        self.x, self.s = inputs.copy(), s
        return o, s[:-1].copy()

    def backward(self, d_outputs):
        T = len(d_outputs)
        x, s = self.x, self.s
        dLdU = np.zeros(self.U.shape)
        dLdV = np.zeros(self.V.shape)
        dLdW = np.zeros(self.W.shape)
        dLdb = np.zeros(self.b.shape)
        dLdc = np.zeros(self.c.shape)
        # For each output backwards...
        for t in np.arange(T)[::-1]:
            dLdV += s[t].T.dot(d_outputs[t])
            dLdc += d_outputs[t].sum(axis=0)
            # Initial delta calculation: dL/dz
            delta_t = d_outputs[t].dot(self.V.T) * (1 - (s[t] ** 2))
            # Backpropagation through time (for at most self.bptt_truncate steps)
            for bptt_step in np.arange(max(0, t - self.bptt_truncate), t + 1)[::-1]:
                # Add to gradients at each previous step
                dLdW += s[bptt_step - 1].T.dot(delta_t)
                dLdU += x[bptt_step].T.dot(delta_t)
                dLdb += delta_t.sum(axis=0)
                # Update delta for next step dL/dz at t-1
                delta_t = delta_t.dot(self.W.T) * (1 - s[bptt_step - 1] ** 2)
        self.dL = {'U': dLdU, 'W': dLdW, 'b': dLdb, 'V': dLdV, 'c': dLdc}
        return {name: self.dL[mine] for name, mine in self.NAMES.items()}

    # Performs one step of SGD.
    def update_parameters(self, learning_rate):
        self.U -= learning_rate * self.dL['U']
        self.V -= learning_rate * self.dL['V']
        self.W -= learning_rate * self.dL['W']
        self.b -= learning_rate * self.dL['b']
        self.c -= learning_rate * self.dL['c']


class LSTMCell:

    def __init__(self, input_size, hidden_size):
        k = np.sqrt(1. / hidden_size)
        for gate in ('f', 'i', 'c', 'o'):
            setattr(self, 'W_' + gate, np.random.uniform(-k, k, (input_size, hidden_size)))
            setattr(self, 'U_' + gate, np.random.uniform(-k, k, (hidden_size, hidden_size)))
            setattr(self, 'b_' + gate, np.zeros(hidden_size))

    @staticmethod
    def sigmoid(z):
        # |z| > 700 would overflow exp; at 500 the sigmoid is 0 or 1 anyway
        return 1. / (1. + np.exp(-np.clip(z, -500, 500)))

    def forward(self, input_t, hidden_state, cell_state):
        f = self.sigmoid(input_t.dot(self.W_f) + hidden_state.dot(self.U_f) + self.b_f)
        i = self.sigmoid(input_t.dot(self.W_i) + hidden_state.dot(self.U_i) + self.b_i)
        g = np.tanh(input_t.dot(self.W_c) + hidden_state.dot(self.U_c) + self.b_c)
        o = self.sigmoid(input_t.dot(self.W_o) + hidden_state.dot(self.U_o) + self.b_o)
        c_next = np.multiply(f, cell_state) + np.multiply(i, g)
        h_next = np.multiply(o, np.tanh(c_next))
        return h_next, c_next


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type not in ('fibonacci', 'sine', 'linear'):
        raise ValueError("Unknown sequence '%s'" % seq_type)
    if length < 1:
        raise ValueError("length must be >= 1")
    if seq_type == 'fibonacci':
        seq = np.zeros(length + 2)
        seq[1] = 1
        for n in range(2, length + 2):
            seq[n] = seq[n - 1] + seq[n - 2]
        return seq[:length]
    if seq_type == 'linear':
        return np.arange(length) * 1.0
    return np.sin(np.linspace(0, 0.25 * (length - 1), length))


def train_with_sgd(model, X_train, y_train, learning_rate=0.05, nepoch=100, evaluate_loss_after=50):
    # losses after every epoch
    losses = []
    batch = 32
    for epoch in range(nepoch):
        epoch_loss = 0.
        order = np.random.permutation(X_train.shape[1])
        for start in range(0, len(order), batch):
            idx = order[start:start + batch]
            o, s = model.forward(X_train[:, idx])
            err = o - y_train[:, idx]
            epoch_loss += np.sum(err[-1] ** 2)
            model.backward(2 * err / err.size)
            model.update_parameters(learning_rate)
        losses.append(epoch_loss / len(order))
        if epoch % evaluate_loss_after == 0:
            time = datetime.now().strftime('%H:%M:%S')
            print("%s: Loss after epoch=%d: %f" % (time, epoch, losses[-1]))
            sys.stdout.flush()
    return losses


def build_training_data(z, n):
    # input x_1..x_n, target x_2..x_{n+1}
    X = np.stack([z[k:k + n] for k in range(len(z) - n)], axis=1)
    Y = np.stack([z[k + 1:k + n + 1] for k in range(len(z) - n)], axis=1)
    return X[..., np.newaxis], Y[..., np.newaxis]


def train_rnn_on_sequence():
    z = generate_sequence_data('sine', 400)
    z_train, z_test = z[:300], z[300:]
    m, sd = np.mean(z_train), np.std(z_train)
    results = {}
    for n in [2, 3, 5]:
        model = SimpleRNN(1, 16, 1)
        losses = train_with_sgd(model, *build_training_data((z_train - m) / sd, n))
        X, Y = build_training_data((z_test - m) / sd, n)
        o, _ = model.forward(X)
        p, y = o[-1, :, 0] * sd + m, Y[-1, :, 0] * sd + m
        results[n] = (losses, p, y, np.mean((p - y) ** 2))

    losses, p, y, _ = results[5]
    fig, ax = plt.subplots(2, 1, figsize=(8, 6))
    ax[0].plot(losses)
    ax[0].set_title('Loss')
    ax[1].plot(y, label='actual')
    ax[1].plot(p, label='RNN')
    ax[1].legend()
    return {'losses': losses, 'predictions': p, 'targets': y,
            'error_by_length': {n: r[3] for n, r in results.items()}, 'figure': fig}
