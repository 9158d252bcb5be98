"""How learning management systems read a gradebook, written anew from their published rules.

Canvas: `lib/gradebook_importer.rb`. Moodle: `grade/import/csv/classes/load_data.php`,
`mod/assign/feedback/offline/importgradeslib.php` and `locallib.php`, and PHP's `fgetcsv`.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CanvasUser:
    """A student as Canvas knows one."""

    name: str
    sis_id: str = ""
    login: str = ""


@dataclass
class CanvasCourse:
    """A course with its students (by Canvas' own number) and assignments (number -> title)."""

    users: dict[int, CanvasUser]
    assignments: dict[int, str]
    grades: dict[tuple[int | str, int | str], str] = field(default_factory=dict)
    points: dict[int | str, str] = field(default_factory=dict)
    new_assignments: list[str] = field(default_factory=list)
    new_students: list[str] = field(default_factory=list)

    def import_csv(self, data: bytes) -> None:
        rows = [row for row in csv.reader(io.StringIO(data.decode("utf-8"), newline="")) if row]
        header = rows[0]
        assert len(header) > 3
        assert "Student" in header[0]
        assert "ID" in header[1]
        assert re.search(r"SIS\s+User\s+ID", header[2])
        assert re.search(r"SIS\s+Login\s+ID", header[3])
        assert "Section" in header[4]
        columns = {place: self._assignment(header[place]) for place in range(5, len(header))}
        for row in rows[1:]:
            if "Points Possible" in row[0]:
                self.points |= {columns[place]: row[place] for place in columns if row[place]}
                continue
            student = self._student(row)
            for place, assignment in columns.items():
                self.grades[student, assignment] = row[place].strip()

    def _assignment(self, heading: str) -> int | str:
        found = re.fullmatch(r"(.*)\s\((\d+)\)", heading, re.DOTALL)
        if found and int(found[2]) in self.assignments:
            return int(found[2])
        for number, title in self.assignments.items():
            if title == heading:
                return number
        self.new_assignments.append(found[1] if found else heading)
        return heading

    def _student(self, row: list[str]) -> int | str:
        number = re.match(r"\d+", row[1])
        if number and int(number[0]) in self.users:
            return int(number[0])
        for attribute, cell in (("sis_id", row[2]), ("login", row[3])):
            for key, user in self.users.items():
                if cell and getattr(user, attribute) == cell:
                    return key
        for key, user in self.users.items():
            if user.name == row[0]:
                return key
        self.new_students.append(row[0])
        return row[0]


def php_csv(data: bytes) -> list[list[str]]:
    """`fgetcsv` with its default escape: a backslash keeps a quote from ending the cell."""
    text = data.decode("utf-8").lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    rows, row, cell, quoted, place = [], [], "", False, 0
    while place < len(text):
        sign = text[place]
        if quoted and sign == "\\" and text[place + 1 : place + 2] == '"':
            cell += '\\"'
            place += 1
        elif quoted and sign == '"' and text[place + 1 : place + 2] == '"':
            cell += '"'
            place += 1
        elif sign == '"':
            quoted = not quoted
        elif not quoted and sign in ",\n":
            row.append(cell)
            cell = ""
            if sign == "\n":
                rows.append(row)
                row = []
        else:
            cell += sign
        place += 1
    assert not quoted, "the file ends inside a cell"
    assert len({len(row) for row in rows}) == 1, "csvweirdcolumns"
    return rows


class ImportStopped(Exception):
    """Moodle has thrown the whole import away."""


def moodle_gradebook(
    data: bytes, users: dict[str, str], most: float = 100.0
) -> dict[str, tuple[float, str]]:
    """Import by ID number (or "Email address"): user -> grade and feedback.

    Raises ImportStopped as the importer does: an id that it does not know, a grade that is no
    number or too large. A row whose id is empty goes to the user of the row before.
    """
    header, *rows = php_csv(data)
    identity, grade, comment = (
        header.index(name) for name in ("ID number", "Grade", "Feedback comments")
    )
    found: dict[str, tuple[float, str]] = {}
    user = ""
    for row in rows:
        if row[identity].strip():
            if row[identity].strip() not in users:
                raise ImportStopped(f"no user {row[identity]}")
            user = users[row[identity].strip()]
        if not user:
            raise ImportStopped("no user at all")
        try:
            value = float(row[grade])
        except ValueError:
            raise ImportStopped(f"{row[grade]} is no grade") from None
        if value > most:
            raise ImportStopped("gradevaluetoobig")
        found[user] = (value, row[comment])
    return found


HEADINGS = {
    "en": ("Identifier", "Grade", "Last modified (grade)", "Participant "),
    "zh": ("标识符", "成绩", "最后修改（教师）", "参与者"),
}


def moodle_worksheet(
    data: bytes, participants: set[str], most: float, language: str = "en"
) -> dict[str, float]:
    """Import the offline grading worksheet: participant's number -> grade; others are passed over."""
    header, *rows = php_csv(data)
    identifier, grade, modified, prefix = HEADINGS[language]
    places = [header.index(name) for name in (identifier, grade, modified)]
    found: dict[str, float] = {}
    for row in rows:
        number = row[places[0]][len(prefix) :].strip()
        text = row[places[1]].strip()
        if number in participants and text and 0 <= float(text) <= most:
            found[number] = float(text)
    return found
