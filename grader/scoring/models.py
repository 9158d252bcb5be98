"""The model answer beside a student's: `solutions/report.md`, section by section."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from grader.scoring.answers import Answer, answers

SOLUTIONS = Path(__file__).parents[2] / "solutions"
PATH = SOLUTIONS / "report.md"
FIGURES = SOLUTIONS / "figures"


def model_answer(section: str) -> str:
    """Safe HTML of the model answer to a section; "" where there is none."""
    answer = _answers().get(section)
    return answer.html if answer else ""


@cache
def _answers() -> dict[str, Answer]:
    return answers(PATH.read_text(encoding="utf-8"), "zh", _address)


def figure(name: str) -> bytes | None:
    """One of our own figures, as SVG; None where there is none by this name."""
    known = {path.name: path for path in FIGURES.glob("*.svg")}
    return known[name].read_bytes() if name in known else None


def _address(target: str) -> str:
    return f"picture/model/{target.rpartition('/')[2]}"
