"""What a worker may see of this machine: the interpreter, four libraries, and its own files.

Collected once per examiner process in a folder of its own: the kit's worker-side files are copied
there, the libraries linked, so that a worker's `sys.path` leads to nothing else of the kit or of
the environment that it is installed in.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import py_compile
import shutil
import struct
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import cache_from_source
from multiprocessing.util import Finalize
from pathlib import Path

from grader.faults import KitFault
from grader.sandbox import scratch

WORKER = Path(__file__).with_name("worker")
LIBRARIES = ("numpy", "matplotlib", "msgspec")
# Fonts, time zones and locales, as programs find them on an ordinary machine.
SYSTEM_DATA = (Path("/usr/share/fonts"), Path("/usr/share/zoneinfo"), Path("/usr/lib/locale"))


@dataclass(frozen=True)
class WorkerFiles:
    """Paths outside the sandbox."""

    home: Path  # the folder: `grader/` and `site/` are in it
    packages: dict[str, Path]  # name under site -> file or folder
    interpreter: Path
    runtime: tuple[Path, ...]  # standard library and shared libraries
    masked: tuple[Path, ...]  # site-packages inside the standard library
    fonts: Path | None  # matplotlib's list of fonts, made beforehand

    @property
    def site(self) -> Path:
        return self.home / "site"


@cache
def stage() -> WorkerFiles:
    """Make the folder. KitFault where a library is missing."""
    scratch.sweep()
    home = scratch.make("stage")
    # Not atexit: the processes of a pool end without it.
    Finalize(None, shutil.rmtree, (home,), {"ignore_errors": True}, exitpriority=0)
    home.chmod(0o755)  # a worker of another uid reads it
    _copy_worker(home / "grader" / "sandbox" / "worker")
    packages = _packages()
    (home / "site").mkdir()
    for name, path in packages.items():
        (home / "site" / name).symlink_to(path)
    return WorkerFiles(home, packages, interpreter(), _runtime(), _masked(), _fonts(home))


def _copy_worker(package: Path) -> None:
    for source in sorted(WORKER.rglob("*.py")):
        target = package / source.relative_to(WORKER)
        compiled = (
            target.parent / "__pycache__" / f"{target.stem}.{sys.implementation.cache_tag}.pyc"
        )
        compiled.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)  # with its time, by which Python knows what was compiled of it
        _copy_compiled(source, compiled)


def _copy_compiled(source: Path, target: Path) -> None:
    """What Python has compiled of a source, now or at an earlier time."""
    kept = Path(cache_from_source(source))
    if not _is_compiled_of(source, kept):
        SourceFileLoader(source.stem, str(source)).get_code(source.stem)
    if _is_compiled_of(source, kept):
        shutil.copyfile(kept, target)
    else:  # it may not write there, or was told not to
        py_compile.compile(str(source), str(target), doraise=True)


def _is_compiled_of(source: Path, kept: Path) -> bool:
    """Whether it names this source's time and size: bytes 4 to 16 of a .pyc (PEP 552)."""
    seen = source.stat()
    try:
        with kept.open("rb") as file:
            named = struct.unpack("<4xIII", file.read(16))
    except (OSError, struct.error):
        return False
    return named == (0, int(seen.st_mtime) & 0xFFFFFFFF, seen.st_size & 0xFFFFFFFF)


def interpreter() -> Path:
    """The interpreter itself, outside any virtual environment."""
    return Path(getattr(sys, "_base_executable", sys.executable)).resolve()


def _packages() -> dict[str, Path]:
    """Top-level files and folders of the libraries and of all that they require."""
    found: dict[str, Path] = {}
    waiting, seen = list(LIBRARIES), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            if name in LIBRARIES:
                raise KitFault(f"{name} is not installed, but students' programs need it") from None
            continue
        for top in _top_level(distribution):
            if top not in ("..", "__pycache__") and not top.endswith(".pth"):
                found[top] = Path(str(distribution.locate_file(top))).resolve()
        waiting += [_name(one) for one in _required(distribution) if "extra ==" not in one]
    return found


def _top_level(distribution: importlib.metadata.Distribution) -> set[str]:
    """First parts of the paths of its files. `files` gives the same, a path object for each."""
    record = distribution.read_text("RECORD")
    if record is None:
        return {file.parts[0] for file in distribution.files or ()}
    paths = (line.partition(",")[0] for line in record.splitlines() if line)
    return {path.strip('"').partition("/")[0] for path in paths}


def _required(distribution: importlib.metadata.Distribution) -> list[str]:
    """What it requires. `requires` gives the same, from the whole description read as a mail."""
    metadata = distribution.read_text("METADATA")
    if metadata is None:
        return distribution.requires or []
    return _told(metadata, "Requires-Dist")


def _version(distribution: importlib.metadata.Distribution) -> str:
    told = _told(distribution.read_text("METADATA") or "", "Version")
    return told[0] if told else distribution.version


def _told(metadata: str, field: str) -> list[str]:
    """What the head of a distribution's metadata says of a field, without reading it as a mail."""
    head, start = metadata.partition("\n\n")[0], f"{field}: "
    return [line.removeprefix(start) for line in head.splitlines() if line.startswith(start)]


def _name(requirement: str) -> str:
    """The name at the start of a requirement ("pillow>=8")."""
    end = next((i for i, c in enumerate(requirement) if not (c.isalnum() or c in "-_.")), None)
    return requirement[:end]


def _runtime() -> tuple[Path, ...]:
    """Standard library, libpython, the loader and the folders of shared libraries."""
    paths = [Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_config_var("DESTSHARED") or "")]
    home = Path(sys.base_prefix, "lib")
    if home != Path("/usr/lib"):
        paths += home.glob("lib*.so*")  # libpython; conda and the like bring more
    for folder in (Path("/lib"), Path("/lib64"), Path("/usr/lib")):
        if folder.is_symlink():
            paths.append(folder)  # bound as the symlink that it is
        else:
            paths += [folder / f"{platform.machine()}-linux-gnu", *folder.glob("ld-linux*")]
    paths += [Path("/usr/lib64"), Path("/etc/ld.so.cache"), *SYSTEM_DATA]
    found = dict.fromkeys(path for path in paths if path.is_absolute() and path.exists())
    return tuple(p for p in found if not any(other in p.parents for other in found))


def _masked() -> tuple[Path, ...]:
    """Other people's packages beside the standard library: the kit itself may be among them."""
    home = Path(sysconfig.get_path("stdlib"))
    return tuple(p for p in (home / "site-packages", home / "dist-packages") if p.is_dir())


def _fonts(home: Path) -> Path | None:
    """The list of fonts for matplotlib, from the user's cache or made now (2 s, then kept)."""
    version = _version(importlib.metadata.distribution("matplotlib"))
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = base / "ml6-kit" / f"matplotlib-{version}"
    if not list(kept.glob("fontlist-*.json")):
        made = home / "fonts"
        _make_fonts(made)
        with contextlib.suppress(OSError):
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(made, kept, dirs_exist_ok=True)
        kept = made
    found = next(iter(sorted(kept.glob("fontlist-*.json"))), None)
    if found is None:
        return None
    return Path(shutil.copy(found, home / found.name))


def _make_fonts(folder: Path) -> None:
    """Import pyplot once outside the sandbox: lists the fonts, and compiles matplotlib's files."""
    folder.mkdir()
    subprocess.run(
        [sys.executable, "-c", "import matplotlib.pyplot, matplotlib.backends.backend_agg"],
        env={"MPLCONFIGDIR": str(folder), "MPLBACKEND": "Agg", "PATH": os.environ.get("PATH", "")},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        check=False, timeout=120,
    )  # fmt: skip
