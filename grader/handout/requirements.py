"""What a student's machine installs: the part of `requirements.lock` that the handout needs.

Versions and hashes are the lock's own, so that every student runs what was tested. The dependency
graph is read from the installed packages' metadata; markers stay as the lock has them, so the
same file serves every system and every Python.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grader.faults import KitFault

# Besides what a student's machine needs: translations, and archives that are handed in.
GRADING = ("babel", "py7zr", "rarfile", "tnefparse")
ENTRY = re.compile(r"(?m)^(?=[A-Za-z0-9])")


def requirements(lock: str, project: Path, wheel: Path) -> str:
    """A requirements file with hashes: the kit's wheel beside it, and all it needs.

    Raises KitFault where the lock misses a direct dependency.
    """
    pins = _pins(lock)
    wanted = _closure(dependencies(project), pins)
    digest = sha256(wheel.read_bytes()).hexdigest()
    lines = [f"./{wheel.name} --hash=sha256:{digest}", *(pins[name] for name in sorted(wanted))]
    return "\n".join(lines) + "\n"


def grading_requirements(lock: str, project: Path) -> str:
    """What a machine needs that grades and shows nothing: Gradescope's container.

    Raises KitFault where the lock misses a direct dependency.
    """
    pins = _pins(lock)
    return "".join(
        f"{pins[name]}\n" for name in sorted(_closure([*dependencies(project), *GRADING], pins))
    )


def dependencies(project: Path) -> list[str]:
    """The dependencies that `pyproject.toml` states for a student's machine."""
    table = tomllib.loads(project.read_text(encoding="utf-8"))
    return [str(line) for line in table["project"]["dependencies"]]


def _pins(lock: str) -> dict[str, str]:
    """Each entry of the lock by its name, comments left out."""
    entries = (part for part in ENTRY.split(lock) if part.strip() and not part.startswith("#"))
    kept = [
        "\n".join(line for line in part.splitlines() if "#" not in line).strip() for part in entries
    ]
    found: dict[str, str] = {}
    for entry in kept:
        name = canonicalize_name(re.split(r"[=\s;\[]", entry, maxsplit=1)[0])
        found[name] = f"{found[name]}\n{entry}" if name in found else entry
    return found


def _closure(direct: Iterable[str], pins: Mapping[str, str]) -> set[str]:
    wanted: set[str] = set()
    waiting = [Requirement(line) for line in direct]
    missing = [each.name for each in waiting if canonicalize_name(each.name) not in pins]
    if missing:
        raise KitFault(f"requirements.lock has no {', '.join(missing)}: compile it again")
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in pins and name not in wanted:
            wanted.add(name)
            waiting.extend(_required_by(name))
    return wanted


def _required_by(name: str) -> Iterator[Requirement]:
    """What a package needs on any system; nothing where it is not installed on this one.

    Extras are left out, also those that a package asks for: of otter's they are PDF export only,
    with a browser driver of 45 MB.
    """
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for line in lines:
        requirement = Requirement(line)
        if "extra ==" not in str(requirement.marker or ""):
            yield requirement
