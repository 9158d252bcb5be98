"""The sentences for the output layer."""

from __future__ import annotations

from collections.abc import Callable

from grader.language import Message, say


def _output_form(_: Message, *, form: str) -> Message:
    return say(
        "outputs are {form}, where hW + b belongs (hW for h_t W_hy). Look at the operator.",
        form=form,
    )


def _softmax(_: Message) -> Message:
    return say(
        "outputs pass through a softmax: in every row they are positive and add up to 1. The task is regression: leave them linear."
    )


def _softmax_over_batch(_: Message) -> Message:
    return say(
        "outputs pass through a softmax, and over the batch: each output adds up to 1 over the sequences. Leave them linear."
    )


def _output_activation(_: Message, *, used: str) -> Message:
    return say(
        "outputs pass through {used}, as every value shows; they are to be linear in the hidden state.",
        used=used,
    )


def _output_late(_: Message) -> Message:
    return say("Output t is made of h_(t-1), one step late; it belongs to h_t.")


def _output_depends_on(_: Message, *, what: str) -> Message:
    return say("Output t depends on {what} directly; it is to depend on h_t alone.", what=what)


def _output_off(_: Message) -> Message:
    return say(
        "outputs do not follow from the hidden states: they are not h_t W_hy + b_y, nor a simple function of it."
    )


def _outputs_pile_up(_: Message) -> Message:
    return say(
        "outputs pile up: output t is h_t W_hy + b_y plus the output before it. Each step has its own."
    )


def _outputs_of(_: Message, *, what: str) -> Message:
    return say(
        "Output t is made with W_hy and b_y of {what}, where h_t alone belongs.",
        what=GATHERED[what],
    )


GATHERED = {
    "sum_so_far": say("the sum of all states up to step t"),
    "mean_so_far": say("the mean of all states up to step t"),
    "sum": say("the sum of all states"),
    "mean": say("the mean of all states"),
    "largest": say("the largest of all states, unit by unit"),
}


OUTPUTS: dict[str, Callable[..., Message]] = {
    "output_form": _output_form,
    "softmax": _softmax,
    "softmax_over_batch": _softmax_over_batch,
    "output_activation": _output_activation,
    "output_late": _output_late,
    "output_depends_on": _output_depends_on,
    "output_off": _output_off,
    "outputs_pile_up": _outputs_pile_up,
    "outputs_of": _outputs_of,
}
