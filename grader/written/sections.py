"""Which part of a report answers which question, though headings were re-typed or moved.

The template says what is asked: every numbered heading of the second level and below, "1.4" or
"2.2a", with a Chinese and an English title. A student's heading is recognised by its number, its
title, or its number within a part ("第二部分", then "1."). Where hardly any heading is recognised,
first lines in bold or with a number count as headings too. An answer's own sub-headings ("梯度消失"
inside 3.2) are no sections: below a section's level only a number counts, and in a part that has
been named only that part's titles.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from grader.handout import template
from grader.written.markdown import Block, blocks

# Ratios of difflib between normalised titles, set on re-typed headings of tests/written/test_evidence.py:
# the same title in other words is above 0.6, another section's title below 0.55.
SAME_TITLE = 0.6
# With the right number, half of that tells a short title from another question's.
LIKE_TITLE = 0.3
LONGEST_HEADING = 120
# Comparing titles costs 3 ms a heading; what comes later counts as text.
MOST_HEADINGS = 400
# Shorter pieces ("RNN", "LSTM", "梯度") stand in many titles.
LEAST_PIECE = 6

NUMBER = re.compile(r"\D{0,8}?(\d{1,2})\s*[.·、-]\s*(\d{1,2})\s*\(?([a-cA-C])?(?![a-zA-Z\d])\)?")
PART = re.compile(
    r"第\s*([一二三四五1-5])[\s、和与一二三四五1-5]{0,8}部分|part\s*([1-5]|i{1,3}|iv|v)\b",
    re.IGNORECASE,
)
PARTS = {
    mark: n for n, marks in enumerate(("一i1", "二2", "三3", "四4", "五v5"), 1) for mark in marks
}
PARTS |= {"ii": 2, "iii": 3, "iv": 4}
ORDINAL = re.compile(r"[(]?(\d{1,2}|[一二三四五六七八九十]|[a-c](?=\)))[).、:\s]", re.IGNORECASE)
ORDINALS = {mark: place for place, mark in enumerate("一二三四五六七八九十", start=1)}


# What the course's own sheet calls the sections.
ALIASES = {
    "1.3": ("时间依赖性(Temporal Dependencies)",),
    "1.9": ("LSTM门控机制", "LSTM门控机制:遗忘门、输入门、输出门"),
    "2.1": ("根本问题探讨",),
    "2.2": ("架构对比分析", "RNN、LSTM、GRU架构对比分析", "比较RNN、LSTM、GRU三种架构的特点"),
    "2.2a": ("各自的参数量关系",),
    "2.2b": ("计算复杂度比较",),
    "2.2c": ("适用场景分析",),
    "2.3": ("双向RNN深度分析",),
    "3.1": ("梯度传播公式推导",),
    "3.2": ("条件分析",),
    "3.3": ("LSTM优势解释",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One heading of the template."""

    question: str  # "q1"
    number: str  # "1.4", "2.2a"
    titles: tuple[str, ...]  # Chinese, English

    @property
    def part(self) -> int:
        return int(self.number.partition(".")[0])

    @property
    def parent(self) -> str:
        """What a, b and c belong to: "2.2" for "2.2a", else ""."""
        return self.number[:-1] if self.number[-1].isalpha() else ""


@cache
def asked() -> tuple[Asked, ...]:
    """What the template asks for, in its order."""
    return tuple(_asked(blocks(template.report())))


def _asked(given: Sequence[Block]) -> Iterator[Asked]:
    for block in given:
        found = NUMBER.match(block.text) if block.level else None
        if found:
            titles = tuple(block.text[found.end() :].strip().split(" · "))
            yield Asked(f"q{found[1]}", f"{found[1]}.{found[2]}{found[3] or ''}", titles)


@cache
def _recognised() -> tuple[Asked, ...]:
    """What a heading may mean: all sections, and "2.2" for its a, b and c together."""
    groups: dict[str, Asked] = {}
    for section in asked():
        if section.parent and section.parent not in groups:
            titles = tuple(re.split(r"[::]", title)[0] for title in section.titles)
            groups[section.parent] = Asked(section.question, section.parent, titles)
    return (*asked(), *groups.values())


def assign(report: Sequence[Block]) -> dict[str, list[Block]]:
    """The blocks under each section number; what stands under none is left out."""
    found: dict[str, list[Block]] = {}
    for number, block, begins in _placed(report):
        found.setdefault(number, []).append(_below(block) if begins else block)
    return found


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of a report under one heading: `first` is the heading's own, `last` is included."""

    number: str
    first: int
    last: int


def spans(report: Sequence[Block], lines: int) -> tuple[Span, ...]:
    """Where each section that was recognised stands in a report of so many lines."""
    found = _placed(report)
    starts = [(number, block.line) for number, block, begins in found if begins]
    following = [line for _, line in starts[1:]] + [lines + 1]
    return tuple(
        Span(number, first, after - 1)
        for (number, first), after in zip(starts, following, strict=False)  # none: no start
    )


def _placed(report: Sequence[Block]) -> list[tuple[str, Block, bool]]:
    """Each block in a section, with the section's number and whether it is its heading."""
    strict = list(_walk(report, lambda block: block.level > 0))
    if len({number for number, *_ in strict}) * 2 >= len(asked()):
        return strict
    loose = list(_walk(report, _may_be_heading))
    return max(strict, loose, key=lambda found: len({number for number, *_ in found}))


def _walk(
    report: Sequence[Block], is_heading: Callable[[Block], bool]
) -> Iterator[tuple[str, Block, bool]]:
    part, current, level, headings = 0, "", 0, 0
    for block in report:
        number = ""
        if is_heading(block) and (headings := headings + 1) <= MOST_HEADINGS:
            line = block.text.partition("\n")[0]
            if changed := _part(line):
                part, current = changed, ""
            deeper = bool(current) and block.level > level > 0
            number = recognise(line, part, titled=not deeper)
        if number:
            current, level = number, block.level
        if current:
            yield current, block, bool(number)


def _below(block: Block) -> Block:
    """What stands in a block under its first line, and the pictures and formulas in it."""
    text = "" if block.level else block.text.partition("\n")[2]
    return Block(
        text, block.line, formulas=block.formulas, pictures=block.pictures, loose=block.loose
    )


def _may_be_heading(block: Block) -> bool:
    line = block.text.partition("\n")[0]
    short = 0 < len(line) <= LONGEST_HEADING // 2
    return block.level > 0 or (short and (block.bold or NUMBER.match(_plain(line)) is not None))


def _part(line: str) -> int:
    found = PART.search(_plain(line)[:LONGEST_HEADING])
    return PARTS.get((found[1] or found[2]).lower(), 0) if found else 0


def recognise(heading: str, part: int = 0, *, titled: bool = True) -> str:
    """The section that a heading means, "" for none.

    `part`: the part it stands in, 0 where unknown. `titled`: a title alone is enough.
    """
    line = _plain(heading)[:LONGEST_HEADING]
    number, title = _number(line, part)
    eligible = [section for section in _recognised() if part in (0, section.part)]
    best, likeness = max(
        ((section.number, _likeness(title, section)) for section in eligible),
        key=lambda pair: pair[1],
        default=("", 0.0),
    )
    mine = next((section for section in _recognised() if section.number == number), None)
    if mine is not None:
        own = _likeness(title, mine)
        # Somebody's own numbering: the title says another question, and says it clearly.
        if titled and likeness >= SAME_TITLE > own + LIKE_TITLE:
            return best
        return number if own >= LIKE_TITLE or not _key(title) else ""
    return best if titled and likeness >= SAME_TITLE else ""


def _number(line: str, part: int) -> tuple[str, str]:
    if found := NUMBER.match(line):
        return f"{int(found[1])}.{int(found[2])}{(found[3] or '').lower()}", line[found.end() :]
    if found := ORDINAL.match(line):
        place = ORDINALS.get(found[1]) or found[1]
        return f"{part}.{place}", line[found.end() :]
    return "", line


def _likeness(title: str, section: Asked) -> float:
    """From 0 to 1; in either language, both at once, or the sheet's words."""
    key = _key(title)
    if key.isascii() and len(key) < LEAST_PIECE:
        return 0.0  # "RNN" or "LSTM" names nothing
    tails = [re.split(r"[::]", name)[-1] for name in section.titles] if section.parent else []
    names = [*section.titles, *tails, "".join(section.titles), *ALIASES.get(section.number, ())]
    return max(_ratio(key, _key(name)) for name in names)


def _ratio(key: str, name: str) -> float:
    """The ratio of difflib; a heading that is a long piece of the title counts nearly as the same."""
    ratio = SequenceMatcher(None, key, name, autojunk=False).ratio()
    return max(ratio, 0.85 + 0.05 * ratio) if len(key) >= LEAST_PIECE and key in name else ratio


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _key(text: str) -> str:
    """Letters and digits only: punctuation, emoji and blanks differ between honest copies."""
    return "".join(mark for mark in _plain(text).casefold() if mark.isalnum())
