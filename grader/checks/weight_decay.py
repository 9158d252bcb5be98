"""Weight decay that stands in backward: what comes back where d_outputs is zero."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from grader.checks.compare import agrees
from grader.checks.gradient import Entry
from grader.protocol import Array

# What of a parameter people add to its gradient.
ADDED: dict[str, Callable[[Array], Array]] = {
    "W": np.asarray,
    "W^2": np.square,
    "sign(W)": np.sign,
    "|W|": np.abs,
}
ALIKE = 1e-4  # relative; float32 parameters are rounded to a part of that


def form_of(
    still: Mapping[str, Array], parameters: Mapping[str, Array]
) -> tuple[str, float] | None:
    """Of which form of the parameters these gradients are one multiple, and which; else None.

    still: the gradients that are not zero although d_outputs is, by parameter.
    """
    if not all(np.all(np.isfinite(part)) for part in still.values()):
        return None
    for form, made in ADDED.items():
        added = {name: made(parameters[name]) for name in still}
        if not added or not all(part.any() for part in added.values()):
            continue
        multiples = [
            float(np.sum(still[name] * part) / np.sum(part * part)) for name, part in added.items()
        ]
        if all(agrees(still[name], multiples[0] * part, ALIKE) for name, part in added.items()):
            return form, multiples[0]
    return None


def without(found: Sequence[Entry], still: Sequence[Entry]) -> list[Entry] | None:
    """The entries of one backward less those of another; None where they do not correspond."""
    pairs = list(zip(found, still, strict=False))
    if len(found) != len(still) or any(
        a.label != b.label or a.array.shape != b.array.shape for a, b in pairs
    ):
        return None
    return [Entry(a.label, a.array.astype(np.float64) - b.array) for a, b in pairs]
