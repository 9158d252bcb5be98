"""Deadlines that count a student's time, not that of a busy machine.

A worker that is runnable but waits for a processor is not slow. Linux says in `schedstat` how long
each process has waited so (Documentation/scheduler/sched-stats.rst); elsewhere the wall clock counts.
"""

from __future__ import annotations

import time
from pathlib import Path

# However busy the machine: no call may hold an examiner longer than so many times its limit.
MOST = 6.0
# Seconds below which nobody asks: most calls take microseconds, reading /proc takes a hundred.
SLOW = 0.2


class Deadline:
    """`seconds` from now, for a process and its descendants."""

    def __init__(self, seconds: float, pid: int) -> None:
        self._began = time.monotonic()
        self._seconds = seconds
        self._pid = pid
        self._before: float | None = None  # what it had waited before the call got slow

    def left(self) -> float:
        """Seconds that remain; zero or less: it is over."""
        elapsed = time.monotonic() - self._began
        if self._before is None and elapsed > SLOW:
            self._before = waited(self._pid)
        if elapsed < self._seconds:
            return self._seconds - elapsed
        return min(self._seconds + self.lost(), MOST * self._seconds) - elapsed

    def spent(self) -> float:
        """Seconds so far, those without a processor left out as far as they are known."""
        return time.monotonic() - self._began - self.lost()

    def lost(self) -> float:
        """Seconds without a processor, once the call is slow; before, nobody has asked."""
        return 0.0 if self._before is None else max(0.0, waited(self._pid) - self._before)


def waited(pid: int) -> float:
    """Seconds that a process and its descendants were ready to run and had no processor."""
    total, pids = 0.0, [pid]
    for process in pids:  # grows while it is walked: bubblewrap and its workers are a handful
        folder = Path(f"/proc/{process}")
        try:
            total += int((folder / "schedstat").read_text().split()[1]) / 1e9
            pids += map(int, (folder / "task" / str(process) / "children").read_text().split())
        except (OSError, ValueError, IndexError):
            continue
    return total
