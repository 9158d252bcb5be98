"""Programs written by hand, without knowledge of the rules: what each deserves."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from tests.strangers.bases import STRANGERS


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mistake: the question it belongs to ("a|b": one of them), its lines, one sentence."""

    question: str
    lines: list[int]
    wrong: str


class Deserts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A `truth.toml`; questions in neither `lose` nor `keep` may follow from the mistake."""

    right: bool
    lose: list[str]
    keep: list[str]
    nothing: list[str] = []  # not a point of these
    faults: list[Fault] = []

    def missed(self, lost: set[str], asked: set[str]) -> list[str]:
        """Questions, of those asked, that should have lost points and did not."""
        due = [set(one.split("|")) for one in self.lose]
        return ["|".join(sorted(one)) for one in due if one <= asked and not one & lost]

    def unfair(self, lost: set[str]) -> list[str]:
        """Questions that lost points and should not have."""
        return sorted(set(self.keep) & lost)


def folders() -> list[Path]:
    return sorted(path.parent for path in STRANGERS.glob("*/truth.toml"))


def truth_of(folder: Path) -> Deserts:
    text = (folder / "truth.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Deserts)
