"""Learned weights and loss curves: of programs written apart, and of copies of them, run in the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from random import Random

import numpy as np

from grader.checks.experiment.parts import Experiment
from grader.faults import StudentFault
from grader.integrity.similarity.works import LEAST_CURVE
from grader.sandbox import Limits, session
from tests.integrity.similarity import disguises
from tests.integrity.similarity.programs import written_apart

LIMITS = Limits(call=60.0, load=60.0, training=120.0, total=600.0)
# Disguises after which a program still runs: the others are made to be compared only.
COPIES: Mapping[str, Callable[[str, Random], str]] = {
    name: disguises.ONE_SOURCE[name] for name in ("constants and lines split", "dead code")
}
EVERY = 5  # that manieth program is copied: each copy trains


@dataclass(frozen=True, slots=True)
class Training:
    """What one training run left: digests of its networks' weights, and its loss curve's."""

    weights: frozenset[str]
    curve: frozenset[str]


def training(source: str) -> Training | None:
    """None where the program gives no run that can be compared."""
    with session(source, LIMITS) as student:
        try:
            seen = student.environment()["train_rnn_on_sequence"].observe()
        except (StudentFault, LookupError):
            return None
    return Training(frozenset(seen.learned), frozenset(_curve(Experiment(seen))))


def trainings() -> dict[str, Training]:
    """Of the programs written apart."""
    found = {name: training(text) for name, text in written_apart().items()}
    return {name: one for name, one in found.items() if one is not None}


def copied(originals: Mapping[str, Training]) -> Iterator[tuple[str, list[tuple[bool, bool]]]]:
    """For each disguise and each copy that trains: does it end with the same weights; the same curve."""
    for disguise, change in COPIES.items():
        same = []
        for number, (name, original) in enumerate(list(originals.items())[::EVERY]):
            copy = training(change(written_apart()[name], Random(1 + number)))
            if copy is not None:
                same.append((
                    bool(copy.weights & original.weights), bool(copy.curve & original.curve)
                ))  # fmt: skip
        yield disguise, same


def _curve(experiment: Experiment) -> Iterator[str]:
    try:
        losses = np.asarray(experiment.losses)
    except StudentFault:
        return
    if len(set(losses.tolist())) >= LEAST_CURVE:
        yield sha256(repr(losses.tolist()).encode()).hexdigest()
