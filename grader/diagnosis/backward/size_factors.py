"""Factors that depend on the sizes, and sizes of one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from grader.checks.known_model import Parameters, own_gradient
from grader.checks.states import Sizes, is_softmax
from grader.diagnosis.experiments.impulses import Impulses
from grader.diagnosis.experiments.network import SMALL, Network
from grader.diagnosis.experiments.patterns import CLOSE, Reading, Readings
from grader.faults import StudentFault
from grader.protocol import CandidateClass

OTHER = Sizes(T=4, B=3, I=6, H=5, O=2)
ONES = {
    "T": Sizes(1, 4, 3, 5, 2),
    "B": Sizes(6, 1, 3, 5, 2),
    "I": Sizes(6, 4, 1, 5, 2),
    "H": Sizes(6, 4, 3, 1, 2),
    "O": Sizes(6, 4, 3, 5, 1),
}


def factors(imp: Impulses, found: Mapping[str, float]) -> Readings:
    """Arrays that are right but for a factor, grouped; whether it is 1/B, 1/T or their product.

    A number is told where it is the same at other sizes; where it is not, nobody knows what it is.
    """
    off = {name: factor for name, factor in found.items() if abs(factor - 1.0) > CLOSE}
    if not off:
        return []
    there = _ratios(imp.net.cls)
    groups: dict[tuple[str, float], list[str]] = {}
    for name, factor in off.items():
        of = _of(imp.size, factor, there.get(name))
        if of or _same_number(factor, there.get(name)):
            groups.setdefault((of, round(factor, 6)), []).append(name)
    told = {name for names in groups.values() for name in names}
    unknown = tuple(name for name in off if name not in told)
    return [
        (Reading("factor", {"of": of} if of else {"number": number}), tuple(names))
        for (of, number), names in groups.items()
    ] + ([(Reading("array_off"), unknown)] if unknown else [])


def _same_number(factor: float, other: float | None) -> bool:
    return other is not None and abs(other - factor) <= CLOSE * abs(factor)


def _of(size: Sizes, factor: float, other: float | None) -> str:
    """Of which size the factor is one over."""
    for what, here, there in (
        ("B", size.B, OTHER.B),
        ("T", size.T, OTHER.T),
        ("T*B", size.T * size.B, OTHER.T * OTHER.B),
        ("T*B*O", size.T * size.B * size.O, OTHER.T * OTHER.B * OTHER.O),
        ("O", size.O, OTHER.O),
        ("H", size.H, OTHER.H),
    ):
        if other and abs(factor * here - 1) < CLOSE and abs(other * there - 1) < CLOSE:
            return what
    return ""


def _ratios(cls: CandidateClass) -> dict[str, float]:
    """Each gradient at other sizes over what it should be, by projection."""
    net = Network.make(cls, OTHER)
    try:
        got, truths = _measured(net)
    except StudentFault:
        return {}
    true = truths[-1]
    return {
        name: float(np.sum(got[name] * true[name]) / np.sum(true[name] ** 2))
        for name in got.keys() & true.keys()
        if true[name].any()
    }


def _measured(net: Network) -> tuple[Parameters, list[Parameters]]:
    """Gradients at random inputs, and the numerical ones: of outputs, and of what a softmax gets."""
    T, B, I, _, O = net.size  # noqa: E741  # sizes as in the equations
    rng = np.random.default_rng(11)
    x, d_outputs = rng.normal(size=(T, B, I)), SMALL * rng.normal(size=(T, B, O))
    trial = net.fresh()
    seen = trial.forward(x)
    if is_softmax(seen.outputs):
        d_outputs -= d_outputs.mean(axis=-1, keepdims=True)
    truths = [truth.gradients for truth in own_gradient(net.fresh(), x, d_outputs, seen)]
    true = [{name: one[name] for name in net.names} for one in truths]
    return net.gradients(x, d_outputs, true[-1]), true


def sizes_of_one(cls: CandidateClass) -> Readings:
    """The first size that, being one, makes gradients wrong."""
    for what, size in ONES.items():
        net = Network.make(cls, size)
        try:
            got, truths = _measured(net)
        except StudentFault:
            continue
        wrong = [
            tuple(n for n in net.names if n not in got or not net.alike(got[n], true[n], SMALL))
            for true in truths
        ]
        if all(wrong):
            return [(Reading("wrong_at", {"size": what}), min(wrong, key=len))]
    return []
