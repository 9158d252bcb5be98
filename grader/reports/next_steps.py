"""What a student should do next: which case first, and what its verdict asks for."""

from __future__ import annotations

from grader.language import Message, say
from grader.records import (
    CaseResult,
    Grade,
    QuestionResult,
    Verdict,
)

VERDICTS: dict[Verdict, Message] = {
    Verdict.PASSED: say("passed"),
    Verdict.FAILED: say("wrong result"),
    Verdict.CRASHED: say("crashed"),
    Verdict.TIMED_OUT: say("too slow"),
    Verdict.NOT_IMPLEMENTED: say("not implemented"),
    Verdict.KIT_FAULT: say("grader's fault"),
}

NEXT_STEPS: dict[Verdict, Message] = {
    Verdict.FAILED: say("Work a tiny example (T = 2, one unit) by hand and compare."),
    Verdict.CRASHED: say(
        "Call it yourself with random arrays and read the last line of the error."
    ),
    Verdict.TIMED_OUT: say(
        "Look for an endless loop, or for a Python loop where one product does."
    ),
    Verdict.NOT_IMPLEMENTED: say("Fill in the TODO, then grade again."),
    Verdict.KIT_FAULT: say("Nothing to do for you: your teacher has to look at the grader."),
}

# A wrong result of a sequence or of a training is not found by hand.
LOOK_AT: dict[str, Message] = {
    "q5_1": say("Print the first ten values, and the last ones, and look at them."),
    "q5_2": say(
        "Check your gradients with central differences first: training shows that one is wrong, not which."
    ),
    "q5_3": say("Plot the losses, and the predictions beside the targets, and look at them."),
}

# What is skipped follows from something else, and the grader's fault is nobody's homework.
FIXABLE = (Verdict.FAILED, Verdict.CRASHED, Verdict.TIMED_OUT, Verdict.NOT_IMPLEMENTED)


def first_to_fix(grade: Grade) -> tuple[QuestionResult, CaseResult] | None:
    """Find the case to look at first; None where nothing is left to fix.

    Questions build on one another, so the earliest counts. Within it a diagnosed case explains
    most, then a public one, whose message may name values.
    """
    for question in grade.questions:
        fixable = [case for case in question.cases if is_fixable(case)]
        if fixable:
            return question, min(fixable, key=lambda case: (not case.diagnosis, case.hidden))
    return None


def next_step(grade: Grade, question: QuestionResult, case: CaseResult) -> Message:
    """Say what to do about a case that nobody has a diagnosis for."""
    if case.verdict is Verdict.NOT_IMPLEMENTED and not grade.loaded:
        return say("Mend what is said above about loading your file first: it may hide all else.")
    if case.verdict is Verdict.FAILED and question.name in LOOK_AT:
        return LOOK_AT[question.name]
    return NEXT_STEPS[case.verdict]


def is_fixable(case: CaseResult) -> bool:
    return case.verdict in FIXABLE


def lost(case: CaseResult) -> bool:
    """Whether a reader wants to hear about the case: points are missing, or it did not pass."""
    return case.verdict is not Verdict.PASSED or case.points < case.possible
