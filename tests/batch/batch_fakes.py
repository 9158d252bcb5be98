"""Cheap stand-ins for the grader: what batch, store and gradebook see of it, and nothing else.

Behaviour is written in the submission's source, so that every process of a pool finds it there.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from grader.faults import KitFault
from grader.language import say
from grader.records import (
    CaseResult,
    Exhibit,
    Grade,
    QuestionResult,
    Status,
    Submission,
    Verdict,
)

KIT = "1.1.0-fake"
QUESTIONS = ("q4_1", "q4_2", "q4_3", "q4_4", "q4_5", "q4_6", "q5_1", "q5_2", "q5_3")


def submission(number: int, source: str = "pass", **fields: object) -> Submission:
    student_id = f"2023{number:04}"
    return Submission(student_id, f"学生{number}", source, "报告", **fields)  # type: ignore[arg-type]


def grade(submission: Submission) -> Grade:
    """Do what the source says, then give a grade that depends on the source alone."""
    for line in (submission.source or "").splitlines():
        word, _, rest = line.partition(" ")
        ACTIONS.get(word, _nothing)(rest)
    return made(submission)


def made(submission: Submission, *, kit: str = KIT, bonus: float = 0.0) -> Grade:
    number = len(submission.source or "")
    return Grade(
        student_id=submission.student_id,
        name=submission.name,
        status=Status.GRADED,
        questions=tuple(
            _question(name, number + index, bonus) for index, name in enumerate(QUESTIONS)
        ),
        sha256=submission.sha256,
        kit=kit,
        sandbox="fake",
        seed="f",
        seconds=0.25,
        files=submission.files,
        submitted_at=submission.submitted_at,
        late=submission.late,
        notes=submission.notes,
        exhibits=(
            Exhibit(
                "q5_3", "figure", say("The figure of {name}", name=submission.name), png=b"\x89PNG"
            ),
            Exhibit("q5_2", "losses", say("Losses"), series={"losses": (1.0, float("nan"), 0.5)}),
        ),
    )


def _question(name: str, number: int, bonus: float) -> QuestionResult:
    passed = number % 3 > 0
    message = say(
        "error {error:.1e} in {where}", error=float("inf"), where=say("your {name}", name=name)
    )
    cases = (
        CaseResult("shape", hidden=False, verdict=Verdict.PASSED, points=1.0, possible=1.0),
        CaseResult(
            "values",
            hidden=True,
            verdict=Verdict.PASSED if passed else Verdict.FAILED,
            points=2.0 if passed else bonus,
            possible=2.0,
            message=None if passed else message,
            diagnosis="" if passed else f"wrong_{name}",
        ),
    )
    return QuestionResult(name, sum(case.points for case in cases), 3.0, cases)


def _nothing(_: str) -> None:
    pass


def _die(_: str) -> None:
    os._exit(9)


def _die_once(path: str) -> None:
    """Kill the examiner, unless it was killed before: the file is the memory."""
    if not Path(path).exists():
        Path(path).touch()
        os._exit(9)


def _note(path: str) -> None:
    """Leave a line for each time that the submission is really graded."""
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")


def _fault(text: str) -> None:
    raise KitFault(text)


def _leave(_: str) -> None:
    raise SystemExit(0)


ACTIONS = {
    "sleep": lambda seconds: time.sleep(float(seconds)),
    "die": _die,
    "die_once": _die_once,
    "note": _note,
    "fault": _fault,
    "leave": _leave,
    "hang": lambda _: time.sleep(1e6),
}


def cores_after(seconds: float) -> frozenset[int]:
    """The processors that this process may use; another submission meanwhile goes to another one."""
    time.sleep(seconds)
    return frozenset(os.sched_getaffinity(0))
