"""The class list: a CSV with ids, names and mail addresses, as Excel and school systems write it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from grader.faults import KitFault
from grader.intake.collection import RosterRow
from grader.intake.people.names import Identity
from grader.intake.reading.decoding import Unreadable, decode
from grader.intake.reading.filenames import normalise

_COLUMNS = {
    "student_id": {
        "id",
        "studentid",
        "studentno",
        "number",
        "no",
        "sid",
        "学号",
        "学生学号",
        "编号",
    },
    "name": {"name", "fullname", "studentname", "student", "姓名", "学生姓名", "名字"},
    "email": {"email", "mail", "emailaddress", "邮箱", "邮件", "电子邮箱", "电子邮件", "邮箱地址"},
}


def read_roster(path: Path) -> tuple[RosterRow, ...]:
    """The students in the file's order. Raises `KitFault` that names the file and what to do."""
    try:
        text = decode(path.read_bytes()).text
    except (OSError, Unreadable) as error:
        raise KitFault(
            f"{path}: {error} The roster must be a CSV file (id, name, e-mail)."
        ) from error
    rows = [
        row for row in csv.reader(text.splitlines(), _dialect(text)) if any(map(str.strip, row))
    ]
    if not rows:
        raise KitFault(f"{path}: the roster has no rows.")
    columns = _header(rows[0])
    if columns is None:
        raise KitFault(f"{path}: no column for the student id; name it `id` or `学号`.")
    students = tuple(_student(row, columns) for row in rows[1:])
    _refuse_doubles(path, students)
    return tuple(student for student in students if student.student_id)


def _dialect(text: str) -> type[csv.Dialect]:
    class Dialect(csv.excel):
        delimiter = max(",\t;", key=text.partition("\n")[0].count)

    return Dialect


def _header(row: Sequence[str]) -> dict[str, int] | None:
    """Position of each column by its heading; None where none holds the id."""
    headings = [re.sub(r"[\W_]", "", normalise(cell)).casefold() for cell in row]
    columns = {
        field: position
        for field, names in _COLUMNS.items()
        for position, heading in reversed(list(enumerate(headings)))
        if heading in names
    }
    return columns if "student_id" in columns else None


def _student(row: Sequence[str], columns: dict[str, int]) -> RosterRow:
    cells = {
        field: row[position] if position < len(row) else "" for field, position in columns.items()
    }
    # Excel keeps ids as text by ="2023001", '2023001 or a tab, or turns them into 2023001.0.
    student_id = re.sub(r"""^[='"]+|["']+$|\.0$""", "", normalise(cells["student_id"]))
    return RosterRow(
        student_id, normalise(cells.get("name", "")), normalise(cells.get("email", "")).lower()
    )


def _refuse_doubles(path: Path, students: Sequence[RosterRow]) -> None:
    counts = Counter(student.student_id.casefold() for student in students if student.student_id)
    if doubles := [student_id for student_id, count in counts.items() if count > 1]:
        raise KitFault(f"{path}: ids that stand there twice: {', '.join(doubles[:5])}.")


class Register:
    """The roster, looked up by id, name or address; empty where there is none."""

    def __init__(self, roster: Sequence[RosterRow] | None) -> None:
        self.students = tuple(roster or ())
        self._by_id = {student.student_id.casefold(): student for student in self.students}
        self._by_email = {student.email: student for student in self.students if student.email}
        names = Counter(_identity(student).name_key for student in self.students)
        self._by_name = {
            _identity(student).name_key: student
            for student in self.students
            if names[_identity(student).name_key] == 1 and student.name
        }
        self.names = frozenset(filter(None, names))

    def by_id(self, student_id: str) -> RosterRow | None:
        return self._by_id.get(student_id.casefold())

    def by_email(self, email: str) -> RosterRow | None:
        return self._by_email.get(email)

    def by_name(self, identity: Identity) -> RosterRow | None:
        """The only student of that name."""
        return self._by_name.get(identity.name_key)


def _identity(student: RosterRow) -> Identity:
    return Identity(student.student_id, student.name)
