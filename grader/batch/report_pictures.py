"""Pictures that came with reports, kept in OUT by their hash: the inbox may be gone when a person scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.intake.collection import Caps
from grader.intake.reading.unpacking import contents
from grader.records import Submission
from grader.results.files import write_atomically

FOLDER = "pictures"


def keep(paths: Sequence[Path], submissions: Iterable[Submission], out: Path) -> int:
    """Copy what is not there yet; how many. The inbox is read again, one picture at a time."""
    wanted = {each.sha256 for one in submissions for each in one.pictures}
    folder = out / FOLDER
    missing = {digest for digest in wanted if not (folder / digest).is_file()}
    if not missing:
        return 0
    kept = 0
    for digest, data in contents(paths, Caps(), missing):
        write_atomically(folder / digest, data)
        kept += 1
    return kept
