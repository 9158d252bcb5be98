"""Readable answers in a notebook: what `grader.check("q4_2")` shows, without otter's source lines.

Importing it in a notebook registers how IPython shows otter's results (IPython's own extension
point), and keeps otter's log file out of the student's folder. Outside a notebook it does nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Any

import otter.check.notebook
from IPython.core.getipython import get_ipython
from otter.test_files import GradingResults
from otter.test_files.abstract_test import TestCaseResult, TestFile

from grader import contract
from grader.faults import NotDefined, NotImplementedYet
from grader.language import Message, default_language, render, say

# otter quotes the question file's line first; what the student should read follows this.
RAISED = "CaseFailed: "


def install() -> None:
    """Register the formatters with the IPython that is running, if one is."""
    # A pickle of every run, in the folder that gets mailed: nobody reads it here.
    otter.check.notebook.OTTER_LOG_FILENAME = os.devnull
    shell = get_ipython()
    if shell is None or shell.display_formatter is None:
        return
    formatters = shell.display_formatter.formatters
    for kind in (TestFile, GradingResults):
        formatters["text/html"].for_type(kind, as_html)
        formatters["text/plain"].for_type(kind, _pretty)


def as_text(results: Any) -> str:
    """One question's result, or all of them, for a terminal."""
    return "\n\n".join(
        _unbegun_text(file) if _unbegun(file) else _question_text(file) for file in _files(results)
    )


def as_html(results: Any) -> str:
    """The same for a page. Everything that code may have chosen is escaped."""
    return "".join(
        f"<p>{escape(_unbegun_text(file))}</p>" if _unbegun(file) else _question_html(file)
        for file in _files(results)
    )


def _unbegun(file: Any) -> bool:
    """Whether it is an optional question of which nothing is written: no fault, and nothing red."""
    asked = contract.BY_NAME.get(file.name)
    if asked not in contract.OPTIONAL_QUESTIONS:
        return False
    names = [
        name
        for subject in asked.subjects
        for name in (
            subject,
            *(f"{subject}.{method}" for method in contract.OPTIONAL_CLASSES.get(subject, ())),
        )
    ]
    untouched = {
        render(fault(name).message, default_language())
        for name in names
        for fault in (NotDefined, NotImplementedYet)
    }
    return all(not one.passed and _said(one) in untouched for one in file.test_case_results)


def _unbegun_text(file: Any) -> str:
    text = say("{question}: optional; nothing is written yet.", question=file.name)
    return render(text, default_language())


def _pretty(results: Any, printer: Any, _cycle: bool) -> None:  # noqa: FBT001  # IPython's signature
    printer.text(as_text(results))


def _files(results: Any) -> list[Any]:
    return list(results.results.values()) if isinstance(results, GradingResults) else [results]


def _question_text(file: Any) -> str:
    lines = [
        f"  {_sign(passed)} {names}: {text}"
        for passed, names, text in _told(file.test_case_results)
    ]
    return "\n".join([_heading(file), *lines])


def _question_html(file: Any) -> str:
    rows = "".join(_row(*told) for told in _told(file.test_case_results))
    return f"<p><strong>{escape(_heading(file))}</strong></p><table>{rows}</table>"


def _told(results: Sequence[TestCaseResult]) -> Iterator[tuple[bool, str, str]]:
    """Passed or not, the cases' names, and what is said: once where several say the same."""
    for (passed, text), group in groupby(results, lambda result: (result.passed, _said(result))):
        yield passed, ", ".join(result.test_case.name for result in group), text


def _sign(passed: bool) -> str:  # noqa: FBT001  # a table of two
    return "✓" if passed else "✗"


def _row(passed: bool, names: str, text: str) -> str:  # noqa: FBT001  # one row of `_told`
    colour = "#1a7f37" if passed else "#cf222e"
    left = 'style="text-align: left; vertical-align: top; white-space: pre-wrap"'
    return (
        f'<tr><td style="color: {colour}">{_sign(passed)}</td><td {left}><code>{escape(names)}</code></td>'
        f"<td {left}>{escape(text)}</td></tr>"
    )


def _heading(file: Any) -> str:
    score, possible = (f"{round(points, 2):g}" for points in (file.score, file.possible))
    text = say(
        "{question}: {score} of {possible} public points",
        question=file.name,
        score=score,
        possible=possible,
    )
    return render(text, default_language())


def _said(result: TestCaseResult) -> str:
    """The claim where the case passed, else what is wrong."""
    if not result.passed:
        message = result.message or ""
        return message.partition(RAISED)[2] or message
    claim = getattr(getattr(result.test_case.body, "test_func", None), "claim", None)
    return render(claim, default_language()) if isinstance(claim, Message) else ""


install()
