"""Readings that come of one mistake, joined into one."""

from __future__ import annotations

import re

from grader.diagnosis.experiments.patterns import Reading, Readings

BOTH = ("new_hidden_state", "new_cell_state")
HIDDEN_IGNORED = (Reading("hidden_ignored"), BOTH)
CELL_IGNORED = (Reading("gate_constant", {"number": 0.0}), ("f",))
SHOWN_BY = re.compile(r"([fi]) \* tanh\(c_t\)")
MANY = 3  # gates; two that are exchanged are told one by one


def joined(found: Readings) -> Readings:
    """With one reading in place of several that have one cause."""
    return _permuted(_neither_state(found))


def _neither_state(found: Readings) -> Readings:
    """Neither of the two states that are given takes part."""
    if HIDDEN_IGNORED not in found or CELL_IGNORED not in found:
        return found
    rest = [one for one in found if one not in (HIDDEN_IGNORED, CELL_IGNORED)]
    return [(Reading("states_ignored"), (*BOTH, "f")), *rest]


def _permuted(found: Readings) -> Readings:
    """Several gates have each other's weights, as from parts cut in another order."""
    of: dict[str, str] = {}
    rest: Readings = []
    for reading, names in found:
        shown_by = SHOWN_BY.fullmatch(str(reading.facts.get("form", "")))
        if reading.kind == "gate_of_other" and len(names) == 1:
            of[names[0]] = str(reading.facts["of"])
        elif reading.kind == "hidden_is" and shown_by:
            of["o"] = shown_by[1]
        else:
            rest.append((reading, names))
    if len(of) < MANY or set(of) != set(of.values()):
        return found
    permuted = Reading("gates_permuted", {"gates": (*of,), "of": (*of.values(),)})
    return [(permuted, (*of, "new_hidden_state")), *rest]
