"""Programs by people who never saw the rules lose what they should, and keep what they should."""

from __future__ import annotations

from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import PROGRAMS
from tests.strangers import claims, handwritten, kit
from tests.strangers.bases import (
    ALL,
    PLAIN_CELL,
    PLAIN_GRADIENTS,
    PLAIN_RNN,
    STRANGERS,
    Base,
)
from tests.strangers.claims import update
from tests.strangers.generate import strangers
from tests.strangers.program import executed
from tests.strangers.truth import judge


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("folder", handwritten.folders(), ids=lambda folder: folder.name)
def test_a_stranger_loses_and_keeps_what_it_should(folder: Path) -> None:
    said = kit.graded((folder / "rnn.py").read_text(encoding="utf-8"))
    assert said is not None
    deserts, lost = handwritten.truth_of(folder), {one.question for one in said}
    assert deserts.missed(lost, set(kit.QUESTIONS)) == []
    assert deserts.unfair(lost) == []
    if deserts.right:
        assert said == []


BY_NAME = {base.name: base for base in ALL}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("base", ALL, ids=lambda base: base.name)
def test_a_base_is_right_by_the_independent_truth(base: Base) -> None:
    truth = judge(base.source, base)
    assert not truth.broken
    assert truth.wrong == {}


def test_a_seed_gives_the_same_strangers_again() -> None:
    first, again = ([one.source for one in islice(strangers(3), 20)] for _ in range(2))
    assert first == again
    assert len(set(first)) == 20


# A program, a question, what is claimed of it, and whether that is so.
CLAIMS: list[tuple[str, str, str, dict[str, Any], bool]] = [
    ("columns_untransposed", "q4_3", "recurrent_matrix", {"form": "W_hh"}, True),
    ("columns_untransposed", "q4_3", "recurrent_matrix", {"form": "1"}, False),
    ("layers_carry_no_matrix", "q4_3", "recurrent_matrix", {"form": "1"}, True),
    ("double_truncated", "q4_3", "bptt_depth", {"steps": 2}, True),
    ("double_truncated", "q4_3", "bptt_depth", {"steps": 3}, False),
    ("dictparams_bracket", "q4_3", "direct_derivative", {"form": "1"}, True),
    ("dictparams_bracket", "q4_3", "derivative", {"form": "1"}, False),
    ("tape_derivative", "q4_3", "derivative", {"form": "1 - h_t"}, True),
    ("tape_derivative", "q4_3", "derivative", {"form": "1"}, False),
    ("chinese_overwrites", "q4_3", "only_step", {"arrays": ["W_xh"], "step": 0}, True),
    ("einsum_averaged", "q4_3", "factor", {"of": "B"}, True),
    ("einsum_averaged", "q4_3", "factor", {"number": 0.5}, False),
    ("assistant_same_state", "q4_3", "state_index", {"arrays": ["W_hh"], "offset": 1}, True),
    ("assistant_same_state", "q4_3", "state_index", {"arrays": ["W_hh"], "offset": -1}, False),
    ("onesample_carry_not_reset", "q4_3", "samples_mixed", {}, True),
    ("torchish_detached", "q4_3", "samples_mixed", {}, False),
    ("layers_old_cell", "q4_3", "accumulates", {}, True),
    ("javaish_ascent", "q4_4", "times", {"number": -1.0}, True),
    ("javaish_ascent", "q4_4", "times", {"number": 2.0}, False),
    ("notebookish_momentum", "q4_4", "momentum", {"number": 0.9}, True),
    ("columns_swapped_return", "q4_4", "still", {"arrays": ["b_y"]}, True),
    ("columns_swapped_return", "q4_4", "still", {"arrays": ["b_h"]}, False),
    ("functional_no_recurrence", "q4_2", "no_recurrence", {"arrays": ["outputs"]}, True),
    ("double_previous_output", "q4_2", "output_late", {"arrays": ["outputs"]}, True),
    ("chinese_relu", "q4_2", "activation", {"arrays": ["hidden_states"], "used": "relu"}, True),
    ("chinese_bias_twice", "q4_2", "weight_factor",
     {"arrays": ["hidden_states"], "array": "b_h", "number": 2.0}, True),
    ("karpathy_carries_state", "q4_2", "state_kept", {}, True),
    ("onesample_wrong_matrix", "q4_6", "weight_other_array", {"array": "U_f", "used": "U_i"}, True),
    ("columns_untransposed", "q4_6", "gate_complement", {"arrays": ["i"], "of": "f"}, True),
    ("columns_untransposed", "q4_6", "gate_constant", {"arrays": ["i"], "number": 0.5}, False),
    ("chinese_three", "q4_6", "gate_activation", {"arrays": ["i"], "used": "tanh"}, True),
    ("chinese_three", "q4_6", "gate_activation", {"arrays": ["i"], "used": "relu"}, False),
]  # fmt: skip
HIDDEN_PART = ["W_xh", "W_hh", "b_h"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "question", "kind", "facts", "true"), CLAIMS)
def test_a_claim_is_tried_on_the_program(
    name: str, question: str, kind: str, facts: dict[str, Any], true: object
) -> None:
    module = executed((STRANGERS / name / "rnn.py").read_text(encoding="utf-8"))
    base = BY_NAME[name.partition("_")[0]]
    facts = {"arrays": HIDDEN_PART, **facts} if question == "q4_3" else facts
    assert claims.checkers()[question](module, base, [(kind, facts)]) == [true]


ALL_GATES = {"arrays": ["f", "i", "c", "o"]}
CROSSED = {"input": ("U[0]", "U[1]", "U[2]"), "hidden": ("U[3]", "W[0]", "W[1]", "W[2]")}

# The same of programs of `tests/programs/diagnosis` whose arrays have the documented names.
TOLD: list[tuple[str, str, str, dict[str, Any], bool]] = [
    ("reshaped-not-turned", "q4_3", "reshaped", {"arrays": ["W_xh"]}, True),
    ("reshaped-not-turned", "q4_3", "reshaped", {"arrays": ["W_hh"]}, False),
    ("reshaped-at-the-end", "q4_3", "reshaped_after", {"arrays": ["W_hy"]}, True),
    ("reshaped-at-the-end", "q4_3", "reshaped_after", {"arrays": ["W_xh"]}, False),
    ("rows-paired-otherwise", "q4_3", "paired_otherwise", {"arrays": ["W_xh"], "first": "batch"}, True),
    ("rows-paired-otherwise", "q4_3", "paired_otherwise", {"arrays": ["W_xh"], "first": "time"}, False),
    ("input-of-one-sequence", "q4_3", "left_of_one", {"arrays": ["W_xh"], "sample": 0}, True),
    ("input-of-one-sequence", "q4_3", "left_of_one", {"arrays": ["W_xh"], "sample": 1}, False),
    ("state-joins-gradient", "q4_3", "state_added", {"state": "h_t"}, True),
    ("state-joins-gradient", "q4_3", "state_added", {"state": "h_(t-1)"}, False),
    ("one-cache-for-all-steps", "q4_3", "input_always", {"arrays": ["W_xh"], "step": 4}, True),
    ("one-cache-for-all-steps", "q4_3", "input_always", {"arrays": ["W_xh"], "step": 3}, False),
    ("last-sequence-alone", "q4_3", "only_step", {"arrays": ["b_y"], "step": 0, "samples": (1,)}, True),
    ("last-sequence-alone", "q4_3", "only_step", {"arrays": ["b_y"], "step": 0}, False),
    ("two-wrong-slopes", "q4_3", "derivatives", {"direct": "1 - h_t", "recurrent": "1"}, True),
    ("two-wrong-slopes", "q4_3", "derivatives", {"direct": "1", "recurrent": "1 - h_t"}, False),
    ("slope-of-one-sequence", "q4_3", "derivative", {"form": "1 - h_t^2 of sequence 0"}, True),
    ("slope-of-one-sequence", "q4_3", "derivative", {"form": "1 - h_t^2 of the last sequence"}, False),
    ("multiplied-step", "q4_4", "step_form", {"form": "W * (1 - learning_rate * dW)"}, True),
    ("multiplied-step", "q4_4", "step_form", {"form": "(1 - learning_rate) * W"}, False),
    ("step-over-root", "q4_4", "divided", {"of": "sqrt(T)"}, True),
    ("step-over-root", "q4_4", "divided", {"of": "T"}, False),
    ("step-over-all", "q4_4", "divided", {"of": "T * B"}, True),
    ("step-centred", "q4_4", "step_of", {"form": "dW - mean(dW)"}, True),
    ("step-centred", "q4_4", "step_of", {"form": "dW / norm(dW)"}, False),
    ("step-symmetric", "q4_4", "step_of", {"arrays": ["W_hh"], "form": "(dW + dW.T) / 2"}, True),
    ("handed-to-itself", "q4_3", "handed_to_itself", {}, True),
    ("output-weights-positive", "q4_3", "handed_to_itself", {}, False),
    ("output-weights-positive", "q4_3", "output_weights_other", {}, True),
    ("units-centred", "q4_3", "output_weights_other", {}, False),
    ("units-centred", "q4_3", "units_centred", {"what": "dz"}, True),
    ("units-centred", "q4_3", "units_centred", {"what": "dh"}, False),
    ("units-centred", "q4_3", "units_mixed", {"what": "dz"}, True),
    ("unit-stopped", "q4_3", "units_stopped", {"units": (2,)}, True),
    ("unit-stopped", "q4_3", "units_stopped", {"units": (1,)}, False),
    ("caches-the-wrong-way", "q4_3", "caches_of_steps", {"with_steps": (4, 3, 2, 1, 0)}, True),
    ("caches-the-wrong-way", "q4_3", "caches_of_steps", {"with_steps": (0, 1, 2, 3, 4)}, False),
    ("gradient-upside-down", "q4_3", "reordered", {"arrays": ["W_hh"], "way": "rows_reversed"}, True),
    ("gradient-upside-down", "q4_3", "reordered", {"arrays": ["W_xh"], "way": "rows_reversed"}, False),
    ("lstm-stacked-otherwise", "q4_6", "gate_rows_of", {**ALL_GATES, **CROSSED}, True),
    ("lstm-stacked-otherwise", "q4_6", "gate_rows_of",
     {**ALL_GATES, **CROSSED, "input": ("U[1]", "U[0]", "U[2]")}, False),
    ("lstm-slices-permuted", "q4_6", "gates_permuted",
     {"gates": ("i", "c", "o"), "of": ("c", "o", "i")}, True),
    ("lstm-sum-clipped-at-5", "q4_6", "gate_flat",
     {"arrays": ["f", "i", "o"], "low": -5.0, "least": 0.006693, "high": 5.0, "most": 0.9933}, True),
    ("lstm-sum-clipped-at-5", "q4_6", "gate_flat",
     {"arrays": ["f", "i", "o"], "low": -4.0, "least": 0.01799}, False),
    ("lstm-forget-gate-bounded", "q4_6", "gate_flat",
     {"arrays": ["f"], "low": -3.892, "least": 0.02}, True),
    ("lstm-forget-gate-bounded", "q4_6", "gate_flat",
     {"arrays": ["i"], "low": -3.892, "least": 0.02}, False),
    ("lstm-states-thrown-away", "q4_6", "states_ignored", {}, True),
    ("lstm-stacked-otherwise", "q4_6", "states_ignored", {}, False),
    ("lstm-residual-hidden-state", "q4_6", "cell_added", {"argument": "hidden_state", "number": 0.1}, True),
    ("lstm-residual-hidden-state", "q4_6", "cell_added", {"argument": "hidden_state"}, False),
    ("lstm-states-rounded", "q4_6", "state_rounded", {"state": "new_cell_state", "digits": 2}, True),
    ("lstm-states-rounded", "q4_6", "state_rounded", {"state": "new_cell_state", "digits": 1}, False),
    ("lstm-state-in-half-precision", "q4_6", "state_half", {"state": "new_cell_state"}, True),
    ("lstm-state-in-half-precision", "q4_6", "state_half", {"state": "new_hidden_state"}, False),
    ("lstm-layer-norm", "q4_6", "gate_units_mixed", {"arrays": ["f", "o"], "units": (1, 2, 3)}, True),
    ("lstm-layer-norm", "q4_6", "gate_units_mixed", {"arrays": ["i"], "units": (1, 2, 3)}, False),
    ("lstm-norm-of-shown-state", "q4_6", "units_mixed",
     {"state": "new_hidden_state", "units": (1, 2, 3)}, True),
    ("lstm-norm-of-shown-state", "q4_6", "units_mixed",
     {"state": "new_cell_state", "units": (1, 2, 3)}, False),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "question", "kind", "facts", "true"), TOLD)
def test_a_claim_about_documented_names_is_tried(
    name: str, question: str, kind: str, facts: dict[str, Any], true: object
) -> None:
    path = PROGRAMS / "diagnosis" / name / "rnn.py"
    base = Base(name, path, PLAIN_RNN, PLAIN_GRADIENTS, PLAIN_CELL)
    facts = {"arrays": HIDDEN_PART, **facts} if question == "q4_3" else facts
    module = executed(base.source)
    assert claims.checkers()[question](module, base, [(kind, facts)]) == [true]


def test_an_update_from_another_parameters_value_is_tried() -> None:
    rng = np.random.default_rng(5)
    before = {"W_hh": rng.normal(size=(4, 4)), "b_h": rng.normal(size=4)}
    given = {name: rng.normal(size=value.shape) for name, value in before.items()}
    steps = {name: -update.RATE * gradient for name, gradient in given.items()}
    steps["W_hh"] = before["b_h"][:, None] + steps["W_hh"] - before["W_hh"]
    tried = partial(update.RULES["from_another"], rounds=[(before, given, steps)])
    assert tried({"used": "b_h"}, "W_hh")
    assert not tried({"used": "W_hh"}, "b_h")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("steps", "true"), [(2, True), (3, False)])
def test_how_many_steps_back_the_recurrence_goes(steps: int, true: object) -> None:
    base = BY_NAME["columns"]
    wrong = base.source.replace("self.W @ self.h[t - 1]", "self.W @ self.h[max(t - 2, -1)]")
    claim = ("steps_back", {"arrays": ["hidden_states", "outputs"], "steps": steps})
    assert claims.checkers()["q4_2"](executed(wrong), base, [claim]) == [true]
