"""Programs that reach beyond the assignment are listed with the line; honest ones never are."""

from __future__ import annotations

import pytest

from grader.reports.breakout import signs
from tests import BASES, PROGRAMS

HONEST = [
    *(path / "rnn.py" for kind in ("variants", "wrong", "experiments") for path in sorted((PROGRAMS / kind).iterdir())),
    *sorted(BASES.glob("*.py")),
]  # fmt: skip
# Attacks that leave their process, read, write or talk where nothing of theirs is.
REACHING = ("read-", "net-", "kill-", "kernel-", "frame-", "ipc-")
# They do it with nothing but `open` and a path that they are given, or with nothing at all.
UNSEEN = {"read-file-numpy", "read-file-link"}


def found(source: str) -> list[tuple[int, str]]:
    return [(sign.line, sign.what.text) for sign in signs(source)]


def test_no_honest_program_is_listed() -> None:
    listed = {path.parent.name: found(path.read_text("utf-8", "replace")) for path in HONEST}
    assert len(listed) > 100
    assert not {name: signs for name, signs in listed.items() if signs}


@pytest.mark.parametrize("kind", REACHING)
def test_attacks_are_listed(kind: str) -> None:
    attacks = [
        path for path in sorted((PROGRAMS / "attacks").iterdir()) if path.name.startswith(kind)
    ]
    missed = {
        path.name for path in attacks if not found((path / "rnn.py").read_text("utf-8", "replace"))
    }
    assert attacks
    assert missed <= UNSEEN


@pytest.mark.parametrize(
    ("source", "sign"),
    [
        ("import os\n\nos.kill(os.getppid(), 9)", (3, "other processes")),
        ("from os import fork as split\nsplit()", (2, "other processes")),
        ("open('/proc/self/mem')", (1, "files of the system")),
        ("import sys\nsys._getframe(1)", (2, "the variables of whoever calls it")),
        ("try:\n    1 / 0\nexcept Exception as e:\n    e.__traceback__.tb_frame", (4, "the variables of whoever calls it")),
        ("import numpy as np\nnp.testing.assert_allclose = print", (2, "Python's own functions, to replace them")),
        ("import sys\nsys.modules['json'] = None", (2, "Python's own functions, to replace them")),
        ("from solutions import rnn", (1, "the grader's own code")),
        ("import socket\nsocket.socket()", (2, "a network socket")),
    ],
)  # fmt: skip
def test_each_sign_is_named_with_its_line(source: str, sign: tuple[int, str]) -> None:
    assert sign in found(source)


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.makedirs('figures', exist_ok=True)\nprint(os.path.join('a', 'b'))",
        "import sys\nsys.setrecursionlimit(5000)\nsys.stdout.flush()",
        "import ctypes\nctypes.windll.shcore.SetProcessDpiAwareness(1)",
        "import urllib.request\nurllib.request.urlretrieve('https://example.org/SimHei.ttf')",
        "import matplotlib.font_manager as fm\nfm.fontManager.addfont('/usr/share/fonts/x.ttf')",
        "import builtins\nprint(builtins.max(1, 2))",
        "import socket\nprint(socket.gethostname())",
        "import otter\ngrader = otter.Notebook('rnn.ipynb')",
        "import gc\ngc.collect()",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)",
        "path = '/home/me/proc/sys/data.csv'",
        "text = 'see solutions of exercise 3, and /proc'",
    ],
)
def test_what_honest_people_write_is_no_sign(source: str) -> None:
    assert found(source) == []


def test_what_does_not_parse_is_passed_over() -> None:
    assert found("import os\nos.kill(") == []
    assert found("import os\n" + "(" * 5000) == []
