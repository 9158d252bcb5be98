"""Which quantity of the equations a line gives, told by holding it at 0 and at 1.

A line plays a role where the program, with the line's value held, gives exactly what the documented
equations give with that quantity held. Names and style do not matter, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from grader.checks.compare import agrees
from grader.integrity.dossier.measuring import textbook
from grader.integrity.dossier.measuring.cell_lab import CellLab
from grader.integrity.dossier.measuring.line_values import LineValue
from grader.integrity.dossier.measuring.rnn_lab import NetworkGiven, RnnLab, differing
from grader.integrity.dossier.measuring.textbook import FREE, Held


@dataclass(frozen=True, slots=True)
class LineRole:
    """A line's value and the quantity that it is: "forward/h", "backward/dW_hh", "cell/f"."""

    value: LineValue
    role: str


def rnn_roles(lab: RnnLab, method: str, values: Iterable[LineValue]) -> Iterator[LineRole]:
    """Roles of lines of forward or backward, where that follows the equations."""
    lines = list(values)
    zeros = lab.given([(one.zero,) for one in lines], rounds=1)
    ones = lab.given([(one.one,) for one in lines], rounds=1)
    tell = {"forward": _forward_role, "backward": _backward_role}[method]
    for line, zero, one in zip(lines, zeros, ones, strict=True):
        if role := tell(lab, zero, one):
            yield LineRole(line, f"{method}/{role}")


def cell_roles(lab: CellLab, values: Iterable[LineValue]) -> Iterator[LineRole]:
    """Roles of lines of the cell's forward, where that follows the equations."""
    if not lab.is_right:
        return
    lines = list(values)
    zeros = lab.given([(one.zero,) for one in lines])
    ones = lab.given([(one.one,) for one in lines])
    for line, zero, one in zip(lines, zeros, ones, strict=True):
        fitting = [
            name
            for name in textbook.CELL
            if lab.is_as(zero, Held(name, 0.0)) and lab.is_as(one, Held(name, 1.0))
        ]
        if len(fitting) == 1 and not lab.is_as(one, FREE):
            yield LineRole(line, f"cell/{fitting[0]}")


def _forward_role(lab: RnnLab, zero: NetworkGiven, one: NetworkGiven) -> str:
    fitting = [
        name
        for name in textbook.FORWARD
        if _is_forward(lab, zero, Held(name, 0.0)) and _is_forward(lab, one, Held(name, 1.0))
    ]
    if len(fitting) != 1 or _is_forward(lab, one, FREE) or not _is_forward(lab, lab.base, FREE):
        return ""
    return fitting[0]


def _is_forward(lab: RnnLab, given: NetworkGiven, held: Held) -> bool:
    if given.seen is None or given.seen.hidden is None:
        return False
    outputs, hidden = textbook.forward(lab.used, lab.x, held)
    limit = 10 * lab.limit
    return agrees(given.seen.outputs, outputs, limit) and agrees(given.seen.hidden, hidden, limit)


def _backward_role(lab: RnnLab, zero: NetworkGiven, one: NetworkGiven) -> str:
    if not (zero.complete and one.complete and lab.base.complete):
        return ""
    hidden = lab.base.seen.hidden if lab.base.seen else None
    if hidden is None or not lab.is_right or not _is_backward(lab, lab.base, hidden, FREE):
        return ""
    if name := _own_gradient(lab, zero, one):
        return name
    fitting = [
        name
        for name in textbook.BACKWARD
        if _is_backward(lab, zero, hidden, Held(name, 0.0))
        and _is_backward(lab, one, hidden, Held(name, 1.0))
    ]
    if len(fitting) != 1 or _is_backward(lab, one, hidden, FREE):
        return ""
    return fitting[0]


def _is_backward(lab: RnnLab, given: NetworkGiven, hidden: np.ndarray, held: Held) -> bool:
    expected = textbook.backward(lab.used, lab.x, hidden, lab.d_outputs, held)
    known = {name: expected[name] for name in given.gradients[0]}
    return not differing(given.gradients[0], known, 10 * lab.limit)


def _own_gradient(lab: RnnLab, zero: NetworkGiven, one: NetworkGiven) -> str:
    """The parameter whose gradient alone follows the line, and is constant where the line is."""
    moved = lab.changed(zero, 0).keys() | lab.changed(one, 0).keys()
    if len(moved) != 1:
        return ""
    (name,) = moved
    off, on = zero.gradients[0][name], one.gradients[0][name]
    if off is None or on is None or np.any(off) or not np.any(on):
        return ""
    return f"d{name}" if np.ptp(on) <= 1e-9 * np.abs(on).max() else ""  # rounding
