"""Attack: an audit hook that stops everything."""

import sys

import numpy as np


def attack():
    def refuse(event, arguments):
        if event in ("open", "compile", "exec", "socket.__new__"):
            raise SystemExit(event)

    sys.addaudithook(refuse)
    return [open("/etc/passwd")]


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
