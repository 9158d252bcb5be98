"""Attack: generators, coroutines and functions instead of data."""

import numpy as np


async def wait():
    pass


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return {"a": (x for x in range(10)), "b": lambda: 1, "c": np, "d": type, "e": range(10**12), "f": open}
