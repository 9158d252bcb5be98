"""Boil works down, on all cores where a class is large; few are in memory at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context

from grader.integrity.similarity.handed_out import HandedOut
from grader.integrity.similarity.works import BoiledWork, SentWork, boiled, taken_off

FEW = 48  # works that one process boils down in the time that two take to start
BATCH = 32


def boil_all(sent: Iterator[SentWork], given: HandedOut) -> Iterator[BoiledWork]:
    """In the order in which they come."""
    boil = partial(_boil, given)
    first = list(islice(sent, FEW))
    if len(first) < FEW:
        yield from map(boil, first)
        return
    # Spawned, not forked: the caller may run threads.
    workers = min(os.cpu_count() or 1, 8)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        while first:
            yield from pool.map(boil, first, chunksize=4)
            first = list(islice(sent, BATCH))


def _boil(given: HandedOut, sent: SentWork) -> BoiledWork:
    """In each process, what was handed out is boiled down once."""
    return boiled(sent, taken_off(given))
