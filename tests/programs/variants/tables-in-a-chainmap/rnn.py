"""Weights in columns of one table per role, cache on a function object, closures instead of methods."""
import numpy as np
from collections import ChainMap, OrderedDict, defaultdict
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt


def build(input_size, hidden_size, output_size):
    recurrent = OrderedDict(
        W_xh=np.random.normal(0, input_size ** -0.5, (input_size, hidden_size)),
        W_hh=np.random.normal(0, hidden_size ** -0.5, (hidden_size, hidden_size)),
        b_h=np.zeros(hidden_size),
    )
    readout = OrderedDict(W_hy=np.random.normal(0, hidden_size ** -0.5, (hidden_size, output_size)), b_y=np.zeros(output_size))
    return ChainMap(recurrent, readout)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        params = build(input_size, hidden_size, output_size)

        def forward(inputs):
            h, seen = np.zeros((inputs.shape[1], hidden_size)), []
            for x in inputs:
                seen.append((x.copy(), h))
                h = np.tanh(x @ params['W_xh'] + h @ params['W_hh'] + params['b_h'])
            states = np.array([h for _, h in seen[1:]] + [h])
            forward.seen, forward.states = seen, states
            return states @ params['W_hy'] + params['b_y'], states.copy()

        def backward(d_outputs):
            grads = defaultdict(float)

            def back(t, dh):
                (x, before), h, dy = forward.seen[t], forward.states[t], d_outputs[t]
                grads['W_hy'] = grads['W_hy'] + h.T @ dy
                grads['b_y'] = grads['b_y'] + dy.sum(0)
                dz = (dh + dy @ params['W_hy'].T) * (1 - h * h)
                grads['W_xh'] = grads['W_xh'] + x.T @ dz
                grads['W_hh'] = grads['W_hh'] + before.T @ dz
                grads['b_h'] = grads['b_h'] + dz.sum(0)
                return dz @ params['W_hh'].T

            dh = 0
            for t in range(len(forward.states) - 1, -1, -1):
                dh = back(t, dh)
            backward.grads = dict(grads)
            return dict(grads)

        def update_parameters(learning_rate):
            for table in params.maps:
                for name in table:
                    table[name] = table[name] - learning_rate * backward.grads[name]

        self._params = params
        self._forward, self._backward, self._update = forward, backward, update_parameters

    def __getattr__(self, name):
        if name.startswith('_'):
            raise AttributeError(name)
        try:
            return self._params[name]
        except KeyError:
            raise AttributeError(name)

    def __setattr__(self, name, value):
        if not name.startswith('_') and name in self._params:
            for table in self._params.maps:
                if name in table:
                    table[name] = value
        else:
            object.__setattr__(self, name, value)

    def forward(self, inputs):
        return self._forward(inputs)

    def backward(self, d_outputs):
        return self._backward(d_outputs)

    def update_parameters(self, learning_rate):
        self._update(learning_rate)


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        fan = (input_size + hidden_size) ** -0.5
        self.gates = {
            gate: {'W': np.random.normal(0, fan, (input_size, hidden_size)),
                   'U': np.random.normal(0, fan, (hidden_size, hidden_size)),
                   'b': np.zeros(hidden_size)} for gate in ('o', 'c', 'i', 'f')}
        for gate, parts in self.gates.items():
            for kind in parts:
                setattr(self, f'{kind}_{gate}', parts[kind])

    def forward(self, input_t, hidden_state, cell_state):
        pre = {gate: input_t @ p['W'] + hidden_state @ p['U'] + p['b'] for gate, p in self.gates.items()}
        g = np.tanh(pre.pop('c'))
        s = {gate: np.where(v >= 0, 1 / (1 + np.exp(-np.abs(v))), np.exp(-np.abs(v)) / (1 + np.exp(-np.abs(v))))
             for gate, v in pre.items()}
        c = s['f'] * cell_state + s['i'] * g
        return s['o'] * np.tanh(c), c


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError('length has to be 1 or larger')
    if seq_type == 'fibonacci':
        a, b = 1, 1
        out = []
        for _ in range(length):
            out += [a]
            a, b = b, a + b
    elif seq_type == 'sine':
        out = [np.sin(0.3 * k) for k in range(length)]
    elif seq_type == 'digit_sum':
        out = [sum(map(int, str(k))) for k in range(length)]
    elif seq_type == 'collatz':
        out = []
        for k in range(1, length + 1):
            steps = 0
            while k != 1:
                k = k // 2 if k % 2 == 0 else 3 * k + 1
                steps += 1
            out.append(steps)
    elif seq_type == 'squares_mod':
        out = [(k * k) % 17 for k in range(length)]
    else:
        raise ValueError('what is %r?' % (seq_type,))
    return np.array(out, dtype=float)


def train_rnn_on_sequence():
    ints = generate_sequence_data('squares_mod', 510)          # period 17, values 0..16
    n = 17 * 20
    low, high = ints[:n].min(), ints[:n].max()
    code = lambda v: 2 * (v - low) / (high - low) - 1
    decode = lambda v: (v + 1) / 2 * (high - low) + low
    errors, hits, out = {}, {}, {}
    for k in (4, 6, 8):
        net = SimpleRNN(1, 32, 1)
        z = code(ints[:n])
        x = np.array([z[i:i + k] for i in range(n - k)]).T[:, :, None]
        y = z[k:]
        losses, velocity = [], {}
        for epoch in range(350):
            o, _ = net.forward(x)
            e = o[-1, :, 0] - y
            losses.append(float(np.mean(e ** 2)))
            d = np.zeros_like(o)
            d[-1, :, 0] = 2 * e / len(e)
            for name, g in net.backward(d).items():             # momentum, by hand
                velocity[name] = 0.9 * velocity.get(name, 0) - 0.02 * g
                setattr(net, name, getattr(net, name) + velocity[name])
        z = code(ints[n:])
        x = np.array([z[i:i + k] for i in range(len(z) - k)]).T[:, :, None]
        p, t = decode(net.forward(x)[0][-1, :, 0]), ints[n + k:]
        errors[k] = float(np.mean(np.abs(p - t)))
        hits[k] = float(np.mean(np.rint(p) == t))
        out[k] = losses, p, t
    losses, p, t = out[8]
    fig, ax = plt.subplots(1, 2, figsize=(10, 4))
    ax[0].plot(losses)
    ax[1].plot(t, 'o', label='n^2 mod 17')
    ax[1].plot(p, 'x', label='network')
    ax[1].legend()
    return {'losses': losses, 'predictions': p, 'targets': t, 'error_by_length': errors, 'figure': fig, 'hits': hits}
