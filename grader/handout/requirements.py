"""What machines install besides the full lock: parts of `requirements.lock`, never compiled apart.

Three lists have the lock's own versions and hashes, so that everybody runs what was tested:
`kit/requirements.txt` (what a student's `make grade` needs), `kit/requirements-notebook.txt` (what
the notebook's own check cells need besides) and `requirements-student.lock` (`make grade` in a
checkout). The dependency graph is read from the installed packages' metadata; markers stay as the
lock has them, so the same file serves every system and every Python.
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
# Installed without what it asks for: its test files need the standard library only.
ALONE = frozenset({"otter-grader"})
# A checkout reads its own .po files and writes result pages; a handout does neither.
CHECKOUT = ("babel", "jinja2")
NOTICE = "# Part of requirements.lock, written by `make lock`: what `make grade` needs.\n"


def requirements(lock: str, project: Path, wheel: Path) -> str:
    """A requirements file with hashes: the kit's wheel beside it, and all that it needs.

    Raises KitFault where the lock misses a direct dependency.
    """
    pins = _pins(lock)
    digest = sha256(wheel.read_bytes()).hexdigest()
    own = f"./{wheel.name} --hash=sha256:{digest}\n"
    return own + _listed(_closure(dependencies(project), pins, ALONE), pins)


def notebook_requirements(lock: str, project: Path) -> str:
    """What `otter.Notebook` needs besides `requirements`."""
    pins = _pins(lock)
    direct = dependencies(project)
    return _listed(_closure(direct, pins) - _closure(direct, pins, ALONE), pins)


def checkout_lock(lock: str, project: Path) -> str:
    """The content of `requirements-student.lock`."""
    pins = _pins(lock)
    return NOTICE + _listed(_closure([*dependencies(project), *CHECKOUT], pins, ALONE), pins)


def _listed(names: Iterable[str], pins: Mapping[str, str]) -> str:
    return "".join(f"{pins[name]}\n" for name in sorted(names))


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


def _closure(direct: Iterable[str], pins: Mapping[str, str], alone: Iterable[str] = ()) -> set[str]:
    """`direct` and all that it needs; of `alone` nothing that they need."""
    wanted: set[str] = set()
    waiting = [Requirement(line) for line in direct]
    missing = [each.name for each in waiting if canonicalize_name(each.name) not in pins]
    if missing:
        raise KitFault(f"requirements.lock has no {', '.join(missing)}: compile it again")
    while waiting:
        name = canonicalize_name(waiting.pop().name)
        if name in pins and name not in wanted:
            wanted.add(name)
            waiting.extend(_required_by(name) if name not in alone else ())
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
