"""What experiments say holds for the program: sayings that were false once, and what stands now.

Each program is a stranger's with one edit; the claims are all that is said of the method.
"""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks import start_scale
from grader.diagnosis.diagnose import faults
from grader.diagnosis.experiments.patterns import Reading
from grader.diagnosis.update import update_words
from grader.faults import CheckFailed
from grader.language import render
from grader.reports.guard import guard
from grader.sandbox import local
from tests.inprocess import outcomes_of
from tests.strangers.bases import STRANGERS
from tests.strangers.program import executed

RIGHT = (STRANGERS / "notebookish" / "rnn.py").read_text(encoding="utf-8")
OUTPUT_OF_LOOP = "            self.outputs[t] = y_t\n            h_prev = h_t\n"
SIGMOID = "return 1 / (1 + np.exp(-np.clip(x, -50, 50)))"
OUTPUT_GATE = "self.sigmoid(np.dot(input_t, self.W_o) + np.dot(hidden_state, self.U_o) + self.b_o)"
CANDIDATE = "np.tanh(np.dot(input_t, self.W_c) + np.dot(hidden_state, self.U_c) + self.b_c)"

# What is edited, into what, the question, and every claim: kind and facts.
EDITS: dict[str, tuple[str, str, str, list[tuple[str, dict[str, Any]]]]] = {
    "the first output at every step": (
        "dy = d_outputs[t]", "dy = d_outputs[0]", "q4_3",
        [("output_everywhere", {"arrays": ("W_hy", "b_y", "W_xh", "W_hh", "b_h"), "step": 0})],
    ),
    "the last output at every step": (
        "dy = d_outputs[t]", "dy = d_outputs[-1]", "q4_3",
        [("last_output_everywhere", {"arrays": ("W_hy", "b_y", "W_xh", "W_hh", "b_h")})],
    ),
    "the last output in one array": (
        "db_y += np.sum(dy,", "db_y += np.sum(d_outputs[-1],", "q4_3",
        [("last_output_everywhere", {"arrays": ("b_y",)})],
    ),
    "times the number of steps": (
        "dW_hy += np.dot(h_t.T, dy)", "dW_hy += seq_len * np.dot(h_t.T, dy)", "q4_3",
        [("array_off", {"arrays": ("W_hy",)})],
    ),
    "times two": (
        "dW_hy += np.dot(h_t.T, dy)", "dW_hy += 2 * np.dot(h_t.T, dy)", "q4_3",
        [("factor", {"arrays": ("W_hy",), "number": 2.0})],
    ),
    "the last output only": (
        OUTPUT_OF_LOOP, "            h_prev = h_t\n        self.outputs[t] = y_t\n", "q4_2",
        [("not_computed", {"arrays": ("outputs",), "steps": (0, 1, 2, 3, 4)})],
    ),
    "states one step late": (
        "self.hidden_states[t] = h_t", "self.hidden_states[t] = h_prev", "q4_2",
        [("states_late", {"arrays": ("hidden_states",)})],
    ),
    "a candidate without tanh": (
        CANDIDATE, CANDIDATE.removeprefix("np.tanh"), "q4_6",
        [("gate_activation", {"arrays": ("c",), "used": "identity"})],
    ),
    "a candidate of relu": (
        CANDIDATE, CANDIDATE.replace("np.tanh(", "np.maximum(0, "), "q4_6",
        [("gate_activation", {"arrays": ("c",), "used": "relu"})],
    ),
    "a bias that scales": (
        OUTPUT_GATE, OUTPUT_GATE.replace("(np.dot", "((np.dot").replace(" + self.b_o", ") * self.b_o"),
        "q4_6", [("gate_z_form", {"arrays": ("o",), "form": "(xW + hU) * b"})],
    ),
    "a sum where a product belongs": (
        "dh_raw = dh * (1 - h_t ** 2)", "dh_raw = dh + (1 - h_t ** 2)", "q4_3",
        [("derivative_added", {"arrays": ("W_xh", "W_hh", "b_h")})],
    ),
    "backward for another forward": (
        "np.dot(h_prev, self.W_hh)", "np.dot(h_prev, self.W_hh.T)", "q4_3",
        [("other_matrix", {"arrays": ("W_xh", "W_hh", "b_h")})],
    ),
    "the right steps paired": (
        "dW_hh += np.dot(h_prev.T, dh_raw)", "dW_hh += np.dot(h_prev.T, dh_raw) * (t == 1)", "q4_3",
        [("only_step", {"arrays": ("W_hh",), "step": 1})],
    ),
    "the first input alone": (
        "dW_xh += np.dot(self.inputs[t].T, dh_raw)", "dW_xh += np.dot(self.inputs[t].T, dh_raw) * (t == 0)", "q4_3",
        [("only_step", {"arrays": ("W_xh",), "step": 0})],
    ),
    "a shape that is wrong at every size": (
        "'W_hh': dW_hh,", "'W_hh': np.vstack([dW_xh, dW_hh]),", "q4_3",
        [("not_given", {"arrays": ("W_hh",)})],
    ),
    "a sigmoid that divides by zero at zero": (
        SIGMOID, "return np.exp(np.minimum(x, 0)) * -np.expm1(-np.abs(x)) / np.abs(np.expm1(-2 * np.abs(x)))", "q4_6", [],
    ),
}  # fmt: skip
CANDIDATES = {"q4_2": "SimpleRNN", "q4_3": "SimpleRNN", "q4_6": "LSTMCell"}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", EDITS)
def test_experiments_say_exactly_what_is_so(name: str) -> None:
    old, new, question, claims = EDITS[name]
    assert RIGHT.count(old) == 1
    candidate = CANDIDATES[question]
    cls = vars(executed(RIGHT.replace(old, new)))[candidate]
    found = faults(question, local.wrap(cls, candidate))
    assert [(flaw.claim.kind, dict(flaw.claim.facts)) for flaw in found] == claims


def _edited(folder: str, old: str, new: str) -> dict[str, Any]:
    """What a stranger's program defines after an edit."""
    source = (STRANGERS / folder / "rnn.py").read_text(encoding="utf-8")
    assert source.count(old) == 1
    return vars(executed(source.replace(old, new)))


@pytest.mark.filterwarnings("ignore")
def test_one_pair_of_steps_that_is_left_is_no_wrong_pair() -> None:
    defined = _edited("double", "gx = gx + dot_sum(self.x[k]", "gx = dot_sum(self.x[k]")
    (flaw,) = faults("q4_3", local.wrap(defined["SimpleRNN"], "SimpleRNN"))
    facts = {"arrays": ("W_xh",), "output": 4, "step": 0}
    assert (flaw.claim.kind, dict(flaw.claim.facts)) == ("only_pair", facts)


@pytest.mark.filterwarnings("ignore")
def test_a_documented_key_of_another_shape_binds() -> None:
    """The right block lies on the object besides; the key says which array is meant."""
    defined = _edited("fused", "'W_hh': self.dA[self.I:-1].copy()", "'W_hh': self.dA[:-1].copy()")
    found = {"SimpleRNN": local.wrap(defined["SimpleRNN"], "SimpleRNN")}
    outcomes = outcomes_of(found, ["q4_3"])
    assert [case for case, outcome in outcomes.items() if outcome.verdict != "passed"] == [
        "q4_3/shapes",
        "q4_3/dW_hh",
        "q4_3/recurrent_weights",
        "q4_3/one_step",
        "q4_3/long",
        "q4_3/single",
    ]


# What forward gives in place of its states, and whether the start is to blame.
FORWARDS = {
    "ones": ("self.hidden_states[t] = h_t", "self.hidden_states[t] = 1.0", False),
    "no tanh": ("h_t = np.tanh(np.dot(inputs[t]", "h_t = (np.dot(inputs[t]", False),
    "an error": (
        "y_t = np.dot(h_t, self.W_hy)",
        "y_t = np.dot(self.W_hy, h_t) if batch_size == 4 else np.dot(h_t, self.W_hy)",
        False,
    ),
    "large weights": ("input_size, hidden_size) * np.sqrt(1. / input_size)", "input_size, hidden_size)", True),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FORWARDS)
def test_the_start_is_charged_for_nothing_that_forward_does(name: str) -> None:
    old, new, charged = FORWARDS[name]
    cls = local.wrap(_edited("notebookish", old, new)["SimpleRNN"], "SimpleRNN")
    if charged:
        with pytest.raises(CheckFailed, match="saturated"):
            start_scale.require_fit_rnn(cls)
    else:
        start_scale.require_fit_rnn(cls)


@pytest.mark.parametrize("kind", ["step_of", "step_form"])
@pytest.mark.parametrize("form", ["sum(dW, axis=0)", "dW - mean(dW)", "(1 - learning_rate) * W"])
def test_a_hidden_case_shows_the_formula_of_a_step(kind: str, form: str) -> None:
    told = update_words.words(Reading(kind, {"form": form}), ["W_xh", "b_h"])
    assert form in render(guard(told), "en")
    assert form in render(guard(told), "zh")
