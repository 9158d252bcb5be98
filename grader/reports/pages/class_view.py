"""What the instructor's page shows: a class, turned into words, links and table rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median

from grader.language import Message, render, say
from grader.records import Problem, Status, Verdict
from grader.reports.attention import DECIDE, UNREADABLE, AttentionSection, attention
from grader.reports.classroom import CaseTally, Classroom
from grader.reports.clean_message import one_line
from grader.reports.labels import STATUSES
from grader.reports.next_steps import VERDICTS
from grader.reports.pages.student_table import (
    Cause,
    Column,
    StudentLine,
    causes_of,
    columns,
    student_lines,
)
from grader.reports.pages.student_view import FigureView
from grader.reports.wording import Wording


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of the pass rates; `otherwise` says how the others ended."""

    question: str
    name: str
    hidden: bool
    rate: float
    otherwise: str


@dataclass(frozen=True, slots=True)
class ClassView:
    """The page."""

    students: int
    scores: tuple[float, ...]
    mean: float
    median: float
    possible: float
    full_marks: int
    late: int
    attention: int  # students and files that need a decision or cannot be read, each once
    missing: int
    sections: tuple[AttentionSection, ...]
    plots: tuple[FigureView, ...]
    interviews: bool  # there is a page of dossiers beside this one
    causes: tuple[Cause, ...]
    cases: tuple[CaseLine, ...]
    columns: tuple[Column, ...]
    table: tuple[StudentLine, ...]
    statuses: tuple[tuple[str, str], ...]
    late_label: str
    count_text: str
    run_lines: tuple[str, ...]


def class_view(
    room: Classroom,
    problems: Sequence[Problem],
    wording: Wording,
    files: Mapping[str, str],
    plots: Iterable[FigureView],
) -> ClassView:
    """Turn a class into its page. `files`: student id -> file name without suffix."""
    language = wording.language
    scores = tuple(row.auto for row in room.scored)
    causes = causes_of(room, wording, files)
    sections = attention(room, problems, language, files)
    return ClassView(
        students=len(room.rows),
        scores=scores,
        mean=mean(scores) if scores else 0.0,
        median=median(scores) if scores else 0.0,
        possible=max((row.possible for row in room.scored), default=0.0),
        full_marks=sum(row.auto >= row.possible for row in room.scored),
        late=sum(row.late for row in room.rows),
        attention=_attention(sections),
        missing=sum(row.status is Status.MISSING and not row.account.excused for row in room.rows),
        sections=sections,
        plots=tuple(plots),
        interviews=room.interviews,
        causes=causes,
        cases=tuple(_case_line(tally, language) for tally in room.cases.values()),
        columns=columns(room, wording),
        table=tuple(student_lines(room, causes, wording, files)),
        statuses=tuple((s.value, render(text, language)) for s, text in STATUSES.items()),
        late_label=render(say("late"), language),
        count_text=_count_text(language),
        run_lines=tuple(render(line, language) for line in _run_lines(room)),
    )


def _attention(sections: Iterable[AttentionSection]) -> int:
    urgent = {
        (entry.who, entry.href)
        for section in sections
        if section.key in (DECIDE, UNREADABLE)
        for group in section.groups
        for entry in group.entries
    }
    return len(urgent)


def _case_line(tally: CaseTally, language: str) -> CaseLine:
    others = [
        f"{render(VERDICTS[verdict], language)} {count}"
        for verdict, count in tally.verdicts.most_common()
        if verdict is not Verdict.PASSED
    ]
    return CaseLine(
        tally.question, one_line(tally.name), tally.hidden, tally.rate, ", ".join(others)
    )


def _count_text(language: str) -> str:
    """Leave the fields to the script."""
    text = say(
        "Showing {shown} of {found} found; {all} students in all",
        shown="{shown}",
        found="{found}",
        all="{all}",
    )
    return render(text, language)


def _run_lines(room: Classroom) -> Iterable[Message]:
    times = sorted(row.seconds for row in room.rows if row.seconds)
    if times:
        yield say(
            "Grading took {total} s of work; half of the submissions at most {median} s, the slowest "
            "{most} s.",
            total=f"{sum(times):.0f}",
            median=f"{median(times):.1f}",
            most=f"{times[-1]:.1f}",
        )
    for tier, count in room.sandboxes().most_common():
        yield say("Sandbox: {tier} ({count})", tier=one_line(tier), count=count)
    if room.superseded:
        yield say(
            "Submissions that do not count because a later one does: {count}",
            count=len(room.superseded),
        )
    for kit, count in room.kits.most_common():
        yield say("Kit: {kit} ({count})", kit=one_line(kit), count=count)
