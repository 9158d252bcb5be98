# 所有参数放在字典 self.p 里
import numpy as np

rng = np.random.default_rng()


def S(a):
    e = np.exp(-abs(a))
    return np.where(a > 0, 1, e) / (1 + e)


def W(*shape):
    return rng.normal(0, np.sqrt(1 / shape[0]), shape)


class GRUCell:
    def __init__(self, input_size, hidden_size):
        self.p = {}
        for g in ('z', 'r', 'h'):
            self.p['W_' + g] = W(input_size, hidden_size)
            self.p['U_' + g] = W(hidden_size, hidden_size)
            self.p['b_' + g] = np.zeros(hidden_size)

    def forward(self, input_t, hidden_state):
        p, x, h = self.p, input_t + 0.0, hidden_state + 0.0
        z = S(x @ p['W_z'] + h @ p['U_z'] + p['b_z'])
        r = S(x @ p['W_r'] + h @ p['U_r'] + p['b_r'])
        rh = r * h
        c = np.tanh(x @ p['W_h'] + rh @ p['U_h'] + p['b_h'])
        self.cache = dict(x=x, h=h, z=z, r=r, rh=rh, c=c)
        return (1 - z) * h + z * c      # Cho 2014 的另一种写法

    def backward(self, d_new_hidden_state):
        p, k, d = self.p, self.cache, d_new_hidden_state
        delta = {'h': d * k['z'] * (1 - k['c'] ** 2),
                 'z': d * (k['c'] - k['h']) * k['z'] * (1 - k['z'])}
        d_rh = delta['h'] @ p['U_h'].T
        delta['r'] = d_rh * k['h'] * k['r'] * (1 - k['r'])
        grads = {}
        for g, seen in (('z', k['h']), ('r', k['h']), ('h', k['rh'])):
            grads['W_' + g] = k['x'].T @ delta[g]
            grads['U_' + g] = seen.T @ delta[g]
            grads['b_' + g] = delta[g].sum(axis=0)
        grads['input_t'] = sum(delta[g] @ p['W_' + g].T for g in 'zrh')
        grads['hidden_state'] = (d * (1 - k['z']) + d_rh * k['r']
                                 + delta['z'] @ p['U_z'].T + delta['r'] @ p['U_r'].T)
        return grads


class 网络:
    def 一层(self, 名, 输入, 隐藏):
        self.p['W_xh_' + 名], self.p['W_hh_' + 名] = W(输入, 隐藏), W(隐藏, 隐藏)
        self.p['b_h_' + 名] = np.zeros(隐藏)

    def 往前(self, 名, x, h):
        状态 = [h]
        for 这一步 in x:
            h = np.tanh(这一步 @ self.p['W_xh_' + 名] + h @ self.p['W_hh_' + 名] + self.p['b_h_' + 名])
            状态.append(h)
        return np.array(状态)

    def 往回(self, 名, x, 状态, d):
        W_hh = self.p['W_hh_' + 名]
        da = np.zeros_like(d)
        后 = np.zeros_like(d[0])
        for t in range(len(d))[::-1]:
            da[t] = (d[t] + 后) * (1 - 状态[t + 1] ** 2)
            后 = da[t] @ W_hh.T
        self.g['W_xh_' + 名] = np.tensordot(x, da, ((0, 1), (0, 1)))
        self.g['W_hh_' + 名] = np.tensordot(状态[:-1], da, ((0, 1), (0, 1)))
        self.g['b_h_' + 名] = da.sum((0, 1))
        return da @ self.p['W_xh_' + 名].T, 后

    def 输出层(self, h, dy):
        self.g = {'W_hy': np.tensordot(h, dy, ((0, 1), (0, 1))), 'b_y': dy.sum((0, 1))}
        return dy @ self.p['W_hy'].T

    def update_parameters(self, learning_rate):
        for 名 in self.g:
            self.p[名] = self.p[名] - learning_rate * self.g[名]


class BidirectionalRNN(网络):
    def __init__(self, input_size, hidden_size, output_size):
        self.p, self.H = {}, hidden_size
        self.一层('forward', input_size, hidden_size)
        self.一层('backward', input_size, hidden_size)
        self.p['W_hy'], self.p['b_y'] = W(hidden_size * 2, output_size), np.zeros(output_size)

    def forward(self, inputs):
        零 = np.zeros((inputs.shape[1], self.H))
        self.x = inputs.copy()
        self.f, self.b = self.往前('forward', self.x, 零), self.往前('backward', self.x[::-1], 零)
        self.h = np.dstack([np.swapaxes(a, 0, 0) for a in (self.f[1:], self.b[:0:-1])])
        return self.h @ self.p['W_hy'] + self.p['b_y'], self.h.copy()

    def backward(self, d_outputs):
        dh = self.输出层(self.h, d_outputs)
        self.往回('forward', self.x, self.f, dh[:, :, :self.H])
        self.往回('backward', self.x[::-1], self.b, dh[::-1, :, self.H:])
        return self.g.copy()


class DeepRNN(网络):
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.p, self.H, self.K = {}, hidden_size, num_layers
        for k in range(1, num_layers + 1):
            self.一层(str(k), input_size if k == 1 else hidden_size, hidden_size)
        self.p['W_hy'], self.p['b_y'] = W(hidden_size, output_size), np.zeros(output_size)

    def forward(self, inputs):
        self.s, self.x = [], [inputs.copy()]
        for k in range(1, self.K + 1):
            self.s.append(self.往前(str(k), self.x[-1], np.zeros((inputs.shape[1], self.H))))
            self.x.append(self.s[-1][1:])
        return self.x[-1] @ self.p['W_hy'] + self.p['b_y'], np.array(self.x[1:])

    def backward(self, d_outputs):
        d = self.输出层(self.x[-1], d_outputs)
        for k in range(self.K, 0, -1):
            d, _ = self.往回(str(k), self.x[k - 1], self.s[k - 1], d)
        return self.g.copy()


class Seq2Seq(网络):
    def __init__(self, input_size, hidden_size, output_size):
        self.p, self.H, self.O = {}, hidden_size, output_size
        self.一层('encoder', input_size, hidden_size)
        self.一层('decoder', output_size, hidden_size)
        self.p['W_hy'], self.p['b_y'] = W(hidden_size, output_size), np.zeros(output_size)

    def forward(self, inputs, targets=None, length=None):
        self.x, self.自由 = inputs.copy(), targets is None
        self.e = self.往前('encoder', self.x, np.zeros((inputs.shape[1], self.H)))
        步数 = len(targets) if not self.自由 else len(inputs) if length is None else length
        读 = np.zeros((inputs.shape[1], self.O))
        self.u, self.s, 写 = [], [self.e[-1]], []
        for t in range(步数):
            self.u.append(读)
            self.s.append(self.往前('decoder', [读], self.s[-1])[1])
            写.append(self.s[-1] @ self.p['W_hy'] + self.p['b_y'])
            读 = 写[-1] if self.自由 else targets[t].copy()
        return np.array(写)

    def backward(self, d_outputs):
        总, ds, d_read = {}, 0, 0
        for t in range(len(self.u))[::-1]:       # 一步一步地做，每步当作长度为 1 的序列
            dy = d_outputs[t] + (d_read if self.自由 else 0)
            dh = self.输出层(self.s[t + 1][None], dy[None])[0] + ds
            dx, ds = self.往回('decoder', self.u[t][None], np.array(self.s[t:t + 2]), dh[None])
            d_read = dx[0]
            for 名, g in self.g.items():
                总[名] = 总.get(名, 0) + g
        d = np.zeros_like(self.e[1:])
        d[-1] += ds
        self.g = {}
        self.往回('encoder', self.x, self.e, d)
        self.g.update(总)
        return self.g.copy()


def clip_by_norm(gradients, limit):
    长 = np.linalg.norm(np.concatenate([np.ravel(g) for g in gradients.values()]))
    return {名: g / max(1, 长 / limit) for 名, g in gradients.items()}


class Momentum:
    def __init__(self, momentum=0.9):
        self.mu = momentum
        self.v = {}

    def step(self, parameters, gradients, learning_rate):
        for k in parameters:
            self.v[k] = self.mu * self.v.get(k, 0) - learning_rate * gradients[k]
            parameters[k] += self.v[k]
        return parameters


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.b1, self.b2, self.e, self.m, self.v, self.t = beta1, beta2, epsilon, {}, {}, 0

    def step(self, parameters, gradients, learning_rate):
        self.t += 1
        for k, g in gradients.items():
            self.m[k] = self.b1 * self.m.get(k, 0) + (1 - self.b1) * g
            self.v[k] = self.b2 * self.v.get(k, 0) + (1 - self.b2) * g * g
            parameters[k] -= (learning_rate * (self.m[k] / (1 - self.b1 ** self.t))
                              / (np.sqrt(self.v[k] / (1 - self.b2 ** self.t)) + self.e))
        return parameters


class Dropout:
    def __init__(self, rate):
        self.rate, self.m = rate, 1

    def forward(self, inputs, training=True):
        self.m = (rng.uniform(size=inputs[0].shape) >= self.rate) / (1 - self.rate) if training else 1.0
        return inputs * self.m

    def backward(self, d_outputs):
        return d_outputs * self.m
