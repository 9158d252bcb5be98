"""A program in one spelling: what can be written in two ways without thinking is written in one.

`a += b` is `a = a + b`; `np.dot(a, b)` and `a.dot(b)` are `a @ b`; `np.sum(a)` is `a.sum()`; `x * x` is
`x ** 2`; operands of `+` and `*` stand in a fixed order; arithmetic of constants is done; `self.` and
`np.` are left away; loops are loops; annotations, imports, docstrings and `try` are nothing. It is compared,
never run, so that it need not compute the same. A line that does not parse is left away.
"""

from __future__ import annotations

import ast
import copy
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from grader.results.alike import Lines

NAME = re.compile(r"[^\W\d]\w*")
# Called on the module or on the array: one thing.
METHODS = {"sum", "mean", "max", "min", "reshape", "transpose", "copy"}
PRODUCTS = {"dot", "matmul"}
ARITHMETIC: dict[type[ast.operator], Callable[[complex, complex], complex]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
LARGEST = 1e9
MOST_BROKEN = 40  # lines; a program with more is compared as it stands
LONGEST = 20_000  # characters of one statement; longer is data


@dataclass(frozen=True, slots=True)
class CanonicalLine:
    """One statement, or the head of one, and the lines where it stands in the program."""

    text: str
    lines: Lines


def canonical(source: str) -> list[CanonicalLine]:
    """The statements of a program in their one spelling; its plain lines where nothing parses."""
    try:
        plain = source.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
        tree = _parsed(plain.split("\n"))
        if tree is not None:
            spelled = _Speller(_dropped(tree)).visit(tree)
            return [line for line in _statements(spelled.body) if len(line.text) <= LONGEST]
    except (ValueError, RecursionError, MemoryError):
        pass
    lines = source.split("\n")
    return [CanonicalLine(line, (number, number)) for number, line in enumerate(lines, start=1)]


def _parsed(lines: list[str]) -> ast.Module | None:
    """The program without the lines at which its parser stops; None where there is no end of them."""
    for _ in range(MOST_BROKEN):
        try:
            return ast.parse("\n".join(lines))
        except SyntaxError as error:
            number = error.lineno or 0
            if not 0 < number <= len(lines) or not lines[number - 1].strip():
                return None
            line = lines[number - 1]
            indent = line[: len(line) - len(line.lstrip())]
            lines[number - 1] = "" if line.strip() == "pass" else f"{indent}pass"
    return None


def _dropped(tree: ast.Module) -> set[str]:
    """Names before a dot that say nothing: of NumPy's module, and of the object in a method."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.asname or each.name for each in node.names if each.name == "numpy"}
        elif isinstance(node, ast.ClassDef):
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
            found |= {each.args.args[0].arg for each in methods if each.args.args}
    return found


class _Speller(ast.NodeTransformer):
    def __init__(self, dropped: set[str]) -> None:
        self._dropped = dropped

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        target = copy.deepcopy(node.target)
        read = ast.BinOp(copy.deepcopy(node.target), node.op, node.value)
        assigned = ast.Assign([target], read)
        return self.generic_visit(ast.copy_location(assigned, node))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.generic_visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        called = node.func
        if isinstance(called, ast.Attribute) and not node.keywords and called.attr in PRODUCTS:
            both = node.args if self._is_dropped(called.value) else [called.value, *node.args]
            if len(both) == 2:  # noqa: PLR2004  # a product has two sides
                return self.visit_BinOp(ast.BinOp(both[0], ast.MatMult(), both[1]))
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in METHODS and node.args and not isinstance(node.args[0], ast.GeneratorExp):
            method = ast.Attribute(node.args[0], name, ast.Load())
            return ast.Call(method, node.args[1:], node.keywords)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if self._is_dropped(node.value):
            return ast.Name(node.attr, node.ctx)
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        left, right = node.left, node.right
        if (value := _computed(node)) is not None:
            return ast.Constant(value)
        if isinstance(node.op, ast.Mult) and ast.dump(left) == ast.dump(right):
            return ast.BinOp(left, ast.Pow(), ast.Constant(2))
        if isinstance(node.op, (ast.Add, ast.Mult)) and _key(left) > _key(right):
            return ast.BinOp(right, node.op, left)
        return node

    def _is_dropped(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self._dropped


def _computed(node: ast.BinOp) -> complex | None:
    left, right = node.left, node.right
    compute = ARITHMETIC.get(type(node.op))
    if compute is None or not isinstance(left, ast.Constant) or not isinstance(right, ast.Constant):
        return None
    one, other = left.value, right.value
    if not isinstance(one, (int, float)) or not isinstance(other, (int, float)):
        return None
    # No towers of digits.
    return None if max(abs(one), abs(other)) > LARGEST else compute(one, other)


def _key(node: ast.expr) -> tuple[int, str]:
    """An order of operands in which names play no part."""
    text = NAME.sub("v", ast.unparse(node))
    return len(text), text


def _statements(body: Iterable[ast.stmt]) -> Iterator[CanonicalLine]:
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        yield from _with_blocks(node) if hasattr(node, "body") else _simple(node)


def _with_blocks(node: ast.stmt) -> Iterator[CanonicalLine]:
    head = _head(node)
    if head:
        yield CanonicalLine(head, (node.lineno, node.lineno))
    for field in ("body", "handlers", "orelse", "finalbody"):
        for each in getattr(node, field, []):
            block = each.body if isinstance(each, ast.ExceptHandler) else [each]
            yield from _statements(block)


def _head(node: ast.stmt) -> str:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return "def f():"
    if isinstance(node, ast.ClassDef):
        return "class C:"
    if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        return "for x in x:"
    return ast.unparse(node.test) if isinstance(node, ast.If) else ""


def _simple(node: ast.stmt) -> Iterator[CanonicalLine]:
    """One line; an assignment of several values to several names is one a name."""
    lines = (node.lineno, node.end_lineno or node.lineno)
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
        if (
            isinstance(target, ast.Tuple)
            and isinstance(value, ast.Tuple)
            and len(target.elts) == len(value.elts)
        ):
            for one, other in zip(target.elts, value.elts, strict=True):
                yield CanonicalLine(f"{ast.unparse(one)} = {ast.unparse(other)}", lines)
            return
        yield CanonicalLine(f"{ast.unparse(target)} = {ast.unparse(value)}", lines)
        return
    yield CanonicalLine(ast.unparse(node), lines)
