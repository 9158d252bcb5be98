"""Whether a program is fit to be sent: size, syntax, imports, names, and whether it starts."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import contract, portability
from grader.handout.stubs import untouched
from grader.language import Message, say
from grader.pack import run_once
from grader.pack.complaints import Complaint, Severity
from grader.pack.imports import Import, foreign_imports

# The intake reads no more of a program.
MOST_BYTES = 1 << 20
# The folder that holds the kit: a checkout, or a venv's packages.
KIT = Path(__file__).parents[2]
# Training while importing is allowed; beyond a minute it is a mistake.
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Start:
    """How running the program once went."""

    names: frozenset[str]
    error: str = ""
    line: int = 0


def source_findings(source: str, file: str) -> tuple[Complaint, ...]:
    """Everything that is wrong with the program, by reading it and by running it once."""
    if len(source.encode()) > MOST_BYTES:
        return (Complaint(Severity.FATAL, file, say("The program is larger than 1 MiB.")),)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in a string stops nothing
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return (syntax_finding(error, file), *_machine_findings(source, file))
    return (
        *import_findings(tree, file),
        *_stub_findings(tree, file),
        *_machine_findings(source, file),
        *_start_findings(source, file),
    )


def syntax_finding(error: Exception, file: str) -> Complaint:
    """Where Python stops reading, and why."""
    line = getattr(error, "lineno", None) or 0
    message = say("Python cannot read the program: {why}", why=getattr(error, "msg", str(error)))
    return Complaint(Severity.ERROR, file, message, line)


def import_findings(tree: ast.Module, file: str, own: Collection[str] = ()) -> Iterator[Complaint]:
    """Packages that will be missing; own: modules of the student's that are sent as well."""
    for found in (one for one in foreign_imports(tree) if one.package not in own):
        harmless = found.caught or found.idle
        severity = Severity.WARNING if harmless else Severity.ERROR
        yield Complaint(severity, file, _import_message(found), found.line)


def _import_message(found: Import) -> Message:
    package = found.package
    if found.caught:
        return say(
            "{package} will be missing when this is graded; your except branch runs.",
            package=package,
        )
    if found.idle:
        return say(
            "{package} will be missing when this is graded; nothing that is asked for uses it, so that costs nothing.",
            package=package,
        )
    if package == ".":
        return say("Only this one file is sent: an import from a neighbouring file will fail.")
    return say(
        "{package} will be missing when this is graded: only the standard library, NumPy and matplotlib are there.",
        package=package,
    )


def _stub_findings(tree: ast.Module, file: str) -> Iterator[Complaint]:
    stubs, asked = untouched(tree)
    if stubs and len(stubs) == len(asked):
        yield Complaint(
            Severity.ERROR, file, say("Nothing is written yet: every TODO is as you got it.")
        )
        return
    for name in stubs:
        yield Complaint(
            Severity.WARNING,
            file,
            say("{name} is as you got it: nothing is written there yet.", name=name),
        )


def _machine_findings(source: str, file: str) -> Iterator[Complaint]:
    """What runs on this machine and may not run on the one that grades."""
    for need in (*portability.needs_newer(source), *portability.needs_others(source)):
        yield Complaint(Severity.WARNING, file, portability.words(need), need.line)


def _start_findings(source: str, file: str) -> Iterator[Complaint]:
    try:
        start = start_once(source)
    except subprocess.TimeoutExpired:
        message = say("The program does not start within {seconds} seconds.", seconds=START_SECONDS)
        yield Complaint(Severity.ERROR, file, message)
        return
    missing = [name for name in contract.NAMES if name not in start.names]
    if start.error:
        # A last line that raises costs nothing, as long as all names are there before it.
        severity = Severity.ERROR if missing else Severity.WARNING
        yield Complaint(
            severity, file, say("Running the file ends with {error}", error=start.error), start.line
        )
    elif missing:
        message = say("These names are missing: {names}", names=tuple(missing))
        yield Complaint(Severity.ERROR, file, message)


def start_once(source: str, bonus: str | None = None) -> Start:
    """Run the program in a process and folder of its own. Raises subprocess.TimeoutExpired.

    bonus: run this instead, with the program beside it.
    """
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "rnn.py")
        program.write_text(source, encoding="utf-8")
        if bonus is not None:
            program = Path(folder, "bonus.py")
            program.write_text(bonus, encoding="utf-8")
        # The student's own machine and code: a plain process, so that neither can break the other.
        done = subprocess.run(  # noqa: S603  # our interpreter, our script
            [sys.executable, "-I", run_once.__file__, str(program), str(KIT)],
            cwd=folder,
            env={**os.environ, "MPLBACKEND": "Agg", "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=START_SECONDS,
            check=False,
        )
    return _told(done.stdout.decode("utf-8", "replace"))


def _told(printed: str) -> Start:
    last = printed.strip().rpartition("\n")[2]
    try:
        outcome = json.loads(last)
        return Start(frozenset(outcome["names"]), str(outcome["error"]), int(outcome["line"]))
    except (ValueError, KeyError, TypeError):
        return Start(frozenset(), "os._exit")
