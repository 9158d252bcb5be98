"""Input windows of a training run: which were seen, and the arrays of the last evaluations."""

from __future__ import annotations

from typing import Any

import numpy as np

MAX_WINDOWS = 200_000  # hashes kept of each kind
MAX_LENGTHS = 64
MAX_KEPT = 4 * 1024 * 1024  # bytes of inputs and outputs of evaluations
MAX_RUNS = 512  # batches of evaluations that travel

Array = np.ndarray[Any, Any]  # not numpy.typing: its import costs every worker 5 ms


class Windows:
    """Which input windows were seen: hashes and lengths, capped."""

    def __init__(self) -> None:
        self.hashes: set[int] = set()
        self.wholes: set[int] = set()
        self.lengths: set[int] = set()
        self.low, self.high = float("inf"), float("-inf")  # smallest and largest value

    def add(self, inputs: Array) -> int:
        """Note every column of inputs (T, B, I), of which there is at least one; their hash as a whole."""
        if len(self.lengths) < MAX_LENGTHS:
            self.lengths.add(inputs.shape[0])
        whole = hash((inputs.shape, inputs.tobytes()))
        if whole in self.wholes:  # the same batch again, as in every epoch
            return whole
        if len(self.wholes) < MAX_WINDOWS:
            self.wholes.add(whole)
        columns = _hashes(inputs)
        if not self.hashes.issuperset(columns) or len(columns) == MAX_WINDOWS:
            self._note(inputs, columns)
        return whole

    def _note(self, inputs: Array, columns: list[int]) -> None:
        self.low = min(self.low, float(inputs.min()))  # a NaN changes neither of the two
        self.high = max(self.high, float(inputs.max()))
        self.hashes.update(columns[: max(0, MAX_WINDOWS - len(self.hashes))])

    @property
    def span(self) -> tuple[float, float]:
        """Smallest and largest value; NaN where there was none."""
        nothing = self.low > self.high
        return (float("nan"), float("nan")) if nothing else (self.low, self.high)

    def holds(self, inputs: Array) -> Array:
        """Whether each column of inputs (T, B, I) was noted, (B,)."""
        return np.array([one in self.hashes for one in _hashes(inputs)], np.bool_)

    def overlap(self, other: Windows) -> tuple[int, int]:
        """Distinct windows, and how many of them `other` holds too."""
        return len(self.hashes), len(self.hashes & other.hashes)


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


def merged(evaluations: list[tuple[Array, Array]]) -> list[tuple[Array, Array]]:
    """Runs of batches with equal T, I and O side by side as one batch: many small calls cost much."""
    runs: list[list[tuple[Array, Array]]] = []
    for pair in evaluations:
        if runs and _fits(pair, runs[-1][0]):
            runs[-1].append(pair)
        else:
            runs.append([pair])
    return [
        (_beside([inputs for inputs, _ in run]), _beside([outputs for _, outputs in run]))
        for run in runs
    ]


def _fits(pair: tuple[Array, Array], other: tuple[Array, Array]) -> bool:
    return all(
        one.ndim == two.ndim == 3 and one.shape[::2] == two.shape[::2]  # noqa: PLR2004 - (T, B, I)
        for one, two in zip(pair, other, strict=True)
    )


def _beside(arrays: list[Array]) -> Array:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays, axis=1)
