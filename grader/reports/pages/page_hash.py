"""What a page was made of, in one hash that stands in its head: the same hash, the same page."""

from __future__ import annotations

from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import grader.language
from grader.assignment import load
from grader.records import Grade
from grader.reports.account import GradebookRow
from grader.reports.plots.fonts import families
from grader.reports.wording import Wording
from grader.results.codec import encode

REPORTS = Path(__file__).parents[1]
HEAD = 4_000  # bytes of a page that hold its fingerprint
FIELD = 'name="ml6-fingerprint"'


def look(wording: Wording) -> bytes:
    """Hash all that makes a page but the grade: code, templates, catalogues, titles, fonts."""
    digest = sha256(encode(asdict(wording)).encode())
    digest.update(repr(families()).encode())
    files = [*REPORTS.rglob("*.py"), *(REPORTS / "pages" / "templates").iterdir()]
    files += (grader.language.HERE / wording.language).glob("*.*o")
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.digest()


def fingerprint(grade: Grade, looks: bytes, row: GradebookRow | None = None) -> str:
    digest = sha256(looks + encode((grade, row)).encode())
    for exhibit in grade.exhibits:
        digest.update(exhibit.png)
    return digest.hexdigest()


def class_fingerprint(looks: bytes, *made_of: object) -> str:
    """Of the instructor's page: `made_of` is all that it shows, in records whose repr says all."""
    return sha256(looks + repr((load(), made_of)).encode("utf-8", "backslashreplace")).hexdigest()


def stands(page: Path, wanted: str) -> bool:
    """Whether the page is there already, made of the same."""
    try:
        with page.open("rb") as file:
            return f'{FIELD} content="{wanted}"'.encode() in file.read(HEAD)
    except OSError:
        return False
