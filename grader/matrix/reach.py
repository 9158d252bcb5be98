"""Which questions can see a change: those whose name in the assignment reaches a changed statement.

A change to the LSTM cell cannot alter what SimpleRNN does, so it need not be graded there. That a
name reaches another is read off the source: it is mentioned in its definition, or in the definition
of something that is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import lru_cache

from grader import contract

SUBJECTS = {question.name: (question.subject,) for question in contract.QUESTIONS}
OPTIONAL = {question.name: question.subjects for question in contract.OPTIONAL_QUESTIONS}


def questions_touched(
    before: str, after: str, subjects: Mapping[str, tuple[str, ...]] = SUBJECTS
) -> tuple[str, ...]:
    """The questions that a change from one source to the other can touch.

    subjects: by question the names that it is about.
    """
    changed = _changed(before, after)
    if changed is None:
        return tuple(subjects)
    mentions = _mentions(after)
    return tuple(
        question
        for question, names in subjects.items()
        if any(_reached(name, mentions) & changed for name in names)
    )


def _changed(before: str, after: str) -> set[str] | None:
    """Names whose defining statement differs; None where a statement that defines none does."""
    old, new = _statements(before), _statements(after)
    names: set[str] = set()
    for dumped in old.keys() ^ new.keys():
        defined = _defined((old | new)[dumped])
        if not defined:
            return None
        names |= defined
    return names


@lru_cache(maxsize=8)
def _statements(source: str) -> dict[str, ast.stmt]:
    """Statements at the top by what they say, whatever their place in the file."""
    return {ast.dump(statement): statement for statement in ast.parse(source).body}


def _defined(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    targets: Iterable[ast.expr] = ()
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = (statement.target,)
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _mentions(source: str) -> dict[str, set[str]]:
    """For each name defined at the top: all names that its definition mentions."""
    found: dict[str, set[str]] = {}
    for statement in _statements(source).values():
        mentioned = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        for name in _defined(statement):
            found.setdefault(name, set()).update(mentioned)
    return found


def _reached(name: str, mentions: dict[str, set[str]]) -> set[str]:
    reached, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting.extend(mentions.get(one, ()))
    return reached
