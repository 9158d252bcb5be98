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
