"""第六次作业: 循环神经网络"""
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


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


