"""The numbers at the points where repairs are judged are those of the reference."""

from __future__ import annotations

import numpy as np

from grader.diagnosis.repair import points
from grader.misconceptions.probe_records import repair_points


def test_the_kept_numbers_are_what_the_reference_gives_now() -> None:
    made = repair_points()
    with np.load(points.FILE, allow_pickle=False) as kept:
        assert set(kept.files) == set(made)
        for name in kept.files:
            np.testing.assert_allclose(kept[name], made[name], rtol=1e-12, err_msg=name)
