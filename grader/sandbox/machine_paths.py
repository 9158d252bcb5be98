"""No folder of the grading machine in what a student reads."""

from __future__ import annotations

import re
import sysconfig
from functools import lru_cache
from pathlib import Path

from grader.sandbox import start_command
from grader.sandbox.worker_files import stage


def hidden(words: str, folder: Path | None) -> str:
    """The words without the folders of the interpreter, the libraries and the kit, and `folder`."""
    return _folders(folder).sub("", words) if "/" in words else words


@lru_cache(maxsize=8)
def _folders(own: Path | None) -> re.Pattern[str]:
    seen = stage()
    inside = Path(start_command.INSIDE)
    paths = {seen.home, seen.site, inside, inside / "site", Path(start_command.SCRATCH)}
    paths |= {path.parent for path in (seen.interpreter, *seen.packages.values())}
    paths |= {own} if own else set()
    paths.add(Path(sysconfig.get_path("stdlib")))
    longest_first = sorted(map(str, paths), key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})/")
