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
    with open(f"/proc/{pid}/status") as file:  # noqa: PTH123  # asked for each program
        fields = (line.partition(":") for line in file)
        return {name: words.split() for name, _, words in fields}


def descends(pid: int, ancestor: int) -> bool:
    """Whether `ancestor` started `pid`, or who did so."""
    for _ in range(_MOST_GENERATIONS):
        if pid in (0, 1, ancestor):
            return pid == ancestor
        pid = parent_of(pid)
    return False


def parent_of(pid: int) -> int:
    """Who started `pid`. OSError where it has ended."""
    with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123  # asked for each program
        return int(file.read().rpartition(b")")[2].split()[1])
