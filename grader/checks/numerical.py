"""What the gradients should be: central differences of the student's own forward."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.assignment import load
from grader.checks.parameters.layout import Layout
from grader.checks.states import Sizes, read_outputs
from grader.protocol import (
    Array,
    Call,
    CandidateObject,
    Step,
    Write,
)

PER_MESSAGE = 32


def central_differences(
    rnn: CandidateObject,
    layout: Layout,
    values: Mapping[str, Array],
    x: Array,
    d_outputs: Array,
    through: Callable[[Array], Array] = np.asarray,
    anew: Callable[[], CandidateObject] | None = None,
) -> dict[str, Array]:
    """Gradient of sum(d_outputs * outputs) by every parameter, from the student's own forward.

    `through` is applied to the outputs first. `anew` makes the object of each single forward, where
    one object would carry a state from one forward to the next.

    (f(w + e) - f(w - e)) / 2e per element, e = 1e-5 in float64: its error on correct code stays
    below 1e-8 of the gradient's norm. Returns (T, *shape) per parameter: the part that the outputs
    of each time step contribute; their sum over T is the gradient.
    """
    tolerances = load().tolerances
    step = tolerances.step_float32 if layout.single else tolerances.step_float64
    T, B, I = x.shape  # noqa: E741  # sizes as in the equations
    sizes = Sizes(T, B, I, layout.shapes["b_h"][0], layout.shapes["b_y"][0])
    pairs = zip(layout.nudged(values, step), layout.nudged(values, -step), strict=True)
    nudges = [nudge for pair in pairs for nudge in pair]
    returned = _forwards(rnn, nudges, x) if anew is None else _single(anew, nudges, x)
    losses = [
        np.sum(d_outputs * through(read_outputs(one, sizes)), axis=(1, 2), dtype=np.float64)
        for one in returned
    ]
    layout.write(rnn, values)
    gradients = {name: np.zeros((sizes.T, *shape)) for name, shape in layout.shapes.items()}
    for (name, place), above, below in zip(layout.elements, losses[::2], losses[1::2], strict=True):
        everywhere: tuple[Any, ...] = (slice(None), *place)  # at every time step
        gradients[name][everywhere] = (above - below) / (2 * step)
    return gradients


def _forwards(
    rnn: CandidateObject, writes: Sequence[Mapping[str, Array]], x: Array
) -> Iterator[Any]:
    """What forward returns after each of the writes."""
    forward = Call("forward", (x,))
    for start in range(0, len(writes), PER_MESSAGE):
        steps: list[Step] = []
        for write in writes[start : start + PER_MESSAGE]:
            steps += [Write(write), forward]
        yield from rnn.replay(steps)[1::2]


def _single(
    anew: Callable[[], CandidateObject], writes: Sequence[Mapping[str, Array]], x: Array
) -> Iterator[Any]:
    """The same, each on an object of its own."""
    for write in writes:
        yield anew().replay([Write(write), Call("forward", (x,))])[1]
