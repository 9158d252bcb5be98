"""A forward that returns its outputs in another form loses q4_2, and nothing that can be judged still."""

from __future__ import annotations

import numpy as np
import pytest

from grader.records import Verdict
from tests import ROOT
from tests.inprocess import candidates, outcomes_of

REFERENCE = (ROOT / "solutions" / "rnn.py").read_text(encoding="utf-8")
RETURN = "        return outputs.reshape(T, B, -1), h[1:].copy()\n"
ASKED = ("q4_1", "q4_2", "q4_3", "q4_4", "q5_2")
FORWARD = {"q4_2"}

# What forward returns, y being the outputs (T, B, O); the questions of which everything is lost.
FORMS = {
    "last": ("y[-1], h[1:].copy()", FORWARD),
    "both-last": ("y[-1], h[-1].copy()", FORWARD),
    "last-alone": ("y[-1]", FORWARD),
    "last-second": ("h[1:].copy(), y[-1]", FORWARD),
    "time-and-batch-in-one": ("outputs, h[1:].copy()", FORWARD),
    "batch-and-time-in-one": ("y.swapaxes(0, 1).reshape(T * B, -1), h[1:].copy()", FORWARD),
    "one-before": ("np.concatenate([np.zeros_like(y[:1]), y]), h.copy()", FORWARD),
    "one-behind": ("np.concatenate([y, np.zeros_like(y[:1])]), h[1:].copy()", FORWARD),
    "in-a-dict": ("{'outputs': y, 'hidden_states': h[1:].copy()}", FORWARD),
    # Training needs outputs, backward and update_parameters do not.
    "states-alone": ("h[1:].copy()", {"q4_2", "q5_2"}),
    "nothing": ("None", {"q4_2", "q5_2"}),
}


def _lost(returned: str) -> dict[str, set[str]]:
    """By question the cases that fail, and under "all" how many there are."""
    assert RETURN in REFERENCE
    instead = f"        y = outputs.reshape(T, B, -1)\n        return {returned}\n"
    with np.errstate(all="ignore"):
        outcomes = outcomes_of(candidates(REFERENCE.replace(RETURN, instead)), ASKED)
    return {
        question: {
            place
            for place, one in outcomes.items()
            if place.startswith(question) and one.verdict is not Verdict.PASSED
        }
        for question in ASKED
    } | {"all": set(outcomes)}


@pytest.mark.parametrize("form", FORMS)
def test_only_what_needs_the_form_is_lost(form: str) -> None:
    returned, whole = FORMS[form]
    lost = _lost(returned)
    every = lost.pop("all")
    due = {q: {one for one in every if one.startswith(q) and q in whole} for q in ASKED}
    assert lost == due


def test_sizes_of_one_that_are_dropped_lose_the_cases_about_them() -> None:
    lost = _lost("y.squeeze(), h[1:].squeeze()")
    assert lost["q4_2"] == {"q4_2/first_step", "q4_2/single"}
    assert not any(lost[question] for question in ASKED if question != "q4_2")


def test_a_training_without_outputs_is_told_to_follow_from_forward() -> None:
    source = REFERENCE.replace(RETURN, "        return h[1:].copy()\n")
    outcomes = outcomes_of(candidates(source), ("q5_2",))
    assert {str(one.hint).partition(":")[0] for one in outcomes.values()} == {
        "This follows from forward (q4_2)"
    }


def test_a_wrong_backward_loses_its_own_cases_all_the_same() -> None:
    source = REFERENCE.replace(
        RETURN, "        return outputs.reshape(T, B, -1)[-1], h[1:].copy()\n"
    )
    right = "da[t] *= 1.0 - h[t + 1] ** 2"
    assert right in source
    outcomes = outcomes_of(candidates(source.replace(right, "da[t] *= 1.0 - h[t + 1]")), ASKED)
    lost = {place for place, one in outcomes.items() if one.verdict is not Verdict.PASSED}
    assert {"q4_3/dW_hh", "q4_3/dW_xh", "q4_3/db_h"} <= lost
    assert not {"q4_3/dW_hy", "q4_3/db_y"} & lost
    assert outcomes["q4_3/dW_hh"].diagnosis == "tanh-derivative-not-squared"
