#!/usr/bin/env python
# coding: utf-8

# In[1]:
import numpy as np
import matplotlib.pyplot as plt
np.random.seed(0)

# In[2]:
# SimpleRNN first
class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.output_size = output_size
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(1. / input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1. / hidden_size)
        self.b_h = np.zeros((1, hidden_size))
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(1. / hidden_size)
        self.b_y = np.zeros((1, output_size))

    def forward(self, inputs):
        seq_len, batch_size, _ = inputs.shape
        self.inputs = inputs
        self.hidden_states = np.zeros((seq_len, batch_size, self.hidden_size))
        self.outputs = np.zeros((seq_len, batch_size, self.output_size))
        h_prev = np.zeros((batch_size, self.hidden_size))
        for t in range(seq_len):
            h_t = np.tanh(np.dot(inputs[t], self.W_xh) + np.dot(h_prev, self.W_hh) + self.b_h)
            y_t = np.dot(h_t, self.W_hy) + self.b_y
            self.hidden_states[t] = h_t
            self.outputs[t] = y_t
            h_prev = h_t
        return self.outputs, self.hidden_states

    def backward(self, d_outputs):
        seq_len, batch_size, _ = d_outputs.shape
        dW_xh = np.zeros_like(self.W_xh)
        dW_hh = np.zeros_like(self.W_hh)
        db_h = np.zeros_like(self.b_h)
        dW_hy = np.zeros_like(self.W_hy)
        db_y = np.zeros_like(self.b_y)
        dh_next = np.zeros((batch_size, self.hidden_size))
        for t in reversed(range(seq_len)):
            dy = d_outputs[t]
            h_t = self.hidden_states[t]
            dW_hy += np.dot(h_t.T, dy)
            db_y += np.sum(dy, axis=0, keepdims=True)
            dh = np.dot(dy, self.W_hy.T) + dh_next
            dh_raw = dh * (1 - h_t ** 2)
            db_h += np.sum(dh_raw, axis=0, keepdims=True)
            dW_xh += np.dot(self.inputs[t].T, dh_raw)
            h_prev = self.hidden_states[t-1] if t > 0 else np.zeros((batch_size, self.hidden_size))
            dW_hh += np.dot(h_prev.T, dh_raw)
            dh_next = np.dot(dh_raw, self.W_hh.T)
        # 梯度裁剪，防止梯度爆炸
        for grad in [dW_xh, dW_hh, db_h, dW_hy, db_y]:
            np.clip(grad, -500, 500, out=grad)
        self.gradients = {'W_xh': dW_xh, 'W_hh': dW_hh, 'b_h': db_h, 'W_hy': dW_hy, 'b_y': db_y}
        return self.gradients

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate * self.gradients['W_xh']
        self.W_hh -= learning_rate * self.gradients['W_hh']
        self.b_h -= learning_rate * self.gradients['b_h']
        self.W_hy -= learning_rate * self.gradients['W_hy']
        self.b_y -= learning_rate * self.gradients['b_y']

# In[3]:
# quick test
rnn = SimpleRNN(3, 5, 2)
x = np.random.randn(4, 2, 3)
out, hs = rnn.forward(x)
print(out.shape, hs.shape)
grads = rnn.backward(np.ones_like(out))
for k, v in grads.items():
    print(k, v.shape)

# In[4]:
class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.hidden_size = hidden_size
        scale = np.sqrt(1. / (input_size + hidden_size))
        self.W_f = np.random.randn(input_size, hidden_size) * scale
        self.U_f = np.random.randn(hidden_size, hidden_size) * scale
        self.b_f = np.zeros((1, hidden_size))
        self.W_i = np.random.randn(input_size, hidden_size) * scale
        self.U_i = np.random.randn(hidden_size, hidden_size) * scale
        self.b_i = np.zeros((1, hidden_size))
        self.W_c = np.random.randn(input_size, hidden_size) * scale
        self.U_c = np.random.randn(hidden_size, hidden_size) * scale
        self.b_c = np.zeros((1, hidden_size))
        self.W_o = np.random.randn(input_size, hidden_size) * scale
        self.U_o = np.random.randn(hidden_size, hidden_size) * scale
        self.b_o = np.zeros((1, hidden_size))

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-np.clip(x, -50, 50)))

    def forward(self, input_t, hidden_state, cell_state):
        f_t = self.sigmoid(np.dot(input_t, self.W_f) + np.dot(hidden_state, self.U_f) + self.b_f)
        i_t = self.sigmoid(np.dot(input_t, self.W_i) + np.dot(hidden_state, self.U_i) + self.b_i)
        c_tilde = np.tanh(np.dot(input_t, self.W_c) + np.dot(hidden_state, self.U_c) + self.b_c)
        o_t = self.sigmoid(np.dot(input_t, self.W_o) + np.dot(hidden_state, self.U_o) + self.b_o)
        c_t = f_t * cell_state + i_t * c_tilde
        h_t = o_t * np.tanh(c_t)
        return h_t, c_t

# In[5]:
cell = LSTMCell(3, 5)
h, c = cell.forward(np.random.randn(2, 3), np.zeros((2, 5)), np.zeros((2, 5)))
print(h.shape, c.shape)

# In[6]:
def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError("length must be >= 1")
    if seq_type == 'fibonacci':
        seq = [0, 1]
        for i in range(2, length):
            seq.append(seq[i-1] + seq[i-2])
        return np.array(seq[:length], dtype=object).astype(np.float64)
    elif seq_type == 'sine':
        return np.sin(np.linspace(0, length * 0.1, length))
    elif seq_type == 'cosine':
        return np.cos(np.linspace(0, length * 0.1, length))
    else:
        raise ValueError(f"Unknown sequence type: {seq_type}")

# In[7]:
def create_dataset(data, seq_len):
    X, y = [], []
    for i in range(len(data) - seq_len):
        X.append(data[i:i+seq_len])
        y.append(data[i+seq_len])
    X = np.array(X).reshape(-1, seq_len, 1).transpose(1, 0, 2)
    return X, np.array(y).reshape(-1, 1)


def train_rnn_on_sequence():
    data = generate_sequence_data('sine', 700)
    train_size = int(len(data) * 0.8)
    train_data, test_data = data[:train_size], data[train_size:]
    error_by_length = {}
    for seq_len in [5, 10, 20]:
        X_train, y_train = create_dataset(train_data, seq_len)
        X_test, y_test = create_dataset(test_data, seq_len)
        rnn = SimpleRNN(1, 16, 1)
        losses = []
        for epoch in range(150):
            outputs, _ = rnn.forward(X_train)
            y_pred = outputs[-1]
            loss = np.mean((y_pred - y_train) ** 2)
            d_outputs = np.zeros_like(outputs)
            d_outputs[-1] = 2 * (y_pred - y_train) / y_train.shape[0]
            rnn.backward(d_outputs)
            rnn.update_parameters(0.05)
            losses.append(loss)
        test_out, _ = rnn.forward(X_test)
        mse = np.mean((test_out[-1] - y_test) ** 2)
        error_by_length[seq_len] = mse
        print(f'seq_len={seq_len}, test mse={mse:.6f}')
    fig, (ax1, ax2) = plt.subplots(1, 2, figsize=(12, 4))
    ax1.plot(losses)
    ax1.set_title('Training loss')
    ax2.plot(y_test, label='True')
    ax2.plot(test_out[-1], label='Predicted')
    ax2.legend()
    plt.tight_layout()
    return {'losses': losses, 'predictions': test_out[-1].flatten(), 'targets': y_test.flatten(),
            'error_by_length': error_by_length, 'figure': fig}

# In[8]:
if __name__ == '__main__':
    result = train_rnn_on_sequence()
    plt.show()
