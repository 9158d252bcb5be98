"""Every line of recorded outputs that predictions may have been read off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.checks.experiment.evaluations import Evaluation, Line, evaluations
from grader.protocol import Array, Observation

MOST_PLACES = 40  # of a long line that are tried
MOST_FEATURES = 8


@dataclass(frozen=True, slots=True)
class OutputLine:
    """One line of recorded outputs, and the windows that they belong to."""

    line: Line  # (N,)
    windows: Array | None = None  # (T, N): the first feature


def output_lines(seen: Observation) -> Iterator[OutputLine]:
    """Every line of outputs that may have been read off: of all windows, or along one sequence."""
    all_last: list[Line] = []
    last_of: dict[int, list[Line]] = defaultdict(list)  # by length
    for one in evaluations(seen):
        all_last.append(one.outputs[-1, :, 0])
        last_of[one.steps].append(all_last[-1])
        yield from _of_windows(one)
        for b in range(min(one.width, MOST_FEATURES) if one.steps > 1 else 0):
            yield OutputLine(one.outputs[:, b, 0], one.inputs[None, :, b, 0])
            if one.outputs.shape[2] > 1:
                yield OutputLine(one.outputs[:, b].argmax(axis=1).astype(np.float64))
        if one.steps > 1 and one.width > 1:
            yield OutputLine(one.outputs[:, :, 0].T.ravel())
            yield OutputLine(one.outputs[:, :, 0].ravel())
    for lines in (all_last, *last_of.values()):
        if len(lines) > 1:
            yield OutputLine(np.concatenate(lines))


def _of_windows(one: Evaluation) -> Iterator[OutputLine]:
    windows, last = one.inputs[:, :, 0], one.outputs[-1]
    features = last.shape[1]
    for feature in range(min(features, MOST_FEATURES)):
        yield OutputLine(last[:, feature], windows)
    if features > 1:
        yield OutputLine(last.ravel())
        yield OutputLine(last.argmax(axis=1).astype(np.float64))


def places(one: OutputLine, size: int) -> Iterator[OutputLine]:
    """Parts of this length: from both ends, and one behind the other."""
    spare = one.line.size - size
    if spare < 0 or size == 0:
        return
    starts = {0, spare, *range(0, spare + 1, size), *range(spare, -1, -size)}
    for start in sorted(starts)[-MOST_PLACES:]:
        part = slice(start, start + size)
        windows = None if one.windows is None else one.windows[:, part]
        yield OutputLine(one.line[part], windows)
