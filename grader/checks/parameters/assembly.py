"""From the roles of single scalars to the arrays that play the parameters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from grader.checks.parameters.layout import Layout
from grader.checks.parameters.storage import Numbers, oriented

Role = tuple[str, tuple[int, ...]]  # a parameter and the place of one of its elements
Numbered = dict[Role, list[int]]  # the scalars found to play it


def assemble(roles: Mapping[Role, list[int]], layout: Layout) -> dict[str, list[Numbers]]:
    """Slots of the parameters whose every element was found: as many copies as all have.

    Where some were not, the array that has the others in their places.
    """
    slots: dict[str, list[Numbers]] = {}
    for name, shape in layout.shapes.items():
        found = {place: roles.get((name, place), []) for place in np.ndindex(*shape)}
        copies = min(len(numbers) for numbers in found.values())
        if copies:
            slots[name] = [
                np.array([found[place][copy] for place in np.ndindex(*shape)]).reshape(shape)
                for copy in range(copies)
            ]
        elif (whole := _array_around(found, shape, layout)) is not None:
            slots[name] = [whole]
    return slots


def _array_around(
    found: Mapping[tuple[int, ...], list[int]], shape: tuple[int, ...], layout: Layout
) -> Numbers | None:
    """The array that holds these elements in their places, if all of them lie in one."""
    paths = {layout.storage.path_of(number) for numbers in found.values() for number in numbers}
    if len(paths) != 1:
        return None
    numbers = oriented(layout.storage.numbers_of(paths.pop()), shape)
    if numbers is None:
        return None
    square = len(set(shape)) < len(shape)
    for form in (numbers, numbers.T) if square else (numbers,):
        if all(form[place] in there for place, there in found.items() if there):
            return form
    return None
