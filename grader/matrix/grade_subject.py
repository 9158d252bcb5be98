"""Grade one of our own programs in this process."""

from __future__ import annotations

import sys
import tempfile
import types
import warnings
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stdout
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

from grader import contract
from grader.language import Message, render
from grader.matrix.subjects import Subject
from grader.questions import otter
from grader.questions.case import CaseOutcome
from grader.records import Verdict
from grader.sandbox import local
from grader.sandbox.worker.source import MODULE

SECRET = b"the kill matrix"


@dataclass(frozen=True, slots=True)
class Lost:
    """A lost case: how it ended, the words for the student, the diagnosis ("" if none)."""

    verdict: str
    words: str
    diagnosis: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """What grading one subject gave: cases asked, those lost, those left for a person."""

    subject: Subject
    asked: tuple[str, ...]
    lost: dict[str, Lost]
    reviewed: tuple[str, ...]

    @property
    def diagnoses(self) -> frozenset[str]:
        return frozenset(lost.diagnosis for lost in self.lost.values() if lost.diagnosis)


def examine(subject: Subject) -> MatrixRow:
    """Grade the subject on its questions, on inputs drawn from its name."""
    seed = sha256(SECRET + subject.name.encode()).digest()
    with _quiet(seed):
        outcomes = _outcomes(subject, seed)
    return MatrixRow(
        subject=subject,
        asked=tuple(outcomes),
        lost={
            name: Lost(
                outcome.verdict.value,
                "\n".join(filter(None, (_words(outcome.message), _words(outcome.hint)))),
                outcome.diagnosis,
            )
            for name, outcome in outcomes.items()
            if outcome.verdict is not Verdict.PASSED
        },
        reviewed=tuple(name for name, outcome in outcomes.items() if outcome.review),
    )


def _outcomes(subject: Subject, seed: bytes) -> dict[str, CaseOutcome]:
    """Outcomes by case: "q4_3/dW_hh"."""
    environment = {**candidates(subject.source, subject.program), "seed": seed, "exhibits": []}
    outcomes: dict[str, CaseOutcome] = {}
    asked = subject.questions()
    for path in otter.paths(begun=asked):
        if path.stem in asked:
            ran = otter.run(path, environment)
            outcomes |= {f"{path.stem}/{name}": outcome for name, outcome in ran.outcomes.items()}
    return outcomes


def candidates(source: str, program: str = "") -> dict[str, Any]:
    """Local candidates of what the source defines. A last line that raises ends it there.

    program: what the source finds as module `rnn`.
    """
    module = sys.modules["submission"] = types.ModuleType("submission")  # dataclasses look it up
    namespace = vars(module)
    if program:
        rnn = sys.modules[MODULE] = types.ModuleType(MODULE)
        exec(_compiled(program, "<rnn>"), vars(rnn))  # noqa: S102  # our own text, not a student's
    try:
        exec(_compiled(source, "<submission>"), namespace)  # noqa: S102  # our own text, not a student's
    except Exception as error:  # noqa: BLE001  # whatever a program raises; what it defined counts
        del error
    return {
        name: local.wrap(namespace[name], name) for name in contract.ALL_NAMES if name in namespace
    }


def _compiled(source: str, file: str) -> types.CodeType:
    return compile(source, file, "exec", dont_inherit=True)  # this file's __future__ is not its


@contextmanager
def _quiet(seed: bytes) -> Iterator[None]:
    """Nothing printed, drawn, warned of or left behind; NumPy's old generator seeded."""
    np.random.seed(int.from_bytes(seed[:4]))  # noqa: NPY002  # students draw from it
    with (
        tempfile.TemporaryDirectory() as folder,
        chdir(folder),
        redirect_stdout(StringIO()),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        mpl.rc_context({"backend": "agg"}),
    ):
        warnings.simplefilter("ignore")
        yield
        plt.close("all")


def _words(message: Message | None) -> str:
    return render(message, "en") if message else ""
