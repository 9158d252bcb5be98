"""The sentences for what is read off update_parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.backward.array_words import WAY
from grader.diagnosis.experiments.patterns import Reading
from grader.language import Message, literal, say

ALL = 5


def words(reading: Reading, names: Sequence[str]) -> Message:
    """What the student reads about one thing that is off in the steps of these parameters."""
    arrays = say("every parameter") if len(names) == ALL else Message("{n}", {"n": tuple(names)})
    return WORDS[reading.kind](arrays, **reading.facts)


def _moves_nothing(_: Message) -> Message:
    return say(
        "update_parameters changes nothing that forward reads: measured, every step is 0. Change the arrays on self in place, or store the results back there."
    )


def _steps_shuffled(arrays: Message) -> Message:
    return say(
        "{arrays}: the steps are those of the gradients, but in other places: numbers of one array stand where another's belong. Put parameters and gradients into one vector in the same order.",
        arrays=arrays,
    )


def _moves_unread(_: Message) -> Message:
    return say(
        "The arrays that update_parameters changes are none that forward reads: after the update the same inputs give the same outputs, to the last digit. Was a new array bound to a name whose parts (views) forward still has from before?"
    )


def _moves_elsewhere(_: Message, *, where: str) -> Message:
    return say(
        "The new values are stored in {where}, and forward reads other arrays, which stay as they were: store them where forward looks.",
        where=where,
    )


def _absolute(arrays: Message) -> Message:
    return say(
        "{arrays}: the step is made of the gradient without its sign (an absolute value), so that every element moves the same way.",
        arrays=arrays,
    )


def _clipped(arrays: Message, *, number: float) -> Message:
    return say(
        "{arrays}: the update clips: no element of a gradient counts for more than {number}. Subtract learning_rate times the whole gradient.",
        arrays=arrays,
        number=number,
    )


def _still(arrays: Message) -> Message:
    return say(
        "{arrays}: not updated, the step is 0 although the gradient is not. The other parameters move.",
        arrays=arrays,
    )


def _decay(arrays: Message, *, number: float) -> Message:
    return say(
        "{arrays}: besides the gradient {number} times the parameter itself is subtracted (weight decay). Plain descent is asked for.",
        arrays=arrays,
        number=number,
    )


def _late_gradient(arrays: Message) -> Message:
    return say(
        "{arrays}: the step follows the gradient of the backward before the last one. Use the newest.",
        arrays=arrays,
    )


def _momentum(arrays: Message, *, number: float) -> Message:
    return say(
        "{arrays}: {number} times the step before comes along (momentum). Plain descent remembers nothing.",
        arrays=arrays,
        number=number,
    )


def _adds_calls(arrays: Message) -> Message:
    return say(
        "{arrays}: the step takes the gradients of all calls of backward so far together. What backward keeps for the update must begin at zero in each call.",
        arrays=arrays,
    )


def _only_first(arrays: Message) -> Message:
    return say("{arrays}: the first update moves it, the second does not.", arrays=arrays)


def _later_times(arrays: Message, *, number: float) -> Message:
    return say(
        "{arrays}: the second step is {number} times what its gradient asks for, the first is not. The learning rate is the caller's.",
        arrays=arrays,
        number=number,
    )


def _times_vary(arrays: Message, *, number: float, later: float) -> Message:
    return say(
        "{arrays}: the step is {number} times learning_rate times gradient in one call and {later} times in the next. Plain descent multiplies by learning_rate alone: look for a norm or a counter in it.",
        arrays=arrays,
        number=number,
        later=later,
    )


def _times(arrays: Message, *, number: float) -> Message:
    if number < 0:
        return say(
            "{arrays}: the step goes along the gradient, uphill: {number} times what descent asks for. Subtract.",
            arrays=arrays,
            number=number,
        )
    return say(
        "{arrays}: the step is {number} times learning_rate times gradient. Look for a factor, or for a second update.",
        arrays=arrays,
        number=number,
    )


def _same_size(arrays: Message, *, number: float) -> Message:
    return say(
        "{arrays}: every element moves by {number} times learning_rate, however large its gradient is (a sign, or an adaptive step). Plain descent multiplies by the gradient.",
        arrays=arrays,
        number=number,
    )


def _replaced(arrays: Message) -> Message:
    return say(
        "{arrays}: replaced by -learning_rate times gradient; the old value is gone. Subtract from it.",
        arrays=arrays,
    )


def _one_number(arrays: Message) -> Message:
    return say(
        "{arrays}: every element moves by one and the same number; each has a gradient of its own.",
        arrays=arrays,
    )


def _step_transposed(arrays: Message) -> Message:
    return say(
        "{arrays}: the step follows the gradient transposed, rows and columns exchanged. Subtract the gradient as backward gives it.",
        arrays=arrays,
    )


def _other_gradient(arrays: Message, *, used: str) -> Message:
    return say(
        "{arrays}: moved by learning_rate times d{used}, another parameter's gradient. Check the name in its line.",
        arrays=arrays,
        used=used,
    )


def _also_gradient(arrays: Message, *, used: str) -> Message:
    return say(
        "{arrays}: besides its own gradient learning_rate times d{used}, that of {used}, is subtracted from it. Check on which array the step of {used} lands.",
        arrays=arrays,
        used=used,
    )


def _from_another(arrays: Message, *, used: str) -> Message:
    return say(
        "{arrays}: becomes {used} - learning_rate * dW (dW its own gradient): another parameter stands where its own old value belongs.",
        arrays=arrays,
        used=used,
    )


def _step_of(arrays: Message, *, form: str) -> Message:
    return say(
        "{arrays}: moved by learning_rate times {form} (dW its gradient), where dW alone belongs.",
        arrays=arrays,
        form=_ours(form),
    )


def _step_reordered(arrays: Message, *, way: str) -> Message:
    return say(
        "{arrays}: the step has the gradient's numbers, {way}. Subtract the gradient as backward gives it.",
        arrays=arrays,
        way=WAY[way],
    )


def _step_form(arrays: Message, *, form: str) -> Message:
    return say(
        "{arrays}: W becomes {form} (W the parameter, dW its gradient), where W - learning_rate * dW belongs.",
        arrays=arrays,
        form=_ours(form),
    )


def _ours(form: str) -> Message:
    """A formula of the rules' own, which hidden cases may show: no value out of a run is in it."""
    return Message(literal(form))


def _step_off(arrays: Message) -> Message:
    return say(
        "{arrays}: the step is not in proportion to the gradient that backward gave.", arrays=arrays
    )


def _rate_ignored(arrays: Message) -> Message:
    return say(
        "{arrays}: half the learning_rate makes the same step, so it takes no part.", arrays=arrays
    )


def _rate_power(arrays: Message) -> Message:
    return say(
        "{arrays}: the step is not in proportion to learning_rate: half of it does not give half the step.",
        arrays=arrays,
    )


def _divided(arrays: Message, *, of: str) -> Message:
    return say(
        "{arrays}: the step is divided by {of}. The gradient is a sum, and the step is learning_rate times it.",
        arrays=arrays,
        of=of,
    )


WORDS: dict[str, Callable[..., Message]] = {
    "moves_nothing": _moves_nothing,
    "moves_elsewhere": _moves_elsewhere,
    "moves_unread": _moves_unread,
    "steps_shuffled": _steps_shuffled,
    "absolute": _absolute,
    "step_clipped": _clipped,
    "still": _still,
    "decay": _decay,
    "late_gradient": _late_gradient,
    "momentum": _momentum,
    "adds_calls": _adds_calls,
    "only_first": _only_first,
    "later_times": _later_times,
    "times": _times,
    "times_vary": _times_vary,
    "same_size": _same_size,
    "replaced": _replaced,
    "one_number": _one_number,
    "step_transposed": _step_transposed,
    "step_off": _step_off,
    "other_gradient": _other_gradient,
    "also_gradient": _also_gradient,
    "step_of": _step_of,
    "from_another": _from_another,
    "step_reordered": _step_reordered,
    "step_form": _step_form,
    "rate_ignored": _rate_ignored,
    "rate_power": _rate_power,
    "divided": _divided,
}
