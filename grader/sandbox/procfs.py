"""What Linux says of a process in /proc (`man 5 proc`): the kernel's word, not the process's own."""

from __future__ import annotations

from pathlib import Path

_MOST_GENERATIONS = 8


def pid_of(handle: int) -> int:
    """The process behind a pidfd. ValueError where it has ended, or the descriptor is none."""
    for line in Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines():
        name, _, number = line.partition(":")
        if name == "Pid" and int(number) > 0:
            return int(number)
    raise ValueError("no pidfd of a process that runs")


def status(pid: int | str) -> dict[str, list[str]]:
    """The fields of /proc/PID/status, each in its words. OSError where it has ended."""
    lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {words[0].removesuffix(":"): words[1:] for words in lines if words}


def descends(pid: int, ancestor: int) -> bool:
    """Whether `ancestor` started `pid`, or who did so."""
    for _ in range(_MOST_GENERATIONS):
        if pid in (0, 1, ancestor):
            return pid == ancestor
        pid = int(status(pid)["PPid"][0])
    return False
