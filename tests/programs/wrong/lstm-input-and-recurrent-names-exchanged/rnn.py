import numpy as np

class SimpleRNN:
    """从零实现的 RNN"""

    def __init__(self, input_size, hidden_size, output_size):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.output_size = output_size
        # Xavier 初始化
        self.W_xh = np.random.randn(input_size, hidden_size) * np.sqrt(2.0 / (input_size + hidden_size))
        self.W_hh = np.random.randn(hidden_size, hidden_size) * np.sqrt(2.0 / (hidden_size + hidden_size))
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * np.sqrt(2.0 / (hidden_size + output_size))
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        seq_len, batch, _ = inputs.shape
        hiddens = [np.zeros((batch, self.hidden_size))]  # h_0
        outputs = []
        for t in range(seq_len):
            z_h = inputs[t] @ self.W_xh + hiddens[-1] @ self.W_hh + self.b_h
            hiddens.append(np.tanh(z_h))
            outputs.append(hiddens[-1] @ self.W_hy + self.b_y)
        self.inputs = inputs
        self.hiddens = hiddens
        return np.stack(outputs), np.stack(hiddens[1:])

    def backward(self, d_outputs):
        inputs, hiddens = self.inputs, self.hiddens
        seq_len = len(inputs)

        dW_xh = np.zeros_like(self.W_xh)
        dW_hh = np.zeros_like(self.W_hh)
        db_h = np.zeros_like(self.b_h)
        dW_hy = np.zeros_like(self.W_hy)
        db_y = np.zeros_like(self.b_y)

        # 来自未来的梯度（初始为零）
        dh_next = np.zeros_like(hiddens[0])

        for t in reversed(range(seq_len)):
            # --- 输出层梯度 ---
            dy = d_outputs[t]

            dW_hy += hiddens[t + 1].T @ dy
            db_y += dy.sum(axis=0)

            # --- 隐状态梯度（来自两条路径） ---
            # 路径1：来自当前输出
            dh = dy @ self.W_hy.T
            # 路径2：来自下一个时间步的隐状态
            dh += dh_next

            # --- 穿过 tanh 的梯度 ---
            # h_t = tanh(z_h)，tanh 的导数 = 1 - tanh^2
            dtanh = (1 - hiddens[t + 1] ** 2) * dh

            # --- 权重梯度 ---
            dW_xh += inputs[t].T @ dtanh
            dW_hh += hiddens[t].T @ dtanh
            db_h += dtanh.sum(axis=0)

            # --- 传递给前一个时间步的梯度 ---
            dh_next = dtanh @ self.W_hh.T

        self.grads = {
            "W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h,
            "W_hy": dW_hy, "b_y": db_y
        }
        return self.grads

    def update_parameters(self, learning_rate):
        for name in self.grads:
            param = getattr(self, name)
            param -= learning_rate * self.grads[name]


class LSTMCell:
    """
    LSTM 单元实现
    """

    def __init__(self, input_size, hidden_size):
        self.input_size = input_size
        self.hidden_size = hidden_size

        # 遗忘门参数
        self.W_f = np.random.randn(hidden_size, hidden_size) * 0.1
        self.U_f = np.random.randn(input_size, hidden_size) * 0.1
        self.b_f = np.zeros(hidden_size)

        # 输入门参数
        self.W_i = np.random.randn(hidden_size, hidden_size) * 0.1
        self.U_i = np.random.randn(input_size, hidden_size) * 0.1
        self.b_i = np.zeros(hidden_size)

        # 候选细胞状态参数
        self.W_c = np.random.randn(hidden_size, hidden_size) * 0.1
        self.U_c = np.random.randn(input_size, hidden_size) * 0.1
        self.b_c = np.zeros(hidden_size)

        # 输出门参数
        self.W_o = np.random.randn(hidden_size, hidden_size) * 0.1
        self.U_o = np.random.randn(input_size, hidden_size) * 0.1
        self.b_o = np.zeros(hidden_size)

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-np.clip(x, -500, 500)))

    def forward(self, x_t, h_prev, C_prev):
        """
        单步前向传播
        """
        # 遗忘门
        f_t = self.sigmoid(h_prev @ self.W_f + x_t @ self.U_f + self.b_f)

        # 输入门
        i_t = self.sigmoid(h_prev @ self.W_i + x_t @ self.U_i + self.b_i)

        # 候选细胞状态
        C_tilde = np.tanh(h_prev @ self.W_c + x_t @ self.U_c + self.b_c)

        # 更新细胞状态
        C_t = f_t * C_prev + i_t * C_tilde

        # 输出门
        o_t = self.sigmoid(h_prev @ self.W_o + x_t @ self.U_o + self.b_o)

        # 隐藏状态
        h_t = o_t * np.tanh(C_t)
        return h_t, C_t


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """生成序列数据"""
    if length < 1:
        raise ValueError("length 必须 >= 1")
    if seq_type == 'fibonacci':
        序列 = np.zeros(length, dtype=np.float64)
        a, b = 0.0, 1.0
        for i in range(length):
            序列[i] = a
            a, b = b, a + b
        return 序列
    if seq_type == 'sine':
        x = np.arange(length, dtype=np.float64)
        return np.sin(2 * np.pi * x / 50)
    raise ValueError("未知的序列类型: " + str(seq_type))


def train_rnn_on_sequence():
    """完整的训练流程"""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    np.random.seed(1)
    # 1. 数据准备：先切分再归一化
    数据 = generate_sequence_data('sine', 500)
    n_train = 400
    均值, 标准差 = 数据[:n_train].mean(), 数据[:n_train].std()
    x = (数据 - 均值) / 标准差

    def 切片(序列, L):
        X = np.stack([序列[i:i + L] for i in range(len(序列) - L)], axis=1)
        Y = np.stack([序列[i + 1:i + L + 1] for i in range(len(序列) - L)], axis=1)
        return X[:, :, None], Y[:, :, None]

    errors, keep = {}, {}
    for L in (6, 12, 24):
        X, Y = 切片(x[:n_train], L)
        模型 = SimpleRNN(1, 16, 1)
        losses = []
        # 2. 模型训练
        for epoch in range(300):
            y, _ = 模型.forward(X)
            diff = y - Y
            losses.append(float((diff ** 2).mean()))
            模型.backward(2.0 * diff / diff.size)
            模型.update_parameters(0.1)
        # 3. 性能评估（只看留出部分）
        Xv, Yv = 切片(x[n_train:], L)
        y, _ = 模型.forward(Xv)
        p = y[-1, :, 0] * 标准差 + 均值
        r = Yv[-1, :, 0] * 标准差 + 均值
        errors[L] = float(np.mean(np.abs(p - r)))
        keep[L] = (losses, p, r)
    losses, p, r = keep[12]
    # 4. 可视化
    fig, (ax1, ax2) = plt.subplots(2, 1)
    ax1.plot(losses)
    ax1.set_title("loss")
    ax2.plot(r, label="true")
    ax2.plot(p, label="pred")
    ax2.legend()
    return {"losses": losses, "predictions": p, "targets": r, "error_by_length": errors, "figure": fig}
