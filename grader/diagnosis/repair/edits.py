"""An edit of one function, and the places where edits can be made."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from grader.diagnosis.repair.program import Program, Unit

Shape = tuple[int, ...]

NUMERIC = {"np", "numpy", "math"}  # modules, no values


@dataclass(frozen=True, slots=True)
class Splice:
    """Bytes of the program from `start` to `end`, and what stands there instead."""

    start: int
    end: int
    text: str


Place = tuple[str, tuple[int, ...]]  # lines of this function


@dataclass(frozen=True, slots=True)
class Edit:
    """A small change of one function. `cost`: how far-fetched it is; 1 is a slip of the pen."""

    kind: str
    cost: float
    line: int  # where the student would make it
    unit: Unit
    changes: tuple[Splice, ...]
    others: tuple[int, ...] = ()  # the lines besides, where the same is done

    @property
    def may_undo(self) -> bool:
        """Whether it may stand on a right line and undo what a fault of another line does."""
        return self.kind in {"sign", "inverse", "factor", "product"}

    @property
    def lines(self) -> tuple[int, ...]:
        return tuple(sorted({self.line, *self.others}))

    @property
    def place(self) -> Place:
        return self.unit.label, self.lines


@dataclass(frozen=True, slots=True)
class Site:
    """An expression in its place: below which node, in which field, in which statement."""

    node: ast.expr
    parent: ast.AST
    field: str
    index: int | None
    statement: ast.stmt

    @property
    def defines(self) -> bool:
        """Whether a value comes to be here, rather than is used: a right-hand side, say."""
        if isinstance(self.parent, ast.Assign | ast.AugAssign | ast.Return | ast.Lambda):
            return True
        kept = self.is_kept or self.is_set or isinstance(self.node, ast.BinOp)
        return isinstance(self.parent, ast.Call) and kept

    @property
    def is_set(self) -> bool:
        """Whether an attribute is set to the value: setattr(self, name, value)."""
        of_three = isinstance(self.parent, ast.Call) and called(self.parent) == "setattr"
        return of_three and self.field == "args" and self.index == 2  # noqa: PLR2004

    @property
    def is_kept(self) -> bool:
        """Whether a list keeps the value: states.append(h)."""
        return isinstance(self.parent, ast.Call) and called(self.parent) == "append"

    @property
    def is_bare(self) -> bool:
        """Whether a statement only copies a value under a new name: something may be missing."""
        return isinstance(self.parent, ast.Assign) and is_atom(self.node)

    @property
    def stores(self) -> bool:
        return isinstance(getattr(self.node, "ctx", None), ast.Store | ast.Del)


@dataclass
class Ground:
    """One function to edit: its sites, and the words that it has for things."""

    program: Program
    unit: Unit
    siblings: tuple[Unit, ...]  # the other functions in scope
    shapes: Mapping[str, Shape] = field(default_factory=dict)  # of expressions, where known

    @cached_property
    def sites(self) -> list[Site]:
        return [site for site in _walk(self.unit.node, None) if _is_code(site)]

    def alike(self, text: str, other: str) -> bool:
        """Whether two values have one shape, as far as is known."""
        mine, its = self.shapes.get(text), self.shapes.get(other)
        return mine is None or its is None or mine == its

    def fits(self, text: str, other: str) -> bool:
        """Whether adding or multiplying the other value leaves this one's shape, if known."""
        mine, its = self.shapes.get(text), self.shapes.get(other)
        if mine is None or its is None:
            return True
        pairs = zip(reversed(mine), reversed(its), strict=False)
        whole = min((*mine, *its), default=0) >= 0
        return whole and len(its) <= len(mine) and all(b in (1, a) for a, b in pairs)

    def of(self, node: ast.expr | ast.stmt | ast.arg) -> str:
        return self.program.of(node)

    def closed(self, node: ast.expr) -> str:
        """The text of an expression so that it can stand anywhere."""
        text = self.of(node)
        return text if isinstance(node, _ATOMIC) else f"({text})"

    def with_part(self, node: ast.expr, part: ast.expr, text: str) -> str:
        """The text of an expression with this in place of a part of it."""
        (first, last), (start, end) = self.program.span(node), self.program.span(part)
        whole = self.program.text
        return whole[first:start].decode() + text + whole[end:last].decode()

    def place(self, site: Site) -> str:
        """What has the shape that belongs here: the target of an assignment, else the value."""
        if isinstance(site.parent, ast.Assign | ast.AugAssign) and site.field == "value":
            targets = getattr(site.parent, "targets", None) or [site.parent.target]  # type: ignore[union-attr]
            target = self.of(targets[0])
            if target in self.shapes:
                return target
        return self.of(site.node)

    def put(self, kind: str, cost: float, node: ast.expr | ast.stmt, text: str) -> Edit:
        """Put this text in place of a node."""
        return self.edit(kind, cost, node, (self.change(node, text),))

    def edit(
        self, kind: str, cost: float, at: ast.expr | ast.stmt, changes: tuple[Splice, ...]
    ) -> Edit:
        return Edit(kind, cost, at.lineno, self.unit, changes)

    def change(self, node: ast.expr | ast.stmt | ast.arg, text: str) -> Splice:
        return Splice(*self.program.span(node), text)

    def loads(self) -> Iterator[Site]:
        """The sites of values that are read."""
        return (site for site in self.sites if not site.stores)

    @property
    def body(self) -> list[ast.stmt]:
        return self.unit.node.body if isinstance(self.unit.node, ast.FunctionDef) else []


_ATOMIC = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant, ast.List, ast.Dict, ast.Set,
    ast.ListComp, ast.DictComp,
)  # fmt: skip
_NO_CODE = {"decorator_list", "annotation", "returns", "type_comment", "keys_of_format"}


def _walk(node: ast.AST, statement: ast.stmt | None) -> Iterator[Site]:
    for name, value in ast.iter_fields(node):
        if name in _NO_CODE:
            continue
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr):  # see `placed`
                continue
            inside = child if isinstance(child, ast.stmt) else statement
            if isinstance(child, ast.expr):
                owner = inside if inside is not None else node
                if isinstance(owner, ast.stmt):
                    place = index if isinstance(value, list) else None
                    yield Site(child, node, name, place, owner)
            yield from _walk(child, inside)


def _is_code(site: Site) -> bool:
    """Whether an edit can be made here: not in a docstring."""
    return not (isinstance(site.parent, ast.Expr) and isinstance(site.node, ast.Constant))


def placed(node: ast.AST) -> Iterator[ast.AST]:
    """As `ast.walk`, but for what stands in f-strings: up to 3.11 it has no place in the text."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.JoinedStr):
            yield from placed(child)


def is_atom(node: ast.AST) -> bool:
    """A name, an attribute or an item of one: a value that has a name."""
    if isinstance(node, ast.Name):
        return True
    if isinstance(node, ast.Attribute):
        return node.attr != "T" and is_atom(node.value)
    return isinstance(node, ast.Subscript) and is_atom(node.value)


def root(node: ast.AST) -> str:
    """The name that an atom begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def called(node: ast.Call) -> str:
    """The last name of what is called: "dot" in np.dot(a, b) and in a.dot(b)."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def is_method_call(node: ast.Call) -> bool:
    """Whether it is called on a value, a.dot(b), not on a module or self."""
    return isinstance(node.func, ast.Attribute) and root(node.func.value) not in {
        *NUMERIC,
        "self",
    }


def patched(program: Program, unit: Unit, changes: tuple[Splice, ...]) -> bytes:
    """The text of a function after changes, in front of it the line ends that keep its lines."""
    start, end = unit.span
    parts, position = [], start
    for change in sorted(changes, key=lambda one: (one.start, one.end)):
        parts += [program.text[position : change.start], change.text.encode()]
        position = change.end
    parts.append(program.text[position:end])
    return b"\n" * (program.line_at(start) - 1) + b"".join(parts)
