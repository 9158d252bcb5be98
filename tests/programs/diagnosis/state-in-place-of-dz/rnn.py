import numpy as np
import matplotlib.pyplot as plt

class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        """用 Xavier 初始化"""
        self.输入维度 = input_size
        self.隐藏维度 = hidden_size
        self.输出维度 = output_size
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(2.0 / (input_size + hidden_size))
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(1.0 / hidden_size)
        self.b_h = np.zeros((hidden_size,))
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(2.0 / (hidden_size + output_size))
        self.b_y = np.zeros((output_size,))

    def forward(self, inputs):
        步数, 批, _ = inputs.shape
        输出列表 = []
        状态列表 = []
        上一状态 = np.zeros((批, self.隐藏维度))
        self.初始状态 = 上一状态
        for 时刻 in range(步数):
            当前输入 = inputs[时刻]
            当前状态 = np.tanh(np.dot(当前输入, self.W_xh) + np.dot(上一状态, self.W_hh) + self.b_h)
            当前输出 = np.dot(当前状态, self.W_hy) + self.b_y
            状态列表.append(当前状态)
            输出列表.append(当前输出)
            上一状态 = 当前状态
        self.输入记录 = inputs
        self.状态记录 = 状态列表
        return (np.array(输出列表), np.array(状态列表))

    def backward(self, d_outputs):
        步数 = len(self.状态记录)
        dW_xh = np.zeros(self.W_xh.shape)
        dW_hh = np.zeros(self.W_hh.shape)
        db_h = np.zeros(self.b_h.shape)
        dW_hy = np.zeros(self.W_hy.shape)
        db_y = np.zeros(self.b_y.shape)
        后面传来的梯度 = np.zeros(self.初始状态.shape)
        for 时刻 in range(步数 - 1, -1, -1):
            当前状态 = self.状态记录[时刻]
            if 时刻 == 0:
                上一状态 = self.初始状态
            else:
                上一状态 = self.状态记录[时刻 - 1]
            dy = d_outputs[时刻]
            dW_hy += np.dot(当前状态.T, dy)
            db_y += np.sum(dy, axis=0)
            dh = np.dot(dy, self.W_hy.T) + 后面传来的梯度
            dtanh = dh * (1 - 当前状态 ** 2)
            dW_xh += np.dot(self.输入记录[时刻].T, dtanh)
            dW_hh += np.dot(上一状态.T, 当前状态)
            db_h += np.sum(dtanh, axis=0)
            后面传来的梯度 = np.dot(dtanh, self.W_hh.T)
        self.梯度 = {'W_xh': dW_xh, 'W_hh': dW_hh, 'b_h': db_h, 'W_hy': dW_hy, 'b_y': db_y}
        return self.梯度

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate * self.梯度['W_xh']
        self.W_hh -= learning_rate * self.梯度['W_hh']
        self.b_h -= learning_rate * self.梯度['b_h']
        self.W_hy -= learning_rate * self.梯度['W_hy']
        self.b_y -= learning_rate * self.梯度['b_y']

class LSTMCell:

    def __init__(self, input_size, hidden_size):

        def 权重(行, 列):
            return np.random.randn(行, 列) * np.sqrt(1.0 / 行)
        self.W_f = 权重(input_size, hidden_size)
        self.U_f = 权重(hidden_size, hidden_size)
        self.b_f = np.ones(hidden_size)
        self.W_i = 权重(input_size, hidden_size)
        self.U_i = 权重(hidden_size, hidden_size)
        self.b_i = np.zeros(hidden_size)
        self.W_c = 权重(input_size, hidden_size)
        self.U_c = 权重(hidden_size, hidden_size)
        self.b_c = np.zeros(hidden_size)
        self.W_o = 权重(input_size, hidden_size)
        self.U_o = 权重(hidden_size, hidden_size)
        self.b_o = np.zeros(hidden_size)

    def sigmoid(self, x):
        x = np.clip(x, -500, 500)
        return 1 / (1 + np.exp(-x))

    def forward(self, input_t, hidden_state, cell_state):
        遗忘门 = self.sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        输入门 = self.sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        候选 = np.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        输出门 = self.sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        新细胞 = 遗忘门 * cell_state + 输入门 * 候选
        新隐藏 = 输出门 * np.tanh(新细胞)
        return (新隐藏, 新细胞)

def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length 必须 >= 1')
    if seq_type == 'fibonacci':
        数列 = np.zeros(length)
        if length >= 2:
            数列[1] = 1
        for k in range(2, length):
            数列[k] = 数列[k - 1] + 数列[k - 2]
        return 数列
    if seq_type == 'sine':
        x = np.arange(length) * 0.2
        return np.sin(x)
    raise ValueError('不支持的数列类型：' + str(seq_type))

def 做窗口(数据, 窗口长度):
    X = []
    Y = []
    for k in range(len(数据) - 窗口长度):
        X.append(数据[k:k + 窗口长度])
        Y.append(数据[k + 窗口长度])
    X = np.array(X)
    Y = np.array(Y)
    return (X.T.reshape(窗口长度, -1, 1), Y)

def train_rnn_on_sequence():
    数据 = generate_sequence_data('sine', 400)
    分割点 = 320
    均值 = np.mean(数据[:分割点])
    标准差 = np.std(数据[:分割点])
    归一化 = (数据 - 均值) / 标准差
    误差表 = {}
    for 窗口长度 in [5, 10, 15]:
        网络 = SimpleRNN(1, 16, 1)
        X, Y = 做窗口(归一化[:分割点], 窗口长度)
        损失列表 = []
        for 轮 in range(300):
            输出, _ = 网络.forward(X)
            误差 = 输出[-1, :, 0] - Y
            损失列表.append(float(np.mean(误差 ** 2)))
            梯度 = np.zeros_like(输出)
            梯度[-1, :, 0] = 2 * 误差 / len(误差)
            网络.backward(梯度)
            网络.update_parameters(0.1)
        测试X, 测试Y = 做窗口(归一化[分割点:], 窗口长度)
        预测 = 网络.forward(测试X)[0][-1, :, 0] * 标准差 + 均值
        真实 = 测试Y * 标准差 + 均值
        误差表[窗口长度] = float(np.mean((预测 - 真实) ** 2))
    图, 轴 = plt.subplots(1, 2, figsize=(10, 4))
    轴[0].plot(损失列表)
    轴[0].set_title('loss')
    轴[1].plot(真实, label='true')
    轴[1].plot(预测, label='pred')
    轴[1].legend()
    return {'losses': 损失列表, 'predictions': 预测, 'targets': 真实, 'error_by_length': 误差表, 'figure': 图}
