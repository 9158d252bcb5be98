"""What q4_5 asks of LSTMCell.__init__: parameters for four gates, and what they begin with.

NaN among the initial values is charged where values are asked for, not where arrays are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from grader.checks import start_scale
from grader.checks.parameters.cell_sizes import HIDDEN, PUBLIC
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.lstm_roles import GATES
from grader.checks.parameters.roles import lstm_layout
from grader.checks.parameters.storage import leaf
from grader.checks.part4.init import (
    require,
    require_finite,
    require_own_state,
    require_same_roles,
    require_shapes,
    zeros,
)
from grader.faults import CheckFailed
from grader.language import say
from grader.protocol import Array, CandidateClass

_ALIKE = say(
    "Some initial weights are the same for every unit or gate; draw each gate's weights at random."
)


def constructs(LSTMCell: CandidateClass) -> None:
    """An object comes to be and holds arrays."""
    lstm_layout(LSTMCell, PUBLIC)


def weights(LSTMCell: CandidateClass) -> None:
    names = [f"{kind}_{gate}" for gate in GATES for kind in "WU"]
    layout = lstm_layout(LSTMCell, PUBLIC)
    require_shapes(layout, f"LSTMCell{PUBLIC}")
    require(layout, names)
    _require_names_kept(layout)


def _require_names_kept(layout: Layout) -> None:
    """Refuse W and U that are exchanged: by their names W acts on the input, U on the hidden state.

    Nothing else is charged for it, since all that forward gives is right.
    """
    exchanged = [
        gate
        for gate in GATES
        if _named(layout, f"W_{gate}", f"U_{gate}") and _named(layout, f"U_{gate}", f"W_{gate}")
    ]
    if exchanged:
        raise CheckFailed(
            say(
                "{names} are multiplied with hidden_state, {others} with input_t. By the documentation W is for the input and U for hidden_state, and a documented name binds: exchange the two.",
                names=tuple(f"W_{gate}" for gate in exchanged),
                others=tuple(f"U_{gate}" for gate in exchanged),
            )
        )


def _named(layout: Layout, role: str, name: str) -> bool:
    """Whether a whole array of this documented name plays this role, or what is shown under it."""
    shown = set(layout.shown[name].flat) if name in layout.shown else set()
    if any(set(copy.flat) == shown for copy in layout.slots.get(role, ())):
        return True
    places = layout.places.get(role, [])
    return any(place.is_whole and leaf(place.path) == name for place in places)


def biases(LSTMCell: CandidateClass) -> None:
    names = [f"b_{gate}" for gate in GATES]
    require(lstm_layout(LSTMCell, HIDDEN), names)


def breaks_symmetry(LSTMCell: CandidateClass) -> None:
    """No two units begin alike, nor two gates."""
    layout = lstm_layout(LSTMCell, HIDDEN)
    values = layout.values(layout.storage.arrays)
    require_finite(layout)
    used = [gate for gate in GATES if f"W_{gate}" in layout.slots]
    # Where forward shows no gate, that not everything is alike is all that can be seen.
    if not used:
        require(layout, [f"W_{gate}" for gate in GATES])
        if all(np.unique(array).size < 2 for array in layout.storage.arrays.values()):  # noqa: PLR2004
            raise CheckFailed(_ALIKE)
        return
    _require_gates_apart(layout, used)
    gates = [np.vstack([values[f"W_{gate}"], values[f"U_{gate}"]]) for gate in used]
    units = np.vstack(gates).T
    alike = any(np.array_equal(a, b) for n, a in enumerate(gates) for b in gates[:n])
    if alike or len(np.unique(units, axis=0)) < HIDDEN[1]:
        raise CheckFailed(_ALIKE)


def _require_gates_apart(layout: Layout, used: Sequence[str]) -> None:
    """Refuse a matrix that begins as zeros while others do not, and two that are one draw."""
    names = [f"{kind}_{gate}" for kind in "WU" for gate in used]
    zero = zeros(layout, names)
    if 0 < len(zero) < len(names):  # if all are, all is alike
        raise CheckFailed(
            say(
                "A new cell's {names} is nothing but zeros: draw each gate's weights at random.",
                names=tuple(zero),
            )
        )
    values = layout.values(layout.storage.arrays)
    drawn_once = [
        pair
        for kind in "WU"
        for pair in combinations((f"{kind}_{gate}" for gate in used), 2)
        if _are_one_draw(*(values[name] for name in pair))
    ]
    if drawn_once:
        raise CheckFailed(
            say(
                "{names} begin with the very same numbers, as one array or one draw for both does. Each "
                "gate needs weights of its own.",
                names=drawn_once[0],
            ),
            diagnosis="lstm-gates-share-one-array" if layout.parted else "",
        )


def _are_one_draw(one: Array, other: Array) -> bool:
    """Whether both hold the same numbers in any order, and all different: no two draws do."""
    numbers = np.sort(one, axis=None)
    return bool(np.all(np.diff(numbers) > 0)) and np.array_equal(numbers, np.sort(other, axis=None))


def scale(LSTMCell: CandidateClass) -> None:
    """Initial weights of a size from which a network learns."""
    start_scale.require_fit_cell(LSTMCell)


def own_state(LSTMCell: CandidateClass) -> None:
    """Writing to one object leaves another alone."""
    require_own_state(LSTMCell, lstm_layout(LSTMCell, HIDDEN), HIDDEN)


def other_sizes(LSTMCell: CandidateClass) -> None:
    """Other sizes have the same parameters."""
    require_same_roles(lstm_layout(LSTMCell, HIDDEN), lstm_layout(LSTMCell, (5, 3)))
    LSTMCell(1, 1)
