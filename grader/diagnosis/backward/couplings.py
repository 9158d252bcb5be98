"""Which step's state or input stands beside which step's gradient in an array."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from grader.diagnosis.experiments import impulses
from grader.diagnosis.experiments.impulses import Impulses
from grader.diagnosis.experiments.network import Network
from grader.diagnosis.experiments.patterns import CLOSE, Reading
from grader.protocol import Array

Coupling = tuple[Array, tuple[int, ...]]


def by_index(imp: Impulses, name: str) -> Reading | None:
    """The right product of the wrong steps."""
    couplings = _all_couplings(imp, name)
    found = None if couplings is None else _indexed(name, couplings, imp.size.T)
    near = found is None or found.facts.get("offset", 0) in {-1, 0, 1}
    if couplings is None or near:
        return found
    return found if _at_another_length(imp, name) == found else _mapped(name, couplings)


def _at_another_length(imp: Impulses, name: str) -> Reading | None:
    """What is read there: an index from the other end is another distance in a longer sequence."""
    longer = impulses.measure(Network.make(imp.net.cls, impulses.LONGER))
    there = None if longer is None or name not in longer.names else _all_couplings(longer, name)
    return None if there is None else _indexed(name, there, impulses.LONGER.T)


def _all_couplings(imp: Impulses, name: str) -> list[Coupling] | None:
    """Of every impulse; None where one of them is no such product."""
    if name not in {"W_hy", "W_hh", "W_xh"}:
        return None
    found = list(_output_couplings(imp) if name == "W_hy" else _couplings(imp, name))
    whole = [one for one in found if one is not None]
    return whole if len(whole) == len(found) else None


def _output_couplings(imp: Impulses) -> Iterator[Coupling | None]:
    """Per impulse: how much of each state h_0 to h_T is in dW_hy, and that h_(t+1) is due."""
    for (t, b, o), one in imp.got.items():
        states = imp.states[1:, b]
        way = imp.ways[o]
        column = one["W_hy"] @ way / (way @ way)
        found = np.linalg.lstsq(states.T, column, rcond=None)[0]
        rebuilt = np.outer(found @ states, way)
        if not imp.net.alike(rebuilt, one["W_hy"], imp.scale["W_hy"]):
            yield None
            return
        yield np.concatenate([[0.0], found])[:, None], (t + 1,)


def _couplings(imp: Impulses, name: str) -> Iterator[Coupling | None]:
    """Per impulse: C[r, s], how much of (left factor of step r) x dz_s is in the array."""
    for key, one in imp.got.items():
        t, b, _ = key
        dz = imp.dz(key)[: t + 1, b]
        left = imp.states[1:, b] if name == "W_hh" else imp.x[:, b]
        found = np.linalg.pinv(left).T @ one[name] @ np.linalg.pinv(dz)
        if not imp.net.alike(left.T @ found @ dz, one[name], imp.scale[name]):
            yield None
            return
        if name == "W_hh":
            found = np.concatenate([np.zeros((1, t + 1)), found])
        yield found, tuple(range(t + 1))


def _indexed(name: str, whole: list[Coupling], T: int) -> Reading | None:
    """An offset, one step at all steps, or the last state before the first, if it is that."""
    places = _input_places(T) if name == "W_xh" else _state_places(T, due=name == "W_hy")
    known = (reading for reading, place in places if _all_are(whole, place, start=name != "W_xh"))
    return next(known, None) or _mapped(name, whole)


def _mapped(name: str, couplings: list[Coupling]) -> Reading | None:
    """Each step with one other step, in whichever order."""
    partner: dict[int, int] = {}
    absent: set[int] = set()
    for found, due in couplings:
        for column, s in enumerate(due):
            rows = np.flatnonzero(np.abs(found[:, column]) > CLOSE)
            if not rows.size:
                absent.add(s)
                continue
            r = int(rows[0])
            if rows.size > 1 or abs(found[r, column] - 1) > CLOSE or partner.setdefault(s, r) != r:
                return None
    if absent & set(partner):  # there for some outputs and not for others: no rule of steps
        return None
    if all(r == s for s, r in partner.items()):  # the right pairs, of which some are left out
        return None
    first = 1 if name == "W_hy" else 0  # d_outputs of step t is due with state h_(t+1)
    steps = tuple(s - first for s in sorted(partner))
    shift = 0 if name == "W_xh" else 1  # states count from h_0
    with_step = tuple(partner[s + first] - shift for s in steps)
    return Reading("paired_with", {"steps": steps, "with_steps": with_step})


Places = Iterator[tuple[Reading, Callable[[int], int]]]


def _input_places(T: int) -> Places:
    """Which input may stand where x_r belongs."""
    for offset in (1, -1, 2, -2):
        yield Reading("input_index", {"offset": offset}), partial(_moved_by, offset, T + 2)
        yield Reading("input_index", {"offset": offset}), partial(_moved_by, offset, T)
    for step in range(T):
        yield Reading("input_always", {"step": step}), partial(_always, step)


def _state_places(T: int, *, due: bool) -> Places:
    """Which of the states h_0 to h_T may stand where h_r belongs; due: r is never 0."""
    for offset in (1, -1, 2, -2):
        yield Reading("state_index", {"offset": offset}), partial(_moved_by, offset, 2 * T)
    if not due:  # beside an output no h_0 stands
        yield Reading("state_wraps"), partial(_wrapped, T)
    for step in range(1, T + 1):
        yield Reading("state_always", {"step": step}), partial(_always, step)


def _moved_by(offset: int, around: int, r: int) -> int:
    return (r + offset) % around


def _wrapped(T: int, r: int) -> int:
    return r or T


def _always(step: int, _: int) -> int:
    return step


def _all_are(couplings: list[Coupling], place: Callable[[int], int], *, start: bool) -> bool:
    """Whether step s goes with place(s) throughout; what lies outside the sequence is nothing.

    start: the left factors are states, of which the first is h_0 = 0.
    """
    for found, due in couplings:
        wanted = np.zeros_like(found)
        for column, s in enumerate(due):
            r = place(s)
            if start <= r < len(found):
                wanted[r, column] = 1.0
        if np.abs(found - wanted).max() > CLOSE:
            return False
    return any(np.abs(found).max() > CLOSE for found, _ in couplings)
