"""The training tasks: targets that are what they say, scores that cannot be fooled."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.learning.training import prepare, train_reference
from grader.questions import hidden_tasks
from solutions.rnn import SimpleRNN


@pytest.mark.parametrize("name", hidden_tasks.names())
def test_targets_follow_from_the_inputs_so_far(name: str) -> None:
    subject = hidden_tasks.task(name)
    batch = subject.batch(np.random.default_rng(3), 50)
    T = subject.numbers.steps
    assert batch.inputs.shape == batch.targets.shape == (T, 50, subject.width)
    x = batch.inputs
    expected = {
        "fibonacci": lambda t: np.eye(3)[(x[t].argmax(-1) + x[t - 1].argmax(-1)) % 3],
        "product": lambda t: x[t] * x[t - 1],
        "echo": lambda t: x[t - 5],
        "sine": lambda t: 2 * np.cos(2 * np.pi / 4.3) * x[t] - x[t - 1],
    }[name]
    for t in range(subject.first, T):
        np.testing.assert_allclose(batch.targets[t], expected(t), atol=1e-12)


@pytest.mark.parametrize("name", hidden_tasks.names())
def test_d_outputs_is_the_gradient_of_the_loss(name: str) -> None:
    subject = hidden_tasks.task(name)
    rng = np.random.default_rng(4)
    batch = subject.batch(rng, 3)
    outputs, nudge = rng.normal(size=(2, *batch.targets.shape))
    slope = subject.loss(outputs + 1e-6 * nudge, batch) - subject.loss(
        outputs - 1e-6 * nudge, batch
    )
    assert slope / 2e-6 == pytest.approx(
        np.sum(subject.d_outputs(outputs, batch) * nudge), rel=1e-6
    )


@pytest.mark.parametrize("name", hidden_tasks.names())
def test_perfect_outputs_solve_and_trivial_or_broken_ones_do_not(name: str) -> None:
    subject = hidden_tasks.task(name)
    batch = subject.batch(np.random.default_rng(5), 256)
    threshold = subject.numbers.threshold
    assert subject.reaches(subject.score(batch.targets, batch), threshold)
    assert not subject.reaches(subject.baseline(batch), subject.numbers.review)
    assert not subject.reaches(subject.score(np.full_like(batch.targets, np.nan), batch), threshold)
    assert not subject.reaches(float("nan"), threshold)
    assert not subject.better(float("nan"), threshold)


@pytest.mark.parametrize("name", hidden_tasks.names())
def test_the_threshold_is_stricter_than_the_review_bound(name: str) -> None:
    numbers = hidden_tasks.task(name).numbers
    assert hidden_tasks.task(name).better(numbers.threshold, numbers.review)


@pytest.mark.parametrize("name", ["fibonacci", "product", "echo"])
def test_the_reference_learns_each_task(name: str) -> None:
    course = prepare(hidden_tasks.task(name), np.random.default_rng(6))
    assert course.start is not None
    ended, weights = train_reference(SimpleRNN, course, course.start)
    assert course.task.reaches(ended.score, course.task.numbers.threshold)
    assert weights.keys() == course.start.keys()
