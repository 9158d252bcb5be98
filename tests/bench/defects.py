"""Single defects with known lines, made by generic changes of right programs.

Written without a look at the repair's own edits, so that a repair is no mere inverse. A base is
first written out by `ast.unparse`, which puts every statement on a line of its own: a defect's
lines are those in which the two texts differ.
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

METHODS = {
    "q4_2": ("SimpleRNN", "forward"),
    "q4_3": ("SimpleRNN", "backward"),
    "q4_4": ("SimpleRNN", "update_parameters"),
    "q4_6": ("LSTMCell", "forward"),
}
OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add,), ast.Mult: (ast.Div, ast.Add), ast.Div: (ast.Mult,),
}  # fmt: skip
FUNCTIONS = {
    "tanh": ("sin", "arctan"), "sum": ("mean", "max"), "zeros_like": ("ones_like",), "zeros": ("ones",),
    "exp": ("expm1",), "sigmoid": ("tanh",),
}  # fmt: skip


@dataclass(frozen=True)
class Defect:
    """A program with one defect: the question that it fails, its kind, and its lines."""

    base: str
    question: str
    kind: str
    source: str
    lines: tuple[int, ...]
    change: str


def defects(base: str, source: str, question: str, rng: random.Random) -> Iterator[Defect]:
    """All defects of one method and the helpers that it names, in random order."""
    tree = ast.parse(source)
    right = ast.unparse(tree)
    tree = ast.parse(right)
    places = [
        (number, kind) for kind in KINDS for number in range(len(list(_nodes(tree, question))))
    ]
    rng.shuffle(places)
    for number, kind in places:
        changed = copy.deepcopy(tree)
        node, parent = list(_nodes(changed, question))[number]
        if KINDS[kind](node, parent, rng):
            wrong = ast.unparse(ast.fix_missing_locations(changed))
            if wrong != right:
                lines, change = _difference(right, wrong)
                yield Defect(base, question, kind, wrong, lines, change)


def _nodes(tree: ast.Module, question: str) -> Iterator[tuple[ast.AST, ast.AST]]:
    for function in _functions(tree, question):
        for parent in ast.walk(function):
            for child in ast.iter_child_nodes(parent):
                yield child, parent


def _functions(tree: ast.Module, question: str) -> list[ast.FunctionDef]:
    """The method and what it calls by name, one level deep."""
    subject, method = METHODS[question]
    own, others = [], []
    for node in tree.body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        for member in members:
            if isinstance(member, ast.FunctionDef):
                is_own = isinstance(node, ast.ClassDef) and (node.name, member.name) == (
                    subject,
                    method,
                )
                (own if is_own else others).append(member)
    names = {getattr(n, "attr", getattr(n, "id", "")) for f in own for n in ast.walk(f)} - {
        "forward",
        "backward",
        "update_parameters",
        "__init__",
    }
    return own + [function for function in others if function.name in names]


def _difference(right: str, wrong: str) -> tuple[tuple[int, ...], str]:
    old, new = right.splitlines(), wrong.splitlines()
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    first, last = head + 1, len(new) - tail
    change = " / ".join(old[head : len(old) - tail]) + " => " + " / ".join(new[head:last])
    if last < first:  # a line is gone: its neighbours are where it is missed
        return (first - 1, first), change
    return tuple(range(first, last + 1)), change


# Each changes a node in place and says whether it could.
def _operator(node: Any, _parent: Any, rng: random.Random) -> bool:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPERATORS:
        node.op = rng.choice(OPERATORS[type(node.op)])()
        return True
    return False


def _replace(parent: Any, node: Any, new: ast.AST) -> bool:
    for name, value in ast.iter_fields(parent):
        if value is node:
            setattr(parent, name, new)
            return True
        if isinstance(value, list) and any(one is node for one in value):
            value[[one is node for one in value].index(True)] = new
            return True
    return False


def _operand(node: Any, parent: Any, rng: random.Random) -> bool:
    if isinstance(node, ast.BinOp):
        return _replace(parent, node, rng.choice([node.left, node.right]))
    return False


def _transpose(node: Any, parent: Any, _rng: random.Random) -> bool:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return _replace(parent, node, node.value)
    return False


def _constant(node: Any, parent: Any, rng: random.Random) -> bool:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        node.value = node.value + rng.choice([-1, 1])
        return not isinstance(parent, ast.Expr)
    return False


def _index(node: Any, parent: Any, rng: random.Random) -> bool:
    if isinstance(parent, ast.Subscript) and node is parent.slice:
        if isinstance(node, ast.Name):
            op = rng.choice([ast.Add(), ast.Sub()])
            parent.slice = ast.BinOp(node, op, ast.Constant(1))
            return True
        if isinstance(node, ast.BinOp):
            parent.slice = node.left
            return True
    return False


def _axis(node: Any, _parent: Any, rng: random.Random) -> bool:
    if isinstance(node, ast.Call) and node.keywords:
        if rng.random() < 0.5:
            del node.keywords[rng.randrange(len(node.keywords))]
            return True
        for keyword in node.keywords:
            if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
                keyword.value = ast.Constant(1 - (keyword.value.value or 0))
                return True
    return False


def _bounds(node: Any, parent: Any, rng: random.Random) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "reversed":
            return _replace(parent, node, node.args[0])
        if node.func.id == "range":
            at = rng.randrange(len(node.args))
            node.args[at] = ast.BinOp(
                node.args[at], rng.choice([ast.Add(), ast.Sub()]), ast.Constant(1)
            )
            return True
    return False


def _name(node: Any, parent: Any, rng: random.Random) -> bool:
    others = sorted(
        {one.id for one in ast.walk(parent) if isinstance(one, ast.Name)} if isinstance(node, ast.Name)
        else {one.attr for one in ast.walk(parent) if isinstance(one, ast.Attribute)} - {"T"}
        if isinstance(node, ast.Attribute) else set()
    )  # fmt: skip
    field = "id" if isinstance(node, ast.Name) else "attr"
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
        others = [one for one in others if one not in (getattr(node, field), "np", "self")]
        if others and getattr(node, field) not in ("np", "self", "T"):
            setattr(node, field, rng.choice(others))
            return True
    return False


def _exchange(node: Any, _parent: Any, rng: random.Random) -> bool:
    """Two names of the function, exchanged in one place."""
    if not isinstance(node, ast.Assign | ast.AugAssign):
        return False
    names = [
        one for one in ast.walk(node.value) if isinstance(one, ast.Attribute) and one.attr != "T"
    ]
    if len({one.attr for one in names}) < 2:
        return False
    first = rng.choice(names)
    second = rng.choice([one for one in names if one.attr != first.attr])
    first.attr, second.attr = second.attr, first.attr
    return True


def _key(node: Any, parent: Any, rng: random.Random) -> bool:
    if (
        isinstance(parent, ast.Subscript)
        and isinstance(node, ast.Constant)
        and isinstance(node.value, str)
    ):
        others = [
            "Wx",
            "Wh",
            "bh",
            "Wy",
            "by",
            "Waa",
            "Wax",
            "Wya",
            "W_hh",
            "W_xh",
            "b_h",
            "b_y",
            "W_hy",
        ]
        node.value = rng.choice(others)
        return True
    return False


def _function(node: Any, _parent: Any, rng: random.Random) -> bool:
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in FUNCTIONS
    ):
        node.func.attr = rng.choice(FUNCTIONS[node.func.attr])
        return True
    return False


def _unwrap(node: Any, parent: Any, _rng: random.Random) -> bool:
    if isinstance(node, ast.Call) and len(node.args) == 1 and not isinstance(parent, ast.Expr):
        return _replace(parent, node, node.args[0])
    if isinstance(node, ast.Call) and not node.args and isinstance(node.func, ast.Attribute):
        return not isinstance(parent, ast.Expr) and _replace(parent, node, node.func.value)
    return False


def _scale(node: Any, parent: Any, rng: random.Random) -> bool:
    if isinstance(parent, ast.Assign | ast.AugAssign) and node is parent.value:
        factor = rng.choice([2.0, 0.5, -1.0])
        parent.value = ast.BinOp(node, ast.Mult(), ast.Constant(factor))
        return True
    return False


def _assignment(node: Any, parent: Any, _rng: random.Random) -> bool:
    if isinstance(node, ast.AugAssign):
        return _replace(parent, node, ast.Assign([node.target], node.value, lineno=node.lineno))
    if (
        isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and not isinstance(node.targets[0], ast.Tuple)
    ):
        return _replace(parent, node, ast.AugAssign(node.targets[0], ast.Add(), node.value))
    return False


def _drop(node: Any, parent: Any, _rng: random.Random) -> bool:
    body = getattr(parent, "body", None)
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.Expr) or not isinstance(body, list):
        return False
    if len(body) < 2 or node not in body or isinstance(node.value, ast.Constant):
        return False
    body.remove(node)
    return True


def _move(node: Any, parent: Any, _rng: random.Random) -> bool:
    body = getattr(parent, "body", None)
    if (
        isinstance(node, ast.Assign | ast.AugAssign)
        and isinstance(body, list)
        and body[-1] is not node
    ):
        at = [one is node for one in body].index(True) if any(one is node for one in body) else -1
        if at >= 0 and isinstance(body[at + 1], ast.Assign | ast.AugAssign | ast.Expr):
            body[at], body[at + 1] = body[at + 1], body[at]
            return True
    return False


def _double(node: Any, parent: Any, _rng: random.Random) -> bool:
    body = getattr(parent, "body", None)
    if (
        isinstance(node, ast.AugAssign | ast.Expr)
        and isinstance(body, list)
        and any(o is node for o in body)
    ):
        body.insert(body.index(node), copy.deepcopy(node))
        return not isinstance(node.value, ast.Constant)
    return False


KINDS: dict[str, Callable[[Any, Any, random.Random], bool]] = {
    "operator": _operator, "operand": _operand, "transpose": _transpose, "constant": _constant,
    "index": _index, "axis": _axis, "bounds": _bounds, "name": _name, "exchange": _exchange,
    "key": _key, "function": _function, "unwrap": _unwrap, "scale": _scale,
    "assignment": _assignment, "drop": _drop, "move": _move, "double": _double,
}  # fmt: skip
