"""The oral exam on the scoring page: who is asked what, and the dossier beside the form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.language import render, say
from grader.results.files import file_names
from grader.results.oral_prompts import kept_prompts
from grader.results.reader import StoreReader
from grader.scoring.marks import ORAL
from grader.scoring.rubric import RubricSection
from grader.written.oral_marks import MOST_MARK, QUESTIONS

FOLDER = "dossier"


def section(language: str) -> RubricSection:
    """The exam as a section of its own, the last."""
    words = say(
        "0 no answer, 1 weak, 2 sound, 3 strong; a question that was not asked stays empty. The gradebook "
        "shows the mean."
    )
    return RubricSection(ORAL, MOST_MARK, "", {language: render(words, language)}, ())


def names(out: Path) -> dict[str, str]:
    """How each student is called, and the id."""
    with StoreReader.existing(out) as reader:
        return {
            each.student_id: f"{each.name} {each.student_id}".strip() for each in reader.cards()
        }


def prompts(out: Path, student_id: str, language: str) -> list[dict[str, Any]]:
    """The questions of the dossier by their numbers; without a dossier the numbers alone."""
    with StoreReader.existing(out) as reader:
        asked = [render(one, language) for one in kept_prompts(reader, student_id)]
    texts = asked or [""] * len(QUESTIONS)
    return [
        {"question": question, "text": text}
        for question, text in zip(QUESTIONS, texts, strict=False)
    ]


def dossier(out: Path, student_id: str) -> Path | None:
    """The page that `dossier` wrote, if it did."""
    with StoreReader.existing(out) as reader:
        name = file_names(reader.student_ids()).get(student_id, "")
    path = out / FOLDER / f"{name}.html"
    return path if name and path.is_file() else None
