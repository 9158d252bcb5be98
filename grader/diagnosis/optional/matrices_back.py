"""What backward gave for a network's matrices, and what is said of one layer: alike in q6_2 to q6_4.

Each network is run with one short sequence at the matrices that its states show to be at work; what
backward gave for each matrix is held to the terms of backpropagation, one layer after the other from
the output down, each on the student's own gradient of what lies above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.checks.bonus import own_gradient
from grader.checks.bonus.affine import Affine
from grader.checks.bonus.networks import StoredNetwork
from grader.checks.bonus.own_gradient import ModelCall
from grader.diagnosis.optional.findings import Finding, finding, near
from grader.diagnosis.optional.form_names import called
from grader.diagnosis.optional.layers import Layer, gathered, late, placed, read, told
from grader.diagnosis.optional.sums import Forms, multiple
from grader.language import say
from grader.protocol import Array

I, H, O, T, S, MANY = 7, 8, 3, 5, 6, 24  # noqa: E741  # sizes as in the equations
DRAWS = 2  # different d_outputs
SEED = 21


@dataclass(frozen=True)
class Matrices:
    """The arrays of one recurrence, as the states show them."""

    W: Array
    U: Array
    b: Array

    @classmethod
    def of(cls, found: Affine) -> Matrices:
        W, U = found.matrices
        return cls(W, U, found.bias)

    def named(self, names: tuple[str, str, str]) -> dict[str, Array]:
        return dict(zip(names, (self.W, self.U, self.b), strict=True))

    def states(self, inputs: Array, first: Array | None = None) -> Array:
        """h_1 to h_T (T, H) of one sequence (T, I)."""
        state = np.zeros(len(self.b)) if first is None else first
        states = []
        for x_t in inputs:
            state = np.tanh(x_t @ self.W + state @ self.U + self.b)
            states.append(state)
        return np.stack(states)


class Gave:
    """What backward gave in one run, by the matrix that it is the gradient of."""

    def __init__(
        self, found: StoredNetwork, values: Mapping[str, Array], call: ModelCall, d: Array
    ) -> None:
        run = own_gradient.run(call, d)
        self.values = values
        self.arrays = {
            path: np.zeros(found.layout.shapes[path]) if one is None else one.gradient
            for path, one in run.matches.items()
        }

    def of(self, matrix: Array) -> Array | None:
        """The gradient of this matrix; None where its numbers are not kept one by one."""
        places = placed(matrix, self.values)
        return None if places is None else gathered(places, matrix.shape, self.arrays)

    def layer(
        self, at: Matrices, inputs: Array, states: Array, names: tuple[str, str, str], **more: Any
    ) -> Layer | None:
        dW, dU = self.of(at.W), self.of(at.U)
        if dW is None or dU is None:
            return None
        return Layer(inputs, states, at.W, at.U, dW, dU, self.of(at.b), names, **more)


def explained(
    layers: Sequence[Layer | None], into: Sequence[list[Forms]], label: str
) -> tuple[list[Array], list[Finding]]:
    """The student's da of each run, and what is said of this layer."""
    das: list[Array] = []
    found: list[Finding] = []
    for layer in layers:
        da, said = (None, []) if layer is None else read(layer)
        found = found or said
        if da is not None:
            das.append(da)
    if len(das) < len(layers):
        return [], found
    first = layers[0]
    if first is not None:
        found = [*told(first, das, [list(one) for one in into], label), *found]
    return das, found


def output_layer(
    gave: Sequence[Gave], V: Array, states: Array, ds: Sequence[Array]
) -> Iterator[Finding]:
    """The gradient of the output weights: states times d_outputs, summed over the steps."""
    gradients = [one.of(V) for one in gave]
    if any(one is None for one in gradients):
        return
    pairs = [(one, d) for one, d in zip(gradients, ds, strict=True) if one is not None]
    if all(near(one, states.T @ d) for one, d in pairs):
        return
    partners = {
        "h_{t-1}": late(states),
        "h_{t+1}": late(states, -1),
        "h_{T+1-t}": states[::-1],
        "the last step alone": last_alone(states),
    }
    for what, partner in partners.items():
        if all(near(one, partner.T @ d) for one, d in pairs):
            yield finding(
                say(
                    "The gradient of the output weights is made of {found} where h_t belongs.",
                    found=called(what),
                ),
                "W_hy",
            )
            return
    numbers = {
        f"{number:.3g}" for one, d in pairs if (number := multiple(one, states.T @ d)) is not None
    }
    if len(numbers) == 1:
        yield finding(
            say(
                "The gradient of the output weights is {number} times what it should be.",
                number=numbers.pop(),
            ),
            "W_hy",
        )


def averaged(
    found: StoredNetwork,
    values: Mapping[str, Array],
    arguments: tuple[Array, ...],
    d: Array,
    parts: Mapping[str, Array],
) -> Iterator[Finding]:
    """Gradients that two equal sequences give as one does; parts: the matrices and biases by name."""
    one, two = (
        Gave(
            found,
            values,
            found.called(values, *(_times(array, count) for array in arguments), steps=len(d)),
            _times(d, count),
        )
        for count in (1, 2)
    )
    names = tuple(
        name
        for name, array in parts.items()
        if (single := one.of(array)) is not None
        and (double := two.of(array)) is not None
        and single.any()
        and near(double, single)
    )
    if names:
        yield finding(
            say(
                "For two equal sequences the gradient of {names} is that of one: it is averaged over the "
                "batch, not summed.",
                names=names,
            ),
            *names,
        )


def _times(array: Array, count: int) -> Array:
    """One sequence (T, 1, n) so many times in one batch."""
    return np.repeat(array, count, axis=1)


def last_alone(rows: Array) -> Array:
    return np.concatenate([np.zeros_like(rows[:-1]), rows[-1:]])


def from_outputs(dy: Array, V: Array) -> Forms:
    return {
        "d_outputs @ W_hy.T": dy @ V.T,
        "the last step of d_outputs alone, @ W_hy.T": last_alone(dy) @ V.T,
        "d_outputs[::-1] @ W_hy.T": dy[::-1] @ V.T,
    }
