"""`OUT/written.csv`: the points that a person gave for the written questions and the bonus.

Columns: student_id, one per written question, bonus, comment. A row that cannot be believed is
left out as a whole and reported with its line; the others count.
"""

from __future__ import annotations

import csv
import io
import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from grader.language import Message, say
from grader.records import Problem

NAME = "written.csv"


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """What one student got. An empty cell is a question that nobody has scored yet."""

    scores: Mapping[str, float]
    bonus: float | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The rows that count, by student id, and what was wrong with the others."""

    rows: Mapping[str, WrittenRow] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class _BadRowError(Exception):
    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


def read(path: Path, limits: Mapping[str, float], known: Iterable[str]) -> Written:
    """Read and check `written.csv`; nothing where there is none.

    `limits`: the most points per column, among them "bonus". `known`: the ids in the gradebook.
    """
    if not path.is_file():
        return Written()
    data = path.read_bytes()
    reader = _reader(data)
    missing = [name for name in ("student_id", *limits) if name not in (reader.fieldnames or ())]
    if missing:
        reason = say(
            "line 1: these columns are missing: {columns}. None of it was used.",
            columns=", ".join(missing),
        )
        return Written({}, (_problem(path, data, reason),))
    rows: dict[str, WrittenRow] = {}
    problems: list[Problem] = []
    ids = set(known)
    for student_id, entries in _by_student(reader).items():
        try:
            rows[student_id] = _only(student_id, entries, limits, ids)
        except _BadRowError as error:
            problems.append(_problem(path, data, error.reason, student_id))
    return Written(rows, tuple(problems))


def _reader(data: bytes) -> csv.DictReader[str]:
    lines = io.StringIO(_decode(data), newline="")
    header = lines.readline()
    lines.seek(0)
    # Excel separates by what the system's language asks for.
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(lines, delimiter=delimiter, restkey="", restval="")
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    return reader


def _decode(data: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with, else what a Chinese Excel writes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


Entry = tuple[int, dict[str, str]]  # line, cells


def _by_student(reader: csv.DictReader[str]) -> dict[str, list[Entry]]:
    entries: defaultdict[str, list[Entry]] = defaultdict(list)
    for row in reader:
        if any(isinstance(value, str) and value.strip() for value in row.values()):
            # The quote that our own gradebook puts before what looks like a formula.
            student_id = _plain(row["student_id"]).removeprefix("'")
            entries[student_id].append((reader.line_num, row))
    return entries


def _only(
    student_id: str, entries: list[Entry], limits: Mapping[str, float], known: set[str]
) -> WrittenRow:
    line, cells = entries[0]
    if not student_id:
        raise _BadRowError(say("line {line}: there is no student id.", line=line))
    if student_id not in known:
        raise _BadRowError(
            say("line {line}: nobody here has the id {id}.", line=line, id=student_id)
        )
    if len(entries) > 1:
        lines = ", ".join(str(line) for line, _ in entries)
        raise _BadRowError(
            say("lines {lines}: {id} stands there more than once.", lines=lines, id=student_id)
        )
    scores = dict(_scores(line, cells, limits))
    return WrittenRow(
        {name: value for name, value in scores.items() if name != "bonus"},
        scores.get("bonus"),
        cells.get("comment", "").strip(),
    )


def _scores(
    line: int, cells: Mapping[str, str], limits: Mapping[str, float]
) -> Iterator[tuple[str, float]]:
    for name, most in limits.items():
        text = _plain(cells[name])
        if not text:
            continue
        value = _number(text)
        if value is None:
            raise _BadRowError(
                say(
                    "line {line}, {column}: {text} is no number.", line=line, column=name, text=text
                )
            )
        if not 0 <= value <= most:
            raise _BadRowError(
                say(
                    "line {line}, {column}: {text} is not between 0 and {most:g}.",
                    line=line,
                    column=name,
                    text=text,
                    most=most,
                )
            )
        yield name, value


def _plain(text: str) -> str:
    """Full-width digits and signs as ASCII, no space around."""
    return unicodedata.normalize("NFKC", text).strip()


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        return None
    # float() also reads "nan", "inf" and "1_0".
    return value if math.isfinite(value) and "_" not in text else None


def _problem(path: Path, data: bytes, reason: Message, student_id: str = "") -> Problem:
    action = say("Mend {file} and run `report` again.", file=path.name)
    return Problem(path.name, sha256(data).hexdigest(), reason, action, student_id)
