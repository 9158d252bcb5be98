"""Which version of the kit gave a grade: its number, and a hash of every file that decides one."""

from __future__ import annotations

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
        files = (path for path in (HERE / room).rglob("*") if path.is_file())
        yield from sorted(path for path in files if "__pycache__" not in path.parts)
    yield from (SOLUTIONS / name for name in REFERENCE if (SOLUTIONS / name).exists())
