"""The reference solution of the optional part: GRU, bidirectional and deep RNN, Seq2Seq, training.

Every line of mathematics stands as a comment beside the line that computes it. Shapes: T time
steps, B sequences in a batch, I inputs, H hidden units, O outputs. Vectors are rows, so a layer is
`x @ W + b`. Arrays are float64. The file needs nothing of rnn.py: the optional part stands alone.

Equations: Goodfellow, Bengio, Courville, "Deep Learning", ch. 10 (10.3 bidirectional, 10.4 encoder
and decoder, 10.5 deep, 10.11.1 clipping) and 8.3.2, 8.5.3 (momentum, Adam); GRU as in Cho et al.
2014; dropout in RNNs as in Gal & Ghahramani 2016.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Arrays = dict[str, Array]

RNG = np.random.default_rng(6)


def xavier(fan_in: int, fan_out: int) -> Array:
    """Uniform weights (fan_in, fan_out) of variance 2 / (fan_in + fan_out), Glorot & Bengio 2010."""
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return RNG.uniform(-limit, limit, (fan_in, fan_out))


def sigmoid(a: Array) -> Array:
    """1 / (1 + exp(-a)), written so that no a overflows."""
    return 0.5 * (1.0 + np.tanh(0.5 * a))


def rows(sequence: Array) -> Array:
    """(T, B, N) seen as (T*B, N), without a copy: all time steps in one matrix product."""
    return sequence.reshape(-1, sequence.shape[-1])


class GRUCell:
    """One step of a GRU: z weighs the old state against a candidate, which sees the state through r.

    `reset_after`: the form of PyTorch and Keras, where r comes after the product with U_h instead
    of before it. Both are published, and neither is better.
    """

    def __init__(self, input_size: int, hidden_size: int, reset_after: bool = False) -> None:  # noqa: FBT001, FBT002  (the contract passes by position)
        self.reset_after = reset_after
        self.W_z = xavier(input_size, hidden_size)  # update gate
        self.U_z = xavier(hidden_size, hidden_size)
        self.b_z = np.zeros(hidden_size)
        self.W_r = xavier(input_size, hidden_size)  # reset gate
        self.U_r = xavier(hidden_size, hidden_size)
        self.b_r = np.zeros(hidden_size)
        self.W_h = xavier(input_size, hidden_size)  # candidate
        self.U_h = xavier(hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self._step: tuple[Array, ...] = ()

    def forward(self, input_t: ArrayLike, hidden_state: ArrayLike) -> Array:
        """(B, I), (B, H) -> new_hidden_state (B, H)."""
        x = np.array(input_t, dtype=np.float64)
        h = np.array(hidden_state, dtype=np.float64)
        z = sigmoid(x @ self.W_z + h @ self.U_z + self.b_z)  # how much of the state to keep
        r = sigmoid(x @ self.W_r + h @ self.U_r + self.b_r)  # how much of it the candidate sees
        recurrent = r * (h @ self.U_h) if self.reset_after else (r * h) @ self.U_h
        n = np.tanh(x @ self.W_h + recurrent + self.b_h)  # candidate
        self._step = x, h, z, r, n
        return np.asarray(z * h + (1.0 - z) * n)

    def backward(self, d_new_hidden_state: ArrayLike) -> Arrays:
        """Through the last forward.

        dL/dh' (B, H) -> the gradient of each parameter, of `input_t` and of `hidden_state`.
        """
        dh_new = np.asarray(d_new_hidden_state, dtype=np.float64)
        x, h, z, r, n = self._step
        da_z = dh_new * (h - n) * z * (1.0 - z)  # h' = z h + (1 - z) n,  sigmoid' = z (1 - z)
        da_n = dh_new * (1.0 - z) * (1.0 - n**2)  # tanh' = 1 - n^2
        if self.reset_after:  # r (h U_h): r meets the product
            dr = da_n * (h @ self.U_h)
            dU_h = h.T @ (da_n * r)
            dh_candidate = (da_n * r) @ self.U_h.T
        else:  # (r h) U_h: r meets the state
            d_reset = da_n @ self.U_h.T
            dr = d_reset * h
            dU_h = (r * h).T @ da_n
            dh_candidate = d_reset * r
        da_r = dr * r * (1.0 - r)
        return {
            "W_z": x.T @ da_z,
            "U_z": h.T @ da_z,
            "b_z": da_z.sum(axis=0),
            "W_r": x.T @ da_r,
            "U_r": h.T @ da_r,
            "b_r": da_r.sum(axis=0),
            "W_h": x.T @ da_n,
            "U_h": dU_h,
            "b_h": da_n.sum(axis=0),
            "input_t": da_z @ self.W_z.T + da_r @ self.W_r.T + da_n @ self.W_h.T,
            # Four ways from h to h': kept by z, through z, through r, through the candidate.
            "hidden_state": dh_new * z + da_z @ self.U_z.T + da_r @ self.U_r.T + dh_candidate,
        }


def recur(inputs: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h): (T, B, I) -> h_0 to h_T, (T + 1, B, H)."""
    h = [h_0]
    for x_t in inputs:
        h.append(np.tanh(x_t @ W_xh + h[-1] @ W_hh + b_h))
    return np.stack(h)


def recur_back(dh: Array, h: Array, W_hh: Array) -> Array:
    """BPTT through `recur`.

    dh (T, B, H): dL/dh_t by every way but h_{t+1} -> dL/da_t (T, B, H), where h_t = tanh(a_t).
    """
    da = np.empty_like(dh)
    dh_next = np.zeros_like(dh[0])  # dL/dh_t by way of h_{t+1}
    for t in reversed(range(len(dh))):
        da[t] = (dh[t] + dh_next) * (1.0 - h[t + 1] ** 2)  # tanh'(a_t) = 1 - h_t^2
        dh_next = da[t] @ W_hh.T
    return da


def layer_gradients(inputs: Array, h: Array, da: Array, names: tuple[str, str, str]) -> Arrays:
    """The gradients of W_xh, W_hh and b_h of `recur`, called `names`, summed over time and batch."""
    W_xh, W_hh, b_h = names
    return {
        W_xh: rows(inputs).T @ rows(da),  # sum over t of x_t^T dL/da_t
        W_hh: rows(h[:-1]).T @ rows(da),  # sum over t of h_{t-1}^T dL/da_t
        b_h: rows(da).sum(axis=0),  # sum over t of dL/da_t
    }


def output_gradients(hidden_states: Array, dy: Array) -> Arrays:
    """The gradients of W_hy and b_y in y_t = h_t W_hy + b_y."""
    return {"W_hy": rows(hidden_states).T @ rows(dy), "b_y": rows(dy).sum(axis=0)}


class Network:
    """What the networks below share: gradients of the last backward, and the step down them."""

    def __init__(self) -> None:
        self.gradients: Arrays = {}

    def parameters(self, *names: str) -> tuple[Array, ...]:
        """The arrays of these names, the network's own."""
        return tuple(getattr(self, name) for name in names)

    def update_parameters(self, learning_rate: float) -> None:
        """One step of gradient descent with the gradients of the last backward."""
        for name, gradient in self.gradients.items():
            parameter = getattr(self, name)
            parameter -= learning_rate * gradient  # in place: theta <- theta - lr dL/dtheta


class BidirectionalRNN(Network):
    """Two RNNs, one of which reads backwards; the outputs see the states of both."""

    FORWARD = ("W_xh_forward", "W_hh_forward", "b_h_forward")
    BACKWARD = ("W_xh_backward", "W_hh_backward", "b_h_backward")

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.W_xh_forward = xavier(input_size, hidden_size)
        self.W_hh_forward = xavier(hidden_size, hidden_size)
        self.b_h_forward = np.zeros(hidden_size)
        self.W_xh_backward = xavier(input_size, hidden_size)
        self.W_hh_backward = xavier(hidden_size, hidden_size)
        self.b_h_backward = np.zeros(hidden_size)
        self.W_hy = xavier(2 * hidden_size, output_size)
        self.b_y = np.zeros(output_size)
        self._run: tuple[Array, ...] = ()

    def forward(self, inputs: ArrayLike) -> tuple[Array, Array]:
        """inputs (T, B, I) -> outputs (T, B, O), hidden_states (T, B, 2H), forward half first."""
        x = np.array(inputs, dtype=np.float64)
        h_0 = np.zeros((x.shape[1], self.hidden_size))
        f = recur(x, h_0, *self.parameters(*self.FORWARD))
        g = recur(x[::-1], h_0, *self.parameters(*self.BACKWARD))  # in its own order: x_T first
        hidden_states = np.concatenate([f[1:], g[1:][::-1]], axis=-1)  # h_t = [f_t, g_t]
        self._run = x, f, g, hidden_states
        return hidden_states @ self.W_hy + self.b_y, hidden_states.copy()

    def backward(self, d_outputs: ArrayLike) -> Arrays:
        """d_outputs (T, B, O) -> {parameter: gradient}, BPTT of the last forward."""
        dy = np.asarray(d_outputs, dtype=np.float64)
        x, f, g, hidden_states = self._run
        df, dg = np.split(dy @ self.W_hy.T, 2, axis=-1)  # dL/dh_t = dL/dy_t W_hy^T = [df_t, dg_t]
        da_f = recur_back(df, f, self.W_hh_forward)
        da_g = recur_back(dg[::-1], g, self.W_hh_backward)  # its last step is t = 1
        self.gradients = {
            **layer_gradients(x, f, da_f, self.FORWARD),
            **layer_gradients(x[::-1], g, da_g, self.BACKWARD),
            **output_gradients(hidden_states, dy),
        }
        return dict(self.gradients)


class DeepRNN(Network):
    """Layers of RNNs, each of which reads the states of the one below."""

    def __init__(
        self, input_size: int, hidden_size: int, output_size: int, num_layers: int
    ) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.layers = [(f"W_xh_{k}", f"W_hh_{k}", f"b_h_{k}") for k in range(1, num_layers + 1)]
        fan_in = input_size
        for W_xh, W_hh, b_h in self.layers:
            setattr(self, W_xh, xavier(fan_in, hidden_size))
            setattr(self, W_hh, xavier(hidden_size, hidden_size))
            setattr(self, b_h, np.zeros(hidden_size))
            fan_in = hidden_size  # from the second layer on
        self.W_hy = xavier(hidden_size, output_size)
        self.b_y = np.zeros(output_size)
        self._inputs: list[Array] = []  # of every layer, (T, B, I) or (T, B, H)
        self._states: list[Array] = []  # of every layer, (T + 1, B, H)

    def forward(self, inputs: ArrayLike) -> tuple[Array, Array]:
        """inputs (T, B, I) -> outputs (T, B, O), hidden_states (num_layers, T, B, H)."""
        below = np.array(inputs, dtype=np.float64)
        h_0 = np.zeros((below.shape[1], self.hidden_size))
        self._inputs, self._states = [], []
        for names in self.layers:
            h = recur(below, h_0, *self.parameters(*names))
            self._inputs.append(below)
            self._states.append(h)
            below = h[1:]  # what the next layer reads
        hidden_states = np.stack([h[1:] for h in self._states])
        return below @ self.W_hy + self.b_y, hidden_states

    def backward(self, d_outputs: ArrayLike) -> Arrays:
        """d_outputs (T, B, O) -> {parameter: gradient}, through time and layers."""
        dy = np.asarray(d_outputs, dtype=np.float64)
        self.gradients = output_gradients(self._states[-1][1:], dy)
        dh = dy @ self.W_hy.T  # dL/dh_t of the top layer
        for names, x, h in reversed(
            list(zip(self.layers, self._inputs, self._states, strict=True))
        ):
            W_xh, W_hh, _ = self.parameters(*names)
            da = recur_back(dh, h, W_hh)
            self.gradients |= layer_gradients(x, h, da, names)
            dh = da @ W_xh.T  # dL/dh_t of the layer below
        return dict(self.gradients)


class Seq2Seq(Network):
    """An encoder whose last state is the first of a decoder, which reads its own last output."""

    ENCODER = ("W_xh_encoder", "W_hh_encoder", "b_h_encoder")
    DECODER = ("W_yh_decoder", "W_hh_decoder", "b_h_decoder")

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.output_size = output_size
        self.W_xh_encoder = xavier(input_size, hidden_size)
        self.W_hh_encoder = xavier(hidden_size, hidden_size)
        self.b_h_encoder = np.zeros(hidden_size)
        self.W_yh_decoder = xavier(output_size, hidden_size)
        self.W_hh_decoder = xavier(hidden_size, hidden_size)
        self.b_h_decoder = np.zeros(hidden_size)
        self.W_hy = xavier(hidden_size, output_size)
        self.b_y = np.zeros(output_size)
        self._run: tuple[Array, ...] = ()
        self._forced = True  # whether targets were given in the last forward

    def forward(
        self, inputs: ArrayLike, targets: ArrayLike | None = None, length: int | None = None
    ) -> Array:
        """inputs (T, B, I) -> outputs (S, B, O).

        `targets` (S, B, O): teacher forcing. Without them the decoder runs free for S = `length`
        steps, or T.
        """
        x = np.array(inputs, dtype=np.float64)
        h_0 = np.zeros((x.shape[1], self.hidden_size))
        h = recur(x, h_0, *self.parameters(*self.ENCODER))
        self._forced = targets is not None
        if targets is not None:
            u, s = self._teach(h[-1], np.asarray(targets, dtype=np.float64))
        else:
            u, s = self._run_free(h[-1], len(x) if length is None else length)
        self._run = x, h, u, s
        return s[1:] @ self.W_hy + self.b_y  # y_t = s_t W_hy + b_y

    def _teach(self, s_0: Array, targets: Array) -> tuple[Array, Array]:
        """The decoder's inputs u_1..u_S (S, B, O) and states s_0..s_S: it reads the targets."""
        start = np.zeros((1, len(s_0), self.output_size))
        u = np.concatenate([start, targets[:-1]])  # one step late: u_t is the target t - 1
        return u, recur(u, s_0, *self.parameters(*self.DECODER))

    def _run_free(self, s_0: Array, length: int) -> tuple[Array, Array]:
        """The same, where it reads its own output of the step before."""
        W_yh, W_hh, b_h = self.parameters(*self.DECODER)
        u = [np.zeros((len(s_0), self.output_size))]  # the start token
        s = [s_0]
        for _ in range(length):
            s.append(np.tanh(u[-1] @ W_yh + s[-1] @ W_hh + b_h))
            u.append(s[-1] @ self.W_hy + self.b_y)  # y_t is u_{t+1}
        return np.stack(u[:-1]), np.stack(s)

    def backward(self, d_outputs: ArrayLike) -> Arrays:
        """d_outputs (S, B, O) -> {parameter: gradient}, through decoder and encoder."""
        x, h, u, s = self._run
        dy = np.array(d_outputs, dtype=np.float64)
        da_s = self._decoder_back(dy, s)
        dh = np.zeros_like(h[1:])
        dh[-1] = da_s[0] @ self.W_hh_decoder.T  # s_0 = h_T: the one door to the encoder
        da_h = recur_back(dh, h, self.W_hh_encoder)
        self.gradients = {
            **layer_gradients(x, h, da_h, self.ENCODER),
            **layer_gradients(u, s, da_s, self.DECODER),
            **output_gradients(s[1:], dy),
        }
        return dict(self.gradients)

    def _decoder_back(self, dy: Array, s: Array) -> Array:
        """dL/da_t of the decoder's steps (S, B, H); free running, completes dy (S, B, O) in place."""
        da = np.empty_like(s[1:])
        ds_next = np.zeros_like(s[0])
        for t in reversed(range(len(dy))):
            da[t] = (dy[t] @ self.W_hy.T + ds_next) * (1.0 - s[t + 1] ** 2)
            ds_next = da[t] @ self.W_hh_decoder.T
            if not self._forced and t > 0:
                dy[t - 1] += da[t] @ self.W_yh_decoder.T  # y_{t-1} is u_t: what the next step read
        return da


def clip_by_norm(gradients: Arrays, limit: float) -> Arrays:
    """All gradients, scaled alike so that their common norm is at most `limit` (Pascanu 2013)."""
    norm = np.sqrt(sum(float(np.sum(gradient**2)) for gradient in gradients.values()))
    scale = limit / norm if norm > limit else 1.0
    return {name: scale * gradient for name, gradient in gradients.items()}


class Momentum:
    """Gradient descent with momentum (Polyak 1964)."""

    def __init__(self, momentum: float = 0.9) -> None:
        self.momentum = momentum
        self.velocities: Arrays = {}

    def step(self, parameters: Arrays, gradients: Arrays, learning_rate: float) -> Arrays:
        """Change the parameters in place, {name: array}, and return them."""
        for name, parameter in parameters.items():
            velocity = self.velocities.setdefault(name, np.zeros_like(parameter))
            velocity *= self.momentum
            velocity += gradients[name]  # v <- mu v + g
            np.subtract(parameter, learning_rate * velocity, out=parameter)  # theta <- theta - lr v
        return parameters


class Adam:
    """Adam (Kingma & Ba 2015, algorithm 1)."""

    def __init__(self, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> None:
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.steps = 0
        self.first: Arrays = {}  # m
        self.second: Arrays = {}  # v

    def step(self, parameters: Arrays, gradients: Arrays, learning_rate: float) -> Arrays:
        """Change the parameters in place, {name: array}, and return them."""
        self.steps += 1
        for name, parameter in parameters.items():
            gradient = gradients[name]
            m = self.first.setdefault(name, np.zeros_like(parameter))
            v = self.second.setdefault(name, np.zeros_like(parameter))
            m += (1.0 - self.beta1) * (gradient - m)  # m <- beta1 m + (1 - beta1) g
            v += (1.0 - self.beta2) * (gradient**2 - v)  # v <- beta2 v + (1 - beta2) g^2
            m_hat = m / (1.0 - self.beta1**self.steps)  # both start at 0, which pulls them down
            v_hat = v / (1.0 - self.beta2**self.steps)
            step = learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)
            np.subtract(parameter, step, out=parameter)  # theta <- theta - lr m / (sqrt(v) + eps)
        return parameters


class Dropout:
    """Inverted dropout with one mask for all time steps of a sequence (Gal & Ghahramani 2016)."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._mask: Array = np.ones(1)

    def forward(self, inputs: ArrayLike, training: bool = True) -> Array:  # noqa: FBT001, FBT002  (the contract passes by position)
        """inputs (T, B, N) -> outputs (T, B, N); with `training` false the inputs' values."""
        x = np.asarray(inputs, dtype=np.float64)
        keep = 1.0 - self.rate
        # (B, N), the same for all t; divided by `keep`, so that the expectation stays x.
        self._mask = (RNG.random(x.shape[1:]) < keep) / keep if training else np.ones(1)
        return x * self._mask

    def backward(self, d_outputs: ArrayLike) -> Array:
        """d_outputs (T, B, N) -> d_inputs (T, B, N), with the mask of the last forward."""
        return np.asarray(d_outputs, dtype=np.float64) * self._mask
