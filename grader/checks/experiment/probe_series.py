"""What a student's generate_sequence_data gives, as arrays to compare; see `probe`."""

from __future__ import annotations

from functools import partial

import numpy as np

from grader.checks.probe_point import Record, collect
from grader.protocol import Array, CandidateFunction, Opaque

SERIES = (
    ("fibonacci", 1),
    ("fibonacci", 30),
    ("fibonacci", 120),
    ("fibonacci", 1000),
    ("sine", 50),
)
FLAT = 1e-6
REFUSED = (("no such sequence", 10), ("fibonacci", 0), ("fibonacci", -3), ("sine", 0))


def data_record(generate: CandidateFunction) -> Record:
    """What generate_sequence_data gives, in values, dtype and refusals."""
    record: Record = {}
    for kind, length in SERIES + REFUSED:
        collect(record, f"{kind} {length} ", partial(_series, generate, kind, length))
    return record


def _series(generate: CandidateFunction, kind: str, length: int) -> Record:
    returned = generate(kind, length)
    if isinstance(returned, Opaque) or returned is None:
        return {"kind": np.zeros(1)}
    try:
        values = np.asarray(returned)
    except ValueError:  # rows of different length
        return {"kind": np.ones(1)}
    form = [isinstance(returned, np.ndarray), values.dtype.itemsize, ord(values.dtype.kind)]
    numbers = np.ravel(values) if values.dtype.kind in "fiub" else np.zeros(1)
    with np.errstate(all="ignore"):
        return {"kind": np.array(form, float), "values": _told(kind, numbers.astype(np.float64))}


def _told(kind: str, numbers: Array) -> Array:
    """What a mistake changes: of Fibonacci numbers all, of a sine neither frequency nor phase."""
    if kind == "sine":
        flat = not numbers.size or np.ptp(numbers) <= FLAT
        return np.array([numbers.size, not flat], np.float64)
    if numbers.size and np.all(numbers[:2] == 1.0):
        numbers = np.concatenate([[0.0], numbers[:-1]])  # 1, 1, 2 is as good as 0, 1, 1
    return np.asarray(np.arcsinh(np.nan_to_num(numbers, posinf=1e300, neginf=-1e300)))
