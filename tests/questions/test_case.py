"""What a case makes of whatever its check raises, for candidates and for a notebook's objects."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from otter.test_files.exception_test import ExceptionTestFile

from grader import faults
from grader.diagnosis import diagnose
from grader.faults import NeedsReview
from grader.language import render, say
from grader.misconceptions import catalogue
from grader.questions import case as cases
from grader.questions.otter import QUESTIONS
from grader.records import Exhibit, Verdict
from grader.sandbox.worker import parameters
from tests.inprocess import PART_4, candidates, run_file

HEADER = """
from grader.language import say
from grader.questions.case import case, hidden_case
OK_FORMAT = False
name = "q9_9{suffix}"
points = 1.0
"""
FILE = (
    HEADER
    + """
@{kind}("one", points=1.0, claim=say("A claim."))
def one({parameters}):
    act({parameters})
"""
)


@dataclass
class Printer:
    """Stands for a student's worker: it keeps what was printed until it is taken."""

    words: list[str] = field(default_factory=list)

    def take(self) -> str:
        taken, self.words = "".join(self.words), []
        return taken


def run(act, *, hidden=False, parameters="rng", **env):
    """One case around `act` on this environment: otter's file, and the outcome."""
    text = FILE.format(
        kind="hidden_case" if hidden else "case",
        suffix="_hidden" if hidden else "",
        parameters=parameters,
    )
    file = ExceptionTestFile.from_string(f"act = None\n{text}", "q9_9.py")
    outcomes: dict[str, cases.CaseOutcome] = {}
    judged = file.test_cases[0].body
    check = next(
        cell.cell_contents
        for cell in judged.test_func.__closure__
        if getattr(cell.cell_contents, "__name__", "") == "one"
    )
    check.__globals__["act"] = act  # a global of the question file
    file.run({**env, "outcomes": outcomes})
    return file, outcomes["one"]


def raising(error):
    def act(*_):
        raise error

    return act


MESSAGE, GUARDED = say("It is {value}.", value=0.125), say("It is wrong.")


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (faults.CheckFailed(MESSAGE, GUARDED), Verdict.FAILED),
        (faults.BadValue(MESSAGE, GUARDED), Verdict.FAILED),
        (faults.Crashed(MESSAGE, GUARDED), Verdict.CRASHED),
        (faults.TimedOut(MESSAGE, GUARDED), Verdict.TIMED_OUT),
    ],
)
@pytest.mark.parametrize("hidden", [False, True])
def test_a_student_s_fault_has_its_verdict_and_hidden_cases_the_guarded_words(
    fault, verdict, hidden
) -> None:
    file, outcome = run(raising(fault), hidden=hidden)
    assert outcome.verdict is verdict
    assert str(outcome.message) == ("It is wrong." if hidden else "It is 0.125.")
    (result,) = file.test_case_results
    assert not result.passed
    assert result.test_case.hidden is hidden
    assert file.score == 0
    assert ("0.125" in result.message) is not hidden


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (faults.NotDefined("LSTMCell"), "LSTMCell is not defined in your file."),
        (faults.NotImplementedYet("LSTMCell"), "LSTMCell is not implemented yet."),
    ],
)
def test_what_is_missing_is_not_implemented(fault, words) -> None:
    for hidden in (False, True):
        _, outcome = run(raising(fault), hidden=hidden)
        assert outcome.verdict is Verdict.NOT_IMPLEMENTED
        assert str(outcome.message) == words


@pytest.mark.parametrize(
    "ours", [KeyError("cell"), faults.KitFault("broken"), ZeroDivisionError(), RecursionError()]
)
@pytest.mark.parametrize("hidden", [False, True])
def test_our_own_mistake_is_a_kit_fault_and_never_the_student_s(ours, hidden) -> None:
    file, outcome = run(raising(ours), hidden=hidden)
    assert outcome.verdict is Verdict.KIT_FAULT
    assert type(ours).__name__ in str(outcome.message)
    assert file.score == 0


def test_a_diagnosis_that_fails_is_told_as_our_own_mistake(monkeypatch) -> None:
    monkeypatch.setattr(diagnose, "diagnose", raising(ZeroDivisionError("in the diagnosis")))
    _, outcome = run(raising(faults.CheckFailed(MESSAGE, GUARDED)))
    assert outcome.verdict is Verdict.KIT_FAULT
    assert "in the diagnosis" in str(outcome.message)


def test_a_case_that_returns_passes_without_words() -> None:
    file, outcome = run(lambda *_: None)
    assert outcome == cases.CaseOutcome(Verdict.PASSED)
    assert file.score == 1


def test_review_earns_the_points_and_gives_the_reason() -> None:
    for hidden in (False, True):
        file, outcome = run(raising(NeedsReview(say("Look at it."))), hidden=hidden)
        assert outcome.verdict is Verdict.PASSED
        assert str(outcome.review) == "Look at it."
        assert outcome.message is None
        assert file.score == 1


@pytest.mark.parametrize("kind", ["public", "hidden"])
def test_where_our_own_code_stops_in_a_worker_a_person_is_asked(monkeypatch, kind) -> None:
    def broken(*_: object) -> None:
        raise NameError("nowhere")

    monkeypatch.setattr(parameters, "leaves", broken)
    _, outcomes = run_file(kind, "q4_1", candidates(catalogue.reference_source()))
    asked = {name for name, outcome in outcomes.items() if outcome.review is not None}
    assert asked == {name for name, found in outcomes.items() if found.verdict is Verdict.FAILED}
    assert asked
    for name in asked:
        assert "own code stopped with NameError" in render(outcomes[name].review, "en")


@pytest.mark.parametrize("error", [None, faults.BadValue(MESSAGE, GUARDED)])
def test_what_a_program_prints_shows_in_public_cases_only(error) -> None:
    printer = Printer(["from before"])

    def act(*_):
        printer.words.append("x = 0.125")
        if error:
            raise error

    _, public = run(act, printed=printer.take)
    assert public.printed == "x = 0.125"
    _, hidden = run(act, hidden=True, printed=printer.take)
    assert hidden.printed == ""
    assert "0.125" not in str(hidden.message)
    assert printer.words == []


def drawn(**options) -> np.ndarray:
    seen = []
    run(lambda rng: seen.append(rng.normal(size=8)), **options)
    return seen[0]


def test_public_inputs_are_the_same_for_everybody_and_hidden_ones_nobody_else_s() -> None:
    assert np.array_equal(drawn(), drawn())
    one, same, other = (drawn(hidden=True, seed=seed) for seed in (b"a", b"a", b"b"))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, drawn())


def test_a_notebook_s_own_names_mean_nothing_to_the_examiner() -> None:
    assert np.array_equal(drawn(seed=42), drawn())
    _, outcome = run(lambda *_: None, printed=print, exhibits=3, language=["zh"])
    assert outcome.verdict is Verdict.PASSED


def test_exhibits_of_hidden_cases_are_marked() -> None:
    exhibits: list[Exhibit] = []
    exhibit = Exhibit("q9_9", "losses", say("Losses"))
    for hidden in (False, True):
        run(
            lambda kept: kept.append(exhibit),
            hidden=hidden,
            parameters="exhibits",
            exhibits=exhibits,
        )
    assert [each.hidden for each in exhibits] == [False, True]


def test_a_case_that_asks_for_what_nobody_has_is_a_kit_fault() -> None:
    _, outcome = run(lambda *_: None, parameters="SimpleRMM")
    assert outcome.verdict is Verdict.KIT_FAULT


@pytest.mark.parametrize("language", ["zh", "en"])
def test_otter_shows_the_words_in_the_reader_s_language(language) -> None:
    fault = faults.NotDefined("SimpleRNN")
    file, outcome = run(raising(fault), language=language)
    assert render(outcome.message, language) in file.test_case_results[0].message


@pytest.mark.parametrize("question", PART_4)
@pytest.mark.parametrize("kind", ["public", "hidden"])
def test_every_case_says_which_name_is_missing(kind, question) -> None:
    asked = "LSTMCell" if question in {"q4_5", "q4_6"} else "SimpleRNN"
    file, outcomes = run_file(kind, question, {})
    assert len(outcomes) == len(file.test_cases) > 0
    for outcome in outcomes.values():
        assert outcome.verdict is Verdict.NOT_IMPLEMENTED
        assert str(outcome.message) == f"{asked} is not defined in your file."


def test_a_notebook_s_raw_objects_are_checked_as_they_are() -> None:
    """As `grader.check("q4_2")` does: otter's file on a plain globals() dictionary."""
    namespace: dict[str, object] = {"__name__": "__main__", "seed": 3, "outcomes": "mine"}
    exec(  # the cell of a notebook
        "from solutions.rnn import LSTMCell as Good\n"
        "class LSTMCell(Good):\n"
        "    pass\n"
        "class SimpleRNN:\n"
        "    def __init__(self, input_size, hidden_size, output_size):\n"
        "        pass\n",
        namespace,
    )
    before = set(namespace)
    good = ExceptionTestFile.from_file(str(QUESTIONS / "public/q4_6.py"))
    good.run(namespace)
    assert all(result.passed for result in good.test_case_results)
    stub = ExceptionTestFile.from_file(str(QUESTIONS / "public/q4_1.py"))
    stub.run(namespace)
    for result in stub.test_case_results:
        assert not result.passed
        assert "Traceback" not in result.message
        assert any(
            words in result.message
            for words in ("is not implemented yet", "还没有实现", "尚未实现")
        ), result.message
    assert namespace["outcomes"] == "mine"
    assert {name for name in set(namespace) - before if not name.startswith("_")} == set()


def test_a_redefined_class_is_checked_anew() -> None:
    class Broken:
        def __init__(self, *_):
            self.W = np.ones(3)

    from solutions.rnn import LSTMCell

    namespace = {"LSTMCell": Broken}
    scores = []
    for cell in (Broken, LSTMCell):
        namespace["LSTMCell"] = cell
        file = ExceptionTestFile.from_file(str(QUESTIONS / "public/q4_5.py"))
        file.run(namespace)
        scores.append(file.score)
    assert scores[0] < scores[1] == 1.0


@pytest.mark.parametrize("value", [None, 5, "SimpleRNN", [1], np.ones(3), lambda *_: None])
def test_a_name_that_stands_for_no_class_is_the_student_s_fault(value) -> None:
    for kind in ("public", "hidden"):
        _, outcomes = run_file(kind, "q4_2", {"SimpleRNN": value})
        assert not {Verdict.PASSED, Verdict.KIT_FAULT} & {
            outcome.verdict for outcome in outcomes.values()
        }, {name: str(outcome.message) for name, outcome in outcomes.items()}
