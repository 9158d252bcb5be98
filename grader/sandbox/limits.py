"""How much a student's program may use; the seconds stand in `assignment.toml`."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader import assignment


def _seconds(name: str) -> float:
    seconds: float = getattr(assignment.load().limits, name)
    return seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds are wall clock unless said otherwise; sizes are bytes."""

    # One call, or one message of several steps.
    call: float = field(default_factory=lambda: _seconds("call_seconds"))
    # The import of the file.
    load: float = field(default_factory=lambda: _seconds("import_seconds"))
    # train_rnn_on_sequence, watched.
    training: float = field(default_factory=lambda: _seconds("training_seconds"))
    # All calls of one submission together, training apart.
    total: float = field(default_factory=lambda: _seconds("submission_seconds"))
    start: float = 20.0  # until a worker is ready: ours, not the student's
    memory: int = 1 << 30  # address space of a worker; NumPy alone takes 200 MiB of it
    file_size: int = 8 << 20  # one file in the working folder
    scratch: int = 32 << 20  # the working folder
    threads: int = 32
    files: int = 256  # open at a time, as on macOS, where it is least

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
