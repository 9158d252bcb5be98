"""What all stages share: steps, parts, and which of them are right."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from grader.checks.known_model import Parameters
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import RolesNotFound
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

    def is_promising(self, tried: Tried) -> bool:
        """Whether every part of the first call is right."""
        return len(tried.values) >= self.first and all(
            _holds(judge) for (_, call), judge in self.judgements(tried) if call == 0
        )

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
    unknown = {*layout.missing} - {*layout.absent}
    weights = [name for name in layout.absent if len(layout.shapes[name]) > 1]
    rivals = Counter(layout.shapes[name] for name in layout.idle)
    if unknown or weights or max(rivals.values(), default=0) > 1:
        raise Refused
    return layout


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
