"""What backward of Seq2Seq is made of, taught and running free, where forward follows the equations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from grader.checks.bonus import networks, seq2seq
from grader.checks.bonus.affine import Affine
from grader.checks.bonus.networks import StoredNetwork
from grader.diagnosis.optional.findings import Finding, finding, near
from grader.diagnosis.optional.layers import late, read
from grader.diagnosis.optional.matrices_back import (
    DRAWS,
    MANY,
    SEED,
    Gave,
    H,
    I,
    Matrices,
    O,
    S,
    T,
    averaged,
    explained,
    from_outputs,
    output_layer,
)
from grader.diagnosis.optional.sums import Forms
from grader.language import say
from grader.protocol import Array, CandidateClass


def examine(cls: CandidateClass) -> Iterator[Finding]:
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
    of_decoder = ("W_yh_decoder", "W_hh_decoder", "b_h_decoder")
    kept = [
        one.layer(decoder, u, s, of_decoder, first=h[-1], other=h[-1:] + 0.0 * s) for one in gave
    ]
    das = [da for layer in kept if layer is not None and (da := read(layer)[0]) is not None]
    if len(das) < DRAWS:
        yield from explained(kept, [[] for _ in kept], "the decoder")[1]
        return
    into = [
        [from_outputs(d[:, 0], V), _fed_back(da, decoder, V, forced=forced)]
        for d, da in zip(ds, das, strict=True)
    ]
    yield from explained(kept, into, "the decoder")[1]
    dys = [
        d[:, 0] + (0.0 if forced else late(da, -1) @ decoder.W.T)
        for d, da in zip(ds, das, strict=True)
    ]
    yield from output_layer(gave, V, s, dys) if forced else _fed_output_layer(gave, V, s, ds, dys)
    names = ("W_xh_encoder", "W_hh_encoder", "b_h_encoder")
    kept = [one.layer(encoder, x[:, 0], h, names) for one in gave]
    into = [[_door(da, s, decoder)] for da in das]
    yield from explained(kept, into, "the encoder")[1]
    if forced:
        arrays = {**decoder.named(of_decoder), **encoder.named(names)}
        yield from averaged(found, values, (x, targets), ds[0], arrays)


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
    yield from output_layer(gave, V, s, dys)


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
        "da_1 @ W_hh_decoder.T at the first step of the encoder": at_last(door)[::-1],
        "the mean of da @ W_hh_decoder.T over the decoder's steps": at_last(
            (da @ decoder.U.T).mean(axis=0)
        ),
        "the sum of da @ W_hh_decoder.T over the decoder's steps": at_last(
            (da @ decoder.U.T).sum(axis=0)
        ),
    }
