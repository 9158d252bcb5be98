"""What `forward` returned, in one form, however it was stored.

Students keep hidden states as (T, B, H), with h_0 before or after them, as a list, as a dict from
-1, or transposed; outputs as an array or as a list of T arrays. The checks want (T, B, H), (T, B, O).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np

from grader.checks.compare import What, as_array, kind
from grader.faults import BadValue, ReturnedNothing
from grader.language import say
from grader.protocol import Array

_FORWARD = What("forward", "")


class NoOutputs(BadValue):
    """In what forward returned no outputs can be made out."""


class Sizes(NamedTuple):
    """The sizes of one call: time steps, batch, inputs, hidden units, outputs."""

    T: int
    B: int
    I: int  # noqa: E741  # the name of the size in all equations
    H: int
    O: int  # noqa: E741  # likewise

    @property
    def model(self) -> tuple[int, int, int]:
        """What the constructor takes: (I, H, O)."""
        return self.I, self.H, self.O

    @property
    def call(self) -> str:
        return f"forward(inputs: ({self.T}, {self.B}, {self.I}))"


@dataclass(frozen=True, slots=True)
class Forward:
    """One forward pass. `hidden` is None where no hidden states came back."""

    outputs: Array  # (T, B, O)
    hidden: Array | None  # (T, B, H)
    in_order: bool  # outputs first, hidden states second, as documented
    documented_outputs: bool  # outputs of shape (T, B, O) without rearranging axes
    leading: bool | None  # h_0 came first (True), last (False), or not at all (None)
    squeezed: bool = False  # an axis of size 1 is not there


@dataclass(frozen=True, slots=True)
class _Found:
    position: int
    array: Array
    rearranged: bool
    leading: bool | None
    squeezed: bool = False


def is_softmax(outputs: Array) -> bool:
    """Whether every output is a distribution: positive, summing to one."""
    return bool(
        outputs.shape[-1] > 1
        and np.all(outputs > 0)
        and np.allclose(outputs.sum(axis=-1), 1.0, rtol=0, atol=1e-3)
    )


def read_forward(returned: Any, sizes: Sizes, *, leading: bool | None = None) -> Forward:
    """Outputs and hidden states; `BadValue` where no outputs can be made out.

    `leading` says on which end of T + 1 states h_0 stands, where an earlier call has shown it.
    """
    parts, outputs = _parts(returned, sizes)
    hidden = _first(_hidden(parts, sizes, leading=leading, taken=outputs.position), outputs)
    return Forward(
        outputs=outputs.array,
        hidden=None if hidden is None else hidden.array,
        in_order=hidden is None or outputs.position < hidden.position,
        documented_outputs=not outputs.rearranged,
        leading=None if hidden is None else hidden.leading,
        squeezed=outputs.squeezed or (hidden is not None and hidden.squeezed),
    )


def read_outputs(returned: Any, sizes: Sizes) -> Array:
    """The outputs alone; raises as `read_forward`."""
    return _parts(returned, sizes)[1].array


def _parts(returned: Any, sizes: Sizes) -> tuple[list[Any], _Found]:
    """Everything that forward returned, and which of it is the outputs."""
    if returned is None:
        raise ReturnedNothing("SimpleRNN.forward")
    parts = list(returned) if isinstance(returned, tuple | list) else [returned]
    if parts and _is_plainly(parts[0], (sizes.T, sizes.B, sizes.O)):
        return parts, _Found(0, parts[0], rearranged=False, leading=None)
    outputs = _first(_outputs(parts, sizes), None)
    if outputs is None:
        raise _no_outputs(returned, parts, sizes)
    return parts, outputs


def _is_plainly(part: Any, shape: tuple[int, ...]) -> bool:
    """Whether it is an array of this shape, as nearly all are: nothing is to be made of it first."""
    return (
        isinstance(part, np.ndarray)
        and part.shape == shape
        and part.dtype.kind == "f"
        and 0 not in shape
    )


def read_final(returned: Any, sizes: Sizes) -> Array | None:
    """The last hidden state (B, H), where it comes back in place of all of them."""
    parts = list(returned) if isinstance(returned, tuple | list) else []
    for part in parts:
        stacked = _stack(part)
        axes = None if stacked is None else _arrangement(stacked.shape, (sizes.B, sizes.H))
        if stacked is not None and axes is not None:
            return stacked.transpose(axes)
    return None


def read_cell(returned: Any, batch: int, hidden_size: int) -> tuple[Array, Array]:
    """The two states (B, H) that an LSTM cell returned, in the order in which they came."""
    if returned is None:
        raise ReturnedNothing("LSTMCell.forward")
    shape = (batch, hidden_size)
    parts = list(returned) if isinstance(returned, tuple | list) else [returned]
    if isinstance(returned, np.ndarray) and returned.shape == (2, *shape):
        parts = [returned[0], returned[1]]
    found = list(_of_shape(parts, shape))
    if len(found) < 2:  # noqa: PLR2004  # hidden and cell state
        what = tuple(kind(part) for part in parts)
        raise BadValue(
            say(
                "LSTMCell.forward returned {what}; expected new_hidden_state and new_cell_state, "
                "each of shape {shape}.",
                what=what,
                shape=str(shape),
            ),
            say("LSTMCell.forward does not return two states of shape (batch, hidden)."),
        )
    return found[0], found[1]


def read_state(returned: Any, batch: int, hidden_size: int) -> Array:
    """The one new state (B, H) that a GRU cell returned."""
    if returned is None:
        raise ReturnedNothing("GRUCell.forward")
    parts = list(returned) if isinstance(returned, tuple | list) else [returned]
    found = list(_of_shape(parts, (batch, hidden_size)))
    if not found:
        raise BadValue(
            say(
                "GRUCell.forward returned {what}; expected new_hidden_state of shape {shape}.",
                what=tuple(kind(part) for part in parts),
                shape=str((batch, hidden_size)),
            ),
            say("GRUCell.forward does not return a state of shape (batch, hidden)."),
        )
    return found[0]


def _outputs(parts: list[Any], sizes: Sizes) -> Iterator[_Found]:
    wanted = (sizes.T, sizes.B, sizes.O)
    for position, part in enumerate(parts):
        stacked = _stack(part)
        if stacked is None:
            continue
        if stacked.ndim == 4 and stacked.shape[-1] == 1:  # noqa: PLR2004  # columns (T, B, O, 1)
            stacked = stacked[..., 0]
        if (axes := _arrangement(stacked.shape, wanted)) is not None:
            yield _Found(position, stacked.transpose(axes), axes != (0, 1, 2), None)
        elif _lacks_ones(stacked.shape, wanted):
            whole = stacked.reshape(wanted)
            yield _Found(position, whole, rearranged=True, leading=None, squeezed=True)


def _hidden(
    parts: list[Any], sizes: Sizes, *, leading: bool | None, taken: int
) -> Iterator[_Found]:
    for position, part in enumerate(parts):
        if position != taken and _is_plainly(part, (sizes.T, sizes.B, sizes.H)):
            yield _Found(position, part, rearranged=False, leading=None)
            continue
        stacked = _stack(part)
        if position == taken or stacked is None:
            continue
        for steps in (sizes.T, sizes.T + 1):
            wanted = (steps, sizes.B, sizes.H)
            lacking = _lacks_ones(stacked.shape, wanted)
            whole = stacked.reshape(wanted) if lacking else stacked
            axes = _arrangement(whole.shape, wanted)
            if axes is None:
                continue
            states = whole.transpose(axes)
            end = _initial_end(part, states, leading=leading) if steps > sizes.T else None
            states = _without_initial(states, leading=end)
            yield _Found(position, states, lacking or axes != (0, 1, 2), end, lacking)


def _initial_end(part: Any, states: Array, *, leading: bool | None) -> bool:
    """On which end of T + 1 states h_0 stands: a dict's keys say so, else the zeros do."""
    if isinstance(part, dict) or leading is not None:
        return leading is not False
    return not (np.any(states[0]) and not np.any(states[-1]))


def _without_initial(states: Array, *, leading: bool | None) -> Array:
    if leading is None:
        return states
    return states[1:] if leading else states[:-1]


def _stack(part: Any) -> Array | None:
    """An array, or what a list, tuple or dict of arrays over time stacks to."""
    if isinstance(part, dict):
        try:
            part = [part[key] for key in sorted(part, key=int)]
        except (TypeError, ValueError):
            return None
    try:
        stacked = as_array(part, _FORWARD)
    except BadValue:
        return None
    return stacked if stacked.size else None


def _arrangement(shape: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[int, ...] | None:
    """The order of axes that gives `wanted`: the documented one first, time kept in front next."""
    if shape == wanted:
        return tuple(range(len(shape)))
    if len(shape) != len(wanted) or sorted(shape) != sorted(wanted):
        return None
    for axes in sorted(permutations(range(len(shape))), key=lambda order: (order[0] != 0, order)):
        if tuple(shape[axis] for axis in axes) == wanted:
            return axes
    return None


def _lacks_ones(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether it is the wanted shape without some of its sizes of one, as `np.squeeze` leaves it."""
    sizes, due = ([size for size in one if size != 1] for one in (shape, wanted))
    return len(shape) < len(wanted) and sizes == due


def _first(found: Iterator[_Found], other: _Found | None) -> _Found | None:
    """The best find: without rearranging if there is one, and not the part taken already."""
    best: _Found | None = None
    for find in found:  # in the order of their positions
        if other is not None and find.position == other.position:
            continue
        if not find.rearranged:
            return find
        best = best or find
    return best


def _of_shape(parts: list[Any], shape: tuple[int, ...]) -> Iterator[Array]:
    """All arrays of this shape, lists of numbers included, however nested."""
    for part in parts:
        stacked = _stack(part)
        if stacked is not None and stacked.shape == shape:
            yield stacked
        elif isinstance(part, tuple | list):
            yield from _of_shape(list(part), shape)


def _no_outputs(returned: Any, parts: list[Any], sizes: Sizes) -> NoOutputs:
    got = (
        tuple(kind(part) for part in parts)
        if isinstance(returned, tuple | list)
        else kind(returned)
    )
    return NoOutputs(
        say(
            "forward returned {got}; expected outputs of shape {outputs} and hidden_states of "
            "shape {hidden} [{call}].",
            got=got,
            outputs=str((sizes.T, sizes.B, sizes.O)),
            hidden=str((sizes.T, sizes.B, sizes.H)),
            call=sizes.call,
        ),
        say("forward does not return outputs of shape (T, B, O)."),
    )
