import numpy as np


def sig(v):
    out = np.empty_like(v)
    pos = v >= 0
    out[pos] = 1 / (1 + np.exp(-v[pos]))
    e = np.exp(v[~pos])
    out[~pos] = e / (1 + e)
    return out


class GRUCell:
    def __init__(self, input_size, hidden_size):
        s = 0.3
        self.W_z = np.random.randn(input_size, hidden_size) * s
        self.U_z = np.random.randn(hidden_size, hidden_size) * s
        self.b_z = np.zeros(hidden_size)
        self.W_r = np.random.randn(input_size, hidden_size) * s
        self.U_r = np.random.randn(hidden_size, hidden_size) * s
        self.b_r = np.zeros(hidden_size)
        self.W_h = np.random.randn(input_size, hidden_size) * s
        self.U_h = np.random.randn(hidden_size, hidden_size) * s
        self.b_h = np.zeros(hidden_size)

    def forward(self, input_t, hidden_state):
        x, h = input_t, hidden_state
        z = sig(x @ self.W_z + h @ self.U_z + self.b_z)
        r = sig(x @ self.W_r + h @ self.U_r + self.b_r)
        rh = r * h
        n = np.tanh(x @ self.W_h + rh @ self.U_h + self.b_h)
        h_new = (1 - z) * h + z * n
        self.cache = (x, h, z, r, rh, n, h_new)
        return h_new

    def backward(self, d_new_hidden_state):
        x, h, z, r, rh, n, h_new = self.cache
        d = d_new_hidden_state
        dn = d * z
        dz = d * (n - h)
        dh = d * (1 - z)
        dan = dn * (1 - n ** 2)
        daz = dz * z * (1 - z)
        drh = dan @ self.U_h.T
        dr = drh * h
        dh = dh + drh * r
        dar = dr * r * (1 - r)
        dh = dh + daz @ self.U_z.T
        dh = dh + dar @ self.U_r.T
        dx = daz @ self.W_z.T + dar @ self.W_r.T + dan @ self.W_h.T
        return {
            'W_z': x.T @ daz, 'U_z': h.T @ daz, 'b_z': daz.sum(0),
            'W_r': x.T @ dar, 'U_r': h.T @ dar, 'b_r': dar.sum(0),
            'W_h': x.T @ dan, 'U_h': rh.T @ dan, 'b_h': dan.sum(0),
            'input_t': dx, 'hidden_state': dh,
        }


import numpy as np


class BidirectionalRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.H = hidden_size
        self.W_xh_forward = np.random.randn(input_size, hidden_size) * 0.2
        self.W_hh_forward = np.random.randn(hidden_size, hidden_size) * 0.2
        self.b_h_forward = np.zeros(hidden_size)
        self.W_xh_backward = np.random.randn(input_size, hidden_size) * 0.2
        self.W_hh_backward = np.random.randn(hidden_size, hidden_size) * 0.2
        self.b_h_backward = np.zeros(hidden_size)
        self.W_hy = np.random.randn(2 * hidden_size, output_size) * 0.2
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, _ = inputs.shape
        self.x = inputs
        self.f = np.zeros((T, B, self.H))
        self.g = np.zeros((T, B, self.H))
        h = np.zeros((B, self.H))
        for t in range(T):
            h = np.tanh(inputs[t] @ self.W_xh_forward + h @ self.W_hh_forward + self.b_h_forward)
            self.f[t] = h
        h = np.zeros((B, self.H))
        for t in range(T - 1, -1, -1):
            h = np.tanh(inputs[t] @ self.W_xh_backward + h @ self.W_hh_backward + self.b_h_backward)
            self.g[t] = h
        self.hs = np.concatenate((self.f, self.g), axis=2)
        outputs = self.hs @ self.W_hy + self.b_y
        return outputs, self.hs

    def backward(self, d_outputs):
        T, B, _ = d_outputs.shape
        H = self.H
        dWxf = np.zeros_like(self.W_xh_forward)
        dWhf = np.zeros_like(self.W_hh_forward)
        dbf = np.zeros_like(self.b_h_forward)
        dWxb = np.zeros_like(self.W_xh_backward)
        dWhb = np.zeros_like(self.W_hh_backward)
        dbb = np.zeros_like(self.b_h_backward)
        dWhy = np.zeros_like(self.W_hy)
        dby = np.zeros_like(self.b_y)
        for t in range(T):
            dWhy += self.hs[t].T @ d_outputs[t]
            dby += d_outputs[t].sum(axis=0)
        dh = d_outputs @ self.W_hy.T
        dh_next = np.zeros((B, H))
        for t in reversed(range(T)):
            d = dh[t, :, :H] + dh_next
            da = d * (1 - self.f[t] ** 2)
            h_prev = self.f[t - 1] if t > 0 else np.zeros((B, H))
            dWxf += self.x[t].T @ da
            dWhf += h_prev.T @ da
            dbf += da.sum(axis=0)
            dh_next = da @ self.W_hh_forward.T
        dh_next = np.zeros((B, H))
        for t in range(T):
            d = dh[t, :, H:] + dh_next
            da = d * (1 - self.g[t] ** 2)
            h_prev = self.g[t + 1] if t < T - 1 else np.zeros((B, H))
            dWxb += self.x[t].T @ da
            dWhb += h_prev.T @ da
            dbb += da.sum(axis=0)
            dh_next = da @ self.W_hh_backward.T
        self.grads = {
            'W_xh_forward': dWxf, 'W_hh_forward': dWhf, 'b_h_forward': dbf,
            'W_xh_backward': dWxb, 'W_hh_backward': dWhb, 'b_h_backward': dbb,
            'W_hy': dWhy, 'b_y': dby,
        }
        return self.grads

    def update_parameters(self, learning_rate):
        for k in self.grads:
            setattr(self, k, getattr(self, k) - learning_rate * self.grads[k])


import numpy as np


class DeepRNN:
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.L = num_layers
        self.H = hidden_size
        for k in range(1, num_layers + 1):
            n_in = input_size if k == 1 else hidden_size
            setattr(self, f'W_xh_{k}', np.random.randn(n_in, hidden_size) / np.sqrt(n_in))
            setattr(self, f'W_hh_{k}', np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size) * 0.5)
            setattr(self, f'b_h_{k}', np.zeros(hidden_size))
        self.W_hy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        T, B, I = inputs.shape
        self.inputs = inputs
        self.h = np.zeros((self.L, T, B, self.H))
        outputs = []
        prev = [np.zeros((B, self.H)) for _ in range(self.L)]
        for t in range(T):
            x = inputs[t]
            for k in range(self.L):
                a = x @ getattr(self, f'W_xh_{k+1}') + prev[k] @ getattr(self, f'W_hh_{k+1}') + getattr(self, f'b_h_{k+1}')
                prev[k] = np.tanh(a)
                self.h[k, t] = prev[k]
                x = prev[k]
            outputs.append(x @ self.W_hy + self.b_y)
        return np.array(outputs), self.h.copy()

    def backward(self, d_outputs):
        T, B, O = d_outputs.shape
        g = {n: np.zeros_like(v) for n, v in vars(self).items() if n[:2] in ('W_', 'b_')}
        dnext = [np.zeros((B, self.H)) for _ in range(self.L)]
        for t in range(T - 1, -1, -1):
            g['W_hy'] += self.h[-1, t].T @ d_outputs[t]
            g['b_y'] += d_outputs[t].sum(0)
            dh = d_outputs[t] @ self.W_hy.T
            for k in range(self.L - 1, -1, -1):
                dh = dh + dnext[k]
                da = dh * (1 - self.h[k, t] ** 2)
                below = self.inputs[t] if k == 0 else self.h[k - 1, t]
                before = self.h[k, t - 1] if t > 0 else np.zeros((B, self.H))
                g[f'W_xh_{k+1}'] += below.T @ da
                g[f'W_hh_{k+1}'] += before.T @ da
                g[f'b_h_{k+1}'] += da.sum(0)
                dnext[k] = da @ getattr(self, f'W_hh_{k+1}').T
                dh = da @ getattr(self, f'W_xh_{k+1}').T
        self.g = g
        return g

    def update_parameters(self, learning_rate):
        for n, d in self.g.items():
            setattr(self, n, getattr(self, n) - learning_rate * d)


import numpy as np


class Seq2Seq:
    def __init__(self, input_size, hidden_size, output_size):
        self.H, self.O = hidden_size, output_size
        self.W_xh_encoder = np.random.randn(input_size, hidden_size) * 0.3
        self.W_hh_encoder = np.random.randn(hidden_size, hidden_size) * 0.3
        self.b_h_encoder = np.zeros(hidden_size)
        self.W_yh_decoder = np.random.randn(output_size, hidden_size) * 0.3
        self.W_hh_decoder = np.random.randn(hidden_size, hidden_size) * 0.3
        self.b_h_decoder = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) * 0.3
        self.b_y = np.zeros(output_size)

    def forward(self, inputs, targets=None, length=None):
        T, B, _ = inputs.shape
        self.x = inputs
        h = np.zeros((B, self.H))
        self.h = [h]
        for t in range(T):
            h = np.tanh(inputs[t] @ self.W_xh_encoder + h @ self.W_hh_encoder + self.b_h_encoder)
            self.h.append(h)
        if targets is not None:
            S = targets.shape[0]
        elif length is not None:
            S = length
        else:
            S = T
        self.free = targets is None
        s = self.h[-1]
        self.s = [s]
        self.u = []
        u = np.zeros((B, self.O))
        ys = []
        for t in range(S):
            s = np.tanh(u @ self.W_yh_decoder + s @ self.W_hh_decoder + self.b_h_decoder)
            y = s @ self.W_hy + self.b_y
            self.u.append(u)
            self.s.append(s)
            ys.append(y)
            if targets is not None:
                u = targets[t]
            else:
                u = y
        return np.stack(ys)

    def backward(self, d_outputs):
        S, B, _ = d_outputs.shape
        g = {k: np.zeros_like(getattr(self, k)) for k in (
            'W_xh_encoder', 'W_hh_encoder', 'b_h_encoder', 'W_yh_decoder', 'W_hh_decoder',
            'b_h_decoder', 'W_hy', 'b_y')}
        ds_next = np.zeros((B, self.H))
        dy_next = np.zeros((B, self.O))
        for t in range(S - 1, -1, -1):
            dy = d_outputs[t] + dy_next
            g['W_hy'] += self.s[t + 1].T @ dy
            g['b_y'] += dy.sum(0)
            ds = dy @ self.W_hy.T + ds_next
            da = ds * (1 - self.s[t + 1] ** 2)
            g['W_yh_decoder'] += self.u[t].T @ da
            g['W_hh_decoder'] += self.s[t].T @ da
            g['b_h_decoder'] += da.sum(0)
            ds_next = da @ self.W_hh_decoder.T
            if self.free:
                dy_next = da @ self.W_yh_decoder.T
        dh_next = ds_next
        for t in range(len(self.x) - 1, -1, -1):
            da = dh_next * (1 - self.h[t + 1] ** 2)
            g['W_xh_encoder'] += self.x[t].T @ da
            g['W_hh_encoder'] += self.h[t].T @ da
            g['b_h_encoder'] += da.sum(0)
            dh_next = da @ self.W_hh_encoder.T
        self.g = g
        return g

    def update_parameters(self, learning_rate):
        for k, v in self.g.items():
            getattr(self, k)[...] -= learning_rate * v


import numpy as np


def clip_by_norm(gradients, limit):
    total = 0.0
    for g in gradients.values():
        total += np.sum(g ** 2)
    norm = np.sqrt(total)
    if norm > limit:
        return {k: g * (limit / norm) for k, g in gradients.items()}
    return {k: g.copy() for k, g in gradients.items()}


class Momentum:
    def __init__(self, momentum=0.9):
        self.momentum = momentum
        self.v = None

    def step(self, parameters, gradients, learning_rate):
        if self.v is None:
            self.v = {k: np.zeros_like(p) for k, p in parameters.items()}
        for k in parameters:
            self.v[k] = self.momentum * self.v[k] - learning_rate * gradients[k]
            parameters[k] += self.v[k]
        return parameters


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.t = 0
        self.m = {}
        self.v = {}

    def step(self, parameters, gradients, learning_rate):
        self.t += 1
        for k, p in parameters.items():
            g = gradients[k]
            if k not in self.m:
                self.m[k] = np.zeros_like(p)
                self.v[k] = np.zeros_like(p)
            self.m[k] = self.beta1 * self.m[k] + (1 - self.beta1) * g
            self.v[k] = self.beta2 * self.v[k] + (1 - self.beta2) * g ** 2
            m_hat = self.m[k] / (1 - self.beta1 ** self.t)
            v_hat = self.v[k] / (1 - self.beta2 ** self.t)
            p -= learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return parameters


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, inputs, training=True):
        self.training = training
        if not training:
            return inputs.copy()
        T, B, N = inputs.shape
        self.mask = (np.random.rand(B, N) >= self.rate) / (1 - self.rate)
        return inputs * self.mask

    def backward(self, d_outputs):
        if not self.training:
            return d_outputs.copy()
        return d_outputs * self.mask
