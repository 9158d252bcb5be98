"""Claims about the LSTM cell: a cell that computes as they say, against the program's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import permutations, product
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
    "gate_complement", "gates_shared", "gate_one_for_all", "gate_z_form", "gate_form", "gate_source",
    "gate_units_of", "gate_from_candidate",
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
        sums = {}
        parts = {}
        for gate in "fico":
            source = self._source(gate, x, h, c)
            if source is None:
                return None
            parts[gate] = {
                "xW": x @ self.values[f"W_{gate}"],
                "hU": source @ self.values[f"U_{gate}"],
                "b": self.values[f"b_{gate}"],
            }
            summed = formula.value(self.z_form.get(gate, "xW + hU + b"), parts[gate])
            if summed is None:
                return None
            z = self.factor[gate] * summed
            sums[gate] = np.clip(z, -self.limit[gate], self.limit[gate])
        gates = {gate: self._activated(gate, sums[self.other.get(gate, gate)]) for gate in sums}
        mixed = dict(gates)
        for gate, form in self.form.items():
            made = formula.value(form, {**parts[gate], "a": self._function(gate)})
            if made is None:
                return None
            mixed[gate] = made
        for gate, number in self.constant.items():
            mixed[gate] = np.full_like(gates[gate], number)
        for gate, other in self.complement.items():
            mixed[gate] = 1 - gates[other]
        inside = {"f": mixed["f"], "i": mixed["i"], "o": mixed["o"], "g": mixed["c"],
                  "c_before": c, "h_before": h}  # fmt: skip
        kept = formula.value(self.enters or "f * cell_state", {"f": mixed["f"], "cell_state": c})
        if kept is None:
            return None
        cell = kept + self.added_times * mixed["i"] * mixed["c"]
        cell = np.clip(
            np.tanh(cell) if self.tanh_on_cell else cell, -self.cell_limit, self.cell_limit
        )
        used = cell
        if self.cell_is:
            given = formula.value(self.cell_is, inside)
            if given is None:
                return None
            cell = given
        if self.hidden_is:
            found = formula.value(self.hidden_is, {**inside, "c_t": used if self.inner else cell})
            return None if found is None else (found, cell)
        names = {
            "new_cell_state": used if self.inner else cell, "cell_state": c, "hidden_state": h, "candidate": mixed["c"],
            "c": used if self.inner else cell, "c_before": c, "f": mixed["f"], "i": mixed["i"], "o": mixed["o"],
        }  # fmt: skip
        if self.around:
            inner = formula.value(self.around, names)
            return None if inner is None else (np.tanh(mixed["o"] * inner), cell)
        shown = formula.value(self.shown, names)
        return None if shown is None else (mixed["o"] * shown, cell)

    def _function(self, gate: str) -> Any:
        return formula.FUNCTIONS["tanh" if gate == "c" else "s"]

    def _activated(self, gate: str, z: Array) -> Array:
        used = self.activation[gate]
        if used in formula.FUNCTIONS:
            return np.asarray(formula.FUNCTIONS[used](z))
        made = formula.value(used, {"z": z})
        assert made is not None
        return made

    def _source(self, gate: str, x: Array, h: Array, c: Array) -> Array | None:
        """What U acts on: the hidden state, where nothing else is claimed."""
        if gate not in self.source:
            return h
        right = {
            g: self._function(g)(
                x @ self.values[f"W_{g}"] + h @ self.values[f"U_{g}"] + self.values[f"b_{g}"]
            )
            for g in GATES
        }
        names = {"f": right["f"], "i": right["i"], "o": right["o"], "g": right["c"],
                 "hidden_state": h, "cell_state": c}  # fmt: skip
        if self.got is not None:
            names |= {"new_hidden_state": self.got[0], "new_cell_state": self.got[1]}
        return formula.value(self.source[gate], names)


def verdicts(module: ModuleType, base: Base, claims: list[Claim]) -> Verdicts:
    rng = np.random.default_rng(970)
    values = drawn(cell_shapes(I, H), rng)
    given = (1.5 * rng.normal(size=(B, I)), rng.uniform(-1, 1, (B, H)), 2 * rng.normal(size=(B, H)))

    def run(values: Views, given: Any, times: int = 1) -> Any:
        cell = module.LSTMCell(I, H)
        for name, view in base.cell(cell).items():
            if view.shape == values[name].shape:  # what cannot be set, a claim has to tell
                view[...] = values[name]
        for _ in range(times):
            found = cell.forward(*(one.copy() for one in given))
        return [np.asarray(one, float) for one in found]

    try:
        got = run(values, given)
    except Exception:  # noqa: BLE001  # a stranger's
        return [None for _ in claims]
    orders = ["".join(GATES)] if base.binds_cell else ["".join(one) for one in permutations(GATES)]
    joint = any(_all_true(claims, _named_so(values, order), given, got) for order in orders)
    return [
        True if joint and kind not in ASIDE else _alone(kind, facts, values, given, run)
        for kind, facts in claims
    ]


def _named_so(values: Views, order: str) -> Views:
    """The arrays under the names of other gates, where no name binds."""
    pairs = list(zip(GATES, order, strict=True))
    return {
        f"{kind}_{gate}": values[f"{kind}_{was}"].copy() for gate, was in pairs for kind in "WUb"
    }


def _all_true(claims: list[Claim], values: Views, given: Any, got: list[Array]) -> bool:
    """Whether a cell that computes as claimed gives what the program gives."""
    model = Cell(values, got=(got[0], got[1]))
    understood = [_apply(model, kind, facts) for kind, facts in claims if kind not in ASIDE]
    if not understood or not all(understood):
        return False
    for variant in _variants(model, claims):
        with np.errstate(all="ignore"):
            wanted = variant.step(*given)
        if wanted is not None and any(
            all(_near(a, b) for a, b in zip(got, each, strict=True))
            for each in (wanted, wanted[::-1])
        ):
            return True
    return False


def _variants(model: Cell, claims: list[Claim]) -> Iterator[Cell]:
    """What the claims leave open: which cell state is shown, which of two shared sets is used."""
    others = [model.other]
    if any(kind == "gates_shared" for kind, _ in claims):
        others.append({of: gate for gate, of in model.other.items()})
    held = [model.values, _shared_otherwise(model.values, claims)]
    for inner, other, values in product((False, True), others, held):
        yield replace(model, inner=inner, other=other, values=values)


def _shared_otherwise(values: Views, claims: list[Claim]) -> Views:
    """With the other one of two arrays of which one is used twice."""
    found = dict(values)
    for kind, facts in claims:
        if kind == "weight_shared":
            found[facts["array"]] = found[facts["used"]] = values["own " + facts["array"]]
    return found


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
    elif kind in {"cell_is", "hidden_is"}:
        setattr(model, kind, facts["form"])
    elif kind == "added_times":
        model.added_times = float(facts["number"])
    elif kind == "cell_clipped":
        model.cell_limit = float(facts["number"])
    elif kind == "old_enters_as":
        model.enters = facts["form"]
    elif kind == "hidden_ignored":
        model.values |= {f"U_{g}": np.zeros_like(model.values[f"U_{g}"]) for g in GATES}
    else:
        return False
    return True


def _to_gate(model: Cell, kind: str, facts: Facts, gate: str) -> bool:
    if kind == "gate_constant":
        model.constant[gate] = float(facts["number"])
    elif kind == "gate_activation":
        used = str(facts["used"]).replace("a ", "").replace("sigmoid", "s")
        model.activation[gate] = used
        return used in formula.FUNCTIONS or formula.value(used, {"z": np.ones((1, 1))}) is not None
    elif kind == "gate_z_factor":
        model.factor[gate] = float(facts["number"])
    elif kind == "gate_clipped":
        model.limit[gate] = float(facts["number"])
    elif kind in {"gate_of_other", "gates_shared"}:
        model.other[gate] = facts["of"]
    elif kind == "gate_z_form":
        model.z_form[gate] = facts["form"]
    elif kind == "gate_complement":
        model.complement[gate] = facts["of"]
    elif kind in {"gate_form", "gate_source"}:
        getattr(model, kind.removeprefix("gate_"))[gate] = SOURCES.get(
            facts.get("used", ""), facts.get("used") or facts.get("form")
        )
    elif kind == "gate_units_of":
        _to_units(model.values, gate, facts["columns"])
    elif kind == "gate_from_candidate":
        model.other[gate] = "c"
        model.activation[gate] = {"z": "s", "tanh(z)": "s(tanh(z))"}[facts["of"]]
    else:
        return False
    return True


SOURCES = {"the new cell state": "new_cell_state"}


def _to_units(values: Views, gate: str, columns: Any) -> None:
    """Each unit of the gate gets the weights of the unit that is told ("o1")."""
    for kind in "WUb":
        parts = [values[f"{kind}_{column[0]}"][..., int(column[1:])] for column in columns]
        values[f"{kind}_{gate}"] = np.stack(parts, axis=-1)


def _to_weight(values: Views, kind: str, facts: Facts) -> bool:
    name = facts["array"]
    own = values[name]
    if kind == "unused":
        values[name] = np.zeros_like(own)
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
    elif kind == "units_without":
        values[name] = own.copy()
        values[name][..., list(facts["units"])] = 0.0
    elif kind == "sources_without":
        values[name] = own.copy()
        values[name][list(facts["units"])] = 0.0
    else:
        return False
    return True


Run = Any  # run(values, given, times=1): both states


def _alone(kind: str, facts: Facts, values: Views, given: Any, run: Run) -> bool | None:
    """A claim that is tried by itself."""
    if kind in {"follow_row", "added_through", "hidden_added"}:
        return _of_arguments(kind, facts, values, given, run)
    if kind.startswith("weight_") and facts.get("array") in values:
        return _weight_alone(kind, facts["array"], values, given, run)
    if kind == "gate_function" and "number" in facts:
        return _gives(facts, values, given, run)
    if kind == "rows_deaf":
        return _rows_deaf(facts, values, given, run)
    if kind == "old_enters_as":
        return _enters_as(facts, values, given, run)
    if kind == "gate_one_for_all":
        return _one_for_all(facts["arrays"], values, given, run)
    if kind in OF_GATES:
        return _gates_alone(kind, facts, values, given, run)
    if kind == "rows_follow_one":
        return _follow(values, [one[:3] for one in given], run, int(facts["sample"]))
    rule = ALONE.get(kind)
    return None if rule is None else bool(rule(values, given, run))


def _kept(values: Views, given: Any, run: Run) -> bool:
    once = run(values, given)[0]
    return not _near(run(values, given, 2)[0], once) and _near(run(values, given)[0], once)


def _differs(values: Views, given: Any, run: Run) -> bool:
    pairs = zip(run(values, given), run(values, given), strict=True)
    return not all(_near(a, b) for a, b in pairs)


def _finite(states: list[Array]) -> bool:
    return all(np.all(np.isfinite(one)) for one in states)


def _moves_others(values: Views, given: Any, run: Run, row: int) -> list[bool]:
    """Of every other row whether changing this one moves it."""
    moved = [one.copy() for one in given]
    for one in moved:
        one[row] += 0.5
    got, others = run(values, given), [n for n in range(len(given[0])) if n != row]
    pairs = list(zip(run(values, moved), got, strict=True))
    return [any(not _near(a[n], b[n]) for a, b in pairs) for n in others]


def _mixed(values: Views, given: Any, run: Run) -> bool:
    """Whether changing any row moves another one."""
    return any(any(_moves_others(values, given, run, row)) for row in range(len(given[0])))


def _follow(values: Views, given: Any, run: Run, lead: int) -> bool:
    """Whether one row moves all others, and none of these another one."""
    rows = range(len(given[0]))
    followers = [_moves_others(values, given, run, row) for row in rows if row != lead]
    return all(_moves_others(values, given, run, lead)) and not any(map(any, followers))


def _old_cell_ignored(values: Views, given: Any, run: Run) -> bool:
    x, h, c = given
    return _near(run(values, (x, h, c + 1.0))[1], run(values, given)[1])


def _off(values: Views, given: Any, run: Run) -> bool:
    right = Cell(values).step(*given)
    assert right is not None
    return not all(_near(a, b) for a, b in zip(run(values, given), right, strict=True))


def _added_off(values: Views, given: Any, run: Run) -> bool:
    """Whether the new cell state is wrong although the old one is 0."""
    start = (*given[:2], np.zeros_like(given[2]))
    right = Cell(values).step(*start)
    assert right is not None
    return not _near(run(values, start)[1], right[1])


def _hidden_ignored(values: Views, given: Any, run: Run) -> bool:
    x, h, c = given
    pairs = zip(run(values, (x, h[::-1], c)), run(values, given), strict=True)
    return all(_near(a, b) for a, b in pairs)


def _enters_as(facts: Facts, values: Views, given: Any, run: Run) -> bool:
    """Whether the old cell state moves the new one as the form says, the forget gate being right."""
    x, h, c = given
    z = x @ values["W_f"] + h @ values["U_f"] + values["b_f"]
    ends = [
        (run(values, (x, h, one))[1], formula.value(facts["form"], {"f": 1 / (1 + np.exp(-z)), "cell_state": one}))
        for one in (c, 1.5 * c)
    ]  # fmt: skip
    return _near(ends[0][0] - ends[1][0], np.asarray(ends[0][1]) - np.asarray(ends[1][1]))


def _gives(facts: Facts, values: Views, given: Any, run: Run) -> bool:
    """Whether these gates give the number that is told, for this sum alone."""
    at = float(facts["at"])
    for gate in facts["arrays"]:
        nothing = {name: np.zeros_like(values[name]) for name in (f"W_{gate}", f"U_{gate}")}
        held = {**values, **nothing, f"b_{gate}": np.full(H, at)}
        shown = _shown(run, {"c": "c opened"}.get(gate, gate), held, given)
        if not np.abs(shown - float(facts["number"])).max() <= 1e-3 * max(
            1.0, abs(facts["number"])
        ):
            return False
    return True


ALONE: dict[str, Any] = {
    "hidden_ignored": _hidden_ignored,
    "hidden_without_cell": lambda v, given, run: _near(
        run(v, (*given[:2], given[2][::-1]))[0], run(v, given)[0]
    ),
    "nothing_added": lambda v, given, run: (
        not np.abs(run(v, (*given[:2], np.zeros_like(given[2])))[1]).max() > CLOSE
    ),
    "state_kept": _kept,
    "random": _differs,
    "depends_on_start": _differs,
    "not_finite": lambda v, given, run: not _finite(run(v, given)),
    "overflows": lambda v, given, run: (
        not _finite(run(v, (1e4 * np.sign(given[0]), given[1], given[2])))
    ),
    "rows_mixed": _mixed,
    "old_cell_ignored": _old_cell_ignored,
    "added_off": _added_off,
    **dict.fromkeys(
        ("hidden_off", "gate_off", "gate_weights_off", "cell_not_linear", "gate_function"), _off
    ),
}


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
    # Row 2 of 0 to 2 may be the last one of any batch.
    rows = {facts["row"], len(x) - 1 if facts["row"] == LAST_OF_THREE else facts["row"]}
    return any(_as_of_row(place, row, values, given, run) for row in rows)


LAST_OF_THREE = 2


def _as_of_row(place: int, row: int, values: Views, given: Any, run: Run) -> bool:
    """Whether all rows give what they give with this row's argument."""
    same = [one.copy() for one in given]
    same[place][:] = given[place][row]
    pairs = zip(run(values, same), run(values, given), strict=True)
    return all(_near(a, b) for a, b in pairs)


def _rows_deaf(facts: Facts, values: Views, given: Any, run: Run) -> bool:
    """Whether changing these rows, in a batch of three, changes nothing at all."""
    few = [one[:3] for one in given]
    moved = [one.copy() for one in few]
    for one in moved:
        one[list(facts["rows"])] += 0.5
    return all(_near(a, b) for a, b in zip(run(values, moved), run(values, few), strict=True))


OPEN = 40.0
# What shows the values of one gate: `look` runs the cell with these biases, from this cell state.
ISOLATED: dict[str, Any] = {
    "f": lambda look: look(c=1.0)[1] - look(c=0.0)[1],
    "i": lambda look: look(c=0.0, b_c=OPEN)[1],
    "i beside c": lambda look: look(c=0.0)[1] / look(c=0.0, b_i=OPEN)[1],
    "c": lambda look: look(c=0.0)[1] / look(c=0.0, b_c=OPEN)[1],
    "c opened": lambda look: look(c=0.0, b_i=OPEN)[1],
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


def _shown(step: Any, way: str, values: Views, given: Any) -> Array:
    """The values of one gate, (B, H)."""
    x, h, c0 = given

    def look(c: float | None = None, **biases: float) -> Any:
        changed = {name: np.full(H, number) for name, number in biases.items()}
        return step({**values, **changed}, (x, h, c0 if c is None else np.full_like(c0, c)))

    with np.errstate(all="ignore"):
        return np.asarray(ISOLATED[way](look))


def _fits_alone(made: Any, way: str, values: Views, given: Any, run: Any) -> bool:
    def textbook(v: Views, start: Any) -> Any:
        return made(v).step(*start)

    return _near(_shown(run, way, values, given), _shown(textbook, way, values, given))


def _one_for_all(gates: Any, values: Views, given: Any, run: Any) -> bool:
    """Whether each of these gates has the same value for all units of a row."""
    shown = [_shown(run, gate, values, given) for gate in gates]
    return all(np.ptp(one, axis=1).max() <= CLOSE < np.ptp(one) for one in shown)


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
