"""The class list: a CSV with ids, names and mail addresses, as Excel and school systems write it."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from pathlib import Path

from grader.faults import BadFile
from grader.intake.collection import RosterRow
from grader.intake.identity.spelling import id_key, name_key
from grader.intake.reading.decoding import Unreadable, decode
from grader.intake.reading.filenames import normalise
from grader.language import Message, say

# What the columns are called, the surest first: Canvas has its own ID beside the school's.
_COLUMNS = {
    "student_id": (
        "学号", "学生学号", "学号工号", "学工号", "studentid", "studentno", "studentnumber",
        "studentidnumber", "sisuserid", "orgdefinedid", "idnumber", "id号", "matrikelnummer", "matrikelnr",
        "matriculationnumber", "matriculationno", "matricnumber", "matricno", "registrationnumber", "rosteridentifier", "identifier", "regno", "emplid", "universityid", "rollnumber", "rollno",
        "sid", "netid", "id", "工号", "账号", "帐号", "用户名", "username", "loginid", "number", "no", "编号",
    ),
    "name": (
        "姓名", "学生姓名", "真实姓名", "名字", "name", "fullname", "studentname", "displayname", "student",
    ),
    "email": (
        "邮箱", "邮件", "电子邮箱", "电子邮件", "邮箱地址", "电子邮件地址", "email", "mail",
        "emailaddress", "emailadresse",
    ),
    # Moodle has two columns for a name.
    "first": ("firstname", "givenname", "vorname", "prenom", "名"),
    "last": ("lastname", "surname", "familyname", "nachname", "姓", "姓氏"),
}  # fmt: skip
# Where no heading is just that: 您的学号（必填）, 1.姓名.
_PARTS = {
    "student_id": re.compile("学号|学工号|studentid|studentno|matri[ck]"),
    "name": re.compile("姓名|fullname"),
    "email": re.compile("邮箱|邮件|email"),
}
_LONGEST_HEADING = 16
# What platforms call a student: Canvas' own number beside the school's id, and names to log in by.
_ACCOUNTS = frozenset(
    {
        "sisloginid",
        "loginid",
        "username",
        "netid",
        "githubusername",
        "github",
        "用户名",
        "账号",
        "帐号",
    }
)
_TITLES = 5  # lines that may stand above the headings: "计科2101班名单"
# Rows of a Canvas gradebook that are no students.
_NO_STUDENTS = {"points possible", "manual posting", "student, test"}
# The last row of many lists: 合计, 共 6 人, Total: 6 students.
_TOTAL = re.compile(
    r"(?:合计|总计|總計|合計|共计|共計|小计|总数|总人数|人数|应到|实到|平均|共|total|sum|count|average)"
    r"\s*[:：]?\s*\d*\s*(?:人|名|students?)?",
    re.IGNORECASE,
)
_AN_ID = 5  # digits that a total does not have
_NO_ADDRESS = {"", "-", "--", "/", "无", "暂无", "n/a", "none"}
_ROUNDED = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
_HAN = "\u3400-\u9fff"

ADDRESS = re.compile(r"[^@\s,;，；、/|<>()]+@[^@\s,;，；、/|<>()]+")


def read_roster(path: Path) -> tuple[RosterRow, ...]:
    """The students in the file's order. Raises `BadFile` that names file, line and remedy."""
    try:
        data = path.read_bytes()
        text = decode(data).text if data.strip() else ""
    except (OSError, Unreadable) as error:
        raise _bad(path, 1, say("the roster must be a CSV file (id, name, e-mail)")) from error
    rows = list(_rows(path, text))
    above, columns = _headings([row for _, row in rows])
    if columns is None and rows:
        raise _bad(path, rows[0][0], say("no column holds the student id; name it id or 学号"))
    if columns is None or len(rows) == above + 1:
        raise _bad(path, 1, say("the roster is empty; it needs a heading and one row a student"))
    return tuple(_students(path, rows[above][1], columns, rows[above + 1 :]).values())


def _students(
    path: Path,
    headings: Sequence[str],
    columns: Mapping[str, int],
    rows: Iterable[tuple[int, list[str]]],
) -> dict[str, RosterRow]:
    students: dict[str, RosterRow] = {}
    accounts = _accounts(headings, columns)
    for line, row in rows:
        student = _student(row, columns, accounts)
        if row == headings or _is_none(row, student):
            continue
        key = id_key(student.student_id)
        reason = _mistake(student, students.get(key), row, columns)
        if reason is not None:
            raise _bad(path, line, reason)
        students[key] = _together(students.get(key), student)
    return students


def _bad(path: Path, line: int, reason: Message) -> BadFile:
    return BadFile(say("{file}, line {line}: {reason}.", file=str(path), line=line, reason=reason))


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not empty, with the line where it ends."""
    reader = csv.reader(io.StringIO(text, newline=""), _dialect(text), strict=True)
    try:
        for row in reader:
            if any(map(str.strip, row)):
                yield reader.line_num, row
    except csv.Error as error:
        reason = say("the quotes do not match ({reason})", reason=str(error))
        raise _bad(path, reader.line_num, reason) from None


def _is_none(row: Sequence[str], student: RosterRow) -> bool:
    """A row of a gradebook that is no student's, or a total."""
    if not student.student_id and student.name.casefold() in _NO_STUDENTS:
        return True
    is_total = any(_TOTAL.fullmatch(normalise(cell)) for cell in row)
    return is_total and sum(map(str.isdigit, student.student_id)) < _AN_ID


def _together(before: RosterRow | None, student: RosterRow) -> RosterRow:
    """A student of two classes stands there twice, perhaps with another address."""
    if before is None:
        return student
    others = [*before.accounts, student.email, *student.accounts]
    email = before.email or student.email
    accounts = tuple(dict.fromkeys(each for each in others if each and each != email))
    return RosterRow(before.student_id, before.name or student.name, email, accounts)


def _mistake(
    student: RosterRow, before: RosterRow | None, row: Sequence[str], columns: Mapping[str, int]
) -> Message | None:
    if not student.student_id:
        return say("there is no student id; add it, or delete the row")
    if _ROUNDED.fullmatch(student.student_id):
        return say(
            "{text} is an id that a spreadsheet has rounded; make the column text there, fill it again "
            "and export it",
            text=student.student_id,
        )
    names = {name_key(each.name) for each in (before, student) if each and each.name}
    if len(names) > 1:
        return say("the id {id} stands there twice; keep one row", id=student.student_id)
    email = _cell(row, columns.get("email"))
    found = len(ADDRESS.findall(email))
    if found != email.count("@") or not (found or email.casefold() in _NO_ADDRESS):
        return say("{text} is no mail address", text=email)
    return None


def _dialect(text: str) -> type[csv.Dialect]:
    marks = ",\t;"
    head = next((line for line in text.splitlines()[:_TITLES] if {*marks} & {*line}), "")

    class Dialect(csv.excel):
        delimiter = max(marks, key=head.count)

    return Dialect


def _headings(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int] | None]:
    """How many rows stand above the headings, and the position of each column."""
    for above, row in enumerate(rows[:_TITLES]):
        columns = _header(row)
        if columns is not None:
            return above, columns
    return 0, None


def _header(row: Sequence[str]) -> dict[str, int] | None:
    """Position of each column by its heading; None where none holds the id."""
    headings = [_heading(cell) for cell in row]
    columns = {
        field: headings.index(found)
        for field, names in _COLUMNS.items()
        if (found := next((name for name in names if name in headings), None))
    }
    if sum(map(bool, headings)) > 1:
        columns = _by_parts(headings) | columns
    return columns if "student_id" in columns else None


def _accounts(row: Sequence[str], columns: Mapping[str, int]) -> list[int]:
    """Columns of what platforms call a student, besides the one that holds the id."""
    headings = [*map(_heading, row)]
    known = _ACCOUNTS | ({"id"} if "sisuserid" in headings else set())
    return [at for at, name in enumerate(headings) if name in known and at != columns["student_id"]]


def _heading(cell: str) -> str:
    return name_key(re.sub(r"[\W_]", "", normalise(cell)))


def _by_parts(headings: Sequence[str]) -> dict[str, int]:
    return {
        field: position
        for field, part in _PARTS.items()
        for position, heading in reversed([*enumerate(headings)])
        if part.search(heading) and len(heading) <= _LONGEST_HEADING
    }


def _cell(row: Sequence[str], position: int | None) -> str:
    return normalise(row[position]) if position is not None and position < len(row) else ""


def _student(row: Sequence[str], columns: Mapping[str, int], accounts: Sequence[int]) -> RosterRow:
    cells = {field: _cell(row, position) for field, position in columns.items()}
    # Excel keeps ids as text by ="2023001", '2023001 or a tab, or turns them into 2023001.0;
    # Brightspace puts # before them.
    student_id = re.sub(r"""^[=#'"]+|["']+$|\.0$""", "", cells["student_id"])
    email, *others = [*ADDRESS.findall(cells.get("email", "").lower()), ""]
    names = [_cell(row, position).lstrip("#") for position in accounts]
    return RosterRow(student_id, _name(cells), email, tuple(filter(None, (*others, *names))))


def _name(cells: Mapping[str, str]) -> str:
    """张 三, padded to the width of three, and 张, 三 of Canvas are 张三; first and last name are put as people say them."""
    name = cells.get("name", "")
    if not name:
        first, last = cells.get("first", ""), cells.get("last", "")
        is_han = re.match(f"[{_HAN}]", last) is not None
        name = f"{last}{first}" if is_han else f"{first} {last}".strip()
    return re.sub(f"(?<=[{_HAN}])[, ]+(?=[{_HAN}])", "", name)


class Register:
    """The roster, looked up by id, name or address; empty where there is none."""

    def __init__(self, roster: Sequence[RosterRow] | None) -> None:
        self.students = tuple(roster or ())
        self._by_id = {id_key(student.student_id): student for student in self.students}
        self._by_account = {
            account.casefold(): student
            for student in self.students
            for account in (*student.accounts, student.email)
            if account
        }
        self._by_name: dict[str, list[RosterRow]] = defaultdict(list)
        for student in self.students:
            for key in _keys(student.name):
                self._by_name[key].append(student)
        self.names = frozenset(self._by_name)
        self._longest_first = sorted(
            {student.name for student in self.students if len(student.name) > 1},
            key=len,
            reverse=True,
        )

    def by_id(self, student_id: str) -> RosterRow | None:
        return self._by_id.get(id_key(student_id))

    def by_email(self, email: str) -> RosterRow | None:
        return self._by_account.get(email.casefold())

    def by_account(self, account: str) -> RosterRow | None:
        """The student whom a platform calls so."""
        return self._by_account.get(account.casefold())

    def by_name(self, name: str) -> RosterRow | None:
        """The only student of that name."""
        found = self.namesakes(name)
        return found[0] if len(found) == 1 else None

    def namesakes(self, name: str) -> Sequence[RosterRow]:
        """Everybody of that name, its parts in any order."""
        return self._by_name.get(name_key(name), ())

    def has_id(self, student_id: str) -> bool:
        return bool(self._by_id) and id_key(student_id) in self._by_id

    def has_name(self, name: str) -> bool:
        return name_key(name) in self.names

    def name_within(self, text: str) -> str:
        """The name in a run of Chinese characters that goes on around it."""
        if self.has_name(text):
            return text
        found = [name for name in self._longest_first if name in text]
        return found[0] if found and all(name in found[0] for name in found) else ""


def _keys(name: str) -> set[str]:
    """`Anna Lee`, `Lee, Anna` and Canvas' `leeanna` are one name."""
    parts = re.split(r"[\s,]+", name.strip())
    if len(parts) > 3:  # noqa: PLR2004 - orders grow as the factorial
        return {name_key(name)}
    return {name_key("".join(order)) for order in permutations(parts)} - {""}
