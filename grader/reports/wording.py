"""The words around a grade that are no part of it: question titles and hints, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wording:
    """What reports call things.

    `questions`: question name -> title. `possible`: question name -> automatic points with the
    hidden cases. `written`: question name -> points that a person gives. `hints`: misconception
    name -> (title, hint).
    """

    language: str
    questions: Mapping[str, str] = field(default_factory=dict)
    possible: Mapping[str, float] = field(default_factory=dict)
    written: Mapping[str, float] = field(default_factory=dict)
    hints: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def title(self, question: str) -> str:
        return self.questions.get(question, question)

    def misconception(self, name: str) -> str:
        """Its title; its name in plain words where nobody wrote one."""
        title, _ = self.hints.get(name, ("", ""))
        return title or name.replace("_", " ").replace("-", " ")

    def hint(self, name: str) -> str:
        return self.hints.get(name, ("", ""))[1]
