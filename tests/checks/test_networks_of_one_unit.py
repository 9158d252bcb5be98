"""First states of a student's own are found where next to nothing goes on from them."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.bonus import bidirectional, networks
from grader.matrix.grade_subject import candidates
from tests import PROGRAMS

STEPS, BATCH = 7, 8


@pytest.mark.parametrize("weight", [0.2, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6])
def test_learned_first_states_are_put_to_zero_however_small_the_recurrent_weight(
    weight: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = PROGRAMS / "variants" / "bonus-learned-starts"
    cls = candidates((folder / "bonus.py").read_text(encoding="utf-8"))[bidirectional.NAME]
    found = networks.network(cls, bidirectional.kind(2, 1, 3, STEPS, BATCH))
    drawn = found.values(np.random.default_rng(3))
    near_zero = {
        path: np.full_like(value, weight) if path in ("params['Uf']", "params['Ub']") else value
        for path, value in drawn.items()
    }
    assert near_zero.keys() == drawn.keys() >= {"params['Uf']", "params['Ub']"}
    monkeypatch.setattr(networks.StoredNetwork, "values", lambda *_: dict(near_zero))
    maps, single, _, values = bidirectional.equation_maps(found, np.random.default_rng(4))
    assert all(one.holds(single=single) for one in maps.values())
    assert not values["params['f0']"].any() or weight < 1e-5
