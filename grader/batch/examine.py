"""One submission in an examiner process, and what that process sends back."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.faults import KitFault
from grader.language import Message, say
from grader.records import Grade, Status, Submission

Grader = Callable[[Submission], Grade]


@dataclass(frozen=True, slots=True)
class ExaminerReply:
    """What an examiner process sends back: plain data, whatever happened there."""

    grade: Grade | None
    fault: str = ""


_one_at_a_time = threading.Lock()


def examine(grade: Grader, submission: Submission) -> ExaminerReply:
    """Runs in an examiner process. Nothing that grading raises leaves it as an exception."""
    # A Dask worker may have several threads; grading has the process to itself.
    with _one_at_a_time:
        try:
            return ExaminerReply(grade(submission))
        except KitFault as fault:
            return ExaminerReply(None, str(fault))
        # A SystemExit that got through would end the coordinator, so nothing may pass.
        except BaseException as error:  # noqa: BLE001
            return ExaminerReply(None, describe(error))


def describe(error: BaseException) -> str:
    """Type, text and place of an exception, in one line and without a machine's folders."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"


def misfit(grade: Grade, submission: Submission, kit: str) -> Message | None:
    """Why this cannot be the grade of that submission; None where it can."""
    if (grade.student_id, grade.sha256) != (submission.student_id, submission.sha256):
        return say("the examiner sent the grade of another submission")
    if grade.kit != kit:
        return say(
            "the examiner has kit {theirs}, this run {ours}: install the same kit on all machines",
            theirs=grade.kit,
            ours=kit,
        )
    return None


def without_score(submission: Submission, kit: str, reason: str | Message) -> Grade:
    """Stand in for a grade where the kit itself failed: nothing earned, nothing lost."""
    note = say("The kit itself failed, so no score was recorded: {reason}", reason=reason)
    return Grade(
        student_id=submission.student_id,
        name=submission.name,
        status=Status.KIT_FAULT,
        questions=(),
        sha256=submission.sha256,
        kit=kit,
        sandbox="",
        seed="",
        seconds=0.0,
        files=submission.files,
        submitted_at=submission.submitted_at,
        late=submission.late,
        notes=(*submission.notes, note),
    )
