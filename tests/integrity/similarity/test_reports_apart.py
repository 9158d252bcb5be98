"""Reports in Chinese: those written apart, and copies of them in every disguise."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from grader.integrity.similarity import prints
from grader.integrity.similarity.comparison import PROSE_FLOOR, REPORT_LINE
from tests.integrity.similarity import measure_reports, report_disguises, reports
from tests.integrity.similarity.measure import likeness

AUTHORS = list(reports.own_words())
SOME = AUTHORS[::7]


def test_at_least_forty_reports_were_written_apart() -> None:
    assert len(AUTHORS) >= 40
    words = [text for each in reports.own_words().values() for text in each.values()]
    assert len(set(words)) == len(words)


def test_reports_written_apart_are_not_listed() -> None:
    assert not [pair for pair in measure_reports.apart(AUTHORS) if pair[0] >= REPORT_LINE]


def listed(copy: str) -> set[str]:
    originals = [measure_reports.printed(text) for text in reports.written_apart().values()]
    matrix = likeness([*originals, measure_reports.printed(copy)], PROSE_FLOOR)
    return {AUTHORS[place] for place in np.flatnonzero(matrix[-1] >= REPORT_LINE)}


@pytest.mark.parametrize("disguise", report_disguises.ON_TEXT)
def test_a_disguised_copy_is_listed_with_its_source_and_nobody_else(disguise: str) -> None:
    change = report_disguises.ON_TEXT[disguise]
    for author in SOME:
        assert listed(report_disguises.copy_of(author, change, Random(3))) == {author}


@pytest.mark.parametrize("disguise", report_disguises.WHOLE)
def test_so_is_a_copy_without_the_templates_headings(disguise: str) -> None:
    for author in SOME:
        assert listed(report_disguises.WHOLE[disguise](author, Random(3))) == {author}


def test_traditional_characters_are_the_same_text_with_the_same_lines() -> None:
    one = "第一行\n梯度每往回一步都要乘一次雅可比矩阵，所以会变小。"
    other = "第一行\n梯度每往回一步都要乘一次雅可比矩陣，所以會變小。"
    mine, theirs = prints.printed_prose(one), prints.printed_prose(other)
    both = mine.prints.hashes
    assert both.tolist() == theirs.prints.hashes.tolist()
    assert mine.places(both) == theirs.places(both)
    assert (2, 2) in {lines for places in mine.places(both).values() for lines in places}


def test_equations_on_lines_of_their_own_are_no_likeness() -> None:
    text = "上文。\n$$\na = b + c + d + e + f + g + h + i + j\n$$\n下文写在这里，一共有这么多个字。"
    assert (
        prints.of_prose(text).hashes.tolist()
        == prints.of_prose("上文。\n下文写在这里，一共有这么多个字。").hashes.tolist()
    )
    assert {lines for places in prints.printed_prose(text).places(prints.of_prose(text).hashes).values() for lines in places} == {(1, 5), (5, 5)}  # fmt: skip
