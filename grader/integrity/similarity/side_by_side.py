"""Two texts beside each other, line by line, with what they share marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.reports.clean_message import clean
from grader.results.alike import PROGRAM, Lines, SharedPassage

MOST_LINES = 3_000
WIDEST = 240  # characters of a line
NO_MARK, ALIKE_MARK, RARE_MARK = "", "alike", "alike rare"


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """A line as it is shown; `mark` is its class, `passage` the number of the passage it begins."""

    number: int
    text: str
    mark: str
    passage: int


@dataclass(frozen=True, slots=True)
class PassageView:
    """One passage, both sides of it."""

    number: int
    rare: bool
    one: tuple[NumberedLine, ...]
    other: tuple[NumberedLine, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One part of both works: its passages, then the whole of both. `cut`: lines left out."""

    part: str
    passages: tuple[PassageView, ...]
    one: tuple[NumberedLine, ...]
    other: tuple[NumberedLine, ...]
    cut: int


def side_by_side(part: str, texts: tuple[str, str], found: Iterable[SharedPassage]) -> SideBySide:
    """`texts`: as they were sent; `found`: passages of this part or of others."""
    own = [each for each in found if each.part == part]
    lines = [text.replace("\r\n", "\n").split("\n") for text in texts]
    mine = [(each.lines, each.rare) for each in own]
    theirs = [(each.other_lines, each.rare) for each in own]
    return SideBySide(
        part,
        tuple(
            PassageView(
                number, each.rare, _some(lines[0], each.lines), _some(lines[1], each.other_lines)
            )
            for number, each in enumerate(own, start=1)
        ),
        tuple(_marked(lines[0], mine)),
        tuple(_marked(lines[1], theirs)),
        sum(max(0, len(each) - MOST_LINES) for each in lines),
    )


def parts_of(
    programs: tuple[str, str], reports: tuple[str, str], found: Iterable[SharedPassage]
) -> Iterator[SideBySide]:
    """The program first, then the report; a part that somebody did not send is left out."""
    passages = list(found)
    for part, texts in ((PROGRAM, programs), ("report", reports)):
        if all(text.strip() for text in texts):
            yield side_by_side(part, texts, passages)


def _some(lines: list[str], span: Lines) -> tuple[NumberedLine, ...]:
    return tuple(
        NumberedLine(number, _shown(lines[number - 1]), NO_MARK, 0)
        for number in range(span[0], min(span[1], len(lines)) + 1)
    )


def _marked(lines: list[str], spans: list[tuple[Lines, bool]]) -> Iterator[NumberedLine]:
    marks: dict[int, str] = {}
    begins: dict[int, int] = {}
    for passage, ((first, last), rare) in enumerate(spans, start=1):
        begins.setdefault(first, passage)
        for number in range(first, last + 1):
            if rare or number not in marks:
                marks[number] = RARE_MARK if rare else ALIKE_MARK
    for number, line in enumerate(lines[:MOST_LINES], start=1):
        yield NumberedLine(number, _shown(line), marks.get(number, NO_MARK), begins.get(number, 0))


def _shown(line: str) -> str:
    """Indented as it stands: `clean` takes the blanks at both ends."""
    plain = line.replace("\t", "    ")
    indent = len(plain) - len(plain.lstrip(" "))
    return " " * min(indent, WIDEST // 2) + clean(plain, WIDEST)
