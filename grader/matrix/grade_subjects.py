"""Grade all subjects on a few processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import environ

from grader.matrix.grade_subject import MatrixRow, examine
from grader.matrix.subjects import Subject

CHUNK = 4


def rows(subjects: Iterable[Subject], workers: int) -> Iterator[MatrixRow]:
    """Rows in the order of the subjects, as they come."""
    # One thread each: the products here are small, and threads would only wait for each other.
    environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(examine, subjects, chunksize=CHUNK)
