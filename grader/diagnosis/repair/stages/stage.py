"""What all stages share: steps, parts, and which of them are right."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from grader.checks.known_model import Parameters
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import RolesNotFound
from grader.checks.parameters.storage import leaf, oriented
from grader.diagnosis.repair.bench import Tried
from grader.faults import StudentFault
from grader.protocol import Step, Write

Part = tuple[str, int]  # what is judged, in which call
Judgement = tuple[Part, Callable[[], bool]]


class Refused(Exception):
    """Nothing can be judged here: a role is missing, or what comes before does not run."""


class Stage(ABC):
    """One stage of a network at one point.

    `steps` are carried out on a fresh object of `sizes`; what they gave is judged part by part, so
    that several faults can be told apart.
    """

    sizes: tuple[int, ...]
    steps: Sequence[Step]
    first: int  # so many of the steps make the first call, which tells most edits off

    @abstractmethod
    def judgements(self, tried: Tried) -> Iterator[Judgement]:
        """Every part, and how to tell whether it is right; the most telling first."""

    def complete(self, tried: Tried) -> bool:
        """Whether every part is right."""
        return len(tried.values) == len(self.steps) and all(
            _holds(judge) for _, judge in self.judgements(tried)
        )

    def first_right(self, tried: Tried, kept: frozenset[Part] = frozenset()) -> frozenset[Part]:
        """The parts of the first call that are right; none where one of those `kept` is not."""
        if len(tried.values) < self.first:
            return frozenset()
        judged = {part: judge for part, judge in self.judgements(tried) if part[1] == 0}
        if not all(_holds(judged[part]) for part in kept):
            return frozenset()
        return kept | {part for part in judged if part not in kept and _holds(judged[part])}

    def parts(self) -> frozenset[Part]:
        """Everything that is judged."""
        return frozenset(part for part, _ in self.judgements(Tried([], ())))

    def right(self, tried: Tried) -> frozenset[Part]:
        """The parts that are right."""
        return frozenset(part for part, judge in self.judgements(tried) if _holds(judge))


def _holds(judge: Callable[[], bool]) -> bool:
    try:
        return judge()
    except (StudentFault, IndexError):  # a value of another form, or none at all
        return False


def known(layout: Layout) -> Layout:
    """The layout. Raises Refused unless every role but an absent bias's is found.

    What forward never uses may be what an edit puts to use, so it is told by its shape: there may
    not be two of one.
    """
    layout = likeliest(layout)
    unknown = {*layout.missing} - {*layout.absent}
    weights = [name for name in layout.absent if len(layout.shapes[name]) > 1]
    rivals = Counter(layout.shapes[name] for name in layout.idle)
    if unknown or weights or max(rivals.values(), default=0) > 1:
        raise Refused
    return layout


def likeliest(layout: Layout) -> Layout:
    """Arrays that forward never uses told apart by how the others are called.

    A gate that a mistake leaves out still has its arrays, beside buffers of the same shapes.
    """
    storage = layout.storage
    live = [name for name in layout.slots if name not in layout.idle]
    taken = {path for name in live for path in _paths(layout, name)}
    slots = dict(layout.slots)
    for name in sorted(layout.idle):
        sisters = [one for one in live if one[0] == name[0]]  # W_f for W_i
        called = [path for one in sisters for path in _paths(layout, one)]
        fitting = {
            path: numbers
            for path in storage.arrays
            if path not in taken
            and (numbers := oriented(storage.numbers_of(path), layout.shapes[name])) is not None
        }
        if fitting:
            path = max(fitting, key=partial(_likeness, called))
            taken.add(path)
            slots[name] = [fitting[path]]
    return replace(layout, slots=slots)


def _paths(layout: Layout, name: str) -> list[str]:
    return [layout.storage.path_of(int(copy.flat[0])) for copy in layout.slots[name]]


def _likeness(others: Sequence[str], path: str) -> tuple[bool, int]:
    """Whether the last word of a path is one of theirs, and how many of all."""
    words = {word for other in others for word in re.findall(r"\w+", other)}
    return leaf(path) in map(leaf, others), len(words & set(re.findall(r"\w+", path)))


def found(find: Callable[[], Layout]) -> Layout:
    """`known` of what `find` gives. Raises Refused where it raises."""
    try:
        return known(find())
    except (RolesNotFound, StudentFault):
        raise Refused from None


def is_ambiguous(layout: Layout) -> bool:
    """Whether a square array could lie either way round."""
    shapes = [layout.shapes[name] for name in layout.idle]
    return any(len(shape) > 1 and shape == shape[::-1] for shape in shapes)


def write(layout: Layout, values: Parameters) -> Write:
    """All parameters, also those that forward never uses: an edit may put them to use."""
    return Write(replace(layout, idle=frozenset()).written(values))
