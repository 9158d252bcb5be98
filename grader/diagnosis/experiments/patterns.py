"""Read a table of weights: how often each contribution that is due was counted.

w[t, b, o, s]: the contribution of d_outputs[t, b, o] by way of step s; NaN where none is due.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from grader.protocol import Array
from grader.records import Fact

CLOSE = 1e-3
ENOUGH = 2  # weights that agree, of an output step
NOT_DUE = "-"  # in place of a number, where nothing is to be counted
ONE_STEP = {"only_step", "only_output", "only_pair"}  # what is written anew leaves


@dataclass(frozen=True)
class Reading:
    """What a table of weights says: a kind of claim and its facts; `factor` what is left over."""

    kind: str
    facts: dict[str, Fact] = field(default_factory=dict)
    factor: float = 1.0


Told = tuple[Reading, tuple[str, ...]]  # and of which arrays, gates or states
Readings = list[Told]


def output_everywhere(step: int, T: int) -> Reading:
    """At each of T steps d_outputs of this one is put in."""
    if step == T - 1:
        return Reading("last_output_everywhere")
    return Reading("output_everywhere", {"step": step})


def read(w: Array) -> Reading | None:
    """The simplest statement that explains all weights; None where there is none."""
    due = ~np.isnan(w)
    values = w[due]
    if not values.size:
        return None
    if np.all(np.abs(values) < CLOSE):
        return Reading("stays_zero")
    factor = float(np.median(values[np.abs(values) >= CLOSE]))
    if _all(values, factor):
        return Reading("right", factor=factor)
    if _all(values[np.abs(values) >= CLOSE], factor):
        found = _gaps(np.abs(np.where(due, w, 1.0)) < CLOSE, due)
        return None if found is None else Reading(found.kind, found.facts, factor)
    return _by_lag(w, due) or _by_source(w, due) or _by_output(w, due)


def _all(values: Array, number: float) -> bool:
    return bool(np.all(np.abs(values - number) < CLOSE * max(1.0, abs(number))))


def _gaps(gone: Array, due: Array) -> Reading | None:
    """Where nothing is counted: by sequence, by output, by the steps' distance, by step."""
    T = gone.shape[0]
    t, s = np.meshgrid(np.arange(T), np.arange(T), indexing="ij")
    for axis, kind, key in (
        (1, "samples_ignored", "samples"),
        (2, "components_ignored", "outputs"),
    ):
        missing = [n for n in range(gone.shape[axis]) if _is(gone, due, _at(gone.shape, axis, [n]))]
        if missing and np.array_equal(gone & due, _at(gone.shape, axis, missing) & due):
            return Reading(kind, {key: tuple(missing)})
        if missing and axis == 1 and (rest := _of_some(gone, due, missing)) is not None:
            return rest
    for steps in range(T - 1):
        if _same(gone, due, t - s > steps):
            return Reading("bptt_depth", {"steps": steps})
    return _by_step(gone, due, t, s)


def _of_some(gone: Array, due: Array, missing: list[int]) -> Reading | None:
    """One step's part of some sequences alone, where the others have none."""
    T, B = gone.shape[:2]
    t, s = np.meshgrid(np.arange(T), np.arange(T), indexing="ij")
    kept = [b for b in range(B) if b not in missing]
    found = _by_step(gone[:, kept], due[:, kept], t, s)
    if found is None or found.kind not in ONE_STEP:
        return None
    return Reading(found.kind, {**found.facts, "samples": tuple(kept)})


def _by_step(gone: Array, due: Array, t: Array, s: Array) -> Reading | None:
    T = gone.shape[0]
    rows = [n for n in range(T) if _is(gone, due, _wide(t == n, gone.shape))]
    columns = [n for n in range(T) if _is(gone, due, _wide(s == n, gone.shape))]
    readings = (
        ("only_step", "step", [n for n in range(T) if _same(gone, due, s != n)]),
        ("only_output", "step", [n for n in range(T) if _same(gone, due, t != n)]),
        ("outputs_ignored", "steps", rows if _same(gone, due, np.isin(t, rows)) else []),
        ("inputs_ignored", "steps", columns if _same(gone, due, np.isin(s, columns)) else []),
    )
    for kind, key, steps in readings:
        if steps:
            return Reading(kind, {key: steps[0] if key == "step" else tuple(steps)})
    pairs = [k for k in range(1, T) if _is(gone, due, _wide((t == k) & (s == k - 1), gone.shape))]
    crossed = [(s < k) & (k <= t) for k in pairs]
    if crossed and _same(gone, due, np.logical_or.reduce(crossed)):
        return Reading("cut_before", {"steps": tuple(pairs)})
    if len(left := {*zip(*np.nonzero(np.any(due & ~gone, axis=(1, 2))), strict=True)}) == 1:
        output, step = (int(n) for n in left.pop())
        if _same(gone, due, (t != output) | (s != step)):
            return Reading("only_pair", {"output": output, "step": step})
    both = sorted(set(rows) | set(columns))
    if both and _same(gone, due, np.isin(t, both) | np.isin(s, both)):
        return Reading("steps_skipped", {"steps": tuple(both)})
    return None


def _by_lag(w: Array, due: Array) -> Reading | None:
    """The same number more for every step that a gradient goes back."""
    T = w.shape[0]
    lags = np.arange(T)[:, None, None, None] - np.arange(T)
    lags = np.broadcast_to(lags, w.shape)
    first = w[due & (lags == 1)]
    if not first.size or not _all(w[due & (lags == 0)], 1.0):
        return None
    number = float(np.median(first))
    if np.all(np.abs(w - np.power(number, np.maximum(lags, 0)))[due] < CLOSE * np.abs(w[due])):
        return Reading("lag_factor", {"number": float(f"{number:.6g}")})
    return None


def _by_source(w: Array, due: Array) -> Reading | None:
    """A number of times, other than once, for what passes through some of the steps."""
    T = w.shape[0]
    times = []
    for s in range(T):
        column = w[..., s][due[..., s]]
        if not column.size:
            times.append(1.0)
            continue
        if not _all(column, float(np.median(column))):
            return None
        times.append(float(np.median(column)))
    off = [s for s in range(T) if abs(times[s] - 1.0) > CLOSE]
    if not off or len(off) > T // 2 or not _all(np.array([times[s] for s in off]), times[off[0]]):
        return None
    return Reading("step_counted", {"steps": tuple(off), "number": float(f"{times[off[0]]:.4g}")})


def _by_output(w: Array, due: Array) -> Reading | None:
    """A number of times for each output step, whatever it passes through."""
    times = []
    for row, is_due in zip(w, due, strict=True):
        values = row[is_due]
        if not values.size:
            times.append(NOT_DUE)
            continue
        if values.size < ENOUGH or not _all(values, float(np.median(values))):
            return None
        times.append(f"{np.median(values):.3g}")
    return Reading("outputs_counted", {"numbers": tuple(times)})


def _at(shape: tuple[int, ...], axis: int, numbers: list[int]) -> Array:
    index = np.arange(shape[axis]).reshape([-1 if n == axis else 1 for n in range(len(shape))])
    return np.broadcast_to(np.isin(index, numbers), shape)


def _wide(pairs: Array, shape: tuple[int, ...]) -> Array:
    """A mask over (t, s) as one over (t, b, o, s)."""
    return np.broadcast_to(pairs[:, None, None, :], shape)


def _same(gone: Array, due: Array, pairs: Array) -> bool:
    """Whether exactly these (t, s) are gone."""
    wide = _wide(pairs, gone.shape)
    return bool(np.array_equal(gone & due, wide & due) and np.any(wide & due))


def _is(gone: Array, due: Array, mask: Array) -> bool:
    """Whether everything due under the mask is gone."""
    return bool(np.any(due & mask) and np.all(gone[due & mask]))


def mixed(moved: Array, kind: str, one_leads: str) -> Reading | None:
    """moved[a, b]: sequence a of a batch moves b. All follow one, or others mix; None if neither."""
    itself = np.eye(len(moved), dtype=bool)
    others = moved & ~itself
    if not others.any():
        return None
    leaders = [a for a in range(len(moved)) if (others[a] | itself[a]).all()]
    alone = len(leaders) == 1 and not np.delete(others, leaders, axis=0).any()
    return Reading(one_leads, {"sample": leaders[0]}) if alone else Reading(kind)
