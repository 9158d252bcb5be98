"""A student's own SimpleRNN, GRUCell and LSTMCell, measured from outside: by their forward alone.

Nothing is asked of how they are written: parameters are the numbers that change the hidden states,
and the gradient by lag is what central differences of an input leave in later states.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from grader.checks.compare import What, finite, shaped
from grader.contract import FORWARD, GRU, LSTM, RNN
from grader.faults import BadValue, StudentFault
from grader.language import say
from grader.protocol import Array, Call, CandidateClass, CandidateObject

SIZES = ((16, 32), (64, 128), (128, 256))  # (input, hidden), as for the model answers
BATCH = 16
STEPS = 25
ROUNDS = 11
LAG_SIZES = (8, 32)  # (input, hidden)
LAGS = 40
WARM_UP = 20  # steps until the state has forgotten its start
STARTS = 3  # objects, each with weights of its own
CHANGE = 1e-3  # of an input: rounding of float32 and curvature both stay below 1e-3 of a norm
NUDGE = 0.1  # of a parameter, to see whether states change

STATES = {RNN: 0, GRU: 1, LSTM: 2}  # arrays of state that forward gets and returns


@dataclass(frozen=True, slots=True)
class OwnCost:
    """One network at one size."""

    input_size: int
    hidden_size: int
    parameters: int
    seconds: float  # of one time step of a batch


@dataclass(frozen=True, slots=True)
class OwnNetwork:
    """What was measured of one of a student's classes, or why it could not be."""

    name: str
    costs: tuple[OwnCost, ...] = ()
    # |dh_{k+lag}/dx_k| over that at lag 0, for lags 0 to LAGS: medians over starts.
    norms: tuple[float, ...] = ()
    fault: StudentFault | None = None


def measured(
    environment: Mapping[str, CandidateClass], tell: Callable[[str], None] = lambda _: None
) -> tuple[OwnNetwork, ...]:
    """All that the program defines of the three, in the order of `STATES`."""
    found = {}
    for name in STATES:
        if name in environment:
            tell(name)
            found[name] = _reach(environment[name])
    for sizes in SIZES:
        running = {name: environment[name] for name, one in found.items() if one.fault is None}
        found |= {name: _with(found[name], cost) for name, cost in _costs(running, *sizes).items()}
    return tuple(found.values())


def _reach(candidate: CandidateClass) -> OwnNetwork:
    """How far its gradients reach."""
    try:
        norms = np.median([_norms(_Own(candidate, *LAG_SIZES)) for _ in range(STARTS)], axis=0)
    except StudentFault as fault:
        return OwnNetwork(candidate.name, fault=fault)
    return OwnNetwork(candidate.name, norms=tuple(norms.tolist()))


def _with(network: OwnNetwork, cost: OwnCost | StudentFault) -> OwnNetwork:
    if isinstance(cost, StudentFault):
        return replace(network, fault=cost)
    return replace(network, costs=(*network.costs, cost))


class _Own:
    """An object of one of the three classes, as something that reads sequences."""

    def __init__(self, candidate: CandidateClass, input_size: int, hidden_size: int) -> None:
        self.name = candidate.name
        self.sizes = sizes = input_size, hidden_size
        # SimpleRNN has an output layer besides: as small as can be.
        self.object: CandidateObject = (
            candidate(*sizes, 1) if self.name == RNN else candidate(*sizes)
        )

    def states(self, inputs: Array) -> NDArray[np.float64]:
        """The hidden states (T, B, H) of inputs (T, B, I), from rest."""
        T, B, _ = inputs.shape
        if self.name == RNN:
            return self._seen(self._pair(self.object.forward(inputs))[1], (T, B, self.sizes[1]))
        state, states = self._rest(B), []
        for x in inputs:
            returned = self.object.forward(x, *state)
            new = self._pair(returned) if len(state) > 1 else (returned,)
            state = tuple(self._seen(each, (B, self.sizes[1])) for each in new)
            states.append(state[0])
        return np.stack(states)

    def seconds(self, inputs: Array) -> float:
        """Seconds of the student's code for one time step of inputs (T, B, I), in one message."""
        if self.name == RNN:
            calls = [Call(FORWARD, (inputs,))]
        else:
            calls = [Call(FORWARD, (x, *self._rest(inputs.shape[1]))) for x in inputs]
        self.object.replay(calls)
        if len(self.object.seconds) != len(calls):
            raise BadValue(say("{name} was not measured.", name=self.name))
        # A cell's calls by their median: some are interrupted for longer than they take.
        return statistics.median(self.object.seconds) * len(calls) / len(inputs)

    def _rest(self, batch: int) -> tuple[Array, ...]:
        return tuple(np.zeros((batch, self.sizes[1])) for _ in range(STATES[self.name]))

    def _pair(self, returned: object) -> tuple[object, ...]:
        match returned:
            case (first, second):
                return first, second
        raise BadValue(say("{name}.forward returns no pair.", name=self.name))

    def _seen(self, value: object, shape: tuple[int, ...]) -> NDArray[np.float64]:
        what = What("hidden state", f"{self.name}.forward")
        return np.asarray(finite(shaped(value, shape, what), what), np.float64)


class _Timed:
    """One network at one size: its parameters counted once, its steps timed in turns with others."""

    def __init__(self, candidate: CandidateClass, inputs: Array, hidden_size: int) -> None:
        sizes = inputs.shape[-1], hidden_size
        self.parameters = _parameters(_Own(candidate, *sizes), inputs[:3, :2])
        self.own = _Own(candidate, *sizes)
        self.own.seconds(inputs)  # warms up
        self.turns: list[float] = []

    def cost(self) -> OwnCost:
        """The shortest turn counts: a machine is busy now and then."""
        return OwnCost(*self.own.sizes, self.parameters, min(self.turns))


def _costs(
    candidates: Mapping[str, CandidateClass], input_size: int, hidden_size: int
) -> dict[str, OwnCost | StudentFault]:
    inputs = np.random.default_rng(input_size).normal(size=(STEPS, BATCH, input_size))
    timed: dict[str, _Timed] = {}
    faults: dict[str, StudentFault] = {}
    for name, candidate in candidates.items():
        with _kept(faults, name):
            timed[name] = _Timed(candidate, inputs, hidden_size)
    for _ in range(ROUNDS):
        for name in timed.keys() - faults.keys():
            with _kept(faults, name):
                timed[name].turns.append(timed[name].own.seconds(inputs))
    return {name: faults.get(name) or timed[name].cost() for name in candidates}


@contextmanager
def _kept(faults: dict[str, StudentFault], name: str) -> Iterator[None]:
    """What goes wrong with one network leaves the others alone."""
    try:
        yield
    except StudentFault as fault:
        faults[name] = fault


def _parameters(own: _Own, inputs: Array) -> int:
    """How many numbers change the hidden states; those that lie in two arrays count once."""
    arrays = own.object.read()
    before = own.states(inputs)
    counted: set[str] = set()
    total = 0
    for path in sorted(arrays, key=lambda name: -arrays[name].size):
        if path in counted:
            continue
        own.object.write({path: arrays[path] + NUDGE})
        after = own.object.read()
        moved = not np.array_equal(own.states(inputs), before)
        own.object.write({path: arrays[path]})
        if moved:
            counted |= {other for other in arrays if _changed(arrays[other], after.get(other))}
            total += arrays[path].size
    return total


def _changed(before: Array, after: Array | None) -> bool:
    return after is None or not np.array_equal(before, after)


def _norms(own: _Own) -> NDArray[np.float64]:
    """Spectral norms of dh_{k+lag}/dx_k (H, I), as shares of that at lag 0.

    A batch of 2 I equal sequences, in each of which one entry of x_k is a little larger or smaller:
    one run gives the Jacobians of all lags.
    """
    size, _ = own.sizes
    inputs = np.repeat(
        np.random.default_rng(6).normal(size=(WARM_UP + 1 + LAGS, 1, size)), 2 * size, 1
    )
    inputs[WARM_UP] += CHANGE * np.concatenate([np.eye(size), -np.eye(size)])
    later = own.states(inputs)[WARM_UP:]
    jacobians = (later[:, :size] - later[:, size:]) / (2 * CHANGE)  # (lags, I, H)
    norms = np.linalg.norm(jacobians, 2, axis=(1, 2))
    if norms[0] == 0:
        raise BadValue(say("{name}: the hidden state does not depend on the input.", name=own.name))
    return np.asarray(norms / norms[0], np.float64)
