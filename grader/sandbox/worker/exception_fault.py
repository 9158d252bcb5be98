"""From an exception in a student's code to the `Fault` that travels."""

from __future__ import annotations

import builtins
import types
from collections.abc import Sequence
from typing import Literal

import msgspec

from grader.sandbox.worker import schema
from grader.sandbox.worker.values import text

MAX_TEXT = 500  # characters of an exception's message
UNBOUNDED = (MemoryError, RecursionError)
UNWRITABLE = (*UNBOUNDED, AttributeError, TypeError, ValueError)

Kind = Literal["raised", "syntax", "late", "missing", "too_much", "not_writable"]


def from_exception(
    error: BaseException, files: Sequence[str], kind: Kind = "raised"
) -> schema.Fault:
    """Type, message and line, without trusting any of them to be well-behaved."""
    file, line = _place(error.__traceback__, files)
    return schema.Fault(
        kind,
        text(str(type.__getattribute__(type(error), "__name__")), 100),
        _nearest_builtin(type(error)),
        text(_words(error), MAX_TEXT),
        line,
        bonus=file > 0,
    )


def while_looking(
    error: BaseException, files: Sequence[str], kind: Kind = "raised"
) -> schema.Fault:
    """The fault of an error met while we read or wrote an object's arrays.

    Ours where none of the student's code was running; but what is too deep or too large for us, or
    refuses to be written, is the student's object.
    """
    fault = from_exception(error, files, kind)
    theirs = UNWRITABLE if kind == "not_writable" else UNBOUNDED
    return msgspec.structs.replace(fault, ours=not fault.line and not isinstance(error, theirs))


def _nearest_builtin(kind: type[BaseException]) -> str:
    for base in kind.__mro__:
        if getattr(builtins, base.__name__, None) is base:
            return str(base.__name__)
    return "Exception"


def _words(error: BaseException) -> str:
    try:
        return str(str(error))
    except BaseException:  # noqa: BLE001 - a message that raises says nothing
        return ""


def _place(trace: types.TracebackType | None, files: Sequence[str]) -> tuple[int, int]:
    """Which of the student's own files, and the innermost line in one of them; 0 without any."""
    place = (0, 0)
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in files:
            place = (files.index(trace.tb_frame.f_code.co_filename), trace.tb_lineno)
        trace = trace.tb_next
    return place
