"""Folders of the student's own machine: what was written there at home is written here.

A program says `np.savetxt("results/losses.csv", ...)` or `os.chdir("D:/ml/rnn")` because that folder
was there. Here it is made, in the working folder, or the working folder stands for it.

This file runs in the worker: it imports the standard library only.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR


def settle() -> None:
    """From here on a folder that is missing stops nobody who writes into it or goes there."""
    change_folder = os.chdir

    def chdir(path: Any) -> None:
        # Somebody else's folder: what the program then reads there is told where it is missing.
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            change_folder(path)

    os.chdir = chdir
    sys.addaudithook(_make_folder)


def _make_folder(event: str, arguments: tuple[Any, ...]) -> None:
    """Before a file is opened for writing: make its folder, where its path is a relative one."""
    if event != "open":
        return
    path, _, flags = arguments
    if not (flags & _WRITES and isinstance(path, str | bytes)):
        return
    folder = os.path.dirname(os.fsdecode(path))  # noqa: PTH120 - no pathlib before need
    if folder and not os.path.isabs(folder):  # noqa: PTH117 - as above
        with contextlib.suppress(OSError):
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - as above
