"""The fingerprints of a whole class, on disk, in parts by value: memory holds one part at a time.

A class of 500 has some ten million of them, most of which nobody shares.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.integrity.similarity.prints import Hashes, Prints

PARTS = 64
IN_MEMORY = 16 * 1024  # bytes of a part before they go to its file
ENTRY = np.dtype([("value", "<i8"), ("owner", "<i4")])
_FIRST = -(2**63)
# Where each part but the first begins.
_BORDERS = np.array([_FIRST + part * 2**64 // PARTS for part in range(1, PARTS)], np.int64)


class ShelfPart(NamedTuple):
    """Fingerprints of one range of values, and who has them.

    `values` (V,) sorted, each once; `shared_by` (V,): how many texts have each; `owners` (K,): their
    numbers, those of the first value first.
    """

    values: Hashes
    shared_by: NDArray[np.int64]
    owners: NDArray[np.int64]


class PrintShelf:
    """Texts are added one by one and numbered from 0; what all have is read part by part.

    `path`: what its files are called, a suffix apart.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._parts = [_Spill(path.with_suffix(f".{part}")) for part in range(PARTS)]

    def add(self, prints: Prints) -> None:
        """One more text: each fingerprint once, sorted."""
        entries = np.empty(len(prints.hashes), ENTRY)
        entries["value"], entries["owner"] = prints.hashes, self.count
        borders = [0, *np.searchsorted(prints.hashes, _BORDERS), len(entries)]
        for part, (start, end) in zip(self._parts, pairwise(borders), strict=True):
            part.write(entries[start:end].tobytes())
        self.count += 1

    def parts(self) -> Iterator[ShelfPart]:
        """All of it, in the order of values."""
        for part in self._parts:
            entries = np.frombuffer(part.read(), ENTRY)
            order = np.argsort(entries["value"], kind="stable")
            values, shared_by = np.unique(entries["value"], return_counts=True)
            yield ShelfPart(values, shared_by, entries["owner"][order].astype(np.int64))


class RareValues:
    """Values that at least two texts have, but not many; on disk, in order."""

    def __init__(self, path: Path) -> None:
        self._spill = _Spill(path)

    def add(self, values: Hashes) -> None:
        """Values larger than all before."""
        self._spill.write(values.astype("<i8").tobytes())

    def among(self, wanted: Hashes) -> Hashes:
        """Those of the wanted that are rare."""
        known = self._spill.mapped()
        if not len(known):
            return wanted[:0]
        places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        found: Hashes = wanted[known[places] == wanted]
        return found


class _Spill:
    """Bytes that are kept in memory while they are few, and in a file from then on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = bytearray()

    def write(self, data: bytes) -> None:
        self._held += data
        if len(self._held) > IN_MEMORY:
            with self._path.open("ab") as file:
                file.write(self._held)
            self._held.clear()

    def read(self) -> bytes:
        return (self._path.read_bytes() if self._path.exists() else b"") + bytes(self._held)

    def mapped(self) -> Hashes:
        """As whole numbers; what a file holds is not read but looked into."""
        if not self._path.exists():
            return np.frombuffer(self._held, "<i8")
        if self._held:
            with self._path.open("ab") as file:
                file.write(self._held)
            self._held.clear()
        return np.memmap(self._path, "<i8", "r")
