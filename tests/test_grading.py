"""A grade is deserved, repeatable, and silent about everything hidden; what is ours to mend is loud."""

from __future__ import annotations

import pickle
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from grader.assignment import load
from grader.faults import BadFile, KitFault
from grader.grading import Settings, grade
from grader.language import LANGUAGES, render
from grader.misconceptions import catalogue
from grader.questions import otter
from grader.questions.otter import QUESTIONS
from grader.records import (
    Grade,
    Status,
    Submission,
    Verdict,
)
from tests import ROOT

SECRET = b"a secret for tests, 32 bytes long"
SETTINGS = Settings(secret=SECRET)
STUDENT = ROOT / "student"
REFERENCE = catalogue.reference_source()
QUICK = ("q4_1", "q4_2", "q4_3", "q4_4", "q4_5", "q4_6", "q5_1")


def submission(source: str | None, **known) -> Submission:
    return Submission(student_id="2024001", name="张三", source=source, **known)


def graded(source: str, **settings) -> Grade:
    return grade(submission(source), replace(SETTINGS, **settings))


def cases(found: Grade):
    return [case for question in found.questions for case in question.cases]


def verdicts(found: Grade):
    return [(case.name, case.verdict, case.points, case.diagnosis) for case in cases(found)]


@pytest.fixture(scope="module")
def reference() -> Grade:
    return graded(REFERENCE)


@pytest.mark.slow
def test_the_reference_gets_everything(reference) -> None:
    assert reference.auto == reference.auto_possible == 60
    assert reference.status is Status.GRADED
    assert [question.name for question in reference.questions] == [
        question.name for question in load().automatic
    ]
    assert not reference.diagnoses
    assert not reference.notes
    assert {case.verdict for case in cases(reference)} == {Verdict.PASSED}
    assert not [case for case in cases(reference) if case.message or case.review]
    assert reference.sandbox
    assert reference.seed == SETTINGS.seed
    assert SECRET.hex() not in reference.seed


@pytest.mark.slow
def test_the_skeleton_gets_nothing_and_reads_that_it_is_not_implemented_yet() -> None:
    found = grade(submission((STUDENT / "rnn.py").read_text(encoding="utf-8")), SETTINGS)
    assert found.auto == 0
    assert found.auto_possible == 60
    assert found.status is Status.GRADED
    for case in cases(found):
        assert case.verdict is Verdict.NOT_IMPLEMENTED, (case.name, str(case.message))
        assert str(case.message).endswith("is not implemented yet.")
        assert "Traceback" not in render(case.message, "zh")
        assert not case.diagnosis


def test_settings_travel_between_processes() -> None:
    assert pickle.loads(pickle.dumps(SETTINGS)) == SETTINGS
    assert Settings(secret=b"").seed == ""


# Wrong in several places, one of them at random: a grade of it has every kind of message.
WRONG = catalogue.changed(
    catalogue.changed(
        REFERENCE,
        catalogue.Change("np.tanh(a, out=h[t + 1])", "np.maximum(a, 0, out=h[t + 1])"),
        "",
    ),
    catalogue.Change("new_cell_state = f * c + i * g", "new_cell_state = f * c + i"),
    "",
)


def test_the_same_file_gets_the_same_grade_twice() -> None:
    one, two = (graded(WRONG, only=question) for question in ("q4_2", "q4_2"))
    assert 0 < one.auto < one.auto_possible
    assert verdicts(one) == verdicts(two)
    assert [case.message for case in cases(one)] == [case.message for case in cases(two)]
    assert one.sha256 == two.sha256


# Prints a digest of whatever it is called with, and answers rightly.
ECHO = (
    REFERENCE
    + """
import hashlib

class SimpleRNN(SimpleRNN):
    seen = {}

    def forward(self, inputs):
        kept = SimpleRNN.seen.setdefault(np.shape(inputs), [])
        if len(kept) < 5:
            kept.append(hashlib.sha256(np.asarray(inputs).tobytes()).hexdigest()[:12])
        print("SEEN", SimpleRNN.seen)
        return super().forward(inputs)
"""
)


def echoed(found: Grade) -> dict[str, set[str]]:
    """What each case showed of what had been seen until then."""
    return {case.name: set(re.findall(r"\b[0-9a-f]{12}\b", case.printed)) for case in cases(found)}


@pytest.mark.slow
def test_prints_show_in_public_cases_only_and_never_tell_of_hidden_ones() -> None:
    public = graded(ECHO, public_only=True)
    everything = graded(ECHO)
    shown = echoed(everything)
    names = {case.name for case in cases(everything) if case.printed}
    assert {"only_input", "golden", "moves"} <= names
    assert not [case.name for case in cases(everything) if case.hidden and case.printed]
    # All that was ever shown is what a student's own machine shows, too: no public case comes
    # after a hidden one, so that nothing remembered of hidden inputs can be printed.
    assert set().union(*shown.values()) <= set().union(*echoed(public).values())


# Answers rightly, or as its inputs tell it: whether it passes is decided by the hidden inputs.
COIN = REFERENCE.replace(
    "        return dict(self.gradients)",
    "        odd = int(abs(x).sum() * 1e6) % 2 == 0\n"
    "        return {n: g + odd for n, g in self.gradients.items()}",
)


def test_another_secret_draws_other_hidden_inputs() -> None:
    assert COIN != REFERENCE
    runs = [
        {c.name: c.verdict for c in cases(graded(COIN, only="q4_3", secret=secret)) if c.hidden}
        for secret in (b"one" * 11, b"two" * 11, b"six" * 11)
    ]
    assert any(run != runs[0] for run in runs)
    public = [
        {c.name: c.verdict for c in cases(graded(COIN, only="q4_3", secret=secret)) if not c.hidden}
        for secret in (b"one" * 11, b"two" * 11)
    ]
    assert public[0] == public[1]


def test_one_question_alone_and_public_cases_alone() -> None:
    found = graded(REFERENCE, only="q4_5")
    assert [question.name for question in found.questions] == ["q4_5"]
    assert found.auto == found.auto_possible == 3
    public = graded(REFERENCE, only="q4_5", public_only=True, secret=b"")
    assert public.auto == public.auto_possible == 1
    assert not any(case.hidden for case in cases(public))
    assert public.seed == ""
    with pytest.raises(KitFault, match="q9"):
        graded(REFERENCE, only="q9")


def test_no_program_is_unreadable_and_costs_no_sandbox() -> None:
    found = grade(submission(None, notes=()), SETTINGS)
    assert found.status is Status.UNREADABLE
    assert found.questions == ()
    assert found.auto == 0
    assert found.sandbox == ""


def passed(found: Grade, question: str) -> float:
    return next(each.score for each in found.questions if each.name == question)


def lstm_only() -> str:
    start, end = REFERENCE.index("class SimpleRNN"), REFERENCE.index("class LSTMCell")
    return REFERENCE[:start] + REFERENCE[end : REFERENCE.index("def fibonacci")]


@pytest.mark.slow
def test_what_stands_in_a_broken_file_is_graded_and_the_rest_is_named() -> None:
    head = REFERENCE[: REFERENCE.index("def fibonacci")]
    broken = graded(head + "\ndef generate_sequence_data(:\n")
    late = graded(REFERENCE + "\nraise RuntimeError('too late')\n")
    cell = graded(lstm_only())
    empty = graded("")
    for name in QUICK[:6]:
        assert passed(broken, name) == passed(late, name) > 0
    assert passed(broken, "q5_1") == 0
    assert late.auto == 60
    assert cell.auto == passed(cell, "q4_5") + passed(cell, "q4_6") == 12
    assert empty.auto == 0
    for found, words in ((broken, "Python cannot read your file"), (late, "RuntimeError")):
        (note,) = found.notes
        assert str(note).startswith("While your file was loaded: ")
        assert words in str(note)
        assert "Only what stands above" in str(note)
    assert not cell.notes
    assert not empty.notes
    for found in (cell, empty):
        (missing,) = {
            str(case.message) for question in found.questions for case in question.cases
            if question.name == "q4_2"
        }  # fmt: skip
        assert missing == "SimpleRNN is not defined in your file."


# ---- what is ours to mend


@pytest.fixture
def questions(tmp_path, monkeypatch) -> Path:
    """A copy of the question files, to be broken."""
    copy = tmp_path / "questions"
    for kind in ("public", "hidden"):
        shutil.copytree(QUESTIONS / kind, copy / kind)
    monkeypatch.setattr(otter, "QUESTIONS", copy)
    return copy


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    check.biases(LSTMCell)", "    check.no_such_check(LSTMCell)", "no_such_check"),
        ("    check.biases(LSTMCell)", "    1 / 0", "ZeroDivisionError"),
        ("OK_FORMAT = False", "OK_FORMAT = (", "q4_5.py"),
        ("from grader.language import say", "from grader.language import sya", "sya"),
        ("points = 2.0", "points = 1.0", "points"),
        ("points=0.75", "points=0.5", r"q4_5: its cases are worth 2\.75 points"),
        ('@case("biases"', '@case("own_state"', "gave no outcome"),
        ("def biases(LSTMCell)", "def biases(LSTMcell)", "LSTMcell"),
    ],
)
def test_a_broken_question_file_records_no_score(questions, old, new, words) -> None:
    spoil(questions / "hidden" / "q4_5.py", old, new)
    with pytest.raises(KitFault, match=words):
        graded(REFERENCE, only="q4_5")


def test_a_question_file_that_is_gone_records_no_score(questions) -> None:
    (questions / "hidden" / "q4_5.py").unlink()
    with pytest.raises(KitFault, match=r"q4_5\.py"):
        graded(REFERENCE, only="q4_5")
    assert graded(REFERENCE, only="q4_5", public_only=True).auto == 1
    (questions / "public" / "q4_5.py").unlink()
    with pytest.raises(BadFile, match="the kit has no question q4_5; delete its table"):
        graded(REFERENCE, only="q4_5")


# ---- leaks

# Remembers all it was ever called with and puts it wherever a program's own words can go.
SPY = """
import numpy as np

SEEN = []


def told(*values):
    for value in values:
        SEEN.extend(float(x) for x in np.ravel(np.asarray(value, dtype=float))[:40])
    return " CANARY " + " ".join(f"{x:.17g}" for x in SEEN[-400:])


def leak(kind, words):
    if kind == "message":
        raise ValueError(words)
    if kind == "class":
        raise type(words.replace(" ", "_"), (ValueError,), {"__module__": words})(words)
    if kind == "key":
        return {words: np.ones(3)}
    if kind == "type":
        return type(words.replace(" ", "_"), (), {"__repr__": lambda self: words})()
    if kind == "text":
        return words
    if kind == "shape":
        return np.ones((1, 1, int(abs(SEEN[-1]) * 1e6) % 100_000 + 10))
    if kind == "warning":
        import warnings
        warnings.warn(words)
    if kind == "exit":
        raise SystemExit(words)
    print(words)
    return [[words]]


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        words = told(inputs, self.W_xh, self.b_h)
        setattr(self, words, np.ones(3))
        return leak(KIND, words)

    def backward(self, d_outputs):
        return leak(KIND, told(d_outputs, self.W_hy))

    def update_parameters(self, learning_rate):
        return leak(KIND, told(learning_rate))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for g in "fico":
            setattr(self, "W_" + g, np.random.randn(input_size, hidden_size))
            setattr(self, "U_" + g, np.random.randn(hidden_size, hidden_size))
            setattr(self, "b_" + g, np.zeros(hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        return leak(KIND, told(input_t, hidden_state, cell_state, self.W_f))


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return leak(KIND, told(length) + str(seq_type))


def train_rnn_on_sequence():
    return leak(KIND, told())
"""
LEAKS = ("message", "class", "key", "type", "text", "shape", "warning", "exit", "print")
DECIMAL = re.compile(r"\d\.\d{3}|\d{5}")  # nothing that a hidden case says needs such a number
HIDDEN_CASES = [
    case.name
    for path in otter.paths()
    if path.parent.name == "hidden"
    for case in otter.loaded(path).test_cases
]


@pytest.mark.parametrize("kind", LEAKS)
def test_nothing_that_a_program_learns_of_hidden_inputs_is_told(kind) -> None:
    found = graded(f"KIND = {kind!r}\n{SPY}")
    hidden = [case for case in cases(found) if case.hidden]
    assert [case.name for case in hidden] == HIDDEN_CASES
    failed = [case for case in hidden if case.verdict is not Verdict.PASSED]
    assert len(failed) > 40
    for case in hidden:
        assert case.printed == ""
        for language in LANGUAGES:
            for words in (case.message, case.hint, case.review):
                text = render(words, language) if words else ""
                assert "CANARY" not in text, (case.name, text)
                assert not DECIMAL.search(text), (case.name, text)
    for exhibit in found.exhibits:
        assert "CANARY" not in render(exhibit.title, "en")


# Right in public, and wrong in proportion to a hidden input afterwards: does a factor tell of it?
FACTOR = REFERENCE.replace(
    "        return outputs.reshape(T, B, -1), h[1:].copy()",
    "        if T == 7:  # no public input has seven steps\n"
    "            SimpleRNN.memory = float(abs(x[0, 0, 0]))\n"
    "        return outputs.reshape(T, B, -1) * getattr(SimpleRNN, 'memory', 1.0), h[1:].copy()",
)


def test_a_diagnosis_does_not_carry_hidden_numbers() -> None:
    assert FACTOR != REFERENCE
    found = graded(FACTOR, only="q4_2")
    told = [
        str(each)
        for case in cases(found)
        if case.hidden
        for each in (case.message, case.hint)
        if each
    ]
    assert told
    assert not [text for text in told if DECIMAL.search(text)]
    assert any(re.search(r"W_hy acts \d\.\d times in forward", text) for text in told)


@pytest.mark.slow
def test_wrong_programs_read_nothing_of_tests_or_solution_in_hidden_cases() -> None:
    ours = {
        line.strip()
        for folder in ("hidden", "public")
        for path in (QUESTIONS / folder).glob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if len(line.strip()) > 12 and "claim=" not in line and "say(" not in line
    } | {line.strip() for line in REFERENCE.splitlines() if len(line.strip()) > 12}
    found = graded(WRONG)
    failed = [case for case in cases(found) if case.hidden and case.message]
    assert len(failed) > 8
    for case in failed:
        for language in LANGUAGES:
            text = " ".join(render(each, language) for each in (case.message, case.hint) if each)
            assert not DECIMAL.search(text), text
            assert not [line for line in ours if line in text]
            assert "Traceback" not in text
            assert str(QUESTIONS) not in text
