"""The matrix as text: a CSV file with every program, a Markdown file with the figures."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from itertools import groupby

from grader.matrix.grade_subject import MatrixRow
from grader.matrix.judgement import Judgement, rightly_named
from grader.matrix.subjects import REFERENCE

FIELDS = ("misconception", "base", "lost", "diagnoses", "rightly_named", "needs_review", "cases")


def as_csv(rows: Sequence[MatrixRow]) -> str:
    """One line per program."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    for row in rows:
        writer.writerow(
            (
                row.subject.misconception,
                row.subject.base,
                " ".join(row.lost),
                " ".join(sorted(row.diagnoses)),
                "yes" if rightly_named(row) else "",
                " ".join(row.reviewed),
                len(row.asked),
            )
        )
    return text.getvalue()


def as_markdown(rows: Sequence[MatrixRow], judgement: Judgement) -> str:
    """The figures, then one line per misconception."""
    return "\n".join(
        (
            "# Kill matrix",
            "",
            "Written by `make matrix`; do not edit. The picture beside it shows the same.",
            "",
            *_figures(judgement),
            "",
            "| misconception | bases | cases lost in the reference | named |",
            "|---|---|---|---|",
            *(_line(name, list(group)) for name, group in groupby(_wrong(rows), _name)),
            "",
        )
    )


def _figures(judgement: Judgement) -> tuple[str, ...]:
    return (
        f"- {judgement.misconceptions} misconceptions, in {judgement.mutants} wrong programs over several bases.",
        f"- {judgement.killed} of {judgement.mutants} lose points.",
        f"- {judgement.diagnosed} of {judgement.mutants} are diagnosed by their right name ({judgement.diagnosed_share:.0%}).",
        f"- {judgement.variants} correct programs, {sum('is correct and' in one for one in judgement.complaints)} cases lost among them.",
    )


def _wrong(rows: Sequence[MatrixRow]) -> list[MatrixRow]:
    return [row for row in rows if row.subject.misconception]


def _name(row: MatrixRow) -> str:
    return row.subject.misconception


def _line(name: str, group: Sequence[MatrixRow]) -> str:
    lost = next((list(row.lost) for row in group if row.subject.base == REFERENCE), [])
    named = sum(rightly_named(row) for row in group)
    return f"| {name} | {len(group)} | {', '.join(lost)} | {named}/{len(group)} |"
