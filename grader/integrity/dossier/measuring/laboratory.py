"""All that can be measured on one program: a worker of its own, opened once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from grader.diagnosis.repair.edits import Edit
from grader.diagnosis.repair.program import Program
from grader.diagnosis.repair.sliced import sliced
from grader.diagnosis.repair.stages.stage import Refused
from grader.faults import StudentFault
from grader.integrity.dossier.measuring import aftermath
from grader.integrity.dossier.measuring.aftermath import Aftermath, LossCourse, TrainingGround
from grader.integrity.dossier.measuring.cell_lab import CellLab
from grader.integrity.dossier.measuring.rnn_lab import RnnLab
from grader.protocol import CandidateClass
from grader.sandbox.limits import Limits
from grader.sandbox.session import Session, session

SECONDS = 40.0  # for all that is asked of one program
CALL = 4.0


@dataclass
class Laboratory:
    """A program in its sandbox. A lab is None where nothing can be measured in it."""

    program: Program
    student: Session
    tier: str | None
    rnn: RnnLab | None = None
    cell: CellLab | None = None
    _known: dict[tuple[Edit, ...], Aftermath] = field(default_factory=dict)

    @cached_property
    def ground(self) -> TrainingGround | None:
        return TrainingGround.of(self.SimpleRNN) if self.SimpleRNN is not None else None

    @cached_property
    def loss(self) -> LossCourse | None:
        """Of the program as it is."""
        if self.SimpleRNN is None or self.ground is None:
            return None
        return aftermath.trained(self.SimpleRNN, self.ground)

    @property
    def SimpleRNN(self) -> CandidateClass | None:
        return self.student.environment().get("SimpleRNN")

    def after(self, edits: Sequence[Edit]) -> Aftermath:
        """The program with these edits, run as a whole."""
        assert self.rnn is not None  # noqa: S101 - edits come from its lines
        key = tuple(edits)
        if key not in self._known:
            self._known[key] = aftermath.aftermath(
                self.program, key, self.rnn, self.ground, self.tier
            )
        return self._known[key]


@contextmanager
def opened(program: Program, tier: str | None) -> Iterator[Laboratory]:
    """A program and its labs. Raises KitFault where no worker can be started."""
    limits = Limits(call=CALL, load=CALL, total=SECONDS)
    with session(sliced(program), limits, tier, many=True) as student, np.errstate(all="ignore"):
        lab = Laboratory(program, student, tier)
        environment = student.environment()
        for name, kind in (("SimpleRNN", RnnLab), ("LSTMCell", CellLab)):
            try:
                made = kind(student, program, environment[name]) if name in environment else None
            except (Refused, StudentFault, LookupError):
                made = None
            if isinstance(made, RnnLab):
                lab.rnn = made
            elif isinstance(made, CellLab):
                lab.cell = made
        yield lab
