"""How much a student's program may use. The numbers come from `assignment.toml`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds are wall clock unless said otherwise; sizes are bytes."""

    call: float = 5.0  # one call, or one message of several steps
    load: float = 20.0  # the import of the file
    training: float = 20.0  # train_rnn_on_sequence, watched
    total: float = 120.0  # all calls of one submission together, training apart
    start: float = 20.0  # until a worker is ready: ours, not the student's
    memory: int = 1 << 30  # address space of a worker; NumPy alone takes 200 MiB of it
    file_size: int = 8 << 20  # one file in the working folder
    scratch: int = 32 << 20  # the working folder
    threads: int = 32
    files: int = 48  # open at a time

    def resources(self) -> dict[str, int]:
        """Names and values for `resource.setrlimit`. CPU seconds back up the examiner's clock."""
        return {
            "RLIMIT_AS": self.memory,
            "RLIMIT_CPU": int(self.load + self.training + self.total) + 30,
            "RLIMIT_FSIZE": self.file_size,
            "RLIMIT_NPROC": self.threads,
            "RLIMIT_NOFILE": self.files,
            "RLIMIT_CORE": 0,
            "RLIMIT_MEMLOCK": 0,
            "RLIMIT_MSGQUEUE": 0,
        }
