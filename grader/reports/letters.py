"""One letter per student, as a file that a mail program opens: the feedback page, or what to resend.

Nothing is sent. `X-Unsent` makes the usual mail programs open the file as a draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from grader.assignment import Assignment
from grader.language import Message, render, say
from grader.records import Grade, Status, Submission
from grader.reports.account import GradebookRow
from grader.reports.clean_message import moment, one_line, points, words

# What must come again: it could not be read, was another homework's, or never came.
RESEND = (Status.UNREADABLE, Status.FOREIGN, Status.MISSING)
HAN = ("\u3400", "\u9fff")
SHARE = 0.02  # of a text in Chinese, formulas and code and all, at least this much is Han


@dataclass(frozen=True, slots=True)
class Recipient:
    """One student: what was graded, what came, and what was wrong with it."""

    grade: Grade
    row: GradebookRow
    submission: Submission
    address: str
    reasons: tuple[Message, ...] = ()  # why files could not be used


def language_of(submission: Submission, default: str) -> str:
    """The language that a student writes: of the report, else of the program, else of the name."""
    for text in (submission.report, submission.source):
        letters = [sign for sign in text or "" if sign.isalpha()]
        if len(letters) >= 200:  # noqa: PLR2004  # less is a template's heading
            han = sum(HAN[0] <= sign <= HAN[1] for sign in letters)
            return "zh" if han >= SHARE * len(letters) else "en"
    if any(HAN[0] <= sign <= HAN[1] for sign in submission.name):
        return "zh"
    return default


def letter(case: Recipient, assignment: Assignment, language: str, page: bytes) -> EmailMessage:
    """The letter, ready to be looked at and sent."""
    made = EmailMessage(policy=SMTP)
    title = assignment.assignment.title[language]
    subject = say("Please send again: {title}", title=title)
    if case.grade.status not in RESEND:
        subject = say("Your result: {title}", title=title)
    made["Subject"] = one_line(render(subject, language), 200)
    made["From"] = assignment.mail.recipient
    if (to := _to(case)) is not None:
        made["To"] = to
    made["X-Unsent"] = "1"
    lines = (render(line, language) for line in _lines(case, assignment, title))
    made.set_content("\n\n".join(lines) + "\n", cte="base64")
    if case.grade.status is not Status.MISSING:
        made.add_attachment(page, "text", "html", filename="feedback.html")
    return made


def _to(case: Recipient) -> Address | None:
    """Where the letter goes; None where no address is known or what stands there is none."""
    try:
        name = one_line(case.grade.name, 60)
        return Address(name, addr_spec=case.address) if case.address else None
    except (ValueError, IndexError, UnicodeError):
        return None


def _lines(case: Recipient, assignment: Assignment, title: str) -> Iterator[Message]:
    """The paragraphs."""
    name = one_line(case.grade.name, 60)
    yield say("Hello {name},", name=name) if name else say("Hello,")
    yield from (
        _resend(case, assignment, title)
        if case.grade.status in RESEND
        else _result(case, assignment, title)
    )
    yield say("Best regards")


def _result(case: Recipient, assignment: Assignment, title: str) -> Iterator[Message]:
    row = case.row
    if case.grade.status is Status.KIT_FAULT:
        yield say(
            "the grader itself failed on your work for “{title}”. That is not your fault; your score follows.",
            title=title,
        )
        return
    yield say(
        "your work for “{title}” is graded: {score}. The attached page shows every question, and what to do about it.",
        title=title,
        score=_score(row),
    )
    if case.grade.status is Status.NEEDS_REVIEW:
        yield say("A person will look at it before the score is final.")
    if case.submission.report is None:
        yield say(
            "One thing is missing: your report (.md) did not come in. Please send it to {address}.",
            address=assignment.mail.recipient,
        )


def _score(row: GradebookRow) -> Message:
    if row.total is None:
        return say("no score yet")
    if row.unscored:
        return say(
            "{points} points so far; the written part is still to be scored",
            points=points(row.total),
        )
    return say("{points} points", points=points(row.total))


def _resend(case: Recipient, assignment: Assignment, title: str) -> Iterator[Message]:
    """A friendly letter that says what to send, and why."""
    if case.grade.status is Status.MISSING:
        yield say(
            "nothing has come in from you for “{title}”. Perhaps a mail got lost: if you have sent it, please send it again.",
            title=title,
        )
    elif case.grade.status is Status.FOREIGN:
        yield say(
            "thank you for your mail. What came is the work of another assignment; for “{title}” we still need yours.",
            title=title,
        )
    else:
        yield say(
            "thank you for sending your work for “{title}”. It arrived, but we cannot grade it as it is:",
            title=title,
        )
    for reason in {words(each, "en"): each for each in case.reasons}.values():
        yield Message("• {reason}", {"reason": reason})
    yield say(
        "Please send your program (.py or .ipynb) and your report (.md) as plain attachments to {address}. `make pack` checks both and writes the mail for you.",
        address=assignment.mail.recipient,
    )
    if case.row.deadline:
        yield say("Your deadline: {deadline}", deadline=moment(case.row.deadline))


def addresses(
    listed: Mapping[str, tuple[str, ...]], submissions: Iterable[Submission]
) -> Mapping[str, str]:
    """Where each student can be written to: the roster's address, else the one that work came from."""
    known = {each.student_id: each.address for each in submissions if each.address}
    return known | {student_id: email for student_id, (_, _, email, *_) in listed.items() if email}
