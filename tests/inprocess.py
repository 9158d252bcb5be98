"""Grading in this very process: the real question files on plain objects, without a sandbox."""

from __future__ import annotations

from typing import Any

import numpy as np
from otter.test_files.exception_test import ExceptionTestFile

from grader.misconceptions import catalogue
from grader.questions.case import CaseOutcome
from grader.questions.otter import QUESTIONS
from grader.sandbox import local

PART_4 = ("q4_1", "q4_2", "q4_3", "q4_4", "q4_5", "q4_6")
NAMES = ("SimpleRNN", "LSTMCell", "generate_sequence_data", "train_rnn_on_sequence")


def candidates(source: str, name: str = "student") -> dict[str, Any]:
    """Local candidates for what a source defines; as in the worker, generators start alike."""
    np.random.seed(0)  # noqa: NPY002  # the one that most students use
    namespace = catalogue.module(source, name)
    return {one: local.wrap(namespace[one], one) for one in NAMES if one in namespace}


def run_file(
    kind: str, question: str, env: dict[str, Any]
) -> tuple[ExceptionTestFile, dict[str, CaseOutcome]]:
    """One otter file on an environment; what otter keeps, and the outcomes."""
    file = ExceptionTestFile.from_file(str(QUESTIONS / kind / f"{question}.py"))
    outcomes: dict[str, CaseOutcome] = {}
    file.run({**env, "outcomes": outcomes})
    return file, outcomes


def outcomes_of(
    env: dict[str, Any], questions: tuple[str, ...] = PART_4, seed: bytes = b"tests"
) -> dict[str, CaseOutcome]:
    """Outcomes by "q4_2/golden" of public and hidden cases."""
    found: dict[str, CaseOutcome] = {}
    for question in questions:
        for kind, extra in (("public", {}), ("hidden", {"seed": seed})):
            _, outcomes = run_file(kind, question, {**env, **extra})
            found |= {f"{question}/{name}": outcome for name, outcome in outcomes.items()}
    return found
