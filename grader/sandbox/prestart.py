"""A worker ahead of need: it starts, and loads matplotlib, while another program is being graded.

A spare is a worker like any other: confined before it is ready, given one program, ended with it.
"""

from __future__ import annotations

import contextlib
from functools import cache
from multiprocessing.util import Finalize

from grader.faults import KitFault
from grader.sandbox.launch import Worker, begin, greet, open_worker
from grader.sandbox.limits import Limits

_spares: dict[tuple[Limits, str], Worker] = {}


def take(limits: Limits, tier: str, *, draws: bool, ahead: bool) -> Worker:
    """A worker of `tier`, confined and ready for requests. KitFault where it cannot be started.

    draws: it has loaded matplotlib. ahead: if so, start another such for the next call in this
    process; nearly all programs draw, and one that does not gets a worker that has loaded no more
    than it asks for.
    """
    if not draws:
        return open_worker(limits, tier)
    worker = _greeted(limits, tier) or open_worker(limits, tier, draws=True)
    if ahead:
        _end_with_process()
        with contextlib.suppress(KitFault):  # the next call meets it again, and says so
            _spares[limits, tier] = begin(limits, tier, draws=True)
    return worker


def _greeted(limits: Limits, tier: str) -> Worker | None:
    """The spare, if there is one and it has come to no harm while it waited."""
    waiting = _spares.pop((limits, tier), None)
    if waiting is None:
        return None
    try:
        return greet(waiting, limits, tier)
    except KitFault:
        return None


@cache
def _end_with_process() -> None:
    # Not atexit: the processes of a pool end without it.
    Finalize(None, end, exitpriority=1)


def end() -> None:
    """End the spares."""
    while _spares:
        _spares.popitem()[1].kill()
