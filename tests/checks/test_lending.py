"""A bias that is a number, or of integers, is charged in q4_1 and judged as an array everywhere else."""

from __future__ import annotations

import numpy as np
import pytest

from grader.records import Verdict
from tests import BASES
from tests.inprocess import candidates, outcomes_of

ROW = (BASES / "row.py").read_text(encoding="utf-8")
ASKED = ("q4_1", "q4_2", "q4_3", "q4_4", "q5_2")
HIDDEN, OUTPUT = "self.b_h = np.zeros(hidden_size)", "self.b_y = np.zeros(output_size)"


def _lost(*changes: tuple[str, str]) -> set[str]:
    source = ROW
    for old, new in changes:
        assert old in source
        source = source.replace(old, new, 1)
    with np.errstate(all="ignore"):
        outcomes = outcomes_of(candidates(source), ASKED)
    return {place for place, one in outcomes.items() if one.verdict is not Verdict.PASSED}


@pytest.mark.parametrize(
    "value",
    ["0.1", "np.array(0.1)", "np.float64(0.1)", "0", "np.full(1, 0.1)", "np.random.randn()"],
)
def test_a_number_costs_the_case_of_the_bias(value: str) -> None:
    hidden, output = (HIDDEN, f"self.b_h = {value}"), (OUTPUT, f"self.b_y = {value}")
    assert _lost(hidden) == {"q4_1/biases"}
    assert _lost(hidden, output) == {"q4_1/biases"}


def test_integers_cost_the_case_of_the_bias() -> None:
    assert _lost((HIDDEN, "self.b_h = np.zeros(hidden_size, dtype=int)")) == {"q4_1/biases"}


def test_a_number_with_a_number_for_a_gradient_is_a_bias_that_is_missing() -> None:
    """What backward makes of it fits: nothing is right there that an array would bring out."""
    lost = _lost(
        (HIDDEN, "self.b_h = 0.0"),
        ("self.db_h = np.zeros_like(self.b_h)", "self.db_h = 0.0"),
        ("self.db_h += dz.sum(axis=0)", "self.db_h += dz.sum()"),
        ("param -= learning_rate * grad", "setattr(self, name, param - learning_rate * grad)"),
    )
    assert lost == {"q4_1/biases"}
