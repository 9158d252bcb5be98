"""Random generators: seeded before a program runs, and put back to what its import left.

The same file graded twice gets the same score, and its training the same luck whatever was asked
of its classes before: at home, in class, after a worker was replaced.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.random  # which NumPy puts off; so the parent of workers has loaded it

_entropy = random.Random()  # noqa: S311 - the opposite of cryptography is wanted


def seed() -> None:
    """Unseeded generators start alike."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - the generator that most students use
    _entropy.seed(0)
    # What `default_rng()` asks for a seed (numpy/random/bit_generator.pyx).
    np.random.bit_generator.randbits = _entropy.getrandbits  # type: ignore[attr-defined]


class Luck:
    """The states of all generators that a program shares between its calls, as they are now."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._python = random.getstate()
        self._numpy = np.random.get_state()  # noqa: NPY002 - as above
        self._entropy = _entropy.getstate()
        self._restores = [restore for one in _shared(namespace) if (restore := _kept(one))]

    def restore(self) -> None:
        random.setstate(self._python)
        np.random.set_state(self._numpy)  # noqa: NPY002 - as above
        _entropy.setstate(self._entropy)
        for restore in self._restores:
            restore()


def _shared(namespace: dict[str, Any]) -> list[Any]:
    """The values of a module and of its classes."""
    values = list(namespace.values())
    own = [one for one in values if type(one) is type]
    return values + [value for one in own for value in vars(one).values()]


def _kept(value: Any) -> Callable[[], None] | None:
    """How to put a generator back; None of anything else.

    By exact type: what a student's class does when it is asked is its own.
    """
    if type(value) is random.Random:
        state = value.getstate()
        return lambda: value.setstate(state)
    if type(value) is np.random.Generator:
        bits, inner = value.bit_generator, value.bit_generator.state
        return lambda: setattr(bits, "state", inner)
    if type(value) is np.random.RandomState:
        legacy = value.get_state()
        return lambda: value.set_state(legacy)
    return None
