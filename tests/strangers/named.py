"""Named misconceptions: true where the program does what the reference does with that mistake."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import numpy as np

from grader.checks import probe_point
from grader.misconceptions import catalogue
from tests.strangers.bases import PLAIN_CELL, PLAIN_GRADIENTS, PLAIN_RNN, Array, Base
from tests.strangers.behaviour import Record, initial, recorded
from tests.strangers.kit import Said
from tests.strangers.program import executed

CLOSE = 1e-4
LARGE = 4.0  # of a layer, standard deviation times the root of its inputs
REFERENCE = Base(
    "reference", catalogue.SOLUTIONS / "rnn.py", PLAIN_RNN, PLAIN_GRADIENTS, PLAIN_CELL
)


@cache
def right() -> Record:
    module = executed(catalogue.reference_source(), "reference")
    return recorded(module, REFERENCE) | initial(module, REFERENCE)


@cache
def mistaken(name: str) -> Record:
    """What the reference does with this misconception."""
    one = next(each for each in catalogue.misconceptions() if each.name == name)
    try:
        module = executed(one.source(), "mistaken")
    except Exception:  # noqa: BLE001  # nothing to compare with
        return {}
    return recorded(module, REFERENCE) | initial(module, REFERENCE)


def named(said: Said) -> list[str]:
    """Misconceptions whose words stand in the message; the first is also in the results."""
    hints = probe_point.hints()
    return [name for name, hint in hints.items() if hint.en and hint.en in said.message] or (
        [said.name] if said.name else []
    )


# The arrays of a record that a question is about.
TOPICS = {
    "q4_1": r"initial (?!cell).*",
    "q4_2": r"\d (again )?(outputs|hidden)",
    "q4_3": r"\d ((again )?d|computed ).*",
    "q4_4": r"\d (again )?step .*",
    "q4_5": r"initial cell .*",
    "q4_6": r"\d (again )?cell .*",
    "q5_1": r"data .*",
}


def same_mistake(name: str, question: str, record: Record) -> bool:
    """Whether the program's arrays are as this mistake makes them, where it changes any."""
    if name in OWN:
        return OWN[name](record)
    known, fine = mistaken(name), right()
    changed = [
        key for key in fine if not key.startswith("scale ") and not alike(known.get(key), fine[key])
    ]
    topic = [key for key in changed if re.fullmatch(TOPICS.get(question, ".*"), key)] or changed
    return bool(topic) and all(alike(record.get(key), known.get(key)) for key in topic)


def _starts_large(record: Record) -> bool:
    """Initial weights that are beyond dispute, or hidden states near -1 and 1 because of them."""
    return any(
        record[key].max() > limit
        for key, limit in (("scale gains", LARGE), ("scale heights", 0.9))
        if key in record
    )


# Mistakes that have more than one look: what they are, whatever the numbers.
OWN: dict[str, Callable[[Record], bool]] = {
    "weights-too-large": _starts_large,
    "backward-updates": lambda record: any(
        not kept.all() for key, kept in record.items() if re.fullmatch(r"\d (again )?kept", key)
    ),
}


def alike(one: Array | None, other: Array | None) -> bool:
    if one is None or other is None:
        return one is other
    if one.shape != other.shape:
        return False
    scale = float(np.nanmax(np.abs(other), initial=0.0)) or 1.0
    return bool(np.allclose(one, other, rtol=0, atol=CLOSE * scale, equal_nan=True))
