"""Comparison of what came back with what was expected: type, shape, finiteness, then values.

The order matters: `np.allclose(np.empty((0, 4)), np.ones((1, 4)))` is true, NaN compared with a
tolerance is false on both sides, and an object that defines `__eq__` equals everything.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.assignment import load
from grader.faults import BadValue, CheckFailed
from grader.language import Message, say
from grader.protocol import Array, Opaque

# Python's integers go on where float64 ends.
LARGEST = sys.float_info.max
SHRINK = 2.0**-600  # brings any float64 to where its square is finite


@dataclass(frozen=True, slots=True)
class What:
    """What is looked at, for messages: `outputs`, from `forward(inputs: (6, 3, 2))`."""

    name: str
    call: str


def kind(value: Any) -> str:
    """A value's type in words for a message: "ndarray (6, 3, 4)", "list of 6", "None"."""
    if isinstance(value, np.ndarray):
        return f"ndarray {value.shape}"
    if isinstance(value, list | tuple | dict):
        return f"{type(value).__name__} of {len(value)}"
    if isinstance(value, Opaque):
        return value.type_name
    return "None" if value is None else type(value).__name__


def as_array(value: Any, what: What) -> Array:
    """A numeric array; `BadValue` where `value` is none.

    Integers and truth values become float64: their own arithmetic wraps, or is undefined.
    """
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        return value if value.dtype.kind == "f" else value.astype(np.float64)
    if isinstance(value, list | tuple) and value:
        try:
            stacked = np.stack([as_array(item, what) for item in value])
        except ValueError:
            stacked = None
        if stacked is not None:
            return stacked
    if isinstance(value, float) or (isinstance(value, int) and abs(value) <= LARGEST):
        return np.asarray(value, np.float64)
    text = say("{name} is {kind}, not a numeric array [{call}].", **_about(what), kind=kind(value))
    raise BadValue(text, say("{name} is not a numeric array.", name=what.name))


def arrays_in(value: Any) -> list[Array]:
    """Every array in a value, however dicts, lists and tuples hold it."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    parts = value if isinstance(value, list | tuple) else ()
    return [array for part in parts for array in arrays_in(part)]


def any_differ(one: Any, other: Any) -> bool:
    """Whether what two calls returned has other numbers anywhere."""
    pairs = zip(arrays_in(one), arrays_in(other), strict=False)
    return any(not np.array_equal(a, b) for a, b in pairs)


def numbers(value: Any) -> NDArray[np.float64]:
    """Whatever holds numbers, as float64 of its own shape; empty where something else does.

    Complex numbers pass where none has an imaginary part: Binet's formula makes such ones.
    """
    try:
        if np.iscomplexobj(value):
            value = np.asarray(value)
            value = np.empty(0) if np.any(value.imag) else value.real
        # An object array or a list may hold ints of hundreds of digits.
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return np.empty(0)


def shaped(value: Any, shape: tuple[int, ...], what: What) -> Array:
    """An array of exactly this shape."""
    array = as_array(value, what)
    if array.shape != shape:
        raise BadValue(
            say(
                "{name}: shape {got}, expected {expected} [{call}].",
                **_about(what),
                got=str(array.shape),
                expected=str(shape),
            ),
            say("{name} has the wrong shape.", name=what.name),
        )
    return array


def finite(array: Array, what: What) -> Array:
    """The array, if it holds no NaN and no infinity."""
    if not np.all(np.isfinite(array)):
        raise BadValue(
            say("{name} contains NaN or infinity [{call}].", **_about(what)),
            say("{name} contains NaN or infinity.", name=what.name),
        )
    return array


def tolerance(*arrays: Array, single: bool = False) -> float:
    """The relative tolerance that the least precise of the student's arrays deserves.

    float16 deserves none: whoever computes in it is judged as float64. `single`: float32 is known
    to be in play.
    """
    limits = load().tolerances
    single = single or any(array.dtype == np.float32 for array in arrays)
    return limits.reference_float32 if single else limits.reference_float64


def distance(got: Array, expected: Array) -> float:
    """norm(got - expected) / (norm(got) + norm(expected)); 0 for two zero arrays, NaN where NaN is.

    One number per array, because an element-wise ratio reaches 2e-5 on correct gradients.
    """
    got, expected = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    scale = norm(got) + norm(expected)
    if math.isinf(scale) and np.isfinite(got).all() and np.isfinite(expected).all():
        return distance(got * SHRINK, expected * SHRINK)
    return norm(got - expected) / scale if scale != 0 else 0.0


def norm(array: Array) -> float:
    """np.linalg.norm of a float64 array to the last bit, without its preparations: most are small."""
    flat = array.ravel(order="K")
    return math.sqrt(flat.dot(flat))


def agrees(got: Array, expected: Array, limit: float) -> bool:
    """Whether two arrays are the same within `limit`. NaN agrees with nothing."""
    if got.shape != expected.shape or not np.isfinite(got).all():
        return False
    return distance(got, expected) <= limit


def same(value: Any, expected: Array, what: What, *, limit: float | None = None) -> None:
    """Type, shape, finiteness, then values; raises at the first that is off."""
    got = finite(shaped(value, expected.shape, what), what)
    if agrees(got, expected, tolerance(got) if limit is None else limit):
        return
    raise CheckFailed(
        say(
            "{name} has wrong values: {where} [{call}].",
            **_about(what),
            where=_worst(got, expected),
        ),
        say("{name} has wrong values.", name=what.name),
    )


def _worst(got: Array, expected: Array) -> Message:
    """Where the two differ most."""
    difference = np.abs(got.astype(np.float64) - expected)
    place = np.unravel_index(int(np.argmax(difference)), expected.shape)
    return say(
        "at index {place} it is {got}, expected {expected}",
        place=str(tuple(int(axis) for axis in place)),
        got=f"{float(got[place]):.6g}",
        expected=f"{float(expected[place]):.6g}",
    )


def _about(what: What) -> dict[str, str]:
    return {"name": what.name, "call": what.call}
