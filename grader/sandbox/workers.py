"""Workers forked from one parent: ready in a hundredth of a second, each as alone as if started.

Theory of operation. An examiner that grades many programs starts one parent of workers in the
sandbox of its tier, and for each program has it fork a worker. The parent has read no student's
byte, so nothing of one program is in its memory for another to find; what a worker does stays in
namespaces, or in a folder, that end with it. What the workers of a parent share is where things
lie in memory: it is replaced after `PROGRAMS` of them.

Where a parent cannot be had, or a program could get out of what it forks, workers are started one
by one. On the plain tier always: there a program could do anything to the parent.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from functools import cache
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from grader.faults import KitFault
from grader.sandbox import start_command, tiers
from grader.sandbox.launch import Worker, open_worker
from grader.sandbox.limits import Limits

if TYPE_CHECKING:
    from grader.sandbox.forking.fork_parent import Parent

TIERS = (start_command.BUBBLEWRAP, start_command.SELF_CONFINED)
PROGRAMS = 100  # forked from one parent: its start, a third of a second, is lost among so many
TRIES = 2  # at one worker
MOST_FAILURES = 6  # in a row, after which no parent is tried in this process

_Key = tuple[int, str]  # this process, for one that was forked has none of its parents; tier
_parents: dict[_Key, Parent] = {}
_failures: Counter[_Key] = Counter()
_lock = threading.Lock()


def take(limits: Limits, tier: str, *, draws: bool, many: bool) -> Worker:
    """A worker of `tier`, confined and ready for requests. KitFault where there is none to be had.

    many: from a parent, which is kept for the next. draws: the program asks for matplotlib, which
    a worker that is started for itself loads if so.
    """
    if many and tier in TIERS:
        key = (os.getpid(), tier)
        for _ in range(TRIES):
            if _failures[key] >= MOST_FAILURES:
                break
            try:
                worker = _parent(key, limits).fork(limits)
            except KitFault:
                _failures[key] += 1
            else:
                _failures[key] = 0
                return worker
    return open_worker(limits, tier, draws=draws)


def _parent(key: _Key, limits: Limits) -> Parent:
    """The parent at hand, or a new one. Raises KitFault."""
    with _lock:
        parent = _parents.get(key)
        if parent is not None and not parent.over and parent.programs < PROGRAMS:
            return parent
        if parent is not None:
            parent.retire()
        _end_with_process(os.getpid())
        _parents[key] = start(key[1], limits)
        return _parents[key]


def start(tier: str, limits: Limits) -> Parent:
    """A new parent, once a program has tried in vain to get out of what it forks. Raises KitFault."""
    from grader.sandbox.forking.fork_parent import Parent  # noqa: PLC0415  # not for one program

    parent = Parent(tier, limits.start)
    try:
        worker = parent.fork(limits)
        tiers.prove(worker)
        worker.kill()
    except KitFault:
        parent.end()
        raise
    return parent


def hindrance(tier: str) -> str:
    """Why no worker of this tier can be forked here; empty where one can."""
    if tier not in TIERS:
        return "it would not be safe without a sandbox"
    try:
        start(tier, Limits()).end()
    except KitFault as fault:
        return str(fault)
    return ""


def end() -> None:
    """End the parents of this process."""
    for key in [key for key in _parents if key[0] == os.getpid()]:
        _parents.pop(key).end()


@cache
def _end_with_process(_process: int) -> None:
    # Not atexit: the processes of a pool end without it.
    Finalize(None, end, exitpriority=1)
