"""The public probe points: what a student's code does there, as arrays to compare.

A record holds every array that any known misconception changes: two forwards, BPTT over 24 steps
and over one, with an update in between. `fingerprints/` holds the same records of the right
solution and of each misconception, made by `python -m grader fingerprints`; arrays only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache, partial
from pathlib import Path

import msgspec
import numpy as np

from grader.checks.compare import tolerance
from grader.checks.gradient import match
from grader.checks.known_model import (
    SMALL,
    CellTrial,
    RnnTrial,
    random_parameters,
)
from grader.checks.memo import once
from grader.checks.parameters import lstm_roles, rnn_roles
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import lstm_layout, rnn_layout
from grader.checks.states import Forward
from grader.faults import KitFault, StudentFault
from grader.protocol import Array, CandidateClass

FINGERPRINTS = Path(__file__).with_name("fingerprints")
OPTIONAL_RECORDS = "optional.npz"  # apart: only those load it who have begun an optional question
RIGHT = "right"
GOLDEN = "golden"
GOLDEN_CELL = "golden cell"
RNN_SIZES = (3, 4, 2)
LSTM_SIZES = (3, 4)
RNN_CALL = "forward(inputs: (24, 3, 3))"
LSTM_CALL = "forward(input_t: (5, 3), hidden_state: (5, 4), cell_state: (5, 4))"

Record = dict[str, Array]


class Hint(msgspec.Struct, frozen=True):
    """What is known of one misconception, code apart."""

    part: str
    family: str
    zh: str
    en: str


def rnn_record(SimpleRNN: CandidateClass) -> Record:
    """What this SimpleRNN does at the probe point; what cannot be had is left out."""
    return once(SimpleRNN, "record", partial(_rnn_record, SimpleRNN))


def _rnn_record(SimpleRNN: CandidateClass) -> Record:
    layout = rnn_layout(SimpleRNN, RNN_SIZES)
    rng = np.random.default_rng(6)
    values = random_parameters(rnn_roles.shapes(*RNN_SIZES), rng)
    points = [_rnn_point(rng, T, B) for T, B in ((24, 3), (24, 3), (1, 1))]
    record = _initial(layout)
    trial = RnnTrial.make(SimpleRNN, RNN_SIZES, values)
    collect(record, "", lambda: _round(trial, *points[0]))
    collect(record, "step ", lambda: _update(trial, 0.5))
    trial.reset()
    collect(record, "again ", lambda: _round(trial, *points[1]))
    collect(record, "step again ", lambda: _update(trial, 0.25))
    short = RnnTrial.make(SimpleRNN, RNN_SIZES, values)
    collect(record, "short ", lambda: _round(short, *points[2]))
    record["single"] = np.array([float(layout.single)])
    record["half"] = np.array([float(layout.computed == np.float16)])
    return record


def rnn_forward(SimpleRNN: CandidateClass, without: Collection[str] = ()) -> Forward:
    """The forward pass at the probe point, some parameters zero. Raises what the student's code raises."""
    rng = np.random.default_rng(6)
    values = random_parameters(rnn_roles.shapes(*RNN_SIZES), rng)
    values |= {name: np.zeros_like(values[name]) for name in without}
    return RnnTrial.make(SimpleRNN, RNN_SIZES, values).forward(_rnn_point(rng, 24, 3)[0])


def _rnn_point(rng: np.random.Generator, T: int, B: int) -> tuple[Array, Array]:
    return rng.normal(size=(T, B, RNN_SIZES[0])), SMALL * rng.normal(size=(T, B, RNN_SIZES[2]))


def collect(record: Record, prefix: str, part: Callable[[], Record]) -> None:
    """Add a part; a part that the student's code cannot do is what the record lacks."""
    try:
        record.update({f"{prefix}{key}": value for key, value in part().items()})
    except StudentFault:
        record[f"{prefix}raised"] = np.ones(1)


def _round(trial: RnnTrial, x: Array, d_outputs: Array) -> Record:
    """One forward and backward: outputs, hidden states and, as far as they are found, gradients."""
    forward = trial.forward(x)
    record = {"outputs": forward.outputs}
    if forward.hidden is not None:
        record["hidden"] = forward.hidden
    try:
        found = trial.backward(d_outputs)
    except StudentFault:
        return {**record, "backward raised": np.ones(1)}
    # The expectation only chooses among entries of one shape; zeros choose by name and order.
    nothing = {name: np.zeros(shape) for name, shape in trial.layout.shapes.items()}
    for name, chosen in match(found, trial.layout, nothing, (1.0,), 0.0).items():
        if chosen is not None:
            record[f"d{name}"] = chosen.gradient
    return record


def _update(trial: RnnTrial, learning_rate: float) -> Record:
    before = _stored(trial)
    trial.rnn.update_parameters(learning_rate)
    return {name: value - before[name] for name, value in _stored(trial).items()}


def _stored(trial: RnnTrial) -> Record:
    """Parameters as stored: of two hidden biases, which move twice together, the first."""
    layout = trial.layout
    vector = layout.storage.vector(trial.rnn.read())
    return {
        name: vector[layout.slots[name][0]] if name in layout.slots else np.zeros(shape)
        for name, shape in layout.shapes.items()
    }


def _initial(layout: Layout) -> Record:
    """What can be said of initial parameters without their random values."""
    values = layout.values(layout.storage.arrays)
    return {
        "initial": np.array(
            [
                [name in layout.missing, not value.any(), value.size > 1 and not np.ptp(value)]
                for name, value in values.items()
            ],
            dtype=np.float64,
        )
    }


def lstm_record(LSTMCell: CandidateClass) -> Record:
    """What this LSTMCell does at the probe point."""
    return once(LSTMCell, "record", partial(_lstm_record, LSTMCell))


def lstm_forward(LSTMCell: CandidateClass, without: Collection[str] = ()) -> Record:
    """The step at the probe point, some parameters zero: "hidden", "cell".

    Raises what the student's code raises.
    """
    rng = np.random.default_rng(6)
    values = random_parameters(lstm_roles.shapes(*LSTM_SIZES), rng)
    values |= {name: np.zeros_like(values[name]) for name in without}
    return _cell(CellTrial.make(LSTMCell, LSTM_SIZES, values), *_lstm_point(rng))


def _lstm_point(rng: np.random.Generator) -> tuple[Array, Array, Array]:
    H = LSTM_SIZES[1]
    return (
        rng.normal(size=(5, LSTM_SIZES[0])),
        rng.uniform(-0.9, 0.9, (5, H)),
        rng.normal(size=(5, H)),
    )


def _lstm_record(LSTMCell: CandidateClass) -> Record:
    layout = lstm_layout(LSTMCell, LSTM_SIZES)
    rng = np.random.default_rng(6)
    values = random_parameters(lstm_roles.shapes(*LSTM_SIZES), rng)
    record = _initial(layout)
    trial = CellTrial.make(LSTMCell, LSTM_SIZES, values)
    for prefix in ("", "again "):
        collect(record, prefix, partial(_cell, trial, *_lstm_point(rng)))
    record["single"] = np.array([float(layout.single)])
    record["half"] = np.array([float(layout.computed == np.float16)])
    return record


def _cell(trial: CellTrial, x: Array, h: Array, c: Array) -> Record:
    hidden, cell = trial.forward(x, h, c)
    return {"hidden": hidden, "cell": cell}


def limit(record: Mapping[str, Array]) -> float:
    """The tolerance that the record's precision deserves."""
    return tolerance(single=bool(record.get("single", np.zeros(1)).any()))


def golden(missing: Collection[str]) -> Record:
    """The right "hidden" and "outputs" of `rnn_forward`, with these parameters zero."""
    prefix = " ".join(sorted(missing))
    numbers = fingerprints(GOLDEN)[RIGHT]
    return {name: numbers[f"{prefix} {name}".strip()] for name in ("hidden", "outputs")}


def golden_cell(missing: Collection[str]) -> Record:
    """The right "hidden" and "cell" of `lstm_forward`, with these parameters zero."""
    prefix = " ".join(sorted(missing))
    numbers = fingerprints(GOLDEN_CELL)[RIGHT]
    return {name: numbers[f"{prefix} {name}".strip()] for name in ("hidden", "cell")}


def right(kind: str) -> Record:
    """The record of the right solution; kind "rnn", "lstm" or "data"."""
    return fingerprints(kind)[RIGHT]


@cache
def fingerprints(kind: str, file: str = "records.npz") -> dict[str, Record]:
    """Records by name of the misconception, and of the right solution.

    kind: of a record; in `OPTIONAL_RECORDS` the name of a class or function.
    """
    path = FINGERPRINTS / file
    if not path.exists():
        raise KitFault(f"{path.name} is missing: run `python -m grader fingerprints`")
    records: dict[str, Record] = {}
    with np.load(path, allow_pickle=False) as arrays:
        for name in arrays.files:
            owner, of, key = name.split("/")
            if of == kind:
                records.setdefault(owner, {})[key] = arrays[name]
    right_one = records[RIGHT]
    return {owner: _whole(record, right_one) for owner, record in records.items()}


def _whole(told: Record, right_one: Record) -> Record:
    """A record from what it tells: the rest is as in the right one, empty arrays are lacking."""
    return {key: value for key, value in (right_one | told).items() if value.size}


@cache
def hints() -> dict[str, Hint]:
    """What is known of each misconception, by name."""
    return msgspec.json.decode((FINGERPRINTS / "hints.json").read_bytes(), type=dict[str, Hint])
