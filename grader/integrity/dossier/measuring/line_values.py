"""What a line gives, set to 0 or to 1: from what follows one sees which quantity it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.diagnosis.repair.edits import Edit, Ground
from grader.diagnosis.repair.operators.statements import blocks
from grader.diagnosis.repair.program import Program, Unit


@dataclass(frozen=True, slots=True)
class LineValue:
    """A value that a statement gives, and the two edits that set it."""

    text: str  # what it is stored in: "h", "dW_hh"
    lines: tuple[int, int]  # of the statement, first and last
    unit: Unit
    zero: Edit
    one: Edit
    adds: bool  # it is added to what is there


def line_values(program: Program, unit: Unit) -> Iterator[LineValue]:
    """Every value that a function's statements store, each part of a tuple for itself."""
    ground = Ground(program, unit, ())
    for block in blocks(unit.node):
        for statement in block:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                for target in _parts(statement.targets[0]):
                    yield _stored(ground, statement, target)
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                yield _stored(ground, statement, statement.target)
            elif isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
                yield _added(ground, statement)


def _parts(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        yield from (part for part in target.elts if not isinstance(part, ast.Starred))
    else:
        yield target


def _stored(ground: Ground, statement: ast.stmt, target: ast.expr) -> LineValue:
    text, whole = ground.of(target), ground.of(statement)
    zero = ground.put("zero", 1, statement, f"{whole}; {text} = {text} * 0.0")
    one = ground.put("one", 1, statement, f"{whole}; {text} = {text} * 0.0 + 1.0")
    return LineValue(text, _lines(statement), ground.unit, zero, one, adds=False)


def _added(ground: Ground, statement: ast.AugAssign) -> LineValue:
    value = ground.closed(statement.value)
    zero = ground.put("zero", 1, statement.value, f"{value} * 0.0")
    one = ground.put("one", 1, statement.value, f"{value} * 0.0 + 1.0")
    text = ground.of(statement.target)
    return LineValue(text, _lines(statement), ground.unit, zero, one, adds=True)


def _lines(statement: ast.stmt) -> tuple[int, int]:
    return statement.lineno, statement.end_lineno or statement.lineno
