"""A student's report, as far as questions can be asked about it: sentences and their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from grader.handout import template
from grader.integrity.dossier.oral_question import Excerpt

EMPTY = 60  # characters of one's own: less is no report
SHORT = 1500  # ... less does not discuss a program
LONGEST = 300_000
LONGEST_SENTENCE = 160
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
SENTENCE = re.compile(r"[^。！？!?\n]+?(?:[。！？!?]|\.(?=\s|$)|$)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and the line of the report that it stands on."""

    line: int
    text: str

    @property
    def excerpt(self) -> Excerpt:
        return Excerpt(self.line, (self.text[:LONGEST_SENTENCE],), of_report=True)


@dataclass(frozen=True)
class OwnReport:
    """A report; "" where none came in."""

    text: str

    @cached_property
    def lines(self) -> list[tuple[int, str]]:
        """What the student wrote: no template, no comment, no heading, no code or picture."""
        given = {line.strip() for line in template.report().splitlines()}
        blank = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), self.text[:LONGEST])
        return [
            (number, line.strip())
            for number, line in enumerate(blank.splitlines(), 1)
            if line.strip() not in given
            and not line.lstrip().startswith(("#", "![", "|", "```", "- 姓名", "- 学号"))
        ]

    @cached_property
    def characters(self) -> int:
        return sum(len(re.sub(r"\s", "", line)) for _, line in self.lines)

    @property
    def is_empty(self) -> bool:
        return self.characters < EMPTY

    @property
    def is_short(self) -> bool:
        return self.characters < SHORT

    def sentences(self) -> Iterator[Sentence]:
        for number, line in self.lines:
            for found in SENTENCE.findall(line):
                if found.strip():
                    yield Sentence(number, found.strip())

    def speaks_of(self, word: str) -> bool:
        return word.lower() in self.text.lower()
