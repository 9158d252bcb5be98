"""A cell that computes as a diagnosis claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.strangers.bases import GATES, Array, Views
from tests.strangers.claims import Facts, formula

OF_GATES = {
    "gate_constant", "gate_activation", "gate_z_factor", "gate_clipped", "gate_of_other",
    "gate_complement", "gates_shared", "gate_one_for_all", "gate_z_form", "gate_form", "gate_source",
    "gate_units_of", "gate_rows_of", "gate_from_candidate",
}  # fmt: skip


class Unread(Exception):
    """A formula of a claim means nothing here."""


def _value(text: str, names: dict[str, Any]) -> Array:
    found = formula.value(text, names)
    if found is None:
        raise Unread(text)
    return found


@dataclass
class Cell:
    """How one step is computed; the textbook where nothing is claimed."""

    values: Views
    activation: dict[str, str] = field(
        default_factory=lambda: {**dict.fromkeys("fio", "s"), "c": "tanh"}
    )
    factor: dict[str, float] = field(default_factory=lambda: dict.fromkeys("fico", 1.0))
    limit: dict[str, float] = field(default_factory=lambda: dict.fromkeys("fico", np.inf))
    constant: dict[str, float] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    complement: dict[str, str] = field(default_factory=dict)
    shown: str = "tanh(new_cell_state)"
    around: str = ""
    tanh_on_cell: bool = False
    cell_limit: float = np.inf
    added_times: float = 1.0
    cell_is: str = ""
    hidden_is: str = ""
    inner: bool = False  # the hidden state is made of the right cell state, whatever comes back
    z_form: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)
    enters: str = ""
    got: tuple[Array, Array] | None = None  # what came back; a gate may be made of it

    def step(self, x: Array, h: Array, c: Array) -> tuple[Array, Array] | None:
        """Both states; None where a formula cannot be read."""
        try:
            return self._states(self._gates(x, h, c), h, c)
        except Unread:
            return None

    def _gates(self, x: Array, h: Array, c: Array) -> dict[str, Array]:
        parts = {gate: self._parts(gate, x, h, c) for gate in GATES}
        sums = {gate: self._sum(gate, parts[gate]) for gate in GATES}
        made = {gate: self._activated(gate, sums[self.other.get(gate, gate)]) for gate in GATES}
        right = dict(made)
        for gate, form in self.form.items():
            made[gate] = _value(form, {**parts[gate], "a": _function(gate)})
        for gate, number in self.constant.items():
            made[gate] = np.full_like(right[gate], number)
        for gate, other in self.complement.items():
            made[gate] = 1 - right[other]
        return made

    def _parts(self, gate: str, x: Array, h: Array, c: Array) -> dict[str, Array]:
        """The terms of the gate's sum; U acts on the hidden state, or on what is claimed."""
        source = self._source(self.source[gate], x, h, c) if gate in self.source else h
        return {
            "xW": x @ self.values[f"W_{gate}"],
            "hU": source @ self.values[f"U_{gate}"],
            "b": self.values[f"b_{gate}"],
        }

    def _source(self, text: str, x: Array, h: Array, c: Array) -> Array:
        f, i, o, g = (
            _function(one)(
                x @ self.values[f"W_{one}"] + h @ self.values[f"U_{one}"] + self.values[f"b_{one}"]
            )
            for one in "fioc"
        )
        names = {"f": f, "i": i, "o": o, "g": g, "hidden_state": h, "cell_state": c}
        if self.got is not None:
            names |= {"new_hidden_state": self.got[0], "new_cell_state": self.got[1]}
        return _value(text, names)

    def _sum(self, gate: str, parts: dict[str, Array]) -> Array:
        z = self.factor[gate] * _value(self.z_form.get(gate, "xW + hU + b"), parts)
        return np.clip(z, -self.limit[gate], self.limit[gate])

    def _activated(self, gate: str, z: Array) -> Array:
        used = self.activation[gate]
        if used in formula.FUNCTIONS:
            return np.asarray(formula.FUNCTIONS[used](z))
        return _value(used, {"z": z})

    def _states(self, made: dict[str, Array], h: Array, c: Array) -> tuple[Array, Array]:
        names = {"f": made["f"], "i": made["i"], "o": made["o"], "g": made["c"], "candidate": made["c"],
                 "c_before": c, "h_before": h, "cell_state": c, "hidden_state": h}  # fmt: skip
        summed = (
            _value(self.enters or "f * cell_state", names)
            + self.added_times * made["i"] * made["c"]
        )
        bent = np.tanh(summed) if self.tanh_on_cell else summed
        used = np.clip(bent, -self.cell_limit, self.cell_limit)
        cell = _value(self.cell_is, names) if self.cell_is else used
        shown = used if self.inner else cell
        names |= {"c_t": shown, "new_cell_state": shown, "c": shown}
        if self.hidden_is:
            return _value(self.hidden_is, names), cell
        if self.around:
            return np.tanh(made["o"] * _value(self.around, names)), cell
        return made["o"] * _value(self.shown, names), cell


def _function(gate: str) -> Any:
    return formula.FUNCTIONS["tanh" if gate == "c" else "s"]


# What a claim of this kind sets: the field, and the fact that says to what.
FIELDS = {
    "shown": ("shown", "what"), "tanh_around": ("around", "what"), "cell_is": ("cell_is", "form"),
    "hidden_is": ("hidden_is", "form"), "added_times": ("added_times", "number"),
    "cell_clipped": ("cell_limit", "number"), "old_enters_as": ("enters", "form"),
}  # fmt: skip
OF_GATE = {
    "gate_constant": ("constant", "number"), "gate_z_factor": ("factor", "number"),
    "gate_clipped": ("limit", "number"), "gate_of_other": ("other", "of"),
    "gates_shared": ("other", "of"), "gate_z_form": ("z_form", "form"),
    "gate_complement": ("complement", "of"), "gate_form": ("form", "form"),
}  # fmt: skip


def apply(model: Cell, kind: str, facts: Facts) -> bool:
    """Change the model as claimed; False where the claim says nothing of a model."""
    gates = [one for one in facts.get("arrays", ()) if one in GATES]
    if kind in OF_GATES and gates:
        return all(to_gate(model, kind, facts, gate) for gate in gates)
    if kind.startswith("weight_"):
        return to_weight(model.values, kind.removeprefix("weight_"), facts)
    if kind in FIELDS:
        where, fact = FIELDS[kind]
        setattr(model, where, facts[fact])
    elif kind == "tanh_on_cell":
        model.tanh_on_cell = True
    elif kind == "gates_permuted":
        model.other |= dict(zip(facts["gates"], facts["of"], strict=True))
    elif kind == "states_ignored":
        model.constant["f"] = 0.0
        return apply(model, "hidden_ignored", facts)
    elif kind in {"hidden_ignored", "input_ignored"}:
        names = [f"{'U' if kind == 'hidden_ignored' else 'W'}_{gate}" for gate in GATES]
        model.values |= {name: np.zeros_like(model.values[name]) for name in names}
    else:
        return False
    return True


def to_gate(model: Cell, kind: str, facts: Facts, gate: str) -> bool:
    """As `apply`, for one gate."""
    if kind in OF_GATE:
        where, fact = OF_GATE[kind]
        getattr(model, where)[gate] = facts[fact]
    elif kind == "gate_activation":
        return _to_activation(model, gate, str(facts["used"]))
    elif kind == "gate_source":
        model.source[gate] = str(facts["used"]).replace("the new cell state", "new_cell_state")
    elif kind == "gate_units_of":
        _to_units(model.values, gate, facts["columns"])
    elif kind == "gate_rows_of":
        _to_rows(
            model.values,
            gate,
            {"W": facts["input"], "U": facts["hidden"], "b": (facts.get("one", "b"),)},
        )
    elif kind == "gate_from_candidate":
        model.other[gate] = "c"
        model.activation[gate] = {"z": "s", "tanh(z)": "s(tanh(z))"}[facts["of"]]
    else:
        return False
    return True


def _to_activation(model: Cell, gate: str, told: str) -> bool:
    used = told.replace("a ", "").replace("sigmoid", "s")
    model.activation[gate] = used
    return used in formula.FUNCTIONS or formula.value(used, {"z": np.ones((1, 1))}) is not None


def _to_units(values: Views, gate: str, columns: Any) -> None:
    """Each unit of the gate gets the weights of the unit that is told ("o1")."""
    for kind in "WUb":
        parts = [values[f"{kind}_{column[0]}"][..., int(column[1:])] for column in columns]
        values[f"{kind}_{gate}"] = np.stack(parts, axis=-1)


def _to_rows(values: Views, gate: str, rows: dict[str, Any]) -> None:
    """Each component meets the row that is told ("U[1]", "b")."""
    own = {kind: np.atleast_2d(values[f"{kind}_{gate}"]) for kind in "WUb"}
    for kind, told in rows.items():
        found = [own[one[0]][int(one[2:-1] or 0)] for one in told]
        values[f"{kind}_{gate}"] = found[0] if kind == "b" else np.stack(found)


def _number_at(values: Views, told: str) -> float:
    """The number at a place as it is told ("U_f[0, 1]")."""
    if told == "0":
        return 0.0
    name, _, place = told.removeprefix("-").rstrip("]").partition("[")
    sign = -1.0 if told[0] == "-" else 1.0
    return sign * float(values[name][tuple(map(int, place.split(", ")))])


def to_weight(values: Views, kind: str, facts: Facts) -> bool:
    """Change an array as claimed; False where the claim says nothing of an array."""
    name = facts["array"]
    own = values[name]
    if kind == "numbers_of":
        values[name] = np.reshape(
            [_number_at(values, told) for told in facts["numbers"]], own.shape
        )
        return True
    if kind == "unused":
        values[name] = np.zeros_like(own)
    elif kind == "identity":
        values[name] = np.eye(len(own))
    elif kind == "transposed":
        values[name] = own.T
    elif kind == "number":
        values[name] = np.full_like(own, float(facts["number"]))
    elif kind in {"other_array", "shared"}:
        values["own " + name] = own
        values[name] = values[facts["used"]]
    elif kind == "factor":
        values[name] = float(facts["number"]) * own
    elif kind == "shifted":
        values[name] = own + float(facts["number"])
    elif kind in {"units_without", "sources_without"}:
        lines = list(facts["units"])
        values[name] = own.copy()
        values[name][(..., lines) if kind == "units_without" else lines] = 0.0
    else:
        return False
    return True
