"""Where two texts are alike: lines of the one beside lines of the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from grader.integrity.similarity.prints import Places
from grader.results.alike import Lines, SharedPassage

GAP = 2  # lines between two places that are still one passage
LEAST = 8  # fingerprints of a passage: fewer are an idiom
MOST = 40  # passages a pair: a person reads no more


@dataclass(slots=True)
class _Growing:
    one: Lines
    other: Lines
    count: int
    rare: int

    def takes(self, one: Lines, other: Lines) -> bool:
        return _near(self.one, one) and _near(self.other, other)

    def grow(self, one: Lines, other: Lines, *, rare: bool) -> None:
        self.one, self.other = _both(self.one, one), _both(self.other, other)
        self.count += 1
        self.rare += rare


def passages(
    one: Places, other: Places, rare: Collection[int], part: str, whose: str
) -> tuple[SharedPassage, ...]:
    """Passages in the order of the first text, of fingerprints that both have."""
    places = sorted(
        (mine, theirs, value in rare)
        for value in one.keys() & other.keys()
        for mine, theirs in _partners(one[value], other[value])
    )
    found: list[_Growing] = []
    for mine, theirs, is_rare in places:
        last = next((each for each in reversed(found[-4:]) if each.takes(mine, theirs)), None)
        if last is None:
            last = _Growing(mine, theirs, 0, 0)
            found.append(last)
        last.grow(mine, theirs, rare=is_rare)
    long = sorted((each for each in found if each.count >= LEAST), key=lambda each: -each.count)
    return tuple(
        SharedPassage(part, each.one, whose, each.other, 2 * each.rare >= each.count)
        for each in sorted(long[:MOST], key=lambda each: each.one)
    )


def _partners(mine: Iterable[Lines], theirs: Iterable[Lines]) -> Iterable[tuple[Lines, Lines]]:
    """First with first, second with second: a line that both repeat is no square of passages."""
    return zip(mine, theirs, strict=False)


def _near(one: Lines, other: Lines) -> bool:
    return one[0] - GAP <= other[1] and other[0] <= one[1] + GAP


def _both(one: Lines, other: Lines) -> Lines:
    return min(one[0], other[0]), max(one[1], other[1])
