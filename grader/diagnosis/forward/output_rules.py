"""Why outputs are wrong, given the hidden states that the student's own forward computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.checks.states import is_softmax
from grader.diagnosis.experiments import joined_terms, regression
from grader.diagnosis.experiments.patterns import CLOSE, Reading
from grader.diagnosis.experiments.regression import Blocks
from grader.protocol import Array

if TYPE_CHECKING:
    from grader.diagnosis.forward.forward_rules import ForwardRun

ONE = 1e-6


def examine(seen: ForwardRun, *, states_told: bool) -> list[Reading]:
    """What is read off the outputs; empty where they follow from the states."""
    hidden = seen.hidden
    if seen.net.alike(seen.outputs, seen.shown(hidden)):
        return []
    if states_told and seen.net.alike(seen.outputs, seen.shown(seen.true)):
        return []
    steps = np.diff(seen.outputs, axis=0, prepend=np.zeros_like(seen.outputs[:1]))
    if seen.net.alike(steps, seen.shown(hidden)):
        return [Reading("outputs_pile_up")]
    return _of_gathered(seen) or _squashed(seen)


def _of_gathered(seen: ForwardRun) -> list[Reading]:
    """The output layer on states that are gathered over time."""
    hidden = seen.hidden
    sums = np.cumsum(hidden, axis=0)
    counts = np.arange(1, len(hidden) + 1)[:, None, None]
    gathered = {
        "sum_so_far": sums,
        "mean_so_far": sums / counts,
        "sum": np.broadcast_to(sums[-1], hidden.shape),
        "mean": np.broadcast_to(hidden.mean(axis=0), hidden.shape),
        "largest": np.broadcast_to(hidden.max(axis=0), hidden.shape),
    }
    made = (
        what
        for what, states in gathered.items()
        if seen.net.alike(seen.outputs, seen.shown(states))
    )
    return [Reading("outputs_of", {"what": what}) for what in made][:1]


def _squashed(seen: ForwardRun) -> list[Reading]:
    """What goes over the outputs, and what is off in the layer below it."""
    if is_softmax(seen.outputs):
        told = _through(seen, _centred(np.log(seen.outputs)), soft=True)
        return [Reading("softmax"), *(told or [])]
    if np.all(seen.outputs > 0) and np.allclose(seen.outputs.sum(axis=1), 1.0, atol=ONE):
        return [Reading("softmax_over_batch")]
    return _of_weights(seen) or [Reading("output_off")]


def _of_weights(seen: ForwardRun) -> list[Reading] | None:
    """How the output layer's arrays are joined, or what is off in one; None where neither tells."""
    if form := _joined_otherwise(seen):
        return [Reading("output_form", {"form": form})]
    for name in ("identity", "tanh", "sigmoid", "relu"):
        raw = regression.INVERSES[name](seen.outputs)
        told = _through(seen, raw, soft=False)
        if told is not None:
            used = [] if name == "identity" else [Reading("output_activation", {"used": name})]
            return [*used, *told]
    return None


def _joined_otherwise(seen: ForwardRun) -> str:
    """How states' part and bias are joined, if not by adding them."""
    terms = (
        ("hW", seen.hidden @ seen.net.given["W_hy"]),
        ("b", np.broadcast_to(seen.net.given["b_y"], seen.outputs.shape)),
    )
    forms = (form for form in joined_terms.joined(*terms) if joined_terms.is_bent(form[0]))
    return joined_terms.matching(forms, [seen.outputs], seen.net.alike)


def _centred(raw: Array) -> Array:
    """Without what a softmax forgets: the same number added to all of a row."""
    return np.asarray(raw - raw.mean(axis=-1, keepdims=True))


def _through(seen: ForwardRun, raw: Array, *, soft: bool) -> list[Reading] | None:
    """What is off in the output layer's weights; None where no weights explain the outputs."""
    rows = raw[1:].reshape(-1, raw.shape[-1])
    parts = {
        "h_t": seen.hidden[1:],
        "h_(t-1)": seen.hidden[:-1],
        "x_t": seen.x[1:],
        "1": np.ones((*seen.x[1:].shape[:2], 1)),
    }
    regressors = {name: part.reshape(-1, part.shape[-1]) for name, part in parts.items()}
    blocks = regression.fit(rows, regressors, 10 * seen.net.limit)
    return None if blocks is None else _told(seen, blocks, soft=soft)


def _told(seen: ForwardRun, blocks: Blocks, *, soft: bool) -> list[Reading]:
    used = {name: np.atleast_2d(seen.net.given[name]) for name in ("W_hy", "b_y")}
    if soft:
        used = {name: _centred(value) for name, value in used.items()}
    found = []
    late = regression.compare(blocks["h_(t-1)"], used["W_hy"], {}).kind
    if late == "right" and np.abs(blocks["h_t"]).max() <= CLOSE:
        found.append(Reading("output_late"))
    elif np.abs(blocks["h_(t-1)"]).max() > CLOSE:
        found.append(Reading("output_depends_on", {"what": "h_(t-1)"}))
    if np.abs(blocks["x_t"]).max() > CLOSE:
        found.append(Reading("output_depends_on", {"what": "x_t"}))
    for part, name in (("h_t", "W_hy"), ("1", "b_y")):
        one = regression.compare(blocks[part], used[name], {})
        if one.kind != "right" and not (found and part == "h_t") and used[name].any():
            found.append(Reading(f"weight_{one.kind}", {"array": name, **one.facts}))
    return found
