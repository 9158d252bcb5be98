"""What the gated cells have in common: the sizes at which they are looked at, and their shapes."""

from __future__ import annotations

from collections.abc import Iterable

# Sizes (I, H) at which cells are looked at in public and in hidden cases.
PUBLIC = (3, 4)
HIDDEN = (2, 5)
ONES = ((1, 5), (2, 1))  # one input, one hidden unit


def gate_shapes(
    gates: Iterable[str],
    I: int,  # noqa: E741  # sizes as in the equations
    H: int,
) -> dict[str, tuple[int, ...]]:
    """The documented parameters W, U and b of each gate, and their shapes."""
    return {
        f"{kind}_{gate}": shape
        for gate in gates
        for kind, shape in (("W", (I, H)), ("U", (H, H)), ("b", (H,)))
    }
