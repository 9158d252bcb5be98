"""A student's source text: compile as much of it as parses, run it, find what it defines."""

from __future__ import annotations

import dis
import inspect
import linecache
import re
import signal
import sys
import types
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from grader.sandbox.worker import schema
from grader.sandbox.worker.exception_fault import from_exception

FILENAME = "rnn.py"
MODULE = "rnn"

_MAX_TRIES = 200  # cuts of a source that does not parse
_START = re.compile(r"\s*(?:def|class|async|@)|[^\s#)\]}]")


class OutOfTime(BaseException):
    """The import ran over its time; no `except Exception` of the student stops it."""


def run(text: str, seconds: float, until: int) -> tuple[types.ModuleType, schema.Fault | None]:
    """Run a source as module `rnn`; what stands above an error is defined all the same.

    `until`: run only what stands above this line (0: everything).
    """
    module = types.ModuleType(MODULE)
    module.__file__ = FILENAME
    # What `jupyter nbconvert --to script` leaves behind where a notebook had magics.
    module.__dict__["get_ipython"] = _NoNotebook
    sys.modules[MODULE] = module
    lines = text.splitlines(keepends=True)
    linecache.cache[FILENAME] = (len(text), None, lines, FILENAME)
    if until:
        text = "".join(lines[: until - 1])
    code, fault = parse(text)
    if code is None:
        return module, fault
    return module, _execute(code, module, seconds) or fault


class _NoNotebook:
    """Stands for IPython: every magic is accepted and does nothing."""

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_arguments, **_named: None


def parse(text: str) -> tuple[types.CodeType | None, schema.Fault | None]:
    """Code of the source, or of the longest part from its start that parses, and the fault."""
    try:
        return _compile(text), None
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 0
        fault = schema.Fault("syntax", type(error).__name__, "", _reason(error), line)
    lines = text.splitlines(keepends=True)
    cuts = [n for n in range(min(line or len(lines), len(lines))) if _START.match(lines[n])]
    for cut in reversed(cuts[-_MAX_TRIES:]):
        try:
            return _compile("".join(lines[:cut])), fault
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None, fault


def _compile(text: str) -> types.CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a docstring is no error
        return compile(text, FILENAME, "exec", dont_inherit=True)


def _reason(error: BaseException) -> str:
    return str(getattr(error, "msg", None) or error)[:200]


def _execute(code: types.CodeType, module: types.ModuleType, seconds: float) -> schema.Fault | None:
    """Run the module's code. The alarm is for honest programs; the examiner has its own clock."""
    running = True

    def ring(_signal: int, _frame: object) -> None:
        if running:
            raise OutOfTime

    previous = signal.signal(signal.SIGALRM, ring)
    # It rings again and again, for the sake of loops with a bare `except:`.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        exec(code, module.__dict__)  # noqa: S102 - this is the job
    except OutOfTime as error:
        running = False
        return schema.Fault("late", line=_statement(error))
    except BaseException as error:  # noqa: BLE001 - sys.exit and the like are faults as well
        running = False
        return from_exception(error, (FILENAME,))
    finally:
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    return None


def _statement(error: BaseException) -> int:
    """Line of the module's own statement that was running."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILENAME:
            return trace.tb_lineno
        trace = trace.tb_next
    return 0


def defined(
    namespace: Mapping[str, Any],
    classes: Mapping[str, tuple[str, ...]],
    functions: tuple[str, ...],
) -> list[schema.Defined]:
    """Which of the names there are, and which of them are only stubs."""
    found = []
    for name, methods in classes.items():
        if callable(namespace.get(name)):
            found.append(describe_class(name, namespace[name], methods))
    for name in functions:
        function = namespace.get(name)
        if callable(function):
            found.append(describe_function(name, function))
    return found


def describe_class(name: str, value: Any, methods: tuple[str, ...]) -> schema.Defined:
    """What of `methods` a class has, and has as a stub. A factory function passes for a class."""
    stubs, missing = [], []
    for method in methods if isinstance(value, type) else ():
        member = next((vars(c)[method] for c in value.__mro__ if method in vars(c)), None)
        if member is None or member is object.__init__:
            missing.append(method)
        elif is_stub(member):
            stubs.append(method)
    return schema.Defined(name, is_class=True, stubs=stubs, missing=missing)


def describe_function(name: str, value: Any) -> schema.Defined:
    stubs = [name] if is_stub(value) else []
    return schema.Defined(name, is_class=False, stubs=stubs, missing=[])


_SILENT = {"RESUME", "NOP", "COPY_FREE_VARS", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "CACHE"}
_RAISING = {"LOAD_GLOBAL", "LOAD_NAME", "PUSH_NULL", "PRECALL", "CALL", "RAISE_VARARGS"}


def is_stub(member: Any) -> bool:
    """Whether a body only passes, returns None, or raises NotImplementedError."""
    if isinstance(member, (staticmethod, classmethod)):
        member = member.__func__
    code = getattr(inspect.unwrap(member), "__code__", None)
    if not isinstance(code, types.CodeType) or code.co_flags & inspect.CO_GENERATOR:
        return False
    instructions = list(dis.get_instructions(code))
    names = {one.opname for one in instructions}
    if names <= _SILENT:
        return all(
            one.argval in (None, Ellipsis) for one in instructions if one.opname in _RETURNING
        )
    return names <= _SILENT | _RAISING and code.co_names == ("NotImplementedError",)


_RETURNING = {"LOAD_CONST", "RETURN_CONST"}
