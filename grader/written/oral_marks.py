"""`OUT/oral.csv`: what was given in the interview, 0 to 3 a question, and a note.

Columns: student_id, then "1" to "12" as the questions stand in the dossier, note; others (a name)
are for people. An empty cell is a question that was not asked. A row that cannot be believed is
left out as a whole and reported with its line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.language import Message, say
from grader.records import Problem
from grader.results import sheets
from grader.results.sheets import Line, plain

NAME = "oral.csv"
MOST_MARK = 3
QUESTIONS = tuple(str(number) for number in range(1, 13))
COLUMNS = ("student_id", "name", *QUESTIONS, "note")


def in_gradebook(mean: float, points: float) -> float:
    """A mean mark as the gradebook shows it: its share of the exam's points, itself where there are none."""
    return round(points * mean / MOST_MARK if points else mean, 4)


@dataclass(frozen=True, slots=True)
class OralRow:
    """One interview: the marks of the questions that were asked."""

    marks: tuple[int, ...]
    note: str = ""

    @property
    def mean(self) -> float:
        return sum(self.marks) / len(self.marks)


@dataclass(frozen=True, slots=True)
class OralMarks:
    """The interviews that count, by student id, and what was wrong with other rows."""

    rows: Mapping[str, OralRow] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read(path: Path, known: Iterable[str]) -> OralMarks:
    """Read and check `oral.csv`; nothing where there is none. `known`: ids in the gradebook."""
    sheet = sheets.read(path, ("student_id",))
    if sheet is None:
        return OralMarks()
    if sheet.mistake:
        return OralMarks({}, (sheet.problem(sheet.mistake),))
    ids, count = set(known), Counter(line.student_id for line in sheet.lines)
    rows: dict[str, OralRow] = {}
    problems: list[Problem] = []
    for line in sheet.lines:
        wrong = _who_is_wrong(line, ids, count) or next(_wrong_marks(line), None)
        if wrong is not None:
            problems.append(sheet.problem(wrong, line.student_id))
        elif marks := tuple(_marks(line)):
            rows[line.student_id] = OralRow(marks, line.cells.get("note", "").strip())
    return OralMarks(rows, tuple(problems))


def _who_is_wrong(line: Line, known: set[str], count: Mapping[str, int]) -> Message | None:
    if not line.student_id:
        return say("line {line}: there is no student id.", line=line.number)
    if line.student_id not in known:
        return say(
            "line {line}: nobody here has the id {id}.", line=line.number, id=line.student_id
        )
    if count[line.student_id] > 1:
        return say(
            "line {line}: {id} stands there more than once.", line=line.number, id=line.student_id
        )
    return None


def _given(line: Line) -> Iterator[tuple[str, str]]:
    for name in QUESTIONS:
        if text := plain(line.cells.get(name, "")):
            yield name, text


def _wrong_marks(line: Line) -> Iterator[Message]:
    for name, text in _given(line):
        if text not in {str(mark) for mark in range(MOST_MARK + 1)}:
            yield say(
                "line {line}, question {column}: {text} is none of 0, 1, 2, 3.",
                line=line.number, column=name, text=text,
            )  # fmt: skip


def _marks(line: Line) -> Iterator[int]:
    return (int(text) for _, text in _given(line))
