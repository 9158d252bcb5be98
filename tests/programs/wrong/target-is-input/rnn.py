import numpy as np
import matplotlib
import matplotlib.pyplot as plt


class SimpleRNN(object):
    """ RNN with tanh units. """

    def __init__(self, input_size, hidden_size, output_size):
        gen = np.random.default_rng(np.random.randint(2**31))
        self.W_xh = gen.normal(size=(input_size, hidden_size)) * (1.0 / (input_size + hidden_size)) ** 0.5
        self.W_hh = gen.normal(size=(hidden_size, hidden_size)) * (0.5 / hidden_size) ** 0.5
        self.b_h = np.zeros(hidden_size)
        self.W_hy = gen.normal(size=(hidden_size, output_size)) * (1.0 / hidden_size) ** 0.5
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        steps, batch = inputs.shape[:2]
        hid = np.empty((steps, batch, len(self.b_h)))
        last = np.zeros((batch, len(self.b_h)))
        for k, x in enumerate(inputs):
            last = hid[k] = np.tanh(x.dot(self.W_xh) + last.dot(self.W_hh) + self.b_h)
        self.inp, self.hid = inputs.copy(), hid
        return hid.dot(self.W_hy) + self.b_y, hid.copy()

    def backward(self, d_outputs):
        n_hid = len(self.b_h)
        prev = np.concatenate([np.zeros_like(self.hid[:1]), self.hid[:-1]])
        dpre = np.empty_like(self.hid)
        back = np.zeros_like(self.hid[0])
        for k in range(len(self.hid))[::-1]:
            dpre[k] = (d_outputs[k].dot(self.W_hy.T) + back) * (1 - self.hid[k] ** 2)
            back = dpre[k].dot(self.W_hh.T)
        D = dpre.reshape(-1, n_hid)
        E = d_outputs.reshape(-1, d_outputs.shape[-1])
        self.grad = dict(
            W_xh=self.inp.reshape(len(D), -1).T.dot(D),
            W_hh=prev.reshape(-1, n_hid).T.dot(D),
            b_h=D.sum(axis=0),
            W_hy=self.hid.reshape(-1, n_hid).T.dot(E),
            b_y=E.sum(axis=0))
        return self.grad

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate * self.grad['W_xh']
        self.W_hh -= learning_rate * self.grad['W_hh']
        self.b_h -= learning_rate * self.grad['b_h']
        self.W_hy -= learning_rate * self.grad['W_hy']
        self.b_y -= learning_rate * self.grad['b_y']


class LSTMCell(object):
    def __init__(self, input_size, hidden_size):
        def mats():
            return (np.random.randn(input_size, hidden_size) / np.sqrt(input_size),
                    np.random.randn(hidden_size, hidden_size) / np.sqrt(hidden_size), np.zeros(hidden_size))
        self.W_f, self.U_f, self.b_f = mats()
        self.W_i, self.U_i, self.b_i = mats()
        self.W_c, self.U_c, self.b_c = mats()
        self.W_o, self.U_o, self.b_o = mats()

    def forward(self, input_t, hidden_state, cell_state):
        pre = lambda W, U, b: input_t.dot(W) + hidden_state.dot(U) + b
        sig = lambda a: 1. / (1. + np.exp(-np.clip(a, -300, 300)))
        f, i, o = sig(pre(self.W_f, self.U_f, self.b_f)), sig(pre(self.W_i, self.U_i, self.b_i)), \
            sig(pre(self.W_o, self.U_o, self.b_o))
        c = f * cell_state + i * np.tanh(pre(self.W_c, self.U_c, self.b_c))
        return o * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('bad length %r' % (length,))
    if seq_type == 'fibonacci':
        a, b, l = 0., 1., []
        for _ in range(length):
            l.append(a)
            a, b = b, a + b
        return np.asarray(l)
    elif seq_type == 'sine':
        return np.sin(2 * np.pi * np.arange(length) / 16)
    raise ValueError('bad seq_type %r' % (seq_type,))


def train_rnn_on_sequence():
    np.random.seed(99)
    wave = generate_sequence_data('sine', 400) + 0.05 * np.random.randn(400)
    tr, te = wave[:300], wave[300:]
    m, s = tr.mean(), tr.std()
    tr, te = (tr - m) / s, (te - m) / s
    warm = 8          # the first outputs of a run have seen too little, skip them

    def fit(n):
        net = SimpleRNN(1, 16, 1)
        i = np.arange(len(tr) - n)
        x = tr[i + np.arange(n)[:, None]][:, :, None]
        y = tr[i + 1 + np.arange(n)[:, None]][:, :, None]
        log = []
        for ep in range(60):
            q = np.random.permutation(len(i))
            l = []
            for k in range(0, len(q), 50):
                out, _ = net.forward(x[:, q[k:k + 50]])
                dif = out - y[:, q[k:k + 50]]
                l.append(np.mean(dif ** 2))
                net.backward(2 * dif / dif.size)
                net.update_parameters(0.15)
            log.append(np.mean(l))
        return net, log

    def test(net):
        out, _ = net.forward(te[:-1].reshape(-1, 1, 1))
        pred = out[warm:, 0, 0]
        true = te[warm:-1]
        return pred * s + m, true * s + m

    errs = {}
    for n in (5, 10, 20):
        net, log = fit(n)
        p, t = test(net)
        errs[n] = np.sqrt(np.mean((p - t) ** 2))
    fig = plt.figure(figsize=(6, 7))
    a = fig.add_subplot(2, 1, 1)
    a.plot(log)
    a.set_ylabel('MSE')
    b = fig.add_subplot(2, 1, 2)
    b.plot(t, label='signal')
    b.plot(p, label='RNN')
    b.legend()
    return dict(losses=log, predictions=p, targets=t, error_by_length=errs, figure=fig)
