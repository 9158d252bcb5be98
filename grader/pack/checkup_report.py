"""Whether a report is fit to be sent: sections, formulas, pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.language import Message, say
from grader.pack.complaints import Complaint, Severity
from grader.pack.inlining import Inlined, is_remote
from grader.written.checklist import Evidence, Section, State

# Many mailboxes refuse more than 20 to 25 MB, and base64 makes a third more of it.
MOST_BYTES = 15_000_000
SHOWN = 80


def report_findings(inlined: Inlined, evidence: Evidence, file: str) -> tuple[Complaint, ...]:
    """What keeps the report from being complete and readable."""
    if evidence.unusual:
        message = say(
            "The report is too unusual to be looked through ({why}).", why=evidence.unusual
        )
        return (Complaint(Severity.WARNING, file, message),)
    sections = evidence.sections
    return (
        *_section_findings(sections, file),
        *(found for section in sections for found in _formula_findings(section, file)),
        *_picture_findings(inlined, sections, file),
        *_size_findings(inlined.report, file),
    )


OPEN: dict[State, Message] = {
    State.MISSING: say("These sections are missing: {numbers}"),
    State.TEMPLATE: say("These sections are not answered yet: {numbers}"),
    State.SHORT: say("These sections hold hardly a word: {numbers}"),
}


def _section_findings(sections: Sequence[Section], file: str) -> Iterator[Complaint]:
    for state, text in OPEN.items():
        numbers = [section.number for section in sections if section.state is state]
        if numbers:
            message = Message(text.text, {"numbers": tuple(numbers)})
            yield Complaint(Severity.ERROR, file, message)


def _formula_findings(section: Section, file: str) -> Iterator[Complaint]:
    for broken in section.broken:
        message = say(
            "The formula “{text}” does not parse: {why}.", text=broken.text, why=broken.why
        )
        yield Complaint(Severity.ERROR, file, message, broken.line)
    for line, mark in section.loose:
        yield Complaint(Severity.ERROR, file, _loose(mark), line)


def _loose(mark: str) -> Message:
    if mark.startswith("!["):
        return say(
            "{picture} is not read as a picture: put < and > around a name with blanks.",
            picture=mark[:SHOWN],
        )
    return say(
        "A formula's delimiter has no partner: {mark} (write \\$ for a dollar sign).", mark=mark
    )


def _picture_findings(
    inlined: Inlined, sections: tuple[Section, ...], file: str
) -> Iterator[Complaint]:
    for target in dict.fromkeys(inlined.broken):
        message = say(
            "{picture} does not open as a picture; save it as PNG or JPEG, at least 32 pixels wide and high.",
            picture=target[:SHOWN],
        )
        yield Complaint(Severity.ERROR, file, message)
    for target in dict.fromkeys(inlined.drawings):
        message = say(
            "{picture} is an SVG, which is not shown where reports are scored; save it as PNG: plt.savefig('figure.png').",
            picture=target[:SHOWN],
        )
        yield Complaint(Severity.ERROR, file, message)
    unseen = dict.fromkeys(target for section in sections for target in section.unseen)
    for target in unseen:
        if target not in (*inlined.broken, *inlined.drawings):
            yield _absent(target, file)


def _absent(target: str, file: str) -> Complaint:
    if target.startswith("data:"):
        message = say("An embedded picture does not open: {picture}", picture=target[:SHOWN])
        return Complaint(Severity.ERROR, file, message)
    if is_remote(target):
        message = say(
            "{picture} is on the web and may be gone; save it beside the report.",
            picture=target[:SHOWN],
        )
        return Complaint(Severity.WARNING, file, message)
    return Complaint(
        Severity.ERROR, file, say("There is no file {picture}.", picture=target[:SHOWN])
    )


def _size_findings(report: str, file: str) -> Iterator[Complaint]:
    size = len(report.encode())
    if size > MOST_BYTES:
        message = say(
            "The report has {size} MB with its pictures; many mailboxes refuse that.",
            size=size // 1_000_000,
        )
        yield Complaint(Severity.ERROR, file, message)
