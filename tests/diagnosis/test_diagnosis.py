"""A misconception is named by what the code does at the public probe; nothing else is ever named."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from grader.checks import probe_point
from grader.checks.probe_point import RIGHT
from grader.diagnosis import match
from grader.diagnosis.diagnose import _two_digits
from grader.diagnosis.diagnose import diagnose as whole
from grader.language import render
from grader.misconceptions import catalogue
from grader.sandbox import local
from solutions import rnn as reference
from tests import BASES
from tests.inprocess import candidates

KNOWN = {one.name: one for one in catalogue.misconceptions()}
QUESTION = {
    "forward": "q4_2", "bptt": "q4_3", "update": "q4_4", "init": "q4_1", "lstm": "q4_6", "data": "q5_1",
}  # fmt: skip
SAMPLE = [
    "zero-weights",
    "constant-weights",
    "linear-hidden",
    "sigmoid-hidden",
    "tanh-of-half",
    "no-recurrence",
    "two-steps-back",
    "initial-state-one",
    "state-carried-over",
    "hidden-bias-unused",
    "softmax-on-outputs",
    "outputs-from-previous-state",
    "float16-states",
    "no-recurrent-term",
    "recurrent-not-transposed",
    "tanh-derivative-missing",
    "tanh-derivative-twice",
    "sigmoid-derivative",
    "negative-gradient",
    "gradient-doubled",
    "averaged-over-batch",
    "db-h-overwritten",
    "dW-hh-with-current-state",
    "dW-hh-transposed",
    "output-gradient-off-by-one",
    "truncated-after-4-steps",
    "db-y-forgotten",
    "gradients-accumulate-between-calls",
    "update-wrong-sign",
    "momentum",
    "weight-decay",
    "update-forgets-output-bias",
    "learning-rate-ignored",
    "sigmoid-candidate",
    "forget-and-input-gate-swapped",
    "no-tanh-on-cell-state",
    "no-output-gate",
    "peephole",
    "int64-overflow",
    "object-dtype",
    "fibonacci-doubles",
    "length-not-checked",
]


def base_source(base: str) -> str:
    return (BASES / f"{base}.py").read_text(encoding="utf-8")


def found(source: str, part: str, question: str = ""):
    with np.errstate(all="ignore"):
        return diagnose(question or QUESTION[part], candidates(source))


def diagnose(question: str, env):
    """What is said of a case that is about everything in the question."""
    return whole(question, "", env)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_misconception_in_the_reference_is_named(name) -> None:
    one = KNOWN[name]
    finding = found(one.source(), one.part)
    assert finding is not None
    assert KNOWN[finding.name].family == one.family
    assert str(finding.message) != render(finding.message, "zh")


# Written otherwise these do something else, or cannot be told: the gates of a cell whose candidate is
# a sigmoid can be exchanged, and Fibonacci that starts 1, 1 doubles from another place.
UNTOLD = {("sigmoid-candidate", base) for base in ("column", "fused", "objects")} | {
    ("fibonacci-doubles", "fused")
}
IN_BASES = [
    (name, base) for name in SAMPLE for base in KNOWN[name].bases if (name, base) not in UNTOLD
]


def test_the_sample_reaches_every_base_in_every_part() -> None:
    reached = {(KNOWN[name].part, base) for name, base in IN_BASES}
    for base in ("row", "column", "fused", "objects"):
        assert {"forward", "bptt"} <= {part for part, where in reached if where == base}


@pytest.mark.parametrize(("name", "base"), IN_BASES)
def test_a_misconception_in_a_differently_written_program_is_named(name, base) -> None:
    one = KNOWN[name]
    finding = found(catalogue.changed(base_source(base), one.bases[base], name), one.part)
    assert finding is not None
    assert finding.name, finding.message
    assert KNOWN[finding.name].family == one.family


@pytest.mark.parametrize(("name", "base"), sorted(UNTOLD))
def test_what_cannot_be_told_is_not_guessed(name, base) -> None:
    one = KNOWN[name]
    finding = found(catalogue.changed(base_source(base), one.bases[base], name), one.part)
    assert finding is None or finding.name == "" or KNOWN[finding.name].family == one.family


QUESTIONS = tuple(match.CONCERNS)


@pytest.mark.parametrize("base", ["reference", "row", "column", "fused", "objects"])
def test_a_correct_program_has_no_diagnosis(base) -> None:
    source = catalogue.reference_source() if base == "reference" else base_source(base)
    env = candidates(source)
    assert {question: diagnose(question, env) for question in QUESTIONS} == dict.fromkeys(QUESTIONS)


def test_float32_is_no_mistake_and_hides_none() -> None:
    right = catalogue.reference_source()
    cast = ("return RNG.uniform(-limit, limit, (fan_in, fan_out))",
            "return RNG.uniform(-limit, limit, (fan_in, fan_out)).astype(np.float32)")  # fmt: skip
    narrow = right.replace(*cast).replace(
        "np.zeros(hidden_size)", "np.zeros(hidden_size, np.float32)"
    )
    narrow = narrow.replace(
        "self._buffers[name] = np.empty(shape)", "self._buffers[name] = np.empty(shape, np.float32)"
    )
    narrow = narrow.replace(
        "np.zeros((B, self.hidden_size))", "np.zeros((B, self.hidden_size), np.float32)"
    )
    narrow = narrow.replace("np.zeros(output_size)", "np.zeros(output_size, np.float32)")
    env = candidates(narrow)
    assert probe_point.rnn_record(env["SimpleRNN"])["single"].all()
    assert [diagnose(question, env) for question in ("q4_2", "q4_3", "q4_4")] == [None] * 3
    one = KNOWN["recurrent-not-transposed"]
    broken = catalogue.changed(narrow, catalogue.Change(one.old, one.new), one.name)
    finding = found(broken, "bptt")
    assert finding is not None
    assert KNOWN[finding.name].family == one.family


def test_several_mistakes_are_told_question_by_question() -> None:
    source = catalogue.reference_source()
    for name in (
        "recurrent-not-transposed",
        "db-y-forgotten",
        "forget-and-input-gate-swapped",
        "int64-overflow",
    ):
        one = KNOWN[name]
        source = catalogue.changed(source, catalogue.Change(one.old, one.new), name)
    env = candidates(source)
    told = {question: diagnose(question, env) for question in ("q4_2", "q4_3", "q4_6", "q5_1")}
    assert told["q4_2"] is None
    # Two in one question: the one that comes first in the computation, and that there is another.
    assert told["q4_3"].name == "db-y-forgotten"
    assert len(told["q4_3"].claims) == 2
    assert "1 more thing" in str(told["q4_3"].message)
    assert told["q4_6"].name == "forget-and-input-gate-swapped"
    assert told["q5_1"].name == "int64-overflow"


def test_what_looks_alike_in_one_question_is_told_by_the_others() -> None:
    """A wrong sign in backward and one in the update make the same step."""
    for name in ("negative-gradient", "update-wrong-sign"):
        assert found(KNOWN[name].source(), "update").name == name


class Garbage(reference.SimpleRNN):
    """Shapes are right; the numbers follow from nothing known."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        del self.gradients, self._buffers

    def forward(self, inputs):
        x = np.asarray(inputs)
        hidden = np.cos(x @ self.W_xh * self.turn + self.b_h + (np.cumsum(x, 0) @ self.W_xh) ** 3)
        hidden = hidden + 0.1 * np.roll(hidden, 1, axis=0) @ self.W_hh
        self.shape = hidden.shape
        return hidden @ self.W_hy * self.turn + self.b_y**3, hidden

    def backward(self, d_outputs):
        rng = np.random.default_rng(len(d_outputs))
        self.given = {
            name: rng.normal(size=getattr(self, name).shape)
            for name in ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
        }
        return self.given

    def update_parameters(self, learning_rate):
        for name, gradient in self.given.items():
            setattr(self, name, getattr(self, name) * 0.7 + np.sin(gradient) * learning_rate)


@pytest.mark.parametrize("turn", [0.3, 1.7, 5.0])
def test_garbage_is_never_named(turn) -> None:
    style = type("SimpleRNN", (Garbage,), {"turn": turn})
    cls = local.wrap(style, "SimpleRNN")
    for question in ("q4_1", "q4_2", "q4_3", "q4_4", "q5_2"):
        finding = diagnose(question, {"SimpleRNN": cls})
        assert finding is None or finding.name == "", finding


def test_garbage_of_a_cell_and_of_data_is_never_named() -> None:
    class LSTMCell(reference.LSTMCell):
        def forward(self, x, h, c):
            mixed = np.sin(x @ self.W_f + h @ self.U_i) + c**3
            return np.cos(3 * mixed), mixed * 1.3 + np.sin(7 * c)

    def generate_sequence_data(seq_type="fibonacci", length=1000):
        if seq_type not in {"fibonacci", "sine"} or length < 1:
            raise ValueError
        return np.sqrt(np.arange(abs(length) + 3) * 2.5) - 4.0

    for candidate, question in ((LSTMCell, "q4_6"), (generate_sequence_data, "q5_1")):
        name = candidate.__name__
        finding = diagnose(question, {name: local.wrap(candidate, name)})
        assert finding is None or finding.name == "", finding


@pytest.mark.parametrize(
    "returned",
    ["[[1], [1, 2]]", "{1: 2}", "[10 ** 400] * 9", "np.array([])", "np.float64(3.0)", "'abc'", "np.ones((3, 2))",
     "np.array([1 + 2j])", "None", "iter([1])", "[None, 1]", "np.array(['1', '1', '2'])", "np.full(9, np.nan)", "(0, 1)"],
)  # fmt: skip
def test_odd_sequences_are_survived(returned) -> None:
    source = f"import numpy as np\ndef generate_sequence_data(kind='f', length=1):\n    return {returned}\n"
    finding = found(source, "data")
    assert finding is None or finding.name in {"", *KNOWN}


def test_a_correct_sequence_from_one_is_as_good_as_from_zero() -> None:
    """Of a program that starts 1, 1 and lacks the sine, the numbers are not called wrong."""
    source = """
import numpy as np
def generate_sequence_data(seq_type='fibonacci', length=1000):
    if seq_type != 'fibonacci' or length < 1:
        raise ValueError(seq_type)
    terms = [1.0, 1.0]
    while len(terms) < length:
        terms.append(terms[-1] + terms[-2])
    return np.array(terms[:length])
"""
    finding = found(source, "data")
    assert finding is None or KNOWN[finding.name].family not in {
        "fibonacci-values",
        "fibonacci-type",
    }


# ---- descriptions, where nothing is named


def described(change):
    """What is said of a record that differs from the right one as `change` says."""
    record = {key: value.copy() for key, value in probe_point.right("rnn").items()}
    change(record)
    return SimpleNamespace(memo={"record": record})


def words(question, change, language="en"):
    finding = match.diagnose(question, {"SimpleRNN": described(change)})
    return None if finding is None else (finding.name, render(finding.message, language))


def test_a_sign_a_transpose_and_a_factor_are_described() -> None:
    def sign(record):
        record["dW_xh"] *= -1

    def seventh(record):
        record["dW_xh"] /= -7

    def odd(record):
        record["dW_xh"] *= 0.123456

    assert words("q4_3", sign) == ("", "dW_xh is the right one with the opposite sign.")
    assert words("q4_3", seventh) == ("", "dW_xh is the right one times -1/7.")
    assert words("q4_3", odd) == ("", "dW_xh is the right one times a constant.")
    for change in (sign, seventh, odd):
        text = words("q4_3", change, "zh")[1]
        assert "right" not in text
        assert "times" not in text


def test_a_square_matrix_may_be_transposed() -> None:
    right = np.arange(9.0).reshape(3, 3)
    assert str(match._simple(right.T, right, 1e-9)) == "transposed"
    assert match._simple(right[::-1], right, 1e-9) is None
    assert match._simple(np.zeros((3, 3)), right, 1e-9) is None


def test_the_first_step_and_the_first_gradient_that_are_off_are_named() -> None:
    def late(record):
        record["outputs"][5:] += 0.3
        record["hidden"][7:] *= 0.9

    def one_gradient(record):
        record["dW_xh"] = record["dW_xh"] + np.arange(record["dW_xh"].size).reshape(3, 4)

    name, text = words("q4_2", late)
    assert (name, text) == ("", "outputs is wrong from time step 5 on.")
    name, text = words("q4_3", one_gradient)
    assert name == ""
    assert text.startswith("dW_xh is the first gradient that is off; right are ")
    assert "dW_hy" in text


def test_no_finding_without_its_candidate_or_topic() -> None:
    assert diagnose("q4_2", {}) is None
    assert diagnose("q5_3", {"SimpleRNN": local.wrap(reference.SimpleRNN)}) is None


def test_a_finding_is_looked_for_once_per_program() -> None:
    env = candidates(KNOWN["no-recurrence"].source())
    assert match.diagnose("q4_2", env) is match.diagnose("q4_2", env)


def test_the_right_record_is_the_reference_s_own() -> None:
    record = probe_point.rnn_record(local.wrap(reference.SimpleRNN))
    assert record.keys() == probe_point.right("rnn").keys()
    assert set(probe_point.fingerprints("rnn")) <= {RIGHT, *KNOWN}


@pytest.mark.parametrize(
    ("measured", "told"),
    [(1.7724538, 1.8), (-0.5, -0.5), (1e-05, 1e-05), (2.0, 2.0), (0.99937, 0.99937), (1.00412, 1.0041), (0.0, 0.0)],
)  # fmt: skip
def test_a_hint_tells_two_digits_of_a_number(measured: float, told: float) -> None:
    """A program could hide in further digits what it saw of hidden inputs."""
    assert _two_digits(measured) == told
