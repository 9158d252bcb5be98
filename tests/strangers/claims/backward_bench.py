"""A program's gradients for single impulses of d_outputs, and what models of backward give.

Inputs are one-hot in time, so that rows of dW_xh show the gradient at z step by step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from tests.strangers.bases import RNN, Array, Base, Views
from tests.strangers.claims import formula
from tests.strangers.program import Net, Sizes, by_hand, drawn, rnn_shapes

SIZES: Sizes = (5, 2, 10, 7, 3)  # steps, samples and units are told of an experiment of these
FEWER_OUTPUTS: Sizes = (5, 3, 15, 7, 2)  # where the first cannot be run
OTHER_SIZES: Sizes = (7, 3, 21, 4, 2)
SMALL = 1e-3
CLOSE = 1e-4
Key = tuple[int, int, int]  # (t, b, o) of an impulse


@dataclass(frozen=True)
class Model:
    """How dz and the arrays are made of an impulse; the textbook where nothing is claimed."""

    direct: str = "1 - h_t^2"
    recurrent: str = "1 - h_t^2"
    special: tuple[tuple[int, str], ...] = ()  # other factors at single steps
    matrix: str = "W_hh.T"
    times: float = 1.0
    handed: str = "dz"
    depth: int = 99
    cut: frozenset[int] = frozenset()
    acts_at: Any = None  # step -> step, where d_outputs acts at another
    no_outputs: frozenset[int] = frozenset()
    no_sources: frozenset[int] = frozenset()
    no_samples: frozenset[int] = frozenset()
    no_components: frozenset[int] = frozenset()
    no_units: frozenset[int] = frozenset()
    pairs: Any = None  # step -> step of the input or state beside dz
    beside: Any = None  # the same as a table of x_s or h_(s+1); nothing where it has none
    factor: float = 1.0
    without_derivative: bool = False
    transposed: bool = False
    summed: bool = False  # every element the sum of all
    zero: bool = False
    edge: str = "zero"  # what stands beside dz where an index leaves the sequence

    def acts(self, t: int, T: int) -> int:
        """The step at which d_outputs of this one acts; outside the sequence it acts nowhere."""
        step = t if self.acts_at is None else self.acts_at(t, T)
        return step % T if self.edge == "wrap" else step


PILING = {"sum", "dh kept"}  # ways to hand back that keep what was there


@dataclass
class Bench:
    """The program's gradients for every impulse, and what models give."""

    module: ModuleType
    base: Base
    sizes: Sizes = SIZES
    seed: int = 900
    without_constant: bool = False
    values: Views = field(init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        self.values = drawn(rnn_shapes(self.sizes), rng)
        T, B, I, _, _ = self.sizes  # noqa: E741  # sizes as in the equations
        self.x = np.eye(T * B).reshape(T, B, I) if T * B == I else rng.normal(size=(T, B, I))

    @cached_property
    def states(self) -> Array:
        """h_0 to h_T (T+1, B, H) of its own forward."""
        _, hidden = self.net().forward(self.x)
        return np.concatenate([np.zeros_like(hidden[:1]), hidden])

    def net(self) -> Net:
        return Net.make(self.module, self.base, self.sizes, self.values)

    def gradients(self, d: Array) -> Views:
        net = self.net()
        net.forward(self.x)
        return net.gradients(d)

    @cached_property
    def keys(self) -> list[Key]:
        T, B, _, _, O = self.sizes  # noqa: E741  # as above
        return list(np.ndindex(T, B, O))

    @cached_property
    def got(self) -> dict[Key, Views]:
        T, B, _, _, O = self.sizes  # noqa: E741  # as above
        found = {}
        still = self.gradients(np.zeros((T, B, O))) if self.without_constant else {}
        for key in self.keys:
            d = np.zeros((T, B, O))
            d[key] = SMALL
            found[key] = {
                name: (value - still.get(name, 0.0)) / SMALL
                for name, value in self.gradients(d).items()
            }
        return found

    def right(self, key: Key) -> Views:
        T, B, _, _, O = self.sizes  # noqa: E741  # as above
        d = np.zeros((T, B, O))
        d[key] = 1.0
        return by_hand(self.values, self.x, self.states[1:], d)

    @cached_property
    def scale(self) -> dict[str, float]:
        rights = [self.right(key) for key in self.keys]
        return {name: max(float(np.abs(one[name]).max()) for one in rights) for name in RNN}

    def dz(self, key: Key, model: Model) -> Array | None:
        """The gradient at z (T, B, H) that the model gives."""
        T, B, _, H, _ = self.sizes
        t, b, o = key
        out = np.zeros((T, B, H))
        if t in model.no_outputs or b in model.no_samples or o in model.no_components:
            return out
        t = model.acts(t, T)
        if not 0 <= t < T:
            return out
        dh = self.values["W_hy"][:, o].copy()
        kept, first = dh if model.handed == "dh kept" else np.zeros(H), t
        matrix = formula.value(model.matrix, {"W_hh": self.values["W_hh"], "I": np.eye(H)})
        if matrix is None:
            return None
        while t >= 0 and first - t <= model.depth:
            text = dict(model.special).get(t, model.direct if t == first else model.recurrent)
            factor = self._factor(text, t, b)
            if factor is None:
                return None
            dz = dh * factor
            out[t, b] = dz
            if t in model.cut:
                break
            handed = formula.value("dz" if model.handed in PILING else model.handed, {
                "dz": dz, "dh": dh, **self._names(t, b)})  # fmt: skip
            if handed is None:
                return None
            dh = kept + model.times * (handed @ matrix)
            kept = dh if model.handed in PILING else kept
            t -= 1
        return out

    def _factor(self, text: str, t: int, b: int) -> Array | None:
        for sequence, which in ((" of sequence 0", 0), (" of the last sequence", -1)):
            if text.endswith(sequence):
                text, b = text.removesuffix(sequence), which
        return formula.value(text, self._names(t, b))

    def _names(self, t: int, b: int) -> dict[str, Array]:
        h = self.states[:, b]
        return {
            **dict(zip("TBIHO", self.sizes, strict=True)),
            "hh": h, "h_t": h[t + 1], "h_before": h[t], "h_next": h[min(t + 2, len(h) - 1)], "h_T": h[-1], "h_1": h[1],
            "z_t": np.arctanh(np.clip(h[t + 1], -1 + 1e-15, 1 - 1e-15)),
        }  # fmt: skip

    def modelled(self, name: str, key: Key, model: Model) -> Array | None:
        """One array, for one impulse."""
        if model.zero:
            return np.zeros(rnn_shapes(self.sizes)[name])
        dz = self.dz(key, model)
        if dz is None:
            return None
        if model.without_derivative:
            dz = dz / (1 - self.states[1:] ** 2)
        found = self._array(name, key, dz, model)
        found = found.T if model.transposed else found
        if model.no_units:
            found[..., list(model.no_units)] = 0.0
        found = np.full_like(found, found.sum()) if model.summed else found
        return model.factor * found

    def _array(self, name: str, key: Key, dz: Array, model: Model) -> Array:
        T, _, _, _, O = self.sizes  # noqa: E741  # as above
        t, b, o = key
        if name in {"W_hy", "b_y"}:
            d = np.zeros((T, dz.shape[1], O))
            acts = model.acts(t, T)
            gone = t in model.no_outputs or b in model.no_samples or o in model.no_components
            if not gone and 0 <= acts < T and acts not in model.no_sources:
                d[acts, b, o] = 1.0
            if name == "b_y":
                return np.asarray(d.sum(axis=(0, 1)))
            return self._paired(self.states[1:], d, model, self.states, 1)
        if model.no_sources:
            dz = dz.copy()
            dz[list(model.no_sources)] = 0.0
        if name == "b_h":
            return np.asarray(dz.sum(axis=(0, 1)))
        if name == "W_xh":
            return self._paired(self.x, dz, model, self.x, 0)
        return self._paired(self.states[:-1], dz, model, self.states, 0)

    def _paired(self, beside: Array, dz: Array, model: Model, all_: Array, shift: int) -> Array:
        """Sum over steps of what stands beside dz times dz; other steps of it where claimed."""
        T = len(dz)
        if model.beside is not None:
            first = len(all_) - T  # 1 where h_0 stands before the states
            table = model.beside
            beside = np.array(
                [all_[table[s] + first] if s in table else 0 * all_[0] for s in range(T)]
            )
        if model.pairs is not None:
            places = [model.pairs(s + shift, T) for s in range(T)]
            beside = np.array([_taken(all_, p, model.edge) for p in places])
        return np.einsum("tbi,tbj->ij", beside, dz)

    def fits(self, name: str, model: Model) -> bool:
        limit = CLOSE * self.scale[name] * max(1.0, abs(model.factor))
        for key in self.keys:
            wanted = self.modelled(name, key, model)
            if wanted is None or wanted.shape != self.got[key][name].shape:
                return False
            forms = [wanted] if model.beside is None else [wanted, self.right(key)[name]]
            if not any(np.all(np.abs(self.got[key][name] - form) <= limit) for form in forms):
                return False
        return True

    @cached_property
    def own_dz(self) -> Array:
        """(T, B, O, T, B, H): what the one-hot inputs show of the program's own dz."""
        T, B, _, H, O = self.sizes  # noqa: E741  # as above
        flat = [self.got[key]["W_xh"].reshape(T, B, H) for key in self.keys]
        return np.array(flat).reshape(T, B, O, T, B, H)

    @cached_property
    def here(self) -> Array:
        """(T, T): whether an output's step reaches a source step."""
        return np.asarray(np.abs(self.own_dz).max(axis=(1, 2, 4, 5)) > CLOSE * self.scale["W_xh"])


def _taken(steps: Array, place: int, edge: str) -> Array:
    """One step; beyond the ends zeros, those of the other end, or those of the end itself."""
    if 0 <= place < len(steps):
        return steps[place]
    if edge == "zero":
        return np.zeros_like(steps[0])
    return (
        steps[place % len(steps)] if edge == "wrap" else steps[min(max(place, 0), len(steps) - 1)]
    )
