"""Programs with known faults: which line is told, and where nothing may be said."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import pytest

from grader.diagnosis.repair.search import search
from grader.diagnosis.repair.wide import search_widely
from grader.grading import Settings, grade
from grader.language import render
from grader.records import Repair, Submission
from tests import BASES, PROGRAMS

SECONDS = 90.0  # for a machine that has much else to do; most take one
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Fault:
    """A line of a right program, and what stands there instead."""

    question: str
    base: str
    old: str
    new: str


ROW_FORWARD = "self.h[t + 1] = np.tanh(z)"
FAULTS = {
    "overwritten": Fault("q4_3", "row", "dW_hh += ", "dW_hh = "),
    "not transposed": Fault("q4_3", "row", "dh_next = dz @ self.W_hh.T", "dh_next = dz @ self.W_hh"),
    "forward in time": Fault("q4_3", "objects", "for t in reversed(range(len(self.tape))):", "for t in range(len(self.tape)):"),
    "next state": Fault("q4_3", "column", "np.dot(da, self.hs[t - 1].T)", "np.dot(da, self.hs[t].T)"),
    "no derivative": Fault("q4_3", "objects", "d_signal = d_state * (1 - state ** 2)", "d_signal = d_state"),
    "no later steps": Fault("q4_3", "column", "dh = np.dot(p['Wy'].T, dy) + dnext", "dh = np.dot(p['Wy'].T, dy)"),
    "averaged": Fault("q4_3", "column", "g['by'] += dy.sum(", "g['by'] += dy.mean("),
    "in a helper": Fault("q4_3", "objects", "self.grad_bias += d.sum(axis=0)", "self.grad_bias += d.sum()"),
    "no bias": Fault("q4_2", "column", "np.dot(p['Wy'], self.hs[t]) + p['by']", "np.dot(p['Wy'], self.hs[t])"),
    "another function": Fault("q4_2", "objects", "state = np.tanh(signal)", "state = np.sin(signal)"),
    "uphill": Fault("q4_4", "column", "self.p[k] - learning_rate", "self.p[k] + learning_rate"),
    "gates": Fault("q4_6", "row", "f * c + i * g", "i * c + f * g"),
    "no tanh": Fault("q4_6", "objects", "hidden = shown * np.tanh(cell)", "hidden = shown * cell"),
}  # fmt: skip


def faulty(*faults: Fault) -> tuple[str, list[int]]:
    """The program with these faults, and their lines."""
    source = (BASES / f"{faults[0].base}.py").read_text(encoding="utf-8")
    lines = []
    for fault in faults:
        assert source.count(fault.old) == 1, fault.old
        lines.append(source[: source.index(fault.old)].count("\n") + 1)
        source = source.replace(fault.old, fault.new)
    return source, sorted(lines)


def told(found: Repair | None) -> list[int]:
    return [one.line for one in found.lines] if found else []


@pytest.mark.parametrize("name", FAULTS)
def test_the_line_of_a_fault_is_told(name: str) -> None:
    source, lines = faulty(FAULTS[name])
    found = search(source, FAULTS[name].question, seconds=SECONDS)
    assert told(found) == lines
    assert found is not None
    assert found.lines[0].code == source.splitlines()[lines[0] - 1].strip()
    assert found.edits


def test_numbers_that_overflow_warn_of_nothing_while_edits_are_tried() -> None:
    """What a wrong edit computes grows as it likes, and a teacher's terminal is no place for it."""
    source = (PROGRAMS / "strangers" / "assistant_same_state" / "rnn.py").read_text(
        encoding="utf-8"
    )
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert told(search(source, "q4_3", seconds=SECONDS)) == [117]
    assert [str(one.message) for one in warned] == []


def test_several_faults_are_told_together() -> None:
    source, lines = faulty(FAULTS["next state"], FAULTS["averaged"])
    found = search_widely(source, "q4_3", seconds=2 * SECONDS)
    assert told(found) == lines
    assert found is not None
    assert found.together
    assert str(lines)[1:-1] in render(found.told, "en")  # type: ignore[arg-type]
    assert "、".join(map(str, lines)) in render(found.told, "zh")  # type: ignore[arg-type]


EVERYWHERE = {
    "divided": ("q4_3", [("'dW_xh': self.dW_xh, ", "'dW_xh': self.dW_xh / T, "), ("'dW_hh': self.dW_hh, ", "'dW_hh': self.dW_hh / T, "), ("'db_h': self.db_h,", "'db_h': self.db_h / T,"), ("'dW_hy': self.dW_hy,", "'dW_hy': self.dW_hy / T,"), ("'db_y': self.db_y}", "'db_y': self.db_y / T}")]),
    "overwritten": ("q4_3", [("dW_xh += ", "dW_xh = "), ("dW_hh += ", "dW_hh = ")]),
    "gates": ("q4_6", [("        o = sig", "        k = sig"), ("        i = sig", "        o = sig"), ("        k = sig", "        i = sig")]),
}  # fmt: skip


@pytest.mark.parametrize("name", EVERYWHERE)
def test_a_fault_on_several_lines_is_told_as_one(name: str) -> None:
    """The lines that are needed, not all on which the same could be changed."""
    question, changes = EVERYWHERE[name]
    right = (BASES / "row.py").read_text(encoding="utf-8")
    wrong = right
    for old, new in changes:
        assert wrong.count(old) == 1, old
        wrong = wrong.replace(old, new)
    pairs = zip(right.splitlines(), wrong.splitlines(), strict=True)
    lines = [number for number, (one, other) in enumerate(pairs, 1) if one != other]
    found = search(wrong, question, seconds=SECONDS)
    assert told(found) == lines
    assert found is not None
    assert found.together is (
        name == "overwritten"
    )  # an edit for each line; else one for all of them


def test_what_undoes_a_fault_elsewhere_is_not_told() -> None:
    """All gradients divided at the end: d_outputs times as much would be right as well."""
    source, lines = faulty(
        Fault("q4_3", "row", "'dW_xh': self.dW_xh, 'dW_hh': self.dW_hh, 'db_h': self.db_h,", "'dW_xh': self.dW_xh / T, 'dW_hh': self.dW_hh / T, 'db_h': self.db_h / T,"),
        Fault("q4_3", "row", "'dW_hy': self.dW_hy, 'db_y': self.db_y}", "'dW_hy': self.dW_hy / T, 'db_y': self.db_y / T}"),
    )  # fmt: skip
    assert told(search(source, "q4_3", seconds=SECONDS)) == lines


def test_of_two_faults_each_of_other_parts_both_are_told() -> None:
    source, lines = faulty(
        Fault("q4_3", "row", "self.dW_hy += self.h[t + 1].T @ dy", "self.dW_hy += self.h[t].T @ dy"),
        Fault("q4_3", "row", "self.db_h += dz.sum(axis=0)", "self.db_h += dz.mean(axis=0)"),
    )  # fmt: skip
    found = search(source, "q4_3", seconds=SECONDS)
    assert told(found) == lines
    assert found is not None
    assert found.together
    assert render(found.told, "en") == (  # type: ignore[arg-type]
        f"Changing these 2 lines together makes every gradient right: {lines[0]}, {lines[1]}."
    )


def test_what_a_line_makes_right_is_told_where_more_is_wrong() -> None:
    """The other fault is of no kind that is known here."""
    source, (first, _) = faulty(
        Fault("q4_3", "row", "self.db_y += dy.sum(axis=0)", "self.db_y += dy.mean(axis=0)"),
        Fault("q4_3", "row", "dz = dh * (1 - self.h[t + 1] ** 2)", "dz = np.cos(dh) * np.sin(3 + self.h[t + 1] ** 2) - 7"),
    )  # fmt: skip
    found = search(source, "q4_3", seconds=10)
    assert told(found) == [first]
    assert found is not None
    assert found.parts == ("db_y",)
    assert render(found.told, "en") == (  # type: ignore[arg-type]
        f"Changing line {first} of SimpleRNN.backward alone makes db_y right, though not yet all. "
        f"Line {first}: self.db_y += dy.mean(axis=0)"
    )
    assert "db_y 就对了（其余还有错）" in render(found.told, "zh")  # type: ignore[arg-type]


def test_of_two_lines_that_one_is_told_which_leaves_backward_right() -> None:
    """Weights unpacked in the wrong order: they could be returned so, but backward needs them so."""
    source, (line, *_) = faulty(
        Fault("q4_2", "row", "            z = self.x[t] @ self.W_xh + self.h[t] @ self.W_hh", "            W_hh, W_xh = self.weights(); z = self.x[t] @ W_xh + self.h[t] @ W_hh"),
        Fault("q4_2", "row", "dh_next = dz @ self.W_hh.T", "dh_next = dz @ self.weights()[1].T"),
        Fault("q4_2", "row", "    def backward(", "    def weights(self): return self.W_xh, self.W_hh\n\n    def backward("),
    )  # fmt: skip
    assert told(search(source, "q4_2", seconds=SECONDS)) == [line]


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("q4_3", BASES / "row.py"),  # nothing is wrong
        ("q4_3", PROGRAMS / "variants" / "clip-global-1" / "rnn.py"),  # an honest clipping
        ("q4_3", PROGRAMS / "variants" / "float32" / "rnn.py"),
        ("q4_3", PROGRAMS / "variants" / "accumulate" / "rnn.py"),
        ("q4_4", PROGRAMS / "variants" / "accumulate" / "rnn.py"),
        ("q4_2", PROGRAMS / "wrong" / "no-biases" / "rnn.py"),  # charged in the constructor
        ("q4_6", PROGRAMS / "broken" / "no-lstm" / "rnn.py"),
        ("q4_2", PROGRAMS / "broken" / "syntax-first-line" / "rnn.py"),
        ("q4_1", BASES / "row.py"),  # no stage of its own
    ],
    ids=lambda value: value if isinstance(value, str) else value.parent.name,
)
def test_nothing_is_said_where_nothing_can_be_repaired(question: str, place) -> None:
    assert search(place.read_text(encoding="utf-8"), question, seconds=SECONDS) is None


def test_where_several_lines_could_be_changed_none_is_told() -> None:
    """A term added twice: either line may go, and only the instructor sees both."""
    source = (BASES / "objects.py").read_text(encoding="utf-8")
    line = "            d_signal = d_state * (1 - state ** 2)\n"
    assert source.count(line) == 1
    source = source.replace(
        line, "            d_state = d_state * 2\n" + line + "            d_signal *= 3\n"
    )
    source = source.replace("d_signal *= 3", "d_signal = d_signal / 4 * 2")
    assert search(source, "q4_3", seconds=SECONDS) is None


def test_a_repair_never_touches_marks() -> None:
    source, _ = faulty(FAULTS["not transposed"])
    submission = Submission("1", "", source)
    settings = Settings(secret=b"s", only="q4_3")
    plain = grade(submission, settings)
    repaired = grade(submission, replace(settings, repair=SECONDS))
    assert [one.repair for one in plain.questions] == [None]
    (question,) = repaired.questions
    assert told(question.repair) == [faulty(FAULTS["not transposed"])[1][0]]
    assert (replace(question, repair=None),) == plain.questions
