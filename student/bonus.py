"""作业 6 的选做部分：GRU、双向 RNN、深层 RNN、Seq2Seq，以及训练用的工具。不做也能得满分。

只用 Python 标准库和 NumPy。五道题互不依赖，做几道算几道；写在这里或写进 rnn.py 都可以。
可以用自己在 rnn.py 里写的类（from rnn import SimpleRNN, LSTMCell），也可以完全不用。
类名、方法名、函数名和参数保持不变；评分程序按位置传参数。
记号：T 时间步数，B 批大小，I 输入维度，H 隐藏维度，O 输出维度。向量是行向量；σ 为 sigmoid，
⊙ 为逐元素相乘；L 为损失。与 rnn.py 一样：权重取随机的小数，偏置可以为零；传进来的数组一律不改
（优化器的 parameters 除外）；用 float64 计算；梯度对时间和批求和，不取平均。
写法允许多出来的参数（例如第二个偏置，或者可以学习的初始状态 h_0），名字自取，backward 的字典里
也要有它的梯度。公式里的偏置不能省；数组的第一维总是时间，(T, B, I)；q6_2 到 q6_4 用公式里的 tanh
单元，不用 LSTM。

The optional part of assignment 6: GRU, bidirectional RNN, deep RNN, Seq2Seq and the tools of
training. Full marks do not need it.

Use the Python standard library and NumPy only. The five questions do not need each other; write as
many as you like, here or in rnn.py. You may use your own classes from rnn.py (from rnn import
SimpleRNN, LSTMCell), or none of them. Keep the names of classes, methods, functions and arguments;
the grader passes arguments by position. Sizes: T time steps, B sequences in a batch, I inputs,
H hidden units, O outputs. Vectors are rows; σ is the sigmoid, ⊙ the product element by element,
L the loss. As in rnn.py, weights are random and of moderate size, biases may be zero; arrays that
you are given stay as they were (an optimiser's `parameters` apart); numbers are float64; gradients
are summed over time and batch, never averaged. A parameter that another form needs besides (a
second bias, or a first state h_0 that is learned) has a name of your own, and its gradient in what
backward returns. The biases of the equations may not be left out; time is always the first axis,
(T, B, I); q6_2 to q6_4 take the tanh unit of their equations, no LSTM.
"""

import numpy as np


# ---------------------------------------- q6_1 ----------------------------------------


class GRUCell:
    """GRU 单元的一个时间步：

        z = σ(x W_z + h U_z + b_z)              更新门 / update gate
        r = σ(x W_r + h U_r + b_r)              重置门 / reset gate
        n = tanh(x W_h + (r ⊙ h) U_h + b_h)     候选状态 / candidate
        h' = z ⊙ h + (1 - z) ⊙ n                新的隐藏状态 / new hidden state

    同样正确：重置门乘在矩阵乘积之后，n = tanh(x W_h + r ⊙ (h U_h) + b_h)，偏置也可以在括号里，
    r ⊙ (h U_h + b_h)，或者里外各有一个；z 与 1 - z 对调，h' = (1 - z) ⊙ h + z ⊙ n。

    One time step of a GRU (Cho et al. 2014). Just as right: the reset gate after the product
    instead of before it, n = tanh(x W_h + r ⊙ (h U_h) + b_h), also with the bias inside,
    r ⊙ (h U_h + b_h), or with one bias at each place; and z exchanged with 1 - z.
    """

    def __init__(self, input_size, hidden_size):
        """
        初始化参数，存为属性：
            W_z, W_r, W_h (I, H)   U_z, U_r, U_h (H, H)   b_z, b_r, b_h (H,)

        Initialise the parameters as attributes with these names and shapes: W for the input,
        U for the hidden state, b for the bias.
        """
        # TODO: 初始化两个门和候选状态的参数 / the parameters of both gates and the candidate
        pass

    def forward(self, input_t, hidden_state):
        """
        一个时间步。记住 backward 需要的东西；结果只由参数和这两个输入决定。
        sigmoid 对很大的正负数也不能溢出。
        input_t: x，shape (B, I)
        hidden_state: 前一时间步的隐藏状态 h，shape (B, H)
        return: new_hidden_state，即 h'，shape (B, H)

        One step. Keeps what backward needs; the result depends on the parameters and these two
        inputs only. The sigmoid must not overflow. Returns one array, the new hidden state h'.
        """
        # TODO: 实现 GRU 单元的前向传播 / implement the step
        pass

    def backward(self, d_new_hidden_state):
        """
        最近一次 forward 的反向传播，只有这一步（多个时间步由调用者从后往前逐步调用）。
        d_new_hidden_state: dL/dh'，shape (B, H)
        return: 字典 {名字: 梯度}，共 11 项：9 个参数名（'W_z', ..., 'b_h'）对应的梯度，
                'input_t' 对应 dL/dx (B, I)，'hidden_state' 对应 dL/dh (B, H)

        Backward through the last forward, this one step only (for a sequence the caller goes
        backwards step by step). Returns a dict with 11 entries: the gradient of each of the
        9 parameters by its name, dL/dx as 'input_t' (B, I) and dL/dh as 'hidden_state' (B, H).
        """
        # TODO: 实现 GRU 单元的反向传播 / implement the backward pass
        # 提示：h 通过四条路影响 h' / hint: h reaches h' by four ways
        pass


# ---------------------------------------- q6_2 ----------------------------------------


class BidirectionalRNN:
    """双向 RNN：两个独立的 RNN，一个从前往后读，一个从后往前读；t = 1, ..., T：

        f_t = tanh(x_t W_xh_forward  + f_{t-1} W_hh_forward  + b_h_forward),     f_0 = 0
        g_t = tanh(x_t W_xh_backward + g_{t+1} W_hh_backward + b_h_backward),    g_{T+1} = 0
        h_t = [f_t, g_t]                                 拼接 / concatenation, (B, 2H)
        y_t = h_t W_hy + b_y

    同样正确：两个方向各有一个输出层，输出相加（W_hy 的上下两半分开存）；或者把两个方向的状态相加，
    h_t = f_t + g_t，此时 hidden_states 为 (T, B, H)，W_hy 为 (H, O)。

    A bidirectional RNN (Schuster & Paliwal 1997): two RNNs of their own, one reads forwards, one
    backwards. Just as right: an output layer for each direction, their outputs added (the two
    halves of W_hy kept apart); or the states of both directions added, h_t = f_t + g_t, with
    hidden_states (T, B, H) and W_hy (H, O).
    """

    def __init__(self, input_size, hidden_size, output_size):
        """
        初始化参数，存为属性：
            W_xh_forward (I, H)    W_hh_forward (H, H)    b_h_forward (H,)
            W_xh_backward (I, H)   W_hh_backward (H, H)   b_h_backward (H,)
            W_hy (2H, O)           b_y (O,)

        Initialise the parameters as attributes with these names and shapes.
        """
        # TODO: 初始化两个方向和输出层的参数 / parameters of both directions and the output layer
        pass

    def forward(self, inputs):
        """
        前向传播，两个方向都从零状态开始。
        inputs: shape (T, B, I)
        return: outputs (T, B, O)，hidden_states (T, B, 2H)
                hidden_states[t] 的前 H 列是向前方向、后 H 列是向后方向在同一时刻 t 的状态

        Forward pass; both directions start from zeros. Returns outputs (T, B, O) and hidden_states
        (T, B, 2H), in this order. In hidden_states[t] the first H columns are the forward
        direction's state, the last H the backward direction's, both of the same time step t.
        """
        # TODO: 两个方向，再拼接 / both directions, then concatenate
        pass

    def backward(self, d_outputs):
        """
        最近一次 forward 的反向传播（BPTT）。
        d_outputs: dL/dy_t，shape (T, B, O)
        return: 字典 {参数名: 梯度}，8 个参数，每个梯度与该参数形状相同

        Backpropagation through time for the last forward. Returns a dict from each of the
        8 parameters' names to its gradient, of the parameter's shape.
        """
        # TODO: 两个方向各做一次 BPTT / BPTT for each direction
        pass

    def update_parameters(self, learning_rate):
        """
        用最近一次 backward 的梯度做一步普通的梯度下降：θ ← θ - learning_rate · dL/dθ

        One step of plain gradient descent with the gradients of the last backward.
        """
        # TODO: 更新所有参数 / update all parameters
        pass


# ---------------------------------------- q6_3 ----------------------------------------


class DeepRNN:
    """深层 RNN：K = num_layers 层，每一层的输入是下一层的隐藏状态；层 k = 1, ..., K，t = 1, ..., T：

        h^k_t = tanh(h^{k-1}_t W_xh_k + h^k_{t-1} W_hh_k + b_h_k),    h^0_t = x_t,  h^k_0 = 0
        y_t = h^K_t W_hy + b_y

    A deep RNN: K = num_layers layers, each of which reads the states of the one below it.
    """

    def __init__(self, input_size, hidden_size, output_size, num_layers):
        """
        初始化参数，存为属性；层数写在名字后面，从 1 数起（num_layers 为 2 时：W_xh_1, ..., b_h_2）：
            W_xh_1 (I, H)   W_hh_1 (H, H)   b_h_1 (H,)
            W_xh_k (H, H)   W_hh_k (H, H)   b_h_k (H,)      k = 2, ..., num_layers
            W_hy (H, O)     b_y (O,)

        Initialise the parameters as attributes with these names and shapes; the number of the
        layer stands behind the name, counted from 1 (W_xh_1, ..., b_h_2 for two layers).
        num_layers is at least 1.
        """
        # TODO: 初始化每一层和输出层的参数 / parameters of every layer and of the output layer
        # 提示：setattr(self, f'W_xh_{k}', ...) / hint
        pass

    def forward(self, inputs):
        """
        前向传播，每一层都从零状态开始。
        inputs: shape (T, B, I)
        return: outputs (T, B, O)，hidden_states (num_layers, T, B, H)，hidden_states[0] 是最下面一层

        Forward pass; every layer starts from zeros. Returns outputs (T, B, O) and the hidden states
        of all layers (num_layers, T, B, H), the lowest first, in this order.
        """
        # TODO: 一层一层往上算 / layer by layer, upwards
        pass

    def backward(self, d_outputs):
        """
        最近一次 forward 的反向传播：既沿时间，也沿层。
        d_outputs: dL/dy_t，shape (T, B, O)
        return: 字典 {参数名: 梯度}，3 · num_layers + 2 个参数，每个梯度与该参数形状相同

        Backward through the last forward, through time and through the layers. Returns a dict from
        each of the 3 · num_layers + 2 parameters' names to its gradient.
        """
        # TODO: 从最上层往下，每层做一次 BPTT / from the top downwards, BPTT in every layer
        pass

    def update_parameters(self, learning_rate):
        """
        用最近一次 backward 的梯度做一步普通的梯度下降：θ ← θ - learning_rate · dL/dθ

        One step of plain gradient descent with the gradients of the last backward.
        """
        # TODO: 更新所有参数 / update all parameters
        pass


# ---------------------------------------- q6_4 ----------------------------------------


class Seq2Seq:
    """编码器把输入序列读成一个向量，解码器由它一步一步写出输出序列（长度 S 可以不同于 T）：

        h_t = tanh(x_t W_xh_encoder + h_{t-1} W_hh_encoder + b_h_encoder),   h_0 = 0,   t = 1..T
        s_t = tanh(u_t W_yh_decoder + s_{t-1} W_hh_decoder + b_h_decoder),   s_0 = h_T, t = 1..S
        y_t = s_t W_hy + b_y

    解码器的输入 u_t：第一步的起始符号是零向量，u_1 = 0。之后，
        教师强制（给了 targets）：u_t = targets 的第 t-1 项
        自由运行（没给 targets）：u_t = y_{t-1}，即解码器自己上一步的输出

    The encoder reads the input sequence into one vector, from which the decoder writes the output
    sequence step by step; its length S may differ from T (Sutskever, Vinyals & Le 2014). The
    decoder's input u_t: the start token is a vector of zeros, u_1 = 0; after that, with teacher
    forcing (targets given) the target of the step before, and free running (no targets) the
    decoder's own output of the step before.
    """

    def __init__(self, input_size, hidden_size, output_size):
        """
        初始化参数，存为属性：
            W_xh_encoder (I, H)   W_hh_encoder (H, H)   b_h_encoder (H,)
            W_yh_decoder (O, H)   W_hh_decoder (H, H)   b_h_decoder (H,)
            W_hy (H, O)           b_y (O,)

        Initialise the parameters as attributes with these names and shapes.
        """
        # TODO: 初始化编码器、解码器和输出层 / encoder, decoder and output layer
        pass

    def forward(self, inputs, targets=None, length=None):
        """
        前向传播。
        inputs: shape (T, B, I)
        targets: shape (S, B, O) 或 None。给了就用教师强制：S 步，最后一项不作输入；不看 length
        length: 没给 targets 时，自由运行的步数 S；也没给 length 时，S = T
        return: outputs (S, B, O)

        Forward pass. With targets (S, B, O): teacher forcing for S steps; the last target is
        nobody's input, and length is ignored. Without targets: free running for `length` steps,
        for T steps if length is None as well. Returns one array, outputs (S, B, O).
        """
        # TODO: 编码，再解码 / encode, then decode
        pass

    def backward(self, d_outputs):
        """
        最近一次 forward 的反向传播：经过解码器、编码器的最后状态，直到编码器的第一步。
        自由运行时，y_{t-1} 又是下一步的输入，梯度也要经过它；教师强制时，targets 是常数。
        d_outputs: dL/dy_t，shape (S, B, O)
        return: 字典 {参数名: 梯度}，8 个参数，每个梯度与该参数形状相同

        Backward through the last forward: through the decoder, the encoder's last state and the
        encoder's steps. Free running, y_{t-1} is the next step's input, and the gradient passes
        there too; with teacher forcing targets are constants. Returns a dict from each of the
        8 parameters' names to its gradient, of the parameter's shape.
        """
        # TODO: 先解码器，后编码器 / the decoder first, then the encoder
        pass

    def update_parameters(self, learning_rate):
        """
        用最近一次 backward 的梯度做一步普通的梯度下降：θ ← θ - learning_rate · dL/dθ

        One step of plain gradient descent with the gradients of the last backward.
        """
        # TODO: 更新所有参数 / update all parameters
        pass


# ---------------------------------------- q6_5 ----------------------------------------


def clip_by_norm(gradients, limit):
    """
    按范数裁剪：把所有梯度看成一个长向量，太长时整体缩短，方向不变。
        ‖g‖ = sqrt(所有数组的所有元素的平方和)
        ‖g‖ > limit 时：g ← g · limit / ‖g‖；否则不变（全为零时也不能出现 NaN）
    gradients: 字典 {名字: 数组}
    limit: 正数
    return: 新的字典，名字和形状相同；传进来的字典和数组不变

    Clipping by the global norm (Pascanu et al. 2013): all gradients together are one long vector,
    shortened to `limit` when it is longer, its direction kept; else unchanged (no NaN for zeros).
    Returns a new dict with the same names and shapes; dict and arrays given stay as they were.
    A constant up to 1e-6 added to the norm is fine.
    """
    # TODO: 实现按范数裁剪 / clip by the norm
    pass


class Momentum:
    """动量法，每个参数有自己的速度 v，从 0 开始：

        v ← momentum · v + g
        θ ← θ - learning_rate · v

    Gradient descent with momentum; every parameter has a velocity v of its own, 0 at first.
    Just as right: v ← momentum · v - learning_rate · g, θ ← θ + v.
    """

    def __init__(self, momentum=0.9):
        # TODO
        pass

    def step(self, parameters, gradients, learning_rate):
        """
        更新一步。直接修改 parameters 里的数组（网络自己的数组传进来，网络就学到了），并返回 parameters。
        parameters: 字典 {名字: float64 数组}
        gradients: 字典 {名字: 梯度}，名字和形状与 parameters 相同；不修改
        return: parameters
        一个对象只服务一个网络：每次调用的名字和形状都相同。

        One step. Changes the arrays in `parameters` in place (so that the network whose arrays they
        are learns), and returns `parameters`. `gradients` has the same names and shapes and stays
        as it was. An object serves one network: names and shapes are the same in every call.
        """
        # TODO: 更新速度，再更新参数 / the velocity first, then the parameter
        pass


class Adam:
    """Adam，每个参数有自己的 m 和 v，从 0 开始；k 是第几步，从 1 数起：

        m ← beta1 · m + (1 - beta1) · g          一阶矩 / first moment
        v ← beta2 · v + (1 - beta2) · g ⊙ g      二阶矩 / second moment
        m̂ = m / (1 - beta1^k)                    偏差修正 / bias correction
        v̂ = v / (1 - beta2^k)
        θ ← θ - learning_rate · m̂ / (sqrt(v̂) + epsilon)

    Adam (Kingma & Ba 2015); every parameter has moments m and v of its own, 0 at first; k counts
    the steps from 1. Just as right: epsilon beside sqrt(v) before its bias correction, or inside
    the root.
    """

    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        # TODO
        pass

    def step(self, parameters, gradients, learning_rate):
        """
        更新一步，约定与 Momentum.step 相同：直接修改 parameters 里的数组，并返回 parameters。

        One step, on the same terms as Momentum.step: changes the arrays in `parameters` in place
        and returns `parameters`.
        """
        # TODO: 实现 Adam / implement Adam
        pass


class Dropout:
    """Dropout：训练时以概率 rate 把元素变成 0，其余的除以 1 - rate，因此期望不变；评估时什么也不做。

        y_t = x_t ⊙ m,    m = 0（概率 rate / with probability rate）或 / or 1 / (1 - rate)

    同一个序列的所有时间步用同一个掩码 m (B, N)：每个序列、每个特征各抽一次，不随 t 变
    （Gal 和 Ghahramani 2016）。训练时每次 forward 都重新抽。

    Inverted dropout: in training every element becomes 0 with probability `rate`, and the others
    are divided by 1 - rate, so that the expectation stays; in evaluation nothing happens. All time
    steps of a sequence share one mask m (B, N), drawn once for each sequence and feature, as Gal
    and Ghahramani (2016) describe; every forward in training draws it afresh.
    """

    def __init__(self, rate):
        """
        rate: 丢弃的概率（不是保留的概率），0 <= rate < 1

        The probability to drop (not to keep), 0 <= rate < 1.
        """
        # TODO
        pass

    def forward(self, inputs, training=True):
        """
        inputs: shape (T, B, N)
        training: True 为训练，False 为评估（返回的值与 inputs 相等）
        return: outputs (T, B, N)，新的数组

        Returns a new array of the inputs' shape; with training=False its values are the inputs'.
        """
        # TODO: 抽掩码，乘上去 / draw the mask, multiply
        pass

    def backward(self, d_outputs):
        """
        最近一次 forward 的反向传播，用同一个掩码；最近一次是评估时，梯度原样通过。
        d_outputs: shape (T, B, N)
        return: d_inputs (T, B, N)，新的数组

        Backward through the last forward, with its mask; after an evaluation the gradient passes
        as it is. Returns one array, the gradient by the inputs.
        """
        # TODO
        pass
