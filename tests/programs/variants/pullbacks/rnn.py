# -*- coding: utf-8 -*-
# hw6. I took a Haskell class last year, sorry in advance.
#
# Idea: every primitive returns (value, pullback).  A pullback maps a cotangent of the value to
# cotangents of the arguments.  The RNN is a scan; reverse mode is the scan run the other way.
# Parameters are an immutable namedtuple, "updating" makes a new one.
from collections import namedtuple
from functools import partial, reduce
from itertools import accumulate, islice
from operator import add

import numpy as np

Theta = namedtuple("Theta", "W_xh W_hh b_h W_hy b_y")


# ---- primitives with pullbacks -------------------------------------------------------------
def linear(x, W):
    return x @ W, lambda g: (g @ W.T, x.T @ g)


def tanh(z):
    a = np.tanh(z)
    return a, lambda g: g * (1 - a * a)


def bias(z, b):
    return z + b, lambda g: (g, g.sum(0))


# ---- cell / readout ---------------------------------------------------------------------------
def cell(theta, h, x):
    """(theta, h, x) -> h', pullback(dh') -> (dtheta, dh)"""
    u, pb_u = linear(x, theta.W_xh)
    v, pb_v = linear(h, theta.W_hh)
    s, pb_s = bias(u + v, theta.b_h)
    h1, pb_t = tanh(s)

    def pullback(g):
        gs, db = pb_s(pb_t(g))
        _, dWx = pb_u(gs)
        dh, dWh = pb_v(gs)
        return dict(W_xh=dWx, W_hh=dWh, b_h=db), dh

    return h1, pullback


def readout(theta, h):
    u, pb_u = linear(h, theta.W_hy)
    y, pb_b = bias(u, theta.b_y)

    def pullback(g):
        gu, db = pb_b(g)
        dh, dW = pb_u(gu)
        return dict(W_hy=dW, b_y=db), dh

    return y, pullback


def merge(*ds):
    """sum dictionaries key by key (a monoid!)"""
    keys = dict.fromkeys(k for d in ds for k in d)
    return {k: reduce(add, (d[k] for d in ds if k in d)) for k in keys}


def unroll(theta, xs, h0):
    """scan. returns ys, hs, pullback(dys) -> dtheta"""
    steps = list(islice(accumulate(xs, lambda s, x: cell(theta, s[0], x), initial=(h0, None)), 1, None))
    outs = [readout(theta, h) for h, _ in steps]

    def pullback(dys):
        def back(carry, item):
            acc, dh = carry
            dy, (_, pb_cell), (_, pb_out) = item
            d_out, dh_y = pb_out(dy)
            d_cell, dh_prev = pb_cell(dh + dh_y)
            return merge(acc, d_out, d_cell), dh_prev

        items = list(zip(dys, steps, outs))[::-1]
        return reduce(back, items, ({}, np.zeros_like(h0)))[0]

    return np.array([y for y, _ in outs]), np.array([h for h, _ in steps]), pullback


class SimpleRNN:
    """The object oriented shell around the pure functions above."""

    def __init__(self, input_size, hidden_size, output_size):
        mat = lambda m, n: np.random.normal(0.0, (2.0 / (m + n)) ** 0.5, (m, n))
        self.theta = Theta(mat(input_size, hidden_size), mat(hidden_size, hidden_size), np.zeros(hidden_size),
                           mat(hidden_size, output_size), np.zeros(output_size))
        self.pullback = None
        self.gradient = None

    def forward(self, inputs):
        h0 = np.zeros((inputs.shape[1], self.theta.b_h.size))
        ys, hs, self.pullback = unroll(self.theta, np.array(inputs, float), h0)
        return ys, hs

    def backward(self, d_outputs):
        self.gradient = self.pullback(d_outputs)
        return dict(self.gradient)

    def update_parameters(self, learning_rate):
        g = self.gradient
        self.theta = Theta(**{k: p - learning_rate * g[k] for k, p in self.theta._asdict().items()})


# ---- LSTM ---------------------------------------------------------------------------------------
def sigmoid(z):
    # exp(-log(1 + e^-z)), logaddexp never overflows
    return np.exp(-np.logaddexp(0.0, -z))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        def gate(b=0.0):
            k = 1 / np.sqrt(hidden_size)
            u = partial(np.random.uniform, -k, k)
            return {"W": u((input_size, hidden_size)), "U": u((hidden_size, hidden_size)), "b": np.full(hidden_size, b)}

        self.gates = {"f": gate(1.0), "i": gate(), "c": gate(), "o": gate()}

    def forward(self, input_t, hidden_state, cell_state):
        pre = lambda p: input_t @ p["W"] + hidden_state @ p["U"] + p["b"]
        squash = {"c": np.tanh}
        f, i, g, o = (squash.get(k, sigmoid)(pre(self.gates[k])) for k in "fico")
        return (lambda c: (o * np.tanh(c), c))(f * cell_state + i * g)


# ---- data -----------------------------------------------------------------------------------------
def _fibs():
    pair = (0, 1)
    while True:
        yield float(pair[0])
        pair = (pair[1], sum(pair))


def _sines(k=0):
    while True:
        yield np.sin(0.25 * k)
        k += 1


def generate_sequence_data(seq_type='fibonacci', length=1000):
    """take `length` from an infinite stream"""
    streams = {"fibonacci": _fibs, "sine": _sines}
    if seq_type not in streams or length < 1:
        raise ValueError("generate_sequence_data(%r, %r)" % (seq_type, length))
    return np.fromiter(islice(streams[seq_type](), length), dtype=np.float64, count=length)


# ---- experiment --------------------------------------------------------------------------------------
def compose(*fs):
    return reduce(lambda f, g: lambda x: g(f(x)), fs)


def affine_scaler(train):
    lo, hi = train.min(), train.max()
    return (lambda x: (x - lo) / (hi - lo) * 2 - 1), (lambda z: (z + 1) / 2 * (hi - lo) + lo)


def chop(L):
    """series -> (X, Y), both (L, n, 1); Y is X one step later"""
    def go(s):
        idx = np.arange(L)[:, None] + np.arange(len(s) - L)
        return s[idx][..., None], s[idx + 1][..., None]
    return go


def epoch(net, lr, data):
    X, Y = data
    P, _ = net.forward(X)
    net.backward(2 * (P - Y) / P.size)
    net.update_parameters(lr)
    return np.mean((P - Y) ** 2)


def train_rnn_on_sequence():
    import matplotlib
    from matplotlib.figure import Figure          # no pyplot, no global state :)

    series = generate_sequence_data("sine", 500)
    train, test = np.split(series, [400])
    scale, unscale = affine_scaler(train)

    def experiment(L):
        net = SimpleRNN(1, 12, 1)
        data = compose(scale, chop(L))(train)
        losses = [epoch(net, 0.12, data) for e in range(260)]
        X, Y = compose(scale, chop(L))(test)
        P = unscale(net.forward(X)[0][-1, :, 0])
        T = unscale(Y[-1, :, 0])
        return losses, P, T

    runs = {L: experiment(L) for L in (3, 6, 12)}
    mae = {L: float(np.abs(P - T).mean()) for L, (_, P, T) in runs.items()}
    losses, P, T = runs[12]

    fig = Figure(figsize=(9, 3))
    ax = fig.subplots(1, 3)
    for L, (l, _, _) in runs.items():
        ax[0].semilogy(l, label="L=%d" % L)
    ax[0].legend(), ax[0].set_title("loss")
    ax[1].plot(T, label="true"), ax[1].plot(P, ":", label="predicted"), ax[1].legend()
    ax[2].bar(list(map(str, mae)), list(mae.values())), ax[2].set_title("MAE by length")
    return {"losses": losses, "predictions": P, "targets": T, "error_by_length": mae, "figure": fig}
