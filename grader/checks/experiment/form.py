"""`train_rnn_on_sequence`, as far as what it returned shows: losses, prediction, lengths, figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from grader.assignment import load
from grader.checks.experiment import courses, foretelling
from grader.checks.experiment.parts import Experiment, require_training, too_few_lengths
from grader.checks.experiment.truth import scaled
from grader.faults import BadValue, CheckFailed, NeedsReview, StudentFault
from grader.language import say
from grader.records import Exhibit

SHOWN = 400  # points of a plot
HARDLY_MOVED = 0.98  # of the first loss, at the end: more than any rate leaves that trains at all
# Of the weights' norm: a rate of 1e-6 moved them by 0.0017 at most in five programs, windows that
# did not belong to their targets by 0.17, twelve epochs of honest training by 0.07 at least.
STILL = 0.01
AWAY = 3.0  # beyond it weights ran away, or what moved is nothing that forward reads
LONGEST = 10**6  # time steps that any sequence has; a key is a student's word
TENTHS = 10
PANELS = 2  # the loss curve, and prediction against truth


_COPIED = say("'predictions' are the 'targets' in every digit: return what your network gives out.")


def losses(experiment: Experiment, exhibits: list[Exhibit]) -> None:
    """Require losses that fall, of a training that took place."""
    curve = experiment.losses
    exhibits.append(replace(_exhibit("losses", losses=curve), labels=experiment.seen.learned))
    require_training(experiment)
    tenth = max(1, curve.size // 10)
    first = max(float(curve[0]), float(curve[:tenth].mean()))
    last = float(curve[-tenth:].mean())
    if last < load().learning["q5_3"]["loss_falls"] * first:
        _require_every_epoch(experiment)
        return
    if _goes_on(experiment) or _is_noise(experiment, last / first if first > 0.0 else np.inf):
        return
    numbers = {"first": f"{first:.4g}", "last": f"{last:.4g}", "count": str(curve.size)}
    if last > first:
        raise CheckFailed(
            say(
                "The losses grow: {first} at the start, {last} over the last tenth of {count} epochs. "
                "Look at the learning rate, and at d_outputs: is it the derivative of the loss, with its sign?",
                **numbers,
            ),
            say("The losses grow."),
        )
    raise _too_little(experiment, numbers, hardly=last > HARDLY_MOVED * first)


def _too_little(experiment: Experiment, numbers: Mapping[str, str], *, hardly: bool) -> CheckFailed:
    """Why losses that do not grow did not fall enough, as far as the run tells."""
    change = experiment.seen.weights_change
    if _gradients_fell(experiment):
        return CheckFailed(
            say(
                "The losses do not fall enough: {first} at the start, {last} over the last tenth of "
                "{count} epochs; expected less than half. What backward received did fall: are these the "
                "losses of single epochs, not sums or means over all so far?",
                **numbers,
            ),
            say(
                "The losses do not fall to half of what they start at, as what backward received did."
            ),
        )
    if hardly and STILL < change < AWAY:
        return CheckFailed(
            say(
                "The losses do not fall: {first} at the start, {last} over the last tenth of {count} epochs, although the weights moved by {share} of their size. A small learning rate is not the reason. Do the inputs, outputs and targets of each batch belong together?",
                share=f"{change:.0%}",
                **numbers,
            ),
            say(
                "The losses do not fall, although the weights move: do the inputs, outputs and targets of each batch belong together?"
            ),
        )
    return CheckFailed(
        say(
            "The losses do not fall enough: {first} at the start, {last} over the last tenth of "
            "{count} epochs; expected less than half. Train longer, or with another learning rate.",
            **numbers,
        ),
        say("The losses do not fall to half of what they start at."),
        diagnosis="training-rate-too-small" if hardly and 0.0 < change <= STILL else "",
    )


def _is_noise(experiment: Experiment, share: float) -> bool:
    """Whether what is left of the losses is noise that nobody foretells. share: last over first."""
    if share > load().learning["q5_3"]["loss_falls_to_noise"]:
        return False
    try:
        return not experiment.copied and foretelling.is_learned(*scaled(experiment))
    except BadValue:
        return False


def _goes_on(experiment: Experiment) -> bool:
    """Whether the training began with what the length before had learned: charged in `lengths`."""
    try:
        return courses.one_for_all(experiment.errors, experiment.seen)
    except StudentFault:
        return False


def _gradients_fell(experiment: Experiment) -> bool:
    """Whether every network's squared gradients fell by as much as losses have to."""
    falls = load().learning["q5_3"]["loss_falls"]
    runs = [one for one in experiment.seen.squared_errors if one.size >= TENTHS]
    tenths = [np.array_split(one, TENTHS) for one in runs]
    return bool(tenths) and all(part[-1].mean() < falls * part[0].mean() for part in tenths)


def _require_every_epoch(experiment: Experiment) -> None:
    """Refuse the losses of every tenth epoch; ask a person where ten may be counted as one."""
    found = courses.thinned(experiment.losses, experiment.seen)
    if found is None:
        return
    what = say(
        "'losses' has {count} entries: the loss of one epoch in {every} only, since each step took "
        "all windows at once. Keep the loss of every epoch.",
        count=experiment.losses.size,
        every=found.every,
    )
    if found.first:
        raise CheckFailed(what, say("'losses' holds the losses of some epochs only."))
    raise NeedsReview(what)


def prediction(experiment: Experiment, exhibits: list[Exhibit]) -> None:
    """Require as many predictions as targets, of a series that moves."""
    predicted, true = experiment.predictions, experiment.targets
    exhibits.append(_exhibit("prediction", predicted=predicted, true=true))
    if predicted.size != true.size:
        raise CheckFailed(
            say(
                "'predictions' has {predictions} values, 'targets' has {targets}; expected as many.",
                predictions=predicted.size,
                targets=true.size,
            ),
            say("'predictions' and 'targets' differ in length."),
        )
    shapes = experiment.shape("predictions"), experiment.shape("targets")
    if shapes[0] != shapes[1]:
        raise CheckFailed(
            say(
                "'predictions' has shape {predictions}, 'targets' has {targets}: their difference "
                "is a whole matrix. Give both as one row of numbers.",
                predictions=str(shapes[0]),
                targets=str(shapes[1]),
            ),
            diagnosis="prediction-broadcasts",
        )
    if experiment.copied:
        raise CheckFailed(_COPIED, diagnosis="predictions-are-the-targets")
    if np.ptp(true) <= 1e-9 * np.abs(true).max():  # rounding; covers all zeros
        raise CheckFailed(say("'targets' is constant: there is nothing to predict."))
    if experiment.never_used:
        raise CheckFailed(
            say("The predictions do not come from your SimpleRNN: forward was never called.")
        )


def lengths(experiment: Experiment, exhibits: list[Exhibit]) -> None:
    """Require errors for several lengths, of a network that has seen sequences."""
    errors = sorted(pair for pair in experiment.errors.items() if pair[0] <= LONGEST)
    length, error = np.array(errors, np.float64).reshape(-1, 2).T
    exhibits.append(_exhibit("lengths", length=length, error=error))
    if len(experiment.errors) < load().learning["q5_3"]["fewest_lengths"]:
        raise too_few_lengths(say("a dict with {count} lengths", count=len(experiment.errors)))
    if experiment.never_used:
        raise CheckFailed(
            say("The errors do not come from your SimpleRNN: forward was never called.")
        )
    if courses.one_for_all(experiment.errors, experiment.seen):
        raise CheckFailed(
            say(
                "One SimpleRNN was trained on for every length: each training began with the weights that "
                "the length before had ended with. Make a fresh SimpleRNN for every length."
            )
        )
    if (only := courses.only_length(experiment.errors, experiment.seen)) is not None:
        raise CheckFailed(
            say(
                "Every SimpleRNN was trained on sequences of length {only}, and only judged at the lengths that are compared. Train each at its own length.",
                only=only,
            )
        )


def figure(experiment: Experiment, exhibits: list[Exhibit]) -> None:
    """Require a figure with two panels, or two lines."""
    pictures = experiment.pictures
    exhibits.extend(
        Exhibit(question="q5_3", kind="figure", title=say("Your figure"), png=picture.png)
        for picture in pictures
    )
    if not pictures and experiment.seen.drawing is not None:
        raise _undrawn(experiment.seen.drawing)
    if not pictures:
        raise CheckFailed(
            say(
                "No figure came back: draw one with matplotlib and return it as 'figure' (fig, not plt.show())."
            ),
            diagnosis="no-figure",
        )
    axes = sum(picture.axes for picture in pictures)
    lines = sum(picture.lines for picture in pictures)
    unknown = any(picture.axes == 0 for picture in pictures)  # a PNG whose content nobody counted
    if max(axes, lines) < PANELS and not unknown:
        if experiment.seen.drawing is not None:
            raise _undrawn(experiment.seen.drawing)
        raise CheckFailed(
            say(
                "The figure has {axes} panels with {lines} lines; expected the loss curve, and the "
                "prediction against the true values.",
                axes=axes,
                lines=lines,
            )
        )


def _undrawn(fault: StudentFault) -> CheckFailed:
    """What was missing in a picture because drawing it raised."""
    return CheckFailed(
        say("The figure could not be drawn. {what}", what=fault.message),
        say("The figure could not be drawn. {what}", what=fault.guarded),
    )


def _exhibit(what: str, **series: np.typing.NDArray[np.float64]) -> Exhibit:
    titles = {
        "losses": say("Your losses"),
        "prediction": say("Your prediction"),
        "lengths": say("Your error by sequence length"),
    }
    return Exhibit(
        question="q5_3",
        kind=what,
        title=titles[what],
        series={name: tuple(map(float, _thinned(values))) for name, values in series.items()},
    )


def _thinned(values: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float64]:
    """At most `SHOWN` points: all of a long curve at larger steps."""
    return values[:: -(-values.size // SHOWN)]
