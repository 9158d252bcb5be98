"""The shelf of fingerprints: what lies on disk says the same as what is held."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.integrity.similarity import print_shelf
from grader.integrity.similarity.print_shelf import PrintShelf
from grader.integrity.similarity.prints import Prints
from grader.integrity.similarity.rarity import likenesses, rare_values

FLOOR = 10


def texts(count: int = 7) -> list[Prints]:
    """Each has 200 of its own, 50 that its neighbour has, and 30 that all have."""
    rng = np.random.default_rng(4)
    values = rng.integers(-(2**63), 2**63 - 1, (count + 1, 250))
    common = rng.integers(-(2**63), 2**63 - 1, 30)
    return [
        Prints(np.unique(np.concatenate([values[k], values[(k + 1) % count][:50], common])))
        for k in range(count)
    ]


def expected(all_texts: list[Prints]) -> np.ndarray:
    """Likeness as `rarity` defines it, pair by pair."""
    count = len(all_texts)
    values, shared_by = np.unique(np.concatenate([one.hashes for one in all_texts]), return_counts=True)  # fmt: skip
    weight = dict(zip(values.tolist(), np.log((count + 2) / (shared_by + 1)), strict=True))
    own = [sum(weight[value] for value in one.hashes.tolist()) for one in all_texts]
    found = np.zeros((count, count))
    for k in range(count):
        for j in range(count):
            both = set(all_texts[k].hashes.tolist()) & set(all_texts[j].hashes.tolist())
            found[k, j] = (
                0 if k == j else sum(weight[value] for value in both) / min(own[k], own[j])
            )
    return found


@pytest.mark.parametrize("in_memory", [0, 100, 10**9])
def test_disk_and_memory_say_the_same(
    in_memory: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_shelf, "IN_MEMORY", in_memory)
    shelf = PrintShelf(tmp_path / "texts")
    for each in texts():
        shelf.add(each)
    found = likenesses(shelf, FLOOR)
    assert found.matrix == pytest.approx(expected(texts()), abs=1e-5)
    assert bool(list(tmp_path.iterdir())) == (in_memory < 10**9)
    neighbours = np.intersect1d(texts()[0].hashes, texts()[1].hashes)
    assert len(found.rare.among(neighbours)) == 50  # not the thirty that all have
    assert len(found.rare.among(np.array([1, 2, 3]))) == 0


def test_an_empty_shelf_has_nothing(tmp_path: Path) -> None:
    shelf = PrintShelf(tmp_path / "texts")
    assert likenesses(shelf).matrix.shape == (0, 0)
    shelf.add(Prints(np.empty(0, np.int64)))
    assert likenesses(shelf).matrix.tolist() == [[0.0]]
    assert len(rare_values(shelf).among(np.array([5]))) == 0
