"""The records that every part of the kit exchanges. Plain frozen data: no behaviour, no I/O.

msgspec encodes and decodes all of them; `results.store` keeps them, `reports` shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from grader.language import Message


class Verdict(StrEnum):
    """How one case ended."""

    PASSED = "passed"
    FAILED = "failed"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    NOT_IMPLEMENTED = "not_implemented"
    KIT_FAULT = "kit_fault"


class Status(StrEnum):
    """What an instructor has to do about a submission."""

    GRADED = "graded"
    NEEDS_REVIEW = "needs_review"
    UNREADABLE = "unreadable"
    MISSING = "missing"  # on the roster, and nothing came
    FOREIGN = "foreign"  # only work of another assignment came
    KIT_FAULT = "kit_fault"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file that came in: the name it had, what it held, what it was taken for."""

    name: str
    sha256: str
    size: int
    # "source", "bonus", "report", "picture", "mail", "archive", "extra", "foreign", "ignored", "unreadable"
    role: str


@dataclass(frozen=True, slots=True)
class ReportPicture:
    """A picture that belongs to a report. `name` is its path in the inbox, as in `FileRecord`.

    The bytes stay where they are: `grader.intake.contents` reads them anew by their hash.
    """

    name: str
    sha256: str
    size: int
    linked: bool  # the report shows it; else it lay beside the report, as photos do


class Concern(StrEnum):
    """What a line of `problems.csv` wants of a person."""

    DECISION = "decision"
    UNREADABLE = "unreadable"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Submission:
    """One student's attempt, decoded. `source` is None where no program came in."""

    student_id: str
    name: str
    source: str | None
    report: str | None = None
    files: tuple[FileRecord, ...] = ()
    submitted_at: str = ""  # ISO 8601 with offset; empty where unknown
    late: bool = False
    notes: tuple[Message, ...] = ()
    pictures: tuple[ReportPicture, ...] = ()
    absence: Status | None = None  # why there is nothing to grade: MISSING, FOREIGN
    address: str = ""  # the mail address it came from; empty where no mail brought it
    bonus: str | None = None  # the program of the optional questions, where it is a file of its own

    @property
    def sha256(self) -> str:
        """Hex digest of what is graded: the program, the report, and bonus.py if there is one."""
        graded = [self.source, self.report, *([self.bonus] if self.bonus is not None else [])]
        parts = [
            # A notebook's JSON may hold lone surrogates, which plain UTF-8 refuses.
            (part if part is not None else "\0").encode("utf-8", "surrogatepass")
            for part in graded
        ]
        return sha256(b"\0".join(sha256(part).digest() for part in parts)).hexdigest()


Fact = float | str | tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement about a program that can be checked: see `grader.diagnosis.claims`."""

    kind: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read, named or paired, and what to do: a line of problems.csv."""

    file: str
    sha256: str
    reason: Message
    action: Message
    student_id: str = ""  # empty where unknown
    kind: Concern = Concern.DECISION


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case of one question."""

    name: str
    hidden: bool
    verdict: Verdict
    points: float  # earned
    possible: float
    message: Message | None = None  # what is wrong; None where there is nothing to say
    diagnosis: str = ""  # name in solutions/misconceptions.toml, or ""
    review: Message | None = None  # why a person should look
    printed: str = ""  # what the student's code printed; public cases only
    hint: Message | None = None  # what explains the mistake, where that is known
    claims: tuple[Claim, ...] = ()  # what the diagnosis says, so that it can be checked


@dataclass(frozen=True, slots=True)
class RepairedLine:
    """A line of the student's program."""

    method: str  # "SimpleRNN.backward"
    line: int  # from 1
    code: str


@dataclass(frozen=True, slots=True)
class RepairEdit:
    """One edit that was tried and holds: what stands there, and what would. Not for the student."""

    kind: str
    method: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Repair:
    """Edits of a program with which a question's stage is right, verified; no part of the marks.

    `lines`: the place on which all of them stand (one line, or several that one edit changes), or
    all lines of edits that are needed `together`; empty where successes do not agree on a place.
    `told`: what the student may read of it.
    `parts`: what is right with it, where that is not yet everything.
    """

    told: Message | None
    lines: tuple[RepairedLine, ...]
    edits: tuple[RepairEdit, ...]  # the most plausible first
    together: bool  # all of them are needed, not any one of them
    seconds: float
    fault: str = ""  # what went wrong in the kit while it was looked for
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question of the table of points."""

    name: str
    score: float
    possible: float
    cases: tuple[CaseResult, ...]
    repair: Repair | None = None
    optional: bool = False  # its points come on top of the others


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Something to look at: a picture that came back, or series for the grader's own plot.

    kind "figure": `png` is the student's own figure.
    kind "losses": series "losses"; `labels`: digests of the weights that were learned.
    kind "prediction": series "predicted", "true".
    kind "lengths": series "length", "error" (held-out error by sequence length).
    kind "gradient": `grid` holds the relative error per parameter (rows, `labels`) and time step.
    """

    question: str
    kind: str
    title: Message
    png: bytes = b""
    series: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    grid: tuple[tuple[float, ...], ...] = ()
    hidden: bool = False  # it shows a hidden case's data: not for the student


@dataclass(frozen=True, slots=True)
class Grade:
    """What grading one submission gave."""

    student_id: str
    name: str
    status: Status
    questions: tuple[QuestionResult, ...]
    sha256: str
    kit: str  # version and hash of everything that decides a grade
    sandbox: str  # tier that the worker ran in
    seed: str  # fingerprint of the secret that seeded the hidden inputs
    seconds: float
    files: tuple[FileRecord, ...] = ()
    submitted_at: str = ""
    late: bool = False
    loaded: bool = True  # the whole file ran without a fault
    notes: tuple[Message, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()

    @property
    def auto(self) -> float:
        """Points of the automatic part, without the optional questions."""
        return round(sum(each.score for each in self.questions if not each.optional), 4)

    @property
    def auto_possible(self) -> float:
        return round(sum(each.possible for each in self.questions if not each.optional), 4)

    @property
    def bonus_code(self) -> float | None:
        """Points of the optional questions; None where none was begun."""
        extra = [question.score for question in self.questions if question.optional]
        return round(sum(extra), 4) if extra else None

    @property
    def diagnoses(self) -> tuple[str, ...]:
        """Names of the misconceptions found, each once, in the order of the questions."""
        found = (case.diagnosis for question in self.questions for case in question.cases)
        return tuple(dict.fromkeys(name for name in found if name))
