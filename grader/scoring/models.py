"""The model answer beside a student's: `solutions/report.md`, section by section."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from grader.scoring.answers import Answer, answers

PATH = Path(__file__).parents[2] / "solutions" / "report.md"


def model_answer(section: str) -> str:
    """Safe HTML of the model answer to a section; "" where there is none."""
    answer = _answers().get(section)
    return answer.html if answer else ""


@cache
def _answers() -> dict[str, Answer]:
    return answers(PATH.read_text(encoding="utf-8"), "zh", lambda _: "")
