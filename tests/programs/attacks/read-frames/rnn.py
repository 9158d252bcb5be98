"""Attack: searches all objects and frames of the process for expected values."""

import gc
import sys

import numpy as np


def attack():
    loot = []
    for frame in sys._current_frames().values():
        while frame is not None:
            loot += [name for name in frame.f_locals if "expected" in name or "reference" in name]
            frame = frame.f_back
    for one in gc.get_objects():
        if isinstance(one, dict) and any(key in one for key in ("seed", "oracle", "secret")):
            if isinstance(one.get("seed"), bytes) or "oracle" in one:
                loot.append(sorted(map(str, one))[:5])
    return loot


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
