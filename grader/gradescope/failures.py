"""The `results.json` that say why there is no grade: they stand in the package, made beforehand."""

from __future__ import annotations

from typing import Any

from grader.language import LANGUAGES, Message, render, say

NO_SCORE = say(
    "The 0 stands here only because Gradescope asks for a number. It is no score: your teacher grades your work again. You need not send it again."
)
FAILURES: dict[str, Message] = {
    "setup": say("The grader was not set up completely, so your work was not graded."),
    "unfinished": say("The grader was stopped before its end, so your work was not graded."),
    "time": say("The grader ran out of time, so your work was not graded."),
    "kit": say("The grader itself failed, so your work was not graded. This is not your fault."),
}


def failure(kind: str) -> dict[str, Any]:
    """A whole results.json, in both languages. `kind`: a key of FAILURES."""
    lines = [render(text, each) for each in LANGUAGES for text in (FAILURES[kind], NO_SCORE)]
    return {
        "score": 0.0,
        "output": "\n".join(lines),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"status": "kit_fault", "failure": kind},
        "tests": [],
    }
