"""What can be said about a program by its text; nothing is ever executed here."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache

from grader.contract import CLASSES, FUNCTIONS, OPTIONAL_CLASSES, OPTIONAL_FUNCTIONS, RNN, is_stub

_RNN = re.compile(rf"^[ \t]*(?:class[ \t]+{RNN}\b|{RNN}[ \t]*=[^=])", re.MULTILINE)
_ASKED_LINE = re.compile(
    rf"^[ \t]*(?:class[ \t]+({'|'.join(CLASSES)})\b|def[ \t]+({'|'.join(FUNCTIONS)})\b)",
    re.MULTILINE,
)

_OPTIONAL_LINE = re.compile(
    rf"^[ \t]*(?:class[ \t]+({'|'.join(OPTIONAL_CLASSES)})\b|def[ \t]+({'|'.join(OPTIONAL_FUNCTIONS)})\b)",
    re.MULTILINE,
)
_BONUS_NAME = re.compile(r"bonus|选做|加分|附加", re.IGNORECASE)


def is_bonus(stem: str, program: str) -> bool:
    """Whether a file is the program of the optional questions, by what it defines, then by its name."""
    if _OPTIONAL_LINE.search(program) is None:
        return False
    return not defines_asked(program) or _BONUS_NAME.search(stem) is not None


def defines_rnn(program: str) -> bool:
    """Whether a line of the text defines SimpleRNN."""
    return _RNN.search(program) is not None


def defines_asked(program: str) -> bool:
    """Whether a line of the text defines anything that the assignment asks for."""
    return defines_rnn(program) or _ASKED_LINE.search(program) is not None


def asked_in(program: str, *, optional: bool = False) -> frozenset[str]:
    """The classes and functions asked for, or those of the optional part, that a program defines."""
    found = (_OPTIONAL_LINE if optional else _ASKED_LINE).findall(program)
    return frozenset(first or second for first, second in found)


@lru_cache(maxsize=1 << 8)
def filled(program: str, *, optional: bool = False) -> int:
    """How many of the methods and functions asked for are there and not as they were handed out.

    -1 where the text is no Python of this interpreter's: such a program can earn nothing here.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return -1
    asked = (OPTIONAL_CLASSES, OPTIONAL_FUNCTIONS) if optional else (CLASSES, FUNCTIONS)
    return sum(_filled_by(statement, *asked) for statement in ast.walk(tree))


def _filled_by(
    statement: ast.AST, classes: Mapping[str, Sequence[str]], functions: Sequence[str]
) -> int:
    if isinstance(statement, ast.ClassDef) and statement.name in classes:
        return _methods(statement, classes[statement.name])
    if isinstance(statement, ast.FunctionDef) and statement.name in functions:
        return int(not is_stub(statement))
    if isinstance(statement, ast.Assign):
        names = {target.id for target in statement.targets if isinstance(target, ast.Name)}
        return sum(len(classes[name]) for name in names if name in classes)
    return 0


def _methods(found: ast.ClassDef, asked: Sequence[str]) -> int:
    """Methods of a class that are there; what it inherits counts as there."""
    own = {each.name: each for each in found.body if isinstance(each, ast.FunctionDef)}
    inherited = len(asked) if found.bases and own.keys().isdisjoint(asked) else 0
    return inherited + sum(not is_stub(own[name]) for name in asked if name in own)
