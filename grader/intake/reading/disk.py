"""Files and folders on disk, opened so that nothing but a regular file is ever read.

Links are not followed, and a FIFO or device is never opened: what the folder listing calls a
regular file is opened with O_NOFOLLOW and O_NONBLOCK and looked at again through its descriptor.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from grader.intake.collection import Caps, Trouble
from grader.intake.reading.arrivals import (
    Arrival,
    Budget,
    Parcel,
    Raw,
)
from grader.intake.reading.decoding import decode_name
from grader.intake.reading.filenames import clean_path
from grader.intake.reading.kinds import is_ignored
from grader.language import Message, say
from grader.records import Concern

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


def from_disk(paths: Sequence[Path], caps: Caps) -> Iterator[Raw | Arrival]:
    """Every file under `paths`, sorted by name. A path named by the user may itself be a link."""
    parents: dict[Path, Parcel] = {}
    for path in paths:
        real = path.resolve()
        home = real if real.is_dir() else real.parent
        parcel = parents.setdefault(home, Parcel("folder", "", home.name, top=True))
        prefix = f"{clean_path(decode(real.name))}/" if len(paths) > 1 else ""
        if real.is_dir():
            yield from _folder(real, prefix, parcel, caps, ignored=False)
        else:
            yield from _entry(real, clean_path(decode(real.name)), parcel, caps, ignored=False)


def decode(name: str) -> str:
    """A file name whose bytes may be GBK (unzipped on a system that thinks in UTF-8)."""
    return decode_name(os.fsencode(name))


def _folder(
    folder: Path, prefix: str, parcel: Parcel, caps: Caps, *, ignored: bool
) -> Iterator[Raw | Arrival]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError as error:
        path = prefix.rstrip("/") or clean_path(decode(folder.name))
        yield _refused(path, parcel, 0, _os_reason(error))
        return
    for name in names:
        inner = folder / name
        shown = prefix + clean_path(decode(name))
        hidden = ignored or is_ignored(decode(name))
        if inner.is_dir() and not inner.is_symlink():
            nested = Parcel("folder", shown, decode(name), parcel)
            yield from _folder(inner, f"{shown}/", nested, caps, ignored=hidden)
        else:
            yield from _entry(inner, shown, parcel, caps, ignored=hidden)


def _entry(
    path: Path, shown: str, parcel: Parcel, caps: Caps, *, ignored: bool
) -> Iterator[Raw | Arrival]:
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            yield _refused(shown, parcel, 0, _not_regular(status.st_mode), ignored=ignored)
            return
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        yield _refused(shown, parcel, 0, _os_reason(error), ignored=ignored)
        return
    with os.fdopen(descriptor, "rb") as stream:
        yield _raw(stream, shown, parcel, caps, ignored=ignored)


def _raw(
    stream: BufferedReader, shown: str, parcel: Parcel, caps: Caps, *, ignored: bool
) -> Raw | Arrival:
    status = os.fstat(stream.fileno())
    if not stat.S_ISREG(status.st_mode):  # it was exchanged after the listing
        return _refused(shown, parcel, 0, _not_regular(status.st_mode))
    try:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return _refused(shown, parcel, status.st_size, _os_reason(error))
    stream.seek(0)
    return Raw(
        name=shown.rsplit("/", 1)[-1],
        path=shown,
        parcel=parcel,
        stream=stream,
        size=status.st_size,
        sha256=digest,
        budget=Budget.of(status.st_size, caps),
        modified=datetime.fromtimestamp(status.st_mtime, UTC).astimezone(),
        ignored=ignored,
    )


def _refused(
    shown: str, parcel: Parcel, size: int, reason: Message, *, ignored: bool = False
) -> Arrival:
    action = say("Put a readable copy of the file itself into the inbox.")
    role = "ignored" if ignored else "unreadable"
    trouble = None if ignored else Trouble(reason, action, Concern.UNREADABLE)
    return Arrival(shown, shown.rsplit("/", 1)[-1], parcel, "", size, role, trouble=trouble)


def _os_reason(error: OSError) -> Message:
    return say("It cannot be opened: {error}.", error=error.strerror or type(error).__name__)


def _not_regular(mode: int) -> Message:
    if stat.S_ISLNK(mode):
        return say("It is a link; links are not followed.")
    return say("It is no regular file (a pipe, socket or device) and was not opened.")
