"""How much a student's program may use. The numbers come from `assignment.toml`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds are wall clock unless said otherwise; sizes are bytes."""

    call: float = 5.0  # one call, or one message of several steps
    load: float = 20.0  # the import of the file
    training: float = 30.0  # train_rnn_on_sequence, watched
    total: float = 120.0  # all calls of one submission together, training apart
    start: float = 20.0  # until a worker is ready: ours, not the student's
    memory: int = 1 << 30  # address space of a worker
    file_size: int = 16 << 20  # one file in the working folder
    scratch: int = 32 << 20  # the working folder
    processes: int = 32  # threads, in effect
    files: int = 64  # open at a time
