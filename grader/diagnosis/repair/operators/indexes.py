"""Indexes, slices and ranges."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.diagnosis.repair.edits import Edit, Ground, Site, called


def edits(ground: Ground) -> Iterator[Edit]:
    for site in ground.sites:
        if isinstance(site.node, ast.Subscript):
            yield from _index(ground, site.node)
            if not site.stores:
                yield from _whole(ground, site.node)
        elif isinstance(site.node, ast.Call) and called(site.node) == "range":
            yield from _range(ground, site)


def _index(ground: Ground, node: ast.Subscript) -> Iterator[Edit]:
    """A name as index, alone or in a tuple or slice, one more and one less."""
    for part in _parts(node.slice):
        if isinstance(part, ast.Name):
            for shift in (" + 1", " - 1"):
                yield ground.put("index", 1, part, ground.of(part) + shift)


def _parts(index: ast.expr) -> list[ast.expr]:
    if isinstance(index, ast.Tuple):
        return [part for each in index.elts for part in _parts(each)]
    if isinstance(index, ast.Slice):
        return [part for part in (index.lower, index.upper) if part is not None]
    return [index]


def _whole(ground: Ground, node: ast.Subscript) -> Iterator[Edit]:
    value = ground.closed(node.value)
    yield ground.put("drop index", 1.25, node, value)
    if isinstance(node.slice, ast.Slice):
        for bounds in (":", "1:", ":-1", "::-1"):
            yield ground.put("slice", 1.5, node, f"{value}[{bounds}]")
    elif isinstance(node.slice, ast.BinOp) and isinstance(node.slice.op, ast.Sub):
        # A state before the first: h[t - 1] at t = 0 is the last one, and should be zero.
        index = node.slice
        if isinstance(index.left, ast.Name):
            text = f"({ground.of(node)} * ({ground.of(index.left)} > 0))"
            yield ground.put("no wrap", 1.5, node, text)
    elif isinstance(node.slice, ast.Constant | ast.UnaryOp):
        for axis in ("0", ""):
            yield ground.put("sum for item", 1.75, node, f"{value}.sum({axis})")


def _range(ground: Ground, site: Site) -> Iterator[Edit]:
    node = site.node
    assert isinstance(node, ast.Call)  # noqa: S101 - see `edits`
    yield ground.put("reversed", 1, node, f"reversed({ground.of(node)})")
    for argument in node.args:
        text = ground.closed(argument)
        for shift in ("+ 1", "- 1"):
            yield ground.put("range", 1, argument, f"{text} {shift}")
    if len(node.args) == 1:
        yield ground.put("range", 1.25, node, f"range(1, {ground.of(node.args[0])})")
    elif len(node.args) == 2:  # noqa: PLR2004
        yield ground.put("range", 1.25, node, f"range({ground.of(node.args[1])})")
