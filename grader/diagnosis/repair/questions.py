"""Which stage of which class a question is about, and which functions may be edited for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.diagnosis.repair import points
from grader.diagnosis.repair.program import Program, Unit
from grader.diagnosis.repair.stages.backward import BackwardStage
from grader.diagnosis.repair.stages.cell import CellStage
from grader.diagnosis.repair.stages.forward import ForwardStage
from grader.diagnosis.repair.stages.stage import Stage
from grader.diagnosis.repair.stages.update import UpdateStage
from grader.protocol import CandidateClass


@dataclass(frozen=True, slots=True)
class RepairTopic:
    """A question's stage. `methods`: the one that fails, then those before it.

    `later`: the questions whose stages build on this one.
    """

    subject: str
    methods: tuple[str, ...]
    make: Callable[[CandidateClass, Any], Stage]
    search: Any  # points, as `make` takes them
    verify: tuple[Any, ...]
    later: tuple[str, ...] = ()

    def units(self, program: Program) -> list[tuple[Unit, ...]]:
        """The functions of each method that no earlier one has."""
        seen: set[Unit] = set()
        found = []
        for method in self.methods:
            units = tuple(u for u in program.reachable(self.subject, method) if u not in seen)
            seen.update(units)
            found.append(units)
        return found

    def constructors(self, program: Program) -> tuple[Unit, ...]:
        """Where the program says with which options its network is made."""
        unit = program.method(self.subject, "__init__")
        return () if unit is None else (unit,)


_RNN = ("SimpleRNN", points.RNN_SEARCH, points.RNN_VERIFY)

TOPICS = {
    "q4_2": RepairTopic("SimpleRNN", ("forward",), ForwardStage, *_RNN[1:], ("q4_3", "q4_4")),
    "q4_3": RepairTopic("SimpleRNN", ("backward", "forward"), BackwardStage, *_RNN[1:], ("q4_4",)),
    "q4_4": RepairTopic("SimpleRNN", ("update_parameters", "backward"), UpdateStage, *_RNN[1:]),
    "q4_6": RepairTopic(
        "LSTMCell", ("forward",), CellStage, points.CELL_SEARCH, points.CELL_VERIFY
    ),
}
