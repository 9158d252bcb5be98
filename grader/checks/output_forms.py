"""The forms in which a forward's outputs come back, and how those of all steps are had from each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from grader.checks import own_states
from grader.checks.compare import What, as_array
from grader.checks.parameters import rnn_roles
from grader.checks.parameters.storage import leaf
from grader.checks.states import Sizes, read_final, read_forward
from grader.faults import BadValue
from grader.protocol import Array, Call, Read, Step

Parts = Sequence[Any]  # what forward returned, one by one
Seen = tuple[Array, Any]  # outputs (T, B, O), and the hidden states as they came
Reading = Callable[[Parts, Sizes], Array | None]  # the outputs (T, B, O) in the parts


class Form(Protocol):
    """How the outputs of all steps are had."""

    def calls(self, call: Call) -> list[Step]:
        """What is asked of an object in place of one forward; that forward is among it, and last."""
        ...

    def seen(self, returned: Sequence[Any], x: Array, sizes: Sizes) -> Seen | None:
        """From what `calls` gave at inputs x; None where these are no outputs."""
        ...


@dataclass(frozen=True, slots=True)
class Returned:
    """They come back. `by_step`: those of the last step only, so that every step takes a call."""

    read: Reading
    by_step: bool = False

    def calls(self, call: Call) -> list[Step]:
        if not self.by_step:
            return [call]
        (x,) = call.arguments
        return [Call("forward", (x[: t + 1],)) for t in range(len(x))]

    def seen(self, returned: Sequence[Any], x: Array, sizes: Sizes) -> Seen | None:  # noqa: ARG002  # a form's
        by_call = [self.read(_parts(one), sizes) for one in returned]
        found = [one for one in by_call if one is not None]
        if len(found) < len(by_call):
            return None
        return np.concatenate(found), _states(returned, sizes)


class ByBook:
    """They do not come back: what they should be, of the parameters under documented names.

    On the hidden states that come back, else on those of the equation.
    """

    def calls(self, call: Call) -> list[Step]:
        return [call, Read()]

    def seen(self, returned: Sequence[Any], x: Array, sizes: Sizes) -> Seen | None:
        given, arrays = returned
        named = _named(arrays or {}, sizes)
        if named is None:
            return None
        hidden = next((h for part in _parts(given) if (h := _all(part, sizes)) is not None), None)
        if hidden is None:
            hidden = own_states.of_the_equation(named, x)
        if hidden is None:
            return None
        return hidden @ named["W_hy"] + named["b_y"], hidden


def _named(arrays: Mapping[str, Array], sizes: Sizes) -> Mapping[str, Array] | None:
    """The parameters, where arrays have all of their names and shapes."""
    found = {leaf(path): array for path, array in arrays.items()}
    shapes = rnn_roles.shapes(*sizes.model)
    if any(name not in found or found[name].shape != shapes[name] for name in shapes):
        return None
    return found


def _parts(returned: Any) -> Parts:
    if isinstance(returned, dict):
        return list(returned.values())
    return list(returned) if isinstance(returned, list | tuple) else [returned]


def _of_shape(parts: Parts, *shapes: tuple[int, ...]) -> Array | None:
    """The first array of one of these shapes; a list of arrays counts as one."""
    return next((one for one in _arrays(parts) if one.shape in shapes), None)


def _arrays(parts: Parts) -> Iterator[Array]:
    for part in parts:
        try:
            yield as_array(part, What("forward", ""))
        except BadValue:
            continue


def _documented(parts: Parts, sizes: Sizes) -> Array | None:
    return _of_shape(parts, (sizes.T, sizes.B, sizes.O))


def _last(parts: Parts, sizes: Sizes) -> Array | None:
    last = (sizes.B, sizes.O)
    found = _of_shape(parts, last, (1, *last), (sizes.B, 1, sizes.O))
    return None if found is None else found.reshape(1, *last)


def _time_first(parts: Parts, sizes: Sizes) -> Array | None:
    rows = _of_shape(parts, (sizes.T * sizes.B, sizes.O))
    return None if rows is None else rows.reshape(sizes.T, sizes.B, sizes.O)


def _batch_first(parts: Parts, sizes: Sizes) -> Array | None:
    rows = _of_shape(parts, (sizes.T * sizes.B, sizes.O))
    return None if rows is None else rows.reshape(sizes.B, sizes.T, sizes.O).swapaxes(0, 1)


def _after_first(parts: Parts, sizes: Sizes) -> Array | None:
    rows = _of_shape(parts, (sizes.T + 1, sizes.B, sizes.O))
    return None if rows is None else rows[1:]


def _before_last(parts: Parts, sizes: Sizes) -> Array | None:
    rows = _of_shape(parts, (sizes.T + 1, sizes.B, sizes.O))
    return None if rows is None else rows[:-1]


FORMS: tuple[Form, ...] = (
    Returned(_documented),  # under names, in a dict
    Returned(_last, by_step=True),
    Returned(_time_first),
    Returned(_batch_first),
    Returned(_after_first),
    Returned(_before_last),
)
BY_BOOK: Form = ByBook()


def _states(returned: Sequence[Any], sizes: Sizes) -> Any:
    """What the last call gave besides outputs, or the last states (B, H) of all calls."""
    hidden = [part for part in _parts(returned[-1]) if _all(part, sizes) is not None]
    if hidden:
        return hidden[0]
    final = [state for one in returned if (state := read_final(one, sizes)) is not None]
    return np.stack(final) if len(final) == sizes.T else None


def _all(part: Any, sizes: Sizes) -> Array | None:
    """All hidden states (T, B, H), however they are kept, if this part is those."""
    outputs = np.zeros((sizes.T, sizes.B, sizes.O))
    return read_forward((outputs, part), sizes).hidden
