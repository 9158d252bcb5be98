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
    Verdict.CRASHED: say(
        "Call it yourself with random arrays and read the last line of the error."
    ),
    Verdict.TIMED_OUT: say(
        "Look for an endless loop, or for a Python loop where one product does."
    ),
    Verdict.NOT_IMPLEMENTED: say("Fill in the TODO, then grade again."),
    Verdict.KIT_FAULT: say("Nothing to do for you: your teacher has to look at the grader."),
}

# A wrong result is looked at where it can be seen, which differs from question to question.
LOOK_AT: dict[str, Message] = {
    "q4_1": say("Print the name and the shape of every array of a new object."),
    "q4_2": say(
        "Compute two steps of one unit by hand. If they agree, look at what is special in the case above: "
        "sizes, length, or the arrays that it gives."
    ),
    "q4_3": say(
        "Compare every gradient with central differences, W_hy and b_y first: the others build on them."
    ),
    "q4_4": say(
        "Print one parameter before and after: it should change by -learning_rate times its gradient."
    ),
    "q4_5": say("Print the name and the shape of every array of a new cell."),
    "q4_6": say(
        "Set all parameters to zero and compute the gates of one unit by hand, one by one."
    ),
    "q5_1": say("Print the first ten values, and the last ones, and look at them."),
    "q5_2": say(
        "Training builds on forward, backward and update_parameters: look first at what is said about those."
    ),
    "q5_3": say("Plot the losses, and the predictions beside the targets, and look at them."),
    "q6_1": say(
        "Set all parameters to zero and compute the gates of one unit by hand; then compare every gradient "
        "with central differences."
    ),
    "q6_2": say(
        "Change one input and print which hidden states move: both directions must answer."
    ),
    "q6_3": say(
        "With num_layers = 1 it is a SimpleRNN: compare with yours, then add the second layer."
    ),
    "q6_4": say(
        "Give it its own outputs as targets: teacher forcing must then return what free running does."
    ),
    "q6_5": say("Do the first step by hand, with arrays of one number."),
}

# What an exception asks to look at, in the line that the message names.
EXCEPTIONS: dict[str, Message] = {
    "ValueError": say("Print the shape of every array in that line, just before it."),
    "IndexError": say("Print the shape of the array in that line, and the index."),
    "KeyError": say("Print the keys of the dict in that line, and the key."),
    "NameError": say("Look for where that name gets its value: a typing error, or set elsewhere?"),
    "UnboundLocalError": say("The name is used before it gets a value in this function."),
    "AttributeError": say("Look for where that attribute gets its value: on self, in __init__?"),
    "ModuleNotFoundError": say("Write what you need of it yourself, with NumPy."),
}

LOADING = say("While your file was loaded: {what}", what="")
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
            return question, min(
                fixable, key=lambda case: (not (case.hint or case.diagnosis), case.hidden)
            )
    return None


def next_step(question: QuestionResult, case: CaseResult) -> Message:
    """Say what to do about a case that nobody has a diagnosis for."""
    if case.verdict is Verdict.FAILED:
        return LOOK_AT[question.name]
    raised = str(case.message.values.get("exception", "")) if case.message else ""
    return EXCEPTIONS.get(raised) or NEXT_STEPS[case.verdict]


def load_note(grade: Grade) -> Message | None:
    """What went wrong while the file was loaded, where that is why something is not defined."""
    if grade.loaded or first_to_fix(grade) is None:
        return None
    missing = any(
        case.verdict is Verdict.NOT_IMPLEMENTED for each in grade.questions for case in each.cases
    )
    notes = [note for note in grade.notes if note.text == LOADING.text]
    return notes[0] if notes and missing else None


def is_fixable(case: CaseResult) -> bool:
    return case.verdict in FIXABLE


def lost(case: CaseResult) -> bool:
    """Whether a reader wants to hear about the case: points are missing, or it did not pass."""
    return case.verdict is not Verdict.PASSED or case.points < case.possible
