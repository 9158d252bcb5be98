"""Attack: opens devices and terminals."""

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


def attack():
    paths = ("/dev/tty", "/dev/console", "/dev/kmsg", "/dev/mem", "/dev/vda", "/dev/sda", "/dev/kvm",
             "/dev/fuse", "/dev/net/tun", "/dev/ptmx")
    return tries(*(lambda path=path: os.open(path, os.O_RDWR) for path in paths))


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
