"""Files of an OUT folder: written whole or not at all, under names that no student can choose."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
# Devices of Windows: no file can have these names there, whatever its suffix.
RESERVED = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in range(10)
}
# Stands in no plain id, so that a made-up name never meets a real one. Legal on every system.
MARK = "~"


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a reader, or a kill, sees the old file or the new one.

    A file that holds the same already is left as it is: of a class most are, from run to run.
    Raises OSError as `open` and `os.replace` do; then the old file is as it was.
    """
    if _holds(path, data):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def file_names(student_ids: Iterable[str]) -> dict[str, str]:
    """A file name, without suffix, for each id: the id itself wherever that is safe.

    An id with other characters than ASCII letters, digits, `-` and `_`, or one that differs from
    another only by case (one file on macOS and Windows), gets a name with a part of its hash.
    """
    ids = sorted(set(student_ids))
    seen = Counter(student_id.lower() for student_id in ids)
    return {
        student_id: student_id
        if is_plain(student_id) and seen[student_id.lower()] == 1
        else _made_up(student_id)
        for student_id in ids
    }


def is_plain(student_id: str) -> bool:
    """Whether the id can be a file's name as it stands, on every system."""
    return bool(PLAIN.fullmatch(student_id)) and student_id.lower() not in RESERVED


def _made_up(student_id: str) -> str:
    readable = re.sub(r"[^A-Za-z0-9_-]+", "", student_id)[:32]
    digest = sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{readable}{MARK}{digest[:16]}"
