"""Attack: hooks every later import."""

import sys

import numpy as np


class Finder:
    def find_spec(self, name, path=None, target=None):
        raise SystemExit(f"no {name} for you")


def attack():
    sys.meta_path.insert(0, Finder())
    sys.path[:] = []
    sys.modules.pop("json", None)
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
