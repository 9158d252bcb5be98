"""Attack: HTML and scripts for the report."""

import numpy as np


def attack():
    print("<script>fetch('http://127.0.0.1:@PORT@')</script>")
    raise RuntimeError("</td><img src=x onerror=alert(1)><script>alert(1)</script>")


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
