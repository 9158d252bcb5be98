"""Small generic edits of a function's syntax tree: slips that need no knowledge of networks.

Every edit is a place in the tree and what stands there instead. Nothing here knows what an array
means; kinds are the assignment's: operators, operands, indexes, axes, bounds, statements, names.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Function = ast.FunctionDef


@dataclass(frozen=True)
class Edit:
    """One edit: its kind, and the function that carries it out on the tree it was found in."""

    kind: str
    apply: Callable[[], None]


def edits(unit: Function) -> Iterator[Edit]:
    """All edits of this function, in the order of the tree."""
    names = _local_names(unit)
    attributes = sorted({n.attr for n in ast.walk(unit) if _is_own(n)})
    texts = sorted({n.value for n in ast.walk(unit) if _is_text(n)})
    for holder, field, index, node in _slots(unit):
        put = _putter(holder, field, index)
        yield from _expression(node, put)
        yield from _renamed(node, names, attributes, texts)
    yield from _statements(unit)


def _slots(unit: Function) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Every node below the function with the place that holds it; docstrings left out."""
    for holder in ast.walk(unit):
        for field, value in ast.iter_fields(holder):
            if isinstance(holder, ast.FunctionDef) and field in {"args", "decorator_list"}:
                continue
            if isinstance(value, list):
                for index, node in enumerate(value):
                    if isinstance(node, ast.AST) and not _is_docstring(node):
                        yield holder, field, index, node
            elif isinstance(value, ast.AST):
                yield holder, field, None, value


def _putter(holder: ast.AST, field: str, index: int | None) -> Callable[[ast.AST], None]:
    def put(new: ast.AST) -> None:
        if index is None:
            setattr(holder, field, new)
        else:
            getattr(holder, field)[index] = new

    return put


Put = Callable[[ast.AST], None]


def _expression(node: ast.AST, put: Put) -> Iterator[Edit]:  # noqa: C901  # a table of types
    if isinstance(node, ast.BinOp):
        yield from _binary(node, put)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield _swap("operator", put, node.operand)
    elif isinstance(node, ast.AugAssign):
        yield _swap("operator", put, _plain(node))
        yield _set("operator", node, "op", ast.Sub() if isinstance(node.op, ast.Add) else ast.Add())
    elif isinstance(node, ast.Compare):
        yield from _compare(node)
    elif isinstance(node, ast.Call):
        yield from _call(node, put)
    elif isinstance(node, ast.Subscript):
        yield from _subscript(node, put)
    elif isinstance(node, ast.Attribute) and node.attr == "T" and _loads(node):
        yield _swap("operand", put, node.value)
    elif isinstance(node, ast.IfExp):
        yield _swap("bounds", put, node.body)
        yield _swap("bounds", put, node.orelse)
    elif isinstance(node, ast.Tuple) and _loads(node) and len(node.elts) > 1:
        yield _set("operand", node, "elts", [*node.elts[1::-1], *node.elts[2:]])
    elif isinstance(node, ast.Constant) and _is_number(node.value):
        yield from _number(node)


def _binary(node: ast.BinOp, put: Put) -> Iterator[Edit]:
    others = {
        ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add,), ast.Mult: (ast.Add, ast.Div),
        ast.Div: (ast.Mult,), ast.Pow: (ast.Mult,),
    }  # fmt: skip
    for other in others.get(type(node.op), ()):
        yield _set("operator", node, "op", other())
    yield _swap("operand", put, node.left)
    yield _swap("operand", put, node.right)
    if isinstance(node.op, ast.Sub | ast.MatMult | ast.Div):
        yield _swap("operand", put, ast.BinOp(node.right, node.op, node.left))
    if isinstance(node.op, ast.MatMult):
        yield _set("operand", node, "right", ast.Attribute(node.right, "T", ast.Load()))
        yield _set("operand", node, "left", ast.Attribute(node.left, "T", ast.Load()))


def _compare(node: ast.Compare) -> Iterator[Edit]:
    others = {
        ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
        ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    }  # fmt: skip
    yield _set("bounds", node, "ops", [others[type(node.ops[0])](), *node.ops[1:]])


SIBLINGS = {
    "zeros": "ones", "ones": "zeros", "zeros_like": "ones_like", "sum": "mean", "mean": "sum",
    "hstack": "vstack", "tanh": "sin", "append": "insert", "maximum": "minimum", "minimum": "maximum",
    "stack": "concatenate", "cumsum": "sort", "sin": "cos",
}  # fmt: skip
# What makes no sense to unwrap or to reorder.
WHOLE = {"range", "len", "ValueError", "isinstance", "getattr", "setattr", "super"}


def _call(node: ast.Call, put: Put) -> Iterator[Edit]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if isinstance(node.func, ast.Attribute) and name in SIBLINGS:
        yield _set("operator", node.func, "attr", SIBLINGS[name])
    if name == "range":
        yield from _bounds(node)
    elif name == "reversed":
        yield _swap("bounds", put, node.args[0])
    elif name not in WHOLE and node.args:
        yield _swap("operand", put, node.args[0])
        if len(node.args) > 1:
            yield _set("operand", node, "args", [node.args[1], node.args[0], *node.args[2:]])
    elif isinstance(node.func, ast.Attribute) and not node.args and name in {"copy", "flatten"}:
        yield _swap("operand", put, node.func.value)
    for keyword in node.keywords:
        yield from _keyword(node, keyword)


def _bounds(node: ast.Call) -> Iterator[Edit]:
    for k, bound in enumerate(node.args):
        for op in (ast.Add, ast.Sub):
            moved = ast.BinOp(bound, op(), ast.Constant(1))
            yield _set("bounds", node, "args", [*node.args[:k], moved, *node.args[k + 1 :]])
    if len(node.args) == 1:
        yield _set("bounds", node, "args", [ast.Constant(1), node.args[0]])


def _keyword(call: ast.Call, keyword: ast.keyword) -> Iterator[Edit]:
    if keyword.arg in {"axis", "keepdims", "dtype", "axes"}:
        rest = [one for one in call.keywords if one is not keyword]
        yield _set("axis", call, "keywords", rest)
    if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
        for axis in (0, 1, -1):
            if axis != keyword.value.value:
                yield _set("axis", keyword, "value", ast.Constant(axis))


def _subscript(node: ast.Subscript, put: Put) -> Iterator[Edit]:
    if isinstance(node.slice, ast.Slice):
        part = node.slice
        if part.lower is not None:
            yield _set("bounds", part, "lower", None)
        if part.upper is not None:
            yield _set("bounds", part, "upper", None)
        if part.step is not None:
            yield _set("bounds", part, "step", None)
        return
    if isinstance(node.slice, ast.Name | ast.BinOp | ast.Constant) and not _is_text(node.slice):
        for op in (ast.Add, ast.Sub):
            yield _set("index", node, "slice", ast.BinOp(node.slice, op(), ast.Constant(1)))
        if not isinstance(node.slice, ast.Constant):
            yield _set("index", node, "slice", ast.Constant(0))
            yield _set("index", node, "slice", ast.Constant(-1))
    if _loads(node) and isinstance(node.slice, ast.Name | ast.BinOp):
        yield _swap("index", put, node.value)


def _number(node: ast.Constant) -> Iterator[Edit]:
    value = node.value
    for other in {value + 1, value - 1, 2 * value, 0} - {value}:
        yield _set("operand", node, "value", other)


def _renamed(
    node: ast.AST, names: list[str], attributes: list[str], texts: list[str]
) -> Iterator[Edit]:
    """Another name of the same function in place of this one."""
    if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load):
        yield from (_set("name", node, "id", name) for name in names if name != node.id)
    elif _is_own(node):
        others = (name for name in attributes if name != node.attr)
        yield from (_set("name", node, "attr", name) for name in others)
    elif _is_text(node):
        yield from (_set("name", node, "value", text) for text in texts if text != node.value)


def _statements(unit: Function) -> Iterator[Edit]:
    for holder in ast.walk(unit):
        for field in ("body", "orelse"):
            block = getattr(holder, field, None)
            if isinstance(block, list):
                yield from _block(block)


def _block(block: list[ast.stmt]) -> Iterator[Edit]:
    for k, statement in enumerate(block):
        if _is_docstring(statement):
            continue
        if len(block) > 1:
            yield Edit("statement dropped", lambda k=k: block.pop(k))
        if not isinstance(statement, ast.Return | ast.Raise):
            yield Edit(
                "statement doubled", lambda k=k, s=statement: block.insert(k, copy.deepcopy(s))
            )
        if k and not _is_docstring(block[k - 1]):
            yield Edit("statement moved", lambda k=k: block.insert(k - 1, block.pop(k)))
        if isinstance(statement, ast.For | ast.While) and len(statement.body) > 1:
            yield Edit(
                "statement moved", lambda k=k, s=statement: block.insert(k + 1, s.body.pop())
            )
            yield Edit("statement moved", lambda k=k, s=statement: block.insert(k, s.body.pop(0)))
            if k:
                yield Edit(
                    "statement moved", lambda k=k, s=statement: s.body.insert(0, block.pop(k - 1))
                )


def _plain(node: ast.AugAssign) -> ast.Assign:
    return ast.Assign([node.target], node.value, lineno=node.lineno)


def _swap(kind: str, put: Put, new: ast.AST) -> Edit:
    return Edit(kind, lambda: put(new))


def _set(kind: str, node: ast.AST, field: str, value: object) -> Edit:
    return Edit(kind, lambda: setattr(node, field, value))


def _local_names(unit: Function) -> list[str]:
    stored = {
        n.id for n in ast.walk(unit) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    given = {
        one.arg for node in ast.walk(unit) if isinstance(node, ast.arguments) for one in node.args
    }
    return sorted((stored | given) - {"self", "S"})


def _is_own(node: ast.AST) -> bool:
    """self.something, read."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in {"self", "S"}
        and isinstance(node.ctx, ast.Load)
    )


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 12
    )  # a name, no prose


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _loads(node: ast.expr) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Load)
