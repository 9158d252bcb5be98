"""Intake: what students sent, read, named, paired and accounted for.

intake = collect([Path("inbox")], IntakeRules(deadline="2025-11-30T23:59:59+08:00"))
"""

from grader.submissions.intake import collect
from grader.submissions.records import Caps, Intake, IntakeRules, Problem, Student
from grader.submissions.roster import read_roster
from grader.submissions.unpacking import contents

__all__ = [
    "Caps",
    "Intake",
    "IntakeRules",
    "Problem",
    "Student",
    "collect",
    "contents",
    "read_roster",
]
