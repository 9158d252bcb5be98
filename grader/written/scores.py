"""`OUT/written.csv`: the points that a person gave for the written questions and the bonus.

Columns: student_id, one per written question, bonus, comment; `oral` where there was an exam. A
row that cannot be believed is left out as a whole and reported with its line; the others count.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.language import Message, say
from grader.records import Problem
from grader.results import sheets
from grader.results.sheets import Line, plain

NAME = "written.csv"
APART = ("bonus", "oral")  # beside the written questions


@dataclass(frozen=True, slots=True)
class SectionScore:
    """What a reader gave for one section on the scoring page, and why."""

    number: str
    points: float
    most: float
    reasons: tuple[tuple[float, Mapping[str, str]], ...] = ()  # points and words by language
    comment: str = ""


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """What one student got. An empty cell is a question that nobody has scored yet."""

    scores: Mapping[str, float]
    bonus: float | None = None
    comment: str = ""
    oral: float | None = None
    sections: tuple[SectionScore, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """The rows that count, by student id, and what was wrong with the others."""

    rows: Mapping[str, WrittenRow] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class _BadRowError(Exception):
    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


def read(
    path: Path, limits: Mapping[str, float], known: Iterable[str], oral: float = math.inf
) -> Written:
    """Read and check `written.csv`; nothing where there is none.

    `limits`: the most points per column, among them "bonus". `known`: the ids in the gradebook.
    `oral`: the most points of an exam, whose column may be missing.
    """
    sheet = sheets.read(path, ("student_id", *limits))
    if sheet is None:
        return Written()
    if sheet.mistake:
        return Written({}, (sheet.problem(sheet.mistake),))
    if "oral" in sheet.columns:
        limits = {**limits, "oral": oral}
    rows: dict[str, WrittenRow] = {}
    problems: list[Problem] = []
    ids = set(known)
    for student_id, lines in _by_student(sheet.lines).items():
        try:
            rows[student_id] = _only(student_id, lines, limits, ids)
        except _BadRowError as error:
            problems.append(sheet.problem(error.reason, student_id))
    return Written(rows, tuple(problems))


def _by_student(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.student_id].append(line)
    return found


def _only(
    student_id: str, lines: list[Line], limits: Mapping[str, float], known: set[str]
) -> WrittenRow:
    line = lines[0]
    if not student_id:
        raise _BadRowError(say("line {line}: there is no student id.", line=line.number))
    if student_id not in known:
        raise _BadRowError(
            say("line {line}: nobody here has the id {id}.", line=line.number, id=student_id)
        )
    if len(lines) > 1:
        numbers = tuple(each.number for each in lines)
        raise _BadRowError(
            say("lines {lines}: {id} stands there more than once.", lines=numbers, id=student_id)
        )
    if line.extra:
        raise _BadRowError(
            say(
                "line {line}: it has more cells than columns; put 7,5 in quotes or write 7.5.",
                line=line.number,
            )
        )
    scores = dict(_scores(line, limits))
    return WrittenRow(
        {name: value for name, value in scores.items() if name not in APART},
        scores.get("bonus"),
        line.cells.get("comment", "").strip(),
        scores.get("oral"),
    )


def _scores(line: Line, limits: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    for name, most in limits.items():
        text = plain(line.cells[name])
        if not text:
            continue
        value = _number(text)
        if value is None:
            raise _BadRowError(
                say(
                    "line {line}, {column}: {text} is no number.",
                    line=line.number,
                    column=name,
                    text=text,
                )
            )
        if not 0 <= value <= most:
            raise _BadRowError(
                say(
                    "line {line}, {column}: {text} is not between 0 and {most:g}.",
                    line=line.number,
                    column=name,
                    text=text,
                    most=most,
                )
            )
        yield name, value


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        return None
    # float() also reads "nan", "inf" and "1_0".
    return value if math.isfinite(value) and "_" not in text else None
