"""What the matrix grades: misconceptions in several bases, and correct variants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.faults import KitFault
from grader.matrix.reach import OPTIONAL, SUBJECTS, questions_touched
from grader.misconceptions import catalogue

PROGRAMS = Path(__file__).parents[2] / "tests" / "programs"
REFERENCE = "reference"
BONUS = "bonus.py"
# The training run is asked of mistakes in training and evaluation only: what a wrong SimpleRNN does
# to it is chance. What it does to the grader's own tasks follows from its arithmetic, not from the
# style in which it is written: they are asked of the reference's mutants.
OWN_TRAINING, TASKS = "q5_3", "q5_2"
TRAINING_PARTS = ("training", "evaluation")


@dataclass(frozen=True, slots=True)
class Subject:
    """One program to grade. `misconception` is "" for a correct one."""

    misconception: str
    base: str  # the base it was made from, or the name of the variant
    source: str
    loses: frozenset[str] = frozenset()  # what it must lose in the reference, may lose elsewhere
    correct: str = ""  # the base as it was, where a mistake was put in
    spared: frozenset[str] = frozenset()  # questions that are not asked
    chance: frozenset[str] = frozenset()  # cases that the start of a training decides
    optional: bool = False  # a bonus.py, asked the optional questions
    program: str = ""  # the rnn.py beside it

    @property
    def name(self) -> str:
        return f"{self.misconception} in {self.base}" if self.misconception else self.base

    def questions(self) -> tuple[str, ...]:
        """The questions to ask: those that the change can touch."""
        subjects = OPTIONAL if self.optional else SUBJECTS
        if self.correct:
            touched = questions_touched(self.correct, self.source, subjects)
        else:
            touched = tuple(subjects)
        return tuple(name for name in touched if name not in self.spared)


def bases() -> dict[str, str]:
    """Sources of the correct bases that get the mistakes, the reference first."""
    others = sorted((PROGRAMS / "bases").glob("*.py"))
    if not others:
        raise KitFault(
            f"{PROGRAMS / 'bases'} holds no bases: the matrix needs a checkout of the kit"
        )
    texts = {path.stem: path.read_text(encoding="utf-8") for path in others}
    return {REFERENCE: catalogue.reference_source(), **texts}


def wrong() -> Iterator[Subject]:
    """Every misconception in every base where it can be written as one line."""
    sources = bases()
    for one in catalogue.misconceptions():
        changes = {REFERENCE: catalogue.Change(one.old, one.new), **one.bases}
        for base, change in changes.items():
            if base not in sources:
                raise KitFault(f"misconception {one.name}: there is no base {base}")
            source = catalogue.changed(sources[base], change, f"{one.name} in {base}")
            yield Subject(
                one.name,
                base,
                source,
                loses=frozenset((*one.loses, *change.also)),
                correct=sources[base],
                spared=_spared(one.part, base),
                chance=frozenset(one.chance),
            )


def _spared(part: str, base: str) -> frozenset[str]:
    if part in TRAINING_PARTS:
        return frozenset()
    return frozenset({OWN_TRAINING} if base == REFERENCE else {OWN_TRAINING, TASKS})


def correct() -> Iterator[Subject]:
    """The bases themselves, and every correct variant of the test suite."""
    folders: Sequence[Path] = sorted((PROGRAMS / "variants").iterdir())
    variants = {
        f"variants/{path.name}": (path / "rnn.py").read_text(encoding="utf-8")
        for path in folders
        if not (path / BONUS).is_file()
    }
    for name, source in {**bases(), **variants}.items():
        yield Subject("", name, source)


def optional_wrong() -> Iterator[Subject]:
    """Every known mistake of the optional questions, in the reference."""
    right = catalogue.reference_source(BONUS)
    for one in catalogue.optional_misconceptions():
        yield Subject(
            one.name,
            REFERENCE,
            one.source(),
            loses=frozenset(one.loses),
            correct=right,
            chance=frozenset(one.chance),
            optional=True,
            program=catalogue.reference_source(),
        )


def optional_correct() -> Iterator[Subject]:
    """The reference, and every variant of the test suite that has the optional questions."""
    program = catalogue.reference_source()
    yield Subject("", REFERENCE, catalogue.reference_source(BONUS), optional=True, program=program)
    for path in sorted((PROGRAMS / "variants").glob("bonus-*")):
        program = (path / "rnn.py").read_text(encoding="utf-8")
        bonus = path / BONUS
        source = bonus.read_text(encoding="utf-8") if bonus.is_file() else program
        yield Subject("", f"variants/{path.name}", source, optional=True, program=program)
