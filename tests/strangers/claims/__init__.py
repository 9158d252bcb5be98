"""What a diagnosis claims in machine-readable form, tried on the program.

A claim says how a program computes. All claims about an array together are a model of it; they are
true where the model gives the program's own numbers, at points that the kit has not seen. Where
another fault hides that, kinds that say only where something is off are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from tests.strangers.bases import Base

Facts = Mapping[str, Any]
Claim = tuple[str, Facts]
Verdicts = list[bool | None]
Checker = Callable[[ModuleType, Base, list[Claim]], Verdicts]

# Kinds that say what is wrong; the others say only where.
PLACES = {
    "chain_off", "chain_off_at", "array_off", "counted_unevenly", "arrays_off", "state_off",
    "output_off", "step_off", "hidden_off", "gate_off", "weight_off", "first_step_off",
    "wrong_from", "earlier", "follows", "added_off", "cell_not_linear", "gate_weights_off",
}  # fmt: skip


def checkers() -> dict[str, Checker]:
    """The checker of each question."""
    from tests.strangers.claims import backward, cell, forward, update

    return {
        "q4_2": forward.verdicts,
        "q4_3": backward.verdicts,
        "q4_4": update.verdicts,
        "q4_6": cell.verdicts,
    }


def plain(name: str) -> str:
    """ "dW_hh" and "W_hh" are one array."""
    return name[1:] if name.startswith(("dW", "db")) else name
