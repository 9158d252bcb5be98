"""What `similar` found of a report, by the section in which it stands."""

from __future__ import annotations

from collections.abc import Iterable

from grader.results.alike import REPORT, SharedPassage
from grader.written.markdown import TooUnusual, blocks
from grader.written.sections import spans


def by_section(
    report: str | None, found: Iterable[SharedPassage]
) -> dict[str, tuple[SharedPassage, ...]]:
    """Passages of the report under each section's number; one that crosses a border stands in both."""
    passages = [each for each in found if each.part == REPORT]
    if not report or not passages:
        return {}
    try:
        sections = spans(blocks(report), report.count("\n") + 1)
    except TooUnusual:
        return {}
    within: dict[str, tuple[SharedPassage, ...]] = {}
    for section in sections:
        own = tuple(each for each in passages if _meet(each.lines, (section.first, section.last)))
        if own:
            within[section.number] = (*within.get(section.number, ()), *own)
    return within


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
