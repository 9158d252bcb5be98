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
    products,
    relatives,
    renames,
    statements,
)

OPERATORS: tuple[Callable[[Ground], Iterator[Edit]], ...] = (
    statements.edits,
    products.edits,
    arithmetic.edits,
    indexes.edits,
    calls.edits,
    renames.edits,
    copies.edits,
    additions.edits,
    relatives.edits,
)
