"""What a folder of `tests/programs/` says it deserves, and what a grade gave it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from grader.records import Grade, Submission, Verdict
from tests import PROGRAMS


class Deserved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`expect.toml` of a program that is graded: exactly `fails` fail ("q4_3/dW_hh"), or "all".

    `reviews` are exactly the cases that go to a person;
    `chance` names cases that the start of a training decides where the program itself is wrong;
    `diagnoses` are among those told, `score` and `status` what they are where they are given.
    """

    why: str
    fails: list[str] | Literal["all"]
    chance: list[str] = []
    reviews: list[str] | None = None
    diagnoses: list[str] = []
    score: float | None = None
    status: str | None = None


class Repelled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`expect.toml` of an attack: how a call of it ends, and the cases that still give points."""

    outcome: str | list[str]  # several where tiers stop it in different ways
    plain: bool  # may run without confinement
    earns: list[str]
    load: str = ""  # how the import ends, where it does not go well
    short: bool = False  # is to be stopped: short limits


Schema = TypeVar("Schema", Deserved, Repelled)


def read(folder: Path, schema: type[Schema]) -> Schema:
    """The folder's `expect.toml`; a wrong key or type names file and key."""
    path = folder / "expect.toml"
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), schema)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise AssertionError(f"{path.relative_to(PROGRAMS)}: {error}") from error


def submission_of(folder: Path) -> Submission:
    source = (folder / "rnn.py").read_text(encoding="utf-8")
    bonus = folder / "bonus.py"
    extra = bonus.read_text(encoding="utf-8") if bonus.is_file() else None
    return Submission(student_id=folder.name, name=folder.name, source=source, bonus=extra)


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


def assert_deserved(grade: Grade, expected: Deserved) -> None:
    """Exactly these cases fail; score, diagnoses and status where the folder states them."""
    wanted = every_case(grade) if expected.fails == "all" else set(expected.fails)
    words = {
        f"{question.name}/{case.name}": f"{case.verdict}: {case.message}"
        for question in grade.questions
        for case in question.cases
    }
    unfair = sorted(failing(grade) - wanted - set(expected.chance))
    missed = sorted(wanted - failing(grade))
    assert not unfair, [f"{name}: {words[name]}" for name in unfair]
    assert not missed, missed
    if expected.score is not None:
        assert grade.auto == expected.score
    assert set(expected.diagnoses) <= set(grade.diagnoses), grade.diagnoses
    if expected.status is not None:
        assert grade.status == expected.status
