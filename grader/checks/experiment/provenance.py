"""Where predictions come from: the network's recorded outputs up to one fixed map, or elsewhere.

One map for all of them, in which values of an output's own window may take part: a scale and an
offset, the last value plus the output, the last value times exp(output), the window's own scaler,
any monotone function, a mean over several networks. The target may not. What is accused here fits
to rounding; what fits nothing is left to a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.checks.experiment.evaluations import FEWEST, Line
from grader.checks.experiment.output_lines import OutputLine, output_lines, places
from grader.protocol import Observation

EXACT = 1e-6  # of the range: float32 goes through a scaler and back; a share of truth is more
SHARE = 1e-3  # of the predictions' spread: less is no part of a mixture
MOST_COLUMNS = 40  # networks in an ensemble
MANY = 12  # values that are in one order by no chance
NEAR = 2  # steps to either side over which truth is smoothed
CAPPED = 500  # evaluations that travel at most are 512: then some may be missing


@dataclass(frozen=True)
class Provenance:
    """Predictions (N,), what they should be, and every line of outputs that they may come from."""

    predicted: Line
    true: Line
    outputs: tuple[OutputLine, ...]
    complete: bool

    @classmethod
    def of(cls, seen: Observation, predicted: Line, true: Line) -> Provenance:
        """From what was observed."""
        lines = [part for one in output_lines(seen) for part in places(one, predicted.size)]
        return cls(predicted, true, tuple(lines), len(seen.evaluations) < CAPPED)

    @property
    def known(self) -> bool:
        """Whether there is enough to tell anything from.

        In a series of constant ratio or difference every value is the one before, scaled.
        """
        return self.predicted.size > FEWEST and not _is_affine(self.true[1:], self.true[:-1])

    @property
    def observed(self) -> bool:
        """Whether outputs were recorded, and all of them."""
        return bool(self.outputs) and self.complete

    @cached_property
    def are_outputs(self) -> bool:
        """Whether the predictions are recorded outputs up to one fixed map."""
        latest_first = self.outputs[::-1]
        return (
            any(_is_affine(self.predicted, one.line) for one in latest_first)  # mostly, and quick
            or any(map(self._fits, latest_first))
            or self._is_ensemble()
        )

    def are_inputs(self) -> bool:
        """Whether they are values that the network was shown, whatever it gave out."""
        if _is_affine(self.predicted[1:], self.true[:-1]):
            return True
        shown = (row for one in self.outputs if one.windows is not None for row in one.windows)
        return any(_is_affine(self.predicted, row) for row in shown)

    def are_truth(self) -> bool:
        """Whether they are the true values, scaled or shifted."""
        return _is_affine(self.predicted, self.true)

    def hold_truth(self) -> bool:
        """Whether the true values themselves are in them: with a share of output, or smoothed."""
        around = [self.true[k : self.true.size - 2 * NEAR + k] for k in range(2 * NEAR + 1)]
        return any(_is_affine(self.predicted, self.true, one.line) for one in self.outputs) or (
            self.true.size > MANY * NEAR
            and _is_affine(self.predicted[NEAR:-NEAR], *around, first=False)
        )

    def _fits(self, one: OutputLine) -> bool:
        return (
            any(
                _is_affine(target, one.line[start:], *rest)
                for target, start, *rest in self._maps(one)
            )
            or _is_affine_in_pieces(self.predicted, one.line)
            or self._scaled_by_window(one)
            or self._in_one_order(one.line)
        )

    def _maps(self, one: OutputLine) -> Iterator[tuple[Line, int, *tuple[Line, ...]]]:
        """What should be affine in the outputs from `start` on, and in values of the window."""
        p, last = self.predicted, self.true[:-1]
        yield p, 0
        yield p[1:], 1, last
        if one.windows is not None:
            for value in (one.windows[-1], one.windows[0], one.windows.mean(axis=0)):
                yield p, 0, value
                yield from _ratios(p, value, 0)
        yield from _ratios(p[1:], last, 1)
        with np.errstate(all="ignore"):
            yield np.log(p), 0
            yield np.log1p(p), 0

    def _scaled_by_window(self, one: OutputLine) -> bool:
        """Whether each window was scaled on its own and the output was scaled back with it."""
        if one.windows is None:
            return False
        T = len(one.windows)
        windows = [(0, one.windows)]
        if self.true.size > T + FEWEST:  # the windows as they were before scaling
            past = np.lib.stride_tricks.sliding_window_view(self.true[:-1], T).T
            windows.append((T, past))
        for start, values in windows:
            for middle, size in (
                (values.mean(axis=0), values.std(axis=0)),
                (values.min(axis=0), np.ptp(values, axis=0)),
            ):
                line = one.line[start:]
                if _is_affine(self.predicted[start:], line * size, line, middle, size):
                    return True
        return False

    def _in_one_order(self, line: Line) -> bool:
        """Whether the predictions are any monotone function of the outputs.

        Says nothing of a series that only grows: there everything is in one order.
        """
        steps = np.diff(self.true)
        if line.size < MANY or np.all(steps >= 0) or np.all(steps <= 0):
            return False
        along = np.diff(self.predicted[np.argsort(line, kind="stable")])
        limit = EXACT * float(np.ptp(self.predicted))
        return bool(limit > 0 and (np.all(along >= -limit) or np.all(along <= limit)))

    def _is_ensemble(self) -> bool:
        """Whether they are one weighted sum of several networks' outputs."""
        ends = [one for one in self.outputs if one.windows is not None and len(one.windows) > 1]
        ends = ends[-min(MOST_COLUMNS, self.predicted.size // 3) :]
        if not ends:
            return False
        lines = [one.line for one in ends]
        if _is_affine(self.predicted, *lines, first=False):
            return True
        last = ends[-1].windows[-1]  # type: ignore[index]  # chosen above
        return not _is_affine(self.predicted, last) and _is_affine(
            self.predicted, *lines, last, first=False
        )


def _is_affine(target: Line, *columns: Line, first: bool = True) -> bool:
    """Whether the target is a sum of multiples of the columns and a constant.

    `first`: and the first of them has a share in it.
    """
    if target.size < FEWEST or not np.all(np.isfinite(target)):
        return False
    spread = float(np.ptp(target))
    if spread <= 0.0 or any(one.shape != target.shape for one in columns):
        return False
    table = np.column_stack([*columns, np.ones(target.size)])
    if not np.all(np.isfinite(table)):
        return False
    size = np.abs(table).max(axis=0)
    table = table / np.where(size > 0.0, size, 1.0)
    weights, *_ = np.linalg.lstsq(table, target, rcond=None)
    if np.abs(table @ weights - target).max() > EXACT * spread:
        return False
    return not first or bool(abs(weights[0]) * np.ptp(table[:, 0]) >= SHARE * spread)


def _is_affine_in_pieces(target: Line, line: Line) -> bool:
    """Whether stretches of the one, none of them short, are each affine in the same of the other.

    As where the blocks of a cross validation in time were each scaled by what came before them.
    """
    if line.shape != target.shape or not np.all(np.isfinite(target)):
        return False
    limit, start = EXACT * float(np.ptp(target)), 0
    while start < target.size:
        first = slice(start, start + FEWEST)
        if not _is_affine(target[first], line[first]):
            return False
        scale, offset = np.polyfit(line[first], target[first], 1)
        off = np.abs(scale * line[start:] + offset - target[start:]) > limit
        start = start + int(np.argmax(off)) if off.any() else target.size
    return True


def _ratios(p: Line, value: Line, start: int) -> Iterator[tuple[Line, int]]:
    """The value times one plus the output, or times its exponential."""
    if np.all(value != 0.0):
        with np.errstate(all="ignore"):
            yield p / value, start
            yield np.log(p / value), start
