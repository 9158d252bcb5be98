"""What stands for libraries that are not here: IPython for good, others while a program loads.

A notebook shows things with IPython; nothing of that is judged, so everything of it is accepted
and does nothing. Another library that a program imports at its top level (`import pandas as pd` is
the first line of many notebooks) is accepted while the program loads; from then on whatever uses it
gets the ModuleNotFoundError that the import would have raised. An import within
`try ... except ImportError`, or within a function, fails as everywhere.
"""

from __future__ import annotations

import ast
import gc
import importlib.machinery
import os
import sys
import types
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import cache
from typing import Any

# Jupyter's own, the handout's check cells, and what ctypes has on Windows only.
FOR_GOOD = frozenset({"IPython", "ipykernel", "ipywidgets", "matplotlib_inline", "otter", "ctypes"})
HANDOUT = "grader.handout"
_VERSION = "99.0.0"  # newer than whatever a program asks for
_PYTHON_MAGICS = frozenset({"time", "timeit", "capture", "prun", "python", "python3"})


class Libraries:
    """The finder that is asked last: what a program imports is read when something is not found."""

    def __init__(self) -> None:
        self.texts: list[str] = []  # of the programs
        self.names: list[str] = []  # of the modules that stand in for others
        self.loading = True

    def find_spec(
        self, name: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A stand-in for a library that nobody else has found."""
        root = name.partition(".")[0]
        known = root in FOR_GOOD or name.startswith(HANDOUT)
        part = isinstance(sys.modules.get(root), _Module)
        asked = self.loading and (name == root or _is_shared(root))
        wanted = asked and any(root in top_level_imports(text) for text in self.texts)
        if known or part or wanted:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]  # no ABC needed
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        self.names.append(spec.name)
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run; matplotlib compares the version of an IPython that is loaded."""
        if module.__name__ == "IPython":
            module.__dict__["version_info"] = (9, 0, 0)

    def gone(self, path: str) -> bool:
        """Whether what is used is missing by now."""
        root = path.partition(".")[0]
        return not (self.loading or root in FOR_GOOD or path.startswith(HANDOUT))


LIBRARIES = Libraries()


def install(text: str) -> None:
    """From here on stand in for Jupyter, and for what this program imports at its top level."""
    if LIBRARIES not in sys.meta_path:
        sys.meta_path.append(LIBRARIES)
    LIBRARIES.loading = True
    LIBRARIES.texts.append(text)


def loaded() -> None:
    """The program is loaded: what is missing is missing, also for others that look for it.

    matplotlib asks `sys.modules` for torch, pandas and jax when it draws.
    """
    LIBRARIES.loading = False
    for name in filter(LIBRARIES.gone, LIBRARIES.names):
        if isinstance(sys.modules.get(name), _Module):
            del sys.modules[name]


@cache
def top_level_imports(text: str) -> frozenset[str]:
    """The libraries that a program imports outside functions, and nobody catches it."""
    found: set[str] = set()
    try:
        waiting: list[ast.stmt] = list(parsed(text).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.If | ast.With | ast.For | ast.While):
            waiting += [*node.body, *getattr(node, "orelse", [])]
    return frozenset(found)


def parsed(text: str, path: str = "rnn.py") -> ast.Module:
    """The text as a tree. Raises SyntaxError, ValueError, RecursionError or MemoryError.

    Up to 3.11.8 CPython miscounts its depth where the garbage collector runs code of ours meanwhile
    (gh-106905), so it waits.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(text, path)
    finally:
        if collecting:
            gc.enable()


def _is_shared(root: str) -> bool:
    """Whether several libraries share this name: protobuf brings `google`, and no google.colab."""
    module = sys.modules.get(root)
    return module is not None and getattr(module, "__file__", None) is None


def _used(path: str) -> None:
    if LIBRARIES.gone(path):
        root = path.partition(".")[0]
        raise ModuleNotFoundError(f"No module named {root!r}", name=root)


class _Module(types.ModuleType):
    """A library of which everything can be had."""

    def __getattr__(self, name: str) -> Any:
        return _part(self.__name__, name)


class StandIn:
    """A class, a function or an object of such a library: anything may be done with it."""

    def __init__(self, path: str) -> None:
        object.__setattr__(self, "_path", path)

    def __getattr__(self, name: str) -> Any:
        return _part(self._path, name)

    def __setattr__(self, _name: str, _value: object) -> None:
        _used(self._path)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """As a decorator it leaves what it decorates."""
        _used(self._path)
        only = arguments[0] if len(arguments) == 1 and not named else None
        return only if isinstance(only, types.FunctionType | type) else self

    def __getitem__(self, _key: object) -> Any:
        _used(self._path)
        return self

    def __setitem__(self, _key: object, _value: object) -> None:
        _used(self._path)

    def __iter__(self) -> Iterator[Any]:
        _used(self._path)
        return iter(())

    def __len__(self) -> int:
        _used(self._path)
        return 0

    def __enter__(self) -> Any:
        _used(self._path)
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def __await__(self) -> Generator[Any, Any, Any]:
        """`await piplite.install("numpy")` waits for nothing."""
        _used(self._path)
        yield from ()
        return self

    def _itself(self, *_: object) -> Any:
        _used(self._path)
        return self

    def _no(self, *_: object) -> bool:
        _used(self._path)
        return False

    def _yes(self, _other: object) -> bool:
        """Whoever compares asks for new enough and many enough: `device_count() > 0`."""
        _used(self._path)
        return True

    def _nothing(self) -> int:
        _used(self._path)
        return 0

    def __float__(self) -> float:
        return float(self._nothing())

    def __format__(self, _specification: str) -> str:
        """`f"{torch.cuda.memory_allocated() / 1024**2:.1f} MB"`."""
        _used(self._path)
        return str(self._path)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _itself
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _itself
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __and__ = __or__ = _itself
    __neg__ = __pos__ = __abs__ = __invert__ = __round__ = _itself
    __lt__ = __le__ = __contains__ = __instancecheck__ = _no
    __gt__ = __ge__ = _yes
    __int__ = __index__ = _nothing

    def __mro_entries__(self, _bases: Sequence[object]) -> tuple[type, ...]:
        """A class may inherit from it; it inherits nothing."""
        return ()


def _part(path: str, name: str) -> Any:
    if name == "__version__":
        _used(path)
        return _VERSION
    if name.startswith("__"):
        raise AttributeError(name)
    _used(path)
    if name.endswith("Warning"):  # `warnings.filterwarnings` and `except` want classes
        return type(name, (Warning,), {})
    if name.endswith(("Error", "Exception")):
        return type(name, (Exception,), {})
    return StandIn(f"{path}.{name}")


class Shell:
    """What `get_ipython()` gives: magics of Python code run it, all else does nothing."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.user_ns = namespace

    def write_cell(self, name: str, mode: str) -> None:
        """`%%writefile NAME`: the rest of the cell is a file that others may import."""
        text = self.user_ns["In"][-1].partition("write_cell(")[2].partition("\n")[2]
        folder = os.path.dirname(name)  # noqa: PTH120 - as in landlock, no pathlib before need
        if folder:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - as above
        with open(name, mode, encoding="utf-8") as file:  # noqa: PTH123 - as above
            file.write(text)
        importlib.invalidate_caches()

    def run_line_magic(self, name: str, line: str = "", *_: Any, **__: Any) -> None:
        if name in ("time", "prun"):
            exec(line, self.user_ns)  # noqa: S102 - the student's own code

    def run_cell_magic(self, name: str, _line: str = "", cell: str = "") -> None:
        if name in _PYTHON_MAGICS:
            exec(cell, self.user_ns)  # noqa: S102 - as above

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_arguments, **_named: None


def jupyter(namespace: dict[str, Any]) -> dict[str, Any]:
    """The names that a notebook finds without importing them."""
    shell = Shell(namespace)
    return {
        "get_ipython": lambda: shell,
        "display": StandIn("IPython.display.display"),
        "grader": StandIn(HANDOUT),  # `for question in questions: grader.check(question)`
    }
