"""Cut the arrays of a gated cell into its gates, by their shapes alone.

What forward does not show (it raises, or multiplies where it should add) the shapes may: one array
a gate or one for all of them, W and U apart or in one matrix for [x, h] or [h, x].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from grader.checks.parameters.storage import Numbers, Storage, squeezed

Blocks = dict[str, list[Numbers]]  # "W", "U", "b" -> one array of numbers a gate, canonical shape


def gate_blocks(storage: Storage, shapes: Mapping[str, tuple[int, ...]]) -> list[Blocks]:
    """The gates' arrays in the order in which they lie; one item for each order of x and h.

    Empty where the shapes do not tell: too many or too few arrays, or a size that fits twice.
    """
    found: list[Blocks] = []
    for input_first in (True, False):
        blocks = _Cut.of(storage, shapes, input_first=input_first).blocks
        if blocks and not any(_same(blocks, one) for one in found):
            found.append(blocks)
    return found


def _same(one: Blocks, other: Blocks) -> bool:
    return all(
        np.array_equal(a, b) for kind in one for a, b in zip(one[kind], other[kind], strict=True)
    )


@dataclass
class _Cut:
    """What the arrays of one object are cut into."""

    I: int  # noqa: E741  # sizes as in the equations
    H: int
    gates: int
    input_first: bool
    found: Blocks = field(default_factory=lambda: {"W": [], "U": [], "b": []})
    square: list[Numbers] = field(default_factory=list)  # (H, H): which way round they lie, W tells
    stacked: list[Numbers] = field(default_factory=list)  # three axes, one of them the gates
    turned: bool = False

    @classmethod
    def of(
        cls, storage: Storage, shapes: Mapping[str, tuple[int, ...]], *, input_first: bool
    ) -> _Cut:
        gates = [name[-1] for name in shapes if name.startswith("W_")]
        I, H = shapes[f"W_{gates[0]}"]  # noqa: E741  # as above
        cut = cls(I, H, len(gates), input_first)
        for path in storage.arrays:
            numbers = storage.numbers_of(path)
            cut.take(numbers.reshape(squeezed(numbers.shape)))
        return cut

    @property
    def blocks(self) -> Blocks:
        """All of them, or nothing where they are not as many as there are gates."""
        found = {kind: list(parts) for kind, parts in self.found.items()}
        if self.stacked:
            self._unstack(found)
        else:
            found["U"] += [one.T if self.turned else one for one in self.square]
        due = {"W": (self.I, self.H), "U": (self.H, self.H), "b": (self.H,)}
        fitting = all(
            [part.shape for part in parts] == [due[kind]] * self.gates
            for kind, parts in found.items()
        )
        return found if fitting else {}

    def _unstack(self, found: Blocks) -> None:
        """All gates in one array of three axes; beside it a matrix holds the biases."""
        due = {(self.gates, self.I, self.H): (0, 1, 2), (self.gates, self.H, self.I): (0, 2, 1),
               (self.I, self.gates, self.H): (1, 0, 2)}  # fmt: skip
        order = next((due[one.shape] for one in self.stacked if one.shape in due), None)
        if order is None:
            return
        for numbers in self.stacked:
            parts = list(numbers.transpose(order))
            found["W" if len(parts[0]) == self.I else "U"] += parts
        for numbers in self.square:
            found["b"] += list(numbers)

    def take(self, numbers: Numbers) -> None:
        """One array: a bias or a matrix, of one gate or of all."""
        if numbers.ndim == 1:
            self._take_bias(numbers)
        elif numbers.ndim == 2:  # noqa: PLR2004  # a matrix
            self._take_matrix(numbers)
        else:
            self.stacked.append(numbers)

    def _take_bias(self, numbers: Numbers) -> None:
        if self._fits(numbers.size):
            self.found["b"] += np.split(numbers, numbers.size // self.H)

    def _fits(self, units: int) -> bool:
        """Whether this many are the units of one gate or of several."""
        return units % self.H == 0 and units <= self.gates * self.H

    def _take_matrix(self, numbers: Numbers) -> None:
        if numbers.shape == (self.H, self.H):
            self.square.append(numbers)
            return
        if numbers.shape == (self.gates, self.H):
            self.found["b"] += list(numbers)
            return
        for sources, matrix in self._readings(numbers):
            units = matrix.shape[1]
            if self._fits(units):
                self.turned |= sources == "x" and matrix is not numbers
                for part in np.split(matrix, units // self.H, axis=1):
                    self._take_gate(sources, part)
                return

    def _readings(self, numbers: Numbers) -> Iterator[tuple[str, Numbers]]:
        """The matrix with its sources along the rows, if they may be."""
        known = {self.I: "x", self.H: "h", self.I + self.H: "both"}
        for matrix in (numbers, numbers.T):
            if sources := known.get(matrix.shape[0]):
                yield sources, matrix

    def _take_gate(self, sources: str, part: Numbers) -> None:
        if sources == "both":
            first = self.I if self.input_first else self.H
            ends = [part[:first], part[first:]]
            own, recurrent = ends if self.input_first else ends[::-1]
            self.found["W"].append(own)
            self.found["U"].append(recurrent)
        else:
            self.found["W" if sources == "x" else "U"].append(part)
