"""The public probe points of the optional questions: what a class does there, as arrays to compare.

As `probe_point` for Parts 4 and 5. Networks are looked at where they keep their parameters under the
documented names; who names them otherwise is graded alike, and no known mistake is recognised.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from grader import contract
from grader.checks.bonus import bidirectional, deep, gru, optimizers, seq2seq
from grader.checks.bonus.networks import Kind, stacked
from grader.checks.known_model import SMALL, random_parameters
from grader.checks.memo import once
from grader.checks.parameters import cell_sizes, gru_roles
from grader.checks.parameters.storage import leaf
from grader.checks.probe_point import Record, collect
from grader.faults import BadValue
from grader.language import say
from grader.protocol import Array, CandidateObject

SEED = 6
EVALUATION = False
LIMITS = (0.5, 2.0, 50.0)  # of clipping


def record(candidate: Any) -> Record:
    """What this class or function does at its probe point. Raises StudentFault where nothing can be had."""
    return once(candidate, "optional record", partial(RECORDS[candidate.name], candidate))


def _gru(GRUCell: Any) -> Record:
    rng = np.random.default_rng(SEED)
    sizes = cell_sizes.PUBLIC
    values = random_parameters(gru_roles.shapes(*sizes), rng)
    x, h = rng.normal(size=(5, sizes[0])), rng.uniform(-0.9, 0.9, (5, sizes[1]))
    d_state = SMALL * rng.normal(size=h.shape)
    call = gru.trial(GRUCell, sizes, values, (x, h))
    found: Record = {}
    collect(found, "", lambda: {"new_hidden_state": call.outputs()})
    collect(found, "d", lambda: _named_gradients(call.obj.backward(d_state), call.layout.shapes))
    return found


def _named_gradients(returned: Any, shapes: Any) -> Record:
    """The entries of a dict that have a documented name and fitting size."""
    if not isinstance(returned, dict):
        raise BadValue(say("backward gives no gradients at all."))
    arrays = {name: one for name, one in returned.items() if isinstance(one, np.ndarray)}
    return {
        name: array.reshape(shapes[name]) if name in shapes else array
        for name, array in arrays.items()
        if name not in shapes or array.size == np.prod(shapes[name])
    }


def _network(kind: Kind, names: tuple[str, ...], cls: Any) -> Record:
    rng = np.random.default_rng(SEED)
    obj = cls(*kind.sizes)
    paths = {leaf(path): (path, array.shape) for path, array in obj.read().items()}
    if not set(names) <= set(paths):
        raise BadValue(say("{name} is not defined in your file.", name=tuple(names)))
    obj.write({paths[name][0]: rng.uniform(-0.6, 0.6, paths[name][1]) for name in names})
    x = kind.inputs(rng)
    targets = rng.normal(size=(kind.steps, kind.batch, kind.sizes[2]))
    found: Record = {}
    arguments: dict[str, tuple[Any, ...]] = {"": (x,)}
    if kind.name == contract.SEQ2SEQ:
        arguments |= {"taught ": (x, targets), "longer ": (x, None, kind.steps + 2)}
    for prefix, call in arguments.items():
        collect(found, prefix, partial(_round, obj, call))
    return found


def _round(obj: CandidateObject, arguments: tuple[Any, ...]) -> Record:
    """One forward and backward: outputs, hidden states and gradients as they come."""
    returned = obj.forward(*arguments)
    parts = list(returned) if isinstance(returned, tuple | list) else [returned]
    arrays = [one for part in parts if (one := stacked(part)) is not None]
    found = {f"returned {number}": array for number, array in enumerate(arrays)}
    gradients = obj.backward(SMALL * np.random.default_rng(SEED).normal(size=arrays[0].shape))
    return found | {f"d{name}": one for name, one in _named_gradients(gradients, {}).items()}


def _clip(clip_by_norm: Any) -> Record:
    rng = np.random.default_rng(SEED)
    given = optimizers.drawn(rng)
    found: Record = {}
    for limit in LIMITS:
        collect(found, f"{limit:g} ", partial(_clipped, clip_by_norm, given, limit))
    return found


def _clipped(clip_by_norm: Any, given: dict[str, Array], limit: float) -> Record:
    returned, left, _ = clip_by_norm.echo(given, limit)
    return {
        f"{what} {name}": np.asarray(value)
        for what, arrays in (("returned", returned), ("given", left))
        for name, value in dict(arrays or {}).items()
    }


def _optimizer(cls: Any) -> Record:
    rng = np.random.default_rng(SEED)
    start, gradients = optimizers.drawn(rng), [optimizers.drawn(rng) for _ in range(4)]

    def steps() -> Record:
        course = optimizers.run(cls(), cls.name, start, gradients, optimizers.RATE)
        return {
            f"{what} {number} {name}": value
            for what, points in (("returned", course.returned), ("given", course.in_place))
            for number, point in enumerate(points)
            for name, value in point.items()
        }

    found: Record = {}
    collect(found, "", steps)
    return found


def _dropout(Dropout: Any) -> Record:
    """What does not hang on the draws: which values occur, and where they are alike."""
    x = np.ones((3, 40, 50))
    dropout = Dropout(0.3)

    def look() -> Record:
        first, second = (np.asarray(dropout.forward(x), float) for _ in range(2))
        gradient = np.asarray(dropout.backward(x), float)
        return {
            "values": np.unique(first.round(9)),
            "share": np.array([np.mean(first == 0.0).round(1)]),
            "all steps alike": np.array([float(np.all(first == first[0]))]),
            "sequences alike": np.array([float(np.all(first == first[:, :1]))]),
            "drawn again": np.array([float(np.any(first != second))]),
            "gradient values": np.unique(gradient.round(9)),
            "same mask": np.array([float(np.all((gradient == 0.0) == (second == 0.0)))]),
            "evaluation": np.asarray(dropout.forward(x, EVALUATION), float)[0, 0, :1],
        }

    found: Record = {}
    collect(found, "", look)
    return found


RECORDS: dict[str, Callable[[Any], Record]] = {
    contract.GRU: _gru,
    contract.BIDIRECTIONAL: partial(
        _network, bidirectional.PUBLIC, contract.PARAMETERS[contract.BIDIRECTIONAL]
    ),
    contract.DEEP: partial(
        _network,
        deep.HIDDEN,  # with two layers several mistakes give the same outputs
        contract.PARAMETERS[contract.DEEP],
    ),
    contract.SEQ2SEQ: partial(_network, seq2seq.PUBLIC, contract.PARAMETERS[contract.SEQ2SEQ]),
    contract.CLIP: _clip,
    contract.MOMENTUM: _optimizer,
    contract.ADAM: _optimizer,
    contract.DROPOUT: _dropout,
}
