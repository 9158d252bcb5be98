"""A SimpleRNN on which one scalar after the other is raised, to see what each moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.compare import agrees
from grader.checks.parameters.layout import Layout
from grader.checks.states import Forward, Sizes, read_final, read_forward
from grader.protocol import (
    Array,
    Call,
    CandidateObject,
    Step,
    Write,
)

PER_MESSAGE = 32
STEADY = 1e-3


@dataclass
class RnnBench:
    """One object on which scalars are raised."""

    rnn: CandidateObject
    layout: Layout
    sizes: tuple[int, int, int]
    make: Callable[[], CandidateObject]
    stateful: bool = False  # the same call gives another result the second time
    mixing: bool = False  # a sequence gives another result alone than in a batch
    final_only: bool = False  # of the hidden states only the last one comes back

    def find_form(self) -> Layout:
        """Where h_0 stands among T + 1 states, and in which precision results come.

        Seen on random weights: with all zero, every hidden state might be h_0.
        """
        rng = np.random.default_rng(1)
        vector = rng.uniform(-0.5, 0.5, self.layout.storage.size)
        self.rnn.write(self.layout.storage.arrays_of(vector))
        x = rng.normal(size=(3, 2, self.sizes[0]))
        returned = self.rnn.forward(x)
        seen = read_forward(returned, self._sizes(x))
        again = read_forward(self.rnn.forward(x), self._sizes(x))
        self.stateful = not np.array_equal(seen.outputs, again.outputs)
        self.final_only = seen.hidden is None and read_final(returned, self._sizes(x)) is not None
        alone = self._run([vector], x[:, 1:])[0].outputs
        self.mixing = not agrees(alone, self._run([vector], x)[0].outputs[:, 1:], STEADY)
        states = seen.outputs if seen.hidden is None else seen.hidden
        return replace(
            self.layout, leading=seen.leading, computed=least_precise(seen.outputs, states)
        )

    def responses(
        self, base: NDArray[np.float64], raised: Sequence[int], by: float, x: Array
    ) -> list[Forward]:
        """Forward passes with one scalar after the other raised above `base`; the first with none."""
        vectors = [base, *(_raised(base, number, by) for number in raised)]
        passes: list[Forward] = []
        for start in range(0, len(vectors), PER_MESSAGE):
            passes += self._run(vectors[start : start + PER_MESSAGE], x)
        return passes

    def _run(self, vectors: Sequence[NDArray[np.float64]], x: Array) -> list[Forward]:
        """A forward after each vector was written; each sequence alone if they mix."""
        if not self.mixing:
            return self._batched(vectors, x)
        columns = [self._batched(vectors, x[:, [column]]) for column in range(x.shape[1])]
        return [_beside(passes) for passes in zip(*columns, strict=True)]

    def _batched(self, vectors: Sequence[NDArray[np.float64]], x: Array) -> list[Forward]:
        """A forward after each vector was written; on new objects if they have a memory."""
        lengths = range(1, len(x) + 1) if self.final_only else (len(x),)
        forwards = [Call("forward", (x[:length],)) for length in lengths]
        batches: list[list[Step]] = [
            [Write(self.layout.storage.arrays_of(vector)), *forwards] for vector in vectors
        ]
        if self.stateful:
            results = [self.make().replay(batch)[1:] for batch in batches]
        else:
            flat = self.rnn.replay([step for batch in batches for step in batch])
            size = len(lengths) + 1
            results = [flat[start + 1 : start + size] for start in range(0, len(flat), size)]
        return [self._read(returned, x) for returned in results]

    def _read(self, returned: Sequence[Any], x: Array) -> Forward:
        """One pass; where only last states come back, put together from ever longer inputs."""
        forward = read_forward(returned[-1], self._sizes(x), leading=self.layout.leading)
        if not self.final_only:
            return forward
        states = [read_final(value, self._sizes(x)) for value in returned]
        if any(state is None for state in states):
            return forward
        return replace(forward, hidden=np.stack([s for s in states if s is not None]))

    def _sizes(self, x: Array) -> Sizes:
        T, B, I = x.shape  # noqa: E741  # sizes as in the equations
        return Sizes(T, B, I, *self.sizes[1:])


def _beside(passes: Sequence[Forward]) -> Forward:
    """Forward passes of single sequences as one of a batch."""
    states = [one.hidden for one in passes if one.hidden is not None]
    hidden = np.concatenate(states, axis=1) if len(states) == len(passes) else None
    outputs = np.concatenate([one.outputs for one in passes], axis=1)
    return replace(passes[0], outputs=outputs, hidden=hidden)


def least_precise(*arrays: Array) -> np.dtype[np.generic]:
    """The smallest of the dtypes in which these were computed."""
    return min(map(_computed, arrays), key=lambda dtype: dtype.itemsize)


def _computed(array: Array) -> np.dtype[np.generic]:
    """An array's dtype, or float32 where float64 holds nothing but values of that precision."""
    if array.dtype == np.float64 and array.any():
        with np.errstate(over="ignore"):
            single, half = array.astype(np.float32), array.astype(np.float16)
        if np.array_equal(single, array) and not np.array_equal(half, array):
            return single.dtype
    return array.dtype


def _raised(base: NDArray[np.float64], number: int, by: float) -> NDArray[np.float64]:
    vector = base.copy()
    vector[number] += by
    return vector
