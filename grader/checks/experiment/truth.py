"""`train_rnn_on_sequence`, as far as the observation proves it: training, predictions, split.

Returned numbers prove nothing on their own. Where what was seen does not decide, the student is
believed; where it nearly decides, the points are earned and a person looks (a `Message` returned).
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from grader.assignment import load
from grader.checks.experiment import (
    foretelling,
    honesty,
    placing,
    reconstruction,
    repetition,
    scaling,
)
from grader.checks.experiment.evaluations import (
    Evaluation,
    Line,
    evaluations,
    last_of_each,
    source,
    successors,
)
from grader.checks.experiment.parts import Experiment, require_training
from grader.checks.experiment.provenance import Provenance
from grader.checks.experiment.reading_off import (
    EXACT,
    PLAIN,
    Units,
    is_free_running,
    is_reversed,
    of_strewn,
    read_targets,
    step_read,
)
from grader.faults import BadValue, CauseKnown, CheckFailed, NeedsReview
from grader.language import say
from grader.protocol import Observation

UNITS = 0.5  # of a trivial guess's error: at most that is left where nothing but units was wrong
ROUNDING = 1e-9  # of the scale: two numbers that should be equal
SHARED = 3  # windows trained on that are no slip at the border of the two parts

_FREE_RUNNING = say(
    "The predictions run freely: the windows that they come from end with the network's own earlier "
    "outputs. One step ahead means that each window holds the true values before the one to predict."
)


def trains(experiment: Experiment) -> None:
    """Require that the student's own SimpleRNN was trained, and learned."""
    require_training(experiment)
    honesty.ask_about_functions(experiment)
    seen = experiment.seen
    fell = seen.last_error <= load().learning["q5_3"]["error_falls"] * seen.first_error
    # Several networks, one after the other, need not show a falling error; a good one proves it.
    if not fell and not _predicts_well(experiment):
        raise CheckFailed(
            say("Your SimpleRNN was trained, but its error did not fall while it was.")
        )
    honesty.ask_about_losses(experiment)


def beats_baselines(experiment: Experiment) -> None:
    """Require predictions of the network's own, better than the last value and than the mean."""
    require_training(experiment)
    predicted, true = scaled(experiment)
    if experiment.copied:
        raise CheckFailed(
            say("The predictions are the true values themselves."),
            diagnosis="predictions-are-the-targets",
        )
    if _are_shown(experiment):
        raise CheckFailed(
            say(
                "The 'targets' are the last inputs of the windows themselves, not the values after them: "
                "what the network is shown needs no prediction."
            ),
            diagnosis="target-inside-the-window",
        )
    found = Provenance.of(experiment.seen, predicted, true)
    honesty.refuse_foreign(found)
    fed_back = is_free_running(experiment.seen, experiment.predictions, experiment.targets)
    try:
        _require_better(predicted, true)
    except CheckFailed as worse:
        raise (CauseKnown(_FREE_RUNNING) if fed_back else _cause(experiment) or worse) from None
    if fed_back:
        raise NeedsReview(_FREE_RUNNING)
    honesty.ask_about(found)


def _cause(experiment: Experiment) -> CheckFailed | None:
    """Why predictions are bad, where it is how they or their targets are read off."""
    seen, predictions = experiment.seen, experiment.predictions
    if (used := source_of(experiment)) is not None:
        return _misread(used, predictions, experiment.targets)
    if is_reversed(seen, predictions):
        return CauseKnown(
            say("The predictions are the network's outputs in reversed order: last window first.")
        )
    if step_read(seen, predictions) is not None:
        return CauseKnown(
            say(
                "The predictions are the outputs of an earlier time step of each window; the output after "
                "the last step is the one that has seen the whole window."
            )
        )
    return None


def _misread(used: Evaluation, predictions: Line, true: Line) -> CheckFailed | None:
    """What is wrong with targets that lie too far ahead, or are in other units than predictions."""
    targets = read_targets(used, true)
    if targets is None:
        return None
    if targets.ahead > 1:
        return CauseKnown(
            say(
                "Each target is the value {ahead} steps after the last input of its window; one step "
                "ahead is the value right after it. Are predictions and targets shifted against each "
                "other?",
                ahead=targets.ahead,
            ),
            say(
                "The targets lie more than one step after the last inputs of their windows. Are "
                "predictions and targets shifted against each other?"
            ),
        )
    given = Units(*used.units(predictions))
    if given.agree(targets.units) or not _mended_by(given, targets.units, predictions, true):
        return None
    return _in_other_units(given, targets.units)


def _in_other_units(given: Units, right: Units) -> CheckFailed:
    """Predictions that would be good in the units of the targets."""
    if given.agree(PLAIN):
        what = say(
            "The predictions are still in the units of the network, while the targets are in those of "
            "the series."
        )
        return CheckFailed(what, what, diagnosis="units-differ")
    return CauseKnown(
        say(
            "Predictions and targets are not in the same units: the one are the network's values times "
            "{scale} plus {offset}, the other times {true_scale} plus {true_offset}. Bring both back "
            "with the same numbers.",
            scale=f"{given.scale:.4g}",
            offset=f"{given.offset:.4g}",
            true_scale=f"{right.scale:.4g}",
            true_offset=f"{right.offset:.4g}",
        ),
        say(
            "Predictions and targets are brought back into the units of the series with different "
            "numbers, or one of them is not brought back. Use the same mean and scale for both."
        ),
    )


def _mended_by(given: Units, right: Units, predictions: Line, true: Line) -> bool:
    """Whether the predictions are good once they are in the units of the targets."""
    true, mended = (line / np.abs(true).max() for line in (true, right.of(given.back(predictions))))
    trivial = min(float(np.mean(np.diff(true) ** 2)), float(np.var(true)))
    return float(np.mean((mended - true) ** 2)) < UNITS * trivial


def _require_better(predicted: Line, true: Line) -> None:
    """Require a smaller error than that of trivial guesses."""
    settings = load().learning["q5_3"]
    error = float(np.mean((predicted - true)[1:] ** 2))
    persistence = float(np.mean(np.diff(true) ** 2))
    variance = float(np.var(true))
    behind = float(np.mean((predicted[1:] - true[:-1]) ** 2))
    # Also where a series is so smooth that its last value is a good guess.
    if behind <= ROUNDING**2 * variance < persistence and _is_predictable(true):
        raise _late(is_input=True)
    if error <= settings["close_to_truth"] * variance:
        return
    if np.all(np.diff(true) > 0):
        raise NeedsReview(
            say(
                "Each held-out value is larger than the one before, where a comparison with a guess "
                "says little. See whether the experiment makes sense."
            )
        )
    if behind < settings["follows"] * error and _is_predictable(true):
        raise _late(is_input=behind <= ROUNDING * persistence)
    ahead = float(np.mean((predicted[:-1] - true[1:]) ** 2))
    if ahead < settings["follows"] * error and _is_predictable(true):
        raise _early()
    if error < min(persistence, variance):
        return
    raise CheckFailed(
        say(
            "The predictions are worse than a trivial guess: mean squared error {error}, repeating "
            "the last value {persistence}, always the mean {variance} (largest target as unit).",
            error=f"{error:.3g}",
            persistence=f"{persistence:.3g}",
            variance=f"{variance:.3g}",
        ),
        say("The predictions are worse than repeating the last value, or than always the mean."),
    )


def _are_shown(experiment: Experiment) -> bool:
    """Whether the targets are in the very windows that the predictions come from."""
    used, true = source_of(experiment), experiment.targets
    if used is None or used.inputs.shape[2] != 1 or used.shown.size != true.size:
        return False
    scale, offset = used.units(experiment.predictions)
    shown = scale * used.shown + offset
    limit = EXACT * float(np.ptp(true))
    # A series that stands still shows every target.
    return bool(
        np.all(np.abs(shown - true) <= limit) and not np.all(np.abs(shown[1:] - true[:-1]) <= limit)
    )


def _late(*, is_input: bool) -> CheckFailed:
    """A forecast that is one step late: the input itself, or a network's that has learned no more."""
    return CheckFailed(
        say(
            "The predictions follow the value that was seen last, not the one that comes next. If the "
            "targets of training are the next values, train longer."
        ),
        diagnosis="forecast-is-the-input-shifted" if is_input else "",
    )


def _early() -> CheckFailed:
    """Predictions of the value after the one that is asked for."""
    return CheckFailed(
        say(
            "The predictions fit the true values one place later, not those beside them. Was the target "
            "of training the value after the next, or are predictions and targets shifted against each "
            "other?"
        )
    )


def held_out(experiment: Experiment) -> None:
    """Require an evaluation on windows never trained on, of a series that was split in time."""
    require_training(experiment, moved=False)
    seen = experiment.seen
    if experiment.by_functions:  # nothing was observed
        return
    if seen.evaluation_windows == 0:
        raise CheckFailed(
            say("Your SimpleRNN was never evaluated: every forward was one of training.")
        )
    used = source_of(experiment)
    all_trained = seen.evaluation_windows_trained == seen.evaluation_windows and all(
        one.before.all() for one in last_of_each(seen)
    )
    if all_trained or (used is not None and _within_training(used)):
        if repeats(experiment) or (
            used is not None and repetition.nearly_comes_again(_lines(experiment), used)
        ):
            return  # an honest split puts the same windows on both sides
        raise _on_training(used)
    if _is_strewn(experiment, used):
        raise CheckFailed(
            say(
                "The windows were not split by time: what is held out was taken from between those of "
                "training, as by shuffling, so that most of its values were seen in training. Split the "
                "series by time first, then cut windows."
            )
        )


def _within_training(used: Evaluation) -> bool:
    """Whether the evaluated stretch reaches into the trained one, or lies within it.

    It begins there; or most of its windows were trained on, or some up to its second half, as when
    training took every tenth window and the evaluation takes all between them as well.
    """
    trained = np.flatnonzero(used.before)
    if trained.size < SHARED:
        return False
    return bool(
        used.before[:SHARED].all()
        or used.before.mean() > 0.5  # noqa: PLR2004  # halves
        or trained[-1] >= used.before.size / 2
    )


def _on_training(used: Evaluation | None) -> CheckFailed:
    """An evaluation on windows that were trained on before: all of them, or some."""
    named = "evaluated-on-training-data"
    if used is None or used.before.all() or not used.before.any():
        return CheckFailed(
            say("Your SimpleRNN is evaluated on the very windows that it was trained on."),
            diagnosis=named,
        )
    return CheckFailed(
        say(
            "{count} of the {size} windows that the predictions come from were trained on before.",
            count=int(used.before.sum()),
            size=used.before.size,
        ),
        say("Some of the windows that the predictions come from were trained on before."),
        diagnosis=named,
    )


def _is_strewn(experiment: Experiment, used: Evaluation | None) -> bool:
    """Whether windows are missing in between that were left to training."""
    seen = experiment.seen
    if used is None:
        used = _with_targets(experiment)
    if used is None:
        return placing.is_whole_split(seen, _size(experiment))
    if not successors(used) < load().learning["q5_3"]["in_order"]:  # NaN for single values
        return False
    return placing.lies_between(seen, used) or _spreads_wide(seen, used)


def _with_targets(experiment: Experiment) -> Evaluation | None:
    with suppress(BadValue):
        return placing.with_targets(experiment.seen, experiment.targets)
    return None


def _size(experiment: Experiment) -> int:
    """How many predictions came back."""
    with suppress(BadValue):
        return experiment.predictions.size
    return 0


def _spreads_wide(seen: Observation, used: Evaluation) -> bool:
    """Whether, of a series that is known, windows of both its halves are there.

    Some of those of the held-out part, drawn at random, lie near the end of the series all of them.
    """
    for series in placing.forms(seen):
        if (there := placing.placed(used, series)) is not None:
            return bool(np.ptp(there.starts) > (series.size - used.steps) / 2)
    return False


def scaled_on_training_part(experiment: Experiment) -> None:
    """Refuse a scaler that has certainly seen what is to be predicted."""
    require_training(experiment, moved=False)
    part = scaling.fitted_on(experiment.seen) or _fitted_on_own(experiment)
    if part is scaling.Part.WHOLE:
        raise CheckFailed(
            say(
                "The scaler was fitted on the whole series, the held-out part included. Take its "
                "numbers (mean, deviation, minimum, maximum) from the training part only."
            ),
            diagnosis="scaler-sees-held-out-data",
        )
    if part is scaling.Part.HELD_OUT:
        raise CheckFailed(
            say(
                "The held-out part is scaled with its own numbers (mean, deviation, minimum, maximum). "
                "Take them from the training part only, and scale both parts with them."
            )
        )
    if scaling.by_window_and_target(experiment.seen):
        raise CheckFailed(
            say(
                "Each window is scaled by a range that includes the value to predict, and so tells it. "
                "Take the numbers from the training part, or from the inputs of the window alone."
            )
        )


def _fitted_on_own(experiment: Experiment) -> scaling.Part | None:
    """As `scaling.fitted_on`, of a series that the program makes itself: as its windows tell it.

    Where targets came back in the network's units, the series may simply be in these.
    """
    used = source_of(experiment) or _with_targets(experiment)
    if used is None or used.trained.any() or used.inputs.shape[2] != 1:
        return None
    with suppress(BadValue):
        true = experiment.targets
        units = _units(used, true)
        if units is not None and not units.agree(PLAIN):
            found = reconstruction.rebuilt(experiment.seen, used, true, units)
            if part := scaling.fitted_on_rebuilt(experiment.seen, used, found):
                return part
            if reconstruction.is_standardised(experiment.seen, used, units.back(true)):
                return scaling.Part.HELD_OUT
    return None


def _units(used: Evaluation, true: Line) -> Units | None:
    """What makes inputs the targets that follow them."""
    targets = read_targets(used, true)
    if targets is None:
        return of_strewn(used, true)
    return targets.units if targets.ahead == 1 else None


def scaled(experiment: Experiment) -> tuple[Line, Line]:
    """Predictions and targets in units of the largest target: Fibonacci numbers reach 1e208."""
    predicted, true = experiment.predictions, experiment.targets
    if predicted.size != true.size:
        raise BadValue(say("'predictions' and 'targets' differ in length."))
    unit = float(np.abs(true).max())
    if unit == 0.0 or np.ptp(true) <= ROUNDING * unit:
        raise BadValue(say("'targets' is constant: there is nothing to predict."))
    return np.clip(predicted / unit, -1e100, 1e100), true / unit


def repeats(experiment: Experiment) -> bool:
    """Whether values come again and again, as in Fibonacci numbers modulo 3.

    Then an honest split puts the same windows on both sides.
    """
    seen = [one.first(experiment.predictions.size) for one in evaluations(experiment.seen)]
    return repetition.comes_again(_lines(experiment), seen)


def _lines(experiment: Experiment) -> list[Line]:
    """What is known of the series: as it was generated, and its held-out part."""
    lines = list(experiment.seen.series)
    with suppress(BadValue):
        lines.append(scaled(experiment)[1])
    return lines


def _is_predictable(true: Line) -> bool:
    """Whether a linear rule foretells the next value much better than the last value does.

    In a random walk it does not, and the best forecast is the last value.
    """
    left = foretelling.rest(true)
    if left is None:
        return True
    share = float(load().learning["q5_3"]["predictable"])
    return left < share * float(np.mean(np.diff(true) ** 2))


def _predicts_well(experiment: Experiment) -> bool:
    """Whether the predictions are right, and the network's own."""
    try:
        beats_baselines(experiment)
    except (BadValue, CheckFailed, NeedsReview):
        return False
    return source_of(experiment) is not None


def source_of(experiment: Experiment) -> Evaluation | None:
    try:
        return source(experiment.seen, experiment.predictions)
    except BadValue:
        return None
