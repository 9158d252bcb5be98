"""Small sequence tasks on which a recurrent network shows what it can learn.

Each was chosen because it separates: solved by correct code from every start, out of reach for at
least one kind of wrong code, and solved in a fraction of a second. Raw Fibonacci numbers are no
such task, and a sine alone tells correct code from broken code by nothing. Weights start small
(`gain`): with a large recurrent matrix an untrained random reservoir already solves short memory
tasks, and truncated BPTT passes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.random import Generator

from grader.assignment import TaskNumbers, load
from grader.language import Message, say
from grader.protocol import Array

DIVERGED = 1e6  # square and sum stay far from the end of float64

Draw = Callable[[Generator, int, int], tuple[Array, Array]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs (T, B, I) and targets (T, B, O)."""

    inputs: Array
    targets: Array


@dataclass(frozen=True, slots=True)
class Batches:
    """N batches: inputs (N, T, B, I) and targets (N, T, B, O)."""

    inputs: Array
    targets: Array

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, place: int) -> Batch:
        return Batch(self.inputs[place], self.targets[place])

    def part(self, start: int, most: int) -> Batches:
        """At most so many of them from `start` on."""
        chosen = slice(start, start + most)
        return Batches(self.inputs[chosen], self.targets[chosen])


@dataclass(frozen=True, slots=True)
class Task:
    """One task: how to draw data, which steps count, how to score."""

    name: str
    width: int  # I = O
    first: int  # the first step whose target the inputs so far determine
    classes: bool  # one-hot targets, scored by accuracy; else by NMSE
    draw: Draw
    numbers: TaskNumbers
    goal: Message  # what the network is to predict
    hint: Message  # where to look if it does not

    @property
    def sizes(self) -> tuple[int, int, int]:
        """(I, H, O)."""
        return self.width, hidden_size(), self.width

    def batch(self, rng: Generator, size: int) -> Batch:
        return self.batches(rng, 1, size)[0]

    def batches(self, rng: Generator, count: int, size: int) -> Batches:
        """So many batches of `size` sequences, drawn at once."""
        inputs, targets = self.draw(rng, self.numbers.steps, count * size)
        return Batches(_cut(inputs, count), _cut(targets, count))

    def d_outputs(self, outputs: Array, batch: Batch) -> Array:
        """Gradient of the mean squared error over the steps that count, (T, B, O)."""
        return self.weights(batch) * (outputs.astype(np.float64) - batch.targets)

    def weights(self, batch: Batch) -> Array:
        """What an error at each step weighs in `d_outputs`, (T, 1, 1)."""
        weights = np.zeros((len(batch.targets), 1, 1))
        weights[self.first :] = 2.0 / batch.targets[self.first :].size
        return weights

    def loss(self, outputs: Array, batch: Batch) -> float:
        """Mean squared error over the steps that count."""
        error = outputs[self.first :].astype(np.float64) - batch.targets[self.first :]
        return float(np.mean(error**2))

    def score(self, outputs: Array, batch: Batch) -> float:
        """Accuracy or NMSE on the steps that count; the worst there is where training diverged."""
        if diverged(outputs):
            return 0.0 if self.classes else np.inf
        true = batch.targets[self.first :]
        if self.classes:
            hits = outputs[self.first :].argmax(axis=-1) == true.argmax(axis=-1)
            return float(np.mean(hits))
        return self.loss(outputs, batch) / float(np.var(true))

    def baseline(self, batch: Batch) -> float:
        """Score the better of two trivial predictions: the last input, and the most usual value."""
        usual = np.broadcast_to(batch.targets[self.first :].mean(axis=(0, 1)), batch.targets.shape)
        return self.best(self.score(batch.inputs, batch), self.score(usual, batch))

    def better(self, score: float, other: float) -> bool:
        """Whether `score` is strictly better. False for NaN on either side."""
        return score > other if self.classes else score < other

    def best(self, one: float, other: float) -> float:
        return one if self.better(one, other) else other

    def reaches(self, score: float, bound: float) -> bool:
        """Whether `score` is at least as good as `bound`. False for NaN."""
        return score >= bound if self.classes else score <= bound

    def is_sure(self, outputs: Array, batch: Batch) -> bool:
        """Whether outputs on a batch show beyond doubt that the task is learned."""
        return self.reaches(self.score(outputs, batch), self.numbers.sure)

    def start(self, rng: Generator, gain: float | None = None) -> dict[str, Array]:
        """Small weights, written into the student's object before training."""
        gain = self.numbers.gain if gain is None else gain
        I, H, O = self.sizes  # noqa: E741  # sizes as in the equations
        return {
            "W_xh": rng.normal(0.0, 0.7 / np.sqrt(I), (I, H)),
            "W_hh": rng.normal(0.0, gain / np.sqrt(H), (H, H)),
            "b_h": np.zeros(H),
            "W_hy": rng.normal(0.0, 1.0 / np.sqrt(H), (H, O)),
            "b_y": np.zeros(O),
        }


def _cut(sequences: Array, count: int) -> Array:
    """(T, count * B, I) -> (count, T, B, I), a view."""
    T, _, I = sequences.shape  # noqa: E741  # sizes as in the equations
    return sequences.reshape(T, count, -1, I).swapaxes(0, 1)


def diverged(outputs: Array) -> bool:
    """Whether outputs left all bounds: targets are never larger than 1. True for NaN."""
    return not bool(np.all(np.abs(outputs) < DIVERGED))


def fibonacci_modulo(
    rng: Generator, steps: int, size: int, modulus: int = 3
) -> tuple[Array, Array]:
    """Fibonacci sequences modulo 3 from random first terms, one-hot; the next term is the target."""
    terms = np.empty((steps + 1, size), dtype=np.int64)
    first = rng.integers(1, modulus**2, size)  # (0, 0) would stay there
    terms[0], terms[1] = first // modulus, first % modulus
    for t in range(2, steps + 1):
        terms[t] = (terms[t - 1] + terms[t - 2]) % modulus
    one_hot = np.eye(modulus)[terms]
    return one_hot[:-1], one_hot[1:]


def fibonacci() -> Task:
    """The task that students see."""
    return Task(
        name="fibonacci",
        width=3,
        first=1,
        classes=True,
        draw=fibonacci_modulo,
        numbers=numbers("fibonacci"),
        goal=say("the next Fibonacci number modulo 3 from the numbers so far"),
        hint=say(
            "Check that the hidden state is carried on and that the loss falls: backward, then the sign in update_parameters."
        ),
    )


def numbers(name: str) -> TaskNumbers:
    """A task's numbers, from `assignment.toml`."""
    return msgspec.convert(load().learning["q5_2"][name], TaskNumbers)


def hidden_size() -> int:
    return int(load().learning["q5_2"]["hidden_size"])
