"""One run at a time on an OUT folder.

SQLite's own file lock on an empty database: it works on every system that the store works on, and
the system lets go of it however the holder ends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.faults import KitFault
from grader.language import say

NAME = ".lock"


@contextmanager
def only_run(out: Path) -> Iterator[None]:
    """Hold the OUT folder. Raises KitFault where another run holds it."""
    connection = sqlite3.connect(out / NAME, isolation_level=None, timeout=0.0)
    try:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise KitFault(
                say(
                    "Another run is writing to {out}. Wait for its end, or choose another OUT.",
                    out=str(out),
                )
            ) from error
        yield
    finally:
        connection.close()
