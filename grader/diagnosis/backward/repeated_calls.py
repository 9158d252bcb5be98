"""Backward again, after other calls: what is left from before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.diagnosis.experiments.network import SMALL, Network
from grader.diagnosis.experiments.patterns import Reading
from grader.faults import StudentFault
from grader.protocol import (
    Array,
    Call,
    Read,
    Step,
    Write,
)

Found = dict[str, Reading]


def measure(net: Network) -> Found:
    """Why a later backward gives something else than the same one on a fresh object, by array."""
    rng = np.random.default_rng(9)
    (x0, d0), (x1, d1) = (_point(net, rng), _point(net, rng))
    nothing = {name: np.zeros(shape) for name, shape in net.layout.shapes.items()}
    first, second = (net.gradients(x, d, nothing) for x, d in ((x0, d0), (x1, d1)))
    other = net.gradients(x0, d1, nothing)
    if _keeps_state(net, x0):
        return {}  # forward's fault: backward belongs to what forward really computed
    found: Found = {}
    again = [("forward", x0), ("backward", d0), ("forward", x1), ("backward", d1)]
    for kind, calls in (
        ("latest", [("forward", x0), ("forward", x1), ("backward", d1)]),
        ("again", again),
        ("updated", [*again[:2], ("update_parameters", 0.5), *again[2:]]),
    ):
        try:
            last = _last(net, calls, nothing)
        except StudentFault:
            continue
        for name in second.keys() & last.keys() - found.keys():
            if net.alike(last[name], second[name]) or not np.all(np.isfinite(second[name])):
                continue  # NaN differs from itself
            found[name] = _reading(net, last[name], second[name], first[name], other[name], kind)
    return found


def _reading(
    net: Network, got: Array, right: Array, first: Array, other: Array, when: str
) -> Reading:
    if when != "latest" and net.alike(got - right, first):
        return Reading("accumulates")
    if net.alike(got, other):
        return Reading("stale")
    return Reading("left_over", {"after": when})


def _last(
    net: Network, calls: list[tuple[str, Any]], expected: Mapping[str, Array]
) -> dict[str, Array]:
    """The gradients of the last backward; parameters are set again before every forward."""
    trial = net.fresh()
    written = net.layout.written(net.layout.effective(net.values))
    steps: list[Step] = []
    for method, argument in calls:
        if method == "forward":
            steps.append(Write(written))
        steps.append(Call(method, (argument,)))
    values = trial.rnn.replay([*steps, Read()])
    return net.bound(values[-2], values[-1], expected)


def _keeps_state(net: Network, x: Array) -> bool:
    trial = net.fresh()
    first, second = (trial.forward(x) for _ in range(2))
    return not net.alike(second.outputs, first.outputs)


def _point(net: Network, rng: np.random.Generator) -> tuple[Array, Array]:
    T, B, I, _, O = net.size  # noqa: E741  # sizes as in the equations
    return rng.normal(size=(T, B, I)), SMALL * rng.normal(size=(T, B, O))


def parameters_given(net: Network) -> tuple[str, ...]:
    """The parameters that backward changes and gives back as if they were gradients."""
    x, d_outputs = _point(net, np.random.default_rng(21))
    trial = net.fresh()
    layout = net.layout
    steps: list[Step] = [
        Write(layout.written(trial.parameters)),
        Call("forward", (x,)),
        Read(),
        Call("backward", (d_outputs,)),
        Read(),
    ]
    _, _, before, returned, after = trial.rnn.replay(steps)
    old, new = (layout.storage.vector(arrays) for arrays in (before, after))
    slots = {name: layout.slots[name][0] for name in net.names}
    given = net.bound(returned, after, {})
    return tuple(
        name
        for name, slot in slots.items()
        if np.any(old[slot] != new[slot]) and name in given and net.alike(given[name], new[slot])
    )
