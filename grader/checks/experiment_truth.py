"""`train_rnn_on_sequence`, as far as the observation proves it: training, held-out data, errors.

Returned numbers prove nothing on their own. Where what was seen does not decide, the student is
believed; where it nearly decides, the points are earned and a person looks (a `Message` returned).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from grader.assignment import load
from grader.checks import scaling
from grader.checks.experiment import Experiment, require_training
from grader.checks.windows import Evaluation, Line, evaluations, residuals, source, successors
from grader.faults import BadValue, CheckFailed
from grader.language import Message, say

ROUNDING = 1e-9  # of the scale: two numbers that should be equal


def trains(experiment: Experiment) -> None:
    """Require that the student's own SimpleRNN was trained, and learned."""
    require_training(experiment)
    seen = experiment.seen
    fell = seen.last_error <= load().learning["q5_3"]["error_falls"] * seen.first_error
    # Several networks, one after the other, need not show a falling error; a good one proves it.
    if not fell and not _predicts_well(experiment):
        raise CheckFailed(
            say("Your SimpleRNN was trained, but its error did not fall while it was.")
        )


def beats_baselines(experiment: Experiment) -> Message | None:
    """Require predictions better than the last value and than the mean."""
    require_training(experiment)
    predicted, true = _scaled(experiment)
    error = float(np.mean((predicted - true)[1:] ** 2))
    persistence = float(np.mean((true[1:] - true[:-1]) ** 2))
    variance = float(np.var(true))
    if error < persistence and error < variance:
        return None
    if np.all(np.diff(true) > 0):
        return say(
            "The held-out values grow beyond all that was trained on, where no network can be compared "
            "with a guess. See whether the experiment makes sense."
        )
    if (
        float(np.mean((predicted[1:] - true[:-1]) ** 2))
        < load().learning["q5_3"]["follows"] * error
    ):
        raise CheckFailed(
            say(
                "The predictions follow the value that was seen last, not the one that comes next: "
                "shift the targets by one step."
            )
        )
    if error <= load().learning["q5_3"]["close_to_truth"] * variance:
        return None
    raise CheckFailed(
        say(
            "The predictions are worse than a trivial guess: mean squared error {error}, repeating the "
            "last value {persistence}, always the mean {variance} (in units of the largest target).",
            error=f"{error:.3g}",
            persistence=f"{persistence:.3g}",
            variance=f"{variance:.3g}",
        ),
        say("The predictions are worse than repeating the last value, or than always the mean."),
    )


def held_out(experiment: Experiment) -> Message | None:
    """Require an evaluation on windows that were never trained on, cut from a series split in time."""
    require_training(experiment)
    seen = experiment.seen
    if seen.evaluation_windows == 0:
        raise CheckFailed(
            say("Your SimpleRNN was never evaluated: every forward was one of training.")
        )
    used = _source(experiment)
    all_trained = seen.evaluation_windows_trained == seen.evaluation_windows
    if all_trained or (used is not None and used.trained.mean() > 0.5):  # noqa: PLR2004  # most of them
        if _repeats(experiment):
            return say("The series repeats itself, so held-out windows were also trained on.")
        raise CheckFailed(
            say("Your SimpleRNN is evaluated on the very windows that it was trained on.")
        )
    if (
        used is not None
        and successors(used) < load().learning["q5_3"]["in_order"]
        and successors(used) > 0
    ):
        raise CheckFailed(
            say(
                "The windows were shuffled before they were split, so that most of what is held out "
                "was seen in training. Split the series by time first, then cut windows."
            )
        )
    return None


def errors_are_real(experiment: Experiment) -> Message | None:
    """Require errors of lengths that the network really saw, that agree with what it gave out."""
    require_training(experiment)
    errors = experiment.errors
    lengths = {*experiment.seen.lengths_evaluated, *experiment.seen.lengths_trained}
    # A window of L values may be L - 1 inputs and a target.
    unseen = [length for length in errors if not {length, length - 1, length + 1} & lengths]
    if unseen:
        raise CheckFailed(
            say(
                "error_by_length names the length {length}, but your SimpleRNN never saw sequences of "
                "that many steps; it saw {lengths}.",
                length=unseen[0],
                lengths=", ".join(map(str, sorted(lengths)[:12])) or "-",
            ),
            say("error_by_length names lengths that your SimpleRNN never saw."),
        )
    if all(one.trained.all() for one in _of_lengths(experiment, errors)) and not _repeats(
        experiment
    ):
        raise CheckFailed(
            say("The errors by length were computed on windows that were trained on.")
        )
    spread = _disagreement(experiment, errors)
    if spread > load().learning["q5_3"]["error_ratio"]:
        return say(
            "The errors by length do not agree with the outputs that were seen (by a factor of {spread}).",
            spread=f"{spread:.1f}",
        )
    return None


def longer_helps(experiment: Experiment) -> None:
    """Require that the error falls with the length, where the student's lengths can show it."""
    require_training(experiment)
    errors, settings = experiment.errors, load().learning["q5_3"]
    short = [errors[length] for length in errors if length <= settings["short"]]
    long = [errors[length] for length in errors if length >= settings["long"]]
    if not short or not long or _is_easy(experiment):
        return
    if not min(long) < settings["longer_helps"] * max(short):
        raise CheckFailed(
            say(
                "Longer sequences do not help: error {short} with at most {few} steps, {long} with "
                "{many} or more. Train a fresh network for every length, long enough.",
                short=f"{max(short):.3g}",
                few=settings["short"],
                long=f"{min(long):.3g}",
                many=settings["long"],
            ),
            say("The held-out error does not fall from the shortest to the longest sequences."),
        )


def scaled_on_training_part(experiment: Experiment) -> None:
    """Refuse a scaler that was certainly fitted on the whole series."""
    require_training(experiment)
    if scaling.fitted_on_all(experiment.seen):
        raise CheckFailed(
            say(
                "The scaler was fitted on the whole series, the held-out part included. Take its "
                "numbers (mean, deviation, minimum, maximum) from the training part only."
            )
        )


def _scaled(experiment: Experiment) -> tuple[Line, Line]:
    """Predictions and targets in units of the largest target: Fibonacci numbers reach 1e208."""
    predicted, true = experiment.predictions, experiment.targets
    if predicted.size != true.size:
        raise BadValue(say("'predictions' and 'targets' differ in length."))
    unit = float(np.abs(true).max())
    if unit == 0.0 or np.ptp(true) <= ROUNDING * unit:
        raise BadValue(say("'targets' is constant: there is nothing to predict."))
    return np.clip(predicted / unit, -1e100, 1e100), true / unit


def _predicts_well(experiment: Experiment) -> bool:
    """Whether the predictions are right, and the network's own."""
    try:
        return beats_baselines(experiment) is None and _source(experiment) is not None
    except (BadValue, CheckFailed):
        return False


def _source(experiment: Experiment) -> Evaluation | None:
    try:
        return source(experiment.seen, experiment.predictions)
    except BadValue:
        return None


def _repeats(experiment: Experiment) -> bool:
    """Whether values come again and again, as in Fibonacci numbers modulo 3.

    Then an honest split puts the same windows on both sides.
    """
    lines = list(experiment.seen.series)
    with suppress(BadValue):
        lines.append(_scaled(experiment)[1])
    return any(np.unique(line.round(9)).size <= line.size / 2 for line in lines)


def _of_lengths(experiment: Experiment, errors: dict[int, float]) -> list[Evaluation]:
    """Pick the evaluations at the lengths that were named; all of them where none fits."""
    every = evaluations(experiment.seen)
    fitting = [one for one in every if {one.steps, one.steps + 1} & set(errors)]
    return fitting or every or [_nothing_seen()]


def _nothing_seen() -> Evaluation:
    """Stand for evaluations that were not kept: nothing is held against them."""
    return Evaluation(np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), np.zeros(1, np.bool_))


def _disagreement(experiment: Experiment, errors: dict[int, float]) -> float:
    """By what factor reported over recomputed errors differ between lengths, under the best measure.

    The scale of the reported errors is the student's own, so only their ratio can be judged;
    1 where fewer than two lengths can be recomputed.
    """
    spreads = []
    for known in _recomputed(experiment, errors):
        ratios = [
            errors[length] / value
            for length, value in known.items()
            if value > 0 and errors[length] > 0
        ]
        if len(ratios) > 1:
            spreads.append(max(ratios) / min(ratios))
    return min(spreads, default=1.0)


def _recomputed(experiment: Experiment, errors: dict[int, float]) -> Iterator[dict[int, float]]:
    """{length: error} for each output that may count and each measure that may be meant."""
    by_length = {one.steps: residuals(one) for one in evaluations(experiment.seen)}
    measures = (_mean_square, _root_mean_square, _mean_absolute)
    for which in ("last", "all"):
        for measure in measures:
            yield {
                length: measure(found[which][0])
                for length in errors
                if which in (found := by_length.get(length) or by_length.get(length - 1) or {})
            }


def _is_easy(experiment: Experiment) -> bool:
    """Whether the shortest sequences already tell the next value, as far as that was seen."""
    settings = load().learning["q5_3"]
    for one in evaluations(experiment.seen):
        errors, targets = residuals(one).get("last", (np.zeros(0), np.zeros(0)))
        if one.steps <= settings["short"] and errors.size > 1:
            return _mean_square(errors) <= float(settings["easy"]) * float(np.var(targets))
    return False


def _mean_square(errors: Line) -> float:
    return float(np.mean(errors**2))


def _root_mean_square(errors: Line) -> float:
    return float(np.sqrt(np.mean(errors**2)))


def _mean_absolute(errors: Line) -> float:
    return float(np.mean(np.abs(errors)))
