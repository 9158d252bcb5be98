"""Change a module of the standard library when a program first imports it, and not before.

Importing all of them beforehand would cost every worker the time that only few programs need.

This file runs in the worker: it imports the standard library only.
"""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Change = Callable[[Any], None]  # gets the module


def install(changes: Mapping[str, Change]) -> None:
    """Apply each change to the module of its name: now where it is loaded, else once it is."""
    waiting = dict(changes)
    for name in changes.keys() & sys.modules.keys():
        waiting.pop(name)(sys.modules[name])
    sys.meta_path.insert(0, _Finder(waiting))


class _Finder:
    """Finds what the usual path finder finds, with the change put behind its execution."""

    def __init__(self, waiting: dict[str, Change]) -> None:
        self._waiting = waiting

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, _target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        change = self._waiting.pop(name, None)
        spec = importlib.machinery.PathFinder.find_spec(name, path) if change else None
        if change is None or spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            change(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]  # of this loader alone
        return spec
