"""`train_rnn_on_sequence`: one run, judged part by part, on real programs in this process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt

from grader.checks.experiment import form, parts, truth
from grader.faults import BadValue, CauseKnown, CheckFailed, Crashed, ReturnedNothing
from grader.language import say
from grader.records import Exhibit, Verdict
from tests import expectations, inprocess
from tests.checks.test_learning_windows import SERIES, SPLIT, cut, observation

QUESTIONS = ("q5_1", "q5_2", "q5_3")
FOLDERS = expectations.folders("experiments/*")


@pytest.fixture(autouse=True)
def _quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Students warn, draw and draw numbers: without windows, in a folder of their own, seeded."""
    monkeypatch.chdir(tmp_path)
    np.random.seed(1)  # noqa: NPY002  # students draw from it
    with plt.rc_context({"backend": "agg"}), np.errstate(all="ignore"):
        yield
        plt.close("all")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_exactly_the_named_cases_of_part_5_fail(folder: Path) -> None:
    expected = expectations.read(folder, expectations.Deserved)
    env = {**inprocess.candidates(expectations.submission_of(folder).source), "exhibits": []}
    asked = [name for name in QUESTIONS if _touches(folder.name, expected, name)]
    outcomes = inprocess.outcomes_of(env, tuple(asked))
    failing = {name for name, outcome in outcomes.items() if outcome.verdict is not Verdict.PASSED}
    fails = {name for name in expected.fails if name.partition("/")[0] in asked}
    assert failing - set(expected.chance) == fails
    assert not any(outcome.verdict is Verdict.KIT_FAULT for outcome in outcomes.values())
    if expected.reviews is not None:
        assert {name for name, each in outcomes.items() if each.review} == set(expected.reviews)


def _touches(folder: str, expected: expectations.Deserved, question: str) -> bool:
    """Ask the base everything, the others what their change can touch."""
    lost = {name.partition("/")[0] for name in expected.fails}
    learners = [
        "momentum",
        "adam",
        "mean-over-batch",
        "mean-over-both",
        "backward-updates",
        "randn-init",
    ]
    if folder == "base":
        return True
    if folder in learners:
        return question != "q5_1"
    return question in (lost or {"q5_1", "q5_3"})


def test_every_case_of_part_5_is_lost_by_some_program() -> None:
    lost = {
        name
        for folder in FOLDERS
        for name in expectations.read(folder, expectations.Deserved).fails
    }
    env: dict[str, Any] = {}
    outcomes = inprocess.outcomes_of(env, ("q5_1", "q5_3"))
    assert {outcome.verdict for outcome in outcomes.values()} == {Verdict.NOT_IMPLEMENTED}
    assert outcomes.keys() <= lost


class Training:
    """A training function that is run once and then remembered."""

    name = "train_rnn_on_sequence"

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome
        self.runs = 0
        self.memo: dict[Any, Any] = {}

    def __call__(self) -> Any:
        raise AssertionError("it is observed, not called")

    def observe(self) -> Any:
        self.runs += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def observed(returned: Any, **facts: Any) -> Any:
    return replace(observation([]), returned=returned, **facts)


def given_out(predicted: np.ndarray, true: np.ndarray) -> parts.Experiment:
    """An experiment whose predictions are what its network gave out, on windows of noise."""
    noise = np.random.default_rng(7).normal(size=(2, 3, predicted.size, 1))
    noise[1, -1, :, 0] = predicted
    returned = {"predictions": predicted, "targets": true}
    return parts.Experiment(observed(returned, evaluations=(tuple(noise),)))


def test_it_runs_once_for_all_cases_even_if_it_crashes() -> None:
    words = say("{where} raised {exception}.", where="f", exception="KeyError")
    for outcome in (observed({}), Crashed(words, words)):
        function = Training(outcome)
        for _ in range(3):
            try:
                parts.run(function)  # type: ignore[arg-type]  # a fake at the seam
            except Crashed:
                assert isinstance(outcome, Crashed)
        assert function.runs == 1


def test_a_forgotten_return_is_named_whether_or_not_the_network_ran() -> None:
    with pytest.raises(ReturnedNothing):
        parts.run(Training(observed(None, forward_calls=0)))  # type: ignore[arg-type]  # a fake
    run = parts.run(Training(observed(None)))  # type: ignore[arg-type]  # a fake
    with pytest.raises(BadValue, match="returned None"):
        _ = run.losses


@pytest.mark.parametrize(
    ("errors", "right"),
    [
        ({1: 0.5, 5: 0.2, 10: 0.1}, True),
        ({"T=1": 0.5, "T=5": 0.2, "T=10": 0.1}, True),
        ({"1": np.array([0.5]), "5": np.array(0.2), "10": 0.1}, True),
        ({1: 0.5, 5: 0.2}, False),
        ({1: 0.5, 5: float("nan"), 10: 0.1}, False),
        ({1: 0.5, 5: -0.2, 10: 0.1}, False),
        ({"a": 0.5, "b": 0.2, "c": 0.1}, False),
        ([0.5, 0.2, 0.1], False),
        ({}, False),
        (None, False),
    ],
)
def test_errors_by_length_in_any_sensible_form(errors: Any, right: bool) -> None:  # noqa: FBT001  # a parameter of the test
    run = parts.Experiment(observed({"error_by_length": errors}))
    if right:
        assert sorted(run.errors) == [1, 5, 10]
    else:
        with pytest.raises(BadValue):
            form.lengths(run, [])


def test_errors_by_length_are_kept_for_the_interview() -> None:
    exhibits: list[Exhibit] = []
    errors = {12: 0.25, 2: 0.5, 5: 0.3, 10**400: 0.1}  # a key is a student's word
    form.lengths(parts.Experiment(observed({"error_by_length": errors})), exhibits)
    (kept,) = exhibits
    assert kept.series == {"length": (2.0, 5.0, 12.0), "error": (0.5, 0.3, 0.25)}


@pytest.mark.parametrize(
    ("scale", "offset", "sign", "name"),
    [
        (1.0, 0.0, 1, "units-differ"),  # as the network gives them
        (0.5, 0.0, 1, ""),  # without the offset
        (0.5, 2.0, -1, ""),  # in the right units, and bad
        (0.1, 2.0, -1, ""),  # in others, which alone is not what makes them bad
    ],
)
def test_predictions_in_other_units_are_told_where_that_is_what_makes_them_bad(
    scale: float, offset: float, sign: int, name: str
) -> None:
    scaled = (SERIES[SPLIT:] - 2.0) / 0.5
    x, true = cut(scaled, 5), SERIES[SPLIT + 5 :]
    right = (true - 2.0) / 0.5
    given = sign * right
    outputs = np.repeat(
        (given + 0.1 * np.cos(np.arange(right.size) ** 2))[None, :, None], 5, axis=0
    )
    predictions = scale * outputs[-1, :, 0] + offset
    seen = replace(given_out(predictions, true).seen, evaluations=((x, outputs),))
    with pytest.raises(CheckFailed) as caught:
        truth.beats_baselines(parts.Experiment(seen))
    assert caught.value.diagnosis == name
    assert isinstance(caught.value, CauseKnown) is (sign > 0 and not name)


@pytest.mark.parametrize(("noise", "name"), [(0.0, "forecast-is-the-input-shifted"), (0.1, "")])
def test_only_the_input_itself_is_called_a_shifted_input(noise: float, name: str) -> None:
    """A network that has learned little, or to repeat what it sees, is one step late as well."""
    rng = np.random.default_rng(4)
    true = np.sin(0.6 * np.arange(80))
    late = np.roll(true, 1) + noise * rng.normal(size=80)
    with pytest.raises(CheckFailed, match="seen last") as caught:
        truth.beats_baselines(given_out(late, true))
    assert caught.value.diagnosis == name


def test_losses_that_grow_are_not_told_to_train_longer() -> None:
    curve = np.geomspace(0.1, 10, 50)
    with pytest.raises(CheckFailed, match="grow") as caught:
        form.losses(parts.Experiment(observed({"losses": curve})), [])
    assert caught.value.diagnosis == ""


@pytest.mark.parametrize(
    ("losses", "right"),
    [
        (np.geomspace(1, 0.01, 50), True),
        ([[1.0], [0.5], [0.2], [0.1], [0.05]], True),
        (np.ones(50), False),
        (np.linspace(1, 0.6, 50), False),
        (np.geomspace(0.01, 1, 50), False),
        ([1.0, 0.1], False),
        ([1.0, 0.5, float("nan"), 0.1, 0.05], False),
        ("falling", False),
        (None, False),
    ],
)
def test_losses_must_fall(losses: Any, right: bool) -> None:  # noqa: FBT001  # a parameter of the test
    run = parts.Experiment(observed({"losses": losses}))
    exhibits: list[Exhibit] = []
    if right:
        form.losses(run, exhibits)
        assert [exhibit.kind for exhibit in exhibits] == ["losses"]
    else:
        with pytest.raises(Exception, match=r"losses|fall"):
            form.losses(run, exhibits)


def test_words_quote_nothing_that_could_break_them() -> None:
    run = parts.Experiment(observed({"{evil}": 1, "losses": {"{0.__class__}": 2}}))
    for entry in ("predictions", "losses"):
        with pytest.raises(BadValue) as caught:
            getattr(run, entry)
        assert entry in str(caught.value.message)
        assert "evil" not in str(caught.value.guarded)
