"""`pack` with a bonus.py beside the program: right, broken, importing too much, untouched, missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.intake.collect import collect
from grader.intake.collection import IntakeRules
from grader.pack.complaints import Severity
from tests import ROOT
from tests.pack.test_pack import folder, packed, problems

__all__ = ["folder"]  # a fixture
SENT = "ml-6-张三-2023001-bonus.py"
RIGHT = (ROOT / "solutions" / "bonus.py").read_text(encoding="utf-8")
TORCH = RIGHT.replace("x * self._mask", "torch.tensor(x * self._mask)") + "\nimport torch\n"


def sent(folder: Path) -> set[str]:
    out = folder / "out"
    return {path.name for path in out.iterdir()} if out.is_dir() else set()


def test_a_right_one_is_sent_and_read_back(folder: Path) -> None:
    (folder / "bonus.py").write_text(RIGHT, encoding="utf-8")
    assert problems(packed(folder)) == []
    assert (folder / "out" / SENT).read_text(encoding="utf-8") == RIGHT
    mails = folder / "mails"
    mails.mkdir()
    (mails / "one.eml").write_bytes((folder / "out" / "ml-6-张三-2023001.eml").read_bytes())
    (found,) = collect([mails], IntakeRules(None)).submissions
    assert found.bonus == RIGHT


@pytest.mark.parametrize(
    "text",
    ["class GRUCell:\n    def forward(self, x, h:\n        return h\n", TORCH],
    ids=["syntax", "import"],
)
def test_a_broken_one_is_not_sent(folder: Path, text: str) -> None:
    (folder / "bonus.py").write_text(text, encoding="utf-8")
    result = packed(folder)
    (about,) = [one for one in result.findings if one.severity is Severity.ERROR]
    assert about.file == "bonus.py"
    assert sent(folder) == set()


@pytest.mark.parametrize("there", [True, False], ids=["as handed out", "missing"])
def test_what_nobody_wrote_is_not_sent(folder: Path, *, there: bool) -> None:
    if there:
        (folder / "bonus.py").write_bytes((ROOT / "student" / "bonus.py").read_bytes())
    assert problems(packed(folder)) == []
    assert sent(folder)
    assert SENT not in sent(folder)
