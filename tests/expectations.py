"""What a folder of `tests/programs/` says it deserves, and what a grade gave it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.records import Grade, Submission, Verdict
from tests import PROGRAMS

KNOWN = {
    "chance",
    "style",
    "why",
    "fails",
    "score",
    "diagnoses",
    "status",
    "notes",
    "tier",
    "bugs",
    "questions",
    "verdicts",
}


@dataclass(frozen=True)
class Expectation:
    """`fails` names exactly the cases that fail ("q4_3/dW_hh"), or is "all".

    `chance` names those that the start of a training decides where the program itself is wrong.
    """

    name: str
    source: str
    fails: Any
    chance: frozenset[str] = frozenset()
    score: float | None = None
    diagnoses: list[str] = field(default_factory=list)
    status: str | None = None

    def submission(self) -> Submission:
        return Submission(student_id=self.name, name=self.name, source=self.source)


def load(folder: Path) -> Expectation:
    expected = tomllib.loads((folder / "expect.toml").read_text(encoding="utf-8"))
    unknown = expected.keys() - KNOWN
    assert not unknown, f"{folder.name}/expect.toml: unknown {unknown}"
    return Expectation(
        name=folder.name,
        source=(folder / "rnn.py").read_text(encoding="utf-8"),
        fails=expected["fails"],
        chance=frozenset(expected.get("chance", ())),
        score=expected.get("score"),
        diagnoses=expected.get("diagnoses", []),
        status=expected.get("status"),
    )


def folders(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in PROGRAMS.glob(pattern))


def failing(grade: Grade) -> set[str]:
    return {
        f"{question.name}/{case.name}"
        for question in grade.questions
        for case in question.cases
        if case.verdict is not Verdict.PASSED
    }


def every_case(grade: Grade) -> set[str]:
    return {
        f"{question.name}/{case.name}" for question in grade.questions for case in question.cases
    }


def assert_deserved(grade: Grade, expected: Expectation) -> None:
    """Exactly these cases fail; score, diagnoses and status where the folder states them."""
    wanted = every_case(grade) if expected.fails == "all" else set(expected.fails)
    words = {
        f"{question.name}/{case.name}": f"{case.verdict}: {case.message}"
        for question in grade.questions
        for case in question.cases
    }
    unfair = sorted(failing(grade) - wanted - expected.chance)
    missed = sorted(wanted - failing(grade))
    assert not unfair, [f"{name}: {words[name]}" for name in unfair]
    assert not missed, missed
    if expected.score is not None:
        assert grade.auto == expected.score
    assert set(expected.diagnoses) <= set(grade.diagnoses), grade.diagnoses
    if expected.status is not None:
        assert grade.status == expected.status
