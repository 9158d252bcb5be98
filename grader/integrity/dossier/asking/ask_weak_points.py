"""Questions on weak points: what lost points and why, what waits for a review, what is alike."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import partial

from grader import contract
from grader.diagnosis.repair.program import Unit
from grader.diagnosis.repair.questions import TOPICS
from grader.integrity.dossier.alike_passages import AlikePassage
from grader.integrity.dossier.asking.measured_figures import code
from grader.integrity.dossier.oral_question import Excerpt, Level, OralQuestion, QuestionDraft
from grader.integrity.dossier.own_program import OwnProgram
from grader.language import Message, literal, say
from grader.records import CaseResult, Grade, QuestionResult, Verdict
from grader.reports import guard
from grader.reports.wording import Wording

LOST, REVIEW, ALIKE = 2.0, 4.0, 5.0  # how urgent
SKIPPED = (Verdict.NOT_IMPLEMENTED, Verdict.KIT_FAULT)  # nothing there to be asked about
MOST_LINES = 6
LEARNING, BEFORE = "q5_2", ("q4_2", "q4_3", "q4_4")  # trained by the grader, through those
METHODS = {LEARNING: contract.BACKWARD}  # of questions about a class as a whole
OPTIONAL = {one.name: one for one in contract.OPTIONAL_QUESTIONS}
PARTS = (contract.FORWARD, contract.STEP, contract.CONSTRUCTOR)  # of a class of the optional part

Place = tuple[OwnProgram, tuple[int, int]]  # a file of the student's, and its lines (first, last)


def drafts(
    programs: Sequence[OwnProgram],
    grade: Grade,
    wording: Wording,
    alike: Sequence[AlikePassage],
) -> Iterator[QuestionDraft]:
    """`programs`: the student's program, and bonus.py where there is one."""
    yield from _alike(programs[0], alike)
    for question in grade.questions:
        yield from _reviews(programs, question, wording)
    told: set[str] = set()
    lost_before = False
    for question in grade.questions:
        case = _first_lost(question)
        if case is None:
            continue
        if question.name == LEARNING and lost_before:  # it builds on the others
            continue
        lost_before = lost_before or question.name in BEFORE
        cause = guard.case_hint(case, wording) or guard.case_text(case, wording.language)
        if cause not in told:
            told.add(cause)
            yield _lost(programs, question, case, wording)


def _first_lost(question: QuestionResult) -> CaseResult | None:
    """The case to ask about: one whose cause is known, else the first that lost points."""
    lost = [c for c in question.cases if c.points < c.possible and c.verdict not in SKIPPED]
    known = [case for case in lost if case.hint or case.diagnosis]
    return next(iter(known or lost), None)


def _lost(
    programs: Sequence[OwnProgram], question: QuestionResult, case: CaseResult, wording: Wording
) -> QuestionDraft:
    place = _place(programs, question, case)
    share = 1 - question.score / question.possible if question.possible else 0.0
    make = partial(_lost_question, question, case, wording, place)
    return QuestionDraft(Level.EXPLAIN, "lost", question.name, place[1], make, urgency=LOST + share)


def _lost_question(
    question: QuestionResult, case: CaseResult, wording: Wording, place: Place
) -> OralQuestion:
    own, lines = place
    what = guard.case_text(case, wording.language, 400)
    hint = guard.case_hint(case, wording)
    return OralQuestion(
        Level.EXPLAIN,
        say(
            "{question}: “{what}” Where in your code does this come from, and how would you find out?",
            question=wording.title(question.name),
            what=what,
        ),
        Message(literal(hint))
        if hint
        else say(
            "The grader names no cause: let them look for it, by sizes, by hand, by central differences."
        ),
        weak=say("Knows neither the line nor the quantity; changes things until the test passes."),
        strong=say(
            "Finds the line, says which quantity is wrong there, and tests the correction by something other than the grader."
        ),
        excerpt=own.excerpt(lines),
        measured=tuple(_repair(question)),
        reason=say(
            "Points lost in {question} ({score} of {possible}).",
            question=question.name,
            score=f"{question.score:g}",
            possible=f"{question.possible:g}",
        ),
    )


def _repair(question: QuestionResult) -> Iterator[Message]:
    """For the examiner: an edit of the student's own line with which the question is right."""
    if question.repair and question.repair.edits:
        first = question.repair.edits[0]
        yield say(
            "Tried: with {after} in place of {before} (line {line}) this question's stage is right.",
            after=code(first.after),
            before=code(first.before),
            line=first.line,
        )


def _place(programs: Sequence[OwnProgram], question: QuestionResult, case: CaseResult) -> Place:
    """The line that a repair proved, else the head of what the question is about."""
    own = programs[0]
    if question.repair and question.repair.lines:
        line = question.repair.lines[0].line
        return own, (line, line)
    if question.name in OPTIONAL:
        return _optional(programs, OPTIONAL[question.name].subjects, case)
    subject = contract.BY_NAME[question.name].subject if question.name in contract.BY_NAME else ""
    if subject in contract.CLASSES:
        topic = TOPICS.get(question.name)
        method = topic.methods[0] if topic else METHODS.get(question.name, contract.CONSTRUCTOR)
        unit = own.program.method(subject, method)
    else:
        unit = own.function_named(subject)
    line = unit.node.lineno if unit else 1
    return own, (line, line)


def _optional(programs: Sequence[OwnProgram], subjects: Sequence[str], case: CaseResult) -> Place:
    """Where the case's class or function stands, bonus.py before the program: as it is graded."""
    first = case.name.partition("_")[0]
    subject = next((one for one in subjects if one.lower().startswith(first)), subjects[0])
    for own in reversed(programs):
        methods = [own.program.method(subject, part) for part in PARTS]
        unit = next(filter(_is_written, (*methods, own.function_named(subject))), None)
        if unit is not None:
            return own, (unit.node.lineno, unit.node.lineno)
    return programs[-1], (1, 1)


def _is_written(unit: Unit | None) -> bool:
    if unit is None:
        return False
    return not (isinstance(unit.node, ast.FunctionDef) and contract.is_stub(unit.node))


def _reviews(
    programs: Sequence[OwnProgram], question: QuestionResult, wording: Wording
) -> Iterator[QuestionDraft]:
    for case in question.cases:
        if case.review is not None:
            place = _place(programs, question, case)
            make = partial(_review, question, case, wording, place)
            yield QuestionDraft(
                Level.EXPLAIN, "review", question.name, place[1], make, urgency=REVIEW
            )
            return


def _review(
    question: QuestionResult, case: CaseResult, wording: Wording, place: Place
) -> OralQuestion:
    own, lines = place
    shown = guard.guard(case.review) if case.hidden and case.review else case.review
    return OralQuestion(
        Level.EXPLAIN,
        say(
            "{question}: show how these results come about, from the data to what is returned.",
            question=wording.title(question.name),
        ),
        say("A person should look: {what}", what=shown or ""),
        weak=say("Cannot say which line makes which number."),
        strong=say("Walks through the function and explains what the grader noticed."),
        excerpt=own.excerpt(lines),
        reason=say("{question} waits for a review.", question=question.name),
    )


def _alike(own: OwnProgram, alike: Sequence[AlikePassage]) -> Iterator[QuestionDraft]:
    for passage in alike[:2]:
        make = partial(_alike_question, own, passage)
        yield QuestionDraft(Level.EXPLAIN, "alike", "alike", passage.lines, make, urgency=ALIKE)


def _most_telling(own: OwnProgram, passage: AlikePassage) -> int:
    """Where backward begins, if the passage holds it: imports and names say little."""
    first, last = passage.lines
    unit = own.program.method(contract.RNN, contract.BACKWARD)
    return unit.node.lineno if unit and first <= unit.node.lineno <= last else first


def _alike_question(own: OwnProgram, passage: AlikePassage) -> OralQuestion:
    first, last = passage.lines
    start = _most_telling(own, passage)
    shown = own.excerpt((start, min(last, start + MOST_LINES - 1)))
    return OralQuestion(
        Level.EXPLAIN,
        say(
            "Lines {first} to {last}: how did you come to write them this way, and what did you try before?",
            first=first,
            last=last,
        ),
        say(
            "Nobody can know: listen whether the history fits the code, then ask for a change on the spot, such as another storage of the states."
        ),
        weak=say("No history, and no way to change a line without the rest falling apart."),
        strong=say("Tells versions and dead ends, and makes the change at once."),
        excerpt=Excerpt(shown.first, shown.lines),
        reason=say(
            "Alike to the work of {other}: a reason to talk, no proof.", other=passage.other
        ),
    )
