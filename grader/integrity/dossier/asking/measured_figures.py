"""Measured numbers as people say them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

LEAST = 0.0005  # of a change that is shown as a number
LONGEST = 60  # characters that pages take for code


def share(value: float) -> str:
    """A relative change: 0 %, 0.4 %, 65 %."""
    if value < 1e-9:  # noqa: PLR2004  # rounding
        return "0 %"
    if not math.isfinite(value):
        return "∞"
    if value < LEAST:
        return "< 0.1 %"
    return f"{100 * value:.1f} %" if value < 0.1 else f"{100 * value:.0f} %"  # noqa: PLR2004  # two digits


def gradients(errors: Mapping[str, float]) -> tuple[str, ...]:
    """dW_xh 65 %, db_h 17 %."""
    return tuple(f"d{name} {share(error)}" for name, error in errors.items())


def names(parameters: Iterable[str]) -> tuple[str, ...]:
    """dW_xh, db_h."""
    return tuple(f"d{name}" for name in parameters)


def loss(value: float) -> str:
    return f"{value:.2g}" if math.isfinite(value) else "∞"


def code(text: str) -> str:
    """A piece of code inside a sentence: pages set what stands in backticks as code."""
    plain = " ".join(text.replace("`", "'").split())
    return f"`{plain}`" if len(plain) <= LONGEST else f"`{plain[: LONGEST - 1]}…`"
