"""The gradients that a student's backward gives against those of the student's own forward.

Central differences of forward are the truth, whatever the form of its equations and wherever its
arrays are kept. A model that is wrong in forward alone is charged there: beside these differences
stands what the textbook gives (`by_book`), where that can be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from grader.assignment import load
from grader.checks import gradient
from grader.checks.compare import distance
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.rnn_bench import PER_MESSAGE, least_precise
from grader.faults import BadValue, CheckFailed, ReturnedNothing
from grader.language import say
from grader.protocol import Array, Call, CandidateObject, Step, Write

Arrays = Mapping[str, Array]
Read = Callable[[Any], Array]  # the outputs in what forward returned
# From the outputs and d_outputs: all gradients, once for every way of being right.
Books = Callable[[Array, Array], Sequence[Arrays]]


@dataclass(frozen=True)
class ModelCall:
    """An object whose parameters are known, and one call of its forward."""

    anew: Callable[[], CandidateObject]  # an object that holds these parameters
    layout: Layout
    values: Arrays  # what it holds
    arguments: tuple[Any, ...]  # of forward
    read: Read
    inputs: Mapping[str, int]  # gradients by these arguments are due as well: {name: place}

    @cached_property
    def obj(self) -> CandidateObject:
        return self.anew()

    def outputs(self) -> Array:
        return self.read(self.obj.forward(*self.arguments))


@dataclass(frozen=True)
class GradientRun:
    """One forward and one backward, matched with the truth."""

    matches: Mapping[str, gradient.Match | None]
    truth: Arrays
    limit: float
    factor: float  # by which most are right: 1, or 1 / B and the like
    book: GradientRun | None = None  # the same, held to the textbook

    def right(self, name: str) -> bool:
        """Whether this gradient is right, up to the common factor; one that is zero may be left out."""
        return any(one.is_own(name) for one in (self, self.book) if one is not None)

    def is_own(self, name: str) -> bool:
        """Whether it is that of this truth, the textbook left aside."""
        found, truth = self.matches[name], self.truth[name]
        if found is None:
            return not truth.any()
        return any(found.agrees(factor * truth, self.limit) for factor in {1.0, self.factor})

    @property
    def count(self) -> int:
        """How many gradients are right."""
        return sum(map(self.is_own, self.names))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.truth)

    def error(self, name: str) -> float:
        found = self.matches[name]
        return np.inf if found is None else distance(found.gradient, self.factor * self.truth[name])


def run(
    trial: ModelCall,
    d_outputs: Array,
    factors: Sequence[float] = (1.0,),
    books: Books | None = None,
) -> GradientRun:
    """Forward, backward, central differences. Raises what the student's code raises.

    books: asked only where a gradient is not that of the student's own forward.
    """
    seen = trial.outputs()
    returned = trial.obj.backward(d_outputs)
    found = gradient.entries(returned, trial.obj, trial.layout)
    single = trial.layout.single or least_precise(seen) == np.float32
    truth = by_differences(trial, d_outputs, single=single)
    own = _matched(found, trial, truth, factors, single=single)
    if books is None or own.count == len(own.names):
        return own
    told = (
        _matched(found, trial, _with_copies(book, truth), factors, single=single)
        for book in _at_hand(books, seen, d_outputs)
    )
    return replace(own, book=max(told, key=lambda one: one.count, default=None))


def _at_hand(books: Books, seen: Array, d_outputs: Array) -> Sequence[Arrays]:
    """None where the equations in code, which never go to a student, are not there."""
    try:
        return books(seen, d_outputs)
    except ImportError:
        return ()


def _with_copies(book: Arrays, truth: Arrays) -> Arrays:
    """The textbook's gradients; a second copy of a parameter, "b_h (2)", has that of the first."""
    return {name: book.get(name, book[name.partition(" ")[0]]) for name in truth}


def _matched(
    found: Sequence[gradient.Entry],
    trial: ModelCall,
    truth: Arrays,
    factors: Sequence[float],
    *,
    single: bool,
) -> GradientRun:
    """What backward gave, held to one truth."""
    tolerances = load().tolerances
    limit = tolerances.numeric_float32 if single else tolerances.numeric_float64
    of_parameters = {name: truth[name] for name in trial.layout.slots}
    matches = gradient.match(found, trial.layout, truth, factors, limit)
    factor = gradient.common_factor(matches, truth, factors, limit)
    of_inputs = {name: _by_input(found, name, truth[name]) for name in trial.inputs}
    ours = {name: matches[name] for name in of_parameters}
    return GradientRun(
        {**ours, **of_inputs}, {**of_parameters, **_only(truth, trial.inputs)}, limit, factor
    )


def _only(truth: Arrays, names: Mapping[str, int]) -> dict[str, Array]:
    return {name: truth[name] for name in names}


def _by_input(found: Sequence[gradient.Entry], name: str, expected: Array) -> gradient.Match | None:
    """The gradient by an argument: of all entries of its shape the nearest; it has no sum to divide."""
    fitting = [one for one in found if one.array.shape == expected.shape and one.returned]
    named = [one for one in fitting if name in one.label] or fitting
    near = [
        gradient.Match(one.label, one.array, distance(one.array, expected), 1.0) for one in named
    ]
    return min(near, key=lambda one: one.error, default=None)


def by_differences(trial: ModelCall, d_outputs: Array, *, single: bool) -> dict[str, Array]:
    """The gradient of sum(d_outputs * outputs) by every parameter and by the named arguments."""
    tolerances = load().tolerances
    step = tolerances.step_float32 if single else tolerances.step_float64
    truth = {name: np.zeros(shape) for name, shape in trial.layout.shapes.items()}
    truth |= {name: np.zeros(trial.arguments[at].shape) for name, at in trial.inputs.items()}
    places = [(name, place) for name in _asked(trial) for place in np.ndindex(*truth[name].shape)]
    pairs = [
        _nudged(trial, name, place, signed) for name, place in places for signed in (step, -step)
    ]
    losses = [float(np.sum(d_outputs * one)) for one in _forwards(trial, pairs)]
    for (name, place), above, below in zip(places, losses[::2], losses[1::2], strict=True):
        truth[name][place] = (above - below) / (2.0 * step)
    trial.obj.write(trial.layout.written(trial.values))
    return truth


def _asked(trial: ModelCall) -> tuple[str, ...]:
    return (*trial.layout.slots, *trial.inputs)


_Nudge = tuple[Mapping[str, Array], tuple[Any, ...]]


def _nudged(trial: ModelCall, name: str, place: tuple[int, ...], by: float) -> _Nudge:
    """What to write and what to call with, one number nudged."""
    if name in trial.inputs:
        arguments = list(trial.arguments)
        at = trial.inputs[name]
        arguments[at] = np.array(arguments[at], dtype=np.float64)
        arguments[at][place] += by
        return trial.layout.written(trial.values), tuple(arguments)
    value = np.array(trial.values[name], dtype=np.float64)
    value[place] += by
    return trial.layout.written({**trial.values, name: value}), trial.arguments


def _forwards(trial: ModelCall, nudges: Sequence[_Nudge]) -> Iterator[Array]:
    for start in range(0, len(nudges), PER_MESSAGE):
        steps: list[Step] = []
        for write, arguments in nudges[start : start + PER_MESSAGE]:
            steps += [Write(write), Call("forward", arguments)]
        yield from map(trial.read, trial.obj.replay(steps)[1::2])


def require(found: GradientRun, names: Sequence[str], where: str) -> None:
    """Raise where one of these gradients is missing or wrong."""
    missing = [name for name in names if found.matches[name] is None and not found.right(name)]
    if missing:
        raise BadValue(say("backward gives no gradient for {name}.", name=tuple(missing)))
    wrong = [name for name in names if not found.right(name)]
    if wrong:
        worst = max(found.error(name) for name in wrong)
        raise CheckFailed(
            say(
                "Wrong gradient for {names}: relative error {error}, allowed {limit} [{where}].",
                names=tuple(wrong),
                error=f"{worst:.2g}",
                limit=f"{found.limit:.0e}",
                where=where,
            ),
            say("Wrong gradient for {names}.", names=tuple(wrong)),
        )


def require_something(returned: Any, where: str) -> None:
    if returned is None:
        raise ReturnedNothing(where)
