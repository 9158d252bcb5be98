"""What chance does not repeat: odd names, odd numbers, seeds, comments, slips of the keyboard, folders.

Each is a `Trace`, a kind and its text; whether two people sharing it means anything depends on how
many others have it, which the caller counts.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from grader.integrity.similarity.prints import Prints

LEAST_NAME = 4
LEAST_COMMENT = 8
LEAST_DECIMALS = 5
# Numbers that everybody has a reason for.
ROUND = re.compile(r"\d|10+|0?\.0*[125]0*|\d+\.0*|1e-?\d+|\d{1,2}|[1-9]00|\d+j")
SEED = re.compile(r"(?:seed|default_rng|RandomState|PCG64)\s*\(\s*(?:seed\s*=\s*)?(\d+)")
FOLDER = re.compile(r"(?:[A-Za-z]:\\+Users\\+|/Users/|/home/)([^\\/\s\"'<>|:]{2,40})")
LONG_NUMBER = re.compile(rf"(?<![\w.])-?\d+\.\d{{{LEAST_DECIMALS},}}(?:[eE][-+]?\d+)?(?!\w)")
MOST_CHARACTERS = 200_000
# Comments and strings in three quotes; other strings, passed over; numbers. Takes what does not parse.
LEXEMES = re.compile(
    r"(?P<words>\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|\#[^\n]*)"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    r"|(?<![\w.])(?P<number>(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?j?)(?!\w)"
)


class TraceKind(StrEnum):
    """What kind of coincidence it is."""

    NAME = "name"
    NUMBER = "number"
    SEED = "seed"
    COMMENT = "comment"
    SLIP = "slip"
    FOLDER = "folder"
    DIAGNOSIS = "diagnosis"
    CURVE = "curve"
    WEIGHTS = "weights"
    MEASURED = "measured"  # a number with many decimals, in a report
    PICTURE = "picture"


class Trace(NamedTuple):
    """One thing that a piece of work has."""

    kind: TraceKind
    text: str


def of_program(source: str) -> frozenset[Trace]:
    """Traces of a program, but for slips: those need a vocabulary (`slips`)."""
    text = source[:MOST_CHARACTERS]
    found = {Trace(TraceKind.NAME, name) for name in _own_names(text) if _telling(name)}
    found |= set(_lexed(text))
    found |= {Trace(TraceKind.SEED, seed) for seed in SEED.findall(text)}
    found |= {Trace(TraceKind.FOLDER, name.casefold()) for name in FOLDER.findall(text)}
    return frozenset(found)


def of_report(report: str) -> frozenset[Trace]:
    text = report[:MOST_CHARACTERS]
    found = {Trace(TraceKind.MEASURED, number) for number in LONG_NUMBER.findall(text)}
    found |= {Trace(TraceKind.FOLDER, name.casefold()) for name in FOLDER.findall(text)}
    return frozenset(found)


def prints_of(found: Iterable[Trace]) -> Prints:
    """A hash of each, sorted."""
    return Prints(np.unique(np.fromiter(map(print_of, found), np.int64)))


def print_of(trace: Trace) -> int:
    text = f"{trace.kind} {trace.text}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little", signed=True)


def comments_of(source: str) -> str:
    """Comments and docstrings of a program, a line each."""
    return "\n".join(_words(source[:MOST_CHARACTERS]))


def _lexed(text: str) -> Iterator[Trace]:
    for found in LEXEMES.finditer(text):
        if (number := found["number"]) and not ROUND.fullmatch(number):
            yield Trace(TraceKind.NUMBER, number.lower())
    for line in _words(text):
        if len(line) >= LEAST_COMMENT:
            yield Trace(TraceKind.COMMENT, line)


def _telling(name: str) -> bool:
    return len(name) >= LEAST_NAME and not (name.startswith("__") and name.endswith("__"))


def _own_names(text: str) -> Iterator[str]:
    """Names that a program makes; none where it does not parse. A library's names are nobody's."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name


def _words(text: str) -> Iterator[str]:
    """Lines of comments and of strings in three quotes, which are mostly docstrings."""
    for found in LEXEMES.finditer(text):
        for line in (found["words"] or "").splitlines():
            plain = unicodedata.normalize("NFKC", line).strip(" #\t\"'").casefold()
            if plain:
                yield plain
