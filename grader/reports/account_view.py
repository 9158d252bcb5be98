"""A student's whole account in words: the sum, how it comes about, and what a person decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.language import Message, render, say
from grader.reports.account import GradebookRow
from grader.reports.clean_message import moment, one_line, points
from grader.reports.wording import Wording
from grader.results.overrides import (
    EXCUSE,
    EXTENSION,
    FILE,
    MERGE,
    OWNER,
    WAIVE,
    Override,
)
from grader.written.scores import SectionScore

DECISIONS = {
    EXTENSION: say("The deadline is extended: {value}"),
    EXCUSE: say("Excused: nothing has to be handed in"),
    WAIVE: say("The late penalty is waived"),
    FILE: say("This file counts: {value}"),
    OWNER: say("This file belongs here: {value}"),
    MERGE: say("What was sent under {value} counts here"),
}


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One line of the sum. `points` is empty where nobody has scored it yet."""

    label: str
    points: str
    of: str = ""  # the most that there is
    note: str = ""
    minor: bool = False  # a part of the line above it


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section of the report as it was scored."""

    number: str
    points: str
    of: str
    reasons: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class AccountView:
    """What stands on the student's page."""

    lines: tuple[AccountLine, ...]
    total: str  # empty where there is none
    final: bool  # whether nothing is left to be scored
    comment: str
    sections: tuple[SectionView, ...]  # of the written part, with reasons
    decisions: tuple[str, ...]
    excused: bool


def account_view(row: GradebookRow, wording: Wording) -> AccountView:
    """Turn a row of the gradebook into words."""
    return AccountView(
        lines=tuple(_lines(row, wording)),
        total="" if row.total is None else points(row.total),
        final=not row.unscored,
        comment=one_line(row.comment, 2_000),
        sections=tuple(_section(each, wording.language) for each in row.sections),
        decisions=tuple(decision(each, wording.language) for each in row.overrides),
        excused=row.excused,
    )


def _section(score: SectionScore, language: str) -> SectionView:
    reasons = (
        f"{points(worth) if worth < 0 else '+' + points(worth)} {one_line(text.get(language, ''), 500)}"
        for worth, text in score.reasons
    )
    return SectionView(
        score.number,
        points(score.points),
        points(score.most),
        tuple(reasons),
        one_line(score.comment, 4_000),
    )


def decision(override: Override, language: str) -> str:
    """One decision and its reason, in a sentence."""
    value = override.value
    if override.what == EXTENSION and value[:4].isdigit():
        value = value.replace("T", " ")
    what = Message(DECISIONS[override.what].text, {"value": one_line(value, 120)})
    if not override.reason:
        return render(what, language)
    because = say("{what} ({reason})", what=what, reason=one_line(override.reason, 300))
    return render(because, language)


def _lines(row: GradebookRow, wording: Wording) -> Iterator[AccountLine]:
    def line(label: Message, value: float | None, of: str = "", note: str = "") -> AccountLine:
        shown = "" if value is None else points(value)
        return AccountLine(render(label, wording.language), shown, of, note)

    yield line(say("Automatic part"), row.auto, of=points(row.possible) if row.possible else "")
    if row.late:
        note = render(lateness(row), wording.language)
        taken = f"−{points(row.penalty)}" if row.penalty else "0"
        yield AccountLine(render(say("Late penalty"), wording.language), taken, note=note)
    yield line(say("Written part"), row.written, of=points(sum(wording.written.values())))
    if row.written is not None:
        for name, most in wording.written.items():
            score = row.scores.get(name)
            shown = "" if score is None else points(score)
            yield AccountLine(wording.title(name), shown, points(most), minor=True)
    if row.bonus is not None:
        yield line(say("Bonus"), row.bonus)
    if row.bonus_code is not None:
        yield line(say("Bonus for code"), row.bonus_code)
    if row.oral is not None:
        note = "" if wording.oral else render(say("kept apart from the total"), wording.language)
        of = points(wording.oral) if wording.oral else ""
        yield line(say("Oral exam"), row.oral, of=of, note=note)


def lateness(row: GradebookRow) -> Message:
    """How late, by which deadline; and where it costs nothing, that."""
    if row.penalty:
        return say(
            "days started after {deadline}: {days}",
            days=row.days_late,
            deadline=moment(row.deadline),
        )
    return say(
        "days started after {deadline}: {days}; nothing is taken off",
        days=row.days_late,
        deadline=moment(row.deadline),
    )
