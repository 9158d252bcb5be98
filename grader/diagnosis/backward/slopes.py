"""The factor that stands where tanh'(z) = 1 - h^2 belongs, read off as a polynomial of states."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from grader.protocol import Array

Derivative = Callable[[Array, int], Array]  # of states h_0 to h_T (T+1, ...) and a step
DEGREE = 4
EXACT = 1e-4  # of the factor's size; what differences leave
# What h_t may be multiplied with in place of itself.
OTHERS: dict[str, Derivative] = {
    "h_(t-1)": lambda h, t: h[t],
    "h_1": lambda h, _: h[1],
    "h_T": lambda h, _: h[-1],
}


def measured(factor: Array, steps: list[int], h: Array) -> tuple[str, Derivative] | None:
    """The formula of a factor (len(steps), B, O, H) at these steps, the same for every output.

    None where it is no polynomial with whole or half coefficients.
    """
    if not np.all(np.isfinite(factor)) or np.ptp(factor, axis=2).max() > _slack(factor):
        return None
    powers: dict[str, Derivative] = {_power(n): partial(_to_the, n) for n in range(DEGREE + 1)}
    mixed: list[dict[str, Derivative]] = [
        {"1": partial(_to_the, 0), f"h_t * {other}": partial(_times, made)}
        for other, made in OTHERS.items()
    ]
    found = (_fitted(factor[:, :, 0], steps, h, each) for each in (powers, *mixed))
    return next((one for one in found if one is not None), None)


def _fitted(
    factor: Array, steps: list[int], h: Array, terms: dict[str, Derivative]
) -> tuple[str, Derivative] | None:
    design = np.array([np.array([made(h, t) for t in steps]).ravel() for made in terms.values()]).T
    found = np.linalg.lstsq(design, factor.ravel(), rcond=None)[0]
    numbers = np.round(2 * found) / 2
    if np.abs(design @ numbers - factor.ravel()).max() > _slack(factor):
        return None
    used = {text: float(n) for text, n in zip(terms, numbers, strict=True) if n}
    return _text(used), partial(_sum, {text: (n, terms[text]) for text, n in used.items()})


def _slack(factor: Array) -> float:
    return EXACT * max(1.0, float(np.abs(factor).max()))


def _to_the(n: int, h: Array, t: int) -> Array:
    return np.asarray(h[t + 1] ** n)


def _times(other: Derivative, h: Array, t: int) -> Array:
    return np.asarray(h[t + 1] * other(h, t))


def _sum(terms: dict[str, tuple[float, Derivative]], h: Array, t: int) -> Array:
    return sum((n * made(h, t) for n, made in terms.values()), np.zeros_like(h[t]))


def _power(n: int) -> str:
    return "1" if n == 0 else "h_t" if n == 1 else f"h_t^{n}"


def _text(numbers: dict[str, float]) -> str:
    """A sum as people write it, such as 1 - 2 * h_t."""
    text = ""
    for term, number in numbers.items():
        size = f"{abs(number):g}"
        shown = size if term == "1" else term if size == "1" else f"{size} * {term}"
        sign = "-" if number < 0 else "+"
        text += f" {sign} {shown}" if text else f"-{shown}" if number < 0 else shown
    return text or "0"
