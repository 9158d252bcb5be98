"""Which version of the kit gave a grade: its number, and a hash of every file that decides one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from grader import __version__

HERE = Path(__file__).parent
SOLUTIONS = HERE.parent / "solutions"
# Modules, folders and data whose change may change points, messages or diagnoses.
MODULES = (
    "assignment.toml",
    "assignment.py",
    "configuration.py",
    "contract.py",
    "faults.py",
    "grading.py",
    "protocol.py",
    "records.py",
)
ROOMS = ("checks", "diagnosis", "portability", "questions", "sandbox")
REFERENCE = ("rnn.py", "bonus.py")


@cache
def kit_version() -> str:
    """The version and twelve digits of a hash over `deciding_files`."""
    digest = sha256()
    for path in deciding_files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def deciding_files() -> Iterator[Path]:
    """Every file that decides a grade, in order; those that this edition of the kit has."""
    yield from (HERE / name for name in MODULES if (HERE / name).exists())
    for room in ROOMS:
        yield from sorted(_files(HERE / room))
    yield from (SOLUTIONS / name for name in REFERENCE if (SOLUTIONS / name).exists())


def _files(room: Path) -> Iterator[Path]:
    """All files below a room but what Python has compiled."""
    for folder, _, names in os.walk(room):
        if not folder.endswith("__pycache__"):
            yield from (Path(folder, name) for name in names)
