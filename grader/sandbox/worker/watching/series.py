"""What `generate_sequence_data` gives while `train_rnn_on_sequence` runs.

Only the series itself tells whether a scaler was fitted on all of it or on the training part.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from grader.sandbox.worker.watching import window_log

NAME = "generate_sequence_data"
MAX_SERIES = 4
MAX_LENGTH = 20_000  # values of one series

Array = np.ndarray[Any, Any]  # not numpy.typing: its import costs every worker 5 ms


class Series:
    """Distinct series that the student's own function returned between `start` and `stop`."""

    def __init__(self, function: Any) -> None:
        namespace = getattr(function, "__globals__", None)
        self.namespace: dict[str, Any] = namespace if isinstance(namespace, dict) else {}
        self.original = self.namespace.get(NAME)
        self.kept: list[Array] = []

    def start(self) -> None:
        if not callable(self.original):
            return
        original = self.original

        @functools.wraps(original)
        def noted(*arguments: Any, **named: Any) -> Any:
            returned = original(*arguments, **named)
            self._note(returned)
            return returned

        self.namespace[NAME] = noted

    def stop(self) -> None:
        if callable(self.original):
            self.namespace[NAME] = self.original

    def _note(self, returned: Any) -> None:
        if not isinstance(returned, np.ndarray) or len(self.kept) >= MAX_SERIES:
            return
        series = window_log.numeric(returned)
        if series is None or not 1 < series.size <= MAX_LENGTH:
            return
        series = np.array(series, np.float64).ravel()  # a copy: it may be scaled in place later
        if not any(np.array_equal(series, known) for known in self.kept):
            self.kept.append(series)
