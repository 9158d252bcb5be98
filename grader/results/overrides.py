"""`OUT/overrides.csv`: what a person decides about one student, each with its reason.

Columns: student_id, what, value, reason. `what` is one of

    extension  value: the student's own deadline (2025-12-05, 2025-12-05T18:00+08:00) or "3 days"
    excuse     nothing is missing from this student
    waive      the late penalty is not taken off
    file       value: name or SHA-256 of the file that counts
    owner      value: name or SHA-256 of a file that is this student's
    merge      value: another id under which this student sent work
    alike      value: another student's id; what `similar` found of the two was looked at and is fine

Each row is checked by itself: one that cannot be is reported with its line, the others count.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from difflib import get_close_matches
from pathlib import Path

from grader.language import Message, say
from grader.records import FileRecord, Problem
from grader.results import sheets
from grader.results.sheets import Line, plain

NAME = "overrides.csv"
COLUMNS = ("student_id", "what", "value", "reason")
EXTENSION, EXCUSE, WAIVE, FILE, OWNER, MERGE, ALIKE = KINDS = (
    "extension",
    "excuse",
    "waive",
    "file",
    "owner",
    "merge",
    "alike",
)
# What people write for them, Chinese among it.
ALIASES = {
    "extend": EXTENSION,
    "延期": EXTENSION,
    "excused": EXCUSE,
    "免交": EXCUSE,
    "waiver": WAIVE,
    "waived": WAIVE,
    "waive penalty": WAIVE,
    "waived penalty": WAIVE,
    "penalty": WAIVE,
    "免罚": WAIVE,
    "文件": FILE,
    "归属": OWNER,
    "合并": MERGE,
    "相似": ALIKE,
    "雷同": ALIKE,
}
# They decide what is read, so only `grade`, which reads, can use them fully.
READING = (EXTENSION, FILE, OWNER, MERGE)
ONCE = (EXTENSION, EXCUSE, WAIVE)
PERIOD = re.compile(r"\+?\s*(\d+(?:\.\d+)?)\s*(d|days?|天|日|h|hours?|小时)?", re.IGNORECASE)
DIGEST = re.compile(r"[0-9a-f]{8,64}")
_DAY = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:[ T]*(?P<hour>\d{1,2}):(?P<rest>\d\d\S*))?"
)
LONGEST = 366.0  # days of an extension; more is a slip of the keyboard


@dataclass(frozen=True, slots=True)
class Override:
    """One decision, as the person wrote it."""

    student_id: str
    what: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Context:
    """What rows are checked against; None: not known yet."""

    deadline: str = ""
    ids: Collection[str] | None = None
    files: Collection[FileRecord] | None = None


@dataclass(frozen=True, slots=True)
class Overrides:
    """The rows that count, and what was wrong with the others."""

    rows: tuple[Override, ...] = ()
    problems: tuple[Problem, ...] = ()
    by_student: Mapping[str, tuple[Override, ...]] = field(default_factory=dict)

    def of(self, student_id: str) -> tuple[Override, ...]:
        return self.by_student.get(student_id, ())

    def has(self, student_id: str, what: str) -> bool:
        return any(row.what == what for row in self.of(student_id))

    def deadline(self, student_id: str, deadline: str) -> str:
        """The student's own deadline in ISO 8601: the course's, unless it was extended."""
        for row in self.of(student_id):
            if row.what == EXTENSION and (moment := extended(row.value, deadline)):
                return moment.isoformat()
        return deadline

    def values(self, student_id: str, what: str) -> tuple[str, ...]:
        return tuple(row.value for row in self.of(student_id) if row.what == what)

    def owner(self, name: str, sha256: str) -> str:
        """Whose a file is, where somebody decided it; else empty."""
        return next(
            (
                row.student_id
                for row in self.rows
                if row.what == OWNER and refers(row.value, name, sha256)
            ),
            "",
        )

    def merged(self, student_id: str) -> str:
        """The id that another id's work counts for, where somebody decided it; else the same."""
        return next(
            (row.student_id for row in self.rows if row.what == MERGE and row.value == student_id),
            student_id,
        )


def read(path: Path, context: Context) -> Overrides:
    """Read and check `overrides.csv`; nothing where there is none."""
    sheet = sheets.read(path, COLUMNS[:3])
    if sheet is None:
        return Overrides()
    if sheet.mistake:
        return Overrides(problems=(sheet.problem(sheet.mistake),))
    rows: list[Override] = []
    problems: list[Problem] = []
    for line in sheet.lines:
        row = _row(line)
        mistake = _mistake(line, row, rows, context)
        if mistake is None:
            rows.append(row)
        else:
            problems.append(sheet.problem(mistake, row.student_id))
    return gathered(rows, problems)


def gathered(rows: Collection[Override], problems: Collection[Problem] = ()) -> Overrides:
    """The rows, to be asked by student."""
    by_student: dict[str, tuple[Override, ...]] = {}
    for row in rows:
        by_student[row.student_id] = (*by_student.get(row.student_id, ()), row)
    return Overrides(tuple(rows), tuple(problems), by_student)


def _row(line: Line) -> Override:
    what = plain(line.cells["what"]).lower().replace("_", " ")
    value = plain(line.cells["value"])
    what = ALIASES.get(what, what)
    if what in (MERGE, ALIKE):
        value = sheets.id_in(value)
    return Override(line.student_id, what, value, " ".join(line.cells.get("reason", "").split()))


def _mistake(line: Line, row: Override, before: list[Override], context: Context) -> Message | None:
    """The first thing that is wrong with a row, with its line and what to write instead."""
    number = line.number
    if not row.student_id:
        return say("line {line}: there is no student id.", line=number)
    if row.what not in KINDS:
        return _no_such_kind(number, row.what)
    if line.extra:
        return say(
            "line {line}: it has more cells than columns; put a reason with commas in quotes.",
            line=number,
        )
    # A file may be its owner's first.
    if context.ids is not None and row.what != OWNER and row.student_id not in context.ids:
        return say("line {line}: nobody here has the id {id}.", line=number, id=row.student_id)
    if row.what in ONCE and any(
        (one.student_id, one.what) == (row.student_id, row.what) for one in before
    ):
        return say(
            "line {line}: {id} has one {what} already; keep one.",
            line=number,
            what=row.what,
            id=row.student_id,
        )
    return next(_bad_value(number, row, context), None)


def _no_such_kind(number: int, what: str) -> Message:
    meant = get_close_matches(what, KINDS, 1)
    return say(
        "line {line}, what: there is no {what}; write {kinds}.",
        line=number,
        what=what or "“”",
        kinds=meant[0] if meant else tuple(KINDS),
    )


def _bad_value(number: int, row: Override, context: Context) -> Iterator[Message]:
    if row.what == EXTENSION:
        yield from _bad_extension(number, row.value, context.deadline)
    elif row.what in (FILE, OWNER):
        known = context.files
        if not row.value:
            yield say("line {line}, value: name the file, or give its SHA-256.", line=number)
        elif known is not None and not any(
            refers(row.value, each.name, each.sha256) for each in known
        ):
            yield say(
                "line {line}, value: no file {file} came in; copy its name from problems.csv or superseded.csv.",
                line=number,
                file=row.value,
            )
    elif row.what == MERGE and (not row.value or row.value == row.student_id):
        yield say("line {line}, value: give the other id of the same student.", line=number)
    elif row.what == ALIKE and (not row.value or row.value == row.student_id):
        yield say("line {line}, value: give the id of the other student.", line=number)
    elif row.what in (EXCUSE, WAIVE) and row.value.lower() not in ("", "yes", "1", "true", "是"):
        yield say("line {line}, value: leave it empty for {what}.", line=number, what=row.what)


def _bad_extension(number: int, value: str, deadline: str) -> Iterator[Message]:
    period = PERIOD.fullmatch(value)
    if period and not deadline:
        yield say(
            "line {line}, value: there is no deadline to extend by {value}; write a date.",
            line=number,
            value=value,
        )
    elif extended(value, deadline) is None:
        yield say(
            "line {line}, value: {value} is no time like 2025-12-05 or 2025-12-05T18:00+08:00, and no period like 3 days.",
            line=number,
            value=value or "“”",
        )


def extended(value: str, deadline: str) -> datetime | None:
    """The extended deadline; None where the value is none."""
    period = PERIOD.fullmatch(value)
    if not period:
        return moment(value, deadline)
    hours = float(period[1]) * (1 if (period[2] or "d").lower()[0] in "h小" else 24)
    due = moment(deadline)
    return due + timedelta(hours=hours) if due and hours <= LONGEST * 24 else None


def moment(text: str, beside: str = "") -> datetime | None:
    """A time with its offset; a day means its last second.

    Without an offset it is in the time of `beside`, another time, or else in local time.
    """
    text = _iso(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) <= len("2025-12-05"):
        found = datetime.combine(found.date(), time(23, 59, 59))
    other = moment(beside) if beside and not found.tzinfo else None
    if other is not None:
        return found.replace(tzinfo=other.tzinfo)
    return found if found.tzinfo else found.astimezone()


def _iso(text: str) -> str:
    """2025/12/5 18:00, as a spreadsheet rewrites a day, and 2025年12月5日 in ISO 8601."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return text
    day = f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}"
    return f"{day}T{found['hour']:0>2}:{found['rest']}" if found["hour"] else day


def refers(value: str, name: str, sha256: str) -> bool:
    """Whether a person's words mean this file: its name or path, or the start of its SHA-256."""
    if DIGEST.fullmatch(value.lower()) and sha256.startswith(value.lower()):
        return True
    said, stored = (each.replace("\\", "/").strip("/") for each in (value, name))
    return said == stored or stored.endswith(f"/{said}")
