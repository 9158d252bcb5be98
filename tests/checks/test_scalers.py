"""Running sums over the first parts of a series find what each part's own numbers are."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.experiment.scalers import FirstParts, scalings

STEPS = 7
SERIES = {
    "sine": np.sin(np.arange(90) / 5),
    "offset": 1e4 + np.sin(np.arange(90) / 5),
    "walk": np.random.default_rng(5).standard_normal(90).cumsum(),
    "short": np.random.default_rng(6).standard_normal(STEPS + 1),
}
WAYS = list(scalings(STEPS, of_means=False))


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("name", SERIES)
def test_each_first_part_is_found_by_its_numbers(name, way):
    series = SERIES[name]
    parts = FirstParts(series)
    asked = [way.numbers(series[:split]) for split in range(series.size + 1)]
    found = [
        parts.any_matches(way, numbers, range(split, split + 1))
        for split, numbers in enumerate(asked)
    ]
    assert found == [not np.isnan(numbers[0]) for numbers in asked]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_only_parts_that_end_where_asked_count(way):
    series = SERIES["walk"]
    parts = FirstParts(series)
    exact = way.numbers(series[:60])
    same = [
        split for split in range(2, series.size) if way.any_matches([series[:split]], exact)
    ]  # a minimum and a maximum stay for a while
    assert parts.any_matches(way, exact, range(2, series.size))
    assert not parts.any_matches(way, exact, range(2, same[0]))
    assert not parts.any_matches(way, exact, range(same[-1] + 1, series.size))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_numbers_that_are_merely_near_are_refused(way):
    series = SERIES["walk"]
    scale, offset = way.numbers(series[:60])
    moved = (scale * (1 + 1e-5), offset)
    assert not FirstParts(series).any_matches(way, moved, range(2, series.size))
