"""The words around a grade that are no part of it: question titles and hints, in one language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from grader.assignment import load

# Beside the package, and only with the instructor: hints come without the wrong lines.
MISCONCEPTIONS = Path(__file__).parents[2] / "solutions" / "misconceptions.toml"


@dataclass(frozen=True, slots=True)
class Wording:
    """What reports call things.

    `questions`: question name -> title. `possible`: question name -> automatic points with the
    hidden cases. `written`: question name -> points that a person gives. `hints`: misconception
    name -> (title, hint). `oral`: points of the oral exam in the total; 0: it is kept apart.
    """

    language: str
    questions: Mapping[str, str] = field(default_factory=dict)
    possible: Mapping[str, float] = field(default_factory=dict)
    written: Mapping[str, float] = field(default_factory=dict)
    hints: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    oral: float = 0.0

    def title(self, question: str) -> str:
        return self.questions.get(question, question)

    def misconception(self, name: str) -> str:
        """Its title; where nobody wrote one what its hint says first, else its name in plain words."""
        title, hint = self.hints.get(name, ("", ""))
        return title or first_statement(hint) or name.replace("_", " ").replace("-", " ")

    def hint(self, name: str) -> str:
        return self.hints.get(name, ("", ""))[1]

    def explanation(self, name: str) -> str:
        """What its hint says beyond `misconception`."""
        said = self.misconception(name)
        rest = self.hint(name).removeprefix(said).lstrip(".:;。：； ")
        return rest[:1].upper() + rest[1:]


def first_statement(hint: str) -> str:
    """What stands before the first full stop, colon or semicolon, in either language."""
    return re.split(r"[.:;](?=\s|$)|[。：；]", hint.strip(), maxsplit=1)[0]


def load_wording(language: str, misconceptions: Path = MISCONCEPTIONS) -> Wording:
    """Read titles and points from `assignment.toml`, hints from the misconceptions where present."""
    questions = load().questions
    return Wording(
        language=language,
        questions={question.name: question.title[language] for question in questions},
        possible={question.name: question.points for question in load().automatic},
        written={question.name: question.points for question in questions if question.written},
        hints=load_hints(language, misconceptions),
        oral=load().assignment.oral,
    )


@cache
def load_hints(language: str, path: Path) -> dict[str, tuple[str, str]]:
    """Read {name: (title, hint)}; empty where the file is not there, as in a handout."""
    if not path.is_file():
        return {}
    entries: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["misconception"]
    return {
        entry["name"]: (entry.get("title", {}).get(language, ""), entry["hint"][language])
        for entry in entries
    }
