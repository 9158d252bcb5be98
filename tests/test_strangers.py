"""Programs by people who never saw the rules lose what they should, and keep what they should."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.strangers import claims, handwritten, kit
from tests.strangers.bases import ALL, STRANGERS, Base
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
