"""The optional questions: asked only of those who have begun them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from grader import contract
from grader.assignment import load

_NAMES = frozenset(question.name for question in contract.OPTIONAL_QUESTIONS)


def is_optional(question: str) -> bool:
    return question in _NAMES


def written(bonus: str | None) -> frozenset[str]:
    """The optional questions of which the text of a bonus.py has more than stubs.

    All of them where it cannot be parsed: its author is to hear of it.
    """
    if bonus is None:
        return frozenset()
    try:
        statements = ast.parse(bonus).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _NAMES
    names = {
        one.name
        for one in statements
        if isinstance(one, ast.ClassDef | ast.FunctionDef) and not _is_stub(one)
    }
    return frozenset(
        question.name for question in contract.OPTIONAL_QUESTIONS if names & {*question.subjects}
    )


def _is_stub(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ClassDef):
        return all(map(_is_stub, statement.body))
    if isinstance(statement, ast.FunctionDef):
        return contract.is_stub(statement)
    return contract.says_nothing(statement)


def begun(environment: Mapping[str, Any]) -> Iterator[str]:
    """The optional questions of the table of points of which the program has more than stubs.

    environment: the candidates by name.
    """
    table = {question.name for question in load().optional}
    for question in contract.OPTIONAL_QUESTIONS:
        if question.name in table and any(
            _is_begun(environment.get(name), name) for name in question.subjects
        ):
            yield question.name


def _is_begun(candidate: Any, name: str) -> bool:
    """Whether anything of a class, or a function, is there and not as it was handed out."""
    if candidate is None:
        return False
    methods = contract.OPTIONAL_CLASSES.get(name, (name,))
    return any(candidate.implements(method) for method in methods)
