"""A program that was executed, and its classes with known parameters: NumPy and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from tests.strangers.bases import CELL, RNN, Array, Base, Views

Sizes = tuple[int, int, int, int, int]  # T, B, I, H, O
RATHER_SMALL = 1e-5  # the step of a central difference


class KeptThere(Exception):
    """backward returned nothing; its gradients may be on the object."""


class OtherNames(Exception):
    """backward returned its gradients under other names than its base does, which is right as well."""


def executed(source: str, name: str = "stranger") -> ModuleType:
    """The module that this source makes; what it raises is raised."""
    module = ModuleType(name)
    sys.modules[name] = module  # dataclasses look their module up
    exec(compile(source, f"<{name}>", "exec"), module.__dict__)
    return module


def rnn_shapes(sizes: Sizes) -> dict[str, tuple[int, ...]]:
    _, _, I, H, O = sizes  # noqa: E741  # sizes as in the equations
    return dict(zip(RNN, ((I, H), (H, H), (H,), (H, O), (O,)), strict=True))


def cell_shapes(I: int, H: int) -> dict[str, tuple[int, ...]]:  # noqa: E741  # as above
    kinds = {"W": (I, H), "U": (H, H), "b": (H,)}
    return {name: kinds[name[0]] for name in CELL}


def drawn(shapes: Mapping[str, tuple[int, ...]], rng: np.random.Generator) -> Views:
    return {name: rng.uniform(-0.7, 0.7, shape) for name, shape in shapes.items()}


def textbook(values: Views, x: Array) -> tuple[Array, Array]:
    """Outputs (T, B, O) and states (T, B, H) by the equations of the assignment."""
    h = np.zeros((x.shape[1], len(values["b_h"])))
    states = []
    for x_t in x:
        h = np.tanh(x_t @ values["W_xh"] + h @ values["W_hh"] + values["b_h"])
        states.append(h)
    hidden = np.array(states)
    return hidden @ values["W_hy"] + values["b_y"], hidden


def textbook_cell(values: Views, x: Array, h: Array, c: Array) -> tuple[Array, Array]:
    z = {g: x @ values[f"W_{g}"] + h @ values[f"U_{g}"] + values[f"b_{g}"] for g in "fico"}
    f, i, o = (0.5 + 0.5 * np.tanh(z[g] / 2) for g in "fio")
    cell = f * c + i * np.tanh(z["c"])
    return o * np.tanh(cell), cell


def by_hand(values: Views, x: Array, hidden: Array, d_outputs: Array) -> Views:
    """BPTT by the textbook on these hidden states (T, B, H)."""
    found = {name: np.zeros_like(value) for name, value in values.items()}
    before = np.concatenate([np.zeros_like(hidden[:1]), hidden[:-1]])
    carried = np.zeros_like(hidden[0])
    for t in reversed(range(len(x))):
        d = d_outputs[t]
        dz = (d @ values["W_hy"].T + carried) * (1 - hidden[t] ** 2)
        found["W_hy"] += hidden[t].T @ d
        found["b_y"] += d.sum(axis=0)
        found["W_xh"] += x[t].T @ dz
        found["W_hh"] += before[t].T @ dz
        found["b_h"] += dz.sum(axis=0)
        carried = dz @ values["W_hh"].T
    return found


def _without_start(hidden: Array, steps: int) -> Array:
    """h_1 to h_T, where h_0 = 0 came with them, first or last."""
    if len(hidden) != steps + 1:
        return hidden
    return hidden[1:] if not hidden[0].any() else hidden[:-1] if not hidden[-1].any() else hidden


@dataclass
class Net:
    """One SimpleRNN of the program, its parameters set."""

    base: Base
    rnn: Any
    values: Views

    @classmethod
    def make(cls, module: ModuleType, base: Base, sizes: Sizes, values: Views) -> Net:
        rnn = module.SimpleRNN(*sizes[2:])
        net = cls(base, rnn, values)
        net.put(values)
        return net

    def put(self, values: Views) -> None:
        for name, view in self.base.rnn(self.rnn).items():
            if view.shape != values[name].shape:
                raise ValueError(f"{name} has shape {view.shape}")
            view[...] = values[name]

    def now(self) -> Views:
        return {name: np.array(view, float) for name, view in self.base.rnn(self.rnn).items()}

    def forward(self, x: Array) -> tuple[Array, Array]:
        outputs, hidden = self.rnn.forward(x)
        return np.array(outputs, float), _without_start(np.array(hidden, float), len(x))

    def gradients(self, d_outputs: Array) -> Views:
        """What backward returns. KeptThere where it returns nothing: on the object is right as well.

        OtherNames where they are not found where the base has them.
        """
        returned = self.rnn.backward(d_outputs)
        if returned is None:
            raise KeptThere
        try:
            found = self.base.gradients(returned)
        except (KeyError, IndexError, AttributeError) as error:
            raise OtherNames from error
        return {name: np.array(value, float) for name, value in found.items()}

    def numerical(self, x: Array, d_outputs: Array) -> Views:
        """The gradient of sum(d_outputs * outputs) of its own forward."""
        found = {}
        for name, value in self.values.items():
            slope = np.zeros_like(value)
            for place in np.ndindex(value.shape):
                ends = []
                for sign in (1.0, -1.0):
                    moved = {key: one.copy() for key, one in self.values.items()}
                    moved[name][place] += sign * RATHER_SMALL
                    self.put(moved)
                    ends.append(np.sum(d_outputs * self.forward(x)[0]))
                slope[place] = (ends[0] - ends[1]) / (2 * RATHER_SMALL)
            found[name] = slope
        self.put(self.values)
        return found
