"""The recurrent layers of a network as they are kept, and what backward gave for each of them.

No names are needed: a fit of the states tells the matrices at work, and as all numbers are random, a
number tells its place in the student's arrays. With one sequence and more units than steps a weight
gradient, sum over t of its partner's row times da_t, gives back every da_t.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.diagnosis.optional.findings import CLOSE, ROUNDING, Finding, finding, near
from grader.diagnosis.optional.form_names import called
from grader.diagnosis.optional.sums import Forms, by_changes, coefficients, multiple
from grader.language import Message, say
from grader.protocol import Array

Arrays = Mapping[str, Array]
Places = list[tuple[str, int]]  # for each number of a matrix the array and the place that hold it


def placed(matrix: Array, values: Arrays) -> Places | None:
    """Where the numbers of a matrix are kept; None where not all are found."""
    paths = list(values)
    flat = np.concatenate([np.ravel(values[path]) for path in paths])
    owners = [(path, at) for path in paths for at in range(values[path].size)]
    distances = np.abs(flat[None] - np.ravel(matrix)[:, None])
    nearest = distances.argmin(axis=1)
    if distances[np.arange(len(nearest)), nearest].max() > ROUNDING:  # a fit's rounding
        return None
    return [owners[int(number)] for number in nearest]


def gathered(places: Places, shape: tuple[int, ...], arrays: Arrays) -> Array:
    """The numbers of these places in the matrix's shape."""
    return np.array([np.ravel(arrays[path])[at] for path, at in places]).reshape(shape)


@dataclass(frozen=True)
class Layer:
    """One recurrence of one sequence: what it reads (T, I), its states (T, H), gradients, names."""

    inputs: Array
    states: Array
    W: Array
    U: Array
    dW: Array
    dU: Array
    db: Array | None
    names: tuple[str, str, str]
    reads: str = "x_t"
    first: Array | None = None  # the state before the first (H,); zero by default
    other: Array | None = None  # states of another layer or direction whose slope may be taken

    @property
    def before(self) -> Array:
        """h_{t-1} (T, H)."""
        start = np.zeros_like(self.states[:1]) if self.first is None else self.first[None]
        return np.concatenate([start, self.states[:-1]])

    @property
    def slopes(self) -> Array:
        return 1.0 - self.states**2


def summands(gradient: Array, partner: Array) -> Array | None:
    """da (T, H), where the gradient (n, H) is partner (T, n) transposed times it; None where it is not."""
    if partner.shape[1] != gradient.shape[0] or len(partner) > partner.shape[1]:
        return None  # with more steps than columns any gradient could be written so
    found, *_ = np.linalg.lstsq(partner.T, gradient, rcond=None)
    rest = float(np.linalg.norm(partner.T @ found - gradient))
    return found if rest <= CLOSE * float(np.linalg.norm(gradient)) else None


def late(rows: Array, steps: int = 1) -> Array:
    """The rows of `steps` steps before, zeros first."""
    moved = np.zeros_like(rows)
    if steps > 0:
        moved[steps:] = rows[:-steps]
    else:
        moved[:steps] = rows[-steps:]
    return moved


def read(layer: Layer) -> tuple[Array | None, list[Finding]]:
    """da (T, H) as the student has it, and what is said of the three gradients made of it."""
    if not (layer.dW.any() or layer.dU.any()):
        words = say("The gradients of {names} are zero.", names=layer.names)
        return None, [finding(words, *layer.names)]
    da = _agreed(layer, layer.inputs)
    if da is None:
        return None, []
    W, U, _ = layer.names
    by_input, by_state = _inputs_of(layer), _states_of(layer)
    found = [*_paired(W, layer.dW, by_input, da), *_paired(U, layer.dU, by_state, da)]
    return da, [*found, *_bias(layer, da)]


def _inputs_of(layer: Layer) -> dict[str, Array]:
    """What da may be paired with in the gradient of the input weights; what is due comes first."""
    due, rows = layer.reads, layer.inputs
    return {
        due: rows,
        due.replace("_t", "_{t-1}"): late(rows),
        "the step before, at t = 1 the last one": np.roll(rows, 1, axis=0),
        due.replace("_t", "_{t+1}"): late(rows, -1),
        "the step after, at the last step its own": np.vstack([rows[1:], rows[-1:]]),
        due.replace("_t", "_{T+1-t}"): rows[::-1],
        "h_t": layer.states,
        "h_{t-1}": layer.before,
    }


def _states_of(layer: Layer) -> dict[str, Array]:
    """The same in the gradient of the recurrent weights."""
    return {
        "h_{t-1}": layer.before,
        "h_t": layer.states,
        "h_{t+1}": late(layer.states, -1),
        "h_{t-2}": late(layer.states, 2),
        "the step before, at t = 1 the last one": np.roll(layer.states, 1, axis=0),
        "h_{T+1-t}": layer.states[::-1],
    }


def _paired(
    name: str, gradient: Array, partners: Mapping[str, Array], da: Array
) -> Iterator[Finding]:
    due = next(iter(partners))
    found = [what for what, partner in partners.items() if near(gradient, partner.T @ da)]
    if found and found[0] != due:
        yield _partner(name, found[0], due)
    elif not found and (number := multiple(gradient, partners[due].T @ da)) is not None:
        words = say("The gradient of {name} is {number} times what it should be.",
                    name=name, number=f"{number:.3g}")  # fmt: skip
        yield finding(words, name)


def _bias(layer: Layer, da: Array) -> Iterator[Finding]:
    if layer.db is None or near(layer.db, da.sum(axis=0)):
        return
    name = layer.names[2]
    single = [t for t in range(len(da)) if near(layer.db, da[t])]
    if single:
        words = say("The gradient of {name} has step {step} alone; it is a sum over all steps.",
                    name=name, step=single[0] + 1)  # fmt: skip
        yield finding(words, name)
    elif not layer.db.any():
        yield finding(say("The gradient of {name} is zero.", name=name), name)


def _partner(name: str, found: str, due: str) -> Finding:
    return finding(
        say("{name}: the gradient of step t is multiplied with {found} where {due} belongs.",
            name=name, found=called(found), due=called(due)), name
    )  # fmt: skip


def _agreed(layer: Layer, partner: Array) -> Array | None:
    """da by the input weights or by the recurrent ones, whichever two of the three gradients share."""
    options = [
        (da, gradient is layer.dW)
        for rows, gradient in (
            (partner, layer.dW),
            (layer.before, layer.dU),
            (layer.states, layer.dU),
            (layer.states, layer.dW),
            (late(partner), layer.dW),
            (np.roll(partner, 1, axis=0), layer.dW),
            (partner[::-1], layer.dW),
        )
        if (da := _completed(summands(gradient, rows), rows, layer.db)) is not None
    ]
    by_sum = [layer.db is not None and near(layer.db, da.sum(axis=0)) for da, _ in options]
    by_other = [
        _fits_recurrent(layer, da) if by_input else near(layer.dW, partner.T @ da)
        for da, by_input in options
    ]
    for votes in (
        zip(by_other, by_sum, strict=True),
        ((one,) for one in by_other),
        ((one,) for one in by_sum),
    ):
        for (da, _), vote in zip(options, votes, strict=True):
            if all(vote):
                return da
    return None


def _completed(da: Array | None, rows: Array, db: Array | None) -> Array | None:
    """da of the first step from the bias's gradient, where its partner is zero and tells nothing."""
    if da is None or db is None or rows[0].any():
        return da
    first: Array = db - da[1:].sum(axis=0)
    return np.concatenate([first[None], da[1:]])


def _fits_recurrent(layer: Layer, da: Array) -> bool:
    return near(layer.dU, layer.before.T @ da) or near(layer.dU, layer.states.T @ da)


def told(
    layers: Layer, das: Sequence[Array], into: Sequence[Sequence[Forms]], label: str
) -> Iterator[Finding]:
    """The finding about da: slope times (what comes in and what comes back from the step after).

    das: of several d_outputs; into: for each of them the ways in, alike in order and names.
    """
    names = layers.names
    slots = [_with_back(layers, da, ways) for da, ways in zip(das, into, strict=True)]
    slopes = _slopes(layers)
    for slope, value in slopes.items():
        target = np.concatenate([da / value for da in das])
        joined = [
            {name: np.concatenate([one[at][name] for one in slots]) for name in slots[0][at]}
            for at in range(len(slots[0]))
        ]
        explained = _explained(target, joined, right_slope=slope == "(1 - h**2)")
        if explained is not None:
            yield from _words(explained, joined, slope, label, names)
            return


def _slopes(layer: Layer) -> dict[str, Array]:
    h = layer.states
    return {
        "(1 - h**2)": 1.0 - h**2,
        "1": np.ones_like(h),
        "(1 - h)": 1.0 - h,
        "h * (1 - h)": h * (1.0 - h),
        "(1 - tanh(h)**2)": 1.0 - np.tanh(h) ** 2,
        "(1 - h_{t-1}**2)": 1.0 - layer.before**2,
        "(1 - h_{t-1}**2), at t = 1 that of the last step,": 1.0
        - np.roll(layer.states, 1, axis=0) ** 2,
        **({} if layer.other is None else {"(1 - h**2) of other states": 1.0 - layer.other**2}),
    }


def _with_back(layer: Layer, da: Array, ways: Sequence[Forms]) -> list[Forms]:
    after = late(da, -1)
    slope_after = late(layer.slopes, -1)
    dh_after = np.divide(after, slope_after, out=np.zeros_like(after), where=slope_after != 0.0)
    back = {
        "da_{t+1} @ W_hh.T": after @ layer.U.T,
        "da_{t+1} @ W_hh": after @ layer.U,
        "dh_{t+1} @ W_hh.T": dh_after @ layer.U.T,
        "da_{t+1}": after,
        "da_{t-1} @ W_hh.T": late(da) @ layer.U.T,
    }
    return [*ways, back]


def _explained(
    target: Array, slots: Sequence[Forms], *, right_slope: bool
) -> tuple[tuple[str, ...], list[float]] | None:
    """Forms and numbers; with another slope than the right one nothing else may be off."""
    for names in by_changes([tuple(one) for one in slots]):
        changed = sum(name != next(iter(one)) for name, one in zip(names, slots, strict=True))
        if changed > (2 if right_slope else 0):
            return None
        numbers = coefficients(target, [one[name] for one, name in zip(slots, names, strict=True)])
        if numbers is not None:
            return names, numbers
    return None


def _words(
    explained: tuple[tuple[str, ...], list[float]],
    slots: Sequence[Forms],
    slope: str,
    label: str,
    names: tuple[str, ...],
) -> Iterator[Finding]:
    if slope != "(1 - h**2)":
        yield finding(
            say("In {label} the gradient at the hidden state is multiplied by {found} where {due} belongs.",
                label=called(label), found=called(slope), due="(1 - h**2)"), *names
        )  # fmt: skip
    for forms, is_, number in zip(slots, *explained, strict=True):
        if (words := _of_a_way(forms, is_, number, label)) is not None:
            yield finding(words, *names)


def _of_a_way(forms: Forms, is_: str, number: float, label: str) -> Message | None:
    """What is off in one of the ways into a gradient; None where it is right."""
    where, found = called(label), called(is_)
    name = next(iter(forms))
    due = called(name)
    if not forms[name].any():  # nothing is due by this way
        besides = say(
            "In {label} the gradient holds this besides: {found}.", label=where, found=found
        )
        return besides if is_ != name and number else None
    if number == 0.0:
        return say("In {label} the gradient lacks one of its ways: {due}.", label=where, due=due)
    if is_ != name:
        return say("In {label} the gradient holds {found} where {due} belongs.",
                   label=where, found=found, due=due)  # fmt: skip
    if number != 1.0:
        return say("In {label} the gradient holds {due} {number} times.",
                   label=where, due=due, number=f"{number:.3g}")  # fmt: skip
    return None
