"""Sums of products, left factor times gradient, that are put together in a wrong way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.diagnosis.experiments.impulses import HIDDEN_ARRAYS, Impulses, Key
from grader.diagnosis.experiments.patterns import CLOSE, Reading
from grader.protocol import Array
from grader.records import Fact

STACK = ("W_xh", "W_hh")  # what a program may keep as one matrix, in either order


def reshaped(imp: Impulses, name: str) -> Reading | None:
    """Left factors of all steps and sequences whose table is reshaped where it should be turned."""
    left = _left(imp, name)
    if left is None:
        return None
    for order in ((0, 1, 2), (1, 0, 2)):  # time first, or the batch
        flat = left.transpose(order).reshape(-1, left.shape[2])
        other = flat.reshape(flat.shape[::-1])
        if all(
            imp.net.alike(
                one[name],
                other @ _beside(imp, name, key).transpose(order).reshape(len(flat), -1),
                imp.scale[name],
            )
            for key, one in imp.got.items()
        ):
            return Reading("reshaped")
    return None


def paired_otherwise(imp: Impulses, name: str) -> Reading | None:
    """Rows of the left factors in one order, time or batch first, those of gradients in the other."""
    left = _left(imp, name)
    if left is None:
        return None
    ways = ((0, 1, 2), (1, 0, 2))
    for kind, one_way, other_way in (("batch", ways[1], ways[0]), ("time", *ways)):
        rows = left.transpose(one_way).reshape(-1, left.shape[2])
        if all(
            imp.net.alike(
                one[name],
                rows.T @ _beside(imp, name, key).transpose(other_way).reshape(len(rows), -1),
                imp.scale[name],
            )
            for key, one in imp.got.items()
        ):
            return Reading("paired_otherwise", {"first": kind})
    return None


def reshaped_after(imp: Impulses, name: str) -> Reading | None:
    """The whole product, computed turned, and brought into shape by a reshape."""
    shape = imp.net.layout.shapes[name]
    if len(shape) < 2:  # noqa: PLR2004  # a bias
        return None
    ways: tuple[Callable[[Array], Array], ...] = (
        lambda true: true.T.reshape(shape),
        lambda true: true.reshape(shape[::-1]).T,  # of an array that is kept turned
    )
    same = any(
        all(
            imp.net.alike(one[name], way(imp.truth(name, key)), imp.scale[name])
            for key, one in imp.got.items()
        )
        for way in ways
    )
    return Reading("reshaped_after") if same else None


def of_the_stack(imp: Impulses, name: str) -> Reading | None:
    """Rows of the gradients of W_xh and W_hh, one under the other, that begin elsewhere."""
    if name not in STACK or not set(STACK) <= set(imp.names):
        return None
    rows = imp.net.layout.shapes[name][0]
    for order in (STACK, STACK[::-1]):
        stacks = {key: np.vstack([imp.truth(one, key) for one in order]) for key in imp.got}
        due = 0 if order[0] == name else imp.net.layout.shapes[order[0]][0]
        for first in range(len(stacks[imp.keys[0]]) - rows + 1):
            if first != due and all(
                imp.net.alike(one[name], stacks[key][first : first + rows], imp.scale[name])
                for key, one in imp.got.items()
            ):
                facts: dict[str, Fact] = {"above": order[0], "first": first, "due": due}
                return Reading("of_the_stack", facts)
    return None


def left_through(imp: Impulses, name: str) -> Reading | None:
    """Another function of the left factor's state than the state itself."""
    left = _left(imp, name) if name != "W_xh" else None
    if left is None:
        return None
    state = "h_t" if name == "W_hy" else "h_(t-1)"
    forms: dict[str, Callable[[Array], Array]] = {
        f"tanh({state})": np.tanh,
        f"{state}^2": np.square,
        f"1 - {state}^2": lambda h: 1 - h**2,
        f"the argument of tanh in {state}": np.arctanh,
    }
    for form, function in forms.items():
        other = function(left)
        if all(
            imp.net.alike(
                one[name], np.einsum("tbi,tbj->ij", other, _beside(imp, name, key)), imp.scale[name]
            )
            for key, one in imp.got.items()
        ):
            return Reading("left_through", {"form": form})
    return None


def summed_both(imp: Impulses, name: str) -> Reading | None:
    """All left factors summed over time and batch, times all gradients so summed."""
    left = _left(imp, name)
    if left is None:
        return None
    total = left.sum(axis=(0, 1))
    same = all(
        imp.net.alike(
            one[name],
            np.outer(total, _beside(imp, name, key).sum(axis=(0, 1))),
            imp.scale[name],
        )
        for key, one in imp.got.items()
    )
    return Reading("summed_both") if same else None


def summed_first(imp: Impulses, name: str) -> Reading | None:
    """Left factors that are summed, or averaged, over the batch before they are multiplied."""
    left = _left(imp, name)
    if left is None:
        return None
    total = left.sum(axis=1)
    for factor in (1.0, 1 / imp.size.B, 1 / imp.size.B**2):
        if all(
            imp.net.alike(
                one[name],
                factor * total.T @ _beside(imp, name, key).sum(axis=1),
                imp.scale[name],
            )
            for key, one in imp.got.items()
        ):
            return Reading("summed_first")
    return None


def left_of_one(imp: Impulses, name: str) -> Reading | None:
    """The left factor of one sequence of the batch for all of them."""
    left = _left(imp, name)
    if left is None or not _differ(left, 1):
        return None
    for sample in range(imp.size.B):
        if all(
            imp.net.alike(
                one[name],
                left[:, sample].T @ _beside(imp, name, key).sum(axis=1),
                imp.scale[name],
            )
            for key, one in imp.got.items()
        ):
            return Reading("left_of_one", {"sample": sample})
    return None


def beside_output(imp: Impulses, name: str) -> Reading | None:
    """The output's own left factor at every step that its gradient gets back to."""
    lefts = {"W_xh": [imp.x], "W_hh": [imp.states[:-1], imp.states[1:]]}
    for offset, left in enumerate(lefts.get(name, [])):
        if _differ(left, 0) and all(
            imp.net.alike(
                one[name],
                np.outer(left[key[:2]], imp.dz(key).sum(axis=(0, 1))),
                imp.scale[name],
            )
            for key, one in imp.got.items()
        ):
            return Reading("beside_output", {"offset": offset})
    return None


def one_input(imp: Impulses, name: str) -> Reading | None:
    """One step's input at every step, whatever the gradients beside it are: they add up to db_h."""
    if name != "W_xh":
        return None
    rows = {key: imp.by_step(one[name]) for key, one in imp.got.items()}
    there = {int(s) for found in rows.values() for s in np.flatnonzero(found.any(axis=(1, 2)))}
    if len(there) != 1:
        return None
    step = there.pop()
    before = any(found.any() for (t, _, _), found in rows.items() if t < step)
    sums = "b_h" in imp.names and all(
        imp.net.alike(found.sum(axis=(0, 1)), imp.got[key]["b_h"], imp.scale["b_h"])
        for key, found in rows.items()
    )
    return Reading("input_always", {"step": step}) if before and sums else None


def _differ(left: Array, axis: int) -> bool:
    """Whether factors are not the same at all steps (axis 0), or of all sequences (axis 1)."""
    return bool(np.ptp(left, axis=axis).max() > CLOSE)


def _left(imp: Impulses, name: str) -> Array | None:
    """(T, B, N): what stands on the left of each product."""
    return {"W_hh": imp.states[:-1], "W_xh": imp.x, "W_hy": imp.states[1:]}.get(name)


def _beside(imp: Impulses, name: str, key: Key) -> Array:
    """(T, B, H) or (T, B, O): the gradients that left factors are multiplied with."""
    if name in HIDDEN_ARRAYS:
        return imp.dz(key)
    t, b, o = key
    found = np.zeros((imp.size.T, imp.size.B, imp.size.O))
    found[t, b] = imp.ways[o]
    return found
