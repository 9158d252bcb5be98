"""All edits that may repair a stage, the most plausible first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.diagnosis.repair.edits import Edit, Ground, Shape
from grader.diagnosis.repair.operators import OTHERS, SLIPS, flags
from grader.diagnosis.repair.operators.additions import factors, summands
from grader.diagnosis.repair.operators.relatives import products
from grader.diagnosis.repair.operators.same_slip import together
from grader.diagnosis.repair.operators.scope import scope_of
from grader.diagnosis.repair.program import Program, Unit

CHEAP = 2.0  # what an edit may cost that is not in the method that fails
HELPER = 0.25  # what it costs that an edit is in a function that the method calls
ELSEWHERE = 0.5  # what it costs that an edit is not in the method that fails


@dataclass(frozen=True, slots=True)
class Ranked:
    """An edit, and the cost at which it is tried."""

    rank: float
    edit: Edit


Look = Callable[[Unit, list[str]], Mapping[str, Shape]]


def in_order(
    program: Program,
    stages: Sequence[Sequence[Unit]],
    look: Look,
    constructors: Sequence[Unit] = (),
) -> list[Ranked]:
    """Edits of the stage's own functions and of those of the stages before it, by cost.

    stages: the functions of the stage that fails, then those of earlier ones. look: the shapes
    that expressions of a function have when it runs, as far as they can be known. constructors:
    where only options that are passed on change.
    """
    found: dict[object, tuple[float, Edit]] = {}
    for unit in constructors:
        for edit in flags.edits(Ground(program, unit, ())):
            found[edit] = (edit.cost, edit)
    every = [unit for units in stages for unit in units]
    for distance, units in enumerate(stages):
        for unit in units:
            ground = Ground(program, unit, _neighbours(program, unit, every))
            ground.shapes = look(unit, _texts(ground))
            slips = [edit for operator in SLIPS for edit in operator(ground)]
            others = [edit for operator in OTHERS for edit in operator(ground)]
            for edit in (*slips, *others, *together(ground, slips)):
                if distance and edit.cost > CHEAP:
                    continue
                rank = edit.cost + ELSEWHERE * distance + HELPER * (unit is not units[0])
                key = tuple(sorted((one.start, one.end, one.text) for one in edit.changes))
                if key not in found or rank < found[key][0]:
                    found[key] = (rank, edit)
    return [Ranked(*pair) for pair in sorted(found.values(), key=lambda pair: pair[0])]


def _neighbours(program: Program, unit: Unit, every: Sequence[Unit]) -> tuple[Unit, ...]:
    """The functions whose names for things a function may use: those tried, and its class."""
    owners = {one.owner for one in every if one.owner}
    return tuple(
        other
        for other in program.units
        if other is not unit and (other in every or other.owner in owners)
    )


def _texts(ground: Ground) -> list[str]:
    """The expressions of a function, and those that edits would bring into it."""
    known = scope_of(ground)
    own = (ground.of(site.node) for site in ground.sites)
    attributes = (f"{base}.{name}" for base, names in known.attributes.items() for name in names)
    brought = (*summands(ground, known), *products(ground, known), *factors(ground))
    return list(dict.fromkeys((*own, *known.atoms, *known.shifted, *attributes, *brought)))
