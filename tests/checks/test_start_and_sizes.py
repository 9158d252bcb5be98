"""Initial weights are judged once, by measured bounds; a branch for one size of one is noticed."""

from __future__ import annotations

import pytest

from grader.checks.start_scale import is_charged
from grader.language import render
from grader.misconceptions.catalogue import reference_source
from grader.records import Verdict
from tests import BASES
from tests.inprocess import candidates, outcomes_of

pytestmark = pytest.mark.slow

# Initial weights, as statements of a constructor; whether q4_1 takes points for them.
RNN = "self.W_xh, self.W_hh, self.W_hy = {0}(I, H), {0}(H, H), {0}(H, O)"
STARTS = {
    "0.01 * np.random.randn": False,
    "0.1 * np.random.randn": False,
    "0.01 * np.random.standard_normal": False,
    "(lambda a, b: np.random.uniform(-1, 1, (a, b)) / np.sqrt(a))": False,
    "(lambda a, b: np.random.randn(a, b) * np.sqrt(2 / (a + b)))": False,
    "(lambda a, b: np.eye(a, b) + 0.001 * np.random.randn(a, b))": False,  # identity RNN
    "(lambda a, b: np.random.uniform(-0.05, 0.05, (a, b)))": False,
    "0.003 * np.random.randn": True,
    "0.001 * np.random.randn": True,
    "1e-8 * np.random.randn": True,
    "(lambda a, b: np.random.uniform(-0.005, 0.005, (a, b)))": True,
    "np.random.randn": True,
    "300 * np.random.randn": True,
    "np.random.rand": True,
}
CELL = "for g in 'fico': setattr(self, 'W_' + g, {0}(I, H)); setattr(self, 'U_' + g, {0}(H, H))"
CELLS = {
    "0.01 * np.random.randn": False,
    "np.random.randn": False,
    "1e-6 * np.random.randn": False,
    "(lambda a, b: np.random.uniform(-1, 1, (a, b)) / np.sqrt(b))": False,
    "10 * np.random.randn": True,
    "300 * np.random.randn": True,
}


@pytest.mark.parametrize("start", STARTS)
def test_starts_that_fail_are_charged_and_no_others(start: str) -> None:
    source = changed(
        "SimpleRNN",
        "self, I, H, O",
        RNN.format(start) + "; self.b_h, self.b_y = np.zeros(H), np.zeros(O)",
    )
    assert is_charged(candidates(source)["SimpleRNN"]) is STARTS[start]


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("np.random.rand", "all weights of W_xh, W_hh have one sign"),
        ("(lambda a, b: -np.random.rand(a, b) / np.sqrt(a))", "W_xh, W_hh have one sign"),
        ("300 * np.random.randn", "the weights are too large"),
    ],
)
def test_a_saturated_start_is_told_by_its_cause(start: str, words: str) -> None:
    biases = "; self.b_h, self.b_y = np.zeros(H), np.zeros(O)"
    source = changed("SimpleRNN", "self, I, H, O", RNN.format(start) + biases)
    found = outcomes_of(candidates(source), ("q4_1",))["q4_1/scale"]
    assert words in render(found.message, "en")


@pytest.mark.parametrize("start", CELLS)
def test_cells_that_fail_are_charged_and_no_others(start: str) -> None:
    body = f"{CELL.format(start)}\n    for g in 'fico': setattr(self, 'b_' + g, np.zeros(H))"
    found = outcomes_of(candidates(changed("LSTMCell", "self, I, H", body)), ("q4_5",))
    failed = {name for name, outcome in found.items() if outcome.verdict is not Verdict.PASSED}
    assert failed == ({"q4_5/scale"} if CELLS[start] else set())


def changed(cls: str, parameters: str, body: str) -> str:
    """The reference with other initial weights."""
    return f"{reference_source()}\ndef start({parameters}):\n    old({parameters})\n    {body}\nold, {cls}.__init__ = {cls}.__init__, start\n"


# A wrong branch of forward, of backward, of the cell -> the cases that it costs; backward is judged by
# the forward that the program has.
ONE = {
    "inputs.shape[2] == 1": {"q4_2/single"},
    "self.W_hh.shape[0] == 1": {"q4_2/single"},
    "self.W_hy.shape[1] == 1": {"q4_2/single"},
    "inputs.shape[1] == 1": {"q4_2/single", "q4_2/batch"},
}
BACK = {
    "self.W_xh.shape[0] == 1": {"q4_3/single"},
    "self.W_hh.shape[0] == 1": {"q4_3/single"},
    "self.W_hy.shape[1] == 1": {"q4_3/single"},
    "d_outputs.shape[1] == 1": {"q4_3/single"},
    "d_outputs.shape[0] == 1": {"q4_3/one_step"},
}
GATES = {
    "x.shape[1] == 1": {"q4_6/batch"},
    "h.shape[1] == 1": {"q4_6/batch"},
    "x.shape[0] == 1": {"q4_6/batch"},
}


@pytest.mark.parametrize("branch", ONE)
def test_a_forward_wrong_for_one_size_of_one_loses_its_case(branch: str) -> None:
    body = f"y, h = old(self, inputs)\n    return (y * 1.5, h * 0.5) if {branch} else (y, h)"
    assert lost("SimpleRNN.forward", "self, inputs", body, ("q4_2", "q4_3")) == ONE[branch]


@pytest.mark.parametrize("branch", BACK)
def test_a_backward_wrong_for_one_size_of_one_loses_its_case(branch: str) -> None:
    body = (
        "g = old(self, d_outputs)\n"
        f"    return {{k: v * (1.5 if k == 'W_xh' else 1) for k, v in g.items()}} if {branch} else g"
    )
    assert lost("SimpleRNN.backward", "self, d_outputs", body, ("q4_3",)) == BACK[branch]


@pytest.mark.parametrize("branch", GATES)
def test_a_cell_wrong_for_one_size_of_one_loses_its_case(branch: str) -> None:
    body = f"a, b = old(self, x, h, c)\n    return (a * 1.5, b * 0.5) if {branch} else (a, b)"
    assert lost("LSTMCell.forward", "self, x, h, c", body, ("q4_6",)) == GATES[branch]


def lost(method: str, parameters: str, body: str, questions: tuple[str, ...]) -> set[str]:
    source = (
        f"{reference_source()}\ndef new({parameters}):\n    {body}\nold, {method} = {method}, new\n"
    )
    found = outcomes_of(candidates(source), questions)
    return {name for name, outcome in found.items() if outcome.verdict is not Verdict.PASSED}


def test_weights_that_begin_as_zeros_at_a_size_of_one_lose_the_case_of_sizes() -> None:
    source = (BASES / "row.py").read_text(encoding="utf-8")
    old = "self.W_xh = init(input_size, hidden_size)"
    assert old in source
    source = source.replace(old, f"{old}; self.W_xh[0] = 0", 1)
    outcomes = outcomes_of(candidates(source), ("q4_1",))
    lost = [place for place, one in outcomes.items() if one.verdict is not Verdict.PASSED]
    assert lost == ["q4_1/other_sizes"]
