"""A forward over many steps, over sizes of one and over large inputs."""

from __future__ import annotations

import numpy as np

from grader.checks.states import Sizes
from grader.diagnosis.experiments.network import Network
from grader.diagnosis.experiments.patterns import Reading, Readings
from grader.faults import StudentFault
from grader.protocol import Array, CandidateClass

LONG = Sizes(44, 3, 3, 4, 2)
ONES = {
    "T": Sizes(1, 6, 3, 4, 2),
    "B": Sizes(6, 1, 3, 4, 2),
    "I": Sizes(6, 5, 1, 4, 2),
    "H": Sizes(6, 5, 3, 1, 2),
    "O": Sizes(6, 5, 3, 4, 1),
}
BOTH = ("hidden_states", "outputs")


def examine(cls: CandidateClass) -> Readings:
    """What shows only there; empty where nothing does."""
    if (step := _first_off(cls, LONG)) is not None:
        return [(Reading("wrong_from", {"step": step}), BOTH)]
    for what, size in ONES.items():
        try:
            if _first_off(cls, size) is not None:
                return [(Reading("wrong_at", {"size": what}), BOTH)]
        except StudentFault:
            continue
    return []


def _first_off(cls: CandidateClass, size: Sizes) -> int | None:
    """The first step at which states are not the equation's."""
    net = Network.make(cls, size)
    rng = np.random.default_rng(13)
    x = rng.normal(size=(size.T, size.B, size.I))
    hidden = net.forward(x).hidden
    if hidden is None:
        return None
    before: Array = np.zeros((size.B, size.H))
    for t, state in enumerate(hidden.astype(np.float64)):
        if not net.alike(state, np.tanh(net.weighted_sum(x[t], before))):
            return t
        before = state
    return None
