"""One row through a GRU cell: what happens inside, in the form that forward follows, and what backward gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from grader.checks.bonus import gru
from grader.checks.bonus.own_gradient import ModelCall
from grader.checks.gradient import entries, match
from grader.checks.known_model import random_parameters
from grader.checks.parameters import gru_roles
from grader.diagnosis.cell.gates import sigmoid
from grader.diagnosis.optional.findings import near
from grader.protocol import Array, CandidateClass

SIZES = (5, 4)
POINTS = 6  # different inputs, states and d_new_hidden_state, one row each
FORMS = ("before", "after", "inside")


@dataclass(frozen=True)
class GruRow:
    """One row through the cell: what went in, what happens inside, and what backward gave."""

    x: Array
    h: Array
    d: Array  # d_new_hidden_state
    z: Array  # the share of the old state
    r: Array
    n: Array
    q: Array  # what r is multiplied with after the product
    new: Array
    gave: Mapping[str, Array]


@dataclass(frozen=True)
class GruForm:
    """The parameters of the points, and which published form forward follows."""

    values: Mapping[str, Array]
    form: str
    swap: bool  # whether the update gate is 1 - z

    def state(self, x: Array, h: Array) -> tuple[Array, Array, Array, Array, Array]:
        """z (the share of h), r, n, q and the new state of one row."""
        at = self.values
        gates = (sigmoid(x @ at[f"W_{g}"] + h @ at[f"U_{g}"] + at[f"b_{g}"]) for g in "zr")
        z, r = gates
        z = 1.0 - z if self.swap else z
        inside = self.form == "inside"
        q = h @ at["U_h"] + (at["b_h"] if inside else 0.0)
        read = (r * h) @ at["U_h"] if self.form == "before" else r * q
        n = np.tanh(x @ at["W_h"] + read + (0.0 if inside else at["b_h"]))
        return z, r, n, q, z * h + (1.0 - z) * n

    def parameter_gradients(self, x: Array, h: Array, d: Array) -> dict[str, Array]:
        """The right ones, by which those that came are told apart."""
        z, r, n, q, _ = self.state(x, h)
        sign = -1.0 if self.swap else 1.0
        da_n = d * (1.0 - z) * (1.0 - n**2)
        before = self.form == "before"
        by_r = (da_n @ self.values["U_h"].T) * h if before else da_n * q
        da = {"z": sign * d * (h - n) * z * (1.0 - z), "r": by_r * r * (1.0 - r), "h": da_n}
        reads = {"z": (h, da["z"]), "r": (h, da["r"])}
        reads["h"] = (r * h, da_n) if before else (h, da_n * r)
        return {
            **{f"W_{gate}": x.T @ one for gate, one in da.items()},
            **{f"U_{gate}": left.T @ right for gate, (left, right) in reads.items()},
            **{
                f"b_{gate}": one[0] * (r[0] if (gate, self.form) == ("h", "inside") else 1.0)
                for gate, one in da.items()
            },
        }


def measured(GRUCell: CandidateClass) -> tuple[GruForm, list[GruRow]] | None:
    """The form that forward follows, and the points; None where it follows none or a gradient lacks."""
    values = random_parameters(gru_roles.shapes(*SIZES), np.random.default_rng(11))
    rng = np.random.default_rng(12)
    rows = [
        (
            rng.normal(size=(1, SIZES[0])),
            rng.uniform(-0.9, 0.9, (1, SIZES[1])),
            rng.normal(size=(1, SIZES[1])),
        )
        for _ in range(POINTS)
    ]
    calls = [gru.trial(GRUCell, SIZES, values, (x, h)) for x, h, _ in rows]
    seen = [call.outputs() for call in calls]
    at = {name: calls[0].values[name] for name in values}
    cells = [GruForm(at, form, swap) for form in FORMS for swap in (False, True)]
    fitting = [
        cell
        for cell in cells
        if all(near(one, cell.state(x, h)[-1]) for one, (x, h, _) in zip(seen, rows, strict=True))
    ]
    if not fitting:
        return None
    points = []
    for call, (x, h, d) in zip(calls, rows, strict=True):
        inside = fitting[0].state(x, h)
        gave = _gradients(call.obj.backward(d), call, fitting[0].parameter_gradients(x, h, d))
        if gave is None:
            return None
        z, r, n, q, new = inside
        points.append(GruRow(x, h, d, z, r, n, q, new, gave))
    return fitting[0], points


def _gradients(
    returned: object, call: ModelCall, right: Mapping[str, Array]
) -> dict[str, Array] | None:
    """What backward gave, by documented name, right or wrong."""
    found = entries(returned, call.obj, call.layout)
    shapes = call.layout.shapes
    expected = {name: right.get(name, np.zeros(shapes[name])) for name in shapes}
    # With one row the gradient by the state has the shape of a bias's.
    of_parameters = [one for one in found if not any(name in one.label for name in call.inputs)]
    matches = match(of_parameters, call.layout, expected, (1.0,), 0.0)
    gave = {name: one.gradient for name, one in matches.items() if one is not None}
    for name, place in call.inputs.items():
        shape = call.arguments[place].shape
        fitting = [
            one.array
            for one in found
            if one.returned and name in one.label and one.array.shape == shape
        ]
        if fitting:
            gave[name] = fitting[0]
    wanted = {*gru_roles.shapes(*SIZES), *call.inputs}
    return gave if wanted <= set(gave) else None
