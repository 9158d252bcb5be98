"""What a case is worth: its share of the points that `assignment.toml` gives its question.

The cases of a question are priced among themselves, in its two files; the table may give the
question more or fewer points than they add up to, and then each is worth more or less alike.
"""

from __future__ import annotations

from grader.assignment import load
from grader.faults import KitFault

# What the public and the hidden cases of each question add up to in their files.
PRICED = {
    "q4_1": 4.0,
    "q4_2": 8.0,
    "q4_3": 12.0,
    "q4_4": 4.0,
    "q4_5": 3.0,
    "q4_6": 9.0,
    "q5_1": 5.0,
    "q5_2": 8.0,
    "q5_3": 7.0,
    "q6_1": 3.0,
    "q6_2": 1.5,
    "q6_3": 1.5,
    "q6_4": 2.0,
    "q6_5": 2.0,
}


def scale(question: str) -> float:
    """What a point in the question's files is worth in the gradebook. Raises KitFault."""
    points = {each.name: each.points for each in load().graded}[question]
    if question not in PRICED:
        raise KitFault(f"questions/worth.py does not say what the cases of {question} add up to")
    return points / PRICED[question]
