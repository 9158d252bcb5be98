"""The otter files of the questions: which to run, running them, and otter's own total."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from grader.assignment import load
from grader.faults import BadFile, KitFault
from grader.language import render, say
from grader.questions.case import CaseOutcome
from grader.questions.otter_import import ExceptionTestFile, TestFile
from grader.records import Verdict

QUESTIONS = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Ran:
    """One otter file that has run, and the outcome of each of its cases."""

    file: TestFile
    outcomes: Mapping[str, CaseOutcome]


def paths(*, only: str = "", public_only: bool = False, begun: Collection[str] = ()) -> list[Path]:
    """The otter files to run, questions (`only` one) in order, all public ones before the hidden.

    begun: the optional questions of which something is there.

    A program may remember what it was called with. With no public case after a hidden one, nothing
    that it prints or returns can show a hidden input.
    """
    asked = [*load().automatic, *(each for each in load().optional if each.name in begun)]
    names = [question.name for question in asked if only in ("", question.name)]
    kinds = ("public",) if public_only else ("public", "hidden")
    found = [QUESTIONS / kind / f"{name}.py" for kind in kinds for name in names]
    gone = [path for path in found if not path.exists()]
    if gone or not found:
        raise _missing(names, gone, only)
    return found


def _missing(names: Sequence[str], gone: Sequence[Path], only: str) -> KitFault:
    """Whose fault it is that files are not there: the table names what never was, or a file is lost."""
    unknown = [name for name in names if not any(path.exists() for path in _files(name))]
    if unknown or not gone:
        wrong = tuple(unknown) or only
        return BadFile(
            say("assignment.toml: the kit has no question {names}; delete its table.", names=wrong)
        )
    lost = (f"{path.parent.name}/{path.name}" for path in gone)
    return KitFault(f"questions/{', '.join(lost)}: the file is gone")


def _files(name: str) -> list[Path]:
    return [QUESTIONS / kind / f"{name}.py" for kind in ("public", "hidden")]


def run(path: Path, environment: dict[str, Any]) -> Ran:
    """Run one file on the student's candidates."""
    outcomes: dict[str, CaseOutcome] = {}
    env = {**environment, "outcomes": outcomes}
    if path.parent.name != "hidden":
        del env["seed"]  # public cases draw the same inputs for everybody: students see what we see
    file = loaded(path)
    file.run(env)
    broken = [name for name, outcome in outcomes.items() if outcome.verdict is Verdict.KIT_FAULT]
    if broken or len(outcomes) != len(file.test_cases):
        raise KitFault(_broken(path, broken, outcomes))
    return Ran(file, outcomes)


def _broken(path: Path, names: Sequence[str], outcomes: Mapping[str, CaseOutcome]) -> str:
    why = [render(message, "en") for name in names if (message := outcomes[name].message)]
    return (
        f"{path.parent.name}/{path.name}: {', '.join(names) or 'a case gave no outcome'}\n"
        + "\n".join(why)
    )


def loaded(path: Path) -> ExceptionTestFile:
    """An otter test file for one submission's results; its cases are read once per process."""
    return copy(_read(path))


@cache
def _read(path: Path) -> ExceptionTestFile:
    try:
        # As an import does: what was compiled of it lies beside it for the next time.
        code = SourceFileLoader(path.stem, str(path)).get_code(path.stem)
        return ExceptionTestFile._from_compiled_code(code, str(path))  # noqa: SLF001  # from_file reads as the locale says
    except Exception as error:
        raise KitFault(f"{path.parent.name}/{path.name}: {error}") from error


def agree_with_otter(ran: Collection[Ran], ours: float) -> None:
    """otter totals the points; if it comes to another sum, something is badly wrong."""
    total = sum(one.file.score for one in ran)
    if abs(total - ours) > 1e-6:  # noqa: PLR2004  # rounding
        raise KitFault(f"otter counts {total} points, the examiner {ours}")
