"""What q6_5 asks of Momentum and Adam: their steps, with a state of their own for every parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from grader import contract
from grader.checks.compare import What, agrees, as_array, finite, shaped
from grader.faults import CheckFailed, ReturnedNothing
from grader.language import Message, say
from grader.protocol import Array, Call, CandidateClass, CandidateObject

Arrays = dict[str, Array]
# From constructor arguments, start, the gradients of each step and the rate: every right course.
Oracle = Callable[[tuple[float, ...], Arrays, Sequence[Arrays], float], Sequence[Sequence[Arrays]]]

SHAPES = {"W_xh": (2, 3), "W_hh": (3, 3), "b_h": (3,), "c_h": (3,)}
RATE = 0.05
# Adam's epsilon stands in three places; with gradients of this size all agree to 3e-9.
LARGE = 100.0
NEARLY = 1e-6


@dataclass(frozen=True)
class OptimizerCourse:
    """Parameters after each step: as returned, and as the given arrays stand."""

    returned: list[Arrays]
    in_place: list[Arrays]
    gave_back: bool
    gradients_kept: bool

    @property
    def parameters(self) -> list[Arrays]:
        return self.returned if self.gave_back else self.in_place


def drawn(rng: np.random.Generator, size: float = 1.0) -> Arrays:
    return {name: size * rng.normal(size=shape) for name, shape in SHAPES.items()}


def run(
    optimizer: CandidateObject, name: str, start: Arrays, gradients: Sequence[Arrays], rate: float
) -> OptimizerCourse:
    """One step after the other. Raises what the student's code raises."""
    returned, in_place = [], []
    gave_back, kept = True, True
    now = start
    for gradient in gradients:
        back, given, left, _ = optimizer.replay([Call("step", (now, gradient, rate), echo=True)])[0]
        in_place.append({key: np.asarray(given[key], float) for key in start})
        gave_back &= isinstance(back, dict) and set(back) == set(start)
        returned.append(_arrays(back, name) if gave_back else in_place[-1])
        kept &= all(np.array_equal(left[key], value) for key, value in gradient.items())
        now = returned[-1]
    return OptimizerCourse(returned, in_place, gave_back, kept)


def _arrays(found: dict[str, Any], name: str) -> Arrays:
    whats = {key: What(f"parameters[{key!r}]", f"{name}.step") for key in found}
    arrays = {
        key: shaped(as_array(found[key], what), SHAPES[key], what) for key, what in whats.items()
    }
    if name == contract.ADAM and not all(np.isfinite(one).all() for one in arrays.values()):
        raise CheckFailed(
            say(
                "Adam.step gives NaN or infinity. k counts the steps from 1: with k = 0 the bias correction "
                "divides by 0."
            )
        )
    return {key: finite(one, whats[key]) for key, one in arrays.items()}


def moves(course: OptimizerCourse, start: Arrays) -> list[Arrays]:
    """What every step added to each array."""
    points = [start, *course.parameters]
    return [
        {name: after[name] - before[name] for name in start} for before, after in pairwise(points)
    ]


def _require(moved: Mapping[str, Array], expected: Mapping[str, Array], why: Message) -> None:
    if any(not agrees(moved[name], value, NEARLY) for name, value in expected.items()):
        raise CheckFailed(why)


def momentum_first(Momentum: CandidateClass, rng: np.random.Generator) -> None:
    """From rest the first step is plain gradient descent."""
    start, gradient = drawn(rng), drawn(rng)
    course = run(Momentum(0.9), "Momentum", start, [gradient], RATE)
    wanted = {name: -RATE * value for name, value in gradient.items()}
    _require(moves(course, start)[0], wanted, say(
        "The velocity is 0 at first: the first step of Momentum is -learning_rate times the gradient."))  # fmt: skip


def momentum_second(Momentum: CandidateClass, rng: np.random.Generator) -> None:
    """With the same gradient again, the step grows by the share `momentum`."""
    start, gradient = drawn(rng), drawn(rng)
    for momentum in (0.9, 0.5):
        course = run(Momentum(momentum), "Momentum", start, [gradient] * 2, RATE)
        wanted = {name: -RATE * (1.0 + momentum) * value for name, value in gradient.items()}
        _require(moves(course, start)[1], wanted, say(
            "With the same gradient twice, Momentum's second step is 1 + momentum times the first."))  # fmt: skip


def adam_first(Adam: CandidateClass, rng: np.random.Generator) -> None:
    """Its bias corrected, the first step has the size of the rate, whatever the gradient's."""
    start = drawn(rng)
    for size in (1.0, LARGE):
        gradient = drawn(rng, size)
        course = run(Adam(), "Adam", start, [gradient], RATE)
        wanted = {name: -RATE * np.sign(value) for name, value in gradient.items()}
        moved = moves(course, start)[0]
        if any(np.abs(moved[name] - value).max() > 1e-3 * RATE for name, value in wanted.items()):
            raise CheckFailed(say(
                "Adam's first step is learning_rate in size for every element, against the gradient's sign."))  # fmt: skip


def adam_steady(Adam: CandidateClass, rng: np.random.Generator) -> None:
    """As long as the gradient stays the same, so does the step: both biases are corrected."""
    start, gradient = drawn(rng), drawn(rng, LARGE)
    course = run(Adam(), "Adam", start, [gradient] * 4, RATE)
    wanted = {name: -RATE * np.sign(value) for name, value in gradient.items()}
    for moved in moves(course, start):
        _require(moved, wanted, say(
            "With the same gradient in every step, each of Adam's steps is as large as the first: "
            "k counts the steps, and both moments are corrected."))  # fmt: skip


def follows(
    cls: CandidateClass,
    rng: np.random.Generator,
    oracle: Oracle,
    arguments: tuple[float, ...] = (),
    size: float = 1.0,
) -> None:
    """Eight steps with changing gradients."""
    start = drawn(rng)
    gradients = [drawn(rng, size) for _ in range(8)]
    course = run(cls(*arguments), cls.name, start, gradients, RATE)
    for right in oracle(arguments, start, gradients, RATE):
        pairs = zip(course.parameters, right, strict=True)
        if all(agrees(one[name], other[name], NEARLY) for one, other in pairs for name in start):
            return
    raise CheckFailed(
        say("{name}: with changing gradients the parameters go astray.", name=cls.name)
    )


def in_place(cls: CandidateClass, rng: np.random.Generator) -> None:
    """The given arrays themselves change, come back, and the gradients stay."""
    start, gradient = drawn(rng), drawn(rng)
    optimizer = cls()
    course = run(optimizer, cls.name, start, [gradient], RATE)
    moved = [np.abs(course.in_place[0][name] - start[name]).max() for name in start]
    if max(_size(course.parameters[0][name] - start[name]) for name in start) == 0.0:
        raise CheckFailed(say("{name}.step changes no parameter.", name=cls.name))
    if min(moved) == 0.0 or any(
        not np.array_equal(course.in_place[0][name], course.parameters[0][name]) for name in start
    ):
        raise CheckFailed(
            say(
                "{name}.step must change the given arrays themselves (`parameter -= ...`): a new array under "
                "the old name teaches the network nothing.",
                name=cls.name,
            )
        )
    if not course.gave_back:
        raise ReturnedNothing(f"{cls.name}.step")
    if not course.gradients_kept:
        raise CheckFailed(say("{name}.step changes the gradients that it is given.", name=cls.name))


def _size(array: Array) -> float:
    return float(np.abs(array).max())


def own_state(cls: CandidateClass, rng: np.random.Generator) -> None:
    """Two optimizers know nothing of each other."""
    start, gradient, other = drawn(rng), drawn(rng), drawn(rng)
    alone = run(cls(), cls.name, start, [gradient, gradient], RATE).parameters[-1]
    first, second = cls(), cls()
    half = run(first, cls.name, start, [gradient], RATE).parameters[-1]
    run(second, cls.name, start, [other, other], RATE)
    beside = run(first, cls.name, half, [gradient], RATE).parameters[-1]
    if all(np.array_equal(alone[name], start[name]) for name in start):
        raise CheckFailed(say("{name}.step changes no parameter.", name=cls.name))
    if any(not agrees(beside[name], alone[name], NEARLY) for name in start):
        raise CheckFailed(
            say(
                "Two {name} objects share their state: create it in __init__, on self.",
                name=cls.name,
            )
        )
