"""Attack: random state, modules and environment for the next submission."""

import os
import random
import sys

import numpy as np


def attack():
    np.random.seed(12345)
    random.seed(12345)
    np.random.rand = lambda *_: 0.0
    np.tanh = np.exp = np.sin
    np.seterr(all="raise")
    os.environ["ML6_LEFT"] = "x"
    sys.setrecursionlimit(60)
    os.umask(0)
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
