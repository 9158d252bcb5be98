"""Intake: what students sent, read, named, paired and accounted for.

intake = collect([Path("inbox")], IntakeRules(deadline="2025-11-30T23:59:59+08:00"))
"""

from grader.intake.collect import collect
from grader.intake.collection import (
    Caps,
    Intake,
    IntakeRules,
    RosterRow,
)
from grader.intake.people.roster import read_roster
from grader.intake.reading.unpacking import contents
from grader.records import Problem

__all__ = [
    "Caps",
    "Intake",
    "IntakeRules",
    "Problem",
    "RosterRow",
    "collect",
    "contents",
    "read_roster",
]
