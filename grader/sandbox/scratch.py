"""Working folders on this machine's disk: how full one is, and its removal. A student filled it.

No recursion: folders in folders in folders would end it, and `shutil.rmtree` with it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
import time
from pathlib import Path

MAX_ENTRIES = 1000
_DAY = 86_400.0  # seconds
_BLOCK = 512  # bytes, by POSIX the unit of st_blocks


def make(kind: str = "worker") -> Path:
    """A new folder, whose name says whose it is."""
    return Path(tempfile.mkdtemp(prefix=f"ml6-{kind}-{os.getpid()}-"))


def sweep() -> None:
    """Remove what examiners left that were killed: yesterday's folders of processes now gone."""
    for folder in Path(tempfile.gettempdir()).glob("ml6-*-*-*"):
        with contextlib.suppress(OSError, ValueError):
            owner, age = int(folder.name.split("-")[2]), time.time() - folder.stat().st_mtime
            if age > _DAY and not _alive(owner) and folder.stat().st_uid == os.geteuid():
                remove(folder)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def size(folder: Path, enough: int) -> int:
    """Bytes below `folder`; more than `enough` too where there are too many, or too deep, entries."""
    total = count = 0
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    count += 1
                    total += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    if total > enough or count > MAX_ENTRIES:
                        return enough + 1
        except FileNotFoundError:
            continue  # gone meanwhile
        except OSError:
            return enough + 1  # a path that is too long, or a folder made unreadable
    return total


def remove(folder: Path) -> None:
    """Remove `folder` and all below it, however deep, one level at a time."""
    names = itertools.count()
    with contextlib.suppress(OSError):
        while True:
            inner = [entry for entry in _entries(folder) if _is_folder_after_unlink(entry)]
            if not inner:
                break
            for entry in inner:
                os.chmod(entry.path, 0o700)  # noqa: PTH101 - an entry is no Path
                for below in _entries(entry.path):
                    if _is_folder_after_unlink(below):
                        os.rename(below.path, folder / f".{next(names)}-{os.getpid()}")  # noqa: PTH104
                os.rmdir(entry.path)  # noqa: PTH106
        folder.rmdir()


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)


def _is_folder_after_unlink(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder; what is none is removed."""
    if entry.is_dir(follow_symlinks=False):
        return True
    os.unlink(entry.path)  # noqa: PTH108 - an entry is no Path
    return False
