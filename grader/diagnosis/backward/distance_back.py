"""How far back in time an output's gradient reaches, over a long sequence."""

from __future__ import annotations

import numpy as np

from grader.checks.states import Sizes
from grader.diagnosis.experiments.network import SMALL, Network
from grader.diagnosis.experiments.patterns import Reading
from grader.protocol import Array, CandidateClass

LONG = Sizes(T=44, B=2, I=45, H=3, O=1)
NOTHING = 1e-9  # of the largest; what is there decays far less over 44 steps
FADED = 1e-6  # what the slopes of 44 steps may leave at the least, for nothing to be a cut
INPUT = 0.05
NUDGE = 1e-3  # far below what moves an activation into another part of it
LOOKED_AT = (LONG.T - 1, LONG.T - 2, LONG.T // 2)  # output steps


def measure(cls: CandidateClass) -> Reading | None:
    """Where the gradient stops, the same for every output asked; None where it does not.

    The recurrent matrix is a rotation and inputs are small, so that nothing fades. Raises
    StudentFault.
    """
    net = _lossless(cls)
    if _fades(net):
        return None
    T = LONG.T
    firsts = [_first(net, t) for t in LOOKED_AT]
    if firsts[0] and firsts[-1] is None and _is_nothing(net, LOOKED_AT[-1]):
        return Reading("stops_after", {"steps": T - firsts[0]})
    if None in firsts or not any(firsts):
        return None
    if not all(
        _forward_reaches(net, t, first - 1)
        for t, first in zip(LOOKED_AT, firsts, strict=True)
        if first
    ):
        return None  # forward itself does not get there
    depths = {t - first for t, first in zip(LOOKED_AT, firsts, strict=True) if first}
    if len(depths) == 1:
        depth = depths.pop()
        whole = depth < T // 2 and not firsts[-1]  # a step that should be cut as well is not
        return None if whole else Reading("bptt_depth", {"steps": depth})
    edges: list[int] = []
    edge = firsts[0]
    while edge:
        edges.insert(0, edge)
        edge = _first(net, edge - 1)
    return Reading("cut_before", {"of": T, "steps": tuple(edges)})


def _fades(net: Network) -> bool:
    """Whether states of this forward are so large that slopes alone leave nothing of a gradient."""
    hidden = net.forward(_one_hot(net)).hidden
    return hidden is not None and float(np.prod((1 - hidden**2).min(axis=(1, 2)))) < FADED


def _one_hot(net: Network) -> Array:
    """(T, B, I): the input of every step points at a row of its own."""
    x = np.zeros((net.size.T, net.size.B, net.size.I))
    x[:, :, : net.size.T] = np.eye(net.size.T)[:, None]
    return x


def _forward_reaches(net: Network, t: int, s: int | None) -> bool:
    """Whether a change of the input at step s moves the output of step t."""
    x = _one_hot(net)
    changed = x.copy()
    changed[s] += NUDGE
    return bool(np.any(net.forward(changed).outputs[t] != net.forward(x).outputs[t]))


def _lossless(cls: CandidateClass) -> Network:
    net = Network.make(cls, LONG)
    rng = np.random.default_rng(5)
    turn = np.linalg.qr(rng.normal(size=(LONG.H, LONG.H)))[0]
    values = {
        "W_xh": INPUT * rng.choice([-1.0, 1.0], (LONG.I, LONG.H)),
        "W_hh": turn,
        "b_h": np.zeros(LONG.H),
        "W_hy": rng.uniform(0.5, 1.0, (LONG.H, LONG.O)),
        "b_y": np.zeros(LONG.O),
    }
    return Network(cls, net.size, values)


def _first(net: Network, t: int) -> int | None:
    """The first input step that an output of step t reaches; None where there are gaps.

    Rows of dW_xh tell, inputs being one-hot in time.
    """
    sizes = _reaches(net, t)
    if sizes is None:
        return None
    reached = np.flatnonzero(sizes > NOTHING * sizes.max())
    whole = reached.size and np.array_equal(reached, np.arange(reached[0], t + 1))
    return int(reached[0]) if whole else None


def _is_nothing(net: Network, t: int) -> bool:
    sizes = _reaches(net, t)
    return sizes is not None and not sizes.any()


def _reaches(net: Network, t: int) -> Array | None:
    """(T,): how strongly an output of step t reaches each input step."""
    T, B, _, _, O = net.size  # noqa: E741  # sizes as in the equations
    d_outputs = np.zeros((T, B, O))
    d_outputs[t] = SMALL
    expected = {name: np.zeros(shape) for name, shape in net.layout.shapes.items()}
    found = net.gradients(_one_hot(net), d_outputs, expected).get("W_xh")
    if found is None:
        return None
    return np.asarray(np.abs(found[:T]).max(axis=1))
