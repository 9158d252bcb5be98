"""Attack: makes files that others can run or that run as it."""

import os

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


def changed(path, act):
    """OSError where the act has left the file as it was, whatever it said."""
    before = os.stat(path)
    act()
    after = os.stat(path)
    if (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns):
        raise OSError("nothing was done")
    return oct(after.st_mode)


def attack():
    with open("tool", "w") as file:
        file.write("#!/bin/sh")
    return tries(
        lambda: changed("tool", lambda: os.chmod("tool", 0o6755)),
        lambda: os.mknod("device", 0o60666, os.makedev(8, 0)),
        lambda: os.mkfifo("pipe"),
        lambda: os.link("tool", "/tmp/ml6left-tool"),
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
