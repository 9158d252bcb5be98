"""What in a program goes beyond what the assignment needs, and what of it a report may claim."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.language import Message, say


@dataclass(frozen=True, slots=True)
class ProgramFeature:
    """A construct, the line of its first use, and what one should know about it."""

    name: str
    lines: tuple[int, int]
    meaning: Message
    rare: bool = True  # far beyond what the course shows


CALLS = {
    "einsum": say("Each letter is an axis; letters that do not stand on the right are summed over."),
    "sliding_window_view": say("All windows of the series as a view, without a copy: strides make neighbours overlap."),
    "as_strided": say("A view with strides of one's own: neighbours overlap; wrong strides read foreign memory."),
    "tensordot": say("A product that sums over the axes that are named; a number n stands for the last n of the first and the first n of the second."),
    "qr": say("QR of a random matrix gives an orthogonal one: all singular values are 1, so products neither fade nor grow."),
    "svd": say("Singular values: the largest one is by how much the matrix can lengthen a vector."),
    "moveaxis": say("Puts one axis elsewhere and leaves the order of the others."),
    "swapaxes": say("Exchanges two axes: what was (T, B, …) is (B, T, …)."),
    "cumprod": say("Running products: what is multiplied so far."),
    "reduce": say("Folds a function over a sequence; here a loop in disguise."),
    "accumulate": say("Gives every intermediate result of a fold; here all states of the recurrence."),
    "lru_cache": say("Remembers results by arguments: must not hold what changes, such as weights."),
}  # fmt: skip
SYNTAX: tuple[tuple[type[ast.AST], str, Message], ...] = (
    (ast.Yield, "yield", say("A generator: the function stops here and goes on when the next value is asked for.")),
    (ast.NamedExpr, ":=", say("Assigns inside an expression; the value is used on the spot.")),
    (ast.Match, "match", say("Chooses by pattern; the case _ is what happens otherwise.")),
    (ast.Nonlocal, "nonlocal", say("Writes to a variable of the surrounding function: a closure with a state.")),
)  # fmt: skip


def features(tree: ast.Module) -> Iterator[ProgramFeature]:
    """Each construct once, where it first stands, in the order of lines."""
    found: dict[str, ProgramFeature] = {}
    for node in ast.walk(tree):
        name, meaning = _known(node)
        line = getattr(node, "lineno", 0)
        if meaning is not None and (name not in found or line < found[name].lines[0]):
            found[name] = ProgramFeature(name, (line, line), meaning, rare=name in CALLS)
    yield from sorted(found.values(), key=lambda feature: feature.lines)


def _known(node: ast.AST) -> tuple[str, Message | None]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return name, CALLS.get(name)
    for kind, name, meaning in SYNTAX:
        if isinstance(node, kind):
            return name, meaning
    return "", None


def numbers(tree: ast.Module) -> frozenset[float]:
    """All numbers that a program writes down."""
    return frozenset(
        float(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and abs(node.value) < 1e15  # noqa: PLR2004  # an int may be beyond float
    )
