"""Claims about the LSTM cell: a cell that computes as they say, against the program's."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from tests.strangers.bases import Array, Base, Views
from tests.strangers.claims import Claim, Facts, Verdicts, formula
from tests.strangers.program import cell_shapes, drawn

B, I, H = 6, 3, 4  # noqa: E741  # sizes as in the equations; units are told of 4
CLOSE = 1e-4
ASIDE = {"overflows"}  # tells of other inputs
GATES = "fico"
OF_GATES = {
    "gate_constant", "gate_activation", "gate_z_factor", "gate_clipped", "gate_of_other",
    "gate_complement", "gates_shared", "gate_one_for_all",
}  # fmt: skip


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
    swapped: bool = False

    def step(self, x: Array, h: Array, c: Array) -> tuple[Array, Array] | None:
        gates = {}
        for gate in "fico":
            z = self.factor[gate] * (
                x @ self.values[f"W_{gate}"]
                + h @ self.values[f"U_{gate}"]
                + self.values[f"b_{gate}"]
            )
            z = np.clip(z, -self.limit[gate], self.limit[gate])
            gates[gate] = formula.FUNCTIONS.get(self.activation[gate], np.tanh)(z)
        mixed = dict(gates)
        for gate, number in self.constant.items():
            mixed[gate] = np.full_like(gates[gate], number)
        for gate, other in self.other.items():
            mixed[gate] = gates[other]
        for gate, other in self.complement.items():
            mixed[gate] = 1 - gates[other]
        cell = mixed["f"] * c + mixed["i"] * mixed["c"]
        cell = np.clip(
            np.tanh(cell) if self.tanh_on_cell else cell, -self.cell_limit, self.cell_limit
        )
        names = {
            "new_cell_state": cell, "cell_state": c, "hidden_state": h, "candidate": mixed["c"],
            "c": c, "f": mixed["f"], "i": mixed["i"], "o": mixed["o"],
        }  # fmt: skip
        if self.around:
            inner = formula.value(self.around, names)
            return None if inner is None else (np.tanh(mixed["o"] * inner), cell)
        shown = formula.value(self.shown, names)
        return None if shown is None else (mixed["o"] * shown, cell)


def verdicts(module: ModuleType, base: Base, claims: list[Claim]) -> Verdicts:
    rng = np.random.default_rng(970)
    values = drawn(cell_shapes(I, H), rng)
    given = (1.5 * rng.normal(size=(B, I)), rng.uniform(-1, 1, (B, H)), 2 * rng.normal(size=(B, H)))

    def run(values: Views, given: Any, times: int = 1) -> Any:
        cell = module.LSTMCell(I, H)
        for name, view in base.cell(cell).items():
            view[...] = values[name]
        for _ in range(times):
            found = cell.forward(*(one.copy() for one in given))
        return [np.asarray(one, float) for one in found]

    try:
        got = run(values, given)
    except Exception:  # noqa: BLE001  # a stranger's
        return [None for _ in claims]
    model = Cell({name: value.copy() for name, value in values.items()})
    understood = [_apply(model, kind, facts) for kind, facts in claims if kind not in ASIDE]
    wanted = model.step(*given) if understood and all(understood) else None
    joint = wanted is not None and any(
        all(_near(a, b) for a, b in zip(got, each, strict=True)) for each in (wanted, wanted[::-1])
    )
    return [
        True if joint and kind not in ASIDE else _alone(kind, facts, values, given, run)
        for kind, facts in claims
    ]


def _apply(model: Cell, kind: str, facts: Facts) -> bool:
    """Change the model as claimed; False where the claim says nothing of a model."""
    gates = [one for one in facts.get("arrays", ()) if one in "fico"]
    if kind in OF_GATES and gates:
        return all(_to_gate(model, kind, facts, gate) for gate in gates)
    if kind.startswith("weight_"):
        return _to_weight(model.values, kind.removeprefix("weight_"), facts)
    if kind == "shown":
        model.shown = facts["what"]
    elif kind == "tanh_around":
        model.around = facts["what"]
    elif kind == "tanh_on_cell":
        model.tanh_on_cell = True
    elif kind == "cell_clipped":
        model.cell_limit = float(facts["number"])
    else:
        return False
    return True


def _to_gate(model: Cell, kind: str, facts: Facts, gate: str) -> bool:
    if kind == "gate_constant":
        model.constant[gate] = float(facts["number"])
    elif kind == "gate_activation":
        model.activation[gate] = str(facts["used"]).replace("a ", "").replace("sigmoid", "s")
        return model.activation[gate] in formula.FUNCTIONS
    elif kind == "gate_z_factor":
        model.factor[gate] = float(facts["number"])
    elif kind == "gate_clipped":
        model.limit[gate] = float(facts["number"])
    elif kind in {"gate_of_other", "gates_shared"}:
        model.other[gate] = facts["of"]
    elif kind == "gate_complement":
        model.complement[gate] = facts["of"]
    else:
        return False
    return True


def _to_weight(values: Views, kind: str, facts: Facts) -> bool:
    name = facts["array"]
    own = values[name]
    if kind == "unused":
        values[name] = np.zeros_like(own)
    elif kind == "transposed":
        values[name] = own.T
    elif kind == "other_array":
        values[name] = values[facts["used"]]
    elif kind == "factor":
        values[name] = float(facts["number"]) * own
    elif kind == "shifted":
        values[name] = own + float(facts["number"])
    elif kind == "units_without":
        values[name] = own.copy()
        values[name][..., list(facts["units"])] = 0.0
    elif kind == "sources_without":
        values[name] = own.copy()
        values[name][list(facts["units"])] = 0.0
    else:
        return False
    return True


def _alone(kind: str, facts: Facts, values: Views, given: Any, run: Any) -> bool | None:  # noqa: C901, PLR0911  # a table
    got = run(values, given)
    if kind == "state_kept":
        return not _near(run(values, given, 2)[0], got[0]) and _near(run(values, given)[0], got[0])
    if kind in {"random", "depends_on_start"}:
        return not all(_near(a, b) for a, b in zip(run(values, given), got, strict=True))
    if kind == "not_finite":
        return not all(np.all(np.isfinite(one)) for one in got)
    if kind == "overflows":
        large = (1e4 * np.sign(given[0]), given[1], given[2])
        return not all(np.all(np.isfinite(one)) for one in run(values, large))
    if kind == "rows_mixed":
        moved = [one.copy() for one in given]
        for one in moved:
            one[0] += 0.5
        return not all(_near(a[1:], b[1:]) for a, b in zip(run(values, moved), got, strict=True))
    if kind in {"follow_row", "added_through", "hidden_added"}:
        return _of_arguments(kind, facts, values, given, run)
    if kind.startswith("weight_") and facts.get("array") in values:
        return _weight_alone(kind, facts["array"], values, given, run)
    if kind in OF_GATES:
        return _gates_alone(kind, facts, values, given, run)
    if kind in {"hidden_off", "gate_off", "cell_not_linear", "gate_function"}:
        right = Cell(values).step(*given)
        assert right is not None
        return not all(_near(a, b) for a, b in zip(got, right, strict=True))
    return None


def _of_arguments(kind: str, facts: Facts, values: Views, given: Any, run: Any) -> bool:
    """One row for all, one gate more, an argument added."""
    x, h, c = given
    got = run(values, given)
    s = {g: x @ values[f"W_{g}"] + h @ values[f"U_{g}"] + values[f"b_{g}"] for g in GATES}
    gates = {g: np.tanh(z) if g == "c" else 1 / (1 + np.exp(-z)) for g, z in s.items()}
    if kind == "added_through":
        empty = run(values, (x, h, 0 * c))[1]
        return _near(empty, gates[facts["of"]] * gates["i"] * gates["c"])
    if kind == "hidden_added":
        added = {"hidden_state": h, "cell_state": c}[facts["argument"]]
        return _near(got[0], gates["o"] * np.tanh(got[1]) + added)
    place = ("input_t", "hidden_state", "cell_state").index(facts["argument"])
    same = [one.copy() for one in given]
    same[place][:] = given[place][facts["row"]]
    return all(_near(a, b) for a, b in zip(run(values, same), got, strict=True))


OPEN = 40.0
# What shows the values of one gate: `look` runs the cell with these biases, from this cell state.
ISOLATED: dict[str, Any] = {
    "f": lambda look: look(c=1.0)[1] - look(c=0.0)[1],
    "i": lambda look: look(c=0.0, b_c=OPEN)[1],
    "i beside c": lambda look: look(c=0.0)[1] / look(c=0.0, b_i=OPEN)[1],
    "c": lambda look: look(c=0.0)[1] / look(c=0.0, b_c=OPEN)[1],
    "o": lambda look: look()[0] / np.tanh(look()[1]),
}


def _gates_alone(kind: str, facts: Facts, values: Views, given: Any, run: Any) -> bool | None:
    """Each gate by itself: what is seen of it against what is claimed; None where others are off."""
    gates = [one for one in facts.get("arrays", ()) if one in GATES]
    others = {"i beside c" if gate == "i" and "c" in gates else gate for gate in GATES} - set(gates)
    if any(not _fits_alone(Cell, way, values, given, run) for way in others):
        return None
    for gate in gates:

        def claimed(changed: Views, gate: str = gate) -> Cell | None:
            model = Cell(changed)
            return model if _to_gate(model, kind, facts, gate) else None

        if claimed(values) is None:
            return None
        if not _fits_alone(claimed, gate, values, given, run):
            return False
    return bool(gates)


def _fits_alone(made: Any, way: str, values: Views, given: Any, run: Any) -> bool:
    x, h, c0 = given

    def shown(step: Any) -> Array:
        def look(c: float | None = None, **biases: float) -> Any:
            changed = {name: np.full(H, number) for name, number in biases.items()}
            return step({**values, **changed}, (x, h, c0 if c is None else np.full_like(c0, c)))

        return np.asarray(ISOLATED[way](look))

    with np.errstate(all="ignore"):
        return _near(shown(run), shown(lambda v, start: made(v).step(*start)))


def _weight_alone(kind: str, name: str, values: Views, given: Any, run: Any) -> bool | None:
    """Whether the array has an effect, where it is said to have none, or another one."""
    moved = {key: one.copy() for key, one in values.items()}
    moved[name] += 0.3
    still = all(_near(a, b) for a, b in zip(run(moved, given), run(values, given), strict=True))
    if kind == "weight_unused":
        return still
    right = [Cell(one).step(*given) for one in (moved, values)]
    effect = [a - b for a, b in zip(run(moved, given), run(values, given), strict=True)]
    assert right[0] is not None
    assert right[1] is not None
    due = [a - b for a, b in zip(*right, strict=True)]
    same = all(_near(a, b) for a, b in zip(effect, due, strict=True))
    return True if kind == "weight_off" and not same else None


def _near(one: Array, other: Array) -> bool:
    size = max(float(np.abs(other).max(initial=0.0)), 1e-12)
    return one.shape == other.shape and bool(np.abs(one - other).max(initial=0.0) <= CLOSE * size)
