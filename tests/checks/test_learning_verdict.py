"""Who learns and who does not: the same judgement for every way of being right or wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from grader.checks.learning import verdict
from grader.checks.learning.step_size import measure
from grader.checks.learning.tasks import Task
from grader.checks.learning.training import (
    TOGETHER,
    Pace,
    learner,
    prepare,
    train,
    train_reference,
)
from grader.checks.parameters.roles import rnn_layout
from grader.faults import CheckFailed, NeedsReview, NotImplementedYet
from grader.misconceptions import catalogue
from grader.questions.hidden_tasks import task
from grader.records import Exhibit
from grader.sandbox import local
from solutions.rnn import SimpleRNN

UPDATE = "parameter -= learning_rate * gradient"


def changed(old: str, new: str) -> Any:
    """A candidate: the reference with one line changed."""
    source = catalogue.reference_source()
    assert source.count(old) == 1
    return local.wrap(catalogue.module(source.replace(old, new), "changed")["SimpleRNN"])


def mutant(name: str) -> Any:
    source = next(one.source() for one in catalogue.misconceptions() if one.name == name)
    return local.wrap(catalogue.module(source, name)["SimpleRNN"])


def learns(cls: Any, name: str, seed: Any = 1, **options: Any) -> Any:
    """Why a person should look, or None; raises where nothing is learned."""
    exhibits: list[Exhibit] = []
    reason = None
    try:
        verdict.learns(cls, task(name), np.random.default_rng(seed), exhibits, **options)
    except NeedsReview as review:
        reason = review.reason
    (exhibit,) = exhibits
    assert len(exhibit.series["predicted"]) == len(exhibit.series["true"]) > 0
    return reason


@pytest.mark.parametrize("name", ["fibonacci", "product", "echo", "sine"])
def test_the_reference_learns(name: str) -> None:
    assert learns(local.wrap(SimpleRNN), name) is None


@pytest.mark.parametrize(
    ("misconception", "name"),
    [
        ("no-recurrence", "fibonacci"),
        ("negative-gradient", "sine"),
        ("tanh-derivative-missing", "product"),
        ("no-recurrent-term", "echo"),
    ],
)
def test_misconceptions_do_not_learn_what_they_must_not(misconception: str, name: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        learns(mutant(misconception), name)
    assert not any(
        sign.isdigit()
        for sign in str(caught.value.guarded).replace("modulo 3", "").replace("+1 and -1", "")
    )


def test_no_lucky_start_is_paid_where_nothing_is_updated() -> None:
    with pytest.raises(CheckFailed, match="every parameter is what it was before"):
        verdict.learns(mutant("update-rebinds-a-local"), task("sine"), np.random.default_rng(1), [])


def test_a_good_prediction_that_no_step_changes_is_not_paid() -> None:
    course = prepare(task("sine"), np.random.default_rng(1))
    start = {
        name: np.array(value)
        for name, value in vars(SimpleRNN(*course.task.sizes)).items()
        if name[1:2] == "_"
    }
    trained, weights = train_reference(SimpleRNN, course, start)
    assert task("sine").reaches(trained.score, task("sine").numbers.threshold)

    class Deaf(SimpleRNN):
        """Predicts by weights learned elsewhere; what is updated, forward never uses."""

        def forward(self, inputs: Any) -> Any:
            super().forward(inputs)
            learned = SimpleRNN(*course.task.sizes)
            for name, value in weights.items():
                setattr(learned, name, value)
            return learned.forward(inputs)

    with pytest.raises(CheckFailed, match="exactly as it was"):
        learns(local.wrap(Deaf), "sine")


@pytest.mark.parametrize("by", ["B", "T", "(T * B)"])
def test_an_averaged_gradient_is_charged_elsewhere(by: str) -> None:
    averaged = changed(
        "        return dict(self.gradients)\n",
        f"        self.gradients = {{n: g / {by} for n, g in self.gradients.items()}}\n        return dict(self.gradients)\n",
    )
    averaged = (
        averaged
        if by != "B"
        else changed("T, B, _ = dy.shape\n", "T, B, _ = dy.shape\n        dy = dy / B\n")
    )
    assert learns(averaged, "product") is None


@pytest.mark.parametrize("share", ["1 / n", "0.97**n", "1 / (1 + n // 20)"])
@pytest.mark.parametrize("name", ["fibonacci", "product", "echo", "sine"])
def test_a_rate_that_decays_is_charged_elsewhere(name: str, share: str) -> None:
    decaying = changed(
        UPDATE,
        f"n = self._buffers['n'] = self._buffers.get('n', np.zeros(5)) + 1\n"
        f"            n = np.ceil(n[0] / 5)\n"  # the update of an array counts, of five
        f"            parameter -= learning_rate * gradient * ({share})",
    )
    assert learns(decaying, name) is None


def test_momentum_is_charged_elsewhere() -> None:
    momentum = changed(
        UPDATE,
        "v = self._buffer('v' + name, *parameter.shape) if 'v' + name in self._buffers else "
        "self._buffer('v' + name, *parameter.shape) * 0\n"
        "            v = 0.9 * v + gradient\n"
        "            self._buffers['v' + name][...] = v\n"
        "            parameter -= learning_rate * v",
    )
    assert learns(momentum, "echo") is None


def test_a_backward_that_updates_itself_is_charged_elsewhere() -> None:
    source = catalogue.reference_source().replace(
        "        return dict(self.gradients)\n",
        "        for name, gradient in self.gradients.items():\n"
        "            getattr(self, name)[...] -= 0.03 * gradient\n"
        "        return dict(self.gradients)\n",
    )
    head, tail = source.split("    def update_parameters", 1)
    body = tail[tail.index("        for name, gradient") : tail.index("\n\nclass LSTMCell")]
    source = head + "    def update_parameters" + tail.replace(body, "        pass\n", 1)
    cls = local.wrap(catalogue.module(source, "own")["SimpleRNN"])
    assert not cls.implements("update_parameters")
    assert learns(cls, "product") is None


def test_an_unwritten_update_is_said_to_be_unwritten() -> None:
    source = catalogue.reference_source()
    head, tail = source.split("    def update_parameters", 1)
    body = tail[tail.index("        for name, gradient") : tail.index("\n\nclass LSTMCell")]
    source = head + "    def update_parameters" + tail.replace(body, "        pass\n", 1)
    with pytest.raises(NotImplementedYet):
        verdict.learns(
            local.wrap(catalogue.module(source, "stub")["SimpleRNN"]),
            task("product"),
            np.random.default_rng(1),
            [],
        )


@pytest.mark.parametrize(
    ("new", "factor", "plain"),
    [
        (UPDATE, 1.0, True),
        ("parameter -= 0.125 * learning_rate * gradient", 0.125, True),
        ("parameter += learning_rate * gradient", -1.0, True),
        ("parameter -= learning_rate * np.sign(gradient)", None, False),
        ("parameter -= learning_rate * gradient + 0.1 * learning_rate * parameter", None, False),
    ],
)
def test_one_step_is_measured_for_what_it_is(new: str, factor: float | None, plain: bool) -> None:  # noqa: FBT001  # a parameter of the test
    cls = changed(UPDATE, new)
    course = prepare(task("product"), np.random.default_rng(2))
    descent = measure(cls, course, rnn_layout(cls, course.task.sizes))
    assert descent.plain is plain
    assert not descent.updates_itself
    if factor is not None:
        assert descent.factor == pytest.approx(factor, rel=1e-2)


def test_bad_luck_on_the_references_own_path_earns_the_points(monkeypatch: Any) -> None:
    monkeypatch.setattr(verdict, "solves", lambda *_: False)  # whatever the score
    monkeypatch.setattr(Task, "is_sure", lambda *_: False)
    cls = local.wrap(SimpleRNN)
    assert learns(cls, "product", reference=SimpleRNN) is None
    with pytest.raises(CheckFailed):
        learns(cls, "product")  # without the reference nobody can tell


def test_a_start_that_teaches_nobody_is_drawn_again(monkeypatch: Any) -> None:
    """Of another correct program nobody can tell that it follows the reference."""
    monkeypatch.setattr(verdict, "_follows", lambda *_: False)
    unlucky = [616, *b"echo"]  # found by calibration: it ends at an NMSE of 0.3
    with pytest.raises(CheckFailed):
        learns(local.wrap(SimpleRNN), "echo", unlucky)
    assert learns(local.wrap(SimpleRNN), "echo", unlucky, reference=SimpleRNN) is None
    with pytest.raises(CheckFailed):
        learns(mutant("dW-hh-forgotten"), "echo", unlucky, reference=SimpleRNN)


def test_wrong_code_does_not_follow_the_reference(monkeypatch: Any) -> None:
    monkeypatch.setattr(verdict, "solves", lambda *_: False)
    with pytest.raises(CheckFailed):
        learns(mutant("dW-hh-with-current-state"), "product", reference=SimpleRNN)


def test_close_to_the_threshold_a_person_looks(monkeypatch: Any) -> None:
    answers = iter([False, True])  # misses the threshold, reaches the review bound
    monkeypatch.setattr(verdict, "solves", lambda *_: next(answers))
    assert "close to the threshold" in str(learns(local.wrap(SimpleRNN), "product"))


def test_a_step_that_explodes_is_still_measured() -> None:
    cls = changed(UPDATE, "parameter -= 1e200 * learning_rate * gradient")
    course = prepare(task("product"), np.random.default_rng(2))
    with np.errstate(all="ignore"):
        pace = measure(cls, course, rnn_layout(cls, course.task.sizes)).pace(0.1)
    assert np.isfinite([pace.rate, pace.scale]).all()


CLIP = """
    def update_parameters(self, learning_rate: float) -> None:
        norm = np.sqrt(sum(float(np.sum(g**2)) for g in self.gradients.values()))
        by = min(1.0, LIMIT / norm) if norm else 1.0
        for name, gradient in self.gradients.items():
            setattr(self, name, getattr(self, name) - learning_rate * by * gradient)
"""


@pytest.mark.parametrize("limit", [0.25, 1.0, 5.0])
def test_whoever_clips_trains_like_everybody_else(limit: float) -> None:
    """Clipped steps are shorter: from some starts too short for the iterations that there are."""
    source = catalogue.reference_source()
    body = source[source.index("    def update_parameters") : source.index("\n\nclass LSTMCell")]
    clipping = source.replace(body, CLIP.replace("LIMIT", str(limit)).lstrip("\n"))
    cls = local.wrap(catalogue.module(clipping, "clipping")["SimpleRNN"])
    course = prepare(task("echo"), np.random.default_rng([45, 5]))
    assert course.start is not None
    layout = rnn_layout(cls, course.task.sizes)
    descent = measure(cls, course, layout)
    assert descent.plain
    rnn = learner(cls, course, layout)
    ended = train(rnn, course, descent.pace(course.task.numbers.rate))
    expected, weights = train_reference(SimpleRNN, course, course.start, whole=False)
    assert ended.score == pytest.approx(expected.score, rel=1e-9)
    for name, value in layout.read(rnn).items():
        np.testing.assert_allclose(value, weights[name], rtol=1e-9, atol=1e-12)


class Slow:
    """A candidate on a machine where one message has time for few rounds."""

    def __init__(self, rnn: Any, most: int) -> None:
        self.rnn, self.most = rnn, most
        self.rounds = 0

    def forward(self, *arguments: Any) -> Any:
        return self.rnn.forward(*arguments)

    def train(self, rounds: Any) -> tuple[int, Any]:
        inputs, targets = rounds.inputs[: self.most], rounds.targets[: self.most]
        count, returned = self.rnn.train(replace(rounds, inputs=inputs, targets=targets))
        self.rounds += count
        return count, returned


def trained(name: str, seed: int, most: int) -> tuple[Any, int]:
    cls = local.wrap(SimpleRNN)
    course = prepare(task(name), np.random.default_rng(seed))
    rnn = Slow(learner(cls, course, rnn_layout(cls, course.task.sizes)), most)
    ended = train(cast("Any", rnn), course, Pace(course.task.numbers.rate))
    return ended, rnn.rounds


@pytest.mark.parametrize("name", ["fibonacci", "product", "echo", "sine"])
def test_what_is_learned_beyond_doubt_ends_the_training(name: str) -> None:
    ended, rounds = trained(name, 1, 1000)
    assert task(name).reaches(ended.score, task(name).numbers.sure)
    assert rounds < task(name).numbers.iterations
    assert rounds % TOGETHER == 1  # the round whose forward is the held-out batch


@pytest.mark.parametrize("name", ["fibonacci", "echo"])
def test_a_slow_machine_ends_a_training_at_the_same_round(name: str) -> None:
    quick, slow = trained(name, 2, 1000), trained(name, 2, 7)
    assert quick[1] == slow[1]
    np.testing.assert_array_equal(quick[0].outputs, slow[0].outputs)


def test_a_lucky_batch_alone_ends_no_training(monkeypatch: Any) -> None:
    """The last batch looks learned at every moment, the held-out one never does."""
    looked: list[int] = []

    def is_sure(_: Task, outputs: Any, __: Any) -> bool:
        looked.append(outputs.shape[1])
        return outputs.shape[1] < 100

    course = prepare(task("product"), np.random.default_rng(3))
    assert course.start is not None
    whole, weights = train_reference(SimpleRNN, course, course.start)
    monkeypatch.setattr(Task, "is_sure", is_sure)
    ended, others = train_reference(SimpleRNN, course, course.start, whole=False)
    assert looked == [16, 256] * 5  # at 50, 100, ... 250 of 300
    assert ended.score == whole.score
    for name, value in weights.items():
        np.testing.assert_array_equal(value, others[name])
