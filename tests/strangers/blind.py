"""The programs written by hand, graded whole in the sandbox: who loses what, and who should."""

from __future__ import annotations

from pathlib import Path

from grader.grading import Settings, grade
from grader.records import Submission
from tests.strangers import handwritten
from tests.strangers.kit import apart
from tests.strangers.table import rows_of

SECRET = b"one secret for the blind table.."


def table(jobs: int) -> str:
    """One row for each wrong program; the right ones and what goes wrong counted below."""
    found = list(apart(_graded, handwritten.folders(), jobs))
    missed = sum(bool(one["missed"]) for one in found)
    unfair = sum(bool(one["unfair"]) for one in found)
    right = [one for one in found if one["right"]]
    whole = sum(not one["lost"] for one in right)
    heads = [
        "program",
        "lost points in",
        "should have, and did not",
        "should not have, and did",
        "named",
    ]
    rows = [
        [
            one["name"],
            *(", ".join(sorted(one[key])) for key in ("lost", "missed", "unfair", "named")),
        ]
        for one in found
        if not one["right"] or one["lost"]
    ]
    summary = (
        f"{whole} of {len(right)} right programs keep everything; of {len(found) - len(right)} wrong "
        f"ones {missed} keep points that they should lose; {unfair} programs lose some unfairly."
    )
    return f"{summary}\n\n{rows_of(heads, rows)}"


def _graded(folder: Path) -> dict[str, object]:
    deserts = handwritten.truth_of(folder)
    source = (folder / "rnn.py").read_text(encoding="utf-8")
    given = grade(
        Submission(student_id=folder.name, name=folder.name, source=source), Settings(secret=SECRET)
    )
    lost = {question.name for question in given.questions if question.score < question.possible}
    asked = {question.name for question in given.questions}
    return {
        "name": folder.name,
        "right": deserts.right,
        "lost": lost,
        "missed": deserts.missed(lost, asked),
        "unfair": deserts.unfair(lost),
        "named": set(given.diagnoses),
    }
