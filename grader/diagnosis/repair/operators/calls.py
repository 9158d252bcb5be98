"""Calls: a wrapper taken off, another function, another argument."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.diagnosis.repair.edits import Edit, Ground, called, is_atom, is_method_call, root
from grader.diagnosis.repair.operators.products import PRODUCTS

PAIRS = (
    ("zeros", "ones"), ("zeros_like", "ones_like"), ("vstack", "hstack"), ("sum", "mean"),
    ("max", "min"), ("maximum", "minimum"), ("append", "extend"), ("tanh", "sinh"),
    ("empty", "zeros"), ("empty_like", "zeros_like"),
)  # fmt: skip
ALIKE: dict[str, list[str]] = {}
for _one, _other in PAIRS:
    ALIKE.setdefault(_one, []).append(_other)
    ALIKE.setdefault(_other, []).append(_one)

REDUCTIONS = {"sum", "mean", "max", "min"}
UNTOUCHED = {"range", "len", "super", "getattr", "setattr", "enumerate", "zip", "isinstance"}


def edits(ground: Ground) -> Iterator[Edit]:
    squashes = one_argument_functions(ground)
    for site in ground.loads():
        node = site.node
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            yield from _into_call(ground, node)
        if not isinstance(node, ast.Call):
            continue
        yield from _out_of_call(ground, node)
        yield from _zeros(ground, node)
        if called(node) == "zip":
            yield from _reversed(ground, node)
        yield from _unwrapped(ground, node)
        yield from _other_function(ground, node, squashes)
        yield from _other_arguments(ground, node)


def _into_call(ground: Ground, node: ast.BinOp) -> Iterator[Edit]:
    """tanh(a) + b as tanh(a + b)."""
    for call, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(call, ast.Call) and _takes_a_value(call):
            (argument,) = call.args
            inside = f"{ground.closed(argument)} + {ground.closed(other)}"
            yield ground.put("brackets", 1.25, node, ground.with_part(call, argument, inside))


def _out_of_call(ground: Ground, node: ast.Call) -> Iterator[Edit]:
    """tanh(a + b) as tanh(a) + b and as tanh(b) + a."""
    (argument,) = node.args if _takes_a_value(node) else (None,)
    if isinstance(argument, ast.BinOp) and isinstance(argument.op, ast.Add):
        sides = ((argument.left, argument.right), (argument.right, argument.left))
        for inner, outer in sides:
            call = ground.with_part(node, argument, ground.of(inner))
            yield ground.put("brackets", 1.25, node, f"({call} + {ground.closed(outer)})")


def _takes_a_value(node: ast.Call) -> bool:
    """Whether it makes one value of another, as far as can be seen."""
    return (
        len(node.args) == 1
        and not node.keywords
        and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp)
        and called(node) not in UNTOUCHED | REDUCTIONS
    )


def _reversed(ground: Ground, node: ast.Call) -> Iterator[Edit]:
    """Of things that are gone through together all, or one of them, from last to first."""
    yield ground.put("reversed", 1, node, f"list({ground.of(node)})[::-1]")
    for argument in node.args:
        yield ground.put("reversed", 1, argument, f"{ground.closed(argument)}[::-1]")


def _zeros(ground: Ground, node: ast.Call) -> Iterator[Edit]:
    """Random numbers where zeros belong: np.zeros((n, m)) for np.random.randn(n, m)."""
    module = ground.of(node.func).split(".")
    if len(module) != 3 or module[1] != "random":  # noqa: PLR2004
        return
    sizes = [one.value for one in node.keywords if one.arg == "size"]
    if sizes:
        shape = ground.of(sizes[0])
    elif called(node) in {"randn", "rand"} and node.args:
        shape = f"({', '.join(map(ground.of, node.args))},)"
    else:
        return
    yield ground.put("function", 1.25, node, f"{module[0]}.zeros({shape})")


def _unwrapped(ground: Ground, node: ast.Call) -> Iterator[Edit]:
    if called(node) in {"range", "len", "super"} | PRODUCTS:
        return
    for argument in node.args:
        if not isinstance(argument, ast.Starred):
            yield ground.put("unwrap", 1, node, ground.closed(argument))
    if isinstance(node.func, ast.Attribute) and is_method_call(node):
        yield ground.put("unwrap", 1, node, ground.closed(node.func.value))


def _other_function(ground: Ground, node: ast.Call, squashes: list[str]) -> Iterator[Edit]:
    name = called(node)
    for other in ALIKE.get(name, ()):
        text = ground.of(node.func)
        yield ground.put("function", 1, node.func, text[: len(text) - len(name)] + other)
    if name == "maximum":
        for argument in node.args:
            if not isinstance(argument, ast.Constant):
                for text in squashes:
                    yield ground.put("function", 1.5, node, f"{text}({ground.of(argument)})")
    named = {keyword.arg for keyword in node.keywords}
    if len(node.args) == 1 and named <= {"out"} and name not in UNTOUCHED:
        for text in squashes:
            if text != ground.of(node.func):
                yield ground.put("function", 1.25, node.func, text)


def _other_arguments(ground: Ground, node: ast.Call) -> Iterator[Edit]:
    for keyword in node.keywords:
        if keyword.arg is not None:
            left = [ground.of(one) for one in node.args]
            left += [
                f"{one.arg}={ground.of(one.value)}" if one.arg else f"**{ground.of(one.value)}"
                for one in node.keywords
                if one is not keyword
            ]
            text = f"{ground.of(node.func)}({', '.join(left)})"
            yield ground.put("drop argument", 1.25, node, text)
    if called(node) in REDUCTIONS and not node.keywords:
        text = ground.of(node)
        for axis in ("axis=0", "axis=1"):
            comma = ", " if node.args else ""
            yield ground.put("add argument", 1.5, node, f"{text[:-1]}{comma}{axis})")
    if called(node) in PRODUCTS:
        return
    for first, second in zip(node.args, node.args[1:], strict=False):
        changes = (
            ground.change(first, ground.of(second)),
            ground.change(second, ground.of(first)),
        )
        yield ground.edit("swap arguments", 1.25, node, changes)


def one_argument_functions(ground: Ground) -> list[str]:
    """Functions of one argument that the program has for its numbers: np.tanh, self.sigmoid."""
    found = {"np.tanh": None, "np.exp": None} if "np" in _names(ground) else {}
    for unit in (ground.unit, *ground.siblings):
        for node in ast.walk(unit.node):
            if (
                isinstance(node, ast.Call)
                and len(node.args) == 1
                and not node.keywords
                and is_atom(node.func)
                and not is_method_call(node)
                and called(node) in _squashing(ground)
            ):
                found[ground.of(node.func)] = None
    return [text for text in found if root(ast.parse(text, mode="eval").body) != ""]


def _names(ground: Ground) -> set[str]:
    return {node.id for node in ast.walk(ground.program.tree) if isinstance(node, ast.Name)}


def _squashing(ground: Ground) -> set[str]:
    """Names of functions that make one array of another."""
    own = {
        unit.name
        for unit in ground.siblings
        if isinstance(unit.node, ast.Assign) or len(unit.node.args.args) == 1 + bool(unit.owner)
    }
    return {"tanh", "exp", "sigmoid"} | own
