"""`canvas.csv`: Grades > Import.

`lib/gradebook_importer.rb` of Canvas finds an assignment by the number in `Title (number)`, else by
its whole title, else it makes a new one; and a student by the id, then the SIS id, then the login,
then by a *name* that is exactly the same. An empty cell takes a grade away. So the column names
the assignment's number, whoever has no score has no row, and no cell holds a bare name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.language import Message, say
from grader.reports.account import GradebookRow
from grader.reports.exports.export import Export, score
from grader.reports.tables import Cell, write_csv

NAME = "canvas.csv"
LEFT_OUT = "canvas-unknown.csv"
WHO = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POSSIBLE = "Points Possible"  # the importer knows this row by these words, wherever they stand
EXCUSED = "EX"


def write_canvas(export: Export) -> list[Message]:
    """Write `canvas.csv`, and who is not in it into `canvas-unknown.csv`."""
    sent, left = export.split()
    excused = [(row, reason) for row, reason in left if row.excused and row.total is None]
    listed = export.book.course.listed
    rows = [_row(listed, row, score(row)) for row in sent]
    rows += [_row(listed, row, EXCUSED) for row, _ in excused]
    possible: tuple[Cell, ...] = (POSSIBLE, "", "", "", "", export.possible)
    write_csv(export.out / NAME, (*WHO, _column(export)), (possible, *rows), bom=False)
    return [
        *_advice(export),
        *export.write_left_out(LEFT_OUT, [each for each in left if each not in excused]),
    ]


def _row(listed: Mapping[str, tuple[str, ...]], row: GradebookRow, grade: Cell) -> tuple[Cell, ...]:
    """With the id as the roster writes it."""
    student_id = listed.get(row.student_id, (row.student_id,))[0]
    return _who(row.name, student_id), "", student_id, student_id, "", grade


def _who(name: str, student_id: str) -> str:
    """A label that is nobody's name, so that an id unknown to Canvas meets nobody by chance."""
    return f"{student_id} {name.replace(POSSIBLE, 'Points-Possible')}".strip()


def _column(export: Export) -> str:
    if number := export.book.course.assignment_id:
        return f"{export.title} ({number})"
    # A number in brackets at the end would be taken for an assignment's own.
    return re.sub(r"\((\d+)\)$", r"[\1]", export.title)


def _advice(export: Export) -> Iterator[Message]:
    if not export.book.course.assignment_id:
        yield say(
            "canvas.csv makes a new assignment in Canvas; give --assignment-id, the number in the "
            "assignment's address, to fill in one that is there."
        )
    unscored = sum(1 for row in export.book.rows if row.total is not None and row.unscored)
    if unscored and any(row.written is not None for row in export.book.rows):
        yield say(
            "canvas.csv counts {points} points; {count} students have written answers without a score.",
            points=f"{export.possible:g}",
            count=unscored,
        )
