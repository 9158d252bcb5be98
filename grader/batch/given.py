"""What the command line gave of a course's settings: read, checked, ready to be kept in OUT."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from grader.faults import BadFile
from grader.intake.collection import RosterRow
from grader.intake.people.roster import read_roster
from grader.intake.reading.decoding import Unreadable, decode
from grader.language import say
from grader.reports.exports.to_moodle import read_worksheet
from grader.results import overrides
from grader.results.course import NONE, CourseSettings


class Given(Protocol):
    """The options that `grade` and `report` share; None, or empty, where nothing was given."""

    @property
    def lang(self) -> str | None: ...
    @property
    def roster(self) -> Path | None: ...
    @property
    def deadline(self) -> str | None: ...
    @property
    def late_penalty(self) -> float | None: ...
    @property
    def formats(self) -> tuple[str, ...]: ...
    @property
    def assignment_id(self) -> str | None: ...
    @property
    def worksheet(self) -> Path | None: ...


def given_settings(given: Given) -> CourseSettings:
    """The settings that were given. Raises BadFile for a roster or worksheet that is none."""
    roster = read_roster(given.roster) if given.roster else None
    return CourseSettings(
        deadline=_moment(given.deadline),
        late_penalty=given.late_penalty,
        language=given.lang,
        formats=_formats(given),
        roster=None if roster is None else _plain(roster),
        assignment_id=given.assignment_id,
        worksheet=_worksheet(given.worksheet) if given.worksheet else None,
    )


def _plain(roster: tuple[RosterRow, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple((each.student_id, each.name, each.email, *each.accounts) for each in roster)


def _moment(deadline: str | None) -> str | None:
    """With its offset: OUT may be read where the clock stands otherwise."""
    moment = overrides.moment(deadline) if deadline else None
    return moment.isoformat() if moment else deadline


def _formats(given: Given) -> tuple[str, ...] | None:
    """Those that were named; a worksheet or an assignment's number names its system besides."""
    if NONE in given.formats:
        return ()
    wanted = [*given.formats]
    wanted += ["moodle"] if given.worksheet else []
    wanted += ["canvas"] if given.assignment_id else []
    return tuple(dict.fromkeys(wanted)) or None


def _worksheet(path: Path) -> str:
    try:
        text = decode(path.read_bytes()).text
    except (OSError, Unreadable) as error:
        raise BadFile(
            say("{file} cannot be read: {reason}", file=str(path), reason=str(error))
        ) from error
    read_worksheet(text, path.name)
    return text
