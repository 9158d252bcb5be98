"""The tasks of q5_2 that stay with the instructor, and all tasks by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.random import Generator

from grader.checks.learning.tasks import Task, fibonacci, numbers
from grader.language import say
from grader.protocol import Array


def product() -> Task:
    """Multiply the last two values."""
    return Task(
        name="product",
        width=1,
        first=1,
        classes=False,
        draw=neighbours,
        numbers=numbers("product"),
        goal=say("the product of the last two values of a random sequence of +1 and -1"),
        hint=say(
            "This takes all gradients, those of the biases and tanh' among them: check each with a central difference."
        ),
    )


def echo() -> Task:
    """Remember a value for five steps."""
    return Task(
        name="echo",
        width=1,
        first=5,
        classes=False,
        draw=delayed,
        numbers=numbers("echo"),
        goal=say("the value that it saw five steps before, in a random sequence of +1 and -1"),
        hint=say(
            "This takes memory: check that in backward the gradient flows from each step to the one before, through all steps, with W_hh transposed."
        ),
    )


def sine() -> Task:
    """Continue a sine, from the student's own start weights."""
    return Task(
        name="sine",
        width=1,
        first=1,
        classes=False,
        draw=wave,
        numbers=numbers("sine"),
        goal=say("the next value of a sine wave, from the start weights of your own __init__"),
        hint=say(
            "Check that __init__ gives small weights that are not zero, and that forward keeps the weights as update_parameters left them."
        ),
    )


_MAKERS: Mapping[str, Callable[[], Task]] = {
    "fibonacci": fibonacci,
    "product": product,
    "echo": echo,
    "sine": sine,
}


def task(name: str) -> Task:
    """Look up a task, the public one included."""
    return _MAKERS[name]()


def names() -> tuple[str, ...]:
    return tuple(_MAKERS)


def neighbours(rng: Generator, steps: int, size: int) -> tuple[Array, Array]:
    """Random signs; the target is the product of the last two: no linear model gets any of it."""
    signs = _signs(rng, steps, size)
    targets = np.zeros_like(signs)
    targets[1:] = signs[1:] * signs[:-1]
    return signs, targets


def delayed(rng: Generator, steps: int, size: int, delay: int = 5) -> tuple[Array, Array]:
    """Random signs; the target is the sign `delay` steps back: memory, and a gradient that far."""
    signs = _signs(rng, steps, size)
    targets = np.zeros_like(signs)
    targets[delay:] = signs[:-delay]
    return signs, targets


def wave(rng: Generator, steps: int, size: int, period: float = 4.3) -> tuple[Array, Array]:
    """Sines of random phase; the next value is the target."""
    phase = rng.uniform(0.0, 2.0 * np.pi, size)
    values = np.sin(2.0 * np.pi * np.arange(steps + 1)[:, None] / period + phase)[:, :, None]
    return values[:-1], values[1:]


def _signs(rng: Generator, steps: int, size: int) -> Array:
    return rng.integers(0, 2, (steps, size, 1)) * 2.0 - 1.0
