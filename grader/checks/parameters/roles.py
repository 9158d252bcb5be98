"""Find out which of a student's arrays is which parameter.

By behaviour: set everything to zero, raise one scalar, look at what moves. A documented name,
where the student uses it, binds: `W_f` is the forget gate's weight even if the code feeds it to
another gate. What neither gives is found by shape, all sizes being different.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from grader.checks.memo import note, noted, once
from grader.checks.parameters import gru_roles, lstm_roles, rnn_roles
from grader.checks.parameters.acting import act_together, idle_parts
from grader.checks.parameters.blocks import gate_blocks
from grader.checks.parameters.constants import constants, without
from grader.checks.parameters.kept_up import read_what_is_kept_up
from grader.checks.parameters.layout import Layout, carried
from grader.checks.parameters.lending import lend
from grader.checks.parameters.mirrors import mirrored
from grader.checks.parameters.shown import shown
from grader.checks.parameters.storage import (
    Numbers,
    Storage,
    WarmUps,
    leaf,
    oriented,
    storage_of,
    usable,
)
from grader.checks.states import Sizes, read_cell, read_forward, read_state
from grader.faults import BadValue, NotImplementedYet, StudentFault
from grader.language import say
from grader.protocol import Array, CandidateClass, CandidateObject, Read

# Names of states kept on the object: of the shape of a bias, and no bias.
STATE = re.compile(
    r"(?:[hc]s?|(?:[hc]|hidden|cell)_?(?:0|prev|last|t|init)|(?:prev|last|init)_?\w*|(?:\w+_)?states?"
    r"|hidden|cell|memory)",
    re.IGNORECASE,
)
NOTHING_SHOWN = "no documented names on parts of arrays"


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


class RolesUnseen(RolesNotFound):
    """There are arrays, but neither forward nor names and shapes tell which parameters they are."""

    def __init__(self, name: str, layout: Layout, why: StudentFault) -> None:
        what = say(
            "Which arrays of your {name} object are its parameters is not to be seen.", name=name
        )
        BadValue.__init__(
            self,
            say("{what} {why} {held}", what=what, why=why.message, held=layout.inventory),
            say("{what} {why}", what=what, why=why.guarded),
        )


def rnn_layout(cls: CandidateClass, sizes: tuple[int, int, int]) -> Layout:
    """Roles of a SimpleRNN(I, H, O); kept in the candidate's memo.

    Raises `RolesNotFound`, or what the student's constructor or forward raised.
    """
    warm_ups = _rnn_warm_ups(sizes)
    T, B, _ = warm_ups[1][0].shape

    def read(returned: Any) -> Array:
        return read_forward(returned, Sizes(T, B, *sizes)).outputs

    shapes = rnn_roles.shapes(*sizes)
    if cls.implements("__init__"):
        read_what_is_kept_up(cls, sizes, warm_ups[0][0])
    return _known(cls, Model(sizes, shapes, warm_ups, rnn_roles.probe, read, learns=True))


def lstm_layout(cls: CandidateClass, sizes: tuple[int, int]) -> Layout:
    """Roles of an LSTMCell(I, H); kept in the candidate's memo. Raises as `rnn_layout`."""
    warm_ups = _lstm_warm_ups(sizes)

    def read(returned: Any) -> Array:
        return np.concatenate(read_cell(returned, len(warm_ups[1][0]), sizes[1]))

    return _known(cls, Model(sizes, lstm_roles.shapes(*sizes), warm_ups, lstm_roles.probe, read))


def gru_layout(cls: CandidateClass, sizes: tuple[int, int]) -> Layout:
    """Roles of a GRUCell(I, H); kept in the candidate's memo. Raises as `rnn_layout`."""
    warm_ups = _gru_warm_ups(sizes)

    def read(returned: Any) -> Array:
        return read_state(returned, len(warm_ups[1][0]), sizes[1])

    return _known(cls, Model(sizes, gru_roles.shapes(*sizes), warm_ups, gru_roles.probe, read))


def same_roles(
    find: Callable[..., Layout], cls: CandidateClass, usual: tuple[int, ...], sizes: tuple[int, ...]
) -> bool:
    """Whether the roles at these sizes are found as at the usual ones; sizes of 1 may hide them."""
    known = find(cls, usual)
    try:
        return set(find(cls, sizes).missing) == set(known.missing)
    except BadValue:
        return False


def with_parameters(
    cls: CandidateClass, layout: Layout, sizes: tuple[int, ...], values: Mapping[str, Array]
) -> CandidateObject:
    """A new object that holds these parameters."""
    if layout.warm_up is None:
        return cls.holding(layout.written(values), *sizes)
    rnn = fresh(cls, layout, sizes)
    layout.write(rnn, values)
    return rnn


def fresh(cls: CandidateClass, layout: Layout, sizes: tuple[int, ...]) -> CandidateObject:
    """A new object that has its arrays, its own initial values in them."""
    rnn = cls(*sizes)
    if layout.warm_up is not None:
        rnn.forward(*layout.warm_up)
    return rnn


@dataclass(frozen=True)
class Model:
    """What is to be found on an object of these sizes, and how."""

    sizes: tuple[int, ...]
    shapes: Mapping[str, tuple[int, ...]]
    warm_ups: WarmUps
    probe: Callable[..., Layout]
    read: Callable[[Any], Array]  # the results of the second warm-up
    learns: bool = False  # with backward and update_parameters


def _rnn_warm_ups(sizes: tuple[int, ...]) -> WarmUps:
    return (np.full((2, 7, sizes[0]), 0.1),), (np.full((3, 6, sizes[0]), 0.2),)


def _lstm_warm_ups(sizes: tuple[int, ...]) -> WarmUps:
    I, H = sizes  # noqa: E741  # sizes as in the equations
    return (
        (np.full((7, I), 0.1), np.zeros((7, H)), np.zeros((7, H))),
        (np.full((6, I), 0.2), np.ones((6, H)), np.ones((6, H))),
    )


def _gru_warm_ups(sizes: tuple[int, ...]) -> WarmUps:
    I, H = sizes  # noqa: E741  # sizes as in the equations
    return (
        (np.full((7, I), 0.1), np.zeros((7, H))),
        (np.full((6, I), 0.2), np.ones((6, H))),
    )


def _known(cls: CandidateClass, model: Model) -> Layout:
    return once(cls, ("layout", model.sizes), partial(_identify, cls, model))


def _identify(cls: CandidateClass, model: Model) -> Layout:
    if not cls.implements("__init__"):
        raise NotImplementedYet(f"{cls.name}.__init__")
    rnn, layout = _blank(cls, model)
    elsewhere = [known for known in cls.memo.values() if isinstance(known, Layout)]
    layout = without(layout, frozenset().union(*(known.constants for known in elsewhere)))
    for known in elsewhere:
        if likewise := carried(known, layout.storage, model.shapes):
            likewise = replace(likewise, warm_up=layout.warm_up, lent=layout.lent)
            return _mirrored(cls, model, likewise) if known.mirrors else likewise
    layout = _played(cls, model, rnn, layout)
    if not layout.lent and (layout.missing or layout.dead):
        layout = _beside_constants(cls, model, layout)
    if layout.warm_up is None and not layout.lent and (layout.missing or layout.idle):
        layout = _apart(cls, model, layout)
    if not layout.slots:
        raise RolesUnseen(cls.name, layout, layout.unseen or _unmoved(cls, layout, model))
    return _mirrored(cls, model, layout)


def _mirrored(cls: CandidateClass, model: Model, layout: Layout) -> Layout:
    """With the copies that an update reads, where there is an update."""
    if not (model.learns and cls.implements("update_parameters")):
        return layout
    return mirrored(partial(fresh, cls, layout, model.sizes), layout, model.warm_ups[1][0])


def _beside_constants(cls: CandidateClass, model: Model, known: Layout) -> Layout:
    """As `known`, or with arrays left as they are that are no parameters."""
    best = known
    for paths in constants(known, fresh(cls, known, model.sizes)):
        rnn = fresh(cls, known, model.sizes)
        arrays = {path: a for path, a in rnn.read().items() if path in known.storage.arrays}
        layout = Layout(model.shapes, Storage(arrays), slots={}, warm_up=known.warm_up)
        best = min(best, _played(cls, model, rnn, without(layout, paths)), key=_in_doubt)
        if not _in_doubt(best):
            break
    return best


def _in_doubt(layout: Layout) -> int:
    """How many parameters nothing is seen to play."""
    return len({*layout.missing, *layout.dead})


def _apart(cls: CandidateClass, model: Model, known: Layout) -> Layout:
    """As `known`, or with each of several parameters that are one array as an array of its own."""
    rnn = cls(*model.sizes)
    arrays = usable(rnn.replay([Read(apart=True)])[0])
    if len(arrays) <= len(known.storage.arrays) + len(known.constants):
        return known
    layout = Layout(model.shapes, Storage(arrays), slots={}, parted=True)
    layout = _played(cls, model, rnn, without(layout, known.constants))
    return min(known, layout, key=lambda one: len({*one.missing, *one.idle}))


def _played(cls: CandidateClass, model: Model, rnn: CandidateObject, layout: Layout) -> Layout:
    """With the roles that the arrays of this object play."""
    try:
        layout = model.probe(rnn, layout, model.sizes, partial(fresh, cls, layout, model.sizes))
    except StudentFault as fault:
        # A forward that cannot be called at all still has names and shapes to go by.
        layout = replace(layout, unseen=fault)
    layout = _bind_names(replace(layout, shown=_shown(cls, rnn, layout)))
    if layout.missing:
        layout = _fill_by_shape(layout, _buffers(cls, layout, model))
    if layout.missing and (layout.unseen is not None or not layout.slots):
        layout = _cut_by_shape(layout)
    if layout.idle and _may_act(cls, layout, model):
        layout = replace(layout, idle=_alike(layout))
    return layout


def _shown(cls: CandidateClass, rnn: CandidateObject, layout: Layout) -> dict[str, Numbers]:
    """Names that its object shows on parts of the arrays; a class that shows none is asked once."""
    if noted(cls, NOTHING_SHOWN) or layout.named.keys() == layout.shapes.keys():
        return {}
    found = shown(rnn, layout)
    if not found:
        note(cls, NOTHING_SHOWN)
    return found


def _blank(cls: CandidateClass, model: Model) -> tuple[CandidateObject, Layout]:
    """A new object, and a layout of its arrays in which none has a role yet."""
    rnn, storage, lazy = storage_of(cls, model.sizes, model.warm_ups)
    if not storage.arrays:
        raise RolesNotFound(cls.name)
    lent: frozenset[str] = frozenset()
    if model.learns and not lazy and not cls.kept_up:
        make = partial(cls, *model.sizes)
        rnn, storage, lent = lend(make, rnn, storage, model.shapes, model.warm_ups[0][0])
    warm_up = model.warm_ups[0] if lazy else None
    return rnn, Layout(shapes=model.shapes, storage=storage, slots={}, warm_up=warm_up, lent=lent)


def _may_act(cls: CandidateClass, layout: Layout, model: Model) -> bool:
    """Whether what moves nothing by itself acts with others, or forward does not show it."""
    if layout.unseen is not None:
        return True
    make = partial(fresh, cls, layout, model.sizes)
    try:
        return act_together(make, layout, idle_parts(layout), model.warm_ups[1], model.read)
    except StudentFault:
        return True


def _alike(layout: Layout) -> frozenset[str]:
    """Of the idle parameters those that share their shape, so that it tells nothing."""
    shapes = Counter(layout.shapes[name] for name in layout.idle)
    return frozenset(name for name in layout.idle if shapes[layout.shapes[name]] > 1)


def _unmoved(cls: CandidateClass, layout: Layout, model: Model) -> StudentFault:
    """Why a forward that can be called shows nothing."""
    rng = np.random.default_rng(19)
    size = layout.storage.size

    def run(vector: Array) -> Array:
        rnn = fresh(cls, layout, model.sizes)
        rnn.write(layout.storage.arrays_of(vector))
        return model.read(rnn.forward(*model.warm_ups[1]))

    if not np.all(np.isfinite(run(np.zeros(size)))):
        return BadValue(say("With all of them 0 forward gives NaN or infinity."))
    one, other = (run(rng.uniform(-0.5, 0.5, size)) for _ in range(2))
    if np.array_equal(one, other):
        return BadValue(say("Changing them moves nothing that forward returns."))
    return BadValue(say("Changing one number of them moves nothing while all others are 0."))


def _bind_names(layout: Layout) -> Layout:
    """Let documented names overrule behaviour; where both agree on the array, behaviour orients."""
    slots = {name: list(copies) for name, copies in layout.slots.items()}
    dead = set(layout.dead)
    for name, numbers in layout.named.items():
        own = set(numbers.flat)
        if any(set(copy.flat) <= own for copy in slots.get(name, ())):
            continue
        for other in list(slots):
            slots[other] = [copy for copy in slots[other] if not own & set(copy.flat)]
            if not slots[other]:
                del slots[other]
        slots[name] = [numbers]
        dead.add(name)
    return replace(layout, slots=slots, dead=frozenset(dead))


def _fill_by_shape(layout: Layout, buffers: Collection[str]) -> Layout:
    """Give parameters that nothing plays the unused arrays of their shape, if there are enough.

    Where writing them moves nothing it does not matter which of them is which. A forward writes
    its `buffers`, and no parameters.
    """
    slots = dict(layout.slots)
    idle: list[str] = []
    turned = _lie_turned(layout)
    # Weights do not begin as zeros, which may be gradients.
    likely = sorted(layout.storage.arrays, key=lambda path: not layout.storage.arrays[path].any())
    for shape in {layout.shapes[name] for name in layout.missing}:
        rivals = [name for name in layout.missing if layout.shapes[name] == shape]
        fitting = [
            numbers
            for path in (likely if len(shape) > 1 else layout.storage.arrays)
            if path not in buffers
            and not STATE.fullmatch(leaf(path))
            and (numbers := _unused(layout.storage, path, shape, slots)) is not None
        ]
        if len(fitting) >= len(rivals):
            square = len(set(shape)) < len(shape)
            lying = [numbers.T if turned and square else numbers for numbers in fitting]
            slots |= {name: [numbers] for name, numbers in zip(rivals, lying, strict=False)}
            idle += rivals
    return replace(layout, slots=slots, dead=layout.dead.union(idle), idle=frozenset(idle))


def _cut_by_shape(layout: Layout) -> Layout:
    """The gates of a cell whose forward shows nothing, if its arrays can be cut into them."""
    gates = [name[-1] for name in layout.shapes if name.startswith("U_")]
    known = gate_blocks(layout.storage, layout.shapes) if gates else []
    if not known:
        return layout
    slots = {
        f"{kind}_{gate}": [numbers]
        for kind, parts in known[0].items()
        for gate, numbers in zip(gates, parts, strict=True)
    }
    names = frozenset(slots)
    return replace(layout, slots=slots, dead=names, idle=names)


def _lie_turned(layout: Layout) -> bool:
    """Whether weights with two sizes are kept transposed: then a square one is as well."""
    found = {name: copies[0] for name, copies in layout.slots.items()}
    for path in layout.storage.arrays:
        for name in layout.missing:
            numbers = oriented(layout.storage.numbers_of(path), layout.shapes[name])
            if numbers is not None:
                found.setdefault(name, numbers)
    weights = [one for one in found.values() if one.ndim > 1 and one.shape[0] != one.shape[1]]
    return any(1 not in one.shape and one[1, 0] - one[0, 0] == 1 for one in weights)


def _unused(
    storage: Storage, path: str, shape: tuple[int, ...], slots: Mapping[str, list[Numbers]]
) -> Numbers | None:
    used = {int(number) for copies in slots.values() for copy in copies for number in copy.flat}
    numbers = storage.numbers_of(path)
    if used & {int(number) for number in numbers.flat}:
        return None
    return oriented(numbers, shape)


def _buffers(cls: CandidateClass, layout: Layout, model: Model) -> frozenset[str]:
    """Arrays that a forward changes, replaces or drops."""
    rnn = fresh(cls, layout, model.sizes)
    before = rnn.read()
    try:
        rnn.forward(*model.warm_ups[1])
    except StudentFault:
        return frozenset()
    after = rnn.read()
    return frozenset(
        path
        for path in layout.storage.arrays
        if path not in after or not np.array_equal(before.get(path, ()), after[path])
    )
