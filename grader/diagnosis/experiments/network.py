"""A student's SimpleRNN at known parameters and sizes, for experiments: each on a fresh object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from grader.checks import gradient
from grader.checks.compare import agrees
from grader.checks.known_model import Parameters, RnnTrial, random_parameters
from grader.checks.parameters import rnn_roles
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import rnn_layout
from grader.checks.states import Forward, Sizes
from grader.protocol import (
    Array,
    Call,
    CandidateClass,
    Read,
    Step,
)

# So small that no clipping acts, in elements or in norm.
SMALL = 1e-3
DOUBLE, SINGLE = 2e-6, 5e-3  # relative; what differences of a forward leave of float64, float32


@dataclass(frozen=True)
class Network:
    """SimpleRNN(I, H, O) with random parameters of size 0.5, and a class to make it anew from."""

    cls: CandidateClass
    size: Sizes
    values: Parameters
    full: bool = False

    @classmethod
    def make(cls, candidate: CandidateClass, size: Sizes, seed: int = 8) -> Network:
        rng = np.random.default_rng(seed)
        return cls(candidate, size, random_parameters(rnn_roles.shapes(*size.model), rng))

    @cached_property
    def layout(self) -> Layout:
        return rnn_layout(self.cls, self.size.model)

    @cached_property
    def used(self) -> Parameters:
        """The parameters that forward works with: zeros where there is no array."""
        return self.layout.held(self.given)

    @cached_property
    def given(self) -> Parameters:
        """The parameters that forward should work with: those that the object has."""
        return self.layout.effective(self.values)

    @property
    def names(self) -> list[str]:
        """The parameters that the object has, so that a gradient is due."""
        return [name for name in self.layout.shapes if name not in self.layout.missing]

    @property
    def limit(self) -> float:
        return SINGLE if self.layout.single else DOUBLE

    def alike(self, got: Array, expected: Array, scale: float = 0.0) -> bool:
        """Whether two arrays are the same to what an experiment can tell.

        scale: a norm against which both may be nothing.
        """
        if scale and np.linalg.norm(got) + np.linalg.norm(expected) <= self.limit * scale:
            return True
        return agrees(got, expected, self.limit)

    def weighted_sum(self, x: Array, before: Array) -> Array:
        """What the documented equation squashes: of inputs (..., I) and states before (..., H)."""
        given = self.given
        return np.asarray(x @ given["W_xh"] + before @ given["W_hh"] + given["b_h"])

    def fresh(self) -> RnnTrial:
        if self.full:
            return self._full()
        return RnnTrial.make(self.cls, self.size.model, self.values)

    def filled(self) -> Network:
        """The same, with a number in every array of the object, whatever its role."""
        return replace(self, full=True)

    def _full(self) -> RnnTrial:
        trial = RnnTrial.make(self.cls, self.size.model, self.values)
        vector = np.random.default_rng(18).uniform(-0.7, 0.7, self.layout.storage.size)
        trial.rnn.write(self.layout.storage.arrays_of(vector))
        return trial

    def forward(self, x: Array) -> Forward:
        return self.fresh().forward(x)

    def gradients(self, x: Array, d_outputs: Array, expected: Mapping[str, Array]) -> Parameters:
        """Of one forward and one backward on a fresh object: each parameter's gradient, float64.

        `expected` tells only which of several arrays of one shape is meant.
        """
        return self.rounds([("forward", x), ("backward", d_outputs)], expected)[0]

    def rounds(
        self, calls: Sequence[tuple[str, Any]], expected: Mapping[str, Array]
    ) -> list[Parameters]:
        """Calls on one fresh object, and the gradients after every backward."""
        trial = self.fresh()
        steps: list[Step] = []
        for method, argument in calls:
            steps.append(Call(method, (argument,)))
            if method == "backward":
                steps.append(Read())
        values = iter(trial.rnn.replay(steps))
        found = []
        for method, _ in calls:
            returned = next(values)
            if method == "backward":
                found.append(self.bound(returned, next(values), expected))
        return found

    def bound(
        self, returned: Any, arrays: dict[str, Array], expected: Mapping[str, Array]
    ) -> Parameters:
        entries = gradient.entries(returned, _Kept(arrays), self.layout)
        nothing = {name: np.zeros(shape) for name, shape in self.layout.shapes.items()}
        matches = gradient.match(entries, self.layout, {**nothing, **expected}, (1.0,), self.limit)
        return {
            name: found.gradient.astype(np.float64)
            for name, found in matches.items()
            if found is not None and name in self.names
        }


@dataclass(frozen=True)
class _Kept:
    """What an object held right after backward."""

    arrays: dict[str, Array]

    def read(self) -> dict[str, Array]:
        return self.arrays
