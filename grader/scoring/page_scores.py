"""What the marks of the scoring page come to: points by question, and every section for the student.

A question has points once all its sections are done. Two readers of one section count as their mean,
unless they are further apart than `desk.APART`: then it waits until they agree.
"""

from __future__ import annotations

import csv
import io
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import assignment
from grader.results.files import write_atomically
from grader.scoring import marks as scored
from grader.scoring.marks import APART, BONUS, ORAL, Mark
from grader.scoring.rubric import Item, Rubric
from grader.scoring.rubric import load as load_rubric
from grader.scoring.score_store import NAME, ScoreStore
from grader.written.oral_marks import MOST_MARK, in_gradebook
from grader.written.scores import SectionScore


@dataclass(frozen=True, slots=True)
class PageScore:
    """One student's marks: only what is scored to its end, and the sections behind it."""

    scores: Mapping[str, float]  # by question
    bonus: float | None
    sections: tuple[SectionScore, ...]
    oral: float | None = None  # the mean mark of the interview


def read(out: Path) -> dict[str, PageScore]:
    """Scores by student id; none where nobody has opened the page. KitFault for a damaged store."""
    if not (out / NAME).is_file():
        return {}
    rubric = load_rubric()
    store = ScoreStore(out, rubric)
    try:
        items = {
            number: store.items(number)
            for number in (*(section.number for section in rubric.section), BONUS, ORAL)
        }
        by_student: dict[str, dict[str, list[Mark]]] = {}
        for mark in store.marks():
            if mark.done and (mark.section != ORAL or mark.items):
                sections = by_student.setdefault(mark.student_id, {})
                sections.setdefault(mark.section, []).append(mark)
    finally:
        store.close()
    return {whose: _of(marks, items, rubric) for whose, marks in by_student.items()}


def write_table(out: Path, target: Path) -> None:
    """The scores as a `written.csv`: one row per student, a cell is empty where nothing is scored.

    The interview, where one was held, is in the gradebook's measure, as it is read there.
    """
    oral, everyone = assignment.load().assignment.oral, sorted(read(out).items())
    apart = (BONUS, ORAL) if any(found.oral is not None for _, found in everyone) else (BONUS,)
    questions = dict.fromkeys(section.question for section in load_rubric().section)
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(("student_id", *questions, *apart, "comment"))
    for student_id, found in everyone:
        comments = " / ".join(one.comment for one in found.sections if one.comment)
        points = [found.scores.get(question, "") for question in questions]
        mark = None if found.oral is None else in_gradebook(found.oral, oral)
        beside = ["" if one is None else one for one in (found.bonus, mark)][: len(apart)]
        writer.writerow((student_id, *points, *beside, comments))
    write_atomically(target, b"\xef\xbb\xbf" + lines.getvalue().encode())


def _of(
    done: Mapping[str, Sequence[Mark]], items: Mapping[str, Sequence[Item]], rubric: Rubric
) -> PageScore:
    sections = {
        section.number: _section(section.number, section.points, done, items)
        for section in rubric.section
    }
    questions = dict.fromkeys(section.question for section in rubric.section)
    scores = {}
    for question in questions:
        own = [sections[each.number] for each in rubric.section if each.question == question]
        if all(one is not None for one in own):
            scores[question] = round(sum(one.points for one in own if one is not None), 4)
    bonus = _section(BONUS, sum(item.points for item in rubric.bonus), done, items)
    interview = _section(ORAL, MOST_MARK, done, items)
    return PageScore(
        scores,
        bonus.points if bonus else None,
        tuple(one for one in sections.values() if one is not None),
        interview.points if interview else None,
    )


def _section(
    number: str,
    most: float,
    done: Mapping[str, Sequence[Mark]],
    items: Mapping[str, Sequence[Item]],
) -> SectionScore | None:
    """The section's score; None where nobody has done it, or readers are far apart."""
    marks = done.get(number, ())
    points = [scored.points(mark, items[number], most) for mark in marks]
    if not points or max(points) - min(points) > APART * most + 1e-9:
        return None
    return SectionScore(
        number=number,
        points=round(statistics.fmean(points), 4),
        most=most,
        reasons=tuple(_reasons(marks, items[number])),
        comment="\n".join(dict.fromkeys(mark.comment for mark in marks if mark.comment)),
    )


def _reasons(
    marks: Sequence[Mark], items: Sequence[Item]
) -> Iterable[tuple[float, dict[str, str]]]:
    keys = {key for mark in marks for key in mark.items}
    return ((item.points, item.text) for item in items if item.key in keys)
