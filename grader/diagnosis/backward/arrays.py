"""Explain one gradient by itself: what of the true contributions it holds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.diagnosis.backward import summed_products
from grader.diagnosis.backward.couplings import by_index
from grader.diagnosis.experiments.impulses import HIDDEN_ARRAYS, Impulses, Key
from grader.diagnosis.experiments.patterns import Reading, output_everywhere, read
from grader.protocol import Array


def explain(imp: Impulses, name: str) -> Reading | None:
    """Why this array is as it is ("right" if it is right); None where nothing here explains it."""
    if imp.right(name):
        return Reading("right")
    explanations: list[Callable[[Impulses, str], Reading | None]] = [
        _one_output,
        _by_weights,
        _transposed,
        _summed_over_all,
        summed_products.reshaped,
        summed_products.reshaped_after,
        summed_products.paired_otherwise,
        by_index,
        summed_products.left_of_one,
        summed_products.beside_output,
        _without_derivative,
        _of_the_carry,
        _with_another,
        summed_products.summed_first,
        summed_products.summed_both,
        summed_products.left_through,
        summed_products.of_the_stack,
        summed_products.one_input,
        _by_units,
    ]
    return next((found for each in explanations if (found := each(imp, name)) is not None), None)


def _one_output(imp: Impulses, name: str) -> Reading | None:
    """One step's d_outputs in place of every step's; what that makes of z is read off there."""
    if name in HIDDEN_ARRAYS:
        return None
    T = imp.size.T
    whole = {
        (b, o): sum((imp.truth(name, (s, b, o)) for s in range(T)), np.zeros(()))
        for _, b, o in imp.got
    }
    for step in range(T):
        if all(
            imp.net.alike(one[name], whole[b, o] * (t == step), imp.scale[name])
            for (t, b, o), one in imp.got.items()
        ):
            return output_everywhere(step, T)
    return None


def _by_weights(imp: Impulses, name: str) -> Reading | None:
    w = weights(imp, name)
    return None if w is None else read(w)


def weights(imp: Impulses, name: str, through: Array | None = None) -> Array | None:
    """How often each contribution (t, b, o, s) is in the array; None where it holds other things.

    through: (T, B, H), what dz is divided by on its way into the array.
    """
    T, B, _, _, O = imp.size  # noqa: E741  # sizes as in the equations
    w = np.full((T, B, O, T), np.nan)
    for key in imp.keys:
        places, parts = _parts(imp, name, key, through)
        got = imp.got[key][name].ravel()
        basis = np.array([part.ravel() for part in parts]).T
        lengths = np.linalg.norm(basis, axis=0)
        due = lengths > 1e-9 * max(float(lengths.max()), 1e-300)  # h_0 = 0 gives nothing
        found = np.linalg.lstsq(basis[:, due], got, rcond=None)[0]
        if not imp.net.alike(basis[:, due] @ found, got, imp.scale[name]):
            return None
        w[(*key, [place for place, is_due in zip(places, due, strict=True) if is_due])] = found
    return w


def _parts(
    imp: Impulses, name: str, key: Key, through: Array | None
) -> tuple[list[int], list[Array]]:
    """The true contribution of an impulse to an array by source step."""
    t = key[0]
    if name not in HIDDEN_ARRAYS:
        return [t], [imp.truth(name, key)]
    dz = imp.dz(key) if through is None else imp.dz(key) / through
    parts = []
    for s in range(t + 1):
        only = np.zeros_like(dz)
        only[s] = dz[s]
        parts.append(imp.of(name, only))
    return list(range(t + 1)), parts


def _without_derivative(imp: Impulses, name: str) -> Reading | None:
    if name not in HIDDEN_ARRAYS:
        return None
    w = weights(imp, name, 1 - imp.states[1:] ** 2)
    found = None if w is None else read(w)
    return Reading("derivative_missing") if found and found.kind == "right" else None


def _of_the_carry(imp: Impulses, name: str) -> Reading | None:
    """What goes from step to step in place of dz: what a step hands on, or what it was handed."""
    if name not in HIDDEN_ARRAYS:
        return None
    handed = {key: imp.dz(key) @ imp.net.used["W_hh"].T for key in imp.got}
    received = {
        key: np.concatenate([part[1:], np.zeros_like(part[:1])]) for key, part in handed.items()
    }
    for what, parts in (("handed", handed), ("received", received)):
        if all(
            imp.net.alike(one[name], imp.of(name, parts[key]), imp.scale[name])
            for key, one in imp.got.items()
        ):
            return Reading("made_of_carry", {"what": what})
    return None


def _with_another(imp: Impulses, name: str) -> Reading | None:
    """The right one, and another parameter's added to it (a bias's to every row)."""
    shape = imp.net.layout.shapes[name]
    for other in imp.names:
        if other == name or imp.net.layout.shapes[other] not in {shape, shape[-1:]}:
            continue
        if all(
            imp.net.alike(one[name], imp.truth(name, key) + imp.truth(other, key), imp.scale[name])
            for key, one in imp.got.items()
        ):
            return Reading("with_another", {"other": other})
    return None


def _transposed(imp: Impulses, name: str) -> Reading | None:
    if name != "W_hh":
        return None
    same = all(
        imp.net.alike(one[name].T, imp.truth(name, key), imp.scale[name])
        for key, one in imp.got.items()
    )
    return Reading("transposed") if same else None


def _summed_over_all(imp: Impulses, name: str) -> Reading | None:
    """Every element the sum of what belongs into all of them."""
    same = all(
        imp.net.alike(
            one[name], np.full_like(one[name], imp.truth(name, key).sum()), imp.scale[name]
        )
        for key, one in imp.got.items()
    )
    return Reading("summed_over_all") if same and len(imp.truth(name, imp.keys[0])) > 1 else None


def _by_units(imp: Impulses, name: str) -> Reading | None:
    """Right but for some columns, which are zero."""
    got = np.array([one[name] for one in imp.got.values()])
    true = np.array([imp.truth(name, key) for key in imp.got])
    zero = [j for j in range(got.shape[-1]) if not got[..., j].any() and true[..., j].any()]
    keep = [j for j in range(got.shape[-1]) if j not in zero]
    if not zero or not keep or not imp.net.alike(got[..., keep], true[..., keep]):
        return None
    if name in HIDDEN_ARRAYS:
        return Reading("unit_without_gradient", {"units": tuple(zero)})
    return Reading("components_ignored", {"outputs": tuple(zero)})
