"""
第六次作业
所有参数放在一个一维向量 theta 里，W_xh 等都只是 theta 的 view（和 scipy.optimize 的接口一样）。
这样 update 只要一行，梯度裁剪、Adam、数值梯度检验也都只要一行。
"""
import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt


def carve(flat, layout):
    """按 layout = [(name, shape), ...] 把一维数组切成若干 view"""
    views, pos = {}, 0
    for name, shape in layout:
        n = int(np.prod(shape))
        views[name] = flat[pos:pos + n].reshape(shape)
        pos += n
    assert pos == flat.size
    return views


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        I, H, O = input_size, hidden_size, output_size
        self.layout = [("W_xh", (I, H)), ("W_hh", (H, H)), ("b_h", (H,)), ("W_hy", (H, O)), ("b_y", (O,))]
        size = sum(int(np.prod(s)) for _, s in self.layout)
        self.theta = np.zeros(size)
        self.dtheta = np.zeros(size)
        self.__dict__.update(carve(self.theta, self.layout))     # self.W_xh, self.W_hh, ...
        self._g = carve(self.dtheta, self.layout)

        rng = np.random.default_rng()
        for W in (self.W_xh, self.W_hh, self.W_hy):
            W[:] = rng.standard_normal(W.shape) / np.sqrt(W.shape[0])
        self.W_hh *= 0.8
        # 每一个都必须真的是 view
        assert all(np.shares_memory(getattr(self, n), self.theta) for n, _ in self.layout)

    def forward(self, inputs):
        x = np.array(inputs, dtype=float)
        T, B, _ = x.shape
        H = self.b_h.shape[0]
        # hs[0] 是 h_0 = 0, hs[t] 是 h_t
        hs = np.zeros((T + 1, B, H))
        # 输入部分和时间无关，一次算完，里面直接当成 z 用
        hs[1:] = x @ self.W_xh + self.b_h
        for t in range(1, T + 1):
            hs[t] += hs[t - 1] @ self.W_hh
            np.tanh(hs[t], out=hs[t])
        self._x, self._hs = x, hs
        return hs[1:] @ self.W_hy + self.b_y, hs[1:].copy()

    def backward(self, d_outputs):
        x, hs, g = self._x, self._hs, self._g
        T, B, I = x.shape
        H = hs.shape[2]
        dy = np.asarray(d_outputs, dtype=float)

        delta = dy @ self.W_hy.T                   # dL/dh_t 的直接部分，随后就地变成 dL/dz_t
        delta[T - 1] *= 1 - hs[T] ** 2
        for t in range(T - 2, -1, -1):
            delta[t] += delta[t + 1] @ self.W_hh.T
            delta[t] *= 1 - hs[t + 1] ** 2

        flat = delta.reshape(T * B, H)
        np.matmul(x.reshape(T * B, I).T, flat, out=g["W_xh"])
        np.matmul(hs[:-1].reshape(T * B, H).T, flat, out=g["W_hh"])
        np.sum(flat, axis=0, out=g["b_h"])
        np.matmul(hs[1:].reshape(T * B, H).T, dy.reshape(T * B, -1), out=g["W_hy"])
        np.sum(dy, axis=(0, 1), out=g["b_y"])
        # 返回复制品，防止下一次 backward 改掉
        return carve(self.dtheta.copy(), self.layout)

    def update_parameters(self, learning_rate):
        self.theta -= learning_rate * self.dtheta


class LSTMCell:
    """四个门拼在一起：z = x W + h U + b，一次矩阵乘法；W_f 等是列切片（view）。"""
    ORDER = "ifco"

    def __init__(self, input_size, hidden_size):
        H = hidden_size
        rng = np.random.default_rng()
        self.W = rng.normal(0, np.sqrt(1 / input_size), (input_size, 4 * H))
        self.U = np.hstack([np.linalg.qr(rng.normal(size=(H, H)))[0] for _ in range(4)])
        self.b = np.zeros(4 * H)
        self.H = H
        for k, gate in enumerate(self.ORDER):
            cols = slice(k * H, (k + 1) * H)
            setattr(self, "W_" + gate, self.W[:, cols])
            setattr(self, "U_" + gate, self.U[:, cols])
            setattr(self, "b_" + gate, self.b[cols])
        self.b_f += 1.0

    def forward(self, input_t, hidden_state, cell_state):
        z = input_t @ self.W + hidden_state @ self.U + self.b
        zi, zf, zc, zo = np.split(z, 4, axis=1)
        c = self._sig(zf) * cell_state + self._sig(zi) * np.tanh(zc)
        return self._sig(zo) * np.tanh(c), c

    @staticmethod
    def _sig(z):
        e = np.exp(-np.abs(z))                     # 永远 <= 1
        return np.where(z >= 0, 1.0, e) / (1.0 + e)


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError("length 至少为 1")
    if seq_type == 'fibonacci':
        s = np.ones(length)                        # 1, 1, 2, 3, 5 ...
        for k in range(2, length):
            s[k] = s[k - 1] + s[k - 2]
        return s
    if seq_type == 'sine':
        return np.sin(np.arange(length) * (np.pi / 12))
    if seq_type == 'beats':
        n = np.arange(length)
        return np.sin(0.21 * n) * np.cos(0.034 * n)
    raise ValueError("不认识的序列类型: " + str(seq_type))


def _adam(theta, g, state, lr, b1=0.9, b2=0.999):
    m, v, k = state
    k += 1
    m += (1 - b1) * (g - m)
    v += (1 - b2) * (g * g - v)
    theta -= lr * (m / (1 - b1 ** k)) / (np.sqrt(v / (1 - b2 ** k)) + 1e-8)
    return m, v, k


def train_rnn_on_sequence():
    data = generate_sequence_data('beats', 900)
    n_train = 700
    a, b = data[:n_train].mean(), data[:n_train].std()
    z = (data - a) / b

    def windows(z, L):
        return np.stack([z[k:len(z) - L + k] for k in range(L)])[..., None], z[L:]

    def run(L, epochs=40, batch=64):
        net = SimpleRNN(1, 20, 1)
        state = (np.zeros_like(net.theta), np.zeros_like(net.theta), 0)
        X, y = windows(z[:n_train], L)
        hist = []
        for ep in range(epochs):
            order = np.random.permutation(len(y))
            se = 0.0
            for k in range(0, len(y), batch):
                j = order[k:k + batch]
                out, _ = net.forward(X[:, j])
                e = out[-1, :, 0] - y[j]
                d = np.zeros(out.shape)
                d[-1, :, 0] = 2 * e / len(j)
                net.backward(d)
                # 练习：因为 theta 是一个向量，裁剪 + Adam 两行
                net.dtheta *= min(1.0, 5.0 / (np.linalg.norm(net.dtheta) + 1e-12))
                state = _adam(net.theta, net.dtheta, state, 0.005)
                se += e @ e
            hist.append(se / len(y))
        Xt, yt = windows(z[n_train:], L)
        p = net.forward(Xt)[0][-1, :, 0]
        return hist, p * b + a, yt * b + a

    results = {L: run(L) for L in (5, 10, 20, 30)}
    rmse = {L: np.sqrt(np.mean((p - t) ** 2)) for L, (_, p, t) in results.items()}
    losses, pred, true = results[20]

    fig, axs = plt.subplots(3, 1, figsize=(7, 9))
    axs[0].plot(losses)
    axs[0].set_yscale("log")
    axs[1].plot(true, "k")
    axs[1].plot(pred, "r.")
    axs[2].plot(list(rmse), list(rmse.values()), "o-")
    for ax, ti in zip(axs, ("loss", "prediction", "RMSE vs length")):
        ax.set_title(ti)
    return {'losses': np.array(losses), 'predictions': pred, 'targets': true,
            'error_by_length': rmse, 'figure': fig}


if __name__ == "__main__":
    r = train_rnn_on_sequence()
    print(r['error_by_length'])
    r['figure'].savefig("hw6.png")
