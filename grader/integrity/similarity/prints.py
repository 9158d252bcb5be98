"""A text as a set of fingerprints, each with the lines that it covers.

A program is brought to one spelling first (`canonical`), and copydetect filters it: names, blanks and
strings lose what they say (Schleimer, Wilkerson, Aiken 2003). Every run of characters of what is left
is one fingerprint. Of a report, a Chinese character or a word of another script is one character, so
that Chinese needs no word breaks. A run's hash is the same in every process.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Protocol
from zlib import crc32

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from grader.integrity.similarity.canonical import canonical
from grader.results.alike import Lines

# Measured in docs/similarity.md.
PROGRAM_RUN = 12
# Characters of Chinese, or words, in a row: terms of the field are shorter.
PROSE_RUN = 8
MOST_CHARACTERS = 200_000
KEPT = 16  # texts whose prints are held ready: the same person stands in pair after pair
# Equations on lines of their own: the assignment asks everybody for the same ones.
EQUATION = re.compile(r"\$\$.*?\$\$|\\\[.*?\\\]", re.DOTALL)
# A letter of a script that writes without blanks, or a whole word.
PIECE = re.compile(r"[⺀-鿿가-힯぀-ヿ]|[^\W⺀-鿿가-힯぀-ヿ]+")

Hashes = NDArray[np.int64]
_WEIGHTS = np.random.default_rng(6).integers(0, 2**63, 16, np.uint64) * 2 + 1
_STIRRERS = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))
# Each fingerprint with the lines (first, last) of every place where it stands.
Places = Mapping[int, tuple[Lines, ...]]


@dataclass(frozen=True, slots=True)
class Prints:
    """Fingerprints of one text. `hashes` (F,) sorted, each once."""

    hashes: Hashes

    def without(self, given: Hashes) -> Prints:
        return Prints(self.hashes[~np.isin(self.hashes, given, assume_unique=True)])


class PrintedText(Protocol):
    """A text with its fingerprints."""

    @property
    def prints(self) -> Prints: ...

    def places(self, wanted: Hashes) -> Places:
        """The lines of these fingerprints."""


def of_program(text: str) -> Prints:
    return printed_program(text).prints


def of_prose(text: str) -> Prints:
    return printed_prose(text).prints


def union(prints: Iterable[Prints]) -> Hashes:
    """The fingerprints of several texts together."""
    return np.unique(np.concatenate([np.empty(0, np.int64), *(each.hashes for each in prints)]))


@lru_cache(maxsize=KEPT)
def printed_program(text: str) -> PrintedText:
    plain = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).replace("\r\n", "\n")
    spelled = canonical(plain)
    # A statement is one line of what is compared, whatever strings in it hold.
    written = "\n".join(" ".join(line.text.split("\n")) for line in spelled)
    code, offsets = _filter()(written, "rnn.py", "python")
    return _PrintedProgram(
        _hashes(code, PROGRAM_RUN),
        _exact(offsets),
        _line_starts(written),
        [line.lines for line in spelled],
    )


@lru_cache(maxsize=KEPT)
def printed_prose(text: str) -> PrintedText:
    pieces = list(_pieces(text[:MOST_CHARACTERS]))
    written = "".join(mark for mark, _ in pieces)
    return _PrintedProse(_hashes(written, PROSE_RUN), [line for _, line in pieces])


# -- inside ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _PrintedProgram:
    """`hashes` in the order of the filtered program, and the way back from there to its lines."""

    hashes: Hashes
    offsets: NDArray[
        np.int64
    ]  # copydetect's: (index after filtering, characters removed before it)
    starts: NDArray[np.int64]  # where each statement begins before filtering
    lines: Sequence[Lines]  # of each statement, in the text as it was sent

    @property
    def prints(self) -> Prints:
        return Prints(np.unique(self.hashes))

    def places(self, wanted: Hashes) -> Places:
        found = {
            value: tuple(sorted(set(self._lines(starts))))
            for value, starts in _starts(self.hashes, wanted)
        }
        return {value: lines for value, lines in found.items() if lines}

    def _lines(self, starts: Iterable[int]) -> Iterator[Lines]:
        for start in starts:
            if raw := _raw(self.offsets, start, start + PROGRAM_RUN - 1):
                first, last = np.searchsorted(self.starts, raw, side="right")
                yield self.lines[first - 1][0], self.lines[last - 1][1]


@dataclass(frozen=True, slots=True)
class _PrintedProse:
    """`hashes` in the order of the pieces, and the line of each piece."""

    hashes: Hashes
    lines: Sequence[int]

    @property
    def prints(self) -> Prints:
        return Prints(np.unique(self.hashes))

    def places(self, wanted: Hashes) -> Places:
        last = PROSE_RUN - 1
        return {
            value: tuple(
                sorted({(self.lines[start], self.lines[start + last]) for start in starts})
            )
            for value, starts in _starts(self.hashes, wanted)
        }


@cache
def _filter() -> Any:
    from copydetect.utils import filter_code  # noqa: PLC0415  # half a second, for `similar` only

    return filter_code


@cache
def _simplifier() -> Any:
    from opencc import OpenCC  # noqa: PLC0415  # for `similar` only

    return OpenCC("t2s")


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """One character a piece, with its line: a word becomes a character of the private planes."""
    # Traditional characters are written as simplified ones: that changes no text.
    simple = _simplifier().convert(EQUATION.sub(lambda found: "\n" * found[0].count("\n"), text))
    for number, line in enumerate(simple.split("\n"), start=1):
        for found in PIECE.finditer(unicodedata.normalize("NFKC", line).casefold()):
            piece = found.group()
            yield (piece if len(piece) == 1 else _as_character(piece)), number


def _as_character(word: str) -> str:
    return chr(0xF0000 + crc32(word.encode("utf-8", "replace")) % 0x1FFFE)


def _hashes(text: str, run: int) -> Hashes:
    """A hash of every run of so many characters (L - run + 1,).

    A sum of code points with odd weights modulo 2**64, then stirred, so that values are even over their
    range (MurmurHash3's last step).
    """
    letters = np.frombuffer(text.encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    if len(letters) < run:
        return np.empty(0, np.int64)
    values = sliding_window_view(letters, run) @ _WEIGHTS[:run]
    for factor in _STIRRERS:
        values = (values ^ (values >> np.uint64(33))) * factor
    stirred: Hashes = (values ^ (values >> np.uint64(33))).view(np.int64)
    return stirred


def _starts(hashes: Hashes, wanted: Hashes) -> Iterator[tuple[int, list[int]]]:
    """Where each of these fingerprints stands."""
    places = np.flatnonzero(np.isin(hashes, wanted))
    places = places[np.argsort(hashes[places], kind="stable")]
    values, firsts = np.unique(hashes[places], return_index=True)
    ends = [*firsts[1:].tolist(), len(places)]
    for value, first, end in zip(values.tolist(), firsts, ends, strict=False):
        yield value, places[first:end].tolist()


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
