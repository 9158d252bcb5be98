"""Several numbers in a sentence."""

from __future__ import annotations

from collections.abc import Sequence


def numbered(numbers: Sequence[int]) -> tuple[int, ...]:
    """NumPy's integers are no values of a sentence."""
    return tuple(map(int, numbers))
