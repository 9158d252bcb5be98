"""What of a broken source still counts, and what is a stub."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from grader import contract
from grader.sandbox.worker import source

CLASS = """
class SimpleRNN:
    def __init__(self, i, h, o):
        self.h = h
    def forward(self, x):
        return x
"""


GIVEN = {"get_ipython", "display", "grader"}  # for programs exported from a notebook


@pytest.fixture(autouse=True)
def _own_module() -> Any:
    yield
    sys.modules.pop(source.MODULE, None)


def names(text: str, seconds: float = 20.0, until: int = 0) -> tuple[set[str], Any]:
    module, fault = source.run(text, seconds, until)
    return {name for name in vars(module) if not name.startswith("__")} - GIVEN, fault


@pytest.mark.parametrize(
    ("broken", "kind", "line"),
    [
        ("x = (1,\n", "syntax", 7),
        ("x = '''\n", "syntax", 7),
        ("def f(:\n    pass\n", "syntax", 7),
        ("  indented = 1\n", "syntax", 7),
        ("\x00\n", "syntax", 0),
        ("raise ValueError('late')\n", "raised", 7),
        ("from no_such_module.part import x\nx.y\nfrom .near import y\n", "raised", 9),
        ("import sys; sys.exit()\n", "raised", 7),
        ("def f():\n    return 1 / 0\nf()\n", "raised", 8),
    ],
)
def test_what_stands_above_an_error_is_defined(broken: str, kind: str, line: int) -> None:
    found, fault = names(CLASS + broken + "after = 1\n")
    assert "SimpleRNN" in found
    assert "after" not in found
    assert (fault.kind, fault.line) == (kind, line)


def test_methods_above_a_broken_method_are_defined() -> None:
    module, fault = source.run(CLASS + "    def backward(self, d):\n        retrun d d\n", 20.0, 0)
    assert vars(vars(module)["SimpleRNN"]).keys() >= {"__init__", "forward"}
    assert "backward" not in vars(vars(module)["SimpleRNN"])
    assert fault is not None


def test_a_file_of_nothing_defines_nothing() -> None:
    for text in ("", "\n\n", "# only a comment\n", "'''docstring'''", "\ufeff"):
        found, _ = names(text)
        assert found == set()


def test_main_blocks_are_not_run() -> None:
    found, fault = names("a = 1\nif __name__ == '__main__':\n    b = 2\n")
    assert found == {"a"}
    assert fault is None


@pytest.mark.parametrize(
    "loop", ["while True: pass", "while True:\n    try:\n        1 / 0\n    except Exception: pass"]
)
def test_an_import_that_takes_too_long_is_stopped_at_its_line(loop: str) -> None:
    found, fault = names(f"a = 1\ndef f():\n    return 1\n{loop}\nb = 2\n", seconds=0.2)
    assert found == {"a", "f"}
    assert fault.kind == "late"
    assert fault.line >= 4
    found, fault = names(f"a = 1\n{loop}\n", until=2)
    assert found == {"a"}
    assert fault is None


def test_deep_nesting_is_a_fault_and_no_crash() -> None:
    found, fault = names("a = 1\nb = " + "(" * 10_000 + "1" + ")" * 10_000)
    assert found == {"a"}
    assert fault.kind == "syntax"


def _empty() -> None: ...


def _documented() -> None:
    """Only words."""


def _returns_none() -> None:
    return None


def _raises() -> None:
    raise NotImplementedError


def _raises_with_words() -> None:
    raise NotImplementedError("TODO")


def _returns_pair() -> Any:
    return None, None


def _raises_other() -> None:
    raise ValueError


def _assigns() -> None:
    x = 1  # noqa: F841 - a body that does something


def _yields() -> Any:
    yield


@pytest.mark.parametrize(
    ("function", "stub"),
    [
        (_empty, True),
        (_documented, True),
        (_returns_none, True),
        (_raises, True),
        (_raises_with_words, True),
        (_raises_other, False),
        (_assigns, False),
        (_yields, False),
        (_returns_pair, False),
        (staticmethod(_empty), True),
        (len, False),
        (3, False),
    ],
)
def test_stubs_are_told_from_work(function: Any, stub: Any) -> None:
    assert source.is_stub(function) is stub


def test_a_class_says_what_it_lacks() -> None:
    class Base:
        def forward(self) -> int:
            return 1

    class SimpleRNN(Base):
        def backward(self) -> None:
            pass

    defined = source.describe_class("SimpleRNN", SimpleRNN, contract.CLASSES["SimpleRNN"])
    assert defined.stubs == ["backward"]
    assert defined.missing == ["__init__", "update_parameters"]
    assert source.describe_class("SimpleRNN", lambda: None, ("forward",)).missing == []


def test_what_makes_its_objects_in_a_way_of_its_own_lacks_nothing_that_can_be_seen() -> None:
    class Made(type):
        def __call__(cls, *_: Any) -> Any:
            return super().__call__()

    class ByMetaclass(metaclass=Made):
        def __init__(self) -> None:
            pass

    class ByNew:
        def __new__(cls) -> Any:
            return object.__new__(cls)

        def forward(self) -> None: ...

    methods = ("__init__", "forward")
    for cls in (ByMetaclass, ByNew):
        defined = source.describe_class("LSTMCell", cls, methods)
        assert (defined.stubs, defined.missing) == ([], [])
