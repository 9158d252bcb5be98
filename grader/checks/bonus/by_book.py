"""The gradients that the textbook gives where a forward is wrong, which was charged in its own case.

A right backward on top of a wrong forward is not the gradient of that forward. What it gives is told
by the textbook's forward, differentiated with the complex step (Squire & Trapp 1998): exact, and no
line of backpropagation. Where a value is the student's own, only its slope is the textbook's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.compare import agrees
from grader.protocol import Array

Arrays = Mapping[str, Array]
Complex = NDArray[np.complex128]
Forward = Callable[[Mapping[str, Complex]], Complex]

try:
    from grader.checks.bonus import textbook_forward

    written_out: Any = textbook_forward
except ImportError:  # the handout holds no equation written out: nothing is excused at home
    written_out = None

AT_HAND = written_out is not None
STEP = 1e-30
ROUGHLY = 1e-4
DEVIATIONS = ("", "z tanh", "r tanh", "r one", "n sigmoid", "n without bias", "r on input")
WAYS = ("", "begins with zeros", "begins with the first", "reads zeros")
RESETS = ("before", "after", "inside")  # the product with U_h, the bias


def derivative(forward: Forward, at: Arrays, d_outputs: Array) -> dict[str, Array]:
    """The gradient of sum(d_outputs * forward(at)) by every array."""
    found = {name: np.zeros(value.shape) for name, value in at.items()}
    values: dict[str, Complex] = {name: value.astype(np.complex128) for name, value in at.items()}
    for name, value in values.items():
        for place in np.ndindex(*value.shape):
            value[place] += 1j * STEP
            found[name][place] = np.sum(d_outputs * forward(values).imag) / STEP
            value[place] = at[name][place]
    return found


def gru(values: Arrays, x: Array, h: Array, seen: Array, d_state: Array) -> list[dict[str, Array]]:
    """What a right backward may give: none where `seen` is a published form's new state.

    values: by documented name; the gradients by `input_t` and `hidden_state` are among those returned.
    """
    if not AT_HAND:
        return []
    at = {**values, "input_t": x, "hidden_state": h}
    forms = [partial(written_out.gru, reset=reset, swap=swap) for reset, swap in _published()]
    if any(agrees(form(_complex(at)).real, seen, ROUGHLY) for form in forms):
        return []
    return [
        derivative(partial(form, deviation=deviation), at, d_state)
        for deviation in DEVIATIONS
        for form in forms
    ]


def _published() -> Iterator[tuple[str, bool]]:
    yield from product(RESETS, (False, True))


def _complex(at: Arrays) -> dict[str, Complex]:
    return {name: value.astype(np.complex128) for name, value in at.items()}
