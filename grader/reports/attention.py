"""What of a class needs a person, grouped by what has to be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.language import Message, render, say
from grader.records import Problem, Status
from grader.reports.classroom import Classroom, ClassRow
from grader.reports.clean_message import one_line, words


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """One submission or file, and why."""

    who: str
    href: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttentionGroup:
    """Entries that need the same; `urgent` where nobody has decided yet."""

    title: str
    advice: str
    state: str
    entries: tuple[AttentionItem, ...]
    urgent: bool = True


@dataclass(frozen=True, slots=True)
class _Kind:
    title: Message
    advice: Message
    state: str
    belongs: Callable[[ClassRow], bool]
    urgent: bool = True


KINDS = (
    _Kind(
        say("Grader's fault: no score"),
        say("Mend the kit, then grade again; nobody loses points by it."),
        "none",
        lambda row: row.status is Status.KIT_FAULT,
    ),
    _Kind(
        say("Unreadable"),
        say("Ask for the file again, or open it by hand."),
        "none",
        lambda row: row.status is Status.UNREADABLE,
    ),
    _Kind(
        say("Needs review"),
        say("The points are given; a person decides whether they stay."),
        "part",
        lambda row: row.status is Status.NEEDS_REVIEW,
    ),
    _Kind(
        say("Late"),
        say("The gradebook takes the late penalty off; excuse whom you like there."),
        "part",
        lambda row: row.late,
        urgent=False,
    ),
)


def attention(
    room: Classroom, problems: Sequence[Problem], language: str, files: Mapping[str, str]
) -> tuple[AttentionGroup, ...]:
    """Collect the groups that have entries, the most urgent first."""
    groups = [_group(kind, room.rows, language, files) for kind in KINDS]
    groups[2:2] = [_problems(problems, language, files), _waiting(room, language)]
    return tuple(group for group in groups if group.entries)


def _group(
    kind: _Kind, rows: Iterable[ClassRow], language: str, files: Mapping[str, str]
) -> AttentionGroup:
    return AttentionGroup(
        render(kind.title, language),
        render(kind.advice, language),
        kind.state,
        tuple(_entry(row, language, files) for row in rows if kind.belongs(row)),
        kind.urgent,
    )


def _entry(row: ClassRow, language: str, files: Mapping[str, str]) -> AttentionItem:
    who = " ".join(filter(None, (one_line(row.name, 40), one_line(row.student_id, 24))))
    reasons = dict.fromkeys(one_line(words(reason, language), 300) for reason in row.reasons)
    return AttentionItem(who, f"feedback/{files[row.student_id]}.html", tuple(reasons))


def _problems(
    problems: Iterable[Problem], language: str, files: Mapping[str, str]
) -> AttentionGroup:
    return AttentionGroup(
        render(say("Files with a problem"), language),
        render(say("They are listed in problems.csv too."), language),
        "none",
        tuple(
            AttentionItem(
                one_line(problem.file, 120),
                f"feedback/{files[problem.student_id]}.html" if problem.student_id in files else "",
                tuple(
                    one_line(words(text, language), 300)
                    for text in (problem.reason, problem.action)
                ),
            )
            for problem in problems
        ),
    )


def _waiting(room: Classroom, language: str) -> AttentionGroup:
    return AttentionGroup(
        render(say("Not graded yet"), language),
        render(say("The batch was stopped; the same command goes on."), language),
        "part",
        tuple(
            AttentionItem(one_line(f"{name} {student_id}", 60), "", ())
            for student_id, name in room.waiting
        ),
    )
