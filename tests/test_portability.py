"""What a program needs and a machine may lack, told from its text; and what becomes of its grade."""

from __future__ import annotations

import sys

import pytest

from grader.grading import Settings, grade
from grader.portability import OLDEST, needs_newer, needs_others, words
from grader.records import Status, Submission
from tests import PROGRAMS

# Source -> the Python that it needs, where the oldest that is promised is too old for it.
NEWER = {
    'f"{x["a"]}"': (3, 12),
    "f'{\"\\n\".join(x)}'": (3, 12),
    'f"{f"{x}"}"': (3, 12),
    'f"{x # why\n}"': (3, 12),
    'f"{\nx}"': (3, 12),
    "type X = int": (3, 12),
    "type X[T] = list[T]": (3, 12),
    "def f[T](x: T): pass": (3, 12),
    "class A[T]: pass": (3, 12),
    "class A[T = int]: pass": (3, 13),
    't"hello {x}"': (3, 14),
    "try:\n    pass\nexcept ValueError, TypeError:\n    pass": (3, 14),
    "from typing import override": (3, 12),
    "import typing\n@typing.override\ndef f(): pass": (3, 12),
    "from itertools import batched": (3, 12),
    "import itertools as it\nit.batched([1], 1)": (3, 12),
    "from warnings import deprecated": (3, 13),
    "import copy\ncopy.replace": (3, 13),
    "import annotationlib": (3, 14),
    "from string.templatelib import Template": (3, 14),
}
OLD_ENOUGH = (
    "f\"{d['a']}\"",
    'f"""{d["a"]}"""',
    'f"{x:{w}.3f} {y!r:>{n}} {{}} {z=}"',
    "f\"{'=' * 20}\"",
    'f"{x != y}"',
    'rf"\\d{x}"',
    "type = 3\ntype(x)",
    "x[1] = 2",
    "'type X = 3'",
    "# type X = int",
    "try:\n    pass\nexcept (ValueError, TypeError):\n    pass",
    "try:\n    from typing import override\nexcept ImportError:\n    override = lambda f: f",
    "import sys\nif sys.version_info >= (3, 12):\n    from typing import override",
    "if __name__ == '__main__':\n    from itertools import batched",
    "from typing import Self",
    "import numpy as np\nnp.batched",
    "match x:\n    case 1: pass",
)
OTHERS = {
    "from multiprocessing import Pool\nwith Pool(2) as p: pass": ["process"],
    "import multiprocessing as mp\nmp.get_context('fork').Pool()": ["process"],
    "import multiprocessing\nmultiprocessing.Process(target=print).start()": ["process"],
    "from concurrent.futures import ProcessPoolExecutor as P\nP().map(abs, [1])": ["process"],
    "import os\nos.fork()": ["process"],
    "import subprocess\nsubprocess.run(['ls'])": ["program"],
    "import os\nos.system('cls')": ["program"],
    "from urllib.request import urlopen\nurlopen('http://x')": ["network"],
    "import numpy as np\nnp.loadtxt('https://x/y.csv')": ["network"],
    "import socket\nsocket.socket()": ["network"],
    "import multiprocessing\nmultiprocessing.cpu_count()": [],
    "from multiprocessing.dummy import Pool\nPool(2)": [],
    "from concurrent.futures import ThreadPoolExecutor\nThreadPoolExecutor()": [],
    "import multiprocessing as mp\nif __name__ == '__main__':\n    mp.Pool(2)": [],
    "import numpy as np\nnp.loadtxt('data.csv')": [],
    "class Pool: pass\nPool()": [],
}
HABITS = {
    "syntax": ('"""x"""\n', 'NAME = f"rnn-{"-".join(["a"])}"\n', "f-string"),
    "import": ("", "from typing import override\n", "typing.override"),
}


@pytest.mark.parametrize("source", NEWER)
def test_a_newer_python_is_named(source: str) -> None:
    found = needs_newer(source, OLDEST)
    assert {need.version for need in found} >= {NEWER[source]}
    assert max(need.version for need in found) == NEWER[source]


@pytest.mark.parametrize("source", OLD_ENOUGH)
def test_what_the_oldest_python_runs_is_not_complained_of(source: str) -> None:
    assert needs_newer(source, OLDEST) == []


def test_no_program_of_the_suite_needs_a_newer_python() -> None:
    for path in sorted(PROGRAMS.glob("variants/*/rnn.py"))[::4]:
        assert needs_newer(path.read_text(encoding="utf-8"), OLDEST) == [], path.parent.name


@pytest.mark.parametrize("source", OTHERS)
def test_processes_programs_and_the_network_are_found(source: str) -> None:
    assert [need.kind for need in needs_others(source)] == OTHERS[source]


def test_a_need_is_said_with_its_line() -> None:
    (need,) = needs_others("import os\n\nos.system('cls')")
    assert str(words(need)) == "Line 3: os.system(…). The grader runs no other programs."
    (need,) = needs_newer("from typing import override")
    assert str(words(need)).startswith("Line 1: typing.override needs Python 3.12; the grader may")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python runs them")
@pytest.mark.parametrize("habit", HABITS)
def test_where_this_python_is_too_old_a_person_decides(habit: str) -> None:
    above, line, what = HABITS[habit]
    graded = grade(
        Submission("s", "n", f"{above}{line}"), Settings(secret=b"", public_only=True, only="q5_1")
    )
    assert graded.status is Status.NEEDS_REVIEW
    notes = " ".join(map(str, graded.notes))
    assert what in notes
    assert "needs Python 3.12; this grader runs 3.11" in notes
    assert f"Line {1 + above.count(chr(10))}" in notes
    assert "/" not in notes.replace("rnn.py", "")
