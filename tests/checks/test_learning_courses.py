"""What the course of a training proves of losses and of networks, and what it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grader.checks.experiment import courses
from grader.protocol import Observation
from tests.checks.test_learning_windows import observation

ERRORS = np.exp(-0.01 * np.arange(200)) * (1.1 + np.sin(np.arange(200)))


def seen(
    *runs: list[tuple[int, int, int, int]], errors: tuple[np.ndarray, ...] = ()
) -> Observation:
    tables = tuple(np.array(run, float).reshape(-1, 4) for run in runs)
    return replace(observation([]), courses=tables, squared_errors=errors)


ONE_BATCH = seen([(5, 200, 1, 0)], errors=(ERRORS,))


@pytest.mark.parametrize(
    ("losses", "found"),
    [
        (3 * ERRORS[::10], courses.Thinned(10, first=True)),
        (np.sqrt(ERRORS[::20]), courses.Thinned(20, first=True)),
        (ERRORS[9::10], courses.Thinned(10, first=False)),
        (3 * ERRORS, None),
        (ERRORS.reshape(20, 10).mean(axis=1), None),  # means of ten: not to be told from epochs
        (ERRORS[::10] + 1e-6, None),
        (ERRORS[::100], None),  # too few to compare
    ],
)
def test_losses_of_some_epochs_only_are_found(
    losses: np.ndarray, found: courses.Thinned | None
) -> None:
    assert courses.thinned(losses, ONE_BATCH) == found


def test_of_batches_no_epoch_is_known() -> None:
    batches = seen([(5, 200, 10, 0)], errors=(ERRORS,))
    assert courses.thinned(ERRORS[::10], batches) is None


@pytest.mark.parametrize(
    ("networks", "is_one"),
    [
        ([[(2, 9, 1, 0), (5, 9, 1, 1), (10, 9, 1, 1)]], True),
        ([[(2, 9, 1, 0), (5, 9, 1, 1), (10, 9, 1, 0)]], False),  # begun anew for one length
        ([[(2, 9, 1, 0)], [(5, 9, 1, 0)], [(10, 9, 1, 0)]], False),
        ([[(2, 9, 1, 0), (5, 9, 1, 1), (10, 9, 1, 1)], [(5, 9, 1, 0)]], False),
        ([[(10, 9, 1, 0)]], False),  # trained at one length, judged at others
        ([[(1, 9, 1, 0), (4, 9, 1, 1), (9, 9, 1, 1)]], True),  # windows with their targets
    ],
)
def test_one_network_for_all_lengths_is_told_from_fresh_ones(
    networks: list[list[tuple[int, int, int, int]]], *, is_one: bool
) -> None:
    assert courses.one_for_all((2, 5, 10), seen(*networks)) is is_one


def test_a_course_that_is_no_table_proves_nothing() -> None:
    odd = replace(ONE_BATCH, courses=(np.zeros(3), np.zeros((0, 4))))
    assert courses.thinned(ERRORS[::10], odd) is None
    assert not courses.one_for_all((2, 5), odd)
    assert courses.most_updates(odd) == 0
    assert courses.most_updates(ONE_BATCH) == 200
