"""Small changes of a program whose consequences are worth asking about.

Unlike repairs these break what is right: a line dropped, a sign flipped, a transpose forgotten.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from grader.diagnosis.repair.edits import Edit, Ground, Site, called
from grader.diagnosis.repair.operators.statements import blocks
from grader.diagnosis.repair.program import Program, Unit
from grader.diagnosis.repair.verify import edited

MOST_LINES = 4  # of a statement that is asked about
SIGMOIDS = ("sigmoid", "sigm", "sig", "logistic", "expit", "_sigmoid", "σ")


class ChangeKind(StrEnum):
    """What is done to a line."""

    DROP = "drop"  # the statement is left out
    SUMMAND = "summand"  # one of two summands
    SIGN = "sign"  # + and - exchanged
    TRANSPOSE = "transpose"  # without .T
    FACTOR = "factor"  # one of two factors
    OVERWRITE = "overwrite"  # = for +=
    ORDER = "order"  # a loop backwards in time runs forwards
    LINEAR = "linear"  # without tanh
    SQUASH = "squash"  # tanh for the sigmoid


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of one statement, which stands on `lines` (first, last), and what it is then."""

    kind: ChangeKind
    edit: Edit
    lines: tuple[int, int]
    after: tuple[str, ...]  # the lines as changed; none where the statement is left out

    @property
    def unit(self) -> Unit:
        return self.edit.unit


def mutations(program: Program, unit: Unit) -> Iterator[Mutation]:
    """Every change of a function's statements, in the order of its lines."""
    ground = Ground(program, unit, ())
    found: set[tuple[int, int, str]] = set()
    for kind, statement, edit in _edits(ground):
        last = statement.end_lineno or statement.lineno
        lines = (statement.lineno, last)
        key = (edit.changes[0].start, edit.changes[0].end, edit.changes[0].text)
        if last - statement.lineno < MOST_LINES and key not in found:
            found.add(key)
            yield Mutation(kind, edit, lines, _after(program, kind, edit, lines))


def _after(
    program: Program, kind: ChangeKind, edit: Edit, lines: tuple[int, int]
) -> tuple[str, ...]:
    if kind is ChangeKind.DROP:
        return ()
    text = edited(program, [edit]).splitlines()
    longer = len(text) - len(program.text.decode().splitlines())
    return tuple(text[lines[0] - 1 : lines[1] + longer])


def _edits(ground: Ground) -> Iterator[tuple[ChangeKind, ast.stmt, Edit]]:
    for block in blocks(ground.unit.node):
        for statement in block:
            if (
                is_simple(statement)
                and _stands_alone(ground, statement)
                and not _fills_what_is_empty(ground, statement)
            ):
                yield ChangeKind.DROP, statement, ground.put("delete", 1, statement, "pass")
            if isinstance(statement, ast.AugAssign):
                yield from _augmented(ground, statement)
    for site in ground.loads():
        if is_simple(site.statement) or isinstance(site.statement, ast.Return | ast.For):
            for kind, text in _expressions(ground, site):
                yield kind, _header(site.statement), ground.put(kind, 1, site.node, text)


def _header(statement: ast.stmt) -> ast.stmt:
    """A loop is asked about by its first line only."""
    if isinstance(statement, ast.For):
        return ast.Pass(lineno=statement.lineno, end_lineno=statement.iter.end_lineno)
    return statement


def is_simple(statement: ast.stmt) -> bool:
    """Whether a statement assigns or calls; docstrings and the like do nothing."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    return isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign)


def _stands_alone(ground: Ground, statement: ast.stmt) -> bool:
    """Whether no other statement shares its lines: only then is it the line that is left out."""
    start, end = ground.program.span(statement)
    text = ground.program.text
    before = text[text.rfind(b"\n", 0, start) + 1 : start]
    after = text[end:].partition(b"\n")[0].strip()
    return not before.strip() and (not after or after.startswith(b"#"))


def _fills_what_is_empty(ground: Ground, statement: ast.stmt) -> bool:
    """Whether without it there might be left what lay in memory: nothing that can be measured."""
    if b"empty" not in ground.program.text:
        return False
    if isinstance(statement, ast.Assign):
        return any(isinstance(target, ast.Subscript) for target in statement.targets)
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)


def _augmented(ground: Ground, node: ast.AugAssign) -> Iterator[tuple[ChangeKind, ast.stmt, Edit]]:
    target, value = ground.of(node.target), ground.closed(node.value)
    if isinstance(node.op, ast.Add | ast.Sub):
        sign = "-" if isinstance(node.op, ast.Add) else "+"
        flipped = ground.put("operator", 1, node, f"{target} {sign}= {value}")
        yield ChangeKind.SIGN, node, flipped
    if isinstance(node.op, ast.Add):
        over = ground.put("= for +=", 1, node, f"{target} = {ground.of(node.value)}")
        yield ChangeKind.OVERWRITE, node, over


def _expressions(ground: Ground, site: Site) -> Iterator[tuple[ChangeKind, str]]:
    node = site.node
    if isinstance(node, ast.BinOp):
        yield from _operands(ground, node)
    elif isinstance(node, ast.Attribute) and node.attr == "T" and not _is_in_index(site):
        yield ChangeKind.TRANSPOSE, ground.of(node.value)
    elif isinstance(node, ast.Call):
        yield from _calls(ground, node, site)


def _operands(ground: Ground, node: ast.BinOp) -> Iterator[tuple[ChangeKind, str]]:
    if any(
        isinstance(side, ast.Constant | ast.List | ast.Tuple) for side in (node.left, node.right)
    ):
        return  # 1 - h ** 2, n + 1: parts of one thing
    left, right = ground.of(node.left), ground.of(node.right)
    if isinstance(node.op, ast.Add | ast.Sub):
        sign = "-" if isinstance(node.op, ast.Add) else "+"
        yield ChangeKind.SIGN, f"{left} {sign} {ground.closed(node.right)}"
        yield ChangeKind.SUMMAND, left
        if isinstance(node.op, ast.Add) and not _is_sum(node.left):
            yield ChangeKind.SUMMAND, right
    elif isinstance(node.op, ast.Mult):
        yield ChangeKind.FACTOR, ground.closed(node.left)
        yield ChangeKind.FACTOR, ground.closed(node.right)


def _is_sum(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def _calls(ground: Ground, node: ast.Call, site: Site) -> Iterator[tuple[ChangeKind, str]]:
    name = called(node)
    if len(node.args) == 1 and not node.keywords:
        inside = ground.of(node.args[0])
        if name == "reversed" and site.parent is site.statement:
            yield ChangeKind.ORDER, inside
        elif name == "tanh":
            yield ChangeKind.LINEAR, f"({inside})"
        elif name.lower() in SIGMOIDS:
            yield ChangeKind.SQUASH, f"np.tanh({inside})"
    if name == "range" and isinstance(site.statement, ast.For) and len(node.args) == 3:  # noqa: PLR2004  # start, stop, step
        first, stop, step = (ground.of(part) for part in node.args)
        if stop.replace(" ", "") == step.replace(" ", "") == "-1":
            yield ChangeKind.ORDER, f"range({first} + 1)"


def _is_in_index(site: Site) -> bool:
    return isinstance(site.parent, ast.Subscript) and site.field == "slice"
