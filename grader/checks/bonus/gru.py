"""What q6_1 asks of GRUCell: one step in either published form, and its backward."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from grader.checks.bonus import own_gradient
from grader.checks.bonus.own_gradient import GradientRun, ModelCall
from grader.checks.compare import What, agrees, finite, same, tolerance
from grader.checks.known_model import SMALL, random_parameters
from grader.checks.memo import once
from grader.checks.parameters import gru_roles
from grader.checks.parameters.cell_sizes import HIDDEN, ONES, PUBLIC
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import gru_layout, same_roles, with_parameters
from grader.checks.part4.init import require, require_finite, require_shapes
from grader.checks.states import read_state
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import Array, CandidateClass

Parameters = dict[str, Array]
# Every published form of the equations, by name -> h'.
Oracle = Callable[[Parameters, Array, Array], Mapping[str, Array]]

B = 6
MANY = 40  # rows among which a mistake that few arguments show is seen
# Pre-activation that opens a sigmoid to within 4e-9 of 0 or 1 and that no honest clipping reaches.
DRIVEN = 20.0
NEARLY = 1e-6  # of what such a gate lets through or holds back
INPUTS = {"input_t": 0, "hidden_state": 1}
ROUGHLY = 1e-4


def _arguments(
    rng: np.random.Generator, sizes: tuple[int, int], rows: int = B
) -> tuple[Array, Array]:
    I, H = sizes  # noqa: E741  # sizes as in the equations
    return rng.normal(size=(rows, I)), rng.uniform(-0.9, 0.9, (rows, H))


def _call(sizes: tuple[int, int], rows: int = B) -> str:
    return f"forward(input_t: ({rows}, {sizes[0]}), hidden_state: ({rows}, {sizes[1]}))"


def trial(
    GRUCell: CandidateClass,
    sizes: tuple[int, int],
    values: Parameters | np.random.Generator,
    arguments: tuple[Array, Array],
) -> ModelCall:
    """A new cell with the given or random parameters, and what forward will be called with."""
    if isinstance(values, np.random.Generator):
        values = random_parameters(gru_roles.shapes(*sizes), values)
    layout = gru_layout(GRUCell, sizes)
    return ModelCall(
        partial(with_parameters, GRUCell, layout, sizes, values),
        *_with_copies(layout, layout.effective(values)),
        arguments,
        partial(read_state, batch=len(arguments[0]), hidden_size=sizes[1]),
        INPUTS,
    )


def _with_copies(layout: Layout, values: Parameters) -> tuple[Layout, Parameters]:
    """Every further copy of a parameter one of its own, at zero: inside r a bias has another gradient."""
    copies = {
        f"{name} ({number})": numbers
        for name, slots in layout.slots.items()
        for number, numbers in enumerate(slots[1:], start=2)
    }
    expanded = replace(
        layout,
        shapes={**layout.shapes, **{name: numbers.shape for name, numbers in copies.items()}},
        slots={
            **{name: slots[:1] for name, slots in layout.slots.items()},
            **{name: [numbers] for name, numbers in copies.items()},
        },
    )
    return expanded, {**values, **{name: np.zeros(n.shape) for name, n in copies.items()}}


def _of_gates(found: GradientRun, kinds: str) -> list[str]:
    """The parameters of these gates, copies included."""
    return [name for name in found.names if name not in INPUTS and name[2] in kinds]


def _layout(GRUCell: CandidateClass, sizes: tuple[int, int] = PUBLIC) -> Layout:
    return gru_layout(GRUCell, sizes)


def parameters(GRUCell: CandidateClass) -> None:
    """Weights and a bias for both gates and the candidate, random ones."""
    layout = _layout(GRUCell)
    require_shapes(layout, f"GRUCell{PUBLIC}")
    require(layout, layout.shapes)
    require_finite(layout)
    values = layout.values(layout.storage.arrays)
    weights = [values[f"{kind}_{gate}"] for gate in gru_roles.GATES for kind in "WU"]
    gates = [np.vstack(weights[at : at + 2]) for at in (0, 2, 4)]
    alike = any(np.array_equal(a, b) for n, a in enumerate(gates) for b in gates[:n])
    if alike or len(np.unique(np.vstack(gates).T, axis=0)) < PUBLIC[1]:
        raise CheckFailed(
            say(
                "Some initial weights are the same for every unit or gate; draw each gate's weights at random."
            )
        )


def half_open(GRUCell: CandidateClass, rng: np.random.Generator) -> None:
    """With all parameters zero the update gate stands half open and the candidate is zero."""
    zeros = {name: np.zeros(shape) for name, shape in gru_roles.shapes(*PUBLIC).items()}
    x, h = _arguments(rng, PUBLIC)
    found = trial(GRUCell, PUBLIC, zeros, (x, h))
    same(found.outputs(), 0.5 * h, What("new_hidden_state", _call(PUBLIC)))


def update_gate(GRUCell: CandidateClass, rng: np.random.Generator) -> None:
    """Driven far to one side it keeps the old state, to the other it takes the candidate."""
    x, h = _arguments(rng, PUBLIC)
    x[:, 0] = 1.0  # input 0 drives
    kept, taken = (_driven(GRUCell, x, h, side) for side in (DRIVEN, -DRIVEN))
    if agrees(taken, h, NEARLY):
        kept, taken = taken, kept  # z and 1 - z exchanged
    if not agrees(kept, h, NEARLY):
        raise CheckFailed(
            say(
                "With the update gate driven far open, or far shut, the state must stay as it was; "
                "it stays in neither case [{call}].",
                call=_call(PUBLIC),
            )
        )
    if not agrees(taken, np.full_like(h, np.tanh(0.5)), NEARLY):
        raise CheckFailed(
            say(
                "With the update gate driven to the other side the new state must be the candidate, "
                "here tanh(0.5); it is not [{call}].",
                call=_call(PUBLIC),
            )
        )


def _driven(GRUCell: CandidateClass, x: Array, h: Array, side: float) -> Array:
    values = {name: np.zeros(shape) for name, shape in gru_roles.shapes(*PUBLIC).items()}
    values["W_z"][0] = side
    values["W_h"][0] = 0.5
    return finite(
        trial(GRUCell, PUBLIC, values, (x, h)).outputs(), What("new_hidden_state", _call(PUBLIC))
    )


def shapes(GRUCell: CandidateClass, rng: np.random.Generator) -> None:
    """One new state (B, H) that comes from both arguments."""
    x, h = _arguments(rng, PUBLIC)
    values = random_parameters(gru_roles.shapes(*PUBLIC), rng)
    states = [
        finite(
            trial(GRUCell, PUBLIC, values, pair).outputs(),
            What("new_hidden_state", _call(PUBLIC)),
        )
        for pair in ((x, h), (x, h), (-x, h), (x, -h))
    ]
    _require_computed(states)


def _require_computed(states: list[Array]) -> None:
    first, again, *others = states
    if not agrees(again, first, ROUGHLY) or any(agrees(one, first, ROUGHLY) for one in others):
        raise CheckFailed(
            say(
                "What {name} returns does not come from its inputs: nothing is computed.",
                name="GRUCell.forward",
            )
        )


def equations(GRUCell: CandidateClass, rng: np.random.Generator, oracle: Oracle) -> None:
    """Random points follow one published form, and all of them the same."""
    _require_form(GRUCell, rng, oracle, HIDDEN)


def _require_form(
    GRUCell: CandidateClass,
    rng: np.random.Generator,
    oracle: Oracle,
    sizes: tuple[int, int],
    rows: int = MANY,
) -> None:
    if not _has_form(GRUCell, rng, oracle, sizes, rows):
        raise CheckFailed(
            say(
                "The new hidden state follows none of the published forms of a GRU at random weights."
            )
        )


def _has_form(
    GRUCell: CandidateClass,
    rng: np.random.Generator,
    oracle: Oracle,
    sizes: tuple[int, int],
    rows: int,
) -> bool:
    """Whether all rows follow one and the same published form."""
    arguments = _arguments(rng, sizes, rows)
    here = trial(GRUCell, sizes, rng, arguments)
    found = finite(here.outputs(), What("new_hidden_state", _call(sizes, rows)))
    documented = {name: here.values[name] for name in gru_roles.shapes(*sizes)}
    forms = oracle(documented, *arguments)
    limit = tolerance(found, single=here.layout.single)
    return any(agrees(found, form, limit) for form in forms.values())


def reset_gate(GRUCell: CandidateClass, rng: np.random.Generator) -> None:
    """Shut, the candidate sees nothing of the old state; open, all of it."""
    x, h = _arguments(rng, HIDDEN)
    x[:, 0] = 1.0
    shut, open_ = (_reset(GRUCell, rng, x, h, side) for side in (-DRIVEN, DRIVEN))
    if not (agrees(shut[0], shut[1], NEARLY) and not agrees(open_[0], open_[1], NEARLY)):
        raise CheckFailed(
            say(
                "With the reset gate shut the candidate must not depend on the old state, "
                "with the gate open it must."
            )
        )


def _reset(
    GRUCell: CandidateClass, rng: np.random.Generator, x: Array, h: Array, side: float
) -> tuple[Array, Array]:
    """The new states with two recurrent matrices: only the candidate reads the old state by them.

    How old state and candidate are mixed does not matter here, and has a case of its own.
    """
    values = random_parameters(gru_roles.shapes(*HIDDEN), rng)
    for name in ("W_z", "U_z", "b_z", "W_r", "U_r"):
        values[name] = np.zeros_like(values[name])
    values["W_r"][0] = side
    values["b_r"] = np.zeros_like(values["b_r"])
    first, second = (
        trial(GRUCell, HIDDEN, {**values, "U_h": sign * values["U_h"]}, (x, h)).outputs()
        for sign in (1.0, -1.0)
    )
    return first, second


def public_gradients(GRUCell: CandidateClass) -> GradientRun:
    """The same forward, backward and central differences for all public cases, made once."""
    return once(
        GRUCell,
        "public gradients",
        lambda: _gradients(GRUCell, PUBLIC, 5, np.random.default_rng(20)),
    )


def hidden_gradients(GRUCell: CandidateClass, rng: np.random.Generator) -> GradientRun:
    """The same at a random point, drawn by the first hidden case that asks and kept for the others."""
    return once(GRUCell, "hidden gradients", lambda: _gradients(GRUCell, HIDDEN, 4, rng))


def _gradients(
    GRUCell: CandidateClass, sizes: tuple[int, int], rows: int, rng: np.random.Generator
) -> GradientRun:
    here = trial(GRUCell, sizes, rng, _arguments(rng, sizes, rows))
    d_state = SMALL * rng.normal(size=(rows, sizes[1]))
    return own_gradient.run(here, d_state, (1.0, 1.0 / rows), partial(_books, here))


def _books(here: ModelCall, seen: Array, d_state: Array) -> list[dict[str, Array]]:
    from grader.checks.bonus import by_book  # noqa: PLC0415  # equations in code: never at a student's

    values = {name: here.values[name] for name in here.values if "(" not in name}
    x, h = here.arguments
    return by_book.gru(values, x, h, seen, d_state)


def gradient_of(GRUCell: CandidateClass, kinds: str) -> None:
    """The gradients of these gates' parameters at the public point."""
    found = public_gradients(GRUCell)
    own_gradient.require(found, _of_gates(found, kinds), "backward(d_new_hidden_state: (5, 4))")


def parameter_gradients(GRUCell: CandidateClass, rng: np.random.Generator, kinds: str) -> None:
    """The gradients of these gates' parameters at a random point."""
    found = hidden_gradients(GRUCell, rng)
    own_gradient.require(found, _of_gates(found, kinds), "")


def input_gradient(GRUCell: CandidateClass, rng: np.random.Generator, name: str) -> None:
    """The gradient by one of the two arguments."""
    own_gradient.require(hidden_gradients(GRUCell, rng), [name], "")


def summed(GRUCell: CandidateClass) -> None:
    found = public_gradients(GRUCell)
    if not any(found.right(name) for name in found.names if name not in INPUTS):
        raise CheckFailed(say("No gradient is right yet."))
    if found.factor != 1.0:
        raise CheckFailed(
            say("The gradients are right but divided by {what}; sum over time and batch.", what="B")
        )


def kept(GRUCell: CandidateClass, rng: np.random.Generator) -> None:
    """forward and backward leave their arguments alone, and nothing stays from call to call."""
    here = trial(GRUCell, HIDDEN, rng, _arguments(rng, HIDDEN))
    first = here.outputs()
    forward_changed = here.obj.changed_inputs
    other = _arguments(rng, HIDDEN)
    second = here.read(here.obj.forward(*other))
    again = here.outputs()
    _require_computed([first, first, second])
    here.obj.backward(np.ones_like(first))
    if forward_changed or here.obj.changed_inputs:
        raise CheckFailed(
            say("forward or backward changes its arguments in place: work on copies.")
        )
    if not agrees(again, first, tolerance(first)):
        raise CheckFailed(
            say(
                "The same call gives another result the second time: the states come as arguments, keep none."
            )
        )


def latest_forward(GRUCell: CandidateClass, rng: np.random.Generator) -> None:
    """After two forwards, backward belongs to the second, and a second backward adds nothing."""
    values = random_parameters(gru_roles.shapes(*HIDDEN), rng)
    here = trial(GRUCell, HIDDEN, values, _arguments(rng, HIDDEN, 4))
    d_state = SMALL * rng.normal(size=(4, HIDDEN[1]))
    factors = (1.0, 0.25)
    right = own_gradient.run(here, d_state, factors, partial(_books, here))
    names = [name for name in right.names if right.right(name)]
    if not names:
        raise CheckFailed(say("No gradient is right yet."))
    here.obj.forward(*_arguments(rng, HIDDEN, 4))
    again = own_gradient.run(here, d_state, factors, partial(_books, here))
    own_gradient.require(again, names, "")


def sizes_of_one(GRUCell: CandidateClass, rng: np.random.Generator, oracle: Oracle) -> None:
    """A cell that is right stays so with one input, one unit, one row."""
    shapes(GRUCell, rng)
    if not _has_form(GRUCell, rng, oracle, HIDDEN, MANY):  # charged where all sizes are usual
        return
    _require_form(GRUCell, rng, oracle, HIDDEN, rows=1)
    for sizes in ONES:
        if same_roles(gru_layout, GRUCell, HIDDEN, sizes):
            _require_form(GRUCell, rng, oracle, sizes)


def stable(GRUCell: CandidateClass, rng: np.random.Generator) -> None:
    """Large inputs saturate the gates and overflow nothing."""
    x, h = _arguments(rng, HIDDEN)
    values = random_parameters(gru_roles.shapes(*HIDDEN), rng)
    ordinary, large = (
        trial(GRUCell, HIDDEN, values, (scale * np.sign(x), h)).outputs() for scale in (1.0, 1e4)
    )
    _require_computed([ordinary, ordinary, large])
    if not np.all(np.isfinite(large)):
        raise CheckFailed(say("Large inputs give NaN or infinity."))
