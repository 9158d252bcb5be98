"""What a report says beyond the template: whether it answers anything, and which parts.

Nothing is judged here. A template that was sent along untouched must not pass for the report of a
student who wrote the answers somewhere else, in a notebook say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from grader.handout import notebook, template

WRITTEN = frozenset({"1", "2", "3"})  # the parts that are answered in words
# Letters and digits; less is no answer: "略", "见 notebook".
_LEAST = 20
# Honest reports are far below; a line may hold a whole picture as data.
_MOST_LINES, _LONGEST = 20_000, 400

_HEADING = re.compile(r" {0,3}(#{1,6})(?!#)")
_PART = re.compile(
    r" {0,3}#{1,6}[ \t]*(?:第[ \t]*([一二三四五])[ \t]*部分|part[ \t]*([1-5])\b|([1-3])\.\d)",
    re.IGNORECASE,
)
# Lines that say who wrote it.
_FIELD = re.compile(r"[-*>\s]*(?:姓名|学号|班级|日期|name|student id|class|date)[^:：\n]{0,24}[:：]", re.IGNORECASE)  # fmt: skip
_ADDRESS = re.compile(r"https?://\S+")
_PICTURE = re.compile(r"!\[|<img\b", re.IGNORECASE)


@lru_cache(maxsize=1 << 8)
def has_answers(report: str) -> bool:
    """Whether it says more than the template: a sentence, or a picture."""
    written = 0
    for line in _lines(report):
        if _is_own(line):
            written += _LEAST if _PICTURE.search(line) else len(_key(_ADDRESS.sub("", line)))
        if written >= _LEAST:
            return True
    return False


@lru_cache(maxsize=1 << 8)
def own_words(report: str) -> frozenset[str]:
    """The lines that are the student's, as they are compared: without blanks and punctuation."""
    return frozenset(_key(line) for line in _lines(report) if _is_own(line))


@lru_cache(maxsize=1 << 8)
def is_template(report: str) -> bool:
    """Whether it is the template, and nobody has answered anything in it."""
    given = any(_key(line) in _given_lines() for line in _lines(report))
    return given and not has_answers(report)


@lru_cache(maxsize=1 << 8)
def parts_in(report: str) -> frozenset[str]:
    """The parts of the assignment that a report has headings of, as "1".

    Not those under which nothing but the template's own words stands.
    """
    own: set[str] = set()
    untouched: set[str] = set()
    part, level = "", 0
    seen: set[str] = set()
    for line in _lines(report):
        if heading := _HEADING.match(line):
            if number := _part_of(line):
                part, level = number, len(heading[1])
                seen.add(part)
            elif len(heading[1]) < level:  # something else begins: a notebook's program, say
                part = ""
        elif part and _key(line):
            (own if _is_own(line) else untouched).add(part)
    return frozenset(seen - (untouched - own))


def _part_of(line: str) -> str:
    found = _PART.match(line)
    if found is None:
        return ""
    han, part, section = found.groups()
    return str("零一二三四五".find(han)) if han else str(part or section)


def _is_own(line: str) -> bool:
    """Whether a line is the student's: no heading, no name or id, nothing that was handed out."""
    if _HEADING.match(line) or _FIELD.match(line):
        return False
    key = _key(line)
    return bool(key) and key not in _given_lines() and key not in _given()


def _lines(report: str) -> Iterator[str]:
    """Its lines without HTML comments, in which the template's hints stand."""
    first, *rest = report.split("<!--")
    shown = [piece.partition("-->")[2] if "-->" in piece else piece for piece in rest]
    for line in "\n".join([first, *shown]).split("\n")[:_MOST_LINES]:
        yield line[:_LONGEST]


@cache
def _given_lines() -> frozenset[str]:
    """The lines of all that was handed out, as keys."""
    texts = (template.report(), template.skeleton(), template.bonus(), notebook.CLOSING)
    return frozenset(_key(line) for text in texts for line in _lines(text)) - {""}


@cache
def _given() -> str:
    """The template's words in one piece: what was deleted by half is still its own."""
    return _key("\n".join(_lines(template.report())))


@lru_cache(maxsize=1 << 12)
def _key(text: str) -> str:
    """Letters and digits only: punctuation and blanks differ between copies."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(mark for mark in plain if mark.isalnum())
