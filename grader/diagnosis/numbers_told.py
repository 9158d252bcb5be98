"""Several numbers in a sentence."""

from __future__ import annotations

from collections.abc import Sequence


def numbered(numbers: Sequence[int]) -> tuple[int, ...]:
    """NumPy's integers are no values of a sentence."""
    return tuple(map(int, numbers))


def spans(numbers: Sequence[int]) -> tuple[str, ...]:
    """Ascending numbers, three and more in a row by the first and the last: 1-39, 42."""
    rows: list[list[int]] = []
    for number in numbered(numbers):
        if rows and rows[-1][-1] == number - 1:
            rows[-1].append(number)
        else:
            rows.append([number])
    parts = [[f"{row[0]}-{row[-1]}"] if len(row) > 2 else map(str, row) for row in rows]  # noqa: PLR2004  # two are as short
    return tuple(text for part in parts for text in part)
