"""The gradebook as learning management systems read it: Canvas, Moodle, Gradescope.

Column names are each system's own, as its importer asks for them: Canvas
`lib/gradebook_importer.rb`, Moodle `mod/assign/feedback/offline/importgradeslib.php`, Gradescope
"Autograder Specifications", output format.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.assignment import Assignment
from grader.faults import KitFault
from grader.language import render, say
from grader.records import CaseResult, Grade, Verdict
from grader.reports import gradebook
from grader.reports.clean_message import points
from grader.reports.gradebook import GradebookRow
from grader.reports.tables import Cell, write_csv
from grader.results import documents
from grader.results.files import file_names
from grader.results.reader import StoreReader
from grader.written.scores import Written

WORKSHEET = "moodle-worksheet.csv"
MOODLE_COLUMNS = (
    "Identifier",
    "Full name",
    "ID number",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)


@dataclass(frozen=True, slots=True)
class Export:
    """What an export is made from."""

    store: StoreReader
    out: Path
    language: str
    assignment: Assignment
    scored: Written

    @property
    def possible(self) -> float:
        """The points that count here: of the automatic part alone until a person has scored."""
        with_written = bool(self.scored.rows)
        questions = self.assignment.questions if with_written else self.assignment.automatic
        return sum(question.points for question in questions)

    @property
    def title(self) -> str:
        return self.assignment.assignment.title[self.language]

    def entries(self) -> Iterator[GradebookRow]:
        return gradebook.entries(self.store, self.scored, self.assignment)


def write(name: str, store: StoreReader, out: Path, language: str, assignment: Assignment) -> Path:
    """Write one export and give back where. `name`: a key of FORMATS.

    Raises KitFault where a worksheet that is to be filled in cannot be.
    """
    scored = gradebook.read_written(store, out, assignment)
    return FORMATS[name](Export(store, out, language, assignment, scored))


def write_canvas(export: Export) -> Path:
    """`canvas.csv`: Grades > Import. Students are found by SIS id or login; no score, no change."""
    path = export.out / "canvas.csv"
    columns = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", export.title)
    # The importer knows this row by its words.
    possible: tuple[Cell, ...] = ("Points Possible", "", "", "", "", export.possible)
    students = (
        (each.name, "", each.student_id, each.student_id, "", _score(each))
        for each in export.entries()
    )
    write_csv(path, columns, (possible, *students), bom=False)
    return path


def write_moodle(export: Export) -> Path:
    """`moodle.csv`: the assignment's own grading worksheet, filled in, where OUT holds one.

    Else a table for Grades > Import > CSV file, which finds users by "ID number".
    """
    path = export.out / "moodle.csv"
    worksheet = export.out / WORKSHEET
    if worksheet.is_file():
        columns, rows = _filled(export, worksheet)
        write_csv(path, columns, rows, bom=False)
    else:
        write_csv(path, MOODLE_COLUMNS, _moodle_rows(export), bom=False)
    return path


def _moodle_rows(export: Export) -> Iterator[tuple[Cell, ...]]:
    for each in export.entries():
        who = ("", each.name, each.student_id, "")
        status = "Submitted for grading" if each.submitted_at or each.sha256 else "No submission"
        grade = (status, _score(each), export.possible, "Yes")
        yield (*who, *grade, each.submitted_at, "", _feedback(each))


def _filled(export: Export, worksheet: Path) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Moodle's worksheet with grades and feedback; every other cell as it came.

    Only Moodle knows the Identifier of a student, so only its own worksheet has it.
    """
    reader = csv.DictReader(io.StringIO(worksheet.read_text(encoding="utf-8-sig"), newline=""))
    columns = list(reader.fieldnames or ())
    for needed in ("Identifier", "ID number", "Grade", "Last modified (grade)"):
        if needed not in columns:
            raise KitFault(
                say(
                    "{file} has no column {column}. Download the grading worksheet with Moodle's "
                    "language set to English and with ID numbers shown.",
                    file=worksheet.name,
                    column=needed,
                )
            )
    by_id = {each.student_id: each for each in export.entries()}
    rows = []
    for row in reader:
        each = by_id.get((row["ID number"] or "").strip())
        score = _score(each) if each else None
        new: dict[str, Cell] = dict(row)
        if each and score is not None:
            new |= {"Grade": score, "Feedback comments": _feedback(each)}
        rows.append(tuple(new[column] for column in columns))
    return columns, rows


def write_gradescope(export: Export) -> Path:
    """`gradescope/<student_id>/results.json`: per question, its public and its hidden cases."""
    folder = export.out / "gradescope"
    names = file_names(export.store.student_ids())
    for grade in export.store.grades():
        if grade.questions:
            path = folder / names[grade.student_id] / "results.json"
            documents.write(path, gradescope(grade, export.language))
    return folder


def gradescope(grade: Grade, language: str) -> dict[str, Any]:
    """One grade in Gradescope's results.json. Gradescope shows no total while a test is hidden."""
    notes = [render(note, language) for note in grade.notes]
    return {
        "score": grade.auto,
        "execution_time": round(grade.seconds, 3),
        "output": "\n".join(notes),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            test
            for question in grade.questions
            for hidden in (False, True)
            if (test := _test(question.name, question.cases, language, hidden=hidden))
        ],
    }


def _test(
    name: str, every: tuple[CaseResult, ...], language: str, *, hidden: bool
) -> dict[str, Any] | None:
    cases = [case for case in every if case.hidden is hidden]
    if not cases:
        return None
    passed = all(case.verdict is Verdict.PASSED for case in cases)
    lines = (
        f"{case.name}: {case.verdict.value}"
        + "".join(f"\n  {render(each, language)}" for each in (case.message, case.hint) if each)
        for case in cases
    )
    return {
        "name": f"{name} - {'Hidden' if hidden else 'Public'}",
        "name_format": "text",
        "number": f"{name.removeprefix('q').replace('_', '.')}.{2 if hidden else 1}",
        "score": round(sum(case.points for case in cases), 4),
        "max_score": round(sum(case.possible for case in cases), 4),
        "status": "passed" if passed else "failed",
        "output": "\n".join(lines),
        "output_format": "text",
        "visibility": "hidden" if hidden else "visible",
    }


def _score(each: GradebookRow) -> float | None:
    """Two decimals: as many as Canvas and Moodle keep."""
    return None if each.total is None else round(each.total, 2)


def _feedback(each: GradebookRow) -> str:
    scores = ", ".join(f"{name} {points(score)}" for name, score in each.scores.items())
    return " | ".join(part for part in (scores, each.comment) if part)


FORMATS: dict[str, Callable[[Export], Path]] = {
    "canvas": write_canvas,
    "moodle": write_moodle,
    "gradescope": write_gradescope,
}
