"""Several numbers in a sentence."""

from __future__ import annotations

from collections.abc import Sequence


def numbered(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
