"""From an exception in a student's code to the `Fault` that travels."""

from __future__ import annotations

import builtins
import types
from collections.abc import Collection
from typing import Literal

from grader.sandbox.worker import schema
from grader.sandbox.worker.values import text

MAX_TEXT = 500  # characters of an exception's message

Kind = Literal["raised", "syntax", "late", "missing", "too_much", "not_writable"]


def from_exception(
    error: BaseException, files: Collection[str], kind: Kind = "raised"
) -> schema.Fault:
    """Type, message and line, without trusting any of them to be well-behaved."""
    return schema.Fault(
        kind,
        text(str(type.__getattribute__(type(error), "__name__")), 100),
        _nearest_builtin(type(error)),
        text(_words(error), MAX_TEXT),
        _line(error.__traceback__, files),
    )


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


def _line(trace: types.TracebackType | None, files: Collection[str]) -> int:
    """The innermost line in the student's own file; 0 where there is none."""
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in files:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
