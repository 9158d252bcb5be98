"""作业 6：循环神经网络。只用 Python 标准库、NumPy 和 matplotlib。

每个 TODO 处写上你的代码；类名、方法名、函数名和参数保持不变。随时运行 `make grade` 看结果。
记号：T 时间步数，B 批大小，I 输入维度，H 隐藏维度，O 输出维度。向量是行向量。

Assignment 6: recurrent neural networks. Use the Python standard library, NumPy and matplotlib only.

Write your code where it says TODO; keep the names of classes, methods, functions and arguments.
Run `make grade` at any time. Sizes: T time steps, B sequences in a batch, I inputs, H hidden units,
O outputs. Vectors are rows.
"""

import numpy as np


class SimpleRNN:
    """基础 RNN，在每个时间步 t = 1, ..., T：

        h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h),    h_0 = 0
        y_t = h_t W_hy + b_y

    A vanilla RNN; the equations hold at every time step t = 1, ..., T.
    """

    def __init__(self, input_size, hidden_size, output_size):
        """
        初始化 RNN 参数，存为属性：
            W_xh (I, H)   W_hh (H, H)   b_h (H,)   W_hy (H, O)   b_y (O,)
        权重取随机的小数，不能全为零；偏置可以为零。
        input_size: 输入特征维度 I
        hidden_size: 隐藏状态维度 H
        output_size: 输出维度 O

        Initialise the parameters and keep them as attributes with these names and shapes. Weights
        are random and of moderate size, never all zero; biases may be zero.
        """
        # TODO: 初始化权重矩阵和偏置 / initialise weights and biases
        # 提示：考虑 Xavier 或 He 初始化 / hint: think of Xavier or He initialisation
        pass

    def forward(self, inputs):
        """
        前向传播。每次调用都从 h_0 = 0 开始，不修改 inputs。
        inputs: shape (T, B, I)
        return: outputs (T, B, O), hidden_states (T, B, H)，即 h_1 到 h_T

        Forward pass over whole sequences. Every call starts from h_0 = 0 and leaves `inputs` as it
        was. Returns the outputs of all time steps and the hidden states h_1 to h_T, in this order.
        """
        # TODO: 实现前向传播 / run through the time steps
        # 返回所有时间步的输出和隐藏状态 / return the outputs and hidden states of all of them
        pass

    def backward(self, d_outputs):
        """
        反向传播：通过时间反向传播（BPTT），针对最近一次 forward。不修改 d_outputs。
        d_outputs: shape (T, B, O)，损失 L 对每个输出的梯度 dL/dy_t
        return: 字典 {参数名: 梯度}，键为 'W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y',
                每个梯度与该参数形状相同；对时间和批求和，不取平均（要平均的话，在 d_outputs 里除）

        Backpropagation through time (BPTT) for the last forward; leaves `d_outputs` as it was.
        `d_outputs` holds the gradient of the loss L by every output. Returns a dict from the
        parameter's name to its gradient, of the parameter's shape, summed over time and batch,
        never averaged (whoever wants a mean divides d_outputs).
        """
        # TODO: 实现 BPTT 算法 / implement BPTT
        # 计算所有参数的梯度 / compute the gradient of every parameter
        pass

    def update_parameters(self, learning_rate):
        """
        参数更新：用最近一次 backward 的梯度做一步普通的梯度下降。
            θ ← θ - learning_rate · dL/dθ

        One step of plain gradient descent for every parameter, with the gradients of the last
        backward.
        """
        # TODO: 使用计算得到的梯度更新参数 / use the gradients to update the parameters
        pass


class LSTMCell:
    """LSTM 单元的一个时间步（σ 为 sigmoid，⊙ 为逐元素相乘）：

        f = σ(x W_f + h U_f + b_f)        遗忘门 / forget gate
        i = σ(x W_i + h U_i + b_i)        输入门 / input gate
        g = tanh(x W_c + h U_c + b_c)     候选记忆 / candidate
        o = σ(x W_o + h U_o + b_o)        输出门 / output gate
        c' = f ⊙ c + i ⊙ g                新的细胞状态 / new cell state
        h' = o ⊙ tanh(c')                 新的隐藏状态 / new hidden state

    One time step of an LSTM; σ is the sigmoid, ⊙ the product element by element.
    """

    def __init__(self, input_size, hidden_size):
        """
        LSTM 单元初始化，每个门三个属性：
            W_f, W_i, W_c, W_o (I, H)   U_f, U_i, U_c, U_o (H, H)   b_f, b_i, b_c, b_o (H,)

        Initialise the parameters of the four gates as attributes with these names and shapes:
        W for the input, U for the hidden state, b for the bias.
        """
        # TODO: 初始化 LSTM 的四个门的参数 / initialise the parameters of the four gates
        # 遗忘门、输入门、候选记忆、输出门 / forget gate, input gate, candidate, output gate
        # 每个门都需要权重矩阵和偏置 / each needs weight matrices and a bias:
        # - 输入权重 / input weights: [input_size, hidden_size]
        # - 隐藏状态权重 / hidden-state weights: [hidden_size, hidden_size]
        # - 偏置 / bias: [hidden_size]
        pass

    def forward(self, input_t, hidden_state, cell_state):
        """
        LSTM 单元前向传播。不修改任何输入；sigmoid 对很大的正负数也不能溢出。
        input_t: 当前时间步输入 [batch_size, input_size]
        hidden_state: 前一时间步隐藏状态 [batch_size, hidden_size]
        cell_state: 前一时间步细胞状态 [batch_size, hidden_size]
        return: new_hidden_state (B, H), new_cell_state (B, H)

        One step. Leaves its three inputs as they were; the sigmoid must not overflow for large
        numbers of either sign. Returns the new hidden state and the new cell state, in this order.
        """
        # TODO: 实现 LSTM 单元的前向传播 / implement the step
        # 1. 计算遗忘门、输入门、输出门的值（sigmoid 激活） / the three gates (sigmoid)
        # 2. 计算候选记忆元状态（tanh 激活） / the candidate (tanh)
        # 3. 更新记忆元状态 / the new cell state
        # 4. 计算输出隐藏状态 / the new hidden state
        pass


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """
    生成序列数据的前 length 项。
    seq_type: 至少支持 'fibonacci'（真实的斐波那契数，从 0, 1 或 1, 1 开始）和 'sine'（正弦波）；
              可以再加你喜欢的种类
    return: float64 数组，shape (length,)，每一项都有限
    未知的 seq_type 或 length < 1：抛出 ValueError

    The first `length` terms of a sequence as a float64 array (length,), all finite. At least
    'fibonacci' (the true numbers, from 0, 1 or 1, 1) and 'sine'; add others as you like.
    Raises ValueError for an unknown type or a length below 1.
    """
    # TODO: 实现序列数据生成 / make the sequence
    # 提示：第 1000 个斐波那契数约为 4e208 / hint: the 1000th Fibonacci number is about 4e208
    pass


def train_rnn_on_sequence():
    """
    用你的 SimpleRNN 做序列预测：给前几项，预测下一项。一个 CPU 核心上 20 秒以内完成。
    return: 字典 / a dict
        'losses'           每个 epoch 的训练损失 / training loss of every epoch
        'predictions'      留出的最后一段上，提前一步的预测 (N,) / one step ahead, held-out part
        'targets'          对应的真实值 (N,)，单位与预测相同 / the true values, in the same units
        'error_by_length'  {序列长度: 留出部分的误差}，至少三个长度 / three lengths or more
        'figure'           matplotlib 图：损失曲线、预测与真实值 / loss curve, prediction and truth

    评估只用训练时没见过的数据：先按时间切分，再用训练部分的统计量做缩放。
    每个长度都训练一个新的 SimpleRNN。

    Train your SimpleRNN to predict the next term from the ones before, within 20 s on one core.
    Judge it on data that training never saw: split by time first, then scale with numbers taken
    from the training part. Train a fresh SimpleRNN for every length.
    """
    # TODO: 实现完整的训练流程 / implement the whole experiment
    # 1. 数据准备 / prepare the data
    # 2. 模型训练 / train
    # 3. 性能评估 / evaluate, for several sequence lengths
    # 4. 结果可视化 / draw the results
    pass
