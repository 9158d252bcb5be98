"""What a check may ask of a student's code, wherever that code runs.

`sandbox.candidate` implements this twice over one set of proxies: on a confined worker, and on
objects of this process (for a notebook). Checks know only these protocols.

A value that comes back is plain data: None, bool, int, float, str, numpy.ndarray, list, tuple,
dict (str or int keys), or `Opaque` for anything else. Every call may raise a `StudentFault`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.faults import StudentFault

Array = NDArray[Any]
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that cannot travel; `type_name` is what the student would call it."""

    type_name: str


@dataclass(frozen=True, slots=True)
class Call:
    """One method call, for `CandidateObject.replay`.

    echo: what comes back is [what it returned, *the arguments as the call has left them].
    """

    method: str
    arguments: tuple[Any, ...]
    echo: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class CutVector(Mapping[str, Array]):
    """Arrays by path that lie in one vector end to end: cut only where somebody looks at one."""

    paths: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    vector: NDArray[np.float64]

    def __getitem__(self, path: str) -> Array:
        start = 0
        for known, shape in zip(self.paths, self.shapes, strict=True):
            size = math.prod(shape)
            if known == path:
                return self.vector[start : start + size].reshape(shape)
            start += size
        raise KeyError(path)

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(frozen=True, slots=True)
class Write:
    """One write of parameters, for `CandidateObject.replay`: {path: whole array}."""

    values: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Read:
    """One read of all arrays, for `CandidateObject.replay`.

    apart: parameters that are one array get one each first, as they do when they are written.
    every: by every path that leads to an array, views among them.
    shown: instead, what views of these arrays the object shows under such names.
    """

    apart: bool = False
    every: bool = False
    shown: tuple[str, ...] = ()


Step = Call | Write | Read


@dataclass(frozen=True, slots=True)
class Rounds:
    """Rounds of backward, update_parameters and forward, for `CandidateObject.train`.

    After each forward, d_outputs = weights * (outputs - targets): the gradient of a squared error.
    """

    d_outputs: Array  # (T, B, O), for the first backward
    inputs: Array  # (N, T, B, I), for the forward of each round
    targets: Array  # (N, T, B, O)
    weights: Array  # broadcast to (T, B, O)
    rate: float
    updates: bool  # False: backward alone, update_parameters is not called
    bound: float  # an output that is not below it ends the rounds


class CandidateObject(Protocol):
    """An instance of a student's class."""

    def forward(self, *arguments: Any) -> Any: ...

    def backward(self, *arguments: Any) -> Any: ...

    def update_parameters(self, *arguments: Any) -> Any: ...

    def read(self) -> dict[str, Array]:
        """All float arrays reachable from the object, by path: "W_xh", "p['W']", "gates[0].b"."""
        ...

    def write(self, values: Mapping[str, Array]) -> None:
        """Set whole arrays by path: in place where possible, else rebound; dtypes are kept."""
        ...

    def replay(self, steps: Sequence[Step]) -> list[Any]:
        """Several steps in one message: what each returned (None for Write, dict for Read)."""
        ...

    def train(self, rounds: Rounds) -> tuple[int, Any]:
        """As many rounds as a moment allows, at least one: how many, and what forward returned last.

        Ends early as well where that is not a pair or an array with outputs of the targets' shape.
        """
        ...

    @property
    def changed_inputs(self) -> tuple[int, ...]:
        """Positions of the arguments that the last call changed in place."""
        ...

    @property
    def seconds(self) -> tuple[float, ...]:
        """How long each call of the last `replay` ran in the student's code; the student's word."""
        ...


class CandidateClass(Protocol):
    """A student's class."""

    name: str
    memo: dict[Any, Any]  # for checks: what was found out about this class, kept per submission
    # Paths by which arrays are read, where others lead to the same numbers.
    kept_up: tuple[str, ...]

    def __call__(self, *arguments: Any) -> CandidateObject: ...

    def holding(self, values: Mapping[str, Array], *arguments: Any) -> CandidateObject:
        """A new object into whose arrays these values are written."""
        ...

    def implements(self, method: str) -> bool:
        """Whether the method exists and is more than the stub that was handed out."""
        ...


class CandidateFunction(Protocol):
    """A student's function."""

    name: str
    memo: dict[Any, Any]  # as for a class

    def __call__(self, *arguments: Any) -> Any: ...


class EchoingFunction(CandidateFunction, Protocol):
    """A function of which one may ask what it has done to its arguments."""

    def echo(self, *arguments: Any) -> list[Any]:
        """What it returned, and the arguments as the call has left them."""
        ...


class TrainingFunction(CandidateFunction, Protocol):
    """`train_rnn_on_sequence`, which can be run under observation."""

    def observe(self) -> Observation: ...


@dataclass(frozen=True, slots=True)
class Observation:
    """What the worker saw of the student's SimpleRNN while `train_rnn_on_sequence` ran."""

    returned: Any  # the dict, pictures replaced by `Picture`
    seconds: float
    forward_calls: int
    backward_calls: int
    update_calls: int
    weights_moved: bool
    lengths_trained: tuple[int, ...]  # values of T seen in forwards that a backward followed
    lengths_evaluated: tuple[int, ...]
    first_error: float  # mean squared d_outputs per element over the first tenth of backwards
    last_error: float  # ... over the last tenth
    evaluation_windows: int  # distinct input windows seen in forwards without a backward
    evaluation_windows_trained: int  # ... of which also in a forward that a backward followed
    evaluations: tuple[
        tuple[Array, Array], ...
    ]  # inputs (T,B,I), outputs (T,B,O); last ones, capped
    figures: tuple[Picture, ...]  # figures that pyplot held open, or that show/savefig/close met
    # For each of `evaluations`: which of its windows (B,) were also trained on.
    trained_columns: tuple[Array, ...] = ()
    trained_before: tuple[Array, ...] = ()  # ... before they were evaluated
    earlier_trained: tuple[Array, ...] = ()  # ... of which the window one step earlier was, before
    later_trained: tuple[Array, ...] = ()  # ... of which that one step later was
    trained_windows: tuple[
        Array, ...
    ] = ()  # distinct ones of one feature (T, N), by length, capped
    trained_span: tuple[float, float] = (NAN, NAN)  # smallest and largest input trained on
    series: tuple[Array, ...] = ()  # what generate_sequence_data returned meanwhile, each once
    ended: StudentFault | None = None  # where drawing raised, and nothing was returned
    drawing: StudentFault | None = None  # the first thing that could not be drawn
    # For each network: the mean squared d_outputs of every backward, in order.
    squared_errors: tuple[Array, ...] = ()
    # Calls, from outside of SimpleRNN, of the functions that its forward and backward are built of.
    block_calls: tuple[int, int] = (0, 0)
    learned: tuple[str, ...] = ()  # digests of the weights with which networks ended
    weights_change: float = (
        0.0  # the farthest that a network's went, as a share of their norm before
    )
    # For each network (runs, 4), of training at one length without another in between: the length,
    # how many backwards, how many distinct batches (capped), and whether it goes on with the very
    # weights that the run before ended with.
    courses: tuple[Array, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure rendered in the worker."""

    png: bytes
    axes: int
    lines: int
