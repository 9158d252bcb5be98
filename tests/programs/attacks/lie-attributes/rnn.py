"""Attack: an object that raises, or never ends, at every touch."""

import numpy as np


class Touchy:
    def __getattribute__(self, name):
        raise KeyboardInterrupt

    def __del__(self):
        raise SystemExit


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return [Touchy()]
