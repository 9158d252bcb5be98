"""Find out which of a student's arrays is which parameter.

By behaviour: set everything to zero, raise one scalar, look at what moves. A documented name,
where the student uses it, binds: `W_f` is the forget gate's weight even if the code feeds it to
another gate. What neither gives is found by shape, all sizes being different.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from grader.checks import lstm_roles, rnn_roles
from grader.checks.layout import Layout, Numbers, Storage, fresh, named_slots, oriented
from grader.checks.protocol import Array, CandidateClass, CandidateObject
from grader.faults import BadValue, NotImplementedYet, StudentFault
from grader.language import say


class RolesNotFound(BadValue):
    """No array of the object could be told to be any of the parameters."""

    def __init__(self, class_name: str) -> None:
        super().__init__(
            say(
                "The grader found no parameters on your {name} object: it looked at all NumPy "
                "arrays in attributes, dicts, lists and helper objects. Create the weights in "
                "__init__ and keep them on self.",
                name=class_name,
            )
        )


def rnn_layout(cls: CandidateClass, sizes: tuple[int, int, int]) -> Layout:
    """Roles of a SimpleRNN(I, H, O); kept in the candidate's memo.

    Raises `RolesNotFound`, or what the student's constructor or forward raised.
    """
    shapes = rnn_roles.shapes(*sizes)
    warm_up = (np.full((2, 2, sizes[0]), 0.1),)
    return _known(cls, sizes, shapes, warm_up, rnn_roles.probe)


def lstm_layout(cls: CandidateClass, sizes: tuple[int, int]) -> Layout:
    """Roles of an LSTMCell(I, H); kept in the candidate's memo. Raises as `rnn_layout`."""
    shapes = lstm_roles.shapes(*sizes)
    warm_up = (np.full((2, sizes[0]), 0.1), np.zeros((2, sizes[1])), np.zeros((2, sizes[1])))
    return _known(cls, sizes, shapes, warm_up, lstm_roles.probe)


def made(cls: CandidateClass, layout: Layout, arguments: tuple[int, ...], values: Mapping[str, Array]) -> CandidateObject:
    """A new object that holds these parameters."""
    rnn = cls(*arguments)
    if layout.lazy:
        width = arguments[0]
        states = () if len(arguments) == 3 else (np.zeros((2, arguments[1])),) * 2  # noqa: PLR2004  # I, H, O
        rnn.forward(np.full((2, 2, width) if len(arguments) == 3 else (2, width), 0.1), *states)  # noqa: PLR2004
    layout.write(rnn, values)
    return rnn


def _known(cls, sizes, shapes, warm_up, probe) -> Layout:  # type: ignore[no-untyped-def]  # one private caller pair
    key = ("layout", sizes)
    if key not in cls.memo:
        try:
            cls.memo[key] = _identify(cls, sizes, shapes, warm_up, probe)
        except StudentFault as fault:
            cls.memo[key] = fault
    found = cls.memo[key]
    if isinstance(found, StudentFault):
        raise found
    return found


def _identify(cls, sizes, shapes, warm_up, probe) -> Layout:  # type: ignore[no-untyped-def]  # as above
    if not cls.implements("__init__"):
        raise NotImplementedYet(f"{cls.name}.__init__")
    rnn, storage, lazy = fresh(cls, sizes, warm_up)
    if not storage.arrays:
        raise RolesNotFound(cls.name)
    layout = Layout(shapes=shapes, storage=storage, slots={}, lazy=lazy)
    try:
        layout = probe(rnn, layout, sizes)
    except StudentFault as fault:
        # A forward that cannot be called at all still has names and shapes to go by.
        layout = replace(layout, notes=frozenset({str(fault)}))
    layout = _bind_names(layout)
    layout = _fill_by_shape(layout)
    if not layout.slots:
        raise RolesNotFound(cls.name)
    return layout


def _bind_names(layout: Layout) -> Layout:
    """Let documented names overrule behaviour; where both agree on the array, behaviour orients."""
    slots = {name: list(copies) for name, copies in layout.slots.items()}
    dead = set(layout.dead)
    for name, (path, numbers) in named_slots(layout.storage, layout.shapes).items():
        own = set(layout.storage.numbers_of(path).flat)
        if any(set(copy.flat) <= own for copy in slots.get(name, ())):
            continue
        for other in list(slots):
            slots[other] = [copy for copy in slots[other] if not own & set(copy.flat)]
            if not slots[other]:
                del slots[other]
        slots[name] = [numbers]
        dead.add(name)
    return replace(layout, slots=slots, dead=frozenset(dead))


def _fill_by_shape(layout: Layout) -> Layout:
    """Give a parameter that nothing plays the one unused array of its shape, if there is one."""
    slots = dict(layout.slots)
    dead = set(layout.dead)
    for name in layout.missing:
        fitting = [numbers for path in layout.storage.arrays if (numbers := _unused(layout.storage, path, layout.shapes[name], slots)) is not None]
        rivals = [other for other in layout.shapes if other not in slots and layout.shapes[other] == layout.shapes[name]]
        if len(fitting) == 1 and len(rivals) == 1:
            slots[name] = [fitting[0]]
            dead.add(name)
    return replace(layout, slots=slots, dead=frozenset(dead))


def _unused(storage: Storage, path: str, shape: tuple[int, ...], slots: Mapping[str, list[Numbers]]) -> Numbers | None:
    used = {int(number) for copies in slots.values() for copy in copies for number in copy.flat}
    numbers = storage.numbers_of(path)
    if used & {int(number) for number in numbers.flat}:
        return None
    return oriented(numbers, shape)
