"""A course's settings: given once on the command line, kept in OUT's store, used ever after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from grader.language import Message, say
from grader.results.codec import decode, encode
from grader.results.reader import NAME, StoreReader
from grader.results.store import Store
from grader.results.student_ids import safe_id

FACT = "course"
NONE = "none"  # takes a setting back that was given once


@dataclass(frozen=True, slots=True)
class CourseSettings:
    """What was given; None where nothing was, and then `assignment.toml` or the locale decides."""

    deadline: str | None = None  # ISO 8601; empty: none
    late_penalty: float | None = None  # share of the automatic points per started day
    language: str | None = None
    formats: tuple[str, ...] | None = None
    roster: tuple[tuple[str, ...], ...] | None = None  # (id, name, e-mail, other accounts ...)
    assignment_id: str | None = None  # Canvas' number of the assignment
    worksheet: str | None = None  # Moodle's grading worksheet, as it was downloaded

    @property
    def listed(self) -> dict[str, tuple[str, ...]]:
        """The rows of the roster by the id that a student has in ours: 21-110-042 is 21110042 there."""
        return {safe_id(row[0]): row for row in self.roster or ()}

    def updated(self, given: CourseSettings) -> CourseSettings:
        """These settings, and over them what was given anew."""
        return replace(self, **dict(_set(given)))


def _set(course: CourseSettings) -> Iterator[tuple[str, Any]]:
    for field in fields(course):
        value = getattr(course, field.name)
        if value is not None:
            yield field.name, value


def kept(out: Path) -> CourseSettings:
    """The settings of an OUT folder; none where it is new."""
    if not (out / NAME).is_file():
        return CourseSettings()
    with StoreReader(out / NAME) as store:
        return of(store)


def of(store: StoreReader) -> CourseSettings:
    """The settings that a store keeps."""
    fact = store.fact(FACT)
    return decode(fact, CourseSettings) if fact else CourseSettings()


def keep(store: Store, given: CourseSettings) -> None:
    """Keep what was given, for every later run and report."""
    before = of(store)
    now = before.updated(given)
    if now != before:
        store.remember(FACT, encode(now))


def told(before: CourseSettings, given: CourseSettings) -> Iterator[Message]:
    """What changes with what was given, and what still holds from an earlier run."""
    for name, value in _set(before.updated(given)):
        new, old = _shown(name, value), _shown(name, getattr(before, name))
        if getattr(given, name) is None:
            yield say("{setting}, kept from before: {value}", setting=LABELS[name], value=new)
        elif getattr(before, name) is None:
            yield say("{setting}, kept from now on: {value}", setting=LABELS[name], value=new)
        elif value != getattr(before, name):
            yield say(
                "{setting} changed: {old} before, {new} from now on",
                setting=LABELS[name],
                old=old,
                new=new,
            )


def _shown(name: str, value: object) -> Message | str:
    if name == "roster" and isinstance(value, tuple):
        return say("{count} students", count=len(value))
    if name == "late_penalty" and isinstance(value, float):
        return say("{share} % per day", share=f"{100 * value:g}")
    if name == "worksheet" and isinstance(value, str):
        return say("{count} rows", count=max(value.strip().count("\n"), 0))
    if isinstance(value, tuple) and value:
        return Message("{parts}", {"parts": tuple(map(str, value))})
    return str(value or "") or say("none")


LABELS = {
    "deadline": say("deadline"),
    "late_penalty": say("late penalty"),
    "language": say("language"),
    "formats": say("export formats"),
    "roster": say("roster"),
    "assignment_id": say("Canvas assignment"),
    "worksheet": say("Moodle worksheet"),
}
