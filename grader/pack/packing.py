"""From a student's files to a submission that cannot be misnamed: two files, a mail, a receipt.

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
from grader.intake.people.names import identify
from grader.intake.reading.decoding import Unreadable, cookie, decode
from grader.intake.reading.filenames import normalise
from grader.intake.reading.notebooks import Notebook, read_notebook
from grader.language import Message, render, say
from grader.pack import inlining, mail
from grader.pack.checkup_report import report_findings
from grader.pack.checkup_source import source_findings
from grader.pack.complaints import Complaint, Severity, blocking
from grader.records import Submission
from grader.written import checklist as evidence_of
from grader.written.checklist import Evidence

NAME_LENGTH = 40
COOKIE = re.compile(r"coding[:=][ \t]*[-\w.]+")


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
    sha256: str  # of program and report together, as the teacher's table shows it


def pack(request: Request, language: str) -> Packed:
    """Check everything; write program, report, mail and receipt unless something blocks."""
    who, identity_findings = _identity(request)
    source, source_notes = _source(request.source)
    report, evidence, report_notes = _report(request)
    findings = (*identity_findings, *source_notes, *report_notes)
    submission = Submission(who.student_id, who.name, source, report)
    files: dict[str, bytes] = {}
    if not blocking(findings, force=request.force):
        files = _files(who, submission, language)
        _write(request.into, files)
    return Packed(findings, evidence, files, submission.sha256)


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
    if (
        read.student_id != who.student_id
        or read.name_key != who.name.replace(" ", "").replace("·", "").casefold()
    ):
        return say(
            "{file} would be read as name “{name}”, student id “{id}”: use your plain name and id.",
            file=who.stem,
            name=read.name,
            id=read.student_id,
        )
    return None


def _source(path: Path) -> tuple[str | None, tuple[Complaint, ...]]:
    data, findings = _read(path)
    if data is None:
        return None, findings
    try:
        decoded = decode(data, python=True)
    except Unreadable as unreadable:
        return None, (Complaint(Severity.FATAL, path.name, unreadable.trouble.reason),)
    text = _as_utf8(decoded.text) if cookie(data) else decoded.text
    notes = decoded.notes
    if _is_notebook(path):
        cells = _cells(text)
        if cells is None:
            return None, (_no_notebook(path),)
        text, notes = cells.program, (*notes, *cells.notes)
    warnings = tuple(Complaint(Severity.WARNING, path.name, note) for note in notes)
    return text, (*warnings, *source_findings(text, path.name))


def _is_notebook(path: Path) -> bool:
    return path.suffix.lower() == ".ipynb"


def _cells(text: str) -> Notebook | None:
    try:
        return read_notebook(text)
    except Exception:  # noqa: BLE001  # nbformat raises many kinds for what is no notebook
        return None


def _no_notebook(path: Path) -> Complaint:
    message = say("{file} is damaged or no notebook: save it again in Jupyter.", file=path.name)
    return Complaint(Severity.FATAL, path.name, message)


def _as_utf8(source: str) -> str:
    """A declared encoding must not contradict the bytes that are sent."""
    lines = source.split("\n")
    head = [
        COOKIE.sub("coding: utf-8", line) if line.startswith("#") else line for line in lines[:2]
    ]
    return "\n".join([*head, *lines[2:]])


def _report(request: Request) -> tuple[str | None, Evidence, tuple[Complaint, ...]]:
    data, findings = _read(request.report)
    if data is None:
        return None, Evidence(), findings
    try:
        decoded = decode(data)
    except Unreadable as unreadable:
        reason = Complaint(Severity.FATAL, request.report.name, unreadable.trouble.reason)
        return None, Evidence(), (reason,)
    text = decoded.text
    if _is_notebook(request.report):
        cells = _cells(text)
        if cells is None:
            return None, Evidence(), (_no_notebook(request.report),)
        text = cells.report
    inlined = inlining.inline(text, _beside(request.report))
    evidence = evidence_of.collect(inlined.report)
    notes = tuple(Complaint(Severity.WARNING, request.report.name, note) for note in decoded.notes)
    return (
        inlined.report,
        evidence,
        (*notes, *report_findings(inlined, evidence, request.report.name)),
    )


def _beside(report: Path) -> inlining.Opener:
    def read(target: str) -> bytes | None:
        path = report.parent / target
        return path.read_bytes() if path.is_file() else None

    return read


def _read(path: Path) -> tuple[bytes | None, tuple[Complaint, ...]]:
    try:
        return path.read_bytes(), ()
    except OSError as error:
        message = say(
            "{file} cannot be read: {why}", file=str(path), why=error.strerror or str(error)
        )
        return None, (Complaint(Severity.FATAL, path.name, message),)


def _files(who: _Who, submission: Submission, language: str) -> dict[str, bytes]:
    if submission.source is None or submission.report is None:
        raise KitFault("pack got past its own checks without a program or a report")
    parts = {
        f"{who.stem}.py": submission.source.encode(),
        f"{who.stem}.md": submission.report.encode(),
    }
    receipt = _receipt(who, submission, parts, language)
    letter = mail.compose(load().mail.recipient, who.subject, receipt, parts)
    return {**parts, f"{who.stem}.eml": letter, f"{who.stem}-receipt.txt": receipt.encode()}


def _receipt(who: _Who, submission: Submission, parts: Mapping[str, bytes], language: str) -> str:
    lines = [
        render(say("Assignment 6, {name}, {id}", name=who.name, id=who.student_id), language),
        "",
        *(f"sha256 {sha256(content).hexdigest()}  {name}" for name, content in parts.items()),
        f"sha256 {submission.sha256}  {render(say('both together, as the gradebook shows it'), language)}",
    ]
    return "\n".join(lines) + "\n"


def _write(into: Path, files: Mapping[str, bytes]) -> None:
    into.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (into / name).write_bytes(content)
