"""What people write in place of a formula: its terms joined by another operator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product

import numpy as np

from grader.protocol import Array

Term = tuple[str, Array]
OPERATORS: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}
BOTH_WAYS = {"+", "*"}


def joined(one: Term, other: Term) -> Iterator[Term]:
    """Both terms joined by each operator, in either order where that matters."""
    for sign, operate in OPERATORS.items():
        for (a, x), (b, y) in ((one, other), (other, one)):
            with np.errstate(all="ignore"):
                yield f"{_inside(a, sign)} {sign} {_inside(b, sign)}", np.asarray(operate(x, y))
            if sign in BOTH_WAYS:
                break


def bent_sums(terms: tuple[Term, Term, Term]) -> Iterator[Term]:
    """Three terms of a sum joined in every way in which it is no sum any more."""
    a, b, c = terms
    for first, second, third in ((a, b, c), (a, c, b), (b, c, a)):
        for inner in joined(first, second):
            yield from (form for form in joined(inner, third) if is_bent(form[0]))


def is_bent(text: str) -> bool:
    """Whether terms are multiplied or divided."""
    return " * " in text or " / " in text


def products(ones: Iterable[Term], others: Iterable[Term]) -> Iterator[Term]:
    """Each of the ones joined with each of the others."""
    for one, other in product(ones, others):
        yield from joined(one, other)


def matching(
    forms: Iterable[Term], values: Iterable[Array], agrees: Callable[[Array, Array], bool]
) -> str:
    """The first form that is one of these values, or ""."""
    known = list(values)
    return next((text for text, made in forms if any(agrees(one, made) for one in known)), "")


def _inside(text: str, sign: str) -> str:
    """A term as a part of another: in brackets unless it needs none."""
    plain = not any(f" {each} " in text for each in OPERATORS)
    product_in_sum = sign in "+-" and not any(f" {each} " in text for each in "+-")
    return text if plain or product_in_sum else f"({text})"
