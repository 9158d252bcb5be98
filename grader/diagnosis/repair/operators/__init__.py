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
    names,
    products,
    relatives,
    statements,
)

OPERATORS: tuple[Callable[[Ground], Iterator[Edit]], ...] = (
    statements.edits,
    products.edits,
    arithmetic.edits,
    indexes.edits,
    calls.edits,
    names.edits,
    copies.edits,
    additions.edits,
    relatives.edits,
)
