from my_utils import sigmoid, make_windows
"""第六次作业: 循环神经网络"""
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        # Xavier 初始化
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(2.0 / (input_size + hidden_size))
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(2.0 / (hidden_size + output_size))
        self.b_y = np.zeros(output_size)
        self.hidden_size = hidden_size
        self.grads = {}

    def forward(self, inputs):
        seq_len, batch_size, _ = inputs.shape
        h = np.zeros((batch_size, self.hidden_size))
        self.inputs = inputs
        self.h0 = h
        hidden_states, outputs = [], []
        for t in range(seq_len):
            h = np.tanh(inputs[t] @ self.W_xh + h @ self.W_hh + self.b_h)
            hidden_states.append(h)
            outputs.append(h @ self.W_hy + self.b_y)
        self.hidden_states = np.stack(hidden_states)
        return np.stack(outputs), self.hidden_states

    def backward(self, d_outputs):
        dW_xh = np.zeros_like(self.W_xh)
        dW_hh = np.zeros_like(self.W_hh)
        db_h = np.zeros_like(self.b_h)
        dW_hy = np.zeros_like(self.W_hy)
        db_y = np.zeros_like(self.b_y)
        dh_next = np.zeros_like(self.h0)
        for t in reversed(range(len(d_outputs))):
            h = self.hidden_states[t]
            h_prev = self.hidden_states[t - 1] if t > 0 else self.h0
            dW_hy += h.T @ d_outputs[t]
            db_y += d_outputs[t].sum(axis=0)
            dh = d_outputs[t] @ self.W_hy.T + dh_next
            dz = dh * (1 - h ** 2)  # tanh 的导数
            dW_xh += self.inputs[t].T @ dz
            dW_hh += h_prev.T @ dz
            db_h += dz.sum(axis=0)
            dh_next = dz @ self.W_hh.T
        self.grads = {'dW_xh': dW_xh, 'dW_hh': dW_hh, 'db_h': db_h, 'dW_hy': dW_hy, 'db_y': db_y}
        return self.grads

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate * self.grads['dW_xh']
        self.W_hh -= learning_rate * self.grads['dW_hh']
        self.b_h -= learning_rate * self.grads['db_h']
        self.W_hy -= learning_rate * self.grads['dW_hy']
        self.b_y -= learning_rate * self.grads['db_y']


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        def weights():
            return (np.random.randn(input_size, hidden_size) * np.sqrt(1.0 / input_size),
                    np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size),
                    np.zeros(hidden_size))
        self.W_f, self.U_f, self.b_f = weights()   # 遗忘门
        self.W_i, self.U_i, self.b_i = weights()   # 输入门
        self.W_c, self.U_c, self.b_c = weights()   # 候选记忆
        self.W_o, self.U_o, self.b_o = weights()   # 输出门

    def forward(self, input_t, hidden_state, cell_state):
        f = sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        i = sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        o = sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        c_tilde = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        new_cell_state = f * cell_state + i * c_tilde
        new_hidden_state = o * np.tanh(new_cell_state)
        return new_hidden_state, new_cell_state


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 必须 >= 1')
    if seq_type == 'fibonacci':
        seq = np.zeros(length, dtype=np.float64)
        a, b = 1.0, 1.0
        for i in range(length):
            seq[i] = a
            a, b = b, a + b
        return seq
    elif seq_type == 'sine':
        return np.sin(np.linspace(0, 8 * np.pi, length))
    else:
        raise ValueError(f'未知的序列类型: {seq_type}')


def train_rnn_on_sequence():
    # 1. 数据准备: 前 80% 训练, 后 20% 测试
    data = generate_sequence_data('sine', 600)
    split = 480
    train_data, test_data = data[:split], data[split:]
    error_by_length = {}
    for T in (1, 5, 10, 20):
        rnn = SimpleRNN(1, 16, 1)
        X, Y = make_windows(train_data, T)
        losses = []
        # 2. 训练
        for epoch in range(120):
            out, _ = rnn.forward(X)
            out = np.array(out)
            diff = out - Y
            losses.append(float(np.mean(diff ** 2)))
            rnn.backward(2 * diff / diff.size)
            rnn.update_parameters(0.1)
        # 3. 评估: 只看最后一步的预测
        Xt, Yt = make_windows(test_data, T)
        pred = np.array(rnn.forward(Xt)[0])[-1, :, 0]
        target = Yt[-1, :, 0]
        error_by_length[T] = float(np.mean((pred - target) ** 2))
    # 4. 可视化
    fig, axes = plt.subplots(1, 2, figsize=(10, 4))
    axes[0].plot(losses)
    axes[0].set_title('Training loss')
    axes[1].plot(target, label='true')
    axes[1].plot(pred, '--', label='predicted')
    axes[1].legend()
    return {'losses': losses, 'predictions': pred, 'targets': target,
            'error_by_length': error_by_length, 'figure': fig}
