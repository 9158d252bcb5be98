"""Whether the returned predictions and losses are those of the network that was observed.

An accusation needs certainty: only what fits to rounding costs points. What fits nothing is shown
to a person.
"""

from __future__ import annotations

import numpy as np

from grader.checks.experiment import loss_curve
from grader.checks.experiment.parts import CLASSES, Experiment
from grader.checks.experiment.provenance import Provenance
from grader.faults import BadValue, CauseKnown, CheckFailed, NeedsReview
from grader.language import say


def refuse_foreign(found: Provenance) -> None:
    """Refuse predictions that are certainly not the network's: inputs, or a share of the truth."""
    few = np.unique(found.true).size <= CLASSES
    if few or not found.known or found.are_outputs:
        return
    if found.are_inputs():
        raise CheckFailed(
            say(
                "The predictions are values that the network was shown, not what it gave out. "
                "Return the outputs of your SimpleRNN, scaled back."
            ),
            diagnosis="forecast-is-the-input-shifted",
        )
    if found.are_truth():
        raise CheckFailed(
            say(
                "The predictions are, to the last digits, the true values, scaled or shifted. Return the "
                "outputs of your SimpleRNN, scaled back."
            ),
            diagnosis="predictions-are-the-targets",
        )
    if found.hold_truth():
        raise CauseKnown(
            say(
                "The predictions are, to the last digits, a fixed sum of the true values and at most the "
                "network's outputs. Return the outputs alone, scaled back."
            )
        )


def ask_about(found: Provenance) -> None:
    """Ask a person where predictions fit no outputs that were observed."""
    if found.known and found.observed and not found.are_outputs:
        raise NeedsReview(
            say(
                "The predictions are no fixed function of the outputs of SimpleRNN that were observed. "
                "See how they are made."
            )
        )


def ask_about_losses(experiment: Experiment) -> None:
    """Ask a person where the losses do not follow what backward received."""
    try:
        losses = experiment.losses
    except BadValue:  # charged in its own case
        return
    if loss_curve.is_formula(losses):
        raise NeedsReview(
            say(
                "The losses lie on a formula's curve to the last digit, as no training's do. "
                "See how they are made."
            )
        )
    if not loss_curve.follows(losses, experiment.seen):
        raise NeedsReview(
            say(
                "The losses do not rise and fall with the gradients that backward received. "
                "See how they are made."
            )
        )


def ask_about_functions(experiment: Experiment) -> None:
    """Ask a person about a training that the methods of SimpleRNN had no part in."""
    if experiment.by_functions:
        raise NeedsReview(
            say(
                "The training runs through the functions that SimpleRNN is built of, not through its "
                "methods, so it was not observed. See whether it is a training."
            )
        )
