"""What a student's code prints in a worker."""

from __future__ import annotations

import io

from grader.sandbox.worker.values import text

MAX_PRINTED = 4_000  # characters kept of what one request printed


class Printed(io.TextIOBase):
    """Keeps the start of what a student prints, and counts on."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.room = MAX_PRINTED

    def writable(self) -> bool:
        return True

    def write(self, words: str) -> int:
        if self.room > 0:
            self.parts.append(words[: self.room])
            self.room -= len(words)
        return len(words)

    def take(self) -> str:
        kept = "".join(self.parts) + ("…" if self.room < 0 else "")
        self.parts, self.room = [], MAX_PRINTED
        return text(kept, MAX_PRINTED + 1)
