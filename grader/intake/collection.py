"""What the intake is told and what it hands over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from grader.assignment import load
from grader.language import Message
from grader.records import Concern, FileRecord, Problem, Submission
from grader.results.overrides import Overrides, moment

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Caps:
    """How much is read of what strangers send, in bytes, files and levels.

    A class in one zip fits; a zip bomb stops after `expansion_floor` bytes, because what may come
    out of a container is bound to its own size as well.
    """

    source: int = MEBIBYTE  # a 4 MB program takes 0.8 GB to parse
    report: int = 16 * MEBIBYTE  # reports and notebooks may carry pictures as data
    cells: int = 2_000
    file: int = 64 * MEBIBYTE  # one mail, attachment or zip inside another
    expansion: int = 4096 * MEBIBYTE  # what may come out of one zip or mail, all levels together
    expansion_floor: int = 64 * MEBIBYTE
    expansion_ratio: int = 50  # ... or this often its own size
    members: int = 20_000
    depth: int = 6  # containers in containers, folders not counted


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row of the roster."""

    student_id: str
    name: str = ""
    email: str = ""
    accounts: tuple[str, ...] = ()  # what platforms call the student, and further addresses

    @classmethod
    def of(cls, cells: Sequence[str]) -> RosterRow:
        """Id, name, address and accounts, as a course keeps them."""
        student_id, name, email, *accounts = cells
        return cls(student_id, name, email, tuple(accounts))


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """What decides how the inbox is read. `deadline` is ISO 8601; without offset it is local."""

    deadline: str = ""
    caps: Caps = field(default_factory=Caps)
    roster: tuple[RosterRow, ...] | None = None
    decided: Overrides = field(default_factory=Overrides)  # `overrides.csv`
    # Addresses that are the course's own: what they send is nobody's submission.
    course: tuple[str, ...] = field(default_factory=lambda: (load().mail.recipient.lower(),))

    def __post_init__(self) -> None:
        """Raise ValueError where the deadline is no ISO 8601 time."""
        _ = self.due

    def due_of(self, student_id: str) -> datetime | None:
        """A student's own deadline: the course's, unless a person extended it."""
        return self.due and moment(self.decided.deadline(student_id, self.due.isoformat()))

    @property
    def zone(self) -> tzinfo | None:
        """In which a platform's local times are read: the deadline's; None is this machine's."""
        return self.due.tzinfo if self.due else None

    @property
    def due(self) -> datetime | None:
        """The deadline with an offset; None where there is none. Raises ValueError."""
        if not self.deadline:
            return None
        due = moment(self.deadline)
        if due is None:
            raise ValueError(self.deadline)
        return due


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something could not be used, and what the instructor can do about it."""

    reason: Message
    action: Message
    kind: Concern = Concern.DECISION


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything that came in. Whatever is in `files` is in a submission, a problem or ignored."""

    submissions: tuple[Submission, ...]  # the one that counts, per student
    superseded: tuple[Submission, ...]  # earlier and late ones
    problems: tuple[Problem, ...]
    files: tuple[FileRecord, ...]
