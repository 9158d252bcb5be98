"""The known misconceptions: one-line changes of `solutions/rnn.py`, and the modules they make."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from grader.faults import KitFault

SOLUTIONS = Path(__file__).parents[2] / "solutions"


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Old text, occurring exactly once, and what stands there instead."""

    old: str
    new: str
    also: tuple[str, ...] = ()  # cases that it may lose in this base besides


class Misconception(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One known mistake: its change, its hint, and the cases that it must lose."""

    name: str
    part: str
    family: str
    old: str
    new: str
    hint: dict[str, str]  # by language
    loses: tuple[str, ...]  # "q4_3/dW_hh"
    chance: tuple[str, ...] = ()  # cases that it loses from some starts of a training
    bases: dict[str, Change] = {}  # the same mistake in the other bases of the kill matrix
    file: str = "rnn.py"  # of `solutions/`, that it changes

    def source(self) -> str:
        """The reference with this mistake."""
        return changed(reference_source(self.file), Change(self.old, self.new), self.name)


@cache
def misconceptions() -> tuple[Misconception, ...]:
    """All of `solutions/misconceptions.toml`. Raises KitFault where it is not as it should be."""
    return _read("misconceptions.toml")


@cache
def optional_misconceptions() -> tuple[Misconception, ...]:
    """Those of the optional questions, `solutions/bonus_misconceptions.toml`. Raises as above."""
    return _read("bonus_misconceptions.toml")


def _read(file: str) -> tuple[Misconception, ...]:
    text = (SOLUTIONS / file).read_text(encoding="utf-8")
    try:
        found = msgspec.convert(tomllib.loads(text)["misconception"], tuple[Misconception, ...])
    except (KeyError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise KitFault(f"solutions/{file}: {error}") from error
    names = [one.name for one in found]
    if len(set(names)) != len(names):
        raise KitFault(f"solutions/{file}: a name occurs twice")
    return found


@cache
def reference_source(file: str = "rnn.py") -> str:
    """The text of the reference solution."""
    return (SOLUTIONS / file).read_text(encoding="utf-8")


def changed(source: str, change: Change, name: str) -> str:
    """The source with the change made. KitFault where the old text does not occur exactly once."""
    if source.count(change.old) != 1:
        raise KitFault(
            f"misconception {name}: its old text occurs {source.count(change.old)} times"
        )
    return source.replace(change.old, change.new)


def module(source: str, name: str) -> dict[str, Any]:
    """The names that a trusted source defines, run in this process."""
    namespace: dict[str, Any] = {"__name__": f"mutant_{name}"}
    exec(compile(source, f"<{name}>", "exec", dont_inherit=True), namespace)  # noqa: S102  # our own text, not a student's
    return namespace
