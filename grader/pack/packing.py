"""From a student's files to a submission that cannot be misnamed: files, a mail, a receipt.

Everything is checked before anything is written, by the rules that the intake itself reads with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from grader.assignment import load
from grader.faults import KitFault
from grader.intake.identity.names import identify
from grader.intake.identity.spelling import name_key
from grader.intake.reading import own_file
from grader.intake.reading.decoding import Unreadable
from grader.intake.reading.filenames import normalise
from grader.intake.reading.own_file import OwnFile
from grader.language import Message, render, say
from grader.pack import inlining, mail, optional_part
from grader.pack.checkup_report import report_findings
from grader.pack.checkup_source import source_findings
from grader.pack.complaints import Complaint, Severity, blocking
from grader.records import Submission
from grader.written import checklist as evidence_of
from grader.written.checklist import Evidence

NAME_LENGTH = 40
RECEIPT = "-receipt.txt"


@dataclass(frozen=True, slots=True)
class Request:
    """What a student asks to be packed. `source`: .py or .ipynb; `report`: .md or .ipynb."""

    name: str
    student_id: str
    source: Path
    report: Path
    into: Path
    force: bool = False


@dataclass(frozen=True, slots=True)
class Packed:
    """What came of it. `files` is empty where a finding blocks."""

    findings: tuple[Complaint, ...]
    evidence: Evidence
    files: Mapping[str, bytes]  # name -> content, as written into `Request.into`
    sha256: str  # of program, report and bonus.py together, as the teacher's table shows it
    recipient: str  # the course's mailbox, by the handout's configuration


def pack(request: Request, language: str) -> Packed:
    """Check everything; write program, report, mail and receipt unless something blocks."""
    who, identity_findings = _identity(request)
    source, source_notes = _source(request.source)
    report, evidence, report_notes = _report(request)
    bonus, bonus_notes = optional_part.read(request.source, source)
    findings = (*identity_findings, *source_notes, *bonus_notes, *report_notes)
    submission = Submission(who.student_id, who.name, source, report, bonus=bonus)
    files: dict[str, bytes] = {}
    _clear(request.into)
    if not blocking(findings, force=request.force):
        files = _files(who, submission, language)
        _write(request.into, files)
    return Packed(findings, evidence, files, submission.sha256, load().mail.recipient)


@dataclass(frozen=True, slots=True)
class _Who:
    name: str
    student_id: str

    @property
    def stem(self) -> str:
        return f"ml-6-{self.name}-{self.student_id}"

    @property
    def subject(self) -> str:
        return f"6-{self.name}-{self.student_id}"


def _identity(request: Request) -> tuple[_Who, tuple[Complaint, ...]]:
    who = _Who(normalise(request.name), normalise(request.student_id))
    fault = _identity_fault(who)
    return who, (Complaint(Severity.FATAL, who.stem, fault),) if fault else ()


def _identity_fault(who: _Who) -> Message | None:
    if not who.name or not who.student_id:
        return say("Give both: NAME, your name, and ID, your student id.")
    if who.name.isdigit() and not who.student_id.isdigit():
        return say("NAME and ID are the wrong way round.")
    if len(who.name) > NAME_LENGTH or re.search(r'[/\\:*?"<>|]', who.name + who.student_id):
        return say("NAME or ID cannot stand in a file name.")
    read = identify(who.stem)
    if read.student_id != who.student_id or read.name_key != name_key(who.name):
        return say(
            "{file} would be read as name “{name}”, student id “{id}”: use your plain name and id.",
            file=who.stem,
            name=read.name,
            id=read.student_id,
        )
    return None


def _source(path: Path) -> tuple[str | None, tuple[Complaint, ...]]:
    opened, findings = _opened(path)
    if opened is None or opened.source is None:
        return None, findings or (_no_program(path),)
    notes = tuple(Complaint(Severity.WARNING, path.name, note) for note in opened.notes)
    return opened.source, (*notes, *source_findings(opened.source, path.name))


def _no_program(path: Path) -> Complaint:
    return Complaint(Severity.FATAL, path.name, say("{file} is no program.", file=path.name))


def _opened(path: Path) -> tuple[OwnFile | None, tuple[Complaint, ...]]:
    try:
        return own_file.read(path), ()
    except Unreadable as unreadable:
        reason = unreadable.trouble.reason
    except OSError as error:
        reason = say(
            "{file} cannot be read: {why}", file=str(path), why=error.strerror or str(error)
        )
    return None, (Complaint(Severity.FATAL, path.name, reason),)


def _report(request: Request) -> tuple[str | None, Evidence, tuple[Complaint, ...]]:
    path = request.report
    opened, findings = _opened(path)
    if opened is None:
        return None, Evidence(), findings
    inlined = inlining.inline(opened.report or "", _beside(path))
    evidence = evidence_of.collect(inlined.report)
    # A notebook's notes are about its cells: the program's.
    notes = () if own_file.is_notebook(path) else opened.notes
    warnings = tuple(Complaint(Severity.WARNING, path.name, note) for note in notes)
    return (
        inlined.report,
        evidence,
        (*warnings, *report_findings(inlined, evidence, path.name)),
    )


def _beside(report: Path) -> inlining.Opener:
    def read(target: str) -> bytes | None:
        path = report.parent / target
        return path.read_bytes() if path.is_file() else None

    return read


def _files(who: _Who, submission: Submission, language: str) -> dict[str, bytes]:
    if submission.source is None or submission.report is None:
        raise KitFault("pack got past its own checks without a program or a report")
    parts = {
        f"{who.stem}.py": submission.source.encode(),
        f"{who.stem}.md": submission.report.encode(),
    }
    if submission.bonus is not None:
        parts[f"{who.stem}-bonus.py"] = submission.bonus.encode()
    receipt = _receipt(who, submission, parts, language)
    letter = mail.compose(load().mail.recipient, who.subject, receipt, parts)
    return {**parts, f"{who.stem}.eml": letter, f"{who.stem}{RECEIPT}": receipt.encode()}


def _receipt(who: _Who, submission: Submission, parts: Mapping[str, bytes], language: str) -> str:
    lines = [
        render(say("Assignment 6, {name}, {id}", name=who.name, id=who.student_id), language),
        "",
        *(f"sha256 {sha256(content).hexdigest()}  {name}" for name, content in parts.items()),
        f"sha256 {submission.sha256}  {render(say('all together, as the gradebook shows it'), language)}",
    ]
    return "\n".join(lines) + "\n"


def _write(into: Path, files: Mapping[str, bytes]) -> None:
    into.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (into / name).write_bytes(content)


def _clear(into: Path) -> None:
    """Remove what an earlier pack wrote: nobody shall send yesterday's files by mistake.

    Only what a receipt names, and only as it was written: anything else is the student's own.
    """
    for receipt in sorted(into.glob(f"ml-6-*{RECEIPT}")):
        named = dict(line.split()[1:3][::-1] for line in _sealed(receipt))
        for path in (into / name for name in named):
            if path.is_file() and sha256(path.read_bytes()).hexdigest() == named[path.name]:
                path.unlink()
        receipt.with_name(receipt.name.removesuffix(RECEIPT) + ".eml").unlink(missing_ok=True)
        receipt.unlink()


def _sealed(receipt: Path) -> list[str]:
    """The lines of a receipt that name a file beside it."""
    lines = receipt.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line for line in lines if re.fullmatch(r"sha256 [0-9a-f]{64}  ml-6-\S+", line)]
