"""Operators: each gives edits of one kind for one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grader.diagnosis.repair.edits import Edit, Ground
from grader.diagnosis.repair.operators import (
    additions,
    arithmetic,
    calls,
    copies,
    indexes,
    permutations,
    products,
    relatives,
    renames,
    statements,
)

Operator = Callable[[Ground], Iterator[Edit]]

# What takes off or exchanges: the same slip may be made on several lines.
SLIPS: tuple[Operator, ...] = (
    statements.edits,
    products.edits,
    arithmetic.edits,
    indexes.edits,
    calls.edits,
)
OTHERS: tuple[Operator, ...] = (
    renames.edits,
    permutations.edits,
    copies.edits,
    additions.edits,
    relatives.edits,
)
