"""The tables about reports and about trained weights."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from grader.integrity.similarity.comparison import PROSE_FLOOR, REPORT_LINE
from grader.integrity.similarity.prints import PROSE_RUN
from tests.integrity.similarity import measure_reports, reports, trained
from tests.strangers.table import rows_of

SIZES = (2, 5, 10, 20)
DRAWS = 20


def about_reports() -> Iterator[str]:
    words = [sum(map(len, each.values())) for each in reports.own_words().values()]
    yield "## Reports"
    yield (
        f"{len(words)} reports in Chinese on the assignment's questions, each in words and pictures of its own, of "
        f"{min(words)} to {max(words)} characters (median {np.median(words):.0f}) besides the template's headings; a "
        "third hold the same definition of the textbook, a quarter the same note from the lecture, four fifths the "
        "same equations. They were written by one hand for this measurement: what forty people, or their AI "
        "helpers, have in common may be more. Likeness as above, of runs of "
        f"{PROSE_RUN} characters or words, without marks, equations on lines of their own, and what was handed out; "
        f"traditional characters are written as simplified ones (OpenCC); a report counts as {PROSE_FLOOR} runs of its "
        f"own at least. Listed is what reaches {REPORT_LINE}: the line was set on these figures."
    )
    yield rows_of(["class", "pairs", "above the line", "highest likeness"], list(_apart_rows()))
    yield "Each report copied in each way, one copy at a time in the class of all:"
    yield rows_of(["disguise", "copies", "found", "lowest", "median"], list(_copy_rows()))


def _apart_rows() -> Iterator[list[str]]:
    for size in SIZES:
        yield [f"{DRAWS} classes of {size}", *_three(measure_reports.drawn(size, DRAWS))]
    authors = list(reports.written_apart())
    yield [f"all {len(authors)}", *_three([score for score, *_ in measure_reports.apart(authors)])]


def _three(scores: list[float]) -> list[str]:
    above = sum(score >= REPORT_LINE for score in scores)
    return [str(len(scores)), str(above), f"{max(scores):.3f}"]


def _copy_rows() -> Iterator[list[str]]:
    everything: list[float] = []
    for disguise, scores in measure_reports.disguised():
        everything += scores
        yield _copy_row(disguise, scores)
    yield _copy_row("all", everything)


def _copy_row(disguise: str, scores: list[float]) -> list[str]:
    found = sum(score >= REPORT_LINE for score in scores)
    share = f"{found} ({100 * found / len(scores):.0f} %)"
    return [disguise, str(len(scores)), share, f"{min(scores):.3f}", f"{np.median(scores):.3f}"]


def about_weights() -> Iterator[str]:
    """What the training run leaves: the grader seeds every run alike, so that this had to be measured."""
    found = trained.trainings()
    pairs = list(combinations(found.values(), 2))
    weights = sum(bool(one.weights & other.weights) for one, other in pairs)
    curves = sum(bool(one.curve & other.curve) for one, other in pairs)
    yield "## Learned weights and loss curves"
    yield (
        "While the student's own training runs, the worker takes a digest of every array that it changed (16 numbers "
        "or more, sorted, to twelve digits), so that no further run is needed and names and order play no part. All "
        "programs draw from the same seed where they set none; who trains the same network on the same "
        "data in the same way, step for step, ends with the same weights."
    )
    rows = [["programs written apart, pairs", str(len(pairs)), str(weights), str(curves)]]
    for disguise, same in trained.copied(found):
        same_weights, same_curve = (sum(one[place] for one in same) for place in (0, 1))
        rows.append([f"copies, {disguise}", str(len(same)), str(same_weights), str(same_curve)])
    yield rows_of(["", "runs", "same weights", "same curve"], rows)
