"""Judge `error_by_length`: lengths that were evaluated, errors that are real, and that fall."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.assignment import load
from grader.checks.experiment import foretelling
from grader.checks.experiment.error_formulas import MEASURES, Formulas, are_of_training, fits
from grader.checks.experiment.evaluations import (
    Line,
    by_length,
    residuals,
    unexplained,
)
from grader.checks.experiment.parts import CLASSES, Experiment, require_training
from grader.checks.experiment.provenance import Provenance
from grader.checks.experiment.reading_off import Units
from grader.checks.experiment.truth import beats_baselines, repeats, scaled, source_of
from grader.faults import BadValue, CheckFailed, NeedsReview
from grader.language import say

Errors = dict[int, float]

DIFFERENT = 1.1  # times an error is another: of a network that gives constants they are alike


def are_real(experiment: Experiment) -> None:
    """Require errors of lengths that the network saw; a person looks where they disagree."""
    require_training(experiment, moved=False)
    errors = experiment.errors
    _require_seen(experiment, errors)
    if _only_trained(experiment, errors) or _are_of_training(experiment, errors):
        raise CheckFailed(
            say("The errors by length were computed on windows that were trained on."),
            diagnosis="evaluated-on-training-data",
        )
    with np.errstate(all="ignore"):  # Fibonacci numbers reach 1e208
        _refuse_formula(experiment, errors)
    if _are_mapped(experiment):
        return
    spread = _disagreement(experiment, errors)
    if spread > load().learning["q5_3"]["error_ratio"]:
        raise NeedsReview(
            say(
                "The errors by length do not agree with the outputs that were seen (by a factor of {spread}).",
                spread=f"{spread:.1f}",
            )
        )


def _refuse_formula(experiment: Experiment, errors: Errors) -> None:
    """Refuse an error that is, to the digit, what no error on held-out data is."""
    formulas = _formulas(experiment, errors)
    if formulas is None:
        return
    if formulas.is_training_loss():
        raise CheckFailed(
            say(
                "An error by length is to the last digit a training loss, the mean of the last ones, or "
                "the root of these: measure it on held-out data."
            ),
            diagnosis="error-is-the-training-loss",
        )
    if np.unique(formulas.true).size <= CLASSES:  # shares of few classes may be equal by chance
        return
    if formulas.is_crossed():
        raise CheckFailed(
            say(
                "An error by length compares every prediction with every true value: arrays of shapes "
                "(N, 1) and (N,) broadcast to (N, N). Bring both to one shape first."
            ),
            diagnosis="error-broadcasts",
        )
    if formulas.is_cancelling():
        raise CheckFailed(
            say(
                "An error by length is the mean of the differences, or the square of that mean: those of "
                "either sign cancel. Square each of them first, then take the mean."
            )
        )
    if formulas.is_of_two_units():
        raise CheckFailed(
            say(
                "An error by length compares scaled values with values that are not scaled. Bring "
                "predictions and targets to the same units first."
            )
        )
    if formulas.are_one() and _differ(experiment, errors):
        raise CheckFailed(
            say(
                "error_by_length holds the same number for every length: measure each length on its own."
            )
        )


def _formulas(experiment: Experiment, errors: Errors) -> Formulas | None:
    """What the errors are compared with; None where nothing came back that may be."""
    try:
        predicted, true = experiment.predictions, experiment.targets
    except BadValue:
        return None
    if predicted.size != true.size:
        return None
    used = source_of(experiment)
    units = None if used is None else Units(*used.units(predicted))
    return Formulas(list(errors.values()), predicted, true, _losses(experiment), units)


def longer_helps(experiment: Experiment) -> None:
    """Require that the error falls with the length, where the student's lengths can show it."""
    require_training(experiment)
    errors, settings = experiment.errors, load().learning["q5_3"]
    short = [errors[length] for length in errors if length <= settings["short"]]
    long = [errors[length] for length in errors if length >= settings["long"]]
    if not short or not long or _is_easy(experiment):
        return
    if min(long) <= settings["longer_helps"] * max(short):  # 0 where all is right
        return
    if not _is_learned_at_once(experiment):
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


def _losses(experiment: Experiment) -> Line:
    """The training losses that came back; none where they are no numbers, which costs elsewhere."""
    try:
        return experiment.losses
    except BadValue:
        return np.zeros(0)


def _require_seen(experiment: Experiment, errors: Errors) -> None:
    """Require that sequences of these lengths went through the network."""
    if experiment.by_functions:  # nothing was observed
        return
    lengths = {*experiment.seen.lengths_evaluated, *experiment.seen.lengths_trained}
    # A window of L values may be L - 1 inputs and a target.
    unseen = [length for length in errors if not {length, length - 1, length + 1} & lengths]
    if unseen:
        raise CheckFailed(
            say(
                "error_by_length names the length {length}, but your SimpleRNN never saw sequences "
                "of that many steps; it saw {lengths}.",
                length=unseen[0],
                lengths=tuple(map(str, sorted(lengths)[:12])) or "-",
            ),
            say("error_by_length names lengths that your SimpleRNN never saw."),
        )


def _only_trained(experiment: Experiment, errors: Errors) -> bool:
    """Whether, as far as was seen, all windows at the named lengths were trained on.

    The length of the predictions does not count beside others: of it held-out ones were shown too.
    """
    known = by_length(experiment.seen)
    named = [one for steps, one in known.items() if {steps, steps + 1} & set(errors)]
    used = source_of(experiment)
    others = [one for one in named if used is None or one.steps != used.steps]
    deciding = others if len(others) > 1 else named
    if not deciding or not all(one.trained.all() for one in deciding) or repeats(experiment):
        return False
    # Predicted first and learned from then, windows are honest.
    judged = all(one.before.all() for one in deciding)
    return judged or (used is not None and bool(used.before.any()))


def _are_of_training(experiment: Experiment, errors: Errors) -> bool:
    """Whether they are, to the digit, those of windows that were trained on, though others were evaluated."""
    known = fits(experiment.seen)
    # A window of L values may be L - 1 inputs and a target.
    fitting = [(errors[length], known.get(length) or known.get(length - 1)) for length in errors]
    found = [(error, fit) for error, fit in fitting if fit is not None]
    used = source_of(experiment)
    scale = 1.0 if used is None else abs(used.units(experiment.predictions)[0])
    return are_of_training(found, scale) and not repeats(experiment)


def _are_mapped(experiment: Experiment) -> bool:
    """Whether predictions are or may be made of outputs and windows: then outputs alone differ."""
    try:
        predicted, true = scaled(experiment)
    except BadValue:
        return False
    found = Provenance.of(experiment.seen, predicted, true)
    return source_of(experiment) is None and (not found.known or found.are_outputs)


def _disagreement(experiment: Experiment, errors: Errors) -> float:
    """By what factor reported over recomputed errors differ between lengths, in the best measure.

    The scale of the reported errors is the student's own, so only their ratio can be judged;
    1 where fewer than two lengths can be recomputed.
    """
    spreads = []
    for known in _recomputed(experiment, errors):
        ratios = [
            errors[length] / value
            for length, value in known.items()
            if 0 < value < np.inf and 0 < errors[length] < np.inf
        ]
        if len(ratios) > 1:
            spreads.append(max(ratios) / min(ratios))
    return min(spreads, default=1.0)


def _recomputed(experiment: Experiment, errors: Errors) -> Iterator[Errors]:
    """{length: error} for each output that may count and each measure that may be meant."""
    known = {steps: residuals(one) for steps, one in by_length(experiment.seen).items()}
    # A window of L values may be L - 1 inputs and a target.
    fitting = {length: known.get(length) or known.get(length - 1) or {} for length in errors}
    for which in ("last", "all"):
        for measure in MEASURES:
            yield {
                length: measure(found[which][0])
                for length, found in fitting.items()
                if which in found
            }


def _differ(experiment: Experiment, errors: Errors) -> bool:
    """Whether the outputs that were seen are better at one length than at another."""
    known = next(_recomputed(experiment, errors)).values()
    return len(known) > 1 and max(known) > DIFFERENT * min(known)


def _is_learned_at_once(experiment: Experiment) -> bool:
    """Whether the shortest sequences leave nothing that longer ones could tell, by what came back.

    The error at the longest of the short lengths, from that of the predictions: in whatever measure
    errors are, at most the square of their ratio lies between them.
    """
    errors, settings = experiment.errors, load().learning["q5_3"]
    try:
        beats_baselines(experiment)  # with predictions that are the network's, and no others
        predicted, true = scaled(experiment)
    except (BadValue, CheckFailed, NeedsReview):
        return False
    shortest = max(length for length in errors if length <= settings["short"])
    ratio = errors[shortest] / min(errors.values()) if min(errors.values()) > 0.0 else np.inf
    error = float(np.mean((predicted - true) ** 2)) * max(ratio, ratio**2)
    if error <= float(settings["easy"]) * float(np.var(true)):
        return True
    return foretelling.gains_nothing(true, shortest, max(errors), error)


def _is_easy(experiment: Experiment) -> bool:
    """Whether the shortest sequences already tell the next value, as far as that was seen."""
    settings = load().learning["q5_3"]
    for steps, one in by_length(experiment.seen).items():
        left = unexplained(one) if steps <= settings["short"] else None
        if left is not None:
            return left <= float(settings["easy"])
    return False
