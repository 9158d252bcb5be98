"""Attack: imports the kit, its tests and the solution."""

import importlib
import sys

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
    sys.path += ["@KIT@", "@KIT@/solutions", "@KIT@/grader/questions/hidden"]
    importlib.invalidate_caches()
    sys.modules.pop("grader", None)
    names = ("q4_2", "grader.questions.oracle", "grader.grading", "grader.sandbox.session", "otter",
             "solutions.rnn", "misconceptions")
    # What stands in for otter has no file.
    return tries(*(lambda name=name: importlib.import_module(name).__file__ for name in names))


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
