"""What the observed evaluations prove: where predictions come from, and what the errors really are.

An evaluation is a forward that no backward followed: inputs (T, B, I), outputs (T, B, O). Windows
cut from one series one step apart hold their own targets: the value after a window is the last
input of the window one step later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.protocol import Array, Observation

Line = NDArray[np.float64]

SAME = 1.0 - 1e-9  # correlation of two lines that are one up to scale and offset
FEWEST = 8  # values from which a line is recognised
MOST = 4_000_000  # elements compared at once
MOST_KEPT = 4_000  # values of a line that is looked through again without being compared again


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One forward without a backward, or several of equal sizes side by side."""

    inputs: Array  # (T, B, I)
    outputs: Array  # (T, B, O)
    trained: NDArray[np.bool_]  # (B,): the same window was also trained on
    before: NDArray[np.bool_]  # (B,): ... and that before it was evaluated
    earlier: NDArray[np.bool_]  # (B,): the window one step earlier was trained on before
    later: NDArray[np.bool_]  # (B,): ... the window one step later

    @property
    def steps(self) -> int:
        return int(self.inputs.shape[0])

    @property
    def width(self) -> int:
        return int(self.inputs.shape[1])

    @property
    def shown(self) -> Line:
        """What was seen last before each prediction: of every window, or of one long sequence."""
        return self.inputs[-1, :, 0] if self.width > 1 else self.inputs[:, 0, 0]

    def first(self, count: int) -> Evaluation:
        """The first `count` windows, where the whole is several times as many: one call made again."""
        if not 0 < count < self.width or self.width % count:
            return self
        return self.columns(slice(count))

    def columns(self, part: slice | list[int]) -> Evaluation:
        """Some of its windows."""
        return Evaluation(
            self.inputs[:, part],
            self.outputs[:, part],
            self.trained[part],
            self.before[part],
            self.earlier[part],
            self.later[part],
        )

    def units(self, predictions: Line) -> tuple[float, float]:
        """Scale and offset that make `predictions` of the outputs at the same places."""
        outputs = self.outputs[-1] if self.width > 1 else self.outputs[:, 0]
        line = _values(outputs)
        if line.size != predictions.size:
            return float("nan"), float("nan")
        with np.errstate(all="ignore"):
            centred = line - line.mean()
            scale = float(centred @ predictions / (centred @ centred))
            return scale, float(predictions.mean() - scale * line.mean())


@dataclass(frozen=True, slots=True)
class Found:
    """A line that lies in another: line = scale * other[start : start + N] + offset."""

    start: int
    scale: float
    offset: float


def evaluations(seen: Observation) -> list[Evaluation]:
    """All evaluations whose inputs are (T, B, .) and whose outputs are so too, or (B, .)."""
    flags = zip_longest(
        seen.evaluations,
        seen.trained_columns,
        seen.trained_before,
        seen.earlier_trained,
        seen.later_trained,
    )
    found = []
    for (inputs, outputs), *told in islice(flags, len(seen.evaluations)):
        given = _of_every_step(inputs, outputs)
        if given is None:
            continue
        known = [_of_each_window(inputs, one) for one in told]
        found.append(Evaluation(inputs, given, *known))
    return found


def _of_each_window(inputs: Array, flags: Array | None) -> NDArray[np.bool_]:
    if flags is None or flags.shape != inputs.shape[1:2]:
        return np.zeros(inputs.shape[1], np.bool_)
    return flags.astype(np.bool_)


def _of_every_step(inputs: Array, outputs: Array) -> Array | None:
    """Outputs (T, B, O) for inputs (T, B, I); the last ones, where forward gave no others (B, O)."""
    if inputs.ndim == 3 and outputs.shape[:-1] == inputs.shape[1:2]:  # noqa: PLR2004  # (T, B, I)
        return np.broadcast_to(outputs, (len(inputs), *outputs.shape))
    fitting = inputs.ndim == outputs.ndim == 3 and inputs.shape[:2] == outputs.shape[:2]  # noqa: PLR2004  # as above
    return outputs if fitting else None


def by_length(seen: Observation) -> dict[int, Evaluation]:
    """All windows of a length together: those never trained on if there are any, each once.

    A window that was evaluated again and again counts as at its last time, when training was over.
    """
    found = (_never_trained(one) for one in last_of_each(seen))
    return {one.steps: one for one in sorted(found, key=lambda one: one.width)}


def last_of_each(seen: Observation) -> Iterator[Evaluation]:
    """All windows of equal sizes together, each as it was evaluated the last time."""
    groups: dict[tuple[int, ...], list[Evaluation]] = defaultdict(list)
    for one in evaluations(seen):
        groups[one.steps, one.inputs.shape[2], one.outputs.shape[2]].append(one)
    for group in groups.values():
        joined = _joined(group)
        last = {window: place for place, window in enumerate(_as_bytes(joined.inputs))}
        yield joined.columns(sorted(last.values()))


def _never_trained(one: Evaluation) -> Evaluation:
    """The windows that were never trained on; all of them, where all were."""
    return one if one.trained.all() else one.columns(np.flatnonzero(~one.trained).tolist())


def _joined(group: list[Evaluation]) -> Evaluation:
    """Evaluations of equal sizes side by side."""
    return Evaluation(
        np.concatenate([one.inputs for one in group], axis=1),
        np.concatenate([one.outputs for one in group], axis=1),
        np.concatenate([one.trained for one in group]),
        np.concatenate([one.before for one in group]),
        np.concatenate([one.earlier for one in group]),
        np.concatenate([one.later for one in group]),
    )


def source(seen: Observation, predictions: Line) -> Evaluation | None:
    """Find the windows whose outputs the predictions are, up to scaling back; None if not found."""
    fitting = [part for one in evaluations(seen) for part in _parts_that_give(one, predictions)]
    # In a periodic series several parts fit: believe the student.
    return min(fitting, key=lambda part: float(np.mean(part.before)), default=None)


def _parts_that_give(one: Evaluation, predictions: Line) -> Iterator[Evaluation]:
    for found in locate_all(predictions, _values(one.outputs[-1])):
        yield one.columns(slice(found.start, found.start + predictions.size))
    for column in range(min(one.width, FEWEST)):  # one long sequence, a prediction at every step
        single = slice(column, column + 1)
        for found in locate_all(predictions, _values(one.outputs[:, column])):
            rows = slice(found.start, found.start + predictions.size)
            part = one.columns(single)
            yield replace(part, inputs=part.inputs[rows], outputs=part.outputs[rows])


def locate_all(line: Line, other: Line) -> Iterator[Found]:
    """All places where `line` is a part of `other` up to scale and offset, the likeliest last."""
    size = line.size
    if not FEWEST <= size <= other.size or size * (other.size - size + 1) > MOST:
        return
    if other.size > MOST_KEPT:
        yield from located(line, other)
    else:
        key = (line.tobytes(), other.tobytes(), line.dtype, other.dtype)
        yield from _located_before(*key)


@lru_cache(64)  # one case after the other looks for the same lines
def _located_before(
    line: bytes, other: bytes, dtype: np.dtype[Any], other_dtype: np.dtype[Any]
) -> tuple[Found, ...]:
    return tuple(located(np.frombuffer(line, dtype), np.frombuffer(other, other_dtype)))


def located(line: Line, other: Line) -> Iterator[Found]:
    """As `locate_all`, of lines of any size and in their order."""
    size = line.size
    with np.errstate(all="ignore"):
        parts = np.lib.stride_tricks.sliding_window_view(other, size)
        means = parts.mean(axis=1)
        centred = parts - means[:, None]
        target = line - line.mean()
        lengths = np.einsum("ij,ij->i", centred, centred)
        along = centred @ target
        alike = along**2 >= SAME * lengths * float(target @ target)  # false for NaN
    for start in np.flatnonzero(alike & (lengths > 0)):
        scale = float(along[start] / lengths[start])
        yield Found(int(start), scale, float(line.mean() - scale * means[start]))


def successors(one: Evaluation) -> float:
    """Share of windows for which the window one step later is there too; NaN for T = 1."""
    if one.steps < 2:  # noqa: PLR2004  # nothing overlaps
        return float("nan")
    return float(np.mean(following(one) >= 0))


def residuals(one: Evaluation) -> Mapping[str, tuple[Line, Line]]:
    """Errors and targets of an evaluation, as far as its own windows tell the targets.

    "last": of the output after the whole window; "all": of every output. Where the inputs have
    more features than the outputs, the feature that fits best is the one predicted.
    """
    features, width = one.inputs.shape[2], one.outputs.shape[2]
    if features == width:
        return _residuals(one, one.inputs)
    if width != 1:
        return {}
    tried = [
        _residuals(one, one.inputs[:, :, [feature]]) for feature in range(min(features, FEWEST))
    ]
    return min(tried, key=lambda found: _mean_square(found.get("last")))


def _residuals(one: Evaluation, truth: Array) -> dict[str, tuple[Line, Line]]:
    """As `residuals`, where the next of `truth` (T, B, O) is what each output predicts."""
    found: dict[str, tuple[Line, Line]] = {}
    places = following(one)
    known = places >= 0
    if known.any():
        after = truth[-1][places[known]]
        found["last"] = ((one.outputs[-1][known] - after).ravel(), after.ravel())
    if one.steps > 1:
        found["all"] = ((one.outputs[:-1] - truth[1:]).ravel(), truth[1:].ravel())
    return found


def unexplained(one: Evaluation) -> float | None:
    """What the last outputs leave of the targets' variance; of classes, the share that is wrong.

    None where the windows do not tell their targets.
    """
    errors, targets = residuals(one).get("last", (np.zeros(0), np.zeros(0)))
    if errors.size <= 1:
        return None
    classes = one.outputs.shape[2]
    if classes > 1:
        true = targets.reshape(-1, classes)
        return float(np.mean((errors + targets).reshape(true.shape).argmax(1) != true.argmax(1)))
    variance = float(np.var(targets))
    return float(np.mean(errors**2)) / variance if variance > 0 else None


def are_likeliest(one: Evaluation, line: Line) -> bool:
    """Whether each number stands for one class, that of which the output is largest at its place."""
    last = one.outputs[-1]  # (B, O)
    if last.shape[1] <= 1 or len(last) != line.size:
        return False
    pairs = {*zip(last.argmax(axis=1).tolist(), line.tolist(), strict=True)}
    return len(pairs) == len({place for place, _ in pairs}) == len({value for _, value in pairs})


def following(one: Evaluation) -> NDArray[np.int64]:
    """Which window comes one step after each, -1 where none does."""
    if one.steps == 1:  # single values: in their order, which nothing proves
        return np.append(np.arange(1, one.width), -1)
    return one_step_later(one.inputs)


def one_step_later(windows: Array) -> NDArray[np.int64]:
    """Which of the windows (T, B, ...), T > 1, is each one's own a step later, -1 where none is."""
    each, step = _as_bytes(windows), windows[0, :1].nbytes
    places = {window[:-step]: place for place, window in enumerate(each)}
    return np.array([places.get(window[step:], -1) for window in each], np.int64)


def runs(after: NDArray[np.int64]) -> Iterator[list[int]]:
    """The windows that follow one another, from each that follows none. after: as of `following`."""
    for first in np.setdiff1d(np.arange(after.size), after):
        run = [int(first)]
        while after[run[-1]] >= 0 and len(run) < after.size:
            run.append(int(after[run[-1]]))
        yield run


def longest_run(one: Evaluation) -> int:
    """How many windows there are at most that follow one another, each one step later."""
    return max(map(len, runs(following(one))), default=one.width)


def _mean_square(found: tuple[Line, Line] | None) -> float:
    return float("inf") if found is None else float(np.mean(found[0] ** 2))


def _as_bytes(windows: Array) -> list[bytes]:
    """Each window of (T, B, ...) as the bytes of its values."""
    everything, size = np.moveaxis(windows, 1, 0).tobytes(), windows[:, :1].nbytes
    return [everything[place * size : (place + 1) * size] for place in range(windows.shape[1])]


def _values(outputs: Array) -> Line:
    """Take outputs (N, O) as a line: the value itself, or the class."""
    return outputs[:, 0] if outputs.shape[1] == 1 else outputs.argmax(axis=1).astype(np.float64)
