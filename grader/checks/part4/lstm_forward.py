"""What q4_6 asks of LSTMCell.forward: one step of the cell, gate by gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from grader.checks import garbage, probe_point
from grader.checks.compare import What, agrees, finite, same, tolerance
from grader.checks.known_model import CellTrial, Parameters
from grader.checks.parameters.cell_sizes import HIDDEN, ONES, PUBLIC
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import lstm_layout, same_roles
from grader.checks.states import read_cell
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import Array, CandidateClass, CandidateObject

B = 6
MANY = 200  # rows among which a mistake that few arguments show is seen
# Pre-activation that opens a sigmoid to within 3e-4 of 0 or 1, and that no honest clipping reaches.
DRIVEN = 8.0
HIGH = 8.0  # a cell state that an open forget gate keeps, and a clip at ±5 does not
NEARLY = 3e-3  # of what such a gate lets through or holds back
CELL_STATE = 2  # its place among the arguments of forward
REPEATS = 3  # a mask that drops few units leaves all of them once in a while
# new_hidden_state of a cell with all parameters zero, by cell_state: see `half_open`.
HALF_OPEN = {2.0: 0.3807970779778824, -4.0: -0.48201379003790845, 0.5: 0.12245933120185457}

States = Sequence[Array]  # new_hidden_state, new_cell_state
Oracle = Callable[[Parameters, Array, Array, Array], tuple[Array, Array]]
Shown = Callable[[Parameters, Array, Array, Array, Array], Array]


def _inputs(
    rng: np.random.Generator, sizes: tuple[int, int], rows: int = B
) -> tuple[Array, Array, Array]:
    I, H = sizes  # noqa: E741  # sizes as in the equations
    return rng.normal(size=(rows, I)), rng.uniform(-0.9, 0.9, (rows, H)), rng.normal(size=(rows, H))


def _call(sizes: tuple[int, int], rows: int = B) -> str:
    I, H = sizes  # noqa: E741  # sizes as in the equations
    return (
        f"forward(input_t: ({rows}, {I}), hidden_state: ({rows}, {H}), cell_state: ({rows}, {H}))"
    )


def shapes(LSTMCell: CandidateClass, rng: np.random.Generator) -> None:
    garbage.require_cell(LSTMCell)
    trial = CellTrial.make(LSTMCell, PUBLIC, rng)
    for name, state in zip(
        ("new_hidden_state", "new_cell_state"), trial.raw(*_inputs(rng, PUBLIC)), strict=True
    ):
        finite(state, What(name, _call(PUBLIC)))
    if trial.layout.swapped:
        raise CheckFailed(
            say(
                "forward returns the cell state first; expected (new_hidden_state, new_cell_state)."
            ),
            diagnosis="lstm-return-order",
        )


def half_open(LSTMCell: CandidateClass) -> None:
    """All gates one half, candidate zero: the cell state halves, and is shown by half."""
    layout = lstm_layout(LSTMCell, PUBLIC)
    trial = CellTrial.make(
        LSTMCell, PUBLIC, {name: np.zeros(shape) for name, shape in layout.shapes.items()}
    )
    rows = len(HALF_OPEN)
    c = np.repeat(np.array([*HALF_OPEN])[:, None], PUBLIC[1], axis=1)
    h = np.repeat(np.array([*HALF_OPEN.values()])[:, None], PUBLIC[1], axis=1)
    hidden, cell = trial.forward(np.ones((rows, PUBLIC[0])), np.ones((rows, PUBLIC[1])), c)
    same(cell, 0.5 * c, What("new_cell_state", _call(PUBLIC, rows)))
    same(hidden, h, What("new_hidden_state", _call(PUBLIC, rows)))


def closed_gates(LSTMCell: CandidateClass, rng: np.random.Generator) -> None:
    """Forget open and input shut keeps c; the other way round takes 1; output shut shows nothing."""
    for driven, wanted, height in (
        ({"f": 1, "i": -1, "c": 1, "o": 1}, "keep", 1.0),
        ({"f": 1, "i": -1, "c": 1, "o": 1}, "keep", HIGH),
        ({"f": -1, "i": 1, "c": 1, "o": 1}, "replace", 1.0),
        ({"f": 1, "i": -1, "c": 1, "o": -1}, "hide", 1.0),
    ):
        _driven(LSTMCell, rng, driven, wanted, height)


def _driven(
    LSTMCell: CandidateClass,
    rng: np.random.Generator,
    driven: dict[str, int],
    wanted: str,
    height: float,
) -> None:
    """One trial; height: what the old cell state is multiplied with."""
    layout = lstm_layout(LSTMCell, PUBLIC)
    values = {name: np.zeros(shape) for name, shape in layout.shapes.items()}
    for gate, sign in driven.items():
        values[f"W_{gate}"][0] = sign * DRIVEN
    trial = CellTrial.make(LSTMCell, PUBLIC, values)
    x, h, c = _inputs(rng, PUBLIC)
    x[:] = np.eye(PUBLIC[0])[0]  # input 0 drives every gate
    c *= height
    hidden, cell = trial.forward(x, h, c)
    call = _call(PUBLIC)
    if wanted == "keep" and not agrees(cell, c, NEARLY):
        raise CheckFailed(
            say(
                "With the forget gate open and the input gate shut the cell state must stay; it changed [{call}].",
                call=call,
            )
        )
    if wanted == "replace" and not agrees(cell, np.ones_like(c), NEARLY):
        raise CheckFailed(
            say(
                "With the forget gate shut, the input gate open and the candidate driven to 1, the new cell "
                "state must be 1; it is not [{call}].",
                call=call,
            )
        )
    shown = float(np.abs(finite(hidden, What("new_hidden_state", call))).max())
    if wanted == "hide" and shown > NEARLY:
        raise CheckFailed(
            say(
                "With the output gate shut the new hidden state must be 0; it is not [{call}].",
                call=call,
            )
        )


def golden(LSTMCell: CandidateClass) -> None:
    """The known numbers at the public probe point."""
    seen = probe_point.lstm_forward(LSTMCell)
    absent = lstm_layout(LSTMCell, probe_point.LSTM_SIZES).absent
    # A missing bias is charged in __init__; here it counts as zero.
    right = probe_point.golden_cell({"b_f", "b_i", "b_c", "b_o"} & {*absent})
    for name in ("cell", "hidden"):
        what = What(
            {"hidden": "new_hidden_state", "cell": "new_cell_state"}[name], probe_point.LSTM_CALL
        )
        same(seen[name], right[name], what)


def cell_state(LSTMCell: CandidateClass, rng: np.random.Generator, oracle: Oracle) -> None:
    trial = CellTrial.make(LSTMCell, HIDDEN, rng)
    arguments = _inputs(rng, HIDDEN)
    _, cell = trial.forward(*arguments)
    same(cell, oracle(trial.parameters, *arguments)[1], What("new_cell_state", _call(HIDDEN)))


def hidden_state(LSTMCell: CandidateClass, rng: np.random.Generator, oracle: Shown) -> None:
    """The hidden state that belongs to the student's own new cell state."""
    garbage.require_cell(LSTMCell)
    _hidden_follows(CellTrial.make(LSTMCell, HIDDEN, rng), rng, oracle)


def _hidden_follows(trial: CellTrial, rng: np.random.Generator, oracle: Shown) -> None:
    arguments = _inputs(rng, HIDDEN)
    hidden, cell = trial.forward(*arguments)
    finite(cell, What("new_cell_state", _call(HIDDEN)))
    expected = oracle(trial.parameters, *arguments, cell.astype(np.float64))
    same(hidden, expected, What("new_hidden_state", _call(HIDDEN)))


def forget_gate(LSTMCell: CandidateClass, rng: np.random.Generator, oracle: Oracle) -> None:
    """What the old cell state adds to the new one: nothing else of the cell enters it."""
    trial = _one_gate(LSTMCell, rng, "f")
    # Two cells: one that keeps its state loses `stateless`, not this.
    other = CellTrial.make(LSTMCell, HIDDEN, trial.parameters)
    x, h, c = _inputs(rng, HIDDEN)
    kept = trial.forward(x, h, c)[1].astype(np.float64) - other.forward(x, h, 0 * c)[1]
    expected = np.subtract(
        oracle(trial.parameters, x, h, c)[1], oracle(trial.parameters, x, h, 0 * c)[1]
    )
    same(kept, expected, What("new_cell_state", _call(HIDDEN)), limit=_limit(trial))


def input_gate(LSTMCell: CandidateClass, rng: np.random.Generator, oracle: Oracle) -> None:
    """How the gate varies from row to row, whatever the candidate's constant."""
    trial = _one_gate(LSTMCell, rng, "i")
    x, h, c = _inputs(rng, HIDDEN)
    if _without_bias(trial.layout):
        x[:, 0] = 1.0  # drives the candidate in its place
    stored, expected = (
        cell(x, h, 0 * c)[1].astype(np.float64)
        for cell in (trial.forward, partial(oracle, trial.parameters))
    )
    finite(stored, What("new_cell_state", _call(HIDDEN)))
    first = np.where(stored[:1] == 0.0, 1.0, stored[:1])  # nothing stored is wrong, and no NaN
    same(
        stored / first,
        expected / expected[:1],
        What("new_cell_state", _call(HIDDEN)),
        limit=_limit(trial),
    )


def candidate(LSTMCell: CandidateClass, rng: np.random.Generator, oracle: Oracle) -> None:
    """What the candidate adds to the new cell state with both gates half open.

    Without its weights there is only what the old cell state adds, be it wrong: another case's.
    """
    trial = _one_gate(LSTMCell, rng, "c")
    nothing = {name: np.zeros_like(value) for name, value in trial.parameters.items()}
    arguments = _inputs(rng, HIDDEN)
    whole = trial.forward(*arguments)[1].astype(np.float64)
    # Made only now: cells that share their arrays lose `own_state`.
    added = whole - CellTrial.make(LSTMCell, HIDDEN, nothing).forward(*arguments)[1]
    expected = np.subtract(oracle(trial.parameters, *arguments)[1], oracle(nothing, *arguments)[1])
    same(added, expected, What("new_cell_state", _call(HIDDEN)), limit=_limit(trial))


def output_gate(LSTMCell: CandidateClass, rng: np.random.Generator, oracle: Shown) -> None:
    """The hidden state that belongs to the student's own new cell state."""
    garbage.require_cell(LSTMCell)
    _hidden_follows(_one_gate(LSTMCell, rng, "o"), rng, oracle)


def _one_gate(LSTMCell: CandidateClass, rng: np.random.Generator, gate: str) -> CellTrial:
    """Only this gate has weights; the others stand half open, the candidate at a constant."""
    layout = lstm_layout(LSTMCell, HIDDEN)
    values = {
        name: rng.uniform(-0.8, 0.8, shape) * (name.endswith(gate) or name == "b_c")
        for name, shape in layout.shapes.items()
    }
    if gate == "i":
        values["b_c"] = np.abs(values["b_c"])  # a candidate that is ReLU shows it as well
    if gate == "i" and _without_bias(layout):
        values["W_c"][0] = values["b_c"]
    return CellTrial.make(LSTMCell, HIDDEN, values)


def _without_bias(layout: Layout) -> bool:
    """Whether no bias holds the candidate at a constant."""
    return "b_c" in layout.absent or "b_c" in layout.dead


def _limit(trial: CellTrial) -> float:
    return tolerance(single=trial.layout.single)


def sequence(
    LSTMCell: CandidateClass, rng: np.random.Generator, oracle: Oracle, steps: int = 20
) -> None:
    trial = CellTrial.make(LSTMCell, HIDDEN, rng)
    x, h, c = _inputs(rng, HIDDEN)
    expected_h, expected_c = h, c
    for _ in range(steps):
        h, c = trial.forward(x, h, c)
        expected_h, expected_c = oracle(trial.parameters, x, expected_h, expected_c)
        x = rng.normal(size=x.shape)
    same(h, expected_h, What("new_hidden_state", _call(HIDDEN)))
    same(c, expected_c, What("new_cell_state", _call(HIDDEN)))


def batch(LSTMCell: CandidateClass, rng: np.random.Generator, oracle: Oracle) -> None:
    """Each row alone gives the same; a cell that is right stays so with one input or one unit."""
    garbage.require_cell(LSTMCell)
    arguments = _inputs(rng, HIDDEN)
    trial = CellTrial.make(LSTMCell, HIDDEN, rng)
    _rows_apart(lambda: trial.anew().forward, arguments)
    # As its constructor leaves it: where rows mix, what an array is for may not be seen.
    cell = LSTMCell(*HIDDEN)
    _rows_apart(lambda: partial(_states_of, cell), arguments)
    if not _is_right(LSTMCell, rng, oracle, HIDDEN, MANY):  # charged where all sizes are usual
        return
    for sizes in ONES:
        if same_roles(lstm_layout, LSTMCell, HIDDEN, sizes) and not _is_right(
            LSTMCell, rng, oracle, sizes
        ):
            raise CheckFailed(
                say("The cell is wrong for some size of one: one input, or one hidden unit.")
            )


def _states_of(cell: CandidateObject, x: Array, h: Array, c: Array) -> States:
    return read_cell(cell.forward(x, h, c), len(x), HIDDEN[1])


def _rows_apart(
    anew: Callable[[], Callable[..., States]], arguments: tuple[Array, Array, Array]
) -> None:
    """Raise where a row gives another result alone than in a batch.

    One that keeps a state, or draws random numbers, loses `stateless`.
    """
    together, again = anew()(*arguments), anew()(*arguments)
    if not _alike(together, again):
        return
    for row in range(B):
        one = slice(row, row + 1)
        alone = anew()(*(part[one] for part in arguments))
        if not _alike(alone, tuple(state[one] for state in together)):
            raise CheckFailed(
                say("A row gives another result alone than in a batch: rows must not mix.")
            )


def _alike(found: States, expected: States) -> bool:
    return all(agrees(a, b, tolerance(b)) for a, b in zip(found, expected, strict=True))


def _is_right(
    LSTMCell: CandidateClass,
    rng: np.random.Generator,
    oracle: Oracle,
    sizes: tuple[int, int],
    rows: int = B,
) -> bool:
    trial = CellTrial.make(LSTMCell, sizes, rng)
    arguments = _inputs(rng, sizes, rows)
    found, expected = trial.forward(*arguments), oracle(trial.parameters, *arguments)
    return _alike(expected, found)


def stateless(LSTMCell: CandidateClass, rng: np.random.Generator) -> None:
    garbage.require_cell(LSTMCell)
    trial = CellTrial.make(LSTMCell, HIDDEN, rng)
    arguments = _inputs(rng, HIDDEN)
    first = trial.forward(*arguments)
    trial.forward(*_inputs(rng, HIDDEN))
    again = [trial.forward(*arguments) for _ in range(REPEATS)]
    if all(_alike(one, first) for one in again):
        return
    if not _alike(trial.anew().forward(*arguments), first):
        raise CheckFailed(
            say(
                "The same call gives another result each time, on new cells too: let nothing in forward be random."
            )
        )
    raise CheckFailed(
        say(
            "The same call gives another result the second time: the states come as arguments, keep none."
        )
    )


def inputs_kept(LSTMCell: CandidateClass, rng: np.random.Generator) -> None:
    garbage.require_cell(LSTMCell)
    trial = CellTrial.make(LSTMCell, HIDDEN, rng)
    trial.forward(*_inputs(rng, HIDDEN))
    changed = trial.cell.changed_inputs
    if changed:
        raise CheckFailed(
            say("forward changes its arguments in place: work on copies."),
            diagnosis="cell-state-changed-in-place" if changed == (CELL_STATE,) else "",
        )


def stable(LSTMCell: CandidateClass, rng: np.random.Generator) -> None:
    garbage.require_cell(LSTMCell)
    trial = CellTrial.make(LSTMCell, HIDDEN, rng)
    x, h, c = _inputs(rng, HIDDEN)
    if not all(np.all(np.isfinite(state)) for state in trial.forward(1e4 * np.sign(x), h, c)):
        raise CheckFailed(say("Large inputs give NaN or infinity."))
