"""From a worker's replies to the plain data that checks know. A reply is not believed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.protocol import Observation, Opaque, Picture
from grader.sandbox import fault_messages, png
from grader.sandbox.worker import schema, wire

_DIGEST = re.compile(r"[0-9a-f]{16}")
MOST_LEARNED = 128


def observation(seen: schema.Seen, reader: wire.FrameReader) -> Observation:
    """What was seen of a training run. WireError where the reply does not hold together."""
    returned = reader.value(seen.returned, lambda node: _special(node, reader))
    squared_errors = tuple(_numbers(one, reader) for one in seen.squared_errors)
    evaluations = tuple(
        (_numbers(inputs, reader), _numbers(outputs, reader))
        for inputs, outputs in seen.evaluations
    )
    trained_columns = tuple(_numbers(one, reader) for one in seen.trained_columns)
    series = tuple(_numbers(one, reader) for one in seen.series)
    pictures = [_special(image, reader) for image in seen.figures]
    courses = tuple(_numbers(one, reader) for one in seen.courses)
    neighbours = tuple(_numbers(one, reader) for one in seen.neighbours)
    trained = tuple(_numbers(one, reader) for one in seen.trained)
    forward_calls, backward_calls, update_calls = (max(0, count) for count in seen.calls)
    return Observation(
        returned=returned,
        seconds=seen.seconds if math.isfinite(seen.seconds) else 0.0,
        forward_calls=forward_calls,
        backward_calls=backward_calls,
        update_calls=update_calls,
        weights_moved=seen.weights_moved,
        lengths_trained=tuple(seen.lengths_trained),
        lengths_evaluated=tuple(seen.lengths_evaluated),
        first_error=seen.errors[0],
        last_error=seen.errors[1],
        squared_errors=squared_errors,
        block_calls=(max(0, seen.block_calls[0]), max(0, seen.block_calls[1])),
        evaluation_windows=max(0, seen.windows[0]),
        evaluation_windows_trained=max(0, seen.windows[1]),
        trained_span=seen.trained_span,
        evaluations=evaluations,
        figures=tuple(one for one in pictures if isinstance(one, Picture)),
        trained_columns=tuple(one > 0 for one in trained_columns),
        trained_before=tuple(one > 1 for one in trained_columns),
        trained_windows=tuple(one for one in trained if one.ndim == 2),  # noqa: PLR2004  # (T, N)
        earlier_trained=tuple(np.isin(one, (1, 3)) for one in neighbours),
        later_trained=tuple(np.isin(one, (2, 3)) for one in neighbours),
        series=series,
        courses=courses,
        learned=tuple(filter(_DIGEST.fullmatch, seen.learned[:MOST_LEARNED])),
        weights_change=seen.weights_change if math.isfinite(seen.weights_change) else 0.0,
    )


def value(node: Any, reader: wire.FrameReader, where: str) -> Any:
    """Plain data for one node; BadValue where it does not hold together."""
    return values([node], reader, where)[0]


def values(nodes: Sequence[Any], reader: wire.FrameReader, where: str) -> list[Any]:
    """As `value`, for several nodes."""

    def special(node: Any) -> Any:
        return _special(node, reader)

    try:
        return [reader.value(node, special) for node in nodes]
    except wire.WireError:
        raise fault_messages.garbled(where) from None


def _numbers(node: schema.Array, reader: wire.FrameReader) -> NDArray[Any]:
    array = reader.take(node).copy()
    if array.dtype.kind not in "fiub":
        raise wire.WireError("real numbers were due")
    return array


def _special(node: Any, reader: wire.FrameReader) -> Any:
    if isinstance(node, schema.Image):
        data = reader.take(node.png).tobytes()
        if not png.is_sound(data):
            return Opaque("Figure")
        return Picture(data, min(max(node.axes, 0), 1000), min(max(node.lines, 0), 10_000))
    return Opaque(fault_messages.plain(node.type_name, 60))


def is_arrays(read: Any) -> bool:
    """Whether a value is what reading an object gives: float arrays by path."""
    return isinstance(read, dict) and all(
        isinstance(path, str) and isinstance(one, np.ndarray) and one.dtype.kind == "f"
        for path, one in read.items()
    )
