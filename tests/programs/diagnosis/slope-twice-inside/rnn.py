import numpy as n, matplotlib.pyplot as p
r = n.random.randn
N = 'W_xh W_hh b_h W_hy b_y'.split()
s = lambda z: 0.5 * n.tanh(0.5 * z) + 0.5

class SimpleRNN:

    def __init__(S, input_size, hidden_size, output_size):
        i, h, o = (input_size, hidden_size, output_size)
        S.W_xh, S.W_hh, S.W_hy = (r(i, h) / i ** 0.5, r(h, h) / h ** 0.5, r(h, o) / h ** 0.5)
        S.b_h, S.b_y = (n.zeros(h), n.zeros(o))

    def forward(S, inputs):
        S.x = inputs
        S.h = [n.zeros((inputs.shape[1], len(S.b_h)))]
        for x in S.x:
            S.h += (n.tanh(x @ S.W_xh + S.h[-1] @ S.W_hh + S.b_h),)
        H = n.array(S.h[1:])
        return (H @ S.W_hy + S.b_y, H)

    def backward(S, d_outputs):
        d = d_outputs
        D = 0
        G = [n.zeros_like(getattr(S, k)) for k in N]
        for t in range(len(d))[::-1]:
            q, h = S.h[t:t + 2]
            D = (d[t] @ S.W_hy.T + D) * (1 - h * h)
            D = (d[t] @ S.W_hy.T + D) * (1 - h * h)
            for g, v in zip(G, (S.x[t].T @ D, q.T @ D, D.sum(0), h.T @ d[t], d[t].sum(0))):
                g += v
            D = D @ S.W_hh.T
        S.g = dict(zip(N, G))
        return S.g

    def update_parameters(S, learning_rate):
        for k in N:
            setattr(S, k, getattr(S, k) - learning_rate * S.g[k])

class LSTMCell:

    def __init__(S, input_size, hidden_size):
        for g in 'fico':
            S.__dict__.update({'W_' + g: r(input_size, hidden_size) * 0.2, 'U_' + g: r(hidden_size, hidden_size) * 0.2, 'b_' + g: n.zeros(hidden_size)})

    def forward(S, input_t, hidden_state, cell_state):
        f, i, g, o = (a(input_t @ vars(S)['W_' + k] + hidden_state @ vars(S)['U_' + k] + vars(S)['b_' + k]) for a, k in zip((s, s, n.tanh, s), 'fico'))
        c = f * cell_state + i * g
        return (o * n.tanh(c), c)

def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1 or seq_type not in ('fibonacci', 'sine'):
        raise ValueError
    if seq_type == 'sine':
        return n.sin(n.arange(length) / 5)
    a = [0, 1]
    for _ in range(length):
        a += (a[-1] + a[-2],)
    return n.array([*map(float, a[:length])])

def train_rnn_on_sequence():
    z = generate_sequence_data('sine', 360)
    c = 300
    E = {}
    w = lambda z, L: (n.array([z[k:k + L] for k in range(len(z) - L)]).T[..., None], z[L:])
    for L in (4, 7, 10):
        m = SimpleRNN(1, 16, 1)
        x, y = w(z[:c], L)
        l = []
        for _ in range(400):
            o = m.forward(x)[0]
            e = o[-1, :, 0] - y
            l += (float(e @ e / len(e)),)
            d = 0 * o
            d[-1, :, 0] = 2 * e / len(e)
            m.backward(d)
            m.update_parameters(0.1)
        x, y = w(z[c - L:], L)
        q = m.forward(x)[0][-1, :, 0]
        E[L] = float(n.mean((q - y) ** 2))
    f, a = p.subplots(2)
    a[0].plot(l)
    a[1].plot(y)
    a[1].plot(q)
    return dict(losses=l, predictions=q, targets=y, error_by_length=E, figure=f)
