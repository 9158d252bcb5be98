"""Programs to compare: those that were written apart from each other, and the whole collection."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from difflib import SequenceMatcher
from functools import cache

from grader.integrity.similarity.handed_out import handed_out
from tests import ROOT

PROGRAMS = ROOT / "tests" / "programs"
# Identical lines in a row (as Python prints them, comments off) by which two programs have one source.
COPIED = 4
LEAST_LINE = 9  # characters: shorter lines ("return h") are nobody's


@cache
def collection() -> dict[str, str]:
    """Right programs by name: variants, bases, and the first of each stranger's hand."""
    files = [*PROGRAMS.glob("variants/*/rnn.py"), *PROGRAMS.glob("strangers/*/rnn.py")]
    named = {path.parent.name: path for path in sorted(files) if "_" not in path.parent.name}
    named |= {f"base-{path.stem}": path for path in sorted(PROGRAMS.glob("bases/*.py"))}
    return {name: path.read_text(encoding="utf-8") for name, path in named.items()}


@cache
def written_apart() -> dict[str, str]:
    """A largest set, greedily chosen, of which no two have `COPIED` identical lines in a row.

    Nor any with the reference: the kit's variants that were made from it are no stranger's work.
    """
    given = [_lines(text) for text in handed_out().programs]
    common = {line for text in given for line in text}
    programs = {
        name: text
        for name, text in collection().items()
        if all(_run(_lines(text), each) < COPIED for each in given)
    }
    lines = {
        name: [line for line in _lines(text) if line not in common]
        for name, text in programs.items()
    }
    copies = {name: set(_copies(name, lines)) for name in programs}
    chosen: list[str] = []
    for name in sorted(programs, key=lambda name: (len(copies[name]), name)):
        if not copies[name] & set(chosen):
            chosen.append(name)
    return {name: programs[name] for name in sorted(chosen)}


def _copies(name: str, lines: dict[str, list[str]]) -> Iterator[str]:
    for other, theirs in lines.items():
        if other != name and _run(*sorted((lines[name], theirs))) >= COPIED:
            yield other


def _run(one: list[str], other: list[str]) -> int:
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size


def _lines(text: str) -> list[str]:
    with suppress(SyntaxError):
        text = ast.unparse(ast.parse(text))
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if len(line) >= LEAST_LINE]
