"""`compare` as a student runs it: tables, plots, and words for what is missing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.commands.compare import compare
from tests import PROGRAMS, ROOT


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(compare, [str(word) for word in words], env={"COLUMNS": "80"})


@pytest.fixture
def own(tmp_path: Path) -> Path:
    for name in ("rnn.py", "bonus.py"):
        shutil.copy(PROGRAMS / "variants" / "bonus-own-simplernn" / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("parameters", "lag 10", "forget gate")), ("zh", ("参数个数", "间隔 10", "遗忘门"))],
)
def test_all_three_are_compared_and_drawn(own: Path, language: str, words: tuple[str, ...]):
    done = run(own / "rnn.py", own / "bonus.py", "--lang", language)
    assert done.exit_code == 0, done.output
    assert all(word in done.output for word in words)
    # 3 and 4 times the parameters of an RNN, at three sizes; one row more for the gradient.
    for name, times in (("SimpleRNN", "1.0"), ("GRUCell", "3.0"), ("LSTMCell", "4.0")):
        rows = re.findall(rf"^ {name} .*$", done.output, re.MULTILINE)
        assert len(rows) == 4
        assert sum(f"× {times}" in row for row in rows) >= 3
    assert max(map(len, done.output.replace(str(own), "").splitlines())) <= 80
    for name in ("parameters", "time", "gradient"):
        svg = (own / "plots" / f"compare-{name}.svg").read_text(encoding="utf-8")
        assert svg.startswith("<svg")
        assert str(own / "plots" / f"compare-{name}.svg") in done.output


def test_the_folder_is_enough_and_without_bonus_two_are_compared(own: Path):
    (own / "bonus.py").unlink()
    done = run(own, "--lang", "en")
    assert done.exit_code == 0
    assert "bonus.py" in done.output
    assert "LSTMCell  " in done.output
    assert "GRUCell  " not in done.output


def test_a_skeleton_says_what_is_missing():
    done = run(ROOT / "student" / "rnn.py", "--lang", "en")
    assert done.exit_code == 1
    assert "SimpleRNN.__init__ is not implemented yet." in done.output
    assert "of SimpleRNN" not in done.output


def test_nothing_to_compare_is_wrong_use(tmp_path: Path):
    assert run(tmp_path).exit_code == 2
