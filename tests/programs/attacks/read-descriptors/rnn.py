"""Attack: reads and writes every open file descriptor."""

import os
import stat

import numpy as np


def attack():
    loot = []
    for descriptor in range(3, 200):
        try:
            kind = os.fstat(descriptor).st_mode
        except OSError:
            continue
        # The examiner's socket is the worker's to use: see the attacks on frames.
        # A character device: the worker's own /dev/null.
        if not stat.S_ISSOCK(kind) and not stat.S_ISCHR(kind):
            loot.append((descriptor, oct(kind)))
    return loot


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
