"""All edits that may repair a stage, the most plausible first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.diagnosis.repair.edits import Edit, Ground
from grader.diagnosis.repair.operators import OPERATORS
from grader.diagnosis.repair.program import Program, Unit

ELSEWHERE = 0.5  # what it costs that an edit is not in the method that fails


@dataclass(frozen=True, slots=True)
class Ranked:
    """An edit, and the cost at which it is tried."""

    rank: float
    edit: Edit


def in_order(program: Program, stages: Sequence[Sequence[Unit]]) -> list[Ranked]:
    """Edits of the stage's own functions and of those of the stages before it, by cost.

    stages: the functions of the stage that fails, then those of earlier ones.
    """
    found: dict[object, tuple[float, Edit]] = {}
    every = [unit for units in stages for unit in units]
    for distance, units in enumerate(stages):
        for unit in units:
            ground = Ground(program, unit, tuple(other for other in every if other is not unit))
            for operator in OPERATORS:
                for edit in operator(ground):
                    rank = edit.cost + ELSEWHERE * distance
                    key = tuple(sorted((one.start, one.end, one.text) for one in edit.changes))
                    if key not in found or rank < found[key][0]:
                        found[key] = (rank, edit)
    return [Ranked(*pair) for pair in sorted(found.values(), key=lambda pair: pair[0])]
