"""Puts edited functions into a running program, tries them, and takes them back.

An edit is the new source of a function; it is compiled into the class or module where the old one
stands, on the lines where that stood, without loading the module again. Before that, the shapes
that expressions have when a function ends tell which edits are worth a trial.

This file runs on both sides: it imports the standard library, NumPy and its siblings only.
"""

from __future__ import annotations

import signal
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.sandbox.worker import schema, wire
from grader.sandbox.worker.exception_fault import from_exception
from grader.sandbox.worker.source import OutOfTime
from grader.sandbox.worker.values import Packer, TooMuch

AGAIN = 0.02  # seconds until the alarm rings again, for loops with a bare `except:`
MOST_BYTES = 1 << 20  # of one edit's results

MOST_DIMENSIONS = 6
UNKNOWN = (-1,)  # a value that has no shape, or names that are not bound
BROKEN = (-2,)  # operands that do not fit one another, or a part that is not there

Edits = list[schema.Replacement]
Shape = tuple[int, ...]


class AppliedPatch:
    """One edit, which may concern several functions."""

    def __init__(
        self, namespace: dict[str, Any], file: str, edits: Edits, texts: list[bytes]
    ) -> None:
        """file: the path that the program was compiled with; texts: of the edits."""
        self._namespace = namespace
        self._file = file
        self._edits = edits
        self._texts = texts
        self._before: list[tuple[Any, str, Any]] = []

    def install(self) -> None:
        """Raises whatever compiling or running a definition raises."""
        for edit, text in zip(self._edits, self._texts, strict=True):
            holder = self._namespace[edit.owner] if edit.owner else None
            code = _code(edit, text.decode(), self._file)
            new = _defined(self._namespace, edit, code, holder)
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


def _code(edit: schema.Replacement, text: str, file: str) -> types.CodeType:
    """The edit's text, compiled as a part of the program's file."""
    if edit.owner:
        # A class of the same name around a method mangles names as the real one does.
        start = len(text) - len(text.lstrip("\n"))
        text = "\n" * (start - 1) + f"class {edit.owner}:\n" + text[start:]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(text, file, "exec", dont_inherit=True)


def _defined(
    namespace: dict[str, Any], edit: schema.Replacement, code: types.CodeType, holder: Any
) -> Any:
    """What the code defines under the edit's name, as a part of `holder` where there is one."""
    local: dict[str, Any] = {}
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


def shapes_seen(request: schema.Look, file: str, run: Callable[[], object]) -> list[Shape]:
    """The shape of each expression at the first return of the file's function, while `run` runs."""
    found: list[Shape] = []
    expressions = [_compiled(text) for text in request.texts]

    def at_return(frame: types.FrameType, event: str, _argument: object) -> Any:
        if event == "return" and not found:
            sys.settrace(None)
            found.extend(_shape(one, frame) for one in expressions)
        return at_return

    def at_call(frame: types.FrameType, _event: str, _argument: object) -> Any:
        code = frame.f_code
        if (
            not found
            and code.co_name in (request.name, "<lambda>")
            and code.co_filename == file
            and request.first <= code.co_firstlineno <= request.last
        ):
            return at_return
        return None

    sys.settrace(at_call)
    try:
        run()
    finally:
        sys.settrace(None)
    return found


def _compiled(text: str) -> types.CodeType | None:
    try:
        return compile(text, "<expression>", "eval", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _shape(expression: types.CodeType | None, frame: types.FrameType) -> Shape:
    if expression is None:
        return UNKNOWN
    try:
        value = eval(expression, frame.f_globals, frame.f_locals)  # noqa: S307 - this is the job
    except (ValueError, TypeError, LookupError, AttributeError):
        return BROKEN
    except Exception:  # noqa: BLE001 - whatever else the student's code may raise
        return UNKNOWN
    if isinstance(value, np.ndarray | np.number | float | int):
        shape = np.shape(value)
        return shape if len(shape) <= MOST_DIMENSIONS else UNKNOWN
    return UNKNOWN
