"""Namespaces for one program (`man 7 namespaces`): its own processes, files and IPC.

Numbers: linux/sched.h and linux/mount.h. `os.unshare` is there from Python 3.12 on only.
"""

from __future__ import annotations

import ctypes
import os

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWPID = 0x20000, 1 << 27, 1 << 28, 1 << 29
_MS_NOSUID, _MS_NODEV, _MS_REC, _MS_PRIVATE = 1 << 1, 1 << 2, 1 << 14, 1 << 18

_libc = ctypes.CDLL(None, use_errno=True)


def own_users() -> None:
    """A user namespace, in which this process may make the others; somebody must map it."""
    _checked("unshare", _libc.unshare(_CLONE_NEWUSER))


def own_everything(folder: str, size: int) -> None:
    """Namespaces of mounts and IPC, and of processes for the next child, which is its pid 1.

    folder: becomes an empty tmpfs of `size` bytes. Raises OSError where the kernel refuses.
    """
    _checked("unshare", _libc.unshare(_CLONE_NEWNS | _CLONE_NEWIPC | _CLONE_NEWPID))
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE, None)
    _mount("tmpfs", folder, "tmpfs", _MS_NOSUID | _MS_NODEV, f"mode=1777,size={size}")


def _mount(source: str, target: str, kind: str | None, flags: int, options: str | None) -> None:
    words = [None if one is None else one.encode() for one in (source, target, kind, options)]
    result = _libc.mount(*words[:3], ctypes.c_ulong(flags), words[3])
    _checked(f"mount {target}", result)


def _checked(what: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
