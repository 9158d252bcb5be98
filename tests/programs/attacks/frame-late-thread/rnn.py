"""Attack: a thread that goes on forging after the call is over."""

import os
import threading
import time

import numpy as np


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


def later():
    time.sleep(0.2)
    while True:
        os.write(channel(), bytes(64))
        time.sleep(0.05)


def attack():
    threading.Thread(target=later, daemon=True).start()
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
