"""What grading one submission costs, and what `otter run` costs for the public cases alone.

Run from the root: `python -m tests.bench.grading`. The examiner is warm, as in a batch: it has
imported otter once. "Outside the worker" is the CPU time of the examiner's own process.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

from grader.grading import Settings, grade
from grader.questions.otter import QUESTIONS
from grader.records import Submission
from grader.sandbox import workers

ROOT = Path(__file__).parent.parent.parent
REFERENCE = ROOT / "solutions" / "rnn.py"
RUNS = 5
# What `otter run` calls its own process needs to find the public cases' imports.
PUBLIC = Settings(secret=b"", public_only=True)
MANY = replace(PUBLIC, many=True)
EVERYTHING = Settings(secret=b"benchmark " * 4)


@dataclass(frozen=True)
class Cost:
    """Seconds of one grading: wall clock, CPU of the examiner, CPU of its worker."""

    wall: float
    examiner: float  # CPU


def measure(settings: Settings) -> Cost:
    submission = Submission("bench", "bench", REFERENCE.read_text(encoding="utf-8"))
    before, began = usage(), time.perf_counter()
    result = grade(submission, settings)
    wall = time.perf_counter() - began
    assert result.auto == result.auto_possible, result
    return Cost(wall, usage() - before)


def usage() -> float:
    """CPU seconds of this process: workers are others', and reaped by others."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


def otter_run(folder: Path) -> float:
    """Wall seconds of otter's own command over the public cases."""
    began = time.perf_counter()
    subprocess.run(
        [
            Path(sys.executable).with_name("otter"),
            "run",
            "-a",
            "autograder.zip",
            "-o",
            "out",
            "rnn.py",
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def otter_folder(folder: Path) -> None:
    """An autograder.zip with the public question files, and the reference beside it."""
    with zipfile.ZipFile(folder / "autograder.zip", "w") as archive:
        for path in sorted((QUESTIONS / "public").glob("*.py")):
            archive.write(path, f"tests/{path.name}")
        archive.writestr("otter_config.json", '{"lang": "python"}')
        archive.writestr("requirements.txt", "")
    shutil.copy(REFERENCE, folder / "rnn.py")
    (folder / "out").mkdir()


def main() -> None:
    measure(EVERYTHING)  # imports, compilation, the sandbox's probe
    measure(MANY)  # the parent of workers
    everything, public, again, otter = [], [], [], []
    with tempfile.TemporaryDirectory() as name:
        otter_folder(Path(name))
        for _ in range(RUNS):
            everything.append(measure(EVERYTHING))
            public.append(measure(PUBLIC))
            again.append(measure(MANY))
            otter.append(otter_run(Path(name)))
    workers.end()
    outside = statistics.median(cost.examiner for cost in everything)
    print(f"medians of {RUNS} runs of the reference, one after another")
    print(f"  all cases, training included: {wall(everything):.2f} s")
    print(f"    outside the worker: {outside:.2f} s of CPU (goal: at most 0.35 s)")
    print(
        f"  public cases: {wall(public):.2f} s; as a batch and `watch` grade them: {wall(again):.2f} s"
    )
    print(f"  otter run, public cases: {statistics.median(otter):.2f} s")
    print("time of otter run / ours")
    print(f"  all cases: {ratio(otter, everything):.1f} (goal: at least 1)")
    print(f"  public cases: {ratio(otter, public):.1f}")
    print(
        f"  public cases as a batch and `watch` grade them: {ratio(otter, again):.1f} (goal: at least 8)"
    )


def wall(costs: list[Cost]) -> float:
    return statistics.median(cost.wall for cost in costs)


def ratio(otter: list[float], ours: list[Cost]) -> float:
    return statistics.median(o / cost.wall for o, cost in zip(otter, ours, strict=True))


if __name__ == "__main__":
    main()
