"""False alarms among reports written apart, and how many disguised copies are found: figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from random import Random

import numpy as np

from grader.integrity.similarity import prints
from grader.integrity.similarity.comparison import PROSE_FLOOR
from grader.integrity.similarity.handed_out import handed_out
from grader.integrity.similarity.prints import Hashes, Prints
from tests.integrity.similarity import report_disguises, reports
from tests.integrity.similarity.measure import STEP, likeness

MIXED = "every other answer from each of two"


@cache
def given() -> Hashes:
    return prints.union(map(prints.of_prose, handed_out().prose))


def printed(text: str) -> Prints:
    return prints.of_prose(text).without(given())


def apart(authors: Sequence[str]) -> list[tuple[float, str, str]]:
    """Likeness of every two reports written apart, in one class, highest first."""
    texts = reports.written_apart()
    matrix = likeness([printed(texts[author]) for author in authors], PROSE_FLOOR)
    return sorted(
        (
            (float(matrix[k, j]), authors[k], authors[j])
            for k in range(len(authors))
            for j in range(k)
        ),
        reverse=True,
    )


def drawn(size: int, draws: int) -> list[float]:
    """Likeness of every two in so many classes, drawn from all authors."""
    rng = np.random.default_rng(1)
    authors = list(reports.written_apart())
    return [
        score
        for _ in range(draws)
        for score, *_ in apart(list(rng.choice(authors, size, replace=False)))
    ]


def disguised(seed: int = 1) -> Iterator[tuple[str, list[float]]]:
    """Each disguise on each report, one copy at a time in the class of all of them."""
    authors = list(reports.written_apart())
    for disguise, change in report_disguises.ON_TEXT.items():
        yield (
            disguise,
            [
                _against(report_disguises.copy_of(author, change, Random(seed + k)), (k,))
                for k, author in enumerate(authors)
            ],
        )
    for disguise, whole in report_disguises.WHOLE.items():
        yield (
            disguise,
            [_against(whole(author, Random(seed + k)), (k,)) for k, author in enumerate(authors)],
        )
    pairs = [(k, (k + STEP) % len(authors)) for k in range(len(authors))]
    yield (
        MIXED,
        [
            _against(report_disguises.mixed(authors[one], authors[other]), (one, other))
            for one, other in pairs
        ],
    )


def _against(copy: str, sources: tuple[int, ...]) -> float:
    matrix = likeness([*_originals(), printed(copy)], PROSE_FLOOR)
    return min(float(matrix[-1, source]) for source in sources)


@cache
def _originals() -> tuple[Prints, ...]:
    return tuple(map(printed, reports.written_apart().values()))
