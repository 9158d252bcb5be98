"""What backward adds to each gradient for one element of d_outputs at a time.

Inputs are one-hot in step and sequence: row (s, b) of dW_xh is then what reaches z at step s of
sequence b, so that a single backward shows how far, through which units and in which sequences
an impulse travels. Truth is measured too: how the student's own outputs move when z is nudged.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from grader.checks.known_model import Parameters
from grader.checks.states import Forward, Sizes, is_softmax
from grader.diagnosis.experiments.network import SMALL, Network
from grader.protocol import Array

POINT = Sizes(T=5, B=2, I=10, H=7, O=3)
LONGER = Sizes(T=6, B=1, I=6, H=5, O=2)
HIDDEN_ARRAYS = ("W_xh", "W_hh", "b_h")
STEP, STEP_SINGLE = 1e-5, 3e-3
NEAR = 0.1  # a nudge moves outputs by far less


@dataclass(frozen=True)
class Impulses:
    """Contributions of each element (t, b, o) of d_outputs, per unit of it."""

    net: Network
    x: Array  # (T, B, I), one-hot in (t, b)
    seen: Forward
    states: Array  # (T+1, B, H), h_0 = 0 first
    ways: Array  # (O, O): the direction in d_outputs of each impulse's o; e_o unless softmax
    reach: Array  # (T, B, O, T, H): d y[t, b, o] / d z[s, b] along ways[o]
    nothing: Parameters  # gradients where d_outputs is zero
    got: dict[tuple[int, int, int], Parameters]

    @property
    def size(self) -> Sizes:
        return self.net.size

    @property
    def keys(self) -> list[tuple[int, int, int]]:
        return list(self.got)

    @cached_property
    def names(self) -> list[str]:
        """The parameters for which backward gave a gradient at every impulse."""
        return [name for name in self.net.names if all(name in one for one in self.got.values())]

    def without(self, names: Collection[str]) -> Impulses:
        """The same, as if backward did not give these arrays."""
        left = {
            key: {name: value for name, value in one.items() if name not in names}
            for key, one in self.got.items()
        }
        return replace(self, got=left)

    def dz(self, key: tuple[int, int, int]) -> Array:
        """The true gradient at every step's z, (T, B, H), for this impulse."""
        t, b, o = key
        full = np.zeros((self.size.T, self.size.B, self.size.H))
        full[:, b] = self.reach[t, b, o]
        return full

    def truth(self, name: str, key: tuple[int, int, int]) -> Array:
        """The right contribution of this impulse."""
        t, b, o = key
        if name == "b_y":
            return np.asarray(self.ways[o])
        if name == "W_hy":
            return np.outer(self.states[t + 1, b], self.ways[o])
        return self.of(name, self.dz(key))

    def of(self, name: str, dz: Array) -> Array:
        """What gradients dz (T, B, H) at every z make of a parameter's gradient."""
        if name == "b_h":
            return np.asarray(dz.sum(axis=(0, 1)))
        left = self.x if name == "W_xh" else self.states[:-1]
        return np.asarray(np.einsum("sbi,sbj->ij", left, dz))

    @cached_property
    def scale(self) -> dict[str, float]:
        """Norm of the largest true contribution to each array."""
        return {
            name: max(float(np.linalg.norm(self.truth(name, key))) for key in self.got)
            for name in self.names
        }

    def right(self, name: str, factor: float = 1.0) -> bool:
        return all(
            self.net.alike(one[name], factor * self.truth(name, key), self.scale[name])
            for key, one in self.got.items()
        )

    def constant(self, name: str) -> bool:
        """Whether the array is not zero where d_outputs is."""
        still = self.nothing.get(name)
        return still is not None and float(np.abs(still).max()) > 1e-3 * SMALL * self.net.limit


def measure(net: Network) -> Impulses | None:
    """All impulses at `POINT`; None where forward gives no usable states. Raises StudentFault."""
    T, B, I, _, O = net.size  # noqa: E741  # sizes as in the equations
    x = np.eye(I).reshape(T, B, I)
    seen = net.forward(x)
    if seen.hidden is None or not np.all(np.isfinite(seen.hidden)):
        return None
    states = np.concatenate([np.zeros((1, *seen.hidden.shape[1:])), seen.hidden.astype(np.float64)])
    soft = is_softmax(seen.outputs)
    reach = _reach(net, x, seen, soft=soft)
    if reach is None:
        return None
    ways = np.eye(O) - (1 / O if soft else 0.0)
    bare = Impulses(net, x, seen, states, ways, reach, {}, {})
    return replace(bare, **_answers(bare))


def _answers(bare: Impulses) -> dict[str, Any]:
    """What backward gives for nothing, and what each impulse adds to that."""
    net, (T, B, _, _, O) = bare.net, bare.size  # noqa: E741  # sizes as in the equations
    shapes = net.layout.shapes
    zero = np.zeros((T, B, O))
    still = net.gradients(bare.x, zero, {n: bare.truth(n, (T - 1, 0, 0)) for n in shapes})
    # Where zero divided by zero comes back, nothing is known of what is added.
    nothing = {
        n: part if np.all(np.isfinite(part)) else np.zeros_like(part) for n, part in still.items()
    }
    got = {}
    for key in product(range(T), range(B), range(O)):
        d_outputs = zero.copy()
        d_outputs[key[:2]] = SMALL * bare.ways[key[2]]
        found = net.gradients(bare.x, d_outputs, {n: SMALL * bare.truth(n, key) for n in shapes})
        got[key] = {name: (value - nothing.get(name, 0.0)) / SMALL for name, value in found.items()}
    return {"nothing": nothing, "got": got}


def _reach(net: Network, x: Array, seen: Forward, *, soft: bool) -> Array | None:
    """How outputs move with z, by nudging inputs along what W_xh makes of them: one forward.

    None where W_xh reaches not every unit, or sequences of a batch disturb each other.
    """
    T, B, I, H, O = net.size  # noqa: E741  # sizes as in the equations
    into_units = np.linalg.pinv(net.used["W_xh"])  # (H, I): a nudge of x that moves one unit of z
    if not np.allclose(into_units @ net.used["W_xh"], np.eye(H), atol=1e-6):
        return None
    step = STEP_SINGLE if net.layout.single else STEP
    many = np.repeat(x[:, None], 2 * T * H, axis=1).reshape(T, 2, T, H, B, I)
    for s, j in product(range(T), range(H)):
        many[s, 0, s, j] += step * into_units[j]
        many[s, 1, s, j] -= step * into_units[j]
    outputs = net.forward(many.reshape(T, -1, I)).outputs.astype(np.float64)
    outputs = outputs.reshape(T, 2, T, H, B, O)
    if not np.abs(outputs - seen.outputs[:, None, None, None]).max() < NEAR:
        return None
    if soft:
        outputs = np.log(outputs)  # judged by what goes into the softmax, up to a constant
        outputs = outputs - outputs.mean(axis=-1, keepdims=True)
    moved = (outputs[:, 0] - outputs[:, 1]) / (2 * step)  # (T, T, H, B, O)
    return np.asarray(moved.transpose(0, 3, 4, 1, 2))
