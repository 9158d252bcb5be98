"""Puts edited functions into a running program, tries them, and takes them back.

An edit is the new source of a function; it is compiled into the class or module where the old one
stands, on the lines where that stood, without loading the module again.

This file runs on both sides: it imports the standard library, NumPy and its siblings only.
"""

from __future__ import annotations

import signal
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from grader.sandbox.worker import schema, wire
from grader.sandbox.worker.exception_fault import from_exception
from grader.sandbox.worker.source import FILENAME, OutOfTime
from grader.sandbox.worker.values import Packer, TooMuch

AGAIN = 0.02  # seconds until the alarm rings again, for loops with a bare `except:`
MOST_BYTES = 1 << 20  # of one edit's results

Edits = list[schema.Replacement]


class AppliedPatch:
    """One edit, which may concern several functions."""

    def __init__(self, namespace: dict[str, Any], edits: Edits, texts: list[bytes]) -> None:
        self._namespace = namespace
        self._edits = edits
        self._texts = texts
        self._before: list[tuple[Any, str, Any]] = []

    def install(self) -> None:
        """Raises whatever compiling or running a definition raises."""
        for edit, text in zip(self._edits, self._texts, strict=True):
            holder = self._namespace[edit.owner] if edit.owner else None
            new = _defined(self._namespace, edit, text.decode(), holder)
            self._before.append((holder, edit.name, self._put(holder, edit.name, new)))

    def remove(self) -> None:
        for holder, name, old in reversed(self._before):
            self._put(holder, name, old)

    def _put(self, holder: Any, name: str, value: Any) -> Any:
        """Bind, and give what was bound there."""
        if holder is None:
            old, self._namespace[name] = self._namespace[name], value
        else:
            old = vars(holder)[name]
            type.__setattr__(holder, name, value)
        return old


def _defined(namespace: dict[str, Any], edit: schema.Replacement, text: str, holder: Any) -> Any:
    """What the text defines under the edit's name, as a part of `holder` where there is one."""
    if edit.owner:
        # A class of the same name around a method mangles names as the real one does.
        start = len(text) - len(text.lstrip("\n"))
        text = "\n" * (start - 1) + f"class {edit.owner}:\n" + text[start:]
    local: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(text, FILENAME, "exec", dont_inherit=True)
    exec(code, namespace, local)  # noqa: S102 - this is the job
    if holder is None:
        return local[edit.name]
    new = vars(local[edit.owner])[edit.name]
    for function in (new, getattr(new, "__func__", None), getattr(new, "fget", None)):
        if isinstance(function, types.FunctionType):
            for name, cell in zip(
                function.__code__.co_freevars, function.__closure__ or (), strict=True
            ):
                if name == "__class__":  # what `super()` looks at
                    cell.cell_contents = holder
    return new


def outcome(
    patch: AppliedPatch,
    trial: Callable[[Packer], schema.Done],
    seconds: float,
    files: tuple[str, ...],
) -> tuple[schema.Done, list[bytes]]:
    """What a trial gives with the patch in place, and the arrays of it; faults are part of it."""
    packer = Packer()
    try:
        with _limited(seconds):
            patch.install()
            done = trial(packer)
        if packer.writer.size <= MOST_BYTES:
            return done, packer.writer.chunks
        fault = schema.Fault("too_much")
    except OutOfTime:
        fault = schema.Fault("late")
    except (TooMuch, wire.WireError):
        fault = schema.Fault("too_much")
    except BaseException as error:  # noqa: BLE001 - sys.exit and the like are faults as well
        fault = from_exception(error, files)
    finally:
        patch.remove()
    return schema.Done([], [], fault, ""), []


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """OutOfTime after that many seconds of computing; the examiner has a wall clock besides."""
    running = True

    def ring(_signal: int, _frame: object) -> None:
        if running:
            raise OutOfTime

    previous = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
    try:
        yield
    finally:
        running = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)
