"""A table that a person keeps in OUT (`written.csv`, `overrides.csv`), as spreadsheets write it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from grader.language import Message, say
from grader.records import Problem
from grader.results.student_ids import as_in_rows

# Excel keeps an id as text by ="2023001" or '2023001, and makes 2023001.0 of a number; our own
# gradebook quotes what looks like a formula.
_AROUND_ID = re.compile(r"""^[='"]+|["']+$|\.0$""")

# What people call the columns, Chinese among it.
_HEADINGS = {
    "id": "student_id", "student id": "student_id", "学号": "student_id",
    "事项": "what", "决定": "what", "操作": "what", "类型": "what",
    "值": "value", "内容": "value", "原因": "reason", "理由": "reason",
    "加分": "bonus", "评语": "comment", "备注": "comment",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One row that is not empty: where it ends in the file, and its cells by column."""

    number: int
    cells: dict[str, str]
    extra: bool = False  # more cells than columns: a decimal comma, or a stray delimiter

    @property
    def student_id(self) -> str:
        return id_in(plain(self.cells["student_id"]))


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """A file that was read; `mistake` says why none of it can be used."""

    name: str
    sha256: str
    columns: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    mistake: Message | None = None

    def problem(self, reason: Message, student_id: str = "") -> Problem:
        """A mistake in this file, as a line of `problems.csv`."""
        action = say("Mend {file} and run `report` again.", file=self.name)
        return Problem(self.name, self.sha256, reason, action, student_id)


def id_in(cell: str) -> str:
    """The id that a row has, of one that a person or a spreadsheet has written."""
    return as_in_rows(_AROUND_ID.sub("", cell))


def read(path: Path, needed: Iterable[str]) -> PeopleTable | None:
    """The table with its columns in lower case; None where there is no such file."""
    if not path.is_file():
        return None
    data = path.read_bytes()
    digest = sha256(data).hexdigest()
    try:
        columns, lines = _parsed(_decode(data))
    except csv.Error as error:
        reason = say("the quotes do not match ({reason}). None of it was used.", reason=str(error))
        return PeopleTable(path.name, digest, mistake=reason)
    sheet = PeopleTable(path.name, digest, columns, lines)
    mistake = _bad_columns(columns, needed)
    return PeopleTable(path.name, digest, mistake=mistake) if mistake else sheet


def _parsed(text: str) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    header = text.partition("\n")[0]
    # Excel separates by what the system's language asks for.
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns = tuple(_HEADINGS.get(name, name) for name in map(_heading, next(reader, [])))
    lines = []
    for row in reader:
        if any(cell.strip() for cell in row):
            cells = dict.fromkeys(columns, "") | dict(zip(columns, row, strict=False))
            extra = any(cell.strip() for cell in row[len(columns) :])
            lines.append(Line(reader.line_num, cells, extra))
    return columns, tuple(lines)


def _heading(cell: str) -> str:
    return plain(cell).lower()


def _bad_columns(columns: tuple[str, ...], needed: Iterable[str]) -> Message | None:
    if missing := [name for name in needed if name not in columns]:
        return say(
            "line 1: these columns are missing: {columns}. None of it was used.",
            columns=tuple(missing),
        )
    if doubles := [name for name, count in Counter(columns).items() if name and count > 1]:
        return say(
            "line 1: these columns stand there twice: {columns}. None of it was used.",
            columns=tuple(doubles),
        )
    return None


def _decode(data: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with, else what a Chinese Excel writes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def plain(text: str) -> str:
    """Full-width digits and signs as ASCII, no space around."""
    return unicodedata.normalize("NFKC", text).strip()
