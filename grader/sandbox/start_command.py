"""How a worker of each tier is started: its command line, and what it does to itself.

Theory of operation. The command starts Python with `BOOTSTRAP`, under bubblewrap where the tier
says so. Python then reads its settings from the command line, confines itself (`confine`), and
only then answers the examiner. Nothing in the command line or the environment is a secret.

Root starts bubblewrap as root, since only root can bind an interpreter that lies in a folder
closed to others, with no capabilities but the two for changing the uid; the worker's first act is
to become a user that nobody else is. Everybody else gets a user namespace.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.sandbox import seccomp
from grader.sandbox.limits import Limits
from grader.sandbox.worker_files import WorkerFiles, stage

BUBBLEWRAP = "bubblewrap+landlock+seccomp"
SELF_CONFINED = "landlock+seccomp"
PLAIN = "plain"
TIERS = (BUBBLEWRAP, SELF_CONFINED, PLAIN)  # best first

BOOTSTRAP = (
    "import json, sys; settings = json.loads(sys.argv.pop()); sys.path[:0] = settings['paths']; "
    "from grader.sandbox.worker.{} import main; main(settings)"
)
FLAGS = ("-P", "-s", "-S", "-B")  # nothing but the standard library and `paths` on sys.path
INSIDE = "/kit"
SCRATCH = "/tmp"  # noqa: S108 - inside: a tmpfs of the worker's own
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
# systemd gives these to nobody but services that ask for any free one (systemd.io/UIDS-GIDS).
FIRST_UID, UIDS = 61184, 4000
ROOM = 32 << 20  # bytes of the tmpfs of a parent of workers

_count = itertools.count()


@dataclass(frozen=True)
class StartCommand:
    """All that `launch` needs to start one worker."""

    command: list[str]
    environment: dict[str, str]
    folder: Path  # the working folder outside; a worker under bubblewrap has its own


def start(
    tier: str, limits: Limits, channel: int, folder: Path, *, draws: bool = False
) -> StartCommand:
    """The command line and environment of a worker. OSError, ImportError where the tier cannot be.

    draws: matplotlib is loaded before the worker is ready.
    """
    uid = own_uid(tier)
    give(folder, uid if tier == SELF_CONFINED else None)
    own = {
        "channel": channel,
        "draws": draws,
        "uid": uid,
        "limits": limits.resources(),
        "writable": [working_folder(tier, folder)],
    }
    return _start(tier, "process", own, folder, limits.scratch)


def start_parent(tier: str, control: int, folder: Path) -> StartCommand:
    """The same of a parent of workers, see `forkserver`. It is no worker: nothing limits it."""
    mapped = tier == BUBBLEWRAP and os.geteuid() == 0
    return _start(tier, "forkserver", {"control": control, "mapped": mapped}, folder, ROOM)


def _start(tier: str, module: str, own: dict[str, Any], folder: Path, room: int) -> StartCommand:
    seen = stage()
    jailed = tier == BUBBLEWRAP
    settings = {
        **own,
        "paths": [INSIDE, f"{INSIDE}/site"] if jailed else [str(seen.home), str(seen.site)],
        "fonts": _fonts(seen, jailed=jailed),
        "namespaces": jailed,
        "confined": tier != PLAIN,
        "filter": seccomp.program() if tier != PLAIN else "",
        "readable": _readable(seen, jailed=jailed) if tier != PLAIN else [],
        "devices": DEVICES,
    }
    bootstrap = BOOTSTRAP.format(module)
    python = [str(seen.interpreter), *FLAGS, "-c", bootstrap, json.dumps(settings)]
    forks = module == "forkserver"
    command = [*_bubblewrap(seen, room, forks=forks), *python] if jailed else python
    return StartCommand(command, _environment(working_folder(tier, folder)), folder)


def working_folder(tier: str, folder: Path) -> str:
    """Where a worker may write, as it sees it."""
    return SCRATCH if tier == BUBBLEWRAP else str(folder)


def give(folder: Path, uid: int | None) -> None:
    """Make a working folder a worker's own."""
    if uid is not None:
        os.chown(folder, uid, uid)


def reachable(path: Path) -> bool:
    """Whether any user may read `path`: each folder above it can be searched."""
    return all(folder.stat().st_mode & 0o001 for folder in path.parents) and bool(
        path.stat().st_mode & 0o004
    )


def own_uid(tier: str) -> int | None:
    """A user of the next worker's own where we are root; None: it stays who we are."""
    if os.geteuid() != 0 or tier == PLAIN:
        return None
    seen = stage()
    paths = (seen.interpreter, *seen.runtime, *seen.packages.values(), seen.home)
    if tier == SELF_CONFINED and not all(map(reachable, paths)):
        return None  # an interpreter in root's home: root without capabilities, see `doctor`
    return FIRST_UID + (os.getpid() * 31 + next(_count)) % UIDS


def _environment(scratch: str) -> dict[str, str]:
    """All that a worker's environment holds. One thread: small products gain nothing from more."""
    threads = ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "BLIS")
    return {
        **{f"{name}_NUM_THREADS": "1" for name in threads},
        "HOME": scratch,
        "TMPDIR": scratch,
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": f"{scratch}/.matplotlib",
        "PYTHONHASHSEED": "0",
    }


def _fonts(seen: WorkerFiles, *, jailed: bool) -> str:
    if seen.fonts is None:
        return ""
    return f"{INSIDE}/{seen.fonts.name}" if jailed else str(seen.fonts)


def _readable(seen: WorkerFiles, *, jailed: bool) -> list[str]:
    """What Landlock lets the worker read. Under bubblewrap there is nothing else to be seen."""
    if jailed:
        return ["/"]
    masked = {str(path) for path in seen.masked}
    # Not the symlinks: what /lib leads to is all of /usr/lib, and more than the loader needs.
    runtime = tuple(path for path in seen.runtime if not path.is_symlink() or path.is_file())
    paths = [*_without(runtime, masked), *seen.packages.values(), seen.home]
    return [str(path) for path in paths]


def _without(paths: tuple[Path, ...], masked: set[str]) -> list[Path]:
    """`paths`, each that holds a masked folder replaced by what else it holds."""
    result: list[Path] = []
    for path in paths:
        if any(Path(one).parent == path for one in masked):
            result += [child for child in path.iterdir() if str(child) not in masked]
        else:
            result.append(path)
    return result


def _bubblewrap(seen: WorkerFiles, room: int, *, forks: bool) -> list[str]:
    program = shutil.which("bwrap")
    if program is None:
        raise FileNotFoundError("bubblewrap is not installed")
    command = [program, "--die-with-parent", *_namespaces(forks=forks)]
    binds = _binds(seen)
    for folder in sorted({parent for place in binds for parent in Path(place).parents}):
        # Otherwise the folders that lead to a bind are closed to a worker of another uid.
        command += ["--perms", "0755", "--dir", str(folder)] if folder != Path("/") else []
    for place, path in binds.items():
        command += _bind(path, place)
    for path in seen.masked:
        command += ["--tmpfs", str(path), "--remount-ro", str(path)]
    command += [
        "--dev",
        "/dev",
        "--perms",
        "1777",
        "--size",
        str(room),
        "--tmpfs",
        SCRATCH,
    ]
    command += ["--remount-ro", "/dev", "--remount-ro", "/"]
    return [*command, "--chdir", SCRATCH, "--"]


def _binds(seen: WorkerFiles) -> dict[str, Path]:
    """Place inside -> path outside, of all that is bound."""
    binds = {str(path): path for path in (*seen.runtime, seen.interpreter)}
    binds |= {f"{INSIDE}/site/{name}": path for name, path in seen.packages.items()}
    binds[f"{INSIDE}/grader"] = seen.home / "grader"
    if seen.fonts is not None:
        binds[f"{INSIDE}/{seen.fonts.name}"] = seen.fonts
    return binds


def _namespaces(*, forks: bool) -> list[str]:
    """Namespaces and capabilities. Without root, who forks makes further namespaces in its own."""
    if os.geteuid() != 0:
        keep = ["--cap-add", "CAP_SYS_ADMIN"] if forks else []
        return ["--unshare-all", "--hostname", "sandbox", "--cap-drop", "ALL", *keep]
    names = ("ipc", "pid", "net", "uts", "cgroup-try")
    keep = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    unshare = [f"--unshare-{one}" for one in names]
    return [*unshare, "--hostname", "sandbox", "--cap-drop", "ALL", *keep]


def _bind(path: Path, place: str) -> list[str]:
    """A read-only bind; a symlink (as /lib64) stays one."""
    if path.is_symlink() and path.is_dir():
        return ["--symlink", str(path.readlink()), place]
    return ["--ro-bind", str(path), place]
