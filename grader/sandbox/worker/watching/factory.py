"""A function that stands under the name of the class and makes its objects."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


class Factory:
    """Tells of every object that `maker` makes between `start` and `stop`; of none for a class."""

    def __init__(self, maker: Any, function: Any, told: Callable[[Any], None]) -> None:
        self.maker = maker
        self.told = told
        is_one = callable(maker) and not isinstance(maker, type)
        self.namespace: dict[str, Any] = getattr(function, "__globals__", {}) if is_one else {}
        self.names: list[str] = []

    def start(self) -> None:
        self.names = [name for name, value in self.namespace.items() if value is self.maker]
        if self.names:
            self.namespace.update(dict.fromkeys(self.names, self._telling()))

    def stop(self) -> None:
        self.namespace.update(dict.fromkeys(self.names, self.maker))

    def _telling(self) -> Any:
        @functools.wraps(self.maker)
        def making(*arguments: Any, **named: Any) -> Any:
            made = self.maker(*arguments, **named)
            self.told(made)
            return made

        return making
