"""Syntax that came with Python 3.12 and later, found in text that an older Python cannot parse."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterator

from grader.language import Message, say
from grader.portability.needs import PYTHON, Need, Version
from grader.portability.strings import CodeText, read

_LINES: tuple[tuple[re.Pattern[str], Version, Message], ...] = (
    (re.compile(r"\s*type\s+[^\W\d]\w*\s*(\[.*\]\s*)?=[^=]"), (3, 12), say("a `type` statement")),
    (
        re.compile(r"\s*(async\s+def|def|class)\s+[^\W\d]\w*\s*\[[^\]=]*="),
        (3, 13),
        say("a type parameter with a default"),
    ),
    (
        re.compile(r"\s*(async\s+def|def|class)\s+[^\W\d]\w*\s*\["),
        (3, 12),
        say("type parameters in brackets"),
    ),
    # Python 2 wrote `except ValueError, e`: a second name in capitals is an exception.
    (
        re.compile(r"\s*except\*?\s+[\w.]+\s*(,\s*[\w.]*[A-Z]\w*\s*)+:"),
        (3, 14),
        say("`except A, B` without parentheses"),
    ),
    (re.compile(r"\s*lazy\s+(import|from)\s+\w"), (3, 15), say("a `lazy import`")),
)


def newer(source: str, version: Version) -> list[Need]:
    """Syntax that needs a newer Python than `version`; [] where `version` or an older one runs it."""
    if sys.version_info[:2] <= version and _compiles(source):
        return []
    return [need for need in _needs(read(source)) if need.version > version]


def _needs(reading: CodeText) -> Iterator[Need]:
    nested, template = (
        say("an f-string with the same quotes, a backslash or a comment inside {{…}}"),
        say("a t-string"),
    )
    yield from (Need(line, PYTHON, nested, (3, 12)) for line in dict.fromkeys(reading.nested))
    yield from (Need(line, PYTHON, template, (3, 14)) for line in dict.fromkeys(reading.templates))
    for number, line in enumerate(reading.lines, start=1):
        for pattern, version, what in _LINES:
            if pattern.match(line):
                yield Need(number, PYTHON, what, version)
                break


def _compiles(source: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "rnn.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
