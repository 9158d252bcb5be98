"""Claims about the LSTM cell that are tried by themselves, whatever else is off."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.strangers.bases import GATES, Array, Views
from tests.strangers.claims import Facts, formula
from tests.strangers.claims.cell_model import OF_GATES, Cell, to_gate

H = 4
CLOSE = 1e-4
Run = Any  # run(values, given, times=1): both states


def alone(kind: str, facts: Facts, values: Views, given: Any, run: Run) -> bool | None:
    """A claim that is tried by itself."""
    if kind in {"follow_row", "added_through", "hidden_added", "cell_added"}:
        return _of_arguments(kind, facts, values, given, run)
    if kind.startswith("weight_") and facts.get("array") in values:
        return _weight_alone(kind, facts["array"], values, given, run)
    if kind == "gate_rows_of":
        return _rows_of_separate_gates(facts, values, given, run)
    with_facts = _with_facts(kind, facts)
    if with_facts is not None:
        return bool(with_facts(facts, values, given, run))
    if kind in OF_GATES:
        return _gates_alone(kind, facts, values, given, run)
    rule = ALONE.get(kind)
    return None if rule is None else bool(rule(values, given, run))


def _with_facts(kind: str, facts: Facts) -> Any:
    if kind == "gate_function" and "number" not in facts:
        return None
    return {
        "gate_function": _gives, "rows_deaf": _rows_deaf, "old_enters_as": _enters_as,
        "gate_one_for_all": _one_for_all, "gate_flat": _flat, "hidden_dropped": _dropped, "argument_changed": _changed_input, "gate_units_mixed": _gate_mixes,
        "units_mixed": _units_mixed, "state_rounded": _coarse, "state_half": _coarse, "states_ignored": _states_ignored, "rows_follow_one": _follow,
    }.get(kind)  # fmt: skip


def _kept(values: Views, given: Any, run: Run) -> bool:
    once = run(values, given)[0]
    return not near(run(values, given, 2)[0], once) and near(run(values, given)[0], once)


def _differs(values: Views, given: Any, run: Run) -> bool:
    pairs = zip(run(values, given), run(values, given), strict=True)
    return not all(near(a, b) for a, b in pairs)


def _finite(states: list[Array]) -> bool:
    return all(np.all(np.isfinite(one)) for one in states)


def _moves_others(values: Views, given: Any, run: Run, row: int) -> list[bool]:
    """Of every other row whether changing this one moves it."""
    moved = [one.copy() for one in given]
    for one in moved:
        one[row] += 0.5
    got, others = run(values, given), [n for n in range(len(given[0])) if n != row]
    pairs = list(zip(run(values, moved), got, strict=True))
    return [any(not near(a[n], b[n]) for a, b in pairs) for n in others]


def _mixed(values: Views, given: Any, run: Run) -> bool:
    """Whether changing any row moves another one."""
    return any(any(_moves_others(values, given, run, row)) for row in range(len(given[0])))


def _follow(facts: Facts, values: Views, given: Any, run: Run) -> bool:
    """Whether one row moves all others, and none of these another one."""
    given, lead = [one[:3] for one in given], int(facts["sample"])
    rows = range(len(given[0]))
    followers = [_moves_others(values, given, run, row) for row in rows if row != lead]
    return all(_moves_others(values, given, run, lead)) and not any(map(any, followers))


def _old_cell_ignored(values: Views, given: Any, run: Run) -> bool:
    x, h, c = given
    return near(run(values, (x, h, c + 1.0))[1], run(values, given)[1])


def _off(values: Views, given: Any, run: Run) -> bool:
    right = Cell(values).step(*given)
    assert right is not None
    return not all(near(a, b) for a, b in zip(run(values, given), right, strict=True))


def _added_off(values: Views, given: Any, run: Run) -> bool:
    """Whether the new cell state is wrong although the old one is 0."""
    start = (*given[:2], np.zeros_like(given[2]))
    right = Cell(values).step(*start)
    assert right is not None
    return not near(run(values, start)[1], right[1])


def _hidden_ignored(values: Views, given: Any, run: Run) -> bool:
    x, h, c = given
    pairs = zip(run(values, (x, h[::-1], c)), run(values, given), strict=True)
    return all(near(a, b) for a, b in pairs)


def _input_ignored(values: Views, given: Any, run: Run) -> bool:
    x, h, c = given
    pairs = zip(run(values, (x[::-1], h, c)), run(values, given), strict=True)
    return all(near(a, b) for a, b in pairs)


def _enters_as(facts: Facts, values: Views, given: Any, run: Run) -> bool:
    """Whether the old cell state moves the new one as the form says, the forget gate being right."""
    x, h, c = given
    z = x @ values["W_f"] + h @ values["U_f"] + values["b_f"]
    ends = [
        (run(values, (x, h, one))[1], formula.value(facts["form"], {"f": 1 / (1 + np.exp(-z)), "cell_state": one}))
        for one in (c, 1.5 * c)
    ]  # fmt: skip
    return near(ends[0][0] - ends[1][0], np.asarray(ends[0][1]) - np.asarray(ends[1][1]))


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
    "input_ignored": _input_ignored,
    "hidden_without_cell": lambda v, given, run: near(
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
        return near(empty, gates[facts["of"]] * gates["i"] * gates["c"])
    if kind in {"hidden_added", "cell_added"}:
        added = facts.get("number", 1.0) * {"hidden_state": h, "cell_state": c}[facts["argument"]]
        kept = gates["f"] * c + gates["i"] * gates["c"]
        due = (gates["o"] * np.tanh(got[1]), kept)[kind == "cell_added"]
        return near(got[kind == "cell_added"], due + added)
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
    return all(near(a, b) for a, b in pairs)


def _rows_deaf(facts: Facts, values: Views, given: Any, run: Run) -> bool:
    """Whether changing these rows, in a batch of three, changes nothing at all."""
    few = [one[:3] for one in given]
    moved = [one.copy() for one in few]
    for one in moved:
        one[list(facts["rows"])] += 0.5
    return all(near(a, b) for a, b in zip(run(values, moved), run(values, few), strict=True))


STATES = ("new_hidden_state", "new_cell_state")
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
            return model if to_gate(model, kind, facts, gate) else None

        if claimed(values) is None:
            return None
        if not _fits_alone(claimed, gate, values, given, run):
            return False
    return bool(gates)


def _rows_of_separate_gates(facts: Facts, values: Views, given: Any, run: Any) -> bool | None:
    """By forget and output gate, each of which shows by itself; None where neither is meant."""
    told = [gate for gate in facts["arrays"] if gate in "fo"]
    for gate in told:

        def claimed(changed: Views, gate: str = gate) -> Cell:
            model = Cell(dict(changed))
            to_gate(model, "gate_rows_of", facts, gate)
            return model

        if not _fits_alone(claimed, gate, values, given, run):
            return False
    return True if told else None


def _shown(step: Any, way: str, values: Views, given: Any) -> Array:
    """The values of one gate, (B, H)."""
    return _seen(step, ISOLATED[way], values, given)


def _seen(step: Any, shown: Any, values: Views, given: Any) -> Array:
    x, h, c0 = given

    def look(c: float | None = None, **biases: float) -> Any:
        changed = {name: np.full(H, number) for name, number in biases.items()}
        return step({**values, **changed}, (x, h, c0 if c is None else np.full_like(c0, c)))

    with np.errstate(all="ignore"):
        return np.asarray(shown(look))


def _fits_alone(made: Any, way: str, values: Views, given: Any, run: Any) -> bool:
    def textbook(v: Views, start: Any) -> Any:
        return made(v).step(*start)

    return near(_shown(run, way, values, given), _shown(textbook, way, values, given))


def _one_for_all(facts: Facts, values: Views, given: Any, run: Any) -> bool:
    """Whether each of these gates has the same value for all units of a row."""
    shown = [_shown(run, gate, values, given) for gate in facts["arrays"]]
    return all(np.ptp(one, axis=1).max() <= CLOSE < np.ptp(one) for one in shown)


def _flat(facts: Facts, values: Views, given: Any, run: Run) -> bool:
    """Whether these gates stay at what is told beyond that sum, and not within it."""
    ends = [(facts[at], facts[value], sign) for at, value, sign in
            (("low", "least", -1), ("high", "most", 1)) if at in facts]  # fmt: skip
    for gate in facts["arrays"]:
        for at, told, sign in ends:
            beyond, within = (_of_sum(gate, at + sign * by, values, given, run) for by in (1, -1))
            if not near(beyond, np.full_like(beyond, told)) or near(within, beyond):
                return False
    return bool(ends)


def _of_sum(gate: str, z: float, values: Views, given: Any, run: Run) -> Array:
    """What a gate gives for this sum, all other sums being 0, or 1 beside it."""
    held = {name: np.zeros_like(value) for name, value in values.items()}
    held["b_c"] += gate == "i"
    held["b_i"] += gate == "c"
    held[f"b_{gate}"] += z
    shown = {**ISOLATED, "i": lambda look: look(c=0.0)[1] / np.tanh(1.0),
             "c": lambda look: look(c=0.0)[1] / (0.5 + 0.5 * np.tanh(0.5))}  # fmt: skip
    return _seen(run, shown[gate], held, given)


def _dropped(facts: Facts, values: Views, given: Any, run: Run) -> bool:
    """Whether the hidden state is so many times the right one, but for places that are 0."""
    hidden, new = run(values, given)
    right = Cell(values, got=(hidden, new)).step(*given)
    assert right is not None
    gone = hidden == 0.0
    return bool(gone.any()) and near(hidden[~gone], facts["number"] * right[0][~gone])


def _changed_input(facts: Facts, values: Views, given: Any, run: Run) -> bool:
    """Whether the cell is right if its input is this."""
    x, h, c = given
    names = {
        "input_t": x,
        "norm": lambda v: np.linalg.norm(v, axis=1, keepdims=True),
        "mean": lambda v: v.mean(axis=1, keepdims=True),
        "std": lambda v: v.std(axis=1, keepdims=True),
        "clip": np.clip,
    }
    made = formula.value(facts["form"], names)
    due = None if made is None else Cell(values).step(made, h, c)
    return due is not None and all(near(a, b) for a, b in zip(run(values, given), due, strict=True))


def _gate_mixes(facts: Facts, values: Views, given: Any, run: Run) -> bool:
    """Whether other weights of unit 0 change these units of each gate, and no other units."""
    for gate in facts["arrays"]:
        moved = {**values, f"W_{gate}": values[f"W_{gate}"].copy()}
        moved[f"W_{gate}"][:, 0] += 0.5
        before, after = (_shown(run, gate, one, given) for one in (values, moved))
        off = np.nanmax(np.abs(after - before), axis=0) > CLOSE
        if {unit for unit in range(1, H) if off[unit]} != set(facts["units"]):
            return False
    return True


def _units_mixed(facts: Facts, values: Views, given: Any, run: Run) -> bool:
    """Whether another cell_state of unit 0 changes these units of the state."""
    x, h, c = given
    place = STATES.index(facts["state"])
    after = run(values, (x, h, c + 0.5 * np.eye(H)[0]))[place]
    off = np.abs(after - run(values, given)[place]).max(axis=0) > CLOSE
    return bool(set(facts["units"]) == {unit for unit in range(1, H) if off[unit]})


def _coarse(facts: Facts, values: Views, given: Any, run: Run) -> bool:
    """Whether the state holds no more digits than is told."""
    state = run(values, given)[STATES.index(facts["state"])]
    held = state.round(facts["digits"]) if "digits" in facts else state.astype(np.float16)
    return bool(np.abs(state - held).max() <= 1e-7)


def _states_ignored(_facts: Facts, values: Views, given: Any, run: Run) -> bool:
    x, h, c = given
    pairs = zip(run(values, (x, h[::-1], c + 1.0)), run(values, given), strict=True)
    return all(near(a, b) for a, b in pairs)


def _weight_alone(kind: str, name: str, values: Views, given: Any, run: Any) -> bool | None:
    """Whether the array has an effect, where it is said to have none, or another one."""
    moved = {key: one.copy() for key, one in values.items()}
    moved[name] += 0.3
    still = all(near(a, b) for a, b in zip(run(moved, given), run(values, given), strict=True))
    if kind == "weight_unused":
        return still
    right = [Cell(one).step(*given) for one in (moved, values)]
    effect = [a - b for a, b in zip(run(moved, given), run(values, given), strict=True)]
    assert right[0] is not None
    assert right[1] is not None
    due = [a - b for a, b in zip(*right, strict=True)]
    same = all(near(a, b) for a, b in zip(effect, due, strict=True))
    return True if kind == "weight_off" and not same else None


def near(one: Array, other: Array) -> bool:
    size = max(float(np.abs(other).max(initial=0.0)), 1e-12)
    return one.shape == other.shape and bool(np.abs(one - other).max(initial=0.0) <= CLOSE * size)
