"""This build beside b1ec81a, in which every program had a worker started for it: the targets of speed.

`make bench ARGS=before`; `python -m tests.bench.before [RUNS] [FOLDER]`. The older build is checked
out into a temporary folder with an environment of its own (FOLDER: kept there, for the next time).
The two take turns measure by measure, so that a busy machine slows both alike; every figure is a
ratio of medians within this run.
"""

from __future__ import annotations

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from grader import contract
from tests import ROOT
from tests.bench._side import PARTS, STUDENTS, used
from tests.bench.batch import bench_growth, programs
from tests.bench.grading import otter_folder, otter_run

BEFORE = "b1ec81a"
HERE = Path(__file__).parent
PYTHON = Path(sys.executable)
RUNS = 7


@dataclass(frozen=True)
class Target:
    """A measure, what it is in words, and at most how much of the older build's it may take."""

    measure: str
    what: str
    most: float


TARGETS = (
    Target("worker", "a worker ready for the next program, matplotlib loaded", 0.05),
    Target("skeleton", "the skeleton, all cases", 1 / 3),
    Target("q4_1", "one question of the reference (q4_1)", 1 / 8),
    Target("reference", "the reference, all cases", 0.70),
    Target("examiner", "CPU of the examiner for the reference, outside the worker", 0.10 / 0.16),
    Target("home", "grade --local of the skeleton, public cases, second run", 0.5),
    Target("help", "CPU of --help", 0.1),
    Target("report", "the report of 2,000 students", 0.5),
)


class Side:
    """A build that measures on request."""

    def __init__(self, root: Path, python: Path, names: str, sources: Path) -> None:
        self._process = subprocess.Popen(
            [python, str(HERE / "_side.py"), names, str(sources)],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def measure(self, name: str) -> float:
        """Seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()


def main(runs: int = RUNS, folder: str = "") -> int:
    with tempfile.TemporaryDirectory() as name:
        workspace = Path(name)
        older = Path(folder) if folder else workspace / "before"
        check_out(older)
        sources = workspace / "programs.json"
        sources.write_text(json.dumps(graded_by_both()))
        with (
            Side(older, older / ".venv" / "bin" / "python", "_names_before", sources) as before,
            Side(ROOT, Path(sys.executable), "_names_now", sources) as now,
        ):
            print(f"this build / {BEFORE}, medians of {runs}, turn about")
            for target in TARGETS:
                compare(target, before, now, runs)
            compare_class(before, now)
            compare_cpu_of_class(before, now)
            compare_memory(before, now)
            compare_otter(now, workspace, runs)
        compare_handouts(older, workspace, runs)
        bench_growth(workspace)
    return 0


def graded_by_both() -> list[str]:
    """The programs of `batch`, the endless ones too, without optional classes: the older build knows none."""
    optional = re.compile(rf"^\s*(class|def) ({'|'.join(contract.OPTIONAL_NAMES)})\b", re.MULTILINE)
    return [source for source in programs() if not optional.search(source)]


def check_out(folder: Path) -> None:
    """The older build and its environment, unless they are there already."""
    if (folder / ".venv").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    archive = subprocess.run(
        ["git", "archive", BEFORE], cwd=ROOT, check=True, stdout=subprocess.PIPE
    ).stdout
    subprocess.run(["tar", "-x"], cwd=folder, input=archive, check=True)
    subprocess.run(["make", "setup", f"PYTHON={sys.executable}"], cwd=folder, check=True)


def compare(target: Target, before: Side, now: Side, runs: int) -> None:
    took: dict[Side, list[float]] = {before: [], now: []}
    for one in range(-1, runs):  # the first does what is done once: imports, probes, a parent
        for side in (before, now) if one % 2 else (now, before):
            seconds = side.measure(target.measure)
            if one >= 0:
                took[side].append(seconds)
    old, new = (statistics.median(took[side]) for side in (before, now))
    print(
        f"  {target.what}: {new / old:.3f} (at most {target.most:.3f}); {1e3 * old:.0f} -> "
        f"{1e3 * new:.0f} ms",
        flush=True,
    )


def compare_class(before: Side, now: Side) -> None:
    """Each part of the class by both builds, two examiners each; a part is too short for medians."""
    took = {before: 0.0, now: 0.0}
    for part in range(PARTS):
        for side in (before, now) if part % 2 else (now, before):
            took[side] += side.measure(f"class{part}")
    old, new = (60 * STUDENTS / took[side] for side in (before, now))
    print(f"  a class of {STUDENTS} mixed programs on two cores: {old:.0f} -> {new:.0f} a minute,")
    print(f"    {new / old:.2f} times as many (at least 1.5);", end=" ")
    print(f"1,000 at that pace: {1000 / old:.0f} -> {1000 / new:.0f} minutes", flush=True)


def compare_cpu_of_class(before: Side, now: Side) -> None:
    """The examiner's part in the same class: what a busy machine leaves comparable."""
    took = {before: 0.0, now: 0.0}
    for part in range(PARTS):
        for side in (before, now) if part % 2 else (now, before):
            took[side] += side.measure(f"cpu{part}")
    old, new = (took[side] / STUDENTS for side in (before, now))
    print(
        f"  CPU of the examiner for a program of the class: {new / old:.3f}; {1e3 * old:.0f} -> "
        f"{1e3 * new:.0f} ms",
        flush=True,
    )


def compare_memory(before: Side, now: Side) -> None:
    old, new = before.measure("memory"), now.measure("memory")
    print(f"  peak memory of an examiner: {new / old:.2f} (at most 1); {old:.0f} -> {new:.0f} MiB")


def compare_handouts(older: Path, workspace: Path, runs: int) -> None:
    """`make grade` of the skeleton as a student has it: an unpacked zip, installed before."""
    folders = [
        handout(root, python, workspace / f"handout-{root.name}")
        for root, python in ((older, older / ".venv" / "bin" / "python"), (ROOT, PYTHON))
    ]
    took: dict[Path, list[tuple[float, float]]] = {folder: [] for folder in folders}
    for one in range(-1, runs):
        for folder in folders if one % 2 else reversed(folders):
            cost = make_grade(folder)
            if one >= 0:
                took[folder].append(cost)
    for place, what in enumerate(("wall time", "CPU")):
        old, new = (statistics.median(cost[place] for cost in took[one]) for one in folders)
        print(
            f"  make grade in the handout, second run, {what}: {new / old:.3f} (at most 0.5);",
            end=" ",
        )
        print(f"{1e3 * old:.0f} -> {1e3 * new:.0f} ms", flush=True)


def handout(root: Path, python: Path, into: Path) -> Path:
    """The student's folder of a build, installed by its first run."""
    build = [python, "-m", "grader", "handout", "--into", into]
    subprocess.run(build, cwd=root, check=True, stdout=subprocess.DEVNULL)
    with zipfile.ZipFile(into / "ml-6-handout.zip") as archive:
        archive.extractall(into)
    make_grade(into / "ml-6")
    return into / "ml-6"


def make_grade(folder: Path) -> tuple[float, float]:
    """Seconds by the wall clock and of CPU, the worker's own left out: nobody waits for its end."""
    hidden = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONPATH")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    before, began = used(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = ["make", "grade", f"PYTHON={Path(sys.base_prefix) / 'bin' / 'python3'}"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - began, used(resource.RUSAGE_CHILDREN) - before


def compare_otter(now: Side, workspace: Path, runs: int) -> None:
    folder = workspace / "otter"
    folder.mkdir()
    otter_folder(folder)
    ratios = []
    for _ in range(runs):
        theirs = otter_run(folder)
        ratios.append(theirs / now.measure("public"))
    print(f"  public cases, otter run / ours: {statistics.median(ratios):.1f} (at least 8)")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    folders = [word for word in sys.argv[1:] if not word.isdigit()]
    sys.exit(main(*(numbers or [RUNS]), *folders))
