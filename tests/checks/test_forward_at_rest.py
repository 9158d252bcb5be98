"""A forward that is NaN or saturated by its own doing is told so, and charged there alone."""

from __future__ import annotations

import numpy as np

from grader.records import Verdict
from tests import BASES
from tests.inprocess import candidates, outcomes_of

ASKED = ("q4_1", "q4_2", "q4_3", "q4_4", "q5_2")
STATE = {
    "row": "            self.h[t + 1] = np.tanh(z)\n",
    "fused": "            self.states.append(np.tanh(pre))\n",
}


def _lost(base: str, new: str, asked: tuple[str, ...] = ASKED) -> set[str]:
    source = (BASES / f"{base}.py").read_text(encoding="utf-8")
    assert STATE[base] in source
    with np.errstate(all="ignore"):
        outcomes = outcomes_of(candidates(source.replace(STATE[base], new)), asked)
    return {place for place, one in outcomes.items() if one.verdict is not Verdict.PASSED}


VALUES = {f"q4_2/{case}" for case in ("golden", "hidden_states", "first_step", "long", "single")}


def test_nan_at_rest_costs_the_case_of_it_whatever_names_parameters_have() -> None:
    row = "            self.h[t + 1] = np.tanh(z) * z / z\n"
    fused = "            self.states.append(np.tanh(pre) * pre / pre)\n"
    assert _lost("row", row) == _lost("fused", fused) == {"q4_2/stable"}


def test_states_that_forward_saturates_are_no_fault_of_the_weights() -> None:
    lost = _lost("row", "            self.h[t + 1] = np.tanh(60 * z)\n")
    assert {one for one in lost if not one.startswith("q5_2")} == VALUES


def test_states_of_length_one_are_charged_in_forward() -> None:
    """Zero weights make them NaN, which hides the roles of arrays without documented names."""
    row = "            h = np.tanh(z)\n            self.h[t + 1] = h / np.sqrt((h**2).sum(axis=1, keepdims=True))\n"
    fused = "            h = np.tanh(pre)\n            self.states.append(h / np.sqrt((h**2).sum(axis=1, keepdims=True)))\n"
    asked = ("q4_1", "q4_2", "q4_3", "q4_4")
    assert _lost("row", row, asked) == _lost("fused", fused, asked) == VALUES


def test_an_integer_under_the_name_of_a_bias_that_plays_none_is_left_alone() -> None:
    source = (BASES / "row.py").read_text(encoding="utf-8")
    for old, new in (
        (
            "self.b_h = np.zeros(hidden_size)",
            "self.b_h = hidden_size; self.bias = np.zeros(hidden_size)",
        ),
        ("@ self.W_hh + self.b_h\n", "@ self.W_hh + self.bias\n"),
        (
            "self.db_h = np.zeros_like(self.b_h)",
            "self.dbias = self.db_h = np.zeros_like(self.bias)",
        ),
        ("'W_hh', 'b_h', 'W_hy', 'b_y']:", "'W_hh', 'bias', 'W_hy', 'b_y']:"),
    ):
        assert old in source
        source = source.replace(old, new, 1)
    outcomes = outcomes_of(candidates(source), ASKED)
    assert not [place for place, one in outcomes.items() if one.verdict is not Verdict.PASSED]
