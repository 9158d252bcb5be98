"""`moodle.csv`: Grades > Import > CSV file; and the assignment's own worksheet, filled in.

`grade/import/csv/classes/load_data.php` of Moodle stops the whole import at the first id that it
does not know and at the first grade above 100, and writes a row with an empty id to the student of
the row before. `mod/assign/feedback/offline` needs its own Identifier column and passes over grades
above the assignment's maximum without a word. PHP reads a backslash before a quote as its own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.faults import BadFile
from grader.language import Message, say
from grader.reports.account import GradebookRow
from grader.reports.clean_message import points
from grader.reports.exports.export import Export, score
from grader.reports.tables import Cell, write_csv
from grader.results.student_ids import safe_id

NAME = "moodle.csv"
LEFT_OUT = "moodle-unknown.csv"
WORKSHEET = "moodle-worksheet.csv"
COLUMNS = ("ID number", "Full name", "Email address", "Grade", "Feedback comments")
MOST = 100.0  # unless an administrator has set "unlimited grades"

# Headings of the worksheet, in Moodle's English and its Simplified Chinese packs.
HEADINGS = {
    "identifier": ("Identifier", "标识符", "识别码"),
    "id": ("ID number", "ID号", "ID 号", "编号", "学号"),
    "email": ("Email address", "Email地址", "电子邮件地址", "电子邮件", "邮箱"),
    "grade": ("Grade", "成绩"),
    "most": ("Maximum Grade", "Maximum grade", "最高成绩", "最高分"),
    "modified": ("Last modified (grade)", "最后修改（教师）", "最后修改（成绩）"),
    "comments": ("Feedback comments", "评语反馈", "反馈评语"),
}
NEEDED = ("identifier", "grade", "modified")


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A grading worksheet as Moodle gave it, and where its columns are."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    named: Mapping[str, str]  # a key of HEADINGS -> the heading that stands there

    def cell(self, row: Mapping[str, str], key: str) -> str:
        return row.get(self.named.get(key, ""), "").strip()


def read_worksheet(text: str, name: str) -> Worksheet:
    """The worksheet. Raises BadFile where it is none of Moodle's."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), restkey="")
    columns = tuple(reader.fieldnames or ())
    named = {
        key: found
        for key, headings in HEADINGS.items()
        if (found := next((each for each in columns if each.strip() in headings), None)) is not None
    }
    missing = [HEADINGS[key][0] for key in NEEDED if key not in named]
    if not {"id", "email"} & named.keys():
        missing.append(HEADINGS["id"][0])
    if missing:
        raise BadFile(
            say(
                "{file}, line 1: there is no column {columns}. Download the grading worksheet from "
                "the Moodle assignment, with ID numbers shown, in English or Chinese.",
                file=name,
                columns=tuple(missing),
            )
        )
    rows = tuple({key: value or "" for key, value in row.items() if key} for row in reader)
    return Worksheet(columns, rows, named)


def write_moodle(export: Export) -> list[Message]:
    """Write `moodle.csv`, who is not in it, and the worksheet where one was given."""
    sent, left = export.split()
    write_csv(export.out / NAME, COLUMNS, _rows(export, sent), bom=False)
    notes = export.write_left_out(LEFT_OUT, left)
    if not export.book.course.roster:
        notes.append(
            say(
                "Without --roster nobody has checked that Moodle knows the ids in moodle.csv; it "
                "stops at the first that it does not know."
            )
        )
    if export.book.course.worksheet:
        notes += _write_worksheet(export, export.book.course.worksheet)
    return notes


def _rows(export: Export, sent: list[GradebookRow]) -> Iterator[tuple[Cell, ...]]:
    listed = export.book.course.listed
    for row in sent:
        grade, comment = _capped(export, row, MOST)
        student_id, _, email, *_ = listed.get(row.student_id, (row.student_id, "", ""))
        yield student_id, row.name, email, grade, comment


def _capped(export: Export, row: GradebookRow, most: float) -> tuple[float, str]:
    """The grade that Moodle takes, and the feedback, which says what was cut off."""
    total = score(row) or 0.0
    comment = export.feedback(row)
    if total > most:
        cut = say(
            "{total} points in all; Moodle takes at most {most}",
            total=points(total),
            most=points(most),
        )
        comment = " | ".join(filter(None, (export.say(cut), comment)))
    return min(total, most), _for_php(comment)


def _for_php(text: str) -> str:
    r"""No `\"`, which PHP's reader takes for an escaped quote; not at the cell's end either."""
    apart = text.replace('\\"', '\\ "')
    return f"{apart} ." if apart.endswith("\\") else apart


def _write_worksheet(export: Export, text: str) -> list[Message]:
    """Fill the worksheet in; every other cell stays as it came."""
    sheet = read_worksheet(text, WORKSHEET)
    listed = export.book.course.listed
    emails = {email: student_id for student_id, (_, _, email, *_) in listed.items() if email}
    filled, unmatched = 0, 0
    rows: list[tuple[Cell, ...]] = []
    for row in sheet.rows:
        written = sheet.cell(row, "id")
        known = safe_id(written) if written else emails.get(sheet.cell(row, "email").lower(), "")
        found = export.book.by_id.get(known)
        unmatched += found is None
        new: dict[str, Cell] = {**row}
        if found is not None and found.total is not None:
            filled += 1
            new |= _filled(export, sheet, row, found)
        rows.append(tuple(new.get(column, "") for column in sheet.columns))
    write_csv(export.out / WORKSHEET, sheet.columns, rows, bom=False)
    return [
        say(
            "moodle-worksheet.csv: {filled} of {all} rows have a grade; {unknown} students of it are not in this gradebook.",
            filled=filled,
            all=len(rows),
            unknown=unmatched,
        )
    ]


def _filled(
    export: Export, sheet: Worksheet, row: Mapping[str, str], found: GradebookRow
) -> dict[str, Cell]:
    try:
        most = float(sheet.cell(row, "most").replace(",", "."))
    except ValueError:
        most = MOST
    grade, comment = _capped(export, found, most)
    cells: dict[str, Cell] = {sheet.named["grade"]: grade}
    if "comments" in sheet.named:
        cells[sheet.named["comments"]] = comment
    return cells
