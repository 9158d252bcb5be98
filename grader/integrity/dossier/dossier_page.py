"""The pages: one student's questions with the examiner's answers, and the class in order of need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.assignment import load
from grader.integrity.dossier.oral_question import LEVELS, OralQuestion
from grader.integrity.dossier.student_dossier import Dossier
from grader.language import Message, say
from grader.reports.clean_message import clean, one_line, words
from grader.reports.pages.render import page

SHEETS = ("page.css", "dossier.css")
LONGEST_LINE = 220
LONGEST_WORDS = 700


@dataclass(frozen=True, slots=True)
class PinnedLine:
    """A line of the student's own file."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class OralQuestionView:
    """One question in one language, harmless for a page."""

    level: str
    place: str
    text: str
    lines: tuple[PinnedLine, ...]
    of_report: bool
    changed: tuple[str, ...] | None
    answer: str
    measured: tuple[str, ...]
    weak: str
    strong: str
    reason: str


@dataclass(frozen=True, slots=True)
class DossierView:
    """One student's page."""

    student_id: str
    name: str
    who: str
    notes: tuple[str, ...]
    questions: tuple[OralQuestionView, ...]


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One student on the page of the class; `share` of the greatest need."""

    href: str
    student_id: str
    name: str
    share: float
    need: str
    questions: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeedView:
    """The page of the class."""

    notes: tuple[str, ...]
    rows: tuple[NeedRow, ...]


def student_page(dossier: Dossier, language: str) -> str:
    """One file, no script, no request to anywhere; all that a student wrote is escaped."""
    student_id, name = one_line(dossier.student_id, 40), one_line(dossier.name, 60)
    view = DossierView(
        student_id,
        name,
        f"{name} {student_id}".strip(),
        tuple(words(note, language, LONGEST_WORDS) for note in dossier.notes),
        tuple(_question(one, language) for one in dossier.questions),
    )
    return _page("dossier.html", language, view)


def class_page(
    dossiers: Sequence[Dossier], notes: Sequence[Message], files: Mapping[str, str], language: str
) -> str:
    """The class in order of need. `files`: student id -> file name without suffix."""
    most = max((one.need for one in dossiers), default=0.0) or 1.0
    ordered = sorted(dossiers, key=lambda one: (-one.need, one.student_id))
    rows = tuple(_row(one, files[one.student_id], most, language) for one in ordered)
    view = NeedView(tuple(words(note, language) for note in notes), rows)
    return _page("dossiers.html", language, view)


def _page(template: str, language: str, view: object) -> str:
    heading = load().assignment.title[language]
    return page(template, language, sheets=SHEETS, heading=heading, v=view, scripted=False, fingerprint="")  # fmt: skip


def _row(one: Dossier, file: str, most: float, language: str) -> NeedRow:
    why = [*one.reasons, *one.notes]
    return NeedRow(
        f"dossier/{file}.html",
        one_line(one.student_id, 40),
        one_line(one.name, 60) or one_line(one.student_id, 40),
        one.need / most,
        f"{one.need:g}",
        len(one.questions),
        tuple(one_line(words(reason, language), 160) for reason in why),
    )


def _question(one: OralQuestion, language: str) -> OralQuestionView:
    def said(message: Message | None) -> str:
        return words(message, language, LONGEST_WORDS)

    return OralQuestionView(
        level=said(LEVELS[one.level]),
        place=said(_place(one)),
        text=said(one.text),
        lines=_lines(one),
        of_report=one.excerpt is not None and one.excerpt.of_report,
        changed=None if one.changed is None else tuple(map(_code, one.changed)),
        answer=said(one.answer),
        measured=tuple(map(said, one.measured)),
        weak=said(one.weak),
        strong=said(one.strong),
        reason=said(one.reason),
    )


def _place(one: OralQuestion) -> Message | None:
    if one.excerpt is None:
        return None
    if one.excerpt.of_report:
        return say("report, line {line}", line=one.excerpt.first)
    if one.excerpt.file:
        return say("{file}, line {line}", file=one.excerpt.file, line=one.excerpt.first)
    return say("program, line {line}", line=one.excerpt.first)


def _lines(one: OralQuestion) -> tuple[PinnedLine, ...]:
    if one.excerpt is None:
        return ()
    return tuple(
        PinnedLine(number, _code(text))
        for number, text in enumerate(one.excerpt.lines, one.excerpt.first)
    )


def _code(text: str) -> str:
    """A line of code: its indentation stays, which cleaning would take."""
    bare = text.lstrip(" ")
    return " " * min(len(text) - len(bare), 40) + clean(bare, LONGEST_LINE).replace("\n", " ")
