"""What backward of the networks of q6_2 to q6_4 is made of, where forward follows the equations.

Each network is run with one short sequence at the matrices that its states show to be at work; what
backward gave for each matrix is held to the terms of backpropagation, one layer after the other from
the output down, each on the student's own gradient of what lies above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.checks.bonus import bidirectional, deep, networks, own_gradient, seq2seq
from grader.checks.bonus.affine import Affine
from grader.checks.bonus.networks import StoredNetwork
from grader.checks.bonus.own_gradient import ModelCall
from grader.diagnosis.optional.findings import Finding, finding, near
from grader.diagnosis.optional.form_names import called
from grader.diagnosis.optional.layers import Layer, gathered, late, placed, read, told
from grader.diagnosis.optional.sums import Forms, multiple
from grader.language import say
from grader.protocol import Array, CandidateClass

I, H, O, T, S, MANY = 7, 8, 3, 5, 6, 24  # noqa: E741  # sizes as in the equations
DRAWS = 2  # different d_outputs
SEED = 21


@dataclass(frozen=True)
class Matrices:
    """The arrays of one recurrence, as the states show them."""

    W: Array
    U: Array
    b: Array

    @classmethod
    def of(cls, found: Affine) -> Matrices:
        W, U = found.matrices
        return cls(W, U, found.bias)

    def states(self, inputs: Array, first: Array | None = None) -> Array:
        """h_1 to h_T (T, H) of one sequence (T, I)."""
        state = np.zeros(len(self.b)) if first is None else first
        states = []
        for x_t in inputs:
            state = np.tanh(x_t @ self.W + state @ self.U + self.b)
            states.append(state)
        return np.stack(states)


class Gave:
    """What backward gave in one run, by the matrix that it is the gradient of."""

    def __init__(
        self, found: StoredNetwork, values: Mapping[str, Array], call: ModelCall, d: Array
    ) -> None:
        run = own_gradient.run(call, d)
        self.values = values
        self.arrays = {
            path: np.zeros(found.layout.shapes[path]) if one is None else one.gradient
            for path, one in run.matches.items()
        }

    def of(self, matrix: Array) -> Array | None:
        """The gradient of this matrix; None where its numbers are not kept one by one."""
        places = placed(matrix, self.values)
        return None if places is None else gathered(places, matrix.shape, self.arrays)

    def layer(
        self, at: Matrices, inputs: Array, states: Array, names: tuple[str, str, str], **more: Any
    ) -> Layer | None:
        dW, dU = self.of(at.W), self.of(at.U)
        if dW is None or dU is None:
            return None
        return Layer(inputs, states, at.W, at.U, dW, dU, self.of(at.b), names, **more)


def _explained(
    layers: Sequence[Layer | None], into: Sequence[list[Forms]], label: str
) -> tuple[list[Array], list[Finding]]:
    """The student's da of each run, and what is said of this layer."""
    das: list[Array] = []
    found: list[Finding] = []
    for layer in layers:
        da, said = (None, []) if layer is None else read(layer)
        found = found or said
        if da is not None:
            das.append(da)
    if len(das) < len(layers):
        return [], found
    first = layers[0]
    if first is not None:
        found = [*told(first, das, [list(one) for one in into], label), *found]
    return das, found


def _output_layer(
    gave: Sequence[Gave], V: Array, states: Array, ds: Sequence[Array]
) -> Iterator[Finding]:
    """The gradient of the output weights: states times d_outputs, summed over the steps."""
    gradients = [one.of(V) for one in gave]
    if any(one is None for one in gradients):
        return
    pairs = [(one, d) for one, d in zip(gradients, ds, strict=True) if one is not None]
    if all(near(one, states.T @ d) for one, d in pairs):
        return
    partners = {
        "h_{t-1}": late(states),
        "h_{t+1}": late(states, -1),
        "h_{T+1-t}": states[::-1],
        "the last step alone": _last_alone(states),
    }
    for what, partner in partners.items():
        if all(near(one, partner.T @ d) for one, d in pairs):
            yield finding(
                say(
                    "The gradient of the output weights is made of {found} where h_t belongs.",
                    found=called(what),
                ),
                "W_hy",
            )
            return
    numbers = {
        f"{number:.3g}" for one, d in pairs if (number := multiple(one, states.T @ d)) is not None
    }
    if len(numbers) == 1:
        yield finding(
            say(
                "The gradient of the output weights is {number} times what it should be.",
                number=numbers.pop(),
            ),
            "W_hy",
        )


def _last_alone(rows: Array) -> Array:
    return np.concatenate([np.zeros_like(rows[:-1]), rows[-1:]])


# ---------------------------------------- q6_2 ----------------------------------------


def of_bidirectional(cls: CandidateClass) -> Iterator[Finding]:
    rng = np.random.default_rng(SEED)
    found = networks.network(cls, bidirectional.kind(I, H, O, T, MANY))
    maps, single, _, values = bidirectional.equation_maps(found, rng)
    if not all(one.holds(single=single) for one in maps.values()):
        return
    ahead, back = Matrices.of(maps["f_t"]), Matrices.of(maps["g_t"])
    V_ahead, V_back = maps["y_t"].matrices
    x, ds = rng.normal(size=(T, 1, I)), [rng.normal(size=(T, 1, O)) for _ in range(DRAWS)]
    gave = [Gave(found, values, found.called(values, x), d) for d in ds]
    dys = [d[:, 0] for d in ds]
    f, g = ahead.states(x[:, 0]), back.states(x[::-1, 0])  # g in its own order
    names = [(f"W_xh_{way}", f"W_hh_{way}", f"b_h_{way}") for way in ("forward", "backward")]
    halves = [*_output_layer(gave, V_ahead, f, dys), *_output_layer(gave, V_back, g[::-1], dys)]
    yield from halves[:1]
    firsts = [one.layer(ahead, x[:, 0], f, names[0], other=g[::-1]) for one in gave]
    into = [[_output_ways(dy, V_ahead, V_back)] for dy in dys]
    das, said = _explained(firsts, into, "the forward direction")
    yield from said
    seconds = [one.layer(back, x[::-1, 0], g, names[1], other=f[::-1]) for one in gave]
    into = [[_output_ways(dy[::-1], V_back, V_ahead)] for dy in dys]
    if das:
        into = [[*ways, _carried(da, ahead)] for ways, da in zip(into, das, strict=True)]
    yield from _explained(seconds, into, "the backward direction")[1]


def _output_ways(dy: Array, V: Array, other: Array) -> Forms:
    """What comes from the outputs into one direction's states, in that direction's order."""
    ways = {
        "d_outputs @ W_hy.T": dy @ V.T,
        "d_outputs[::-1] @ W_hy.T": dy[::-1] @ V.T,
        "the last step of d_outputs alone, @ W_hy.T": _last_alone(dy) @ V.T,
        "the first step of d_outputs alone, @ W_hy.T": _last_alone(dy[::-1])[::-1] @ V.T,
    }
    return (
        ways
        if near(V, other)
        else ways | {"d_outputs @ the other half of W_hy, transposed": dy @ other.T}
    )


def _carried(da: Array, ahead: Matrices) -> Forms:
    """What would go on from the forward direction's first step into the backward direction."""
    carry = np.zeros_like(da)
    carry[-1] = da[0] @ ahead.U.T
    return {
        "": np.zeros_like(da),
        "what the forward direction hands back before its first step": carry,
    }


# ---------------------------------------- q6_3 ----------------------------------------


def of_deep(cls: CandidateClass) -> Iterator[Finding]:
    rng = np.random.default_rng(SEED)
    K = 3
    found = networks.network(cls, deep.kind(I, H, O, K, T, MANY))
    maps, single, _, values = deep.equation_maps(found, rng)
    if len(maps) <= K or not all(one.holds(single=single) for one in maps.values()):
        return
    layers = [Matrices.of(maps[f"h{k}_t"]) for k in range(1, K + 1)]
    (V,) = maps["y_t"].matrices
    x, ds = rng.normal(size=(T, 1, I)), [rng.normal(size=(T, 1, O)) for _ in range(DRAWS)]
    gave = [Gave(found, values, found.called(values, x), d) for d in ds]
    dys = [d[:, 0] for d in ds]
    reads, states = [x[:, 0]], []
    for layer in layers:
        states.append(layer.states(reads[-1]))
        reads.append(states[-1])
    yield from _output_layer(gave, V, states[-1], dys)
    into = [[_from_outputs(dy, V)] for dy in dys]
    straight = [dy @ V.T for dy in dys]  # what comes down where no layer adds its own
    for k in reversed(range(K)):
        names = (f"W_xh_{k + 1}", f"W_hh_{k + 1}", f"b_h_{k + 1}")
        more = {"other": states[k - 1]} | ({"reads": f"h^{k}_t"} if k else {})
        kept = [one.layer(layers[k], reads[k], states[k], names, **more) for one in gave]
        das, said = _explained(kept, into, f"layer {k + 1}")
        yield from said
        if not das:
            return
        into = [
            [_from_above(da, states[k], layers[k], dy @ V.T, past, k + 1)]
            for da, dy, past in zip(das, dys, straight, strict=True)
        ]
        straight = [past @ layers[k].W.T for past in straight]


def _from_outputs(dy: Array, V: Array) -> Forms:
    return {
        "d_outputs @ W_hy.T": dy @ V.T,
        "the last step of d_outputs alone, @ W_hy.T": _last_alone(dy) @ V.T,
        "d_outputs[::-1] @ W_hy.T": dy[::-1] @ V.T,
    }


def _from_above(
    da: Array, states: Array, layer: Matrices, outer: Array, past: Array, number: int
) -> Forms:
    """What a layer hands down, on the student's own da of that layer."""
    dh = da / (1.0 - states**2)
    return {
        f"da^{number} @ W_xh_{number}.T": da @ layer.W.T,
        f"da^{number}": da,
        f"da^{number} @ W_hh_{number}.T": da @ layer.U.T,
        f"da^{number} @ W_xh_{number}": da @ layer.W
        if layer.W.shape[0] == H
        else np.zeros_like(da),
        f"dh^{number} @ W_xh_{number}.T": dh @ layer.W.T,
        "d_outputs @ W_hy.T": outer,
        "what came into the layer above, before its slope and its way through time": past
        @ layer.W.T,
        "the right one at the last step alone": _last_alone(da @ layer.W.T),
    }


# ---------------------------------------- q6_4 ----------------------------------------


def of_seq2seq(cls: CandidateClass) -> Iterator[Finding]:
    rng = np.random.default_rng(SEED)
    found = networks.network(cls, seq2seq.kind(I, H, O, T, MANY))
    known = seq2seq.matrices(found, rng)
    if known is None:
        return
    values, encoder, decoder, output = known
    parts = Matrices.of(encoder), Matrices.of(decoder), output
    for forced in (True, False):
        said = list(_one_way(found, values, parts, rng, forced=forced))
        yield from said
        if said:
            return


def _one_way(
    found: StoredNetwork,
    values: dict[str, Array],
    parts: tuple[Matrices, Matrices, Affine],
    rng: np.random.Generator,
    *,
    forced: bool,
) -> Iterator[Finding]:
    encoder, decoder, output = parts
    (V,), c = output.matrices, output.bias
    x, targets = rng.normal(size=(T, 1, I)), rng.normal(size=(S, 1, O))
    ds = [rng.normal(size=(S, 1, O)) for _ in range(DRAWS)]
    more = (targets,) if forced else (None, S)
    gave = [Gave(found, values, found.called(values, x, *more, steps=S), d) for d in ds]
    h = encoder.states(x[:, 0])
    u, s = _decoded(decoder, V, c, h[-1], targets[:, 0] if forced else None)
    names = ("W_yh_decoder", "W_hh_decoder", "b_h_decoder")
    kept = [one.layer(decoder, u, s, names, first=h[-1], other=h[-1:] + 0.0 * s) for one in gave]
    das = [da for layer in kept if layer is not None and (da := read(layer)[0]) is not None]
    if len(das) < DRAWS:
        yield from _explained(kept, [[] for _ in kept], "the decoder")[1]
        return
    into = [
        [_from_outputs(d[:, 0], V), _fed_back(da, decoder, V, forced=forced)]
        for d, da in zip(ds, das, strict=True)
    ]
    yield from _explained(kept, into, "the decoder")[1]
    dys = [
        d[:, 0] + (0.0 if forced else late(da, -1) @ decoder.W.T)
        for d, da in zip(ds, das, strict=True)
    ]
    yield from _output_layer(gave, V, s, dys) if forced else _fed_output_layer(gave, V, s, ds, dys)
    names = ("W_xh_encoder", "W_hh_encoder", "b_h_encoder")
    kept = [one.layer(encoder, x[:, 0], h, names) for one in gave]
    into = [[_door(da, s, decoder)] for da in das]
    yield from _explained(kept, into, "the encoder")[1]


def _decoded(
    decoder: Matrices, V: Array, c: Array, first: Array, targets: Array | None
) -> tuple[Array, Array]:
    """The decoder's inputs u_1 to u_S and states s_1 to s_S."""
    u, s, state = [np.zeros(O)], [], first
    for t in range(S):
        state = np.tanh(u[-1] @ decoder.W + state @ decoder.U + decoder.b)
        s.append(state)
        u.append(state @ V + c if targets is None else targets[t])
    return np.stack(u[:-1]), np.stack(s)


def _fed_back(da: Array, decoder: Matrices, V: Array, *, forced: bool) -> Forms:
    """What comes by way of the output that is the next step's input: nothing where that is a target."""
    way = "da_{t+1} @ W_yh_decoder.T @ W_hy.T"
    fed = late(da, -1) @ decoder.W.T @ V.T
    return {"": np.zeros_like(fed), way: fed} if forced else {way: fed}


def _fed_output_layer(
    gave: Sequence[Gave], V: Array, s: Array, ds: Sequence[Array], dys: Sequence[Array]
) -> Iterator[Finding]:
    gradients = [one.of(V) for one in gave]
    if any(one is None for one in gradients):
        return
    alone = all(
        one is not None and near(one, s.T @ d[:, 0]) for one, d in zip(gradients, ds, strict=True)
    )
    if alone:
        yield finding(
            say("Running free, the gradient of the output weights is made of d_outputs alone: what comes back "
                "by way of the next step's input belongs to it."), "W_hy"
        )  # fmt: skip
        return
    yield from _output_layer(gave, V, s, dys)


def _door(da: Array, s: Array, decoder: Matrices) -> Forms:
    """What the decoder hands to the encoder's last state, at the encoder's steps (T, H)."""

    def at_last(row: Array) -> Array:
        rows = np.zeros((T, H))
        rows[-1] = row
        return rows

    door = da[0] @ decoder.U.T
    return {
        "da_1 @ W_hh_decoder.T": at_last(door),
        "da_1": at_last(da[0]),
        "da_1 @ W_hh_decoder": at_last(da[0] @ decoder.U),
        "dh_1 @ W_hh_decoder.T": at_last((da[0] / (1.0 - s[0] ** 2)) @ decoder.U.T),
        "da_1 @ W_hh_decoder.T at every step of the encoder": np.tile(door, (T, 1)),
        "the mean of da @ W_hh_decoder.T over the decoder's steps": at_last(
            (da @ decoder.U.T).mean(axis=0)
        ),
        "the sum of da @ W_hh_decoder.T over the decoder's steps": at_last(
            (da @ decoder.U.T).sum(axis=0)
        ),
    }
