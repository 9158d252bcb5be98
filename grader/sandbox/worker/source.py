"""A student's source text: compile as much of it as parses, run it, find what it defines."""

from __future__ import annotations

import contextlib
import dis
import inspect
import linecache
import os
import re
import signal
import sys
import types
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from grader.sandbox.worker import cells, schema, stand_ins
from grader.sandbox.worker.exception_fault import from_exception

FILENAME = "rnn.py"
MODULE = "rnn"
BONUS_FILENAME = "bonus.py"
BONUS_MODULE = "bonus"

_MAX_TRIES = 200  # cuts of a source that does not parse
_START = re.compile(r"\s*(?:def|class|async|@)|[^\s#)\]}]")


class OutOfTime(BaseException):
    """The import ran over its time; no `except Exception` of the student stops it."""


def run(
    text: str, seconds: float, until: int, path: str = FILENAME, asked: tuple[str, ...] = ()
) -> tuple[types.ModuleType, schema.Fault | None]:
    """Run a source as module `rnn`; what stands above an error is defined all the same.

    until: run only what stands above this line (0: everything); of a notebook, leave its cell out.
    path: of the module's file. asked: the names that a notebook should define.
    """
    lines = text.splitlines(keepends=True)
    linecache.cache[path] = (len(text), None, lines, path)
    stand_ins.install(text)
    try:
        if cells.is_notebook(text):
            return _run_notebook(text, seconds, until, path, asked)
        return _run_script("".join(lines[: until - 1]) if until else text, seconds, path)
    finally:
        stand_ins.loaded()


def run_bonus(
    text: str, seconds: float, path: str = BONUS_FILENAME
) -> tuple[types.ModuleType, schema.Fault | None]:
    """Run a second source as module `bonus`, which may import from `rnn`; not where that has run it."""
    imported = sys.modules.get(BONUS_MODULE)
    if imported is not None:
        return imported, None
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    stand_ins.install(text)
    try:
        module, fault = _run_script(text, seconds, path, BONUS_MODULE)
    finally:
        stand_ins.loaded()
    return module, None if fault is None else msgspec.structs.replace(fault, bonus=True)


def _run_script(
    text: str, seconds: float, path: str, name: str = MODULE
) -> tuple[types.ModuleType, schema.Fault | None]:
    module = _module(name, path)
    code, fault = parse(text, path)
    if code is None:
        return module, fault
    run_all = partial(exec, code, module.__dict__)
    return module, _execute(run_all, seconds, path) or fault


def _run_notebook(
    text: str, seconds: float, until: int, path: str, asked: tuple[str, ...]
) -> tuple[types.ModuleType, schema.Fault | None]:
    modules: list[types.ModuleType] = []

    def fresh() -> cells.Kernel:
        # A notebook's cells are `__main__`; what looks a class's module up finds it there.
        modules.append(_module("__main__", path))
        return cells.Kernel(modules[-1].__dict__, path)

    def missing(namespace: Mapping[str, Any]) -> int:
        return sum(not callable(namespace.get(name)) for name in asked)

    best = cells.run(text, fresh, partial(_execute, path=path), missing, seconds, until)
    module = next(one for one in modules if one.__dict__ is best.kernel.namespace)
    sys.modules[MODULE] = sys.modules["__main__"] = module
    return module, best.fault


def _module(name: str, path: str) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__file__ = path
    # Also for scripts: `jupyter nbconvert --to script` leaves calls of get_ipython behind.
    module.__dict__.update(stand_ins.jupyter(module.__dict__))
    sys.modules[name] = module
    if name != BONUS_MODULE:  # a notebook's program is `__main__`, and `rnn` for whoever imports it
        sys.modules[MODULE] = module
    return module


def write(text: str, folder: str, name: str = FILENAME) -> str:
    """The source as a file of its own, for programs that look for it; its path."""
    path = os.path.join(folder, name)  # noqa: PTH118 - as in landlock, no pathlib before need
    with contextlib.suppress(OSError), open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - as above
        file.write(text)
    return path


def parse(text: str, path: str = FILENAME) -> tuple[types.CodeType | None, schema.Fault | None]:
    """Code of the source, or of the longest part from its start that parses, and the fault."""
    try:
        return _compile(text, path), None
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 0
        fault = schema.Fault("syntax", type(error).__name__, "", _reason(error), line)
    lines = text.splitlines(keepends=True)
    cuts = [n for n in range(min(line or len(lines), len(lines))) if _START.match(lines[n])]
    for cut in reversed(cuts[-_MAX_TRIES:]):
        try:
            return _compile("".join(lines[:cut]), path), fault
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None, fault


def _compile(text: str, path: str) -> types.CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a docstring is no error
        return compile(text, path, "exec", dont_inherit=True)


def _reason(error: BaseException) -> str:
    return str(getattr(error, "msg", None) or error)[:200]


def _execute(action: Callable[[], None], seconds: float, path: str) -> schema.Fault | None:
    """Run the program or a cell. The alarm is for honest ones; the examiner has its own clock."""
    running = True

    def ring(_signal: int, _frame: object) -> None:
        if running:
            raise OutOfTime

    previous = signal.signal(signal.SIGALRM, ring)
    # It rings again and again, for the sake of loops with a bare `except:`.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        action()
    except OutOfTime as error:
        running = False
        return schema.Fault("late", line=_statement(error, path))
    except BaseException as error:  # noqa: BLE001 - sys.exit and the like are faults as well
        running = False
        return from_exception(error, (path,))
    finally:
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    return None


def _statement(error: BaseException, path: str) -> int:
    """Line of the module's own statement that was running."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
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


def chosen(
    names: tuple[str, ...], first: Mapping[str, Any], second: Mapping[str, Any]
) -> dict[str, Any]:
    """What of these names counts as the second source has it: not a stub that the first has written."""
    found = {name: second.get(name) for name in names}
    return {
        name: value
        for name, value in found.items()
        if callable(value) and not (callable(first.get(name)) and _untouched(value))
    }


def _untouched(value: Any) -> bool:
    """Whether nothing of a class or function is written yet: all that it defines are stubs."""
    if not isinstance(value, type):
        return is_stub(value)
    members = [member for member in vars(value).values() if isinstance(member, types.FunctionType)]
    return bool(members) and all(map(is_stub, members))


def describe_class(name: str, value: Any, methods: tuple[str, ...]) -> schema.Defined:
    """What of `methods` a class has, and has as a stub. A factory function passes for a class."""
    stubs, missing = [], []
    is_seen = isinstance(value, type) and not _is_made_elsewhere(value)
    for method in methods if is_seen else ():
        member = next((vars(c)[method] for c in value.__mro__ if method in vars(c)), None)
        if member is None or member is object.__init__:
            missing.append(method)
        elif is_stub(member):
            stubs.append(method)
    return schema.Defined(name, is_class=True, stubs=stubs, missing=missing)


def _is_made_elsewhere(value: type) -> bool:
    """Whether a metaclass or a `__new__` of the program's own makes the objects, of whatever class."""
    made = any("__new__" in vars(base) for base in value.__mro__[:-1])
    return made or type(value).__call__ is not type.__call__


def describe_function(name: str, value: Any) -> schema.Defined:
    stubs = [name] if is_stub(value) else []
    return schema.Defined(name, is_class=False, stubs=stubs, missing=[])


_SILENT = {"RESUME", "NOP", "COPY_FREE_VARS", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "CACHE"}
_STUB_NAMES = ((), ("NotImplementedError",))
_RAISING = {"LOAD_GLOBAL", "LOAD_NAME", "PUSH_NULL", "PRECALL", "CALL", "RAISE_VARARGS"}


def is_stub(member: Any) -> bool:
    """Whether a body only passes, returns None, or raises NotImplementedError."""
    if isinstance(member, (staticmethod, classmethod)):
        member = member.__func__
    code = getattr(inspect.unwrap(member), "__code__", None)
    if not isinstance(code, types.CodeType) or code.co_flags & inspect.CO_GENERATOR:
        return False
    if code.co_names not in _STUB_NAMES:  # as of nearly all that is written: `dis` takes long
        return False
    instructions = list(dis.get_instructions(code))
    names = {one.opname for one in instructions}
    if names <= _SILENT:
        return all(
            one.argval in (None, Ellipsis) for one in instructions if one.opname in _RETURNING
        )
    return names <= _SILENT | _RAISING


_RETURNING = {"LOAD_CONST", "RETURN_CONST"}
