"""What to do for a better sandbox: plain words for each reason why a tier does not work."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from grader.language import Message, say
from grader.sandbox import start_command, tiers, worker_files
from grader.sandbox.worker import landlock

_APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_USER_NAMESPACES = Path("/proc/sys/user/max_user_namespaces")


def promise(tier: str) -> Message:
    """What a tier means for the one who grades."""
    if tier == start_command.BUBBLEWRAP:
        return say(
            "Programs run in namespaces of their own, behind Landlock and seccomp: they see the "
            "interpreter and the libraries, and nothing of this machine."
        )
    if tier == start_command.SELF_CONFINED:
        return say(
            "Programs run behind Landlock and seccomp: they can open nothing but the interpreter, "
            "the libraries and an empty folder, and can start and reach nothing."
        )
    return say(
        "WARNING: nothing confines the programs. They can read, change and delete whatever you can. "
        "Run only programs that you trust; grades are not official (see SECURITY.md)."
    )


def steps(probe: tiers.Probe) -> list[Message]:
    """What could make a tier work here; empty where nothing is known."""
    if sys.platform != "linux":
        return [say("Grade on Linux, for instance in a virtual machine.")]
    found = []
    if "not installed" in probe.reason:
        found.append(say("Install bubblewrap: apt install bubblewrap, or dnf install bubblewrap."))
    if "seccomp" in probe.reason or "No module named" in probe.reason:
        found.append(say("Install the seccomp library: apt install libseccomp2 (dnf: libseccomp)."))
    if probe.tier == start_command.BUBBLEWRAP and _reads(_APPARMOR) == "1" and os.geteuid() != 0:
        found.append(
            say(
                "AppArmor forbids user namespaces here. Allow them for bwrap with a profile, or for "
                "all: sysctl kernel.apparmor_restrict_unprivileged_userns=0"
            )
        )
    if probe.tier == start_command.BUBBLEWRAP and _reads(_USER_NAMESPACES) == "0":
        found.append(say("User namespaces are off: sysctl user.max_user_namespaces=10000"))
    if not landlock.version():
        found.append(
            say("This kernel has no Landlock: Linux 5.13 or later has, if it is switched on.")
        )
    return found


def remarks(tier: str) -> list[Message]:
    """What is worth knowing about a tier that works."""
    if tier != start_command.SELF_CONFINED or os.geteuid() != 0:
        return []
    seen = worker_files.stage()
    if all(
        map(start_command.reachable, (seen.interpreter, *seen.runtime, *seen.packages.values()))
    ):
        return []
    return [
        say(
            "You are root and the interpreter ({path}) lies in a folder that is closed to others, so "
            "programs stay root, without its powers. An interpreter that all can read is better.",
            path=str(seen.interpreter),
        )
    ]


def _reads(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
