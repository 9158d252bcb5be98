"""`python -m tests.integrity.similarity`: measure everything anew, and write docs/similarity.md (minutes)."""

from __future__ import annotations

import platform
from collections.abc import Iterator

import numpy as np

from grader.integrity.similarity import picture_prints
from grader.integrity.similarity.comparison import PROGRAM_LINE
from grader.integrity.similarity.prints import PROGRAM_RUN
from tests import ROOT
from tests.integrity.similarity import further_tables, measure, plots
from tests.integrity.similarity.measure import Found
from tests.integrity.similarity.programs import COPIED, written_apart
from tests.strangers.table import rows_of

SIZES = (2, 5, 10, 20)
DRAWS = 20
FIGURES = 12


def main() -> None:
    names = list(written_apart())
    text = "\n\n".join(
        [
            *_head(names),
            *_false_alarms(names),
            *_copies(),
            *_library(names),
            *further_tables.about_reports(),
            *further_tables.about_weights(),
            *_pictures(),
        ]
    )
    (ROOT / "docs" / "similarity.md").write_text(text + "\n", encoding="utf-8")
    print(text)


def _head(names: list[str]) -> Iterator[str]:
    yield "# How far `similar` can be trusted"
    yield (
        f"Written by `python -m tests.integrity.similarity` (Python {platform.python_version()}, minutes, "
        "outside CI). What is listed is a reason to talk, and no proof."
    )
    yield (
        f"{len(names)} programs written apart from each other: of the kit's variants, bases and strangers a "
        f"largest set, greedily chosen, of which no two, and none and the reference, share {COPIED} identical "
        "lines in a row (as Python prints them, without comments). *Likeness* is the weight of the "
        f"fingerprints (copydetect, runs of {PROGRAM_RUN} characters of the program in one spelling, without names) "
        "that two programs share, of the lighter one's; a fingerprint that d of N have weighs "
        "log((N + 2) / (d + 1)); what was handed out weighs nothing. Listed is what reaches "
        f"{PROGRAM_LINE}."
    )


def _false_alarms(names: list[str]) -> Iterator[str]:
    pairs = measure.apart(names)
    above = sum(score >= PROGRAM_LINE for score, *_ in pairs)
    yield "## Programs written apart: false alarms"
    rng = np.random.default_rng(1)
    rows = []
    for size in SIZES:
        drawn = [measure.apart(list(rng.choice(names, size, replace=False))) for _ in range(DRAWS)]
        scores = [score for each in drawn for score, *_ in each]
        rows.append([f"{DRAWS} classes of {size}", *_three(scores)])
    rows.append([f"all {len(names)}", *_three([score for score, *_ in pairs])])
    yield rows_of(["class", "pairs", "above the line", "highest likeness"], rows)
    nearest = "; ".join(f"{one} and {other} {score:.3f}" for score, one, other in pairs[:3])
    yield f"{above} of {len(pairs)} pairs are above the line. The nearest: {nearest}."


def _three(scores: list[float]) -> list[str]:
    above = sum(score >= PROGRAM_LINE for score in scores)
    return [str(len(scores)), str(above), f"{max(scores):.3f}"]


def _copies() -> Iterator[str]:
    found = [*measure.disguised(), measure.by_hand()]
    scores = [score for each in found for score in each.scores]
    yield "## Disguised copies: found"
    yield (
        "Each program copied in each way, one copy at a time in the class of all; of two halves both "
        "sources must be listed. The disguises are changes of the syntax tree "
        "(`tests/integrity/similarity/disguises.py`), those of the last row were written "
        "by hand, and led to the one spelling."
    )
    yield rows_of(
        ["disguise", "copies", "found", "lowest", "median"],
        [*map(_row, found), _row(Found("all", tuple(scores)))],
    )


def _row(found: Found) -> list[str]:
    scores = found.scores
    hits = sum(score >= PROGRAM_LINE for score in scores)
    return [
        found.disguise, str(len(scores)), f"{hits} ({100 * found.share:.0f} %)", f"{min(scores):.3f}",
        f"{np.median(scores):.3f}",
    ]  # fmt: skip


def _library(names: list[str]) -> Iterator[str]:
    yield "## Why copydetect, and why weights"
    yield (
        "The same fingerprints without weights, as copydetect itself would compare them (share of the "
        "smaller set); the line is drawn just above the highest pair written apart, for both."
    )
    rows = []
    for label, weighted in (("copydetect's share", False), ("weighted by rarity", True)):
        line, found, lowest = measure.at_its_own_line(names, weighted=weighted)
        rows.append([label, f"{line:.3f}", f"{100 * found:.1f} %", f"{lowest:.3f}"])
    yield rows_of(
        ["score", "highest apart", "copies above it (all disguises at once)", "lowest"], rows
    )
    yield (
        "compare50 was not measured on these: it pins attrs 20.3 and termcolor 1.1, reads files from disk by the "
        "locale's encoding, and its scores are unbounded and depend on the batch."
    )


def _pictures() -> Iterator[str]:
    drawn = [plots.plot(seed) for seed in range(FIGURES)]
    tiles = [_tiles(each) for each in drawn]
    apart = [_apart(tiles[k], tiles[j]) for k in range(FIGURES) for j in range(k)]
    same = [
        _apart(_tiles(copy), tiles[k])
        for k, each in enumerate(drawn)
        for copy in plots.copies_of(each)
    ]
    yield "## Pictures"
    yield (
        f"{FIGURES} loss curves in one frame, and each saved anew in three ways (smaller, larger, low "
        "quality): the difference in grey of the tile that differs most, and, for comparison, the bits of "
        "a 256-bit difference hash that differ."
    )
    hashes = [_difference_hash(each) for each in tiles]
    bits_apart = [_bits(hashes[k], hashes[j]) for k in range(FIGURES) for j in range(k)]
    bits_same = [
        _bits(_difference_hash(_tiles(copy)), hashes[k])
        for k, each in enumerate(drawn)
        for copy in plots.copies_of(each)
    ]
    yield rows_of(
        ["measure", "saved anew: most", "other curves: least", "line"],
        [
            ["grey of a tile", str(max(same)), str(min(apart)), str(picture_prints.SAME)],
            ["difference hash, bits of 256", str(max(bits_same)), str(min(bits_apart)), "–"],
        ],
    )


def _tiles(data: bytes) -> picture_prints.Tiles:
    found = picture_prints.of_bytes(data)
    assert found is not None
    return found


def _apart(one: picture_prints.Tiles, other: picture_prints.Tiles) -> int:
    return int(np.abs(one - other).max())


def _difference_hash(tiles: picture_prints.Tiles) -> np.ndarray:
    """16 by 16 steps of 17 columns, of the mean grey."""
    columns = np.array_split(np.arange(tiles.shape[1]), 17)
    small = tiles.reshape(16, 3, -1).mean(axis=1)
    grey = np.stack([small[:, each].mean(axis=1) for each in columns], axis=1)
    return np.diff(grey, axis=1) > 0


def _bits(one: np.ndarray, other: np.ndarray) -> int:
    return int((one != other).sum())


if __name__ == "__main__":
    main()
