"""Programs under tests/programs, opened in a laboratory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from grader.integrity.dossier.measuring.laboratory import Laboratory, opened
from grader.integrity.dossier.own_program import OwnProgram
from tests import ROOT

PROGRAMS = ROOT / "tests" / "programs"


def source(name: str) -> str:
    return (PROGRAMS / name / "rnn.py").read_text("utf-8")


@contextmanager
def laboratory(name: str) -> Iterator[tuple[OwnProgram, Laboratory]]:
    own = OwnProgram.of(source(name))
    with opened(own.program, None) as lab:
        yield own, lab
