"""The functions that a program's SimpleRNN is built of, counted where its methods are not at work.

A training loop may call them itself, as functional programs do; then no method of SimpleRNN runs.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any


class BuildingBlocks:
    """Counts calls between `start` and `stop` that come from outside of the watched methods."""

    def __init__(self, watched: Any, function: Any, busy: Callable[[], bool]) -> None:
        namespace = getattr(function, "__globals__", None)
        self.namespace: dict[str, Any] = namespace if isinstance(namespace, dict) else {}
        self.busy = busy
        forward, backward = (
            _reached(watched, name, self.namespace) for name in ("forward", "backward")
        )
        self.parts = dict.fromkeys(forward - backward, 0) | dict.fromkeys(backward - forward, 1)
        self.calls = [0, 0]  # of forward's, of backward's
        self.originals: dict[str, Any] = {}

    def start(self) -> None:
        for name, part in self.parts.items():
            self.originals[name] = self.namespace[name]
            self.namespace[name] = self._counting(self.namespace[name], part)

    def stop(self) -> None:
        self.namespace.update(self.originals)

    def _counting(self, original: Any, part: int) -> Any:
        @functools.wraps(original)
        def counted(*arguments: Any, **named: Any) -> Any:
            if not self.busy():
                self.calls[part] += 1
            return original(*arguments, **named)

        return counted


def _reached(watched: Any, method: str, namespace: dict[str, Any]) -> set[str]:
    """Names of the program's own functions that a method calls, directly or through others."""
    found: set[str] = set()
    waiting = [getattr(watched, method, None)]
    while waiting:
        code = getattr(waiting.pop(), "__code__", None)
        for name in _names(code) - found:
            value = namespace.get(name)
            if isinstance(value, types.FunctionType) and value.__globals__ is namespace:
                found.add(name)
                waiting.append(value)
    return found


def _names(code: Any) -> set[str]:
    """Global names of a code object and of those nested in it."""
    if not isinstance(code, types.CodeType):
        return set()
    return set(code.co_names).union(*(_names(one) for one in code.co_consts))
