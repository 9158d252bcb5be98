"""Questions q4_1 to q4_6 on programs nobody foresaw: right ones lose nothing, wrong ones are judged."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from grader.checks.parameters.rnn_roles import HIDDEN
from grader.checks.parameters.roles import rnn_layout
from grader.checks.part4 import rnn_forward
from grader.faults import CheckFailed
from grader.misconceptions import catalogue
from grader.questions.case import CaseOutcome
from grader.records import Verdict
from grader.sandbox import local
from solutions import rnn as reference
from tests import BASES, PROGRAMS
from tests.inprocess import candidates, outcomes_of

RNN = ("q4_1", "q4_2", "q4_3", "q4_4")
CELL = ("q4_5", "q4_6")
ROW, COLUMN, FUSED = (
    (BASES / f"{name}.py").read_text(encoding="utf-8") for name in ("row", "column", "fused")
)
REFERENCE = catalogue.reference_source()


def changed(source: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in source, old
        source = source.replace(old, new)
    return source


def failing(outcomes: Mapping[str, CaseOutcome]) -> set[str]:
    ours = {
        name: str(one.message) for name, one in outcomes.items() if one.verdict is Verdict.KIT_FAULT
    }
    assert not ours, ours
    return {name for name, one in outcomes.items() if one.verdict is not Verdict.PASSED}


# The documented names say nothing here: roles are found by behaviour alone.
NAMELESS = changed(COLUMN, *((f"'{old}'", f"'{new}'") for old, new in zip(("Wx", "Wh", "bh", "Wy", "by"), "ABCDE", strict=True)))  # fmt: skip
COLUMN_STATES = ("np.stack([self.hs[t].T for t in range(self.T)])", "np.stack([self.hs[t] for t in range(self.T)])")  # fmt: skip
COLUMN_GRADIENTS = "return g['Wx'], g['Wh'], g['bh'], g['Wy'], g['by']"
ROW_STATES = "self.h = np.zeros((T + 1, B, self.hidden_size))"
ROW_OUTPUTS = "return np.array(outputs), self.h[1:]"
ROW_NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
DOCUMENTED = (
    "return {'W_xh': g['Wx'].T, 'W_hh': g['Wh'].T, 'b_h': g['bh'].ravel(), "
    "'W_hy': g['Wy'].T, 'b_y': g['by'].ravel()}"
)
FUSED_GRADIENTS = (
    "return {'cell': {'w': self.d_cell_w, 'b': self.d_cell_b}, "
    "'head': {'w': self.d_head_w, 'b': self.d_head_b}}"
)
IN_PARTS = (
    "n = self.nh\n        return {'Whh': self.d_cell_w[:n], 'Wxh': self.d_cell_w[n:], "
    "'bh': self.d_cell_b, 'Why': self.d_head_w, 'by': self.d_head_b[0]}"
)
NARROW_GRADIENTS = [
    (f"self.d{name} = np.zeros_like(self.{name})", f"self.d{name} = np.zeros(self.{name}.shape, np.float32)")
    for name in ROW_NAMES
]  # fmt: skip

RIGHT = {
    "nameless": NAMELESS,
    "nameless, states as (T, H, B)": changed(NAMELESS, COLUMN_STATES),
    "nameless, states as a dict from -1": changed(NAMELESS, (COLUMN_STATES[0], "dict(self.hs)")),
    "gradients in the documented form of a transposed storage": changed(
        COLUMN,
        (COLUMN_GRADIENTS, DOCUMENTED),
    ),
    "the same as a tuple": changed(
        COLUMN, (COLUMN_GRADIENTS, "return g['by'][:, 0], g['Wx'].T, g['Wh'].T, g['Wy'].T, g['bh'][:, 0]")
    ),
    "gradients as nested lists": changed(
        COLUMN, (COLUMN_GRADIENTS, "return [value.tolist() for value in g.values()]")
    ),
    "inputs cast to float32": changed(ROW, ("self.x = inputs\n", "self.x = inputs.astype('float32')\n")),
    "d_outputs cast to float32": changed(ROW, ("dy = d_outputs[t]\n", "dy = d_outputs[t].astype('float32')\n")),
    "states in float32": changed(ROW, (ROW_STATES, ROW_STATES[:-1] + ", dtype=np.float32)")),
    "states rounded to float32": changed(ROW, ("np.tanh(z)", "np.tanh(z).astype(np.float32)")),
    "outputs in float32": changed(ROW, (ROW_OUTPUTS, "return np.array(outputs, dtype=np.float32), self.h[1:]")),
    "gradients in float32": changed(
        ROW, *NARROW_GRADIENTS,
        ("self.h[t + 1].T @ dy", "(self.h[t + 1].T @ dy).astype(np.float32)"),
    ),
    "fused, gradients in parts": changed(
        FUSED,
        (FUSED_GRADIENTS, IN_PARTS),
    ),
    "hidden states nested in a tuple of lists": changed(ROW, (ROW_OUTPUTS, "return list(np.array(outputs)), [list(h) for h in self.h[1:]]")),
}  # fmt: skip


@pytest.mark.parametrize("form", RIGHT)
def test_an_unusual_network_that_is_right_loses_nothing(form) -> None:
    outcomes = outcomes_of(candidates(RIGHT[form]), RNN)
    assert failing(outcomes) == set()
    assert not [one for one in outcomes.values() if one.diagnosis or one.message]


CELLS = {
    "lists": changed(REFERENCE, ("return new_hidden_state, new_cell_state", "return new_hidden_state.tolist(), new_cell_state.tolist()")),
    "a list of arrays": changed(REFERENCE, ("return new_hidden_state, new_cell_state", "return [new_hidden_state, new_cell_state]")),
    "one array": changed(REFERENCE, ("return new_hidden_state, new_cell_state", "return np.stack([new_hidden_state, new_cell_state])")),
    "beside a cache": changed(REFERENCE, ("return new_hidden_state, new_cell_state", "return new_hidden_state, new_cell_state, {'f': f, 'g': g}")),
    "states cast to float32": changed(
        ROW, ("x, h, c = input_t, hidden_state, cell_state", "x, h, c = (np.float32(a) for a in (input_t, hidden_state, cell_state))")
    ),
    "returned in float32": changed(REFERENCE, ("return new_hidden_state, new_cell_state", "return np.float32(new_hidden_state), np.float32(new_cell_state)")),
}  # fmt: skip


@pytest.mark.parametrize("form", CELLS)
@pytest.mark.filterwarnings("ignore:overflow encountered in exp")  # of the plainest sigmoid
def test_an_unusual_cell_that_is_right_loses_nothing(form) -> None:
    assert failing(outcomes_of(candidates(CELLS[form]), CELL)) == set()


def test_a_function_that_makes_networks_is_a_class_here_too() -> None:
    """As in the worker: in a notebook, and in the kill matrix, there is none."""
    program = (PROGRAMS / "variants" / "made-by-a-function" / "rnn.py").read_text(encoding="utf-8")
    assert failing(outcomes_of(candidates(program), RNN)) == set()


def test_hidden_inputs_of_any_seed_leave_the_reference_whole() -> None:
    """Luck of the draw decides nothing: linear_output once asked for outputs of both signs."""
    cls = local.wrap(reference.SimpleRNN)
    rnn_layout(cls, HIDDEN)
    for seed in range(300):
        rnn_forward.linear_output(cls, np.random.default_rng(seed))
        rnn_forward.recurrence(cls, np.random.default_rng(seed))
        rnn_forward.twice(cls, np.random.default_rng(seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_the_reference_passes_every_case_whatever_the_seed(seed) -> None:
    outcomes = outcomes_of(candidates(REFERENCE), (*RNN, *CELL), seed=bytes([seed]))
    assert failing(outcomes) == set()


@pytest.mark.parametrize(
    "activation", ["np.maximum(y, 0)", "np.abs(y)", "np.tanh(y)", "1 / (1 + np.exp(-y))", "0 * y",
                   "np.exp(y) / np.exp(y).sum(-1, keepdims=True)"]
)  # fmt: skip
def test_an_output_activation_is_never_linear(activation) -> None:
    class SimpleRNN(reference.SimpleRNN):
        def forward(self, inputs):
            y, hidden = super().forward(inputs)
            return eval(activation, {"np": np, "y": y}), hidden

    for seed in range(5):
        with pytest.raises(CheckFailed):
            rnn_forward.linear_output(local.wrap(SimpleRNN), np.random.default_rng(seed))


def test_float16_is_wrong_though_float32_is_not() -> None:
    source = changed(ROW, (ROW_STATES, ROW_STATES[:-1] + ", dtype=np.float16)"))
    assert {"q4_2/golden", "q4_2/hidden_states", "q4_2/long"} <= failing(
        outcomes_of(candidates(source), ("q4_2",))
    )


def test_averaged_gradients_with_one_mistake_lose_both_and_no_more() -> None:
    mean = (
        "T = len(d_outputs)\n",
        "T = len(d_outputs); d_outputs = d_outputs / d_outputs.shape[1]\n",
    )
    wrong = ("self.dW_hh += self.h[t].T @ dz", "self.dW_hh += self.h[t + 1].T @ dz")
    lost = failing(outcomes_of(candidates(changed(ROW, mean, wrong)), ("q4_3",)))
    assert lost == {
        "q4_3/dW_hh", "q4_3/recurrent_weights", "q4_3/one_step", "q4_3/long", "q4_3/single", "q4_3/sum_not_mean",
    }  # fmt: skip
    assert failing(outcomes_of(candidates(changed(ROW, mean)), ("q4_3",))) == {"q4_3/sum_not_mean"}


def test_a_numerical_message_tells_the_error_that_counts() -> None:
    source = changed(ROW, ("self.db_h += dz.sum(axis=0)", "self.db_h += dz.mean(axis=0)"))
    message = outcomes_of(candidates(source), ("q4_3",))["q4_3/db_h"].message
    assert "relative error 0.67" in str(message)  # (1 - 1/5) / (1 + 1/5)


ODD_FORWARDS = {
    "booleans": "outputs > 0, h[1:] > 0",
    "small integers": "np.uint8(outputs), np.int8(h[1:])",
    "huge integers": "[[[10 ** 400] * outputs.shape[-1]] * B] * T, h[1:].copy()",
    "objects": "outputs.astype(object), h[1:].astype(object)",
    "NaN": "np.full_like(outputs, np.nan), np.full_like(h[1:], np.nan)",
    "infinity": "np.full_like(outputs, np.inf), -np.full_like(h[1:], np.inf)",
    "complex": "outputs * 1j, h[1:] * 1j",
    "empty": "np.zeros((T, B, 0)), np.zeros((0, B, 4))",
    "nothing": "None",
    "a number": "3.0",
    "a dict": "{'outputs': outputs, 'hidden_states': h[1:]}",
    "a deep list": "[[[[[[outputs]]]]]]",
    "text": "'outputs', 'hidden_states'",
    "views of one number": "np.broadcast_to(1.0, outputs.shape), np.broadcast_to(0.5, h[1:].shape)",
}


@pytest.mark.parametrize("form", ODD_FORWARDS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_odd_results_of_forward_are_the_student_s_fault(form) -> None:
    source = changed(
        REFERENCE, ("return outputs.reshape(T, B, -1), h[1:].copy()",
                    f"outputs = outputs.reshape(T, B, -1)\n        return {ODD_FORWARDS[form]}")
    )  # fmt: skip
    lost = failing(outcomes_of(candidates(source), RNN))
    assert {"q4_2/golden", "q4_2/hidden_states"} <= lost


@pytest.mark.parametrize("form", ODD_FORWARDS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_odd_results_of_a_cell_are_the_student_s_fault(form) -> None:
    value = (
        ODD_FORWARDS[form].replace("h[1:]", "new_cell_state").replace("outputs", "new_hidden_state")
    )
    value = value.replace("T, B", "*x.shape").replace("* B] * T", "* len(x)]")
    source = changed(
        REFERENCE,
        ("        return new_hidden_state, new_cell_state", f"        B = len(x); return {value}"),
    )
    lost = failing(outcomes_of(candidates(source), CELL))
    assert {"q4_6/golden", "q4_6/cell_state"} <= lost


ODD_BACKWARDS = [
    "{n: [10 ** 400] * 3 for n in ('W_xh', 'W_hh')}", "np.nan", "[np.nan] * 5", "[[]]", "True",
    "{n: np.full((4, 4), np.nan) for n in ('W_xh', 'W_hh', 'b_h')}", "{1: 2, 'W_hh': 'text'}",
    "tuple(np.ones(s, bool) for s in ((3, 4), (4, 4), 4, (4, 2), 2))", "[[1, 2], [3]]", "np.ones(0)",
    "{'W_hh': np.ones((4, 4), complex)}", "[[[1.0, 2.0]] * 3] * 4",
]  # fmt: skip


@pytest.mark.parametrize("value", ODD_BACKWARDS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_odd_results_of_backward_are_the_student_s_fault(value) -> None:
    source = changed(
        REFERENCE,
        ("        return dict(self.gradients)", f"        del self.gradients; return {value}"),
    )
    lost = failing(outcomes_of(candidates(source), ("q4_3", "q4_4")))
    assert {"q4_3/dW_hh", "q4_3/recurrent_weights", "q4_4/plain_descent"} <= lost


@pytest.mark.parametrize(
    "error", ["raise ValueError('no')", "return None", "pass", "raise NotImplementedError"]
)
@pytest.mark.parametrize("method", ["    def forward(self, inputs", "    def forward(\n        self, input_t",
                                    "    def backward(self", "    def update_parameters(self"])  # fmt: skip
def test_a_method_that_fails_costs_its_own_question(error, method) -> None:
    start = REFERENCE.index(method)
    body = REFERENCE.index('        """', start)
    end = min(
        place
        for place in (REFERENCE.find(stop, body) for stop in ("\n    def ", "\n\n\n"))
        if place > 0
    )
    outcomes = outcomes_of(candidates(f"{REFERENCE[:body]}        {error}\n{REFERENCE[end:]}"))
    lost = failing(outcomes)
    question = {"for": "q4_2", "bac": "q4_3", "upd": "q4_4"}[method.strip()[4:7]]
    if "input_t" in method:
        question = "q4_6"
    mine = {name for name in outcomes if name.startswith(question)}
    verdicts = {outcomes[name].verdict for name in mine & lost}
    allowed = (
        {Verdict.CRASHED} if "ValueError" in error else {Verdict.NOT_IMPLEMENTED, Verdict.FAILED}
    )
    assert verdicts <= allowed
    assert len(mine - lost) <= len(mine) // 3
    assert f"{question}/golden" in lost or question in {"q4_3", "q4_4"}
    follows = {"q4_2": {"q4_1", "q4_2", "q4_3", "q4_4"}, "q4_3": {"q4_3", "q4_4"}}.get(
        question, {question}
    )
    assert {name[:4] for name in lost} <= follows
    assert not {name for name in lost if name.startswith("q4_1")} - {"q4_1/scale"}
