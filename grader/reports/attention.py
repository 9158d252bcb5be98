"""What of a class a person should know, by what has to be done; a student stands once in each part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from grader.language import Message, render, say
from grader.records import Concern, Problem, Status
from grader.reports.account_view import decision, lateness
from grader.reports.classroom import Classroom, ClassRow
from grader.reports.clean_message import moment, one_line, words
from grader.results import overrides

DECIDE, NOTHING, UNREADABLE, INFORMATION = "decide", "nothing", "unreadable", "information"
SECTIONS = {
    DECIDE: say("Needs a decision"),
    NOTHING: say("Sent nothing"),
    UNREADABLE: say("Cannot be read"),
    INFORMATION: say("For information"),
}
STATES = {DECIDE: "part", NOTHING: "none", UNREADABLE: "none", INFORMATION: ""}
# The tables that a person keeps; what is wrong there is the person's to mend.
OWN_TABLES = ("written.csv", "oral.csv", overrides.NAME)


@dataclass(frozen=True, slots=True)
class Topic:
    """Why things are listed together, and what to do about them."""

    section: str
    title: Message
    advice: Message


FAULT = Topic(
    DECIDE,
    say("Grader's fault: no score"),
    say("Mend the kit, then grade again; nobody loses points by it."),
)
REVIEW = Topic(
    DECIDE,
    say("Needs review"),
    say("The points are given; a person decides whether they stay."),
)
BREAKOUT = Topic(
    DECIDE,
    say("Reaches beyond the assignment"),
    say("The sandbox kept it in. Read these lines before you trust the score."),
)
TABLES = Topic(
    DECIDE,
    say("Mistakes in your tables"),
    say("These rows were not used; mend them and run `report` again."),
)
FILES = Topic(
    DECIDE,
    say("Files with a problem"),
    say("They are listed in problems.csv too; overrides.csv takes your decision."),
)
WAITING = Topic(
    DECIDE, say("Not graded yet"), say("The batch was stopped; the same command goes on.")
)
ABSENT = Topic(
    NOTHING,
    say("On the roster, and nothing came in"),
    say("They are listed in missing.csv too; excuse in overrides.csv whom you like."),
)
NO_PROGRAM = Topic(
    UNREADABLE,
    say("No program that can be read"),
    say("Ask for the file again, or open it by hand; `mail` writes a letter to each."),
)
FOREIGN = Topic(
    UNREADABLE,
    say("Work of another assignment"),
    say("Ask for the right file; `mail` writes a letter to each."),
)
BROKEN = Topic(
    UNREADABLE, say("Files that cannot be read"), say("They are listed in problems.csv too.")
)
LATE = Topic(
    INFORMATION,
    say("Late"),
    say("The late penalty is taken off; extend or waive it in overrides.csv."),
)
DECIDED = Topic(
    INFORMATION, say("Decided by a person"), say("From overrides.csv, with what held before.")
)
EXCUSED = Topic(INFORMATION, say("Excused"), say("Nothing came in, and nothing has to."))
OLDER = Topic(
    INFORMATION,
    say("Versions that do not count"),
    say("Another one counts; overrides.csv chooses another file. All stand in superseded.csv."),
)
NOTED = Topic(INFORMATION, say("Noticed while reading"), say("Nothing has to be decided."))
TOPICS = (
    *(FAULT, REVIEW, BREAKOUT, TABLES, FILES, WAITING),
    *(ABSENT, NO_PROGRAM, FOREIGN, BROKEN),
    *(LATE, DECIDED, EXCUSED, OLDER, NOTED),
)


@dataclass(slots=True)
class AttentionItem:
    """One student or file, and why."""

    who: str
    href: str
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AttentionGroup:
    """Entries that need the same."""

    title: str
    advice: str
    entries: tuple[AttentionItem, ...]


@dataclass(frozen=True, slots=True)
class AttentionSection:
    """One part of the page. `count`: how many students and files, each once."""

    key: str
    title: str
    state: str
    groups: tuple[AttentionGroup, ...]

    @property
    def count(self) -> int:
        return len({(each.who, each.href) for group in self.groups for each in group.entries})


@dataclass(frozen=True, slots=True)
class _Item:
    """Something to list. `key` is the student's id, else the file's name."""

    topic: Topic
    key: str
    who: str
    reasons: tuple[str, ...]


def attention(
    room: Classroom, problems: Sequence[Problem], language: str, files: Mapping[str, str]
) -> tuple[AttentionSection, ...]:
    """Sort all that a person should know into the sections that have something."""
    listed: dict[tuple[str, str], AttentionItem] = {}  # by topic, or section, and key
    placed: dict[str, list[AttentionItem]] = {topic.title.text: [] for topic in TOPICS}
    items = sorted(_items(room, problems, language), key=lambda item: TOPICS.index(item.topic))
    for item in items:
        # A file that cannot be read and a student without a program are one matter.
        merged = item.topic.section == UNREADABLE
        place = (UNREADABLE if merged else item.topic.title.text, item.key)
        if place not in listed:
            href = f"feedback/{files[item.key]}.html" if item.key in files else ""
            listed[place] = AttentionItem(item.who, href)
            placed[item.topic.title.text].append(listed[place])
        reasons = listed[place].reasons
        reasons += [each for each in dict.fromkeys(item.reasons) if each not in reasons]
    return tuple(_sections(placed, language))


def _sections(
    placed: Mapping[str, list[AttentionItem]], language: str
) -> Iterator[AttentionSection]:
    for key, title in SECTIONS.items():
        groups = tuple(
            AttentionGroup(
                render(topic.title, language), render(topic.advice, language), tuple(entries)
            )
            for topic in TOPICS
            if topic.section == key and (entries := placed[topic.title.text])
        )
        if groups:
            yield AttentionSection(key, render(title, language), STATES[key], groups)


def _items(room: Classroom, problems: Iterable[Problem], language: str) -> Iterator[_Item]:
    rows = {row.student_id: row for row in room.rows}
    for row in room.rows:
        for topic in _topics(row):
            who = _who(row.name, row.student_id)
            yield _Item(topic, row.student_id, who, _why(topic, row, language))
    yield from _signs(room, rows, language)
    for problem in problems:
        yield _problem(problem, rows, language)
    for student_id, name in room.waiting:
        yield _Item(WAITING, student_id, _who(name, student_id), ())
    yield from _decided(room, rows, language)
    for old in room.superseded:
        names = ", ".join(one_line(name, 60) for name in old.files[:4])
        reason = " ".join(filter(None, (moment(old.submitted_at), names)))
        yield _Item(OLDER, old.student_id, _who(old.name, old.student_id), (reason,))


def _topics(row: ClassRow) -> Iterator[Topic]:
    if row.status is Status.KIT_FAULT:
        yield FAULT
    if row.status is Status.NEEDS_REVIEW:
        yield REVIEW
    if row.status is Status.UNREADABLE:
        yield NO_PROGRAM
    if row.status is Status.FOREIGN:
        yield FOREIGN
    if row.status is Status.MISSING:
        yield EXCUSED if row.account.excused else ABSENT
    if row.late:
        yield LATE


def _why(topic: Topic, row: ClassRow, language: str) -> tuple[str, ...]:
    if topic is LATE:
        return (render(lateness(row.account), language),)
    if row.status is Status.MISSING:
        return ()
    return tuple(one_line(words(reason, language), 300) for reason in row.reasons)


def _signs(room: Classroom, rows: Mapping[str, ClassRow], language: str) -> Iterator[_Item]:
    for student_id, found in room.signs.items():
        if student_id not in rows:
            continue
        reasons = tuple(
            render(say("{what} (line {line})", what=sign.what, line=sign.line), language)
            for sign in found
        )
        yield _Item(BREAKOUT, student_id, _who(rows[student_id].name, student_id), reasons)


def _problem(problem: Problem, rows: Mapping[str, ClassRow], language: str) -> _Item:
    known = rows.get(problem.student_id)
    if problem.file in OWN_TABLES:
        topic = TABLES
    elif problem.kind is Concern.INFORMATION:
        topic = NOTED
    elif problem.kind is Concern.UNREADABLE:
        topic = BROKEN
    else:
        topic = FILES
    texts = (one_line(words(text, language), 300) for text in (problem.reason, problem.action))
    if known is None:
        return _Item(topic, problem.file, one_line(problem.file, 120), tuple(texts))
    reasons = (one_line(problem.file, 120), *texts)
    return _Item(topic, known.student_id, _who(known.name, known.student_id), reasons)


def _decided(room: Classroom, rows: Mapping[str, ClassRow], language: str) -> Iterator[_Item]:
    for each in room.decisions:
        student_id = each.override.student_id
        name = rows[student_id].name if student_id in rows else ""
        held = say("since {day}", day=each.since[:10])
        if each.until:
            held = say("from {day} to {end}", day=each.since[:10], end=each.until[:10])
        reason = f"{decision(each.override, language)} · {render(held, language)}"
        yield _Item(DECIDED, student_id, _who(name, student_id), (reason,))


def _who(name: str, student_id: str) -> str:
    return " ".join(filter(None, (one_line(name, 40), one_line(student_id, 24))))
