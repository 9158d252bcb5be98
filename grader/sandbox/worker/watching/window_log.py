"""Input windows of a training run: which were seen, and the arrays of the last evaluations."""

from __future__ import annotations

from typing import Any

import numpy as np

MAX_WINDOWS = 200_000  # hashes kept of each kind
MAX_OVERLAPS = 50_000  # windows whose first and whose last steps are kept as well
MAX_LENGTHS = 64
MAX_KEPT = 4 * 1024 * 1024  # bytes of inputs and outputs of evaluations
MAX_TRAINED = 1024 * 1024  # bytes of distinct windows that are kept themselves
MAX_RUNS = 512  # batches of evaluations that travel

Array = np.ndarray[Any, Any]  # not numpy.typing: its import costs every worker 5 ms
# Inputs, outputs, and what `holds` and `neighbours` say of the inputs.
Evaluated = tuple[Array, Array, Array, Array]


class Windows:
    """Which input windows were seen: hashes and lengths, capped."""

    def __init__(self) -> None:
        self.hashes: dict[int, int] = {}  # each with the call that noted it first
        # The same of all steps but the last, and of all but the first.
        self.heads: dict[int, int] = {}
        self.tails: dict[int, int] = {}
        self.values: dict[int, list[Array]] = {}  # distinct windows of one feature by length (T, N)
        self.size = 0  # bytes of the batches that these came in
        self.wholes: set[int] = set()
        self.lengths: set[int] = set()
        self.low, self.high = float("inf"), float("-inf")  # smallest and largest value

    def add(self, inputs: Array, call: int) -> int:
        """Note every column of inputs (T, B, I), of which there is at least one, and give their hash as a whole.

        call: the number of the call that they came with.
        """
        if len(self.lengths) < MAX_LENGTHS:
            self.lengths.add(inputs.shape[0])
        whole = hash((inputs.shape, inputs.tobytes()))
        if whole in self.wholes:  # the same batch again, as in every epoch
            return whole
        if len(self.wholes) < MAX_WINDOWS:
            self.wholes.add(whole)
        columns = _hashes(inputs)
        # Of so many windows the last are not hashed: their values are looked at all the same.
        if not all(map(self.hashes.__contains__, columns)) or len(columns) == MAX_WINDOWS:
            self._note(inputs, columns, call)
        return whole

    def _note(self, inputs: Array, columns: list[int], call: int) -> None:
        self.low = min(self.low, float(inputs.min()))  # a NaN changes neither of the two
        self.high = max(self.high, float(inputs.max()))
        self._keep(inputs, columns)
        for one in columns[: max(0, MAX_WINDOWS - len(self.hashes))]:
            self.hashes.setdefault(one, call)
        if len(inputs) > 1 and len(self.heads) < MAX_OVERLAPS:
            for kept, part in ((self.heads, inputs[:-1]), (self.tails, inputs[1:])):
                for one in _hashes(part):
                    kept.setdefault(one, call)

    def _keep(self, inputs: Array, columns: list[int]) -> None:
        if inputs.ndim != 3 or inputs.shape[2] != 1 or self.size + inputs.nbytes > MAX_TRAINED:  # noqa: PLR2004 - (T, B, 1)
            return
        places = {one: place for place, one in enumerate(columns) if one not in self.hashes}
        self.values.setdefault(len(inputs), []).append(inputs[:, list(places.values()), 0])
        self.size += inputs.nbytes

    def distinct(self) -> list[Array]:
        """The windows (T, N) of one feature, by length, as far as they are kept."""
        return [np.concatenate(each, axis=1) for each in self.values.values()]

    @property
    def span(self) -> tuple[float, float]:
        """Smallest and largest value; NaN where there was none."""
        nothing = self.low > self.high
        return (float("nan"), float("nan")) if nothing else (self.low, self.high)

    def holds(self, inputs: Array, call: int) -> Array:
        """Of each column of inputs (T, B, I): 0 if it was never noted, 2 if before this call, else 1."""
        noted = [self.hashes.get(one) for one in _hashes(inputs)]
        return np.array([0 if at is None else 1 + (at < call) for at in noted], np.int64)

    def neighbours(self, inputs: Array, call: int) -> Array:
        """Of each column (T, B, I): 1 if the window one step earlier was noted before, plus 2 if the later one."""
        if len(inputs) < 2:  # noqa: PLR2004  # nothing overlaps
            return np.zeros(inputs.shape[1] if inputs.ndim > 1 else 1, np.int64)
        earlier = [self.tails.get(one, call) < call for one in _hashes(inputs[:-1])]
        later = [self.heads.get(one, call) < call for one in _hashes(inputs[1:])]
        return np.array(earlier, np.int64) + 2 * np.array(later, np.int64)

    def overlap(self, other: Windows) -> tuple[int, int]:
        """Distinct windows, and how many of them `other` holds too."""
        return len(self.hashes), len(self.hashes.keys() & other.hashes.keys())


def _hashes(inputs: Array) -> list[int]:
    """Hash each of the first columns of inputs (T, B, I)."""
    columns = (inputs.swapaxes(0, 1) if inputs.ndim > 1 else inputs[None])[:MAX_WINDOWS]
    shape, size = columns.shape[1:], columns[0].nbytes
    each = np.frombuffer(columns.tobytes(), f"V{size}").tolist()
    return [hash((shape, column)) for column in each]


def numeric(value: Any) -> Array | None:
    """`value` as an array of numbers, not copied where it is one."""
    if isinstance(value, np.ndarray):
        result = np.ndarray.view(value, np.ndarray)
        return result.real if result.dtype.kind in "fiuc" else None
    if not isinstance(value, (list, tuple)) or len(value) > MAX_WINDOWS:
        return None
    try:
        result = np.asarray(value, np.float64)
    except (ValueError, TypeError):
        return None
    return result


def sequence(value: Any) -> Array | None:
    """Numbers with a time axis, in float64 so that equal windows have equal bytes."""
    result = numeric(value)
    if result is None or not 1 <= result.ndim <= 4 or not result.size:  # noqa: PLR2004
        return None
    return np.asarray(result, np.float64)


def copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.array(value) if value.nbytes <= MAX_KEPT else None
    return list(value) if isinstance(value, (list, tuple)) else value


def merged(evaluations: list[Evaluated]) -> list[Evaluated]:
    """Runs of batches with equal T, I and O side by side as one batch: many small calls cost much."""
    runs: list[list[Evaluated]] = []
    for one in evaluations:
        if runs and _fits(one, runs[-1][0]):
            runs[-1].append(one)
        else:
            runs.append([one])
    return [run[0] if len(run) == 1 else _beside(run) for run in runs]


def _fits(one: Evaluated, other: Evaluated) -> bool:
    return all(
        a.ndim == b.ndim == 3 and a.shape[::2] == b.shape[::2]  # noqa: PLR2004 - (T, B, I)
        for a, b in zip(one[:2], other[:2], strict=True)
    )


def _beside(run: list[Evaluated]) -> Evaluated:
    inputs, outputs, held, neighbours = zip(*run, strict=True)
    return (
        np.concatenate(inputs, axis=1),
        np.concatenate(outputs, axis=1),
        np.concatenate(held),
        np.concatenate(neighbours),
    )
