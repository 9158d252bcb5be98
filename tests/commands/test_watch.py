"""`watch` grades again when the content of the file changed, however the editor saved it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.commands.watch import saves


def soon(action: Callable[[], object]) -> threading.Thread:
    """Act once the watcher stands."""

    def act() -> None:
        time.sleep(1)
        action()

    thread = threading.Thread(target=act)
    thread.start()
    return thread


def replaced(path: Path, text: str) -> None:
    """Save as vim does: write beside, then put it in the file's place."""
    beside = path.with_suffix(".tmp")
    beside.write_text(text)
    beside.replace(path)


@pytest.mark.parametrize("save", [Path.write_text, replaced], ids=["in place", "by renaming"])
def test_a_save_is_seen(save: Callable[[Path, str], object], tmp_path: Path):
    program = tmp_path / "rnn.py"
    program.write_text("x = 1\n")
    times = saves(program)
    next(times)  # the first run is at once
    thread = soon(lambda: save(program, "x = 2\n"))
    next(times)
    thread.join()
    assert program.read_text() == "x = 2\n"


def test_other_files_and_unchanged_saves_are_not(tmp_path: Path):
    program = tmp_path / "rnn.py"
    program.write_text("x = 1\n")
    seen: list[str] = []

    def act() -> None:
        program.write_text("x = 1\n")
        (tmp_path / "other.py").write_text("y = 1\n")
        time.sleep(1)
        seen.append("quiet so far")
        program.write_text("x = 3\n")

    times = saves(program)
    next(times)
    thread = soon(act)
    next(times)
    thread.join()
    assert seen == ["quiet so far"]


def test_a_save_while_the_grader_is_busy_is_seen_afterwards(tmp_path: Path):
    program = tmp_path / "rnn.py"
    program.write_text("x = 1\n")
    times = saves(program)
    next(times)
    program.write_text("x = 2\n")  # nobody is watching yet
    next(times)
