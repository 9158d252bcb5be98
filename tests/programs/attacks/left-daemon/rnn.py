"""Attack: a daemon that outlives it."""

import os
import subprocess

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
    def daemon():
        if os.fork():
            return "forked"
        os.setsid()
        if os.fork():
            os._exit(0)
        while True:
            pass

    return tries(daemon, lambda: os.posix_spawn("/bin/sleep", ["sleep", "600"], {}),
                 lambda: subprocess.Popen(["sleep", "600"]),
                 lambda: __import__("multiprocessing").get_context("fork").Process(target=daemon).start())


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
