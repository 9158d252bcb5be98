"""Does a bidirectional or deep network, or an encoder and decoder, learn? One task for each.

Plain gradient descent through the student's own forward, backward and update_parameters, from small
weights that the grader writes: with large ones an untrained random reservoir solves the tasks.
Whoever misses the threshold is given a second start; no wrong program comes near it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.random import Generator

from grader.assignment import NetTaskNumbers, load
from grader.checks.bonus import bidirectional, deep, networks, seq2seq
from grader.checks.bonus.networks import Kind, StoredNetwork
from grader.checks.learning.tasks import DIVERGED, diverged
from grader.checks.parameters.roles import fresh
from grader.faults import CheckFailed, NotImplementedYet
from grader.language import Message, say
from grader.protocol import Array, CandidateClass, CandidateObject, Rounds

WIDTH = 2  # I = O of two tasks; with one a weight matrix looks like a bias
HIDDEN = 16
MANY, FEW = 8, 5  # I and H of the task for depth
BATCH = 16
HELD_OUT = 256
STARTS = 2
TOGETHER = 50  # batches in one message


@dataclass(frozen=True)
class NetTask:
    """Sequences and what is to be said of them; `counts` marks the steps that count."""

    draw: Callable[[Generator, int, int], tuple[Array, Array]]  # (steps, size) -> inputs, targets
    counts: slice
    kind: Callable[[int], Kind]
    goal: Message


def learns(cls: CandidateClass, rng: Generator, name: str) -> None:
    """Train on the question's task. Raises CheckFailed where it is not learned."""
    for method in ("forward", "backward", "update_parameters"):
        if not cls.implements(method):
            raise NotImplementedYet(f"{cls.name}.{method}")
    task, numbers = TASKS[name], numbers_of(name)
    best = reached(cls, name, rng)
    if best <= numbers.threshold:
        return
    guarded = say("Trained by the grader, your {name} does not learn to predict {goal}.",
                  name=cls.name, goal=task.goal)  # fmt: skip
    raise CheckFailed(
        say(
            "After {iterations} iterations your {name} should predict {goal}: the held-out squared error is "
            "{score} of the variance, working code reaches {threshold}.",
            iterations=numbers.iterations,
            name=cls.name,
            goal=task.goal,
            score=f"{best:.3g}",
            threshold=f"{numbers.threshold:g}",
        ),
        guarded,
    )


def numbers_of(name: str) -> NetTaskNumbers:
    """The numbers of a question's task."""
    return msgspec.convert(load().learning[name], NetTaskNumbers)


def reached(cls: CandidateClass, name: str, rng: Generator) -> float:
    """The best held-out error of as many starts as the task allows, up to the first that suffices."""
    task, numbers = TASKS[name], numbers_of(name)
    found = networks.network(cls, task.kind(numbers.steps))
    best = np.inf
    for _ in range(STARTS):
        best = min(best, trained(found, task, numbers, rng))
        if best <= numbers.threshold:
            break
    return best


def trained(found: StoredNetwork, task: NetTask, numbers: NetTaskNumbers, rng: Generator) -> float:
    """The held-out squared error over the variance after one training; infinite if it diverged."""
    obj = start(found, numbers.gain, rng)
    batches = [task.draw(rng, numbers.steps, BATCH) for _ in range(numbers.iterations)]
    held_out = task.draw(rng, numbers.steps, HELD_OUT)
    weights = np.zeros((numbers.steps, 1, 1))
    weights[task.counts] = 2.0 / batches[0][1][task.counts].size
    reached, outputs = 0, found.kind.read(obj.forward(batches[0][0]), numbers.steps, BATCH)
    while reached < len(batches):
        if diverged(outputs):
            return np.inf
        ahead = batches[reached + 1 : reached + 1 + TOGETHER] or [held_out]
        inputs, targets = (np.stack(part) for part in zip(*ahead, strict=True))
        d_outputs = weights * (outputs.astype(np.float64) - batches[reached][1])
        count, returned = obj.train(
            Rounds(d_outputs, inputs, targets, weights, numbers.rate, updates=True, bound=DIVERGED)
        )
        outputs = found.kind.read(returned, numbers.steps, inputs.shape[2])
        reached += count
    if diverged(outputs):
        return np.inf
    true = held_out[1][task.counts]
    return float(np.mean((outputs[task.counts] - true) ** 2) / np.var(true))


def start(found: StoredNetwork, gain: float, rng: Generator) -> CandidateObject:
    """A new object with zero biases, and weights of standard deviation gain / sqrt(fan-in).

    Where an array is no matrix or bias by itself (one long vector, a bias as a row of its weights),
    sizes tell no fan-in, and the network begins as its constructor made it.
    """
    plain = _plain(found.kind)
    if not all(_sizes(shape) in plain for shape in found.layout.shapes.values()):
        return fresh(found.cls, found.layout, found.kind.sizes)
    return found.made(_drawn(found, gain, rng))


def _plain(kind: Kind) -> set[tuple[int, ...]]:
    """Sizes of the matrices and biases of the equations, alone and of two directions or gates together."""
    I, H, O = kind.sizes[:3]  # noqa: E741  # sizes as in the equations
    shapes = [(H,), (O,), (I, H), (O, H), (H, H), (H, 2 * H), (I, 2 * H), (O, 2 * H)]
    return {_sizes(shape) for shape in shapes}


def _sizes(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The axes of an array, either way round, without those of one."""
    return tuple(sorted(axis for axis in shape if axis > 1))


def _drawn(found: StoredNetwork, gain: float, rng: Generator) -> dict[str, Array]:
    """An array's other size beside the units is its fan-in, or the outputs that it leads to."""
    units = found.kind.sizes[1]
    return {
        path: np.zeros(shape)
        if len(_sizes(shape)) <= 1 and np.prod(shape) <= 2 * units
        else rng.normal(0.0, gain / np.sqrt(np.prod(shape) / units), shape)
        for path, shape in found.layout.shapes.items()
    }


def _signs(rng: Generator, steps: int, size: int) -> Array:
    return rng.integers(0, 2, (steps, size, WIDTH)) * 2.0 - 1.0


def past_and_future(rng: Generator, steps: int, size: int) -> tuple[Array, Array]:
    """Random signs; the target is the sum of those two steps before and two steps after."""
    x = _signs(rng, steps, size)
    targets = np.zeros_like(x)
    targets[2:-2] = (x[:-4] + x[4:]) / np.sqrt(2.0)
    return x, targets


def two_of_many(rng: Generator, steps: int, size: int) -> tuple[Array, Array]:
    """Random numbers; the targets are the first two of every step's eight, two steps before.

    A layer of H units remembers H numbers at most (Jaeger 2001, "Short term memory in echo state
    networks"). These are six: two, of this step and of the two before. Five units hold
    fewer, two layers of five hold all. And five numbers do not hold eight: the lowest layer must learn
    which two to keep.
    """
    x = rng.uniform(-1.0, 1.0, (steps, size, MANY))
    targets = np.zeros((steps, size, WIDTH))
    targets[2:] = x[:-2, :, :WIDTH]
    return x, targets


def reversal(rng: Generator, steps: int, size: int) -> tuple[Array, Array]:
    """Random signs; the target is the whole sequence, last first."""
    x = _signs(rng, steps, size)
    return x, x[::-1].copy()


TASKS = {
    "q6_2": NetTask(
        past_and_future,
        slice(2, -2),
        lambda steps: bidirectional.kind(WIDTH, HIDDEN, WIDTH, steps, BATCH),
        say("a value that the inputs two steps before and two steps after decide"),
    ),
    "q6_3": NetTask(
        two_of_many,
        slice(2, None),
        lambda steps: deep.kind(MANY, FEW, WIDTH, 2, steps, BATCH),
        say("what the first two of its eight inputs were two steps before"),
    ),
    "q6_4": NetTask(
        reversal,
        slice(None),
        lambda steps: seq2seq.kind(WIDTH, HIDDEN, WIDTH, steps, BATCH),
        say("its inputs in reverse order"),
    ),
}
