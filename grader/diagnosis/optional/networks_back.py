"""What backward of BidirectionalRNN and DeepRNN is made of, where forward follows the equations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.checks.bonus import bidirectional, deep, networks
from grader.diagnosis.optional.findings import Finding, near
from grader.diagnosis.optional.matrices_back import (
    DRAWS,
    MANY,
    SEED,
    Gave,
    H,
    I,
    Matrices,
    O,
    T,
    averaged,
    explained,
    from_outputs,
    last_alone,
    output_layer,
)
from grader.diagnosis.optional.sums import Forms
from grader.protocol import Array, CandidateClass

# ---------------------------------------- q6_2 ----------------------------------------


def of_bidirectional(cls: CandidateClass) -> Iterator[Finding]:
    """Halves, ways in and ways through time of both directions; a mean where nothing else is off."""
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
    halves = [*output_layer(gave, V_ahead, f, dys), *output_layer(gave, V_back, g[::-1], dys)]
    yield from halves[:1]
    firsts = [one.layer(ahead, x[:, 0], f, names[0], other=g[::-1]) for one in gave]
    into = [[_output_ways(dy, V_ahead, V_back)] for dy in dys]
    das, said = explained(firsts, into, "the forward direction")
    yield from said
    seconds = [one.layer(back, x[::-1, 0], g, names[1], other=f[::-1]) for one in gave]
    into = [[_output_ways(dy[::-1], V_back, V_ahead)] for dy in dys]
    if das:
        into = [[*ways, _carried(da, ahead)] for ways, da in zip(into, das, strict=True)]
    yield from explained(seconds, into, "the backward direction")[1]
    parts = {**ahead.named(names[0]), **back.named(names[1])}
    yield from averaged(found, values, (x,), ds[0], parts)


def _output_ways(dy: Array, V: Array, other: Array) -> Forms:
    """What comes from the outputs into one direction's states, in that direction's order."""
    ways = {
        "d_outputs @ W_hy.T": dy @ V.T,
        "d_outputs[::-1] @ W_hy.T": dy[::-1] @ V.T,
        "the last step of d_outputs alone, @ W_hy.T": last_alone(dy) @ V.T,
        "the first step of d_outputs alone, @ W_hy.T": last_alone(dy[::-1])[::-1] @ V.T,
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
    yield from output_layer(gave, V, states[-1], dys)
    parts = {
        name: array
        for k, layer in enumerate(layers, start=1)
        for name, array in layer.named(_names(k)).items()
    }
    yield from averaged(found, values, (x,), ds[0], parts)
    into = [[from_outputs(dy, V)] for dy in dys]
    straight = [dy @ V.T for dy in dys]  # what comes down where no layer adds its own
    for k in reversed(range(K)):
        more = {"other": states[k - 1]} | ({"reads": f"h^{k}_t"} if k else {})
        kept = [one.layer(layers[k], reads[k], states[k], _names(k + 1), **more) for one in gave]
        das, said = explained(kept, into, f"layer {k + 1}")
        yield from said
        if not das:
            return
        into = [
            [_besides(dy @ V.T), _from_above(da, states[k], layers[k], dy @ V.T, past, k + 1)]
            for da, dy, past in zip(das, dys, straight, strict=True)
        ]
        straight = [past @ layers[k].W.T for past in straight]


def _names(layer: int) -> tuple[str, str, str]:
    return f"W_xh_{layer}", f"W_hh_{layer}", f"b_h_{layer}"


def _besides(outer: Array) -> Forms:
    """What the layers below the top one get from the outputs straight: nothing.

    The first of the ways, so that it is tried last: "another way" is said before "lacks one, has one".
    """
    return {"": np.zeros_like(outer), "d_outputs @ W_hy.T": outer}


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
        "the right one at the last step alone": last_alone(da @ layer.W.T),
    }
