"""A mistake in `assignment.toml` is one line: file, line, place, and what to write instead."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import assignment
from grader.faults import BadFile
from grader.language import SWITCH, render
from tests import ROOT

TEXT = assignment.PATH.read_text(encoding="utf-8")


def reason(tmp_path: Path, old: str, new: str) -> BadFile:
    assert old in TEXT
    path = tmp_path / "assignment.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadFile) as raised:
        assignment.read(path)
    return raised.value


def line_of(words: str, nth: int = 1) -> int:
    lines = [number for number, line in enumerate(TEXT.splitlines(), 1) if words in line]
    return lines[nth - 1]


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("points = 12\n", "pionts = 12\n", "points = 12", "question q2 pionts: there is no pionts; write points"),
        ("points = 12\n", "points = 'twelve'\n", "points = 12", "question q2 points: a number is needed here"),
        ("points = 12\n", "points = -1\n", "points = 12", "question q2 points: points above 0 are needed"),
        ("points = 12\n", "points = inf\n", "points = 12", "question q2 points: points above 0"),
        ("points = 12\n", "points = 12 twelve\n", "points = 12", "this is no TOML"),
        ('name = "q2"', 'name = "q1"', 'name = "q2"', "question q1 name: q1 stands there twice"),
        ('name = "q2"', "name = 2", 'name = "q2"', "question #2 name: a text in quotes is needed here"),
        ("late_penalty = 0.1", "late_penalty = 10", "late_penalty = 0.1", "a share between 0 and 1"),
        ('deadline = ""', 'deadline = "soon"', "deadline =", "a time like 2025-11-30T23:59:59+08:00"),
        ('deadline = ""', "deadline = 2025-11-30", "deadline =", "a text in quotes is needed here"),
        ("bonus = 5", "bonus = -5", "bonus = 5", "points from 0 up are needed"),
        ("call_seconds = 5.0", "call_seconds = 0", "call_seconds", "a number above 0 is needed, not 0"),
        ("steps = 8\n", "steps = 8.5\n", "steps = 8", "learning q5_2 fibonacci steps: a whole number"),
        ("steps = 8\n", "setps = 8\n", "steps = 8", "there is no setps; write steps"),
        ("flat = 1e-6", "flat = nan", "flat = 1e-6", "learning q5_1 flat: a number above 0"),
        ("in_order = 0.6", "in_order = [0.6]", "in_order", "a number is needed here, not a list"),
    ],
)  # fmt: skip
def test_every_mistake_says_where_and_what_to_do(
    tmp_path: Path, old: str, new: str, at: str, words: str
) -> None:
    found = reason(tmp_path, old, new)
    text = str(found.reason)
    assert text.startswith(f"assignment.toml, line {line_of(at)}")
    assert words in text
    assert "\n" not in text
    assert render(found.reason, "zh").startswith("assignment.toml 第 ")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("points = 12\n", "\n", "question q2: points is missing; add it"),
        ("[mail]", "[post]", "there is no post"),
        ('title.en = "Part 2: questions"', "", "question q2 title: title.en is missing; add it"),
        ("[tolerances]", "[[tolerances]]", "tolerances: a table is needed here, not a list"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert words in str(reason(tmp_path, old, new).reason)


def test_a_file_in_another_encoding_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "assignment.toml"
    path.write_bytes(TEXT.encode("gb18030", "replace"))
    with pytest.raises(BadFile, match="is not UTF-8; save it as UTF-8"):
        assignment.read(path)


@pytest.mark.parametrize("arguments", [["explain", "q4_1"], ["grade", "student/rnn.py"]])
def test_no_command_shows_a_traceback(tmp_path: Path, arguments: list[str]) -> None:
    """A copy of the kit with one wrong word: one line on the screen, exit code 2."""
    for name in ("grader", "solutions", "student"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "grader" / "assignment.toml"
    path.write_text(TEXT.replace("points = 12\n", "pionts = 12\n", 1), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), SWITCH: "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith(
        f"assignment.toml, line {line_of('points = 12')}, question q2 pionts"
    )
