"""Mistakes in the optional questions, each made in one class of a correct variant."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from grader.matrix.subjects import Subject
from tests import PROGRAMS

FILE = Path(__file__).with_name("mistakes.toml")


class Edit(msgspec.Struct, frozen=True):
    """Old text, once in one class, and what stands there instead."""

    old: str
    new: str


class Mistake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mistake and what it deserves; `mistakes.toml` explains the keys."""

    name: str
    base: str
    question: str
    what: str
    loses: tuple[str, ...]
    says: tuple[str, ...]
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Asked(Subject):
    """A bonus.py that is asked one question."""

    only: tuple[str, ...] = ()

    def questions(self) -> tuple[str, ...]:
        return self.only


@cache
def mistakes() -> tuple[Mistake, ...]:
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))["mistake"]
    return msgspec.convert(found, tuple[Mistake, ...])


def subject(mistake: Mistake) -> Asked:
    """The program with the mistake in it. AssertionError where the edits fit no class, or several."""
    folder = PROGRAMS / "variants" / mistake.base
    return Asked(
        "",
        mistake.name,
        _edited((folder / "bonus.py").read_text(encoding="utf-8"), mistake),
        optional=True,
        program=(folder / "rnn.py").read_text(encoding="utf-8"),
        only=(mistake.question,),
    )


def _edited(source: str, mistake: Mistake) -> str:
    parts = [
        text
        for statement in ast.parse(source).body
        if (text := ast.get_source_segment(source, statement)) is not None
    ]
    fitting = [text for text in parts if all(text.count(edit.old) == 1 for edit in mistake.edits)]
    assert len(fitting) == 1, f"{mistake.name}: {len(fitting)} places"
    changed = fitting[0]
    for edit in mistake.edits:
        changed = changed.replace(edit.old, edit.new)
    return source.replace(fitting[0], changed)
