"""The chores, as `make` would run them."""

from __future__ import annotations

import os
import shlex
import subprocess

import pytest

from tests import ROOT


def called(*arguments: str) -> list[str]:
    """The arguments that the kit would get from a target."""
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in ("OUT", "ARGS")},
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(each for each in done.stdout.splitlines() if " -m grader grade " in each)
    words = shlex.split(line)
    return words[words.index("grade") + 1 :]


def out(words: list[str]) -> str:
    return words[words.index("--out") + 1]


def test_ones_own_work_and_a_class_do_not_share_a_folder() -> None:
    assert out(called("grade")) != out(called("batch"))


@pytest.mark.parametrize("target", ["grade", "batch"])
def test_a_folder_may_be_named(target: str) -> None:
    assert out(called(target, "OUT=there")) == "there"


def test_paths_with_blanks_stay_whole() -> None:
    words = called("batch", "SUBMISSIONS=my inbox/week 6", "OUT=my results", "ARGS=--lang zh")
    assert words == ["my inbox/week 6", "--out", "my results", "--lang", "zh"]
