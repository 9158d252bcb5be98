"""Attack: keys and type names that break tables and formulas."""

import numpy as np


def generate_sequence_data(seq_type="fibonacci", length=1000):
    kind = type("=HYPERLINK('http://x')\n\x1b[2J", (), {})
    return {"=1+1\x1b[2J\u202e": kind(), "\ud800": "\udfff", "": None}
