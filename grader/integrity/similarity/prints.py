"""A text as a set of fingerprints, each with the lines that it covers.

A program is brought to one spelling first (`canonical`). copydetect filters it (names, blanks and
strings lose what they say; Schleimer, Wilkerson, Aiken 2003) and hashes every run of `k` characters of what is left. Reports go through the
same door: there a Chinese character or a word of another script is one character, so that Chinese
needs no word breaks. Hashes hold within one process only.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.integrity.similarity.canonical import canonical
from grader.results.alike import Lines

# Measured in docs/similarity.md.
PROGRAM_RUN = 12
# Characters of Chinese, or words, in a row: shorter runs are terms of the field.
PROSE_RUN = 12
MOST_CHARACTERS = 200_000
# A letter of a script that writes without blanks, or a whole word.
PIECE = re.compile(r"[⺀-鿿가-힯぀-ヿ]|[^\W⺀-鿿가-힯぀-ヿ]+")

Hashes = NDArray[np.int64]
# Each fingerprint with the lines (first, last) of every place where it stands.
Places = Mapping[int, tuple[Lines, ...]]


@dataclass(frozen=True, slots=True)
class Prints:
    """Fingerprints of one text. `hashes` (F,) sorted, each once."""

    hashes: Hashes

    def without(self, given: Hashes) -> Prints:
        return Prints(self.hashes[~np.isin(self.hashes, given, assume_unique=True)])


def of_program(text: str) -> Prints:
    return _prints(_program(text)[0].hashes)


def of_prose(text: str) -> Prints:
    return _prints(_prose(text)[0].hashes)


def union(prints: Iterable[Prints]) -> Hashes:
    """The fingerprints of several texts together."""
    return np.unique(np.concatenate([np.empty(0, np.int64), *(each.hashes for each in prints)]))


def places_in_program(text: str, wanted: Hashes) -> Places:
    """The lines of these fingerprints in a program."""
    found, lines = _program(text)
    breaks = _line_starts(found.raw_code)
    known = _exact(found.offsets)
    places: dict[int, tuple[Lines, ...]] = {}
    for value in wanted.tolist():
        raw = (_raw(known, start, start + PROGRAM_RUN - 1) for start in found.hash_idx[value])
        spans = (_lines(breaks, span) for span in raw if span)
        if stands := {(lines[first - 1][0], lines[last - 1][1]) for first, last in spans}:
            places[value] = tuple(sorted(stands))
    return places


def places_in_prose(text: str, wanted: Hashes) -> Places:
    """The lines of these fingerprints in a report."""
    found, lines = _prose(text)
    last = len(lines) - 1
    return {
        value: tuple(sorted({
            (lines[start], lines[min(start + PROSE_RUN - 1, last)])
            for start in found.hash_idx[value]
        }))
        for value in wanted.tolist()
    }  # fmt: skip


# -- inside ----------------------------------------------------------------------------------------


@cache
def _fingerprint() -> Any:
    from copydetect import CodeFingerprint  # noqa: PLC0415  # half a second, for `similar` only

    return CodeFingerprint


def _program(text: str) -> tuple[Any, list[Lines]]:
    """copydetect's fingerprint of the canonical program, and the lines of each of its statements."""
    plain = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).replace("\r\n", "\n")
    spelled = canonical(plain)
    # A statement is one line of what is compared, whatever strings in it hold.
    written = "\n".join(" ".join(line.text.split("\n")) for line in spelled)
    made = _fingerprint()("rnn.py", PROGRAM_RUN, 1, language="python", fp=io.StringIO(written))
    return made, [line.lines for line in spelled]


def _prose(text: str) -> tuple[Any, list[int]]:
    pieces = list(_pieces(text[:MOST_CHARACTERS]))
    written = "".join(mark for mark, _ in pieces)
    made = _fingerprint()("report.md", PROSE_RUN, 1, filter=False, fp=io.StringIO(written))
    return made, [line for _, line in pieces]


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """One character a piece, with its line: a word becomes a character of the private planes."""
    for number, line in enumerate(text.split("\n"), start=1):
        for found in PIECE.finditer(unicodedata.normalize("NFKC", line).casefold()):
            piece = found.group()
            yield (piece if len(piece) == 1 else chr(0xF0000 + hash(piece) % 0x1FFFE)), number


def _prints(hashes: Iterable[int]) -> Prints:
    return Prints(np.unique(np.fromiter(hashes, np.int64)))


def _exact(offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """copydetect's table (index after filtering, characters removed before it) without its slips.

    Removed characters only grow; the entry that it writes for the name of a class does not.
    """
    if not len(offsets):
        return np.zeros((0, 2), np.int64)
    grows = offsets[:, 1] >= np.maximum.accumulate(offsets[:, 1])
    kept: NDArray[np.int64] = offsets[grows].astype(np.int64)
    return kept


def _raw(known: NDArray[np.int64], first: int, last: int) -> Lines | None:
    """Where filtered characters `first` to `last` stand in the text; None where nothing says it."""
    start, end = np.searchsorted(known[:, 0], (first, last + 1))
    inside = known[start:end].sum(axis=1)
    return (int(inside.min()), int(inside.max())) if len(inside) else None


def _line_starts(text: str) -> NDArray[np.int64]:
    return np.cumsum([0, *(len(line) + 1 for line in text.split("\n"))])


def _lines(starts: NDArray[np.int64], span: Lines) -> Lines:
    first, last = np.searchsorted(starts, span, side="right")
    return int(first), int(last)
