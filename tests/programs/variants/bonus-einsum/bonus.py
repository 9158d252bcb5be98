import numpy as np
from numpy import einsum

rng = np.random.default_rng()


def init(*shape):
    return rng.normal(size=shape) / np.sqrt(shape[-2])


class GRUCell:
    # all three gates in arrays with a gate axis: 0 = z, 1 = r, 2 = h
    def __init__(self, input_size, hidden_size):
        self.W = init(3, input_size, hidden_size)
        self.U = init(3, hidden_size, hidden_size)
        self.b = np.zeros((3, hidden_size))

    def forward(self, input_t, hidden_state):
        x, h = np.array(input_t), np.array(hidden_state)
        xw = einsum('bi,gij->gbj', x, self.W)
        hu = einsum('bi,gij->gbj', h, self.U) + self.b[:, None]      # b_h stands inside, r ⊙ (h U_h + b_h)
        z, r = 0.5 + 0.5 * np.tanh(0.5 * (xw[:2] + hu[:2]))
        n = np.tanh(xw[2] + r * hu[2])
        self.saved = x, h, z, r, n, hu[2]
        return einsum('bj,bj->bj', z, h) + einsum('bj,bj->bj', 1 - z, n)

    def backward(self, d_new_hidden_state):
        x, h, z, r, n, q = self.saved
        d = d_new_hidden_state
        dn = d * (1 - z) * (1 - n * n)
        outer = np.stack([d * (h - n) * z * (1 - z), dn * q * r * (1 - r), dn])
        inner = np.stack([outer[0], outer[1], dn * r])
        return {'W': einsum('bi,gbj->gij', x, outer), 'U': einsum('bi,gbj->gij', h, inner),
                'b': inner.sum(1),
                'input_t': einsum('gbj,gij->bi', outer, self.W),
                'hidden_state': d * z + einsum('gbj,gij->bi', inner, self.U)}


class BidirectionalRNN:
    """the states of both directions are added"""

    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh_forward, self.W_xh_backward = init(input_size, hidden_size), init(input_size, hidden_size)
        self.W_hh_forward, self.W_hh_backward = init(hidden_size, hidden_size), init(hidden_size, hidden_size)
        self.b_h_forward, self.b_h_backward = np.zeros(hidden_size), np.zeros(hidden_size)
        self.W_hy, self.b_y = init(hidden_size, output_size), np.zeros(output_size)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        H = len(self.b_h_forward)
        self.x = inputs.copy()
        af = einsum('tbi,ih->tbh', inputs, self.W_xh_forward) + self.b_h_forward
        ag = einsum('tbi,ih->tbh', inputs, self.W_xh_backward) + self.b_h_backward
        self.f, self.g = np.zeros((T + 1, B, H)), np.zeros((T + 1, B, H))     # f[-1] and g[T] are the zeros
        for t in range(T):
            self.f[t] = np.tanh(af[t] + einsum('bh,hk->bk', self.f[t - 1], self.W_hh_forward))
        for t in reversed(range(T)):
            self.g[t] = np.tanh(ag[t] + einsum('bh,hk->bk', self.g[t + 1], self.W_hh_backward))
        self.s = self.f[:T] + self.g[:T]
        return einsum('tbh,ho->tbo', self.s, self.W_hy) + self.b_y, self.s.copy()

    def backward(self, d_outputs):
        T = len(d_outputs)
        ds = einsum('tbo,ho->tbh', d_outputs, self.W_hy)
        df, dg = np.zeros_like(ds), np.zeros_like(ds)
        for t in range(T):
            u = T - 1 - t
            df[u] = ds[u] if t == 0 else ds[u] + einsum('bk,hk->bh', df[u + 1], self.W_hh_forward)
            df[u] *= 1 - self.f[u] ** 2
            dg[t] = ds[t] if t == 0 else ds[t] + einsum('bk,hk->bh', dg[t - 1], self.W_hh_backward)
            dg[t] *= 1 - self.g[t] ** 2
        fp = np.concatenate([np.zeros_like(self.f[:1]), self.f[:T - 1]])
        self.grad = {
            'W_xh_forward': einsum('tbi,tbh->ih', self.x, df), 'W_xh_backward': einsum('tbi,tbh->ih', self.x, dg),
            'W_hh_forward': einsum('tbk,tbh->kh', fp, df), 'W_hh_backward': einsum('tbk,tbh->kh', self.g[1:], dg),
            'b_h_forward': einsum('tbh->h', df), 'b_h_backward': einsum('tbh->h', dg),
            'W_hy': einsum('tbh,tbo->ho', self.s, d_outputs), 'b_y': einsum('tbo->o', d_outputs)}
        return self.grad

    def update_parameters(self, learning_rate):
        for k, g in self.grad.items():
            vars(self)[k] = vars(self)[k] - learning_rate * g


class DeepRNN:
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.W_xh = [init(input_size if k == 0 else hidden_size, hidden_size) for k in range(num_layers)]
        self.W_hh = [init(hidden_size, hidden_size) for k in range(num_layers)]
        self.b_h = [np.zeros(hidden_size) for k in range(num_layers)]
        self.W_hy, self.b_y = init(hidden_size, output_size), np.zeros(output_size)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.levels = [inputs.copy()]
        for W, U, b in zip(self.W_xh, self.W_hh, self.b_h):
            a = einsum('tbi,ih->tbh', self.levels[-1], W) + b
            for t in range(T):
                if t:
                    a[t] += einsum('bh,hk->bk', a[t - 1], U)
                np.tanh(a[t], out=a[t])
            self.levels.append(a)
        return einsum('tbh,ho->tbo', a, self.W_hy) + self.b_y, np.array(self.levels[1:])

    def backward(self, d_outputs):
        T = len(d_outputs)
        grad = {'W_hy': einsum('tbh,tbo->ho', self.levels[-1], d_outputs), 'b_y': einsum('tbo->o', d_outputs)}
        d = einsum('tbo,ho->tbh', d_outputs, self.W_hy)
        for k in range(len(self.W_xh) - 1, -1, -1):
            x, h = self.levels[k:k + 2]
            for t in reversed(range(T)):
                d[t] *= 1 - h[t] ** 2
                if t:
                    d[t - 1] += einsum('bk,hk->bh', d[t], self.W_hh[k])
            grad[f'W_xh_{k + 1}'] = einsum('tbi,tbh->ih', x, d)
            grad[f'W_hh_{k + 1}'] = einsum('tbi,tbh->ih', h[:-1], d[1:])
            grad[f'b_h_{k + 1}'] = einsum('tbh->h', d)
            d = einsum('tbh,ih->tbi', d, self.W_xh[k])
        self.grad = grad
        return grad

    def update_parameters(self, learning_rate):
        self.W_hy = self.W_hy - learning_rate * self.grad['W_hy']
        self.b_y = self.b_y - learning_rate * self.grad['b_y']
        for k in range(len(self.W_xh)):
            self.W_xh[k] = self.W_xh[k] - learning_rate * self.grad[f'W_xh_{k + 1}']
            self.W_hh[k] = self.W_hh[k] - learning_rate * self.grad[f'W_hh_{k + 1}']
            self.b_h[k] = self.b_h[k] - learning_rate * self.grad[f'b_h_{k + 1}']


class Seq2Seq:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh_encoder, self.W_hh_encoder = init(input_size, hidden_size), init(hidden_size, hidden_size)
        self.W_yh_decoder, self.W_hh_decoder = init(output_size, hidden_size), init(hidden_size, hidden_size)
        self.b_h_encoder, self.b_h_decoder = np.zeros((2, hidden_size))
        self.W_hy, self.b_y = init(hidden_size, output_size), np.zeros(output_size)

    def forward(self, inputs, targets=None, length=None):
        T, B, _ = inputs.shape
        H, O = self.W_hy.shape
        S = len(targets) if targets is not None else length if length is not None else T
        self.x, self.h = inputs.copy(), np.zeros((T + 1, B, H))
        self.u, self.s = np.zeros((S, B, O)), np.zeros((S + 1, B, H))
        self.teacher = 0.0 if targets is None else 1.0
        for t in range(T):
            self.h[t + 1] = np.tanh(einsum('bi,ih->bh', inputs[t], self.W_xh_encoder)
                                    + einsum('bk,kh->bh', self.h[t], self.W_hh_encoder) + self.b_h_encoder)
        self.s[0] = self.h[T]
        y = np.zeros((S, B, O))
        for t in range(S):
            if t > 0:
                self.u[t] = y[t - 1] if targets is None else targets[t - 1]
            self.s[t + 1] = np.tanh(einsum('bo,oh->bh', self.u[t], self.W_yh_decoder)
                                    + einsum('bk,kh->bh', self.s[t], self.W_hh_decoder) + self.b_h_decoder)
            y[t] = einsum('bh,ho->bo', self.s[t + 1], self.W_hy) + self.b_y
        return y

    def backward(self, d_outputs):
        S, T = len(self.u), len(self.x)
        dy, ds, dh = d_outputs.copy(), np.zeros_like(self.s), np.zeros_like(self.h)
        for t in range(S, 0, -1):       # ds[t] ends as gradient by the argument of tanh
            ds[t] = (ds[t] + einsum('bo,ho->bh', dy[t - 1], self.W_hy)) * (1 - self.s[t] ** 2)
            ds[t - 1] += einsum('bk,hk->bh', ds[t], self.W_hh_decoder)
            if t > 1:
                dy[t - 2] += (1 - self.teacher) * einsum('bh,oh->bo', ds[t], self.W_yh_decoder)
        dh[T] = ds[0]
        for t in range(T, 0, -1):
            dh[t] *= 1 - self.h[t] ** 2
            dh[t - 1] += einsum('bk,hk->bh', dh[t], self.W_hh_encoder)
        self.grad = {
            'W_hy': einsum('tbh,tbo->ho', self.s[1:], dy), 'b_y': einsum('tbo->o', dy),
            'W_yh_decoder': einsum('tbo,tbh->oh', self.u, ds[1:]),
            'W_hh_decoder': einsum('tbk,tbh->kh', self.s[:-1], ds[1:]), 'b_h_decoder': einsum('tbh->h', ds[1:]),
            'W_xh_encoder': einsum('tbi,tbh->ih', self.x, dh[1:]),
            'W_hh_encoder': einsum('tbk,tbh->kh', self.h[:-1], dh[1:]), 'b_h_encoder': einsum('tbh->h', dh[1:])}
        return self.grad

    def update_parameters(self, learning_rate):
        for k, g in self.grad.items():
            vars(self)[k] = vars(self)[k] - learning_rate * g


def clip_by_norm(gradients, limit):
    norm2 = sum(einsum('i,i->', g.ravel(), g.ravel()) for g in gradients.values())
    ratio = np.sqrt(max(norm2 / limit ** 2, 1.0))
    return {k: g / ratio for k, g in gradients.items()}


class Momentum:
    def __init__(self, momentum=0.9):
        self.mu, self.v = momentum, {}

    def step(self, parameters, gradients, learning_rate):
        self.v = {k: self.mu * self.v.get(k, 0.0) + g for k, g in gradients.items()}
        for k in self.v:
            parameters[k][:] -= learning_rate * self.v[k]
        return parameters


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.b = np.array([beta1, beta2])
        self.eps, self.k, self.moments = epsilon, 0, {}

    def step(self, parameters, gradients, learning_rate):
        self.k += 1
        for name, g in gradients.items():
            now = np.stack([g, g * g])
            b = self.b.reshape((2,) + (1,) * g.ndim)
            old = self.moments.get(name, np.zeros_like(now))
            self.moments[name] = b * old + (1 - b) * now
            m, v = self.moments[name] / (1 - b ** self.k)
            parameters[name][:] -= learning_rate * m / (np.sqrt(v) + self.eps)
        return parameters


class Dropout:
    def __init__(self, rate):
        self.rate, self.mask = rate, None

    def forward(self, inputs, training=True):
        keep = 1 - self.rate if training else 1.0
        self.mask = rng.binomial(1, keep, inputs.shape[1:]) / keep
        return einsum('tbn,bn->tbn', inputs, self.mask)

    def backward(self, d_outputs):
        return einsum('tbn,bn->tbn', d_outputs, self.mask)
