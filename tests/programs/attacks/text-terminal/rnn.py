"""Attack: escape sequences for the terminal of the instructor."""

import numpy as np


def attack():
    print("\x1b]0;pwned\x07\x1b[2J\x1b[31mPASSED\x9b31m")
    raise RuntimeError("\x1b]8;;http://x\x07\x1b[2J\x9b31m\r60/60")


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
