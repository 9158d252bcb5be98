"""Attack: leaves work for the time after its end."""

import atexit
import os
import sys
import weakref

import numpy as np


class Late:
    def __del__(self):
        open("/var/tmp/ml6left-late", "w").write("x")


late = Late()


@atexit.register
def after():
    open("/var/tmp/ml6left-atexit", "w").write("x")


def attack():
    sys.exit(3)


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
