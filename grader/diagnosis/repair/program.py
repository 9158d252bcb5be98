"""A student's program as text and syntax tree: which text a node stands for, and what calls what.

Offsets count UTF-8 bytes, as the columns of `ast` do. All line ends are made line feeds, which
leaves every line its number.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

SUBJECTS = ("SimpleRNN", "LSTMCell")
STAGES = {"forward", "backward", "update_parameters"}

Span = tuple[int, int]
Function = ast.FunctionDef | ast.Assign  # a method, a function, or a name bound to a lambda


@dataclass(frozen=True, eq=False)
class Unit:
    """One function that an edit may change. `owner`: the class whose method it is, or ""."""

    owner: str
    name: str
    node: Function
    span: Span  # whole lines, decorators included

    @property
    def label(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name


class Program:
    """A source that parses. Raises SyntaxError, ValueError, RecursionError or MemoryError."""

    def __init__(self, source: str) -> None:
        text = source.replace("\r\n", "\n").replace("\r", "\n")
        self.text = text.encode("utf-8")
        self.tree = ast.parse(text)

    @cached_property
    def _starts(self) -> list[int]:
        starts, position = [0], self.text.find(b"\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find(b"\n", position + 1)
        return starts

    def span(self, node: ast.stmt | ast.expr | ast.arg) -> Span:
        """Where the text of a node stands; parentheses around an expression do not belong to it."""
        assert node.end_lineno is not None  # noqa: S101 - parsed nodes have one
        assert node.end_col_offset is not None  # noqa: S101
        return (
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def of(self, node: ast.stmt | ast.expr | ast.arg) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end].decode()

    def before(self, node: ast.stmt) -> str:
        """What stands in front of a statement in its line: blanks, or others and a semicolon."""
        return self.text[self._starts[node.lineno - 1] : self.span(node)[0]].decode()

    def line_at(self, offset: int) -> int:
        """The number of the line, from 1, in which this offset lies."""
        return bisect_right(self._starts, offset)

    def line(self, number: int) -> str:
        """The text of a line, without the blanks around it."""
        return self.text.splitlines()[number - 1].decode().strip()

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """All functions and methods at module level and in its classes."""
        return tuple(self._units(self.tree.body, ""))

    def _units(self, body: list[ast.stmt], owner: str) -> Iterator[Unit]:
        for node in body:
            if isinstance(node, ast.ClassDef) and not owner:
                yield from self._units(node.body, node.name)
            elif isinstance(node, ast.FunctionDef):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                yield Unit(owner, node.name, node, (self._starts[first - 1], self.span(node)[1]))
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
                match node.targets:
                    case [ast.Name(id=name)]:
                        span = (self._starts[node.lineno - 1], self.span(node)[1])
                        yield Unit(owner, name, node, span)

    def method(self, cls: str, name: str) -> Unit | None:
        """The method that objects of a class have under this name, be it of a base class."""
        for owner in self._lineage(cls):
            for unit in self.units:
                if (unit.owner, unit.name) == (owner, name):
                    return unit
        return None

    def _lineage(self, cls: str) -> list[str]:
        """A class and its bases in this file, nearest first."""
        classes = {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}
        found: list[str] = []
        waiting = [cls]
        while waiting:
            name = waiting.pop(0)
            if name in classes and name not in found:
                found.append(name)
                waiting += [base.id for base in classes[name].bases if isinstance(base, ast.Name)]
        return found

    def reachable(self, cls: str, method: str) -> tuple[Unit, ...]:
        """The method and all functions of this file that it may call, nearest first.

        By name: what a method mentions it may call. The network's own constructor and methods are
        left out, since they are stages of their own.
        """
        own = {name for subject in SUBJECTS for name in self._lineage(subject)}
        first = self.method(cls, method)
        found = [] if first is None else [first]
        for unit in found:  # grows meanwhile
            named = mentioned(unit.node)
            found += [
                other
                for other in self.units
                if other not in found
                and _may_call(named, other)
                and not (other.name in {"__init__", *STAGES} and other.owner in own)
            ]
        return tuple(found)


_SILENT = {"__call__", "__matmul__", "__add__", "__mul__"}  # called without being named


# What edits might do harm with, where no sandbox confines the worker.
_FORBIDDEN = {
    "open", "exec", "eval", "compile", "input", "os", "sys", "shutil", "subprocess", "socket",
    "pathlib", "Path", "pickle", "multiprocessing", "threading",
}  # fmt: skip
_FORBIDDEN_ATTRIBUTES = {"save", "savez", "savez_compressed", "savetxt", "tofile", "savefig"}


def is_harmless(units: Iterable[Unit]) -> bool:
    """Whether these functions only compute: an edit could undo a condition around the rest."""
    nodes = [node for unit in units for node in ast.walk(unit.node)]
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return not (names & _FORBIDDEN or attributes & _FORBIDDEN_ATTRIBUTES)


def _may_call(named: set[str], other: Unit) -> bool:
    if other.name == "__init__":
        return other.owner in named
    return other.name in named or (other.name in _SILENT and bool(other.owner))


def mentioned(node: ast.AST) -> set[str]:
    """All names and attributes in a piece of code."""
    found = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            found.add(each.id)
        elif isinstance(each, ast.Attribute):
            found.add(each.attr)
    return found
