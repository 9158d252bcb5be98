"""Standard output and error of a worker: real text streams, whose bytes are kept for the examiner.

This file runs on both sides: it imports the standard library and its siblings only.
"""

from __future__ import annotations

import contextlib
import io
import sys
from typing import Any

from grader.sandbox.worker.values import text

MAX_PRINTED = 4_000  # characters kept of what one request printed
_MOST_BYTES = 4  # of one character in UTF-8


class Printed:
    """Keeps the start of what a student prints, and counts on."""

    def __init__(self) -> None:
        self.kept = bytearray()
        self.room = _MOST_BYTES * MAX_PRINTED

    def install(self) -> None:
        """Become sys.stdout and sys.stderr, as they are where output is no terminal."""
        sys.stdout = sys.__stdout__ = self._stream("<stdout>", 1)  # type: ignore[misc]  # as site would
        sys.stderr = sys.__stderr__ = self._stream("<stderr>", 2)  # type: ignore[misc]  # likewise

    def take(self) -> str:
        """What was printed since the last time, escaped and capped."""
        for stream in (sys.stdout, sys.__stdout__):
            with contextlib.suppress(Exception):  # the student's own stream, or one closed by them
                stream.flush()  # type: ignore[union-attr]  # None raises, and is passed over
        words = self.kept.decode("utf-8", "replace")
        cut = len(words) > MAX_PRINTED or self.room < 0
        self.kept, self.room = bytearray(), _MOST_BYTES * MAX_PRINTED
        return text(words[:MAX_PRINTED] + ("…" if cut else ""), MAX_PRINTED + 1)

    def _stream(self, name: str, number: int) -> io.TextIOWrapper:
        raw: Any = io.BufferedWriter(_Kept(self, name, number))
        # Lines reach the store in the order in which the two streams got them.
        stream = io.TextIOWrapper(raw, "utf-8", "surrogateescape", line_buffering=True)
        stream.mode = "w"  # type: ignore[misc]  # as Python's own start does
        return stream


class _Kept(io.RawIOBase):
    """The raw end of a stream. Closing it closes nothing: what a new wrapper writes is kept too."""

    mode = "wb"

    def __init__(self, printed: Printed, name: str, number: int) -> None:
        self.name = name
        self._printed = printed
        self._number = number

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number

    def write(self, data: bytes) -> int:  # type: ignore[override]  # any buffer, as given by io
        size = memoryview(data).nbytes
        if self._printed.room > 0:
            self._printed.kept += bytes(data)[: self._printed.room]
        self._printed.room -= size
        return size

    def close(self) -> None:
        self.flush()
