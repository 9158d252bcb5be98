"""Whether backward is linear in d_outputs, and what is there where d_outputs is zero."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.checks.weight_decay import form_of
from grader.diagnosis.experiments.impulses import HIDDEN_ARRAYS, Impulses
from grader.diagnosis.experiments.network import SMALL
from grader.diagnosis.experiments.patterns import Reading, Told
from grader.protocol import Array
from grader.records import Fact

UNCLIPPED = 0.24  # the largest norm that no honest clipping touches
HELD = 3  # elements at one bound that make a clip
ABOUT = 1e-3  # of a norm that gradients are brought to: what a number added to it leaves


def unsound(imp: Impulses) -> Told | None:
    """Why several impulses together are not the sum of each, so that single ones tell nothing."""
    d_outputs, expected = _several(imp)
    return _bent(imp, d_outputs, expected)


def held_back(imp: Impulses) -> Told | None:
    """Why d_outputs of ordinary size give less than small ones promise; None where they do not."""
    d_outputs, expected = _several(imp)
    norm = float(np.sqrt(sum(np.sum(part**2) for part in expected.values())))
    larger = UNCLIPPED / norm if norm else 1.0
    grown = {name: larger * part for name, part in expected.items()}
    bent = _bent(imp, larger * d_outputs, grown)
    if bent is None or bent[0].kind != "not_linear":
        return bent
    return _cut_on_the_way(imp, larger * d_outputs) or Reading("not_in_proportion"), bent[1]


def _cut_on_the_way(imp: Impulses, d_outputs: Array) -> Reading | None:
    """A bound that what goes through the steps does not exceed, at several elements exactly it."""
    for what, part in _on_the_way(imp, d_outputs):
        bound = float(np.abs(part).max())
        if np.sum(np.abs(np.abs(part) - bound) <= imp.net.limit * bound) >= HELD:
            return Reading("cut_on_the_way", {"what": what, "number": float(f"{bound:.4g}")})
    return None


def _normed_on_the_way(imp: Impulses, d_outputs: Array) -> Reading | None:
    """One norm that what goes through the steps has at every step, for each sequence or for all.

    The same for d_outputs twice as large.
    """
    both = zip(_on_the_way(imp, d_outputs), _on_the_way(imp, 2 * d_outputs), strict=True)
    for (what, once), (_, twice) in both:
        parts = np.stack([once, twice])[:, : -1 if what == "dh_next" else None]
        for each, axes in (("sequence", 3), ("step", (2, 3))):
            norms = np.sqrt(np.sum(parts**2, axis=axes))
            number = float(norms.max())
            if number and np.ptp(norms) <= ABOUT * number:
                facts: dict[str, Fact] = {"what": what, "number": float(f"{number:.3g}")}
                return Reading("normed_on_the_way", {**facts, "each": each})
    return None


def _on_the_way(imp: Impulses, d_outputs: Array) -> Iterator[tuple[str, Array]]:
    """dz, dh and dh_next at every step and sequence, as rows of dW_xh show them."""
    if "W_xh" not in imp.names:
        return
    dz = imp.by_step(imp.net.gradients(imp.x, d_outputs, {})["W_xh"])
    dh = dz / (1 - imp.states[1:] ** 2)
    yield "dz", dz
    yield "dh", dh
    yield "dh_next", dh - d_outputs @ imp.net.used["W_hy"].T


def _several(imp: Impulses) -> tuple[Array, dict[str, Array]]:
    """Random d_outputs, and what the impulses that they consist of add up to."""
    rng = np.random.default_rng(10)
    mixed = SMALL * rng.normal(size=(imp.size.T, imp.size.B, imp.size.O))
    return mixed @ imp.ways, _sum_of(imp, mixed)


def _bent(imp: Impulses, d_outputs: Array, expected: dict[str, Array]) -> Told | None:
    """What holds gradients back: a bound of elements, of the norm, or something else in some."""
    off = _not_additive(imp, d_outputs, expected)
    if not off:
        return None
    held = _held(imp, d_outputs, expected)
    if held is not None:
        return held, tuple(imp.names)
    return _normed_on_the_way(imp, d_outputs) or Reading("not_linear"), off


def _held(imp: Impulses, d_outputs: Array, expected: dict[str, Array]) -> Reading | None:
    got, more = (imp.net.gradients(imp.x, n * d_outputs, expected) for n in (1.0, 2.0))
    bound = max(float(np.abs(part).max()) for part in got.values())
    held = sum(
        int(np.sum(np.abs(np.abs(part) - bound) < 1e-9 * bound)) for part in got.values()
    )  # the same number
    if held >= HELD and bound:
        return Reading("clipped", {"number": float(f"{bound:.4g}")})
    norms = np.array([[np.linalg.norm(part) for part in each.values()] for each in (got, more)])
    whole = np.linalg.norm(norms, axis=1)
    if not whole[0] or abs(whole[0] - whole[1]) > imp.net.limit * whole[0]:
        return None
    alike = bool(np.ptp(norms) <= imp.net.limit * norms.max())  # each for itself
    number = norms[0, 0] if alike else whole[0]
    kind = "norms_held" if alike and norms.shape[1] > 1 else "norm_held"
    return Reading(kind, {"number": float(f"{number:.4g}")})


def _not_additive(imp: Impulses, d_outputs: Array, expected: dict[str, Array]) -> tuple[str, ...]:
    """The arrays that are not what the impulses add up to."""
    got = imp.net.gradients(imp.x, d_outputs, expected)
    largest = float(np.abs(d_outputs).max())
    return tuple(
        name
        for name, part in expected.items()
        if name not in got
        or not imp.net.alike(
            got[name] - imp.nothing.get(name, 0.0), part, largest * imp.scale[name]
        )
    )


def _sum_of(imp: Impulses, mixed: Array) -> dict[str, Array]:
    """What the impulses add up to, each taken so many times, by array."""
    zeros = {name: np.zeros(imp.net.layout.shapes[name]) for name in imp.names}
    return {
        name: sum((float(mixed[key]) * one[name] for key, one in imp.got.items()), zero)
        for name, zero in zeros.items()
    }


def added(imp: Impulses) -> dict[str, Reading]:
    """What backward gives for d_outputs = 0, by array."""
    names = [name for name in imp.names if imp.constant(name)]
    if not names:
        return {}
    decay = form_of({name: imp.nothing[name] for name in names}, imp.net.used)
    if decay is not None:
        form, number = decay
        reading = Reading("decay_added", {"form": form, "number": float(f"{number:.4g}")})
    else:
        reading = _handed(imp) or Reading("constant_term")
    return dict.fromkeys(names, reading)


def _handed(imp: Impulses) -> Reading | None:
    """What comes to each step besides its output's gradient, when that is zero."""
    if (
        not all(imp.constant(name) for name in HIDDEN_ARRAYS if name in imp.names)
        or "W_xh" not in imp.names
    ):
        return None
    dz = imp.by_step(imp.nothing["W_xh"])
    dh = dz / (1 - imp.states[1:] ** 2)
    w = imp.net.used["W_hh"]
    for what, matrix in (("W_hh.T", w.T), ("W_hh", w), ("", np.eye(len(w)))):
        for step, states in (("h_(t-1)", imp.states[:-1]), ("h_t", imp.states[1:])):
            if imp.net.alike(dh, states @ matrix):
                return Reading("state_handed_back", {"state": step, "matrix": what})
    if imp.net.alike(dz[:-1] - dz[1:] @ w.T, 1 - imp.states[1:-1] ** 2):
        return Reading("derivative_added")
    carried = np.concatenate([dz[1:] @ w.T, 0 * dz[:1]])
    for step, states in (("h_(t-1)", imp.states[:-1]), ("h_t", imp.states[1:])):
        if imp.net.alike(dh - carried, states):
            return Reading("state_added", {"state": step})
    before = np.concatenate([dz[1:] @ w.T, dh[-1:]])
    if imp.net.alike(dh, before) and np.ptp(dh[-1]) <= imp.net.limit * np.abs(dh[-1]).max():
        return Reading("starts_not_zero", {"number": round(float(dh[-1].flat[0]), 6)})
    return None
