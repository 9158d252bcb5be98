"""A student's kit has no equations in code: there a wrong gradient is that of the own forward alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks import bonus
from grader.checks.bonus import by_book, deep, gru
from grader.faults import CheckFailed
from grader.matrix.grade_subject import candidates
from grader.misconceptions import catalogue


@pytest.fixture
def no_textbook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(bonus, "by_book")
    monkeypatch.setitem(sys.modules, by_book.__name__, None)  # type: ignore[arg-type]  # as Python documents


@pytest.mark.parametrize(
    ("mistake", "name", "check"),
    [
        ("deep-no-time", "DeepRNN", lambda cls: deep.layer_gradients(cls, _rng(), 0)),
        (
            "gru-candidate-slope",
            "GRUCell",
            lambda cls: gru.gradient_of(cls, "zrh"),
        ),
    ],
)
@pytest.mark.usefixtures("no_textbook")
def test_a_wrong_gradient_fails_its_case_there_as_well(
    mistake: str, name: str, check: Callable[[Any], None]
) -> None:
    known = {one.name: one for one in catalogue.optional_misconceptions()}
    cls = candidates(known[mistake].source(), catalogue.reference_source())[name]
    with pytest.raises(CheckFailed, match="Wrong gradient"):
        check(cls)


def _rng() -> np.random.Generator:
    return np.random.default_rng(1)
