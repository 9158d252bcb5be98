"""Does the student's SimpleRNN learn? The verdict on one task, and the words for it.

Solving the task earns the points: a threshold that correct code reaches from every start, above
what trivial predictions reach. Whoever misses it although each step was the reference's own had
bad luck and earns them too. Where the update is no plain descent, other rates are tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.random import Generator

from grader.assignment import load
from grader.checks import start_scale
from grader.checks.learning.step_size import measure
from grader.checks.learning.tasks import Task, diverged
from grader.checks.learning.training import (
    Course,
    Pace,
    Reference,
    Trained,
    learner,
    prepare,
    train,
    train_reference,
)
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import rnn_layout
from grader.faults import BadValue, CheckFailed, NeedsReview, NotImplementedYet
from grader.language import Message, say
from grader.protocol import Array, CandidateClass
from grader.records import Exhibit

NEEDED = ("forward", "backward")
OWN_GAIN = 0.6  # of the start in place of one that q4_1 has charged, as in the other tasks
SHOWN = 64  # values in the plot of predicted against true


@dataclass(frozen=True, slots=True)
class TrainedAttempt:
    """One training, and the weights it ended at where they compare with the reference's."""

    ended: Trained
    weights: Mapping[str, Array] | None


def learns(
    cls: CandidateClass,
    task: Task,
    rng: Generator,
    exhibits: list[Exhibit],
    reference: Reference | None = None,
) -> None:
    """Train on the task.

    Raises `CheckFailed` where it is not learned, `NeedsReview` where a person should look, and
    whatever the student's methods raise.
    """
    for method in NEEDED:
        if not cls.implements(method):
            raise NotImplementedYet(f"{cls.name}.{method}")
    course = prepare(task, rng)
    layout = _layout(cls, course.task)
    best = _best(cls, course, layout)
    if reference is not None and not _reaches(course, best.ended) and not _fair(course, reference):
        course = prepare(task, rng)
        best = _best(cls, course, layout)
    if layout is not None and not _reaches(course, best.ended) and _is_charged(cls, course):
        course = replace(course, start=course.task.start(rng, OWN_GAIN))
        best = _best(cls, course, layout)
    exhibits.append(_exhibit(course, best.ended))
    subject, score = course.task, best.ended.score
    baseline = subject.baseline(course.held_out)
    if best.ended.frozen:
        raise _unmoved(subject)
    if solves(subject, score, baseline, subject.numbers.threshold):
        return
    if (
        reference is not None
        and layout is not None
        and _follows(course, layout, best.weights, reference)
    ):
        return
    if solves(subject, score, baseline, subject.numbers.review):
        raise NeedsReview(_borderline(subject, score))
    raise _failure(course, best.ended, baseline)


def _is_charged(cls: CandidateClass, course: Course) -> bool:
    """Whether a start of the student's own has lost its points in q4_1 already."""
    return course.start is None and start_scale.is_charged(cls)


def solves(subject: Task, score: float, baseline: float, bound: float) -> bool:
    """Whether a held-out score reaches the bound and beats the trivial predictions."""
    return subject.reaches(score, bound) and subject.better(score, baseline)


def _layout(cls: CandidateClass, subject: Task) -> Layout | None:
    """Where the parameters are; None where nothing tells, so that the student's own start must do."""
    try:
        return rnn_layout(cls, subject.sizes)
    except BadValue:
        return None


def _best(cls: CandidateClass, course: Course, layout: Layout | None) -> TrainedAttempt:
    """Train until one attempt reaches the threshold; else the best of all."""
    attempts = _attempts(cls, course, layout)
    best = next(attempts)
    while not _reaches(course, best.ended):
        following = next(attempts, None)
        if following is None:
            break
        if _is_better(course.task, following.ended, best.ended):
            best = following
    return best


def _attempts(
    cls: CandidateClass, course: Course, layout: Layout | None
) -> Iterator[TrainedAttempt]:
    """Train at the task's rate; at others too where a step is no plain descent from a known start."""
    rate = course.task.numbers.rate
    if layout is None and not cls.implements("update_parameters"):
        raise NotImplementedYet(f"{cls.name}.update_parameters")
    descent = measure(cls, course, layout) if layout is not None else None
    comparable = descent is not None and descent.plain and course.start is not None
    paces = [Pace(rate) if descent is None else descent.pace(rate)]
    if not comparable and paces[0].updates:
        paces += [Pace(rate * share) for share in load().learning["q5_2"]["other_rates"]]
    for pace in paces:
        rnn = learner(cls, course, layout)
        ended = train(rnn, course, pace)
        yield TrainedAttempt(ended, layout.read(rnn) if comparable and layout is not None else None)


def _reaches(course: Course, ended: Trained) -> bool:
    return not ended.frozen and course.task.reaches(ended.score, course.task.numbers.threshold)


def _is_better(task: Task, one: Trained, other: Trained) -> bool:
    """Whether `one` shows more: the better score, but no score of a frozen network beats another's."""
    if one.frozen != other.frozen:
        return other.frozen
    return task.better(one.score, other.score)


def _fair(course: Course, reference: Reference) -> bool:
    """Whether the reference learns it: of the echo's starts one in a thousand teaches nobody."""
    return course.start is None or _reaches(
        course, train_reference(reference, course, course.start, whole=False)[0]
    )


def _follows(
    course: Course, layout: Layout, weights: Mapping[str, Array] | None, reference: Reference
) -> bool:
    """Whether training ended where the reference's own ended, on the same data."""
    if weights is None or course.start is None:
        return False
    settings = load().learning["q5_2"]
    single = layout.single
    limit = settings["trajectory_float32" if single else "trajectory_float64"]
    _, expected = train_reference(reference, course, layout.effective(course.start))
    return all(
        bool(np.all(np.abs(weights[name] - value) <= limit * max(1.0, float(np.abs(value).max()))))
        for name, value in expected.items()
    )


def _failure(course: Course, ended: Trained, baseline: float) -> CheckFailed:
    goal, hint = course.task.goal, course.task.hint
    guarded = say(
        "Trained through its own forward, backward and update_parameters, your SimpleRNN does not learn to "
        "predict {goal}. {hint}",
        goal=goal,
        hint=hint,
    )
    if not ended.begun:
        text = say(
            "Before the first step of training what forward gives is NaN, infinite or beyond all bounds."
        )
        return CheckFailed(text, text)
    if not diverged(ended.outputs):
        return CheckFailed(_missed(course.task, ended.score, baseline), guarded)
    text = say(
        "Your SimpleRNN was trained to predict {goal}; within {iterations} iterations its outputs grew "
        "beyond all bounds. Check the sign in update_parameters and the sums in backward.",
        goal=goal,
        iterations=course.task.numbers.iterations,
    )
    return CheckFailed(text, guarded)


def _unmoved(subject: Task) -> CheckFailed:
    text = say(
        "{iterations} iterations of forward, backward and update_parameters leave what forward predicts "
        "exactly as it was: update_parameters changes nothing that forward reads.",
        iterations=subject.numbers.iterations,
    )
    return CheckFailed(text, text)


def _missed(subject: Task, score: float, baseline: float) -> Message:
    """Say what was reached, what guessing reaches, and what working code reaches."""
    known: dict[str, Any] = {
        "goal": subject.goal,
        "hint": subject.hint,
        "iterations": subject.numbers.iterations,
    }
    if subject.classes:
        return say(
            "After {iterations} iterations your SimpleRNN should predict {goal}: {score} of the held-out "
            "values are right, a trivial guess gets {baseline}, working code at least {threshold}. {hint}",
            score=f"{score:.0%}",
            baseline=f"{baseline:.0%}",
            threshold=f"{subject.numbers.threshold:.0%}",
            **known,
        )
    return say(
        "After {iterations} iterations your SimpleRNN should predict {goal}: the held-out squared error "
        "is {score} of the variance, a trivial guess gets {baseline}, working code at most {threshold}. {hint}",
        score=f"{score:.3g}",
        baseline=f"{baseline:.3g}",
        threshold=f"{subject.numbers.threshold:g}",
        **known,
    )


def _borderline(subject: Task, score: float) -> Message:
    return say(
        "Learning to predict {goal} ended close to the threshold: {score} (threshold {threshold}).",
        goal=subject.goal,
        score=f"{score:.3g}",
        threshold=f"{subject.numbers.threshold:g}",
    )


def _exhibit(course: Course, ended: Trained) -> Exhibit:
    return Exhibit(
        question="q5_2",
        kind="prediction",
        title=say("Your SimpleRNN predicts {goal}", goal=course.task.goal),
        series={
            "predicted": _flat(course.task, ended.outputs),
            "true": _flat(course.task, course.held_out.targets),
        },
    )


def _flat(subject: Task, values: Array) -> tuple[float, ...]:
    """Line up the steps that count of the first sequences; classes as numbers."""
    scored = values[subject.first :]
    line = scored.argmax(axis=-1) if subject.classes else scored[..., 0]
    return tuple(float(value) for value in np.nan_to_num(line.T.ravel()[:SHOWN]))
