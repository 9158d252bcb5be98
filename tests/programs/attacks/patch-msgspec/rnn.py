"""Attack: patches the libraries that the worker speaks with."""

import numpy as np


def attack():
    import msgspec

    msgspec.msgpack.Encoder = msgspec.msgpack.Decoder = None
    np.frombuffer = None
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
