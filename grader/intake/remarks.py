"""What the intake noticed and a person should know: each with the reason and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from grader.intake.collection import RosterRow, Trouble
from grader.intake.naming import naming
from grader.intake.people.attempts import Attempt
from grader.intake.people.choice import UNSURE, Candidate, Passed, is_namesake, is_readme
from grader.intake.people.decided import NAMED
from grader.intake.people.entries import Choice, doubtful_date
from grader.intake.people.origins import mail_around
from grader.intake.people.owners import Ownership
from grader.intake.people.pictures import album
from grader.intake.people.roster import Register
from grader.intake.people.students import Person
from grader.intake.people.written_part import is_template, parts_in
from grader.intake.reading.arrivals import Arrival
from grader.intake.reading.kinds import WRITTEN, suffix_of
from grader.intake.reading.programs import asked_in, defines_asked, defines_rnn
from grader.language import Message, say
from grader.records import Concern
from grader.results.student_ids import safe_id

Remark = tuple[Arrival, Trouble]


def unreadable(
    came: Iterable[Arrival], chosen: Iterable[tuple[Person, Choice]]
) -> Iterator[Remark]:
    """What could not be read. A document beside a report that was read is nothing to ask for."""
    reports = {
        one: choice.report.one
        for person, choice in chosen
        for attempt in person.attempts
        for one in attempt.files
        if choice.report.one and suffix_of(one.name) in WRITTEN and _is_answered(choice)
    }
    for one in came:
        if one.trouble is not None and not one.copy:
            report = reports.get(one)
            yield one, _spare(one, report) if report else one.trouble


def _is_answered(choice: Choice) -> bool:
    """Whether the report is more than the template, or than notes between a notebook's cells."""
    best = choice.report.best
    if best is None or is_template(best.text):
        return False
    return best.one.role == "report" or best.answers > 1


def _spare(one: Arrival, report: Arrival) -> Trouble:
    reason = say("{name} was not read: {report} is the report.", name=one.name, report=report.name)
    return Trouble(reason, _nothing(), Concern.INFORMATION)


def empty_containers(
    came: Sequence[Arrival], chosen: Iterable[tuple[Person, Choice]]
) -> Iterator[Remark]:
    """Mails without attachments, or with a link in place of one; empty archives.

    Whoever has sent a program and a report may write to say thanks.
    """
    whole = [person for person, choice in chosen if choice.program.one and choice.report.one]
    served = {one for person in whole for attempt in person.attempts for one in attempt.files}
    filled = {parcel for one in came for parcel in one.parcel.outwards()}
    for one in came:
        if one.opens is None or one.opens.kind == "folder" or one.role == "ignored" or one.remark:
            continue
        if one.opens.lure:
            yield one, _of_less_weight(one.opens.lure) if one in served else one.opens.lure
        elif one.opens.kind == "zip" and one.opens not in filled:
            yield (
                one,
                Trouble(
                    say("The archive {name} is empty.", name=one.name),
                    say("Ask the student to send it again."),
                    Concern.UNREADABLE,
                ),
            )
        elif one.opens not in filled:
            yield (
                one,
                Trouble(
                    say("This mail “{subject}” has no attachment.", subject=one.opens.clue),
                    say("Look at the mail; ask for the files if it should hold some."),
                    Concern.INFORMATION if one in served else Concern.DECISION,
                ),
            )


def _of_less_weight(trouble: Trouble) -> Trouble:
    """What wants a decision is for information where everything is there."""
    return (
        replace(trouble, kind=Concern.INFORMATION) if trouble.kind is Concern.DECISION else trouble
    )


def unclaimed(attempts: Iterable[Attempt]) -> Iterator[Remark]:
    """Pictures, data and unknown files that nothing ties to a student."""
    for attempt in attempts:
        for one in attempt.files:
            if one.trouble is None and not one.remark:
                yield (
                    one,
                    Trouble(
                        say("Nothing says whose file this is."),
                        say("Put it into a folder named 姓名-学号 (name-id) if it matters."),
                        Concern.INFORMATION,
                    ),
                )


def oddities(ownership: Ownership) -> Iterator[Remark]:
    """Each once for a student and sending, at its first file."""
    told = set()
    for oddity in ownership.oddities:
        owner = ownership.owners.get(oddity.one)
        key = owner, oddity.kind, oddity.detail, mail_around(oddity.one) or oddity.one.parcel
        if key not in told:
            told.add(key)
            reason, action, kind = _ODDITIES[oddity.kind]
            yield oddity.one, Trouble(reason(oddity.detail), action(), kind)


def about(person: Person, choice: Choice, register: Register) -> Iterator[Remark]:
    """All findings about one student."""
    yield from _passed_over(choice)
    yield from _missing_half(person, choice)
    yield from naming(person, register)
    yield from _timing(choice)
    yield from _broken_links(person, choice)


def nothing_came() -> Message:
    return say("Nothing came in from this student.")


def listed_id(student: RosterRow) -> str:
    """The roster's id as it stands in submissions."""
    return safe_id(student.student_id)


def _passed_over(choice: Choice) -> Iterator[Remark]:
    """Every program and report that does not count, with the reason that decided."""
    for picked in (choice.program, choice.report, choice.bonus):
        for one in picked.passed:
            if _counts_otherwise(one.candidate, choice):
                continue
            twins = picked.best is not None and is_namesake(picked.best, one.candidate)
            action = _override_by_hash() if twins else _override()
            trouble = Trouble(one.reason, action, _weight(one, choice))
            yield one.candidate.one, _other_part(one, choice) or trouble


def _counts_otherwise(candidate: Candidate, choice: Choice) -> bool:
    """Whether it is the notebook whose text is the report, and its cells are as handed out."""
    report = candidate.kind == "program" and candidate.one is choice.report.one
    return report and candidate.worth < (2, 0)


def _other_part(passed: Passed, choice: Choice) -> Trouble | None:
    """Work that was cut into several files, sent together: only one of them counts."""
    other = passed.candidate
    best = choice.of(other.kind).best
    if best is None or best.attempt is not other.attempt or passed.reason.text == NAMED.text:
        return None
    lacks = _lacking_parts(best, other) if other.kind == "report" else _lacking_code(best, other)
    together = say("Put the files together into one, or ask the student for one, and grade again.")
    return Trouble(lacks, together) if lacks else None


def _lacking_code(best: Candidate, other: Candidate) -> Message | None:
    optional = other.kind == "bonus"
    more = asked_in(other.text, optional=optional) - asked_in(best.text, optional=optional)
    return say("{chosen} counts, and it lacks what stands in this file: {parts}.",
               chosen=best.one.name, parts=tuple(sorted(more))) if more else None  # fmt: skip


def _lacking_parts(best: Candidate, other: Candidate) -> Message | None:
    mine, its = parts_in(other.text), parts_in(best.text)
    more = mine - its if its else frozenset()
    return say("{chosen} counts, and it lacks parts that stand in this file: Part {parts}.",
               chosen=best.one.name, parts=tuple(sorted(more))) if more else None  # fmt: skip


def _weight(passed: Passed, choice: Choice) -> Concern:
    """An older version is for information; two whole programs of one sending want a look."""
    if passed.reason.text == NAMED.text:
        return Concern.INFORMATION
    if passed.reason.text == UNSURE.text or passed.candidate.overtaken:
        return Concern.DECISION
    other = passed.candidate
    best = choice.of(other.kind).best
    together = best is not None and best.attempt is other.attempt
    same_base = best is not None and best.version.base == other.version.base
    older = same_base and not (best is not None and is_namesake(best, other))
    whole = _is_whole(other)
    return Concern.DECISION if together and whole and not older else Concern.INFORMATION


def _is_whole(candidate: Candidate) -> bool:
    """Whether somebody may have meant it: not what was handed out."""
    if candidate.kind == "program":
        return candidate.worth[0] > 1 or (defines_asked(candidate.text) and candidate.worth[1] < 0)
    if candidate.kind == "bonus":
        return candidate.worth[0] > 1
    return not is_readme(candidate.one) and not is_template(candidate.text)


def _missing_half(person: Person, choice: Choice) -> Iterator[Remark]:
    first = first_file(person)
    files = [one for attempt in person.attempts for one in attempt.files]
    program, report = choice.program.one, choice.report.one
    if program is None and report is None:
        if not any(one.role == "foreign" for one in files):
            yield (
                first,
                Trouble(
                    say("Neither a readable program nor a report came in from this student."),
                    say("Ask the student for the .py and the .md file."),
                    _lacking(files),
                ),
            )
    elif report is None and not any(one.role == "picture" for one in files):
        yield (
            first,
            Trouble(
                say("A program without a report (.md)."), say("Ask the student for the .md file.")
            ),
        )
    elif program is None:
        yield first, _report_alone(report)


def _report_alone(report: Arrival | None) -> Trouble:
    ask = say("Ask the student for the .py file.")
    if report and defines_rnn(report.report or ""):
        return Trouble(say("A report without a program (.py): the code stands in the report."), ask)
    return Trouble(say("A report without a program (.py)."), ask)


def _lacking(files: Iterable[Arrival]) -> Concern:
    unread = any(one.role == "unreadable" for one in files)
    return Concern.UNREADABLE if unread else Concern.DECISION


def _timing(choice: Choice) -> Iterator[Remark]:
    half = doubtful_date(choice)
    if half is not None:
        yield (
            half,
            Trouble(
                say(
                    "The mail is dated before the deadline and arrived more than an hour after it."
                ),
                say("Decide whether it is late; it was taken as on time."),
            ),
        )
    if choice.late_report and not choice.late and choice.report.one:
        yield (
            choice.report.one,
            Trouble(
                say("The report came after the deadline, the program before it."),
                say("Decide how the written parts are scored."),
            ),
        )


def _broken_links(person: Person, choice: Choice) -> Iterator[Remark]:
    report = choice.report.one
    files = [one for attempt in person.attempts for one in attempt.files]
    broken = album(report, files).broken if report else ()
    if report and broken:
        names = tuple(broken[:5])
        yield (
            report,
            Trouble(
                say("The report shows pictures that did not come: {names}.", names=names),
                say("Ask the student for the pictures if a part of the report hangs on them."),
                Concern.INFORMATION,
            ),
        )


def first_file(person: Person) -> Arrival:
    """The file to name when the student as a whole is meant: the newest program, else any."""
    newest = person.attempts[-1]
    return next(iter((*newest.programs, *newest.reports, *newest.files)))


def _override() -> Message:
    return say("If this one is meant, name it in overrides.csv.")


def _override_by_hash() -> Message:
    return say("If this one is meant, name it in overrides.csv by its SHA-256.")


def check_id() -> Message:
    return say("Check the id with the student and rename the file.")


def _decide_whose() -> Message:
    return say("Decide whose it is: rename the file, or name the owner in overrides.csv.")


def _nothing() -> Message:
    return say("Nothing, if that is right.")


_ODDITIES: dict[str, tuple[Callable[[str], Message], Callable[[], Message], Concern]] = {
    "two_ids": (
        lambda ids: say("One mail gives one name several ids: {ids}.", ids=ids),
        check_id,
        Concern.DECISION,
    ),
    "id_of_another": (
        lambda who: say("The id belongs to somebody else on the roster: {detail}.", detail=who),
        check_id,
        Concern.DECISION,
    ),
    "other_name": (
        lambda who: say("The roster has this id under another name: {detail}.", detail=who),
        check_id,
        Concern.DECISION,
    ),
    "id_mistyped": (
        lambda who: say("The id is not on the roster, the name is, once: {detail}.", detail=who),
        _nothing,
        Concern.INFORMATION,
    ),
    "two_people": (
        lambda who: say("Two senders or folders use one name with two ids: {detail}.", detail=who),
        _decide_whose,
        Concern.DECISION,
    ),
    "shared_name": (
        lambda ids: say("Only a name is given, and it may be any of these: {ids}.", ids=ids),
        _decide_whose,
        Concern.DECISION,
    ),
    "several": (
        lambda who: say("One name names several students, and each has this file: {who}.", who=who),
        _decide_whose,
        Concern.DECISION,
    ),
    "other_person": (
        lambda who: say(
            "The file goes by another name than what it came in: {name}. It was counted for the latter.",
            name=who,
        ),
        _decide_whose,
        Concern.DECISION,
    ),
    "by_text": (
        lambda who: say(
            "No name of a file or subject says whose it is; the mail's text says: {who}.", who=who
        ),
        _nothing,
        Concern.INFORMATION,
    ),
    "by_sender": (
        lambda who: say("The mail names nobody; its address is that of {id}.", id=who),
        _nothing,
        Concern.INFORMATION,
    ),
}
