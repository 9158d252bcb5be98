"""`OUT/results/<student_id>.json`: one grade, rendered in one language, for other programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from grader.language import Message, render
from grader.records import (
    CaseResult,
    FileRecord,
    Grade,
    QuestionResult,
    Repair,
)
from grader.results.files import file_names, write_atomically
from grader.results.reader import StoreReader

FOLDER = "results"


def write_all(store: StoreReader, out: Path, language: str) -> None:
    """Write one document for each student who has a grade."""
    names = file_names(store.student_ids())
    for grade in store.grades():
        write(out / FOLDER / f"{names[grade.student_id]}.json", document(grade, language))


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON in UTF-8; null where a number is NaN or infinite, which JSON proper has not."""
    write_atomically(path, _json(content) + b"\n")


def _json(content: Mapping[str, Any]) -> bytes:
    try:
        return msgspec.json.format(msgspec.json.encode(content), indent=1)
    except UnicodeEncodeError:  # UTF-8 has no bytes for a lone surrogate, JSON has an escape
        text = json.dumps(_finite(content), ensure_ascii=False, indent=1, allow_nan=False)
        return text.encode("utf-8", "backslashreplace")


def document(grade: Grade, language: str) -> dict[str, Any]:
    """A grade as plain data, its messages in `language`."""
    return {
        "student_id": grade.student_id,
        "name": grade.name,
        "status": grade.status.value,
        "auto": grade.auto,
        "auto_possible": grade.auto_possible,
        **({} if grade.bonus_code is None else {"bonus_code": grade.bonus_code}),
        "kit": grade.kit,
        "sandbox": grade.sandbox,
        "seconds": round(grade.seconds, 3),
        "files": [_file(each) for each in grade.files],
        "questions": [_question(each, language) for each in grade.questions],
        "notes": [render(note, language) for note in grade.notes],
    }


def _file(file: FileRecord) -> dict[str, Any]:
    return {"name": file.name, "sha256": file.sha256, "size": file.size, "role": file.role}


def _question(question: QuestionResult, language: str) -> dict[str, Any]:
    return {
        "name": question.name,
        "score": question.score,
        "possible": question.possible,
        "cases": [_case(each, language) for each in question.cases],
        "repair": _repair(question.repair, language),
    }


def _repair(repair: Repair | None, language: str) -> dict[str, Any] | None:
    """What makes the question right: for the instructor all of it, `told` for the student too."""
    if repair is None:
        return None
    return {**asdict(repair), "told": _text(repair.told, language)}


def _case(case: CaseResult, language: str) -> dict[str, Any]:
    return {
        "name": case.name,
        "hidden": case.hidden,
        "verdict": case.verdict.value,
        "points": case.points,
        "possible": case.possible,
        "message": _text(case.message, language),
        "hint": _text(case.hint, language),
        "diagnosis": case.diagnosis,
        "review": _text(case.review, language),
    }


def _text(message: Message | None, language: str) -> str:
    return render(message, language) if message is not None else ""


def _finite(node: Any) -> Any:
    """As msgspec writes it: null says that there is no number."""
    if isinstance(node, dict):
        return {key: _finite(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_finite(value) for value in node]
    return None if isinstance(node, float) and not math.isfinite(node) else node
