"""False alarms among programs written apart, and how many disguised copies are found: figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np

from grader.integrity.similarity import prints
from grader.integrity.similarity.comparison import PROGRAM_LINE
from grader.integrity.similarity.handed_out import handed_out
from grader.integrity.similarity.print_shelf import PrintShelf
from grader.integrity.similarity.prints import Hashes, Prints
from grader.integrity.similarity.rarity import FLOOR, Matrix, likenesses
from tests.integrity.similarity import disguises, handmade
from tests.integrity.similarity.programs import written_apart

MIXED = "two halves from two sources"
STEP = 7  # from whom the other half comes


@dataclass(frozen=True, slots=True)
class Found:
    """One disguise over a class: the likeness of each copy to a source of its own."""

    disguise: str
    scores: tuple[float, ...]

    @property
    def share(self) -> float:
        return float(np.mean([score >= PROGRAM_LINE for score in self.scores]))


@cache
def given() -> Hashes:
    return prints.union(map(prints.of_program, handed_out().programs))


@cache
def printed(text: str) -> Prints:
    return prints.of_program(text).without(given())


def likeness(texts: Iterable[Prints], floor: int = FLOOR) -> Matrix:
    """Of every two of these texts (N, N), in a class of them."""
    with TemporaryDirectory() as folder:
        shelf = PrintShelf(Path(folder) / "texts")
        for each in texts:
            shelf.add(each)
        return likenesses(shelf, floor).matrix


def apart(names: Sequence[str]) -> list[tuple[float, str, str]]:
    """Likeness of every two programs written apart, in one class, highest first."""
    texts = written_apart()
    matrix = likeness([printed(texts[name]) for name in names])
    pairs = [(float(matrix[k, j]), names[k], names[j]) for k in range(len(names)) for j in range(k)]
    return sorted(pairs, reverse=True)


def disguised(seed: int = 1) -> Iterator[Found]:
    """Each disguise on each program, one copy at a time in the class of all of them."""
    texts = written_apart()
    names = list(texts)
    originals = [printed(texts[name]) for name in names]
    for disguise, change in disguises.ONE_SOURCE.items():
        yield Found(disguise, tuple(
            _against(originals, change(texts[name], Random(seed + k)), (k,))
            for k, name in enumerate(names)
        ))  # fmt: skip
    yield Found(MIXED, tuple(_mixed(texts, names, originals, seed)))


def _mixed(
    texts: dict[str, str], names: Sequence[str], originals: Sequence[Prints], seed: int
) -> Iterator[float]:
    """A copy of two: both sources must be found, so the lesser likeness counts."""
    for k, name in enumerate(names):
        other = (k + STEP) % len(names)
        copy = disguises.mixed(texts[name], texts[names[other]], Random(seed + k))
        yield _against(originals, copy, (k, other))


def _against(originals: Sequence[Prints], copy: str, sources: tuple[int, ...]) -> float:
    matrix = likeness([*originals, printed(copy)])
    return min(float(matrix[-1, source]) for source in sources)


def by_hand() -> Found:
    """The copies that were disguised by hand, each in the class of all."""
    texts = written_apart()
    names = list(texts)
    originals = [printed(text) for text in texts.values()]
    scores = [
        _against(originals, copy, (names.index(source),))
        for source, copy in handmade.copies().values()
    ]
    return Found("by hand", tuple(scores))


def at_its_own_line(names: Sequence[str], *, weighted: bool) -> tuple[float, float, float]:
    """(highest likeness apart, share of wholly disguised copies above it, lowest of these)."""
    texts = written_apart()
    originals = [printed(texts[name]) for name in names]
    score = _weighted if weighted else _share
    apart_ = score(originals)
    highest = float(apart_.max())
    copies = []
    for k, name in enumerate(names):
        copy = printed(disguises.everything(texts[name], Random(1 + k)))
        copies.append(float(score([*originals, copy])[-1, k]))
    return highest, float(np.mean(np.array(copies) > highest)), min(copies)


def _weighted(texts: Sequence[Prints]) -> Matrix:
    return likeness(texts)


def _share(texts: Sequence[Prints]) -> Matrix:
    """Fingerprints shared, of the smaller set's: copydetect's own score without duplicates."""
    found = np.zeros((len(texts), len(texts)), np.float32)
    for k, one in enumerate(texts):
        for j, other in enumerate(texts[:k]):
            both = len(np.intersect1d(one.hashes, other.hashes, assume_unique=True))
            found[k, j] = found[j, k] = both / max(1, min(len(one.hashes), len(other.hashes)))
    return found
