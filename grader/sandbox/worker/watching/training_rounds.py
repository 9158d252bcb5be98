"""Rounds of training without a message for each: the message would cost more than the step."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from grader.sandbox.worker import schema, wire

MOMENT = 0.25  # seconds after which no further round begins: slow programs report in time

Array = np.ndarray[Any, Any]  # not numpy.typing: its import costs every worker 5 ms


class Missing(Exception):
    """The object has no such method."""


class TrainingLoop:
    """What `schema.Train` asks of one object of a student's."""

    def __init__(self, obj: Any, request: schema.Train, reader: wire.FrameReader) -> None:
        self.obj = obj
        self.request = request
        self.d_outputs = reader.take(request.d_outputs).copy()
        self.inputs = reader.take(request.inputs)
        self.targets = reader.take(request.targets)
        self.weights = reader.take(request.weights)
        self.step = 0  # which of `schema.ROUND` is at work
        if not 0 < len(self.inputs) == len(self.targets):
            raise wire.WireError("rounds without data")

    def run(self) -> tuple[int, Any]:
        """How many rounds, and what the last forward returned. Raises what the methods raise."""
        d_outputs, until = self.d_outputs, time.monotonic() + MOMENT
        count = 0
        while True:
            returned = self._round(d_outputs, self.inputs[count].copy())
            targets = self.targets[count]
            count += 1
            outputs = _documented(returned, targets.shape)
            over = count == len(self.inputs) or time.monotonic() > until
            if over or outputs is None or not self._bounded(outputs):
                return count, returned
            d_outputs = self.weights * (outputs - targets)

    def _round(self, d_outputs: Array, inputs: Array) -> Any:
        self._call(0, d_outputs)
        if self.request.updates:
            self._call(1, self.request.rate)
        return self._call(2, inputs)

    def _call(self, step: int, argument: Any) -> Any:
        self.step = step
        try:
            method = getattr(self.obj, schema.ROUND[step])
        except AttributeError:
            raise Missing from None
        return method(argument)

    def _bounded(self, outputs: Array) -> bool:
        """False for NaN."""
        return bool(np.all(np.abs(outputs) < self.request.bound))


def _documented(returned: Any, shape: tuple[int, ...]) -> Array | None:
    """The outputs, where they are a float array of this shape in the documented place."""
    first = returned[0] if isinstance(returned, tuple) and returned else returned
    if isinstance(first, np.ndarray) and first.shape == shape and first.dtype.kind == "f":
        return np.asarray(first, np.float64)  # a subclass of ndarray stays with its owner
    return None
