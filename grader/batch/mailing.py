"""Every letter of an OUT folder, written from its store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.assignment import load
from grader.language import Message, default_language
from grader.records import Concern, Grade, Status, Submission
from grader.reports import gradebook, letters
from grader.reports.letters import Recipient
from grader.reports.pages.student_page import student_page
from grader.reports.wording import load_wording
from grader.results import course
from grader.results.files import file_names, write_atomically
from grader.results.store import Store

FOLDER = "mail"


@dataclass(frozen=True, slots=True)
class LettersWritten:
    """What came of it. `unaddressed`: ids of students whose address nobody knows."""

    folder: Path
    written: int
    resend: int
    unaddressed: tuple[str, ...]


def write_letters(out: Path, language: str | None = None) -> LettersWritten:
    """Write `OUT/mail/ID.eml` for everybody who has a grade, and drop those of an earlier class.

    `language`: for everybody; None: the one that each student writes. Raises KitFault as the store
    does, BadFile where `assignment.toml` is wrong.
    """
    assignment = load()
    folder = out / FOLDER
    resend, unaddressed, kept = 0, [], set()
    with Store.existing(out) as store:
        names = file_names(store.student_ids())
        for case in _cases(store, out):
            default = course.of(store).language or default_language()
            spoken = language or letters.language_of(case.submission, default)
            page = student_page(case.grade, load_wording(spoken), row=case.row)
            made = letters.letter(case, assignment, spoken, page.encode())
            path = folder / f"{names[case.grade.student_id]}.eml"
            write_atomically(path, made.as_bytes())
            kept.add(path.name)
            resend += case.grade.status in letters.RESEND
            if made["To"] is None:
                unaddressed.append(case.grade.student_id)
    for path in folder.glob("*.eml"):
        if path.name not in kept:
            path.unlink()
    return LettersWritten(folder, len(kept), resend, tuple(unaddressed))


def _cases(store: Store, out: Path) -> Iterator[Recipient]:
    """Everybody to be written to: not those who are excused and sent nothing."""
    book = gradebook.read(store, out, load())
    submissions = {each.student_id: each for each in store.submissions()}
    known = letters.addresses(book.course.listed, submissions.values())
    reasons = _reasons(store)
    for grade in store.grades(exhibits=True):
        row = book.by_id[grade.student_id]
        if grade.status is Status.MISSING and row.excused:
            continue
        yield Recipient(
            grade,
            row,
            submissions[grade.student_id],
            known.get(grade.student_id, ""),
            _why(grade, submissions[grade.student_id], reasons),
        )


def _reasons(store: Store) -> Mapping[str, list[Message]]:
    found: defaultdict[str, list[Message]] = defaultdict(list)
    for problem in store.problems():
        if problem.student_id and problem.kind is not Concern.INFORMATION:
            found[problem.student_id].append(problem.reason)
    return found


def _why(
    grade: Grade, submission: Submission, reasons: Mapping[str, list[Message]]
) -> tuple[Message, ...]:
    """What was wrong with what came; nothing where nothing came."""
    if grade.status is Status.MISSING:
        return ()
    return tuple(reasons.get(grade.student_id, [])) or submission.notes
