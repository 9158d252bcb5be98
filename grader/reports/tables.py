"""CSV files that a spreadsheet opens safely: UTF-8 with BOM, no cell that is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.reports.clean_message import one_line
from grader.results.files import write_atomically

Cell = str | int | float | None

# What makes a spreadsheet calculate a cell; East Asian input methods write the wide ones, which
# Excel takes for the same. Tab and carriage return lead to the next cell in some importers.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
LONGEST_CELL = 2_000


def write_csv(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, bom: bool = True
) -> None:
    """Write a table, whole or not at all. `bom`: Excel shows Chinese only with it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    write_atomically(path, buffer.getvalue().encode("utf-8-sig" if bom else "utf-8", "replace"))


def cell(value: Cell) -> str | int | float:
    """A number as a number, a text as a text that no spreadsheet calculates."""
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    return int(value) if value == int(value) else round(value, 4)


def harmless(text: str) -> str:
    """One line, without control characters, and with a quote before what starts like a formula."""
    dangerous = text.startswith(FORMULA_STARTS)
    line = one_line(text, LONGEST_CELL)
    return f"'{line}" if dangerous or line.startswith(FORMULA_STARTS) else line
