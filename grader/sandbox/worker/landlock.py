"""Landlock (Linux 5.13 and later): this process opens only the files that it was given.

Numbers and structs: linux/landlock.h and `man 7 landlock`. The system calls have one number on
every architecture, and the C library has no wrapper for them.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_TRUNCATE = 1 << 14

READ = _READ_FILE | _READ_DIR
WRITE = READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
DEVICE = _READ_FILE | _WRITE_FILE
_FILE_RIGHTS = _WRITE_FILE | _READ_FILE | _TRUNCATE  # the rest is for directories

# How many file rights each version of the interface knows (bits from 0), first version first.
_KNOWN_BITS = (13, 14, 15, 15, 16)
_NET_SINCE, _SCOPE_SINCE = 4, 6
_NET_ALL = _SCOPE_ALL = 0b11  # bind and connect TCP; abstract sockets and signals

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Version of the kernel's interface; 0 where there is none."""
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG)))


def restrict(readable: Iterable[str], writable: Iterable[str], devices: Iterable[str]) -> bool:
    """Deny this process every file but these, for ever; False where the kernel cannot.

    Also TCP (version 4), and signals and abstract sockets to others (version 6).
    """
    abi = version()
    if not abi:
        return False
    handled = (1 << _KNOWN_BITS[min(abi, len(_KNOWN_BITS)) - 1]) - 1
    fields = [handled]
    if abi >= _NET_SINCE:
        fields.append(_NET_ALL)
    if abi >= _SCOPE_SINCE:
        fields.append(_SCOPE_ALL)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = _call(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    for paths, rights in ((readable, READ), (writable, WRITE), (devices, DEVICE)):
        for path in paths:
            _allow(ruleset, path, rights & handled)
    _call(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return True


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Give `rights` on a file, or on all beneath a directory. What does not exist is left out."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):  # noqa: PTH112 - this file stays free of pathlib, for speed
        rights &= _FILE_RIGHTS
    _call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    result = int(_libc.syscall(number, *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), "landlock")
    return result
