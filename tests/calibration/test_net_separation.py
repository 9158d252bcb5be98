"""What the learning tasks of q6_2 to q6_4 tell apart, measured and written down."""

from __future__ import annotations

import numpy as np
import pytest

from grader.calibration import measurements
from grader.calibration.false_fails import Tally
from grader.calibration.net_separation import (
    CLASSES,
    NetJob,
    NetScores,
    net_complaints,
    net_jobs,
    net_scores,
)
from grader.calibration.seeded_jobs import joined
from grader.checks.bonus import net_learning
from grader.misconceptions import catalogue


@pytest.mark.parametrize("question", CLASSES)
def test_a_task_names_mistakes_that_there_are(question: str) -> None:
    known = {one.name for one in catalogue.optional_misconceptions()}
    catches = net_learning.numbers_of(question).catches
    assert catches
    assert {*catches} <= known


def test_jobs_cover_all_seeds_and_every_mistake_of_the_part() -> None:
    jobs = list(net_jobs(["q6_1", "q6_3"], 60))
    assert {job.question for job in jobs} == {"q6_3"}
    reference = [seed for job in jobs if not job.misconception for seed in job.seeds]
    assert reference == list(range(60))
    asked = {job.misconception for job in jobs} - {""}
    assert asked == {one.name for one in catalogue.optional_misconceptions() if one.part == "deep"}
    assert sum(len(job.seeds) for job in jobs if job.misconception == "deep-residual") == 1
    assert (
        sum(len(job.seeds) for job in jobs if job.misconception == "deep-reads-one-step-late") == 3
    )


@pytest.mark.slow
@pytest.mark.parametrize("question", CLASSES)
def test_the_reference_learns_and_what_is_to_be_caught_does_not(question: str) -> None:
    caught = net_learning.numbers_of(question).catches[0]
    right, wrong = (net_scores(NetJob(question, name, range(2))) for name in ("", caught))
    assert right.passing() == 2
    assert wrong.passing() == 0
    assert not net_complaints([right, wrong])


def test_what_is_not_as_it_must_be_is_complained_of() -> None:
    parts = [
        NetScores("q6_3", "", (0.01, np.nan)),
        NetScores("q6_3", "deep-reads-one-step-late", (0.05,)),
    ]
    together = joined([*parts, NetScores("q6_3", "", (0.02,))])
    assert len(together[0].values) == 3
    failing, wrong = net_complaints(together)
    assert "1 of 3 runs of the reference fail" in failing
    assert "1 of 1 runs of deep-reads-one-step-late learn" in wrong


def test_the_table_keeps_them_and_marks_what_is_caught() -> None:
    found = [
        NetScores("q6_3", "", (0.01, 0.02)),
        NetScores("q6_3", "deep-reads-one-step-late", (1.0,)),
        NetScores("q6_3", "deep-residual", (0.003,)),
    ]
    text = measurements.markdown([], Tally(), nets=found)
    assert "| q6_3 | correct | 2 | 0.02 | 0.15 | 2 |" in text
    assert "| q6_3 | deep-reads-one-step-late \\* | 1 | 1 | 0.15 | 0 |" in text
    assert "| q6_3 | deep-residual | 1 | 0.003 | 0.15 | 1 |" in text
    assert measurements.markdown([], Tally(), text) == text
    assert "# q6_3: deep-residual, n = 1: best 0.003, pass 1" in measurements.beside(text)
