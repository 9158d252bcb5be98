"""The parts of `train_rnn_on_sequence`: what it returned, and what was seen while it ran.

It runs once per submission. Each part that is missing or wrong costs its own case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.assignment import load
from grader.checks.compare import kind, numbers
from grader.checks.experiment.evaluations import Line, are_likeliest, evaluations
from grader.checks.memo import once
from grader.faults import BadValue, CheckFailed, Diverged, ReturnedNothing, Unreturned
from grader.language import Message, say
from grader.protocol import Observation, Picture, TrainingFunction

NAME = "train_rnn_on_sequence"
CLASSES = 20  # more distinct values than any sequence of classes has


@dataclass(frozen=True, slots=True)
class Experiment:
    """One run of the student's experiment."""

    seen: Observation

    @property
    def trained(self) -> bool:
        """Whether the student's SimpleRNN was really trained; some take the steps themselves."""
        return self.seen.backward_calls > 0 and self.seen.weights_moved

    @property
    def by_functions(self) -> bool:
        """Whether the training ran through the functions that SimpleRNN is built of instead."""
        return not self.trained and min(self.seen.block_calls) > 0

    @property
    def never_used(self) -> bool:
        """Whether the network gave out nothing at all."""
        return self.seen.forward_calls == 0 and not self.by_functions

    @property
    def losses(self) -> Line:
        fewest = load().learning["q5_3"]["fewest_epochs"]
        return self._line("losses", fewest, single="losses-of-one-epoch")

    @property
    def predictions(self) -> Line:
        return self._line("predictions", load().learning["q5_3"]["fewest_predictions"])

    @property
    def targets(self) -> Line:
        return self._line("targets", load().learning["q5_3"]["fewest_predictions"])

    @property
    def copied(self) -> bool:
        """Whether the predictions are the targets themselves: no network hits every digit.

        A few distinct values may be classes, which a network can hit; and so may those be of which it
        was seen to give the likeliest.
        """
        true = self.targets
        if not np.array_equal(self.predictions, true) or np.unique(true).size <= CLASSES:
            return False
        return not any(are_likeliest(one, true) for one in evaluations(self.seen))

    @property
    def errors(self) -> dict[int, float]:
        """Held-out error by sequence length, one at least. `BadValue` where it is no such dict."""
        value = self._entry("error_by_length")
        errors = _by_length(value) if isinstance(value, dict) else {}
        if not errors:
            raise too_few_lengths(kind(value))
        if not all(np.isfinite(error) and error >= 0.0 for error in errors.values()):
            wrong = BadValue if min(errors.values()) < 0.0 else Diverged
            raise wrong(say("error_by_length holds a number that is negative, NaN or infinite."))
        return errors

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The figure that came back, and those that were shown, saved or left open."""
        returned = self.seen.returned
        value = returned.get("figure") if isinstance(returned, dict) else None
        parts = value if isinstance(value, list | tuple) else (value,)
        own = [part for part in parts if isinstance(part, Picture)]
        return tuple({part.png: part for part in (*own, *self.seen.figures)}.values())

    def shape(self, key: str) -> tuple[int, ...]:
        """The shape in which an entry came back."""
        return np.shape(self._entry(key))

    def _entry(self, key: str) -> Any:
        returned, ended = self.seen.returned, self.seen.ended
        if ended is not None:
            raise Unreturned(ended.message, ended.guarded)
        if not isinstance(returned, dict):
            raise BadValue(
                say("train_rnn_on_sequence returned {kind}; expected a dict.", kind=kind(returned)),
                say("train_rnn_on_sequence does not return a dict."),
            )
        if key not in returned:
            present = ", ".join(repr(name)[:30] for name in list(returned)[:10]) or "-"
            raise BadValue(
                say(
                    "The returned dict has no entry '{key}' (it has: {present}).",
                    key=key,
                    present=present,
                ),
                say("The returned dict has no entry '{key}'.", key=key),
            )
        return returned[key]

    def _line(self, key: str, fewest: int, *, single: str = "") -> Line:
        """One entry as numbers (N,); columns (N, 1) and rows pass. `single` names a lone number."""
        value = self._entry(key)
        array = numbers(value)
        if array.size != max(array.shape, default=1) or array.size < fewest:
            raise BadValue(
                say(
                    "'{key}' is {kind}; expected a sequence of at least {fewest} numbers.",
                    key=key,
                    kind=kind(value),
                    fewest=fewest,
                ),
                say("'{key}' is no sequence of at least {fewest} numbers.", key=key, fewest=fewest),
                diagnosis=single if array.size == 1 else "",
            )
        if not np.all(np.isfinite(array)):
            raise Diverged(
                say(
                    "'{key}' contains NaN or infinity. If the training diverged, try a smaller learning "
                    "rate, and check the sign of d_outputs.",
                    key=key,
                ),
                say("'{key}' contains NaN or infinity.", key=key),
            )
        return array.ravel()


def run(function: TrainingFunction) -> Experiment:
    """Run the experiment, or recall it: once for a submission."""
    seen = once(function, "seen", function.observe)
    if seen.returned is None and seen.forward_calls == 0:
        raise ReturnedNothing(NAME)
    return Experiment(seen)


def too_few_lengths(what: str | Message) -> BadValue:
    """The fault of an error_by_length that compares too little."""
    fewest = load().learning["q5_3"]["fewest_lengths"]
    return BadValue(
        say(
            "error_by_length is {kind}; expected a dict from at least {count} sequence "
            "lengths to their held-out errors, such as {{5: 0.02, 10: 0.01, 20: 0.01}}.",
            kind=what,
            count=fewest,
        ),
        say("error_by_length does not hold errors for three sequence lengths or more."),
        diagnosis="too-few-lengths",
    )


def require_training(experiment: Experiment, *, moved: bool = True) -> None:
    """Require that the numbers can come from a training of the student's SimpleRNN at all.

    moved: that it changed weights, too. An update_parameters that changes nothing was charged in
    q4_4, and leaves what is asked of windows, scaler and evaluation.
    """
    seen = experiment.seen
    if experiment.trained or experiment.by_functions:
        return
    if seen.backward_calls and seen.update_calls:
        if not moved:
            return
        raise CheckFailed(
            say("While train_rnn_on_sequence ran, the weights of SimpleRNN did not change.")
        )
    raise CheckFailed(
        say(
            "train_rnn_on_sequence did not train your SimpleRNN: forward was called {forward} times, "
            "backward {backward} times, update_parameters {update} times.",
            forward=seen.forward_calls,
            backward=seen.backward_calls,
            update=seen.update_calls,
        ),
        say("train_rnn_on_sequence did not train your SimpleRNN."),
        diagnosis="training-without-update" if seen.backward_calls else "backward-never-called",
    )


def _by_length(value: Mapping[Any, Any]) -> dict[int, float]:
    """Lengths, also out of keys such as "T=5"; numbers, also as arrays of one element."""
    errors = {}
    for key, error in value.items():
        digits = re.findall(r"\d+", str(key))
        number = np.asarray(error) if isinstance(error, int | float | np.ndarray) else np.empty(0)
        if len(digits) == 1 and number.size == 1 and int(digits[0]) > 0:
            errors[int(digits[0])] = float(number.ravel()[0])
    return errors
