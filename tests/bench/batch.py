"""A class of 200: speed, what a second worker brings, memory, growth, and `otter run` beside it.

Run from the root: `python -m tests.bench.batch [STUDENTS]`. Everything is a ratio within this run.
The submissions are the variants and wrong programs of `tests/programs` and the misconceptions,
each student's with a comment of its own, so that no two are the same.
"""

from __future__ import annotations

import itertools
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from grader.assignment import load
from grader.batch import coordinator
from grader.batch.inbox_run import Quiet
from grader.batch.pools import InlineExaminers, LocalExaminers
from grader.grading import Settings, grade
from grader.kit_version import kit_version
from grader.misconceptions import catalogue
from grader.records import Submission
from grader.reports import gradebook
from grader.results import documents
from grader.results.store import NAME, Store
from tests.batch import batch_fakes as fakes
from tests.bench.grading import EVERYTHING, MANY, otter_folder, otter_run

ROOT = Path(__file__).parents[2]
STUDENTS = 200
OTTER_RUNS = 3
COPIES = 60  # of one program, for the batch beside otter


def main(students: int = STUDENTS) -> int:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        bench_speed_up(workspace, students)
        bench_otter(workspace)
        bench_memory(workspace)
        bench_growth(workspace)
    return 0


# -- speed ---------------------------------------------------------------------------------------


def programs() -> list[str]:
    """Sources as a class sends them: right in many ways, and wrong in many."""
    folders = ROOT / "tests" / "programs"
    kinds = ("variants/*/rnn.py", "wrong/*/rnn.py", "broken/*/rnn.py")
    files = itertools.chain.from_iterable(sorted(folders.glob(kind)) for kind in kinds)
    sources = [path.read_bytes().decode("utf-8", "replace") for path in files]
    return [*sources, *(each.source() for each in catalogue.misconceptions())]


def classroom(students: int) -> list[Submission]:
    """Draw alike from all of the sources, so that few students are as many."""
    sources = programs()
    step = len(sources) / students
    return [
        Submission(
            f"{number:08}", f"s{number}", f"{sources[int(number * step)]}\n# student {number}\n"
        )
        for number in range(students)
    ]


def bench_speed_up(workspace: Path, students: int) -> None:
    submissions = classroom(students)
    print(f"{students} different submissions from {len(programs())} programs, all cases")
    # Turn about in small parts, so that a busy machine slows both alike.
    seconds = {1: 0.0, 2: 0.0}
    parts = 4
    for part in range(parts):
        for workers in (1, 2) if part % 2 else (2, 1):
            some = submissions[part::parts]
            out = workspace / f"speed-{workers}-{part}"
            seconds[workers] += run_real(out, some, workers, replace(EVERYTHING, many=True))
    for workers, total in seconds.items():
        print(f"  {workers} worker(s): {60 * students / total:.0f} submissions per minute")
    print(f"  speed-up from 1 to 2 workers: {seconds[1] / seconds[2]:.2f} (goal: at least 1.8)")


def run_real(out: Path, submissions: list[Submission], workers: int, settings: Settings) -> float:
    """Seconds of a run, from starting the pool to the last grade in the store."""
    out.mkdir()
    examiners = LocalExaminers(workers, preload="grader.batch.at_hand", patience=1e4)
    examiner = partial(grade, settings=settings)
    with Store(out / NAME) as store:
        run = store.begin(kit_version())
        store.admit(submissions)
        began = time.perf_counter()
        done = coordinator.run(store.submissions(run), examiner, store, examiners, Quiet())
        took = time.perf_counter() - began
    if done.graded != len(submissions):
        print(f"  {len(done.faults)} kit faults: {[str(reason) for _, reason in done.faults[:3]]}")
    return took


# -- otter ---------------------------------------------------------------------------------------


def bench_otter(workspace: Path) -> None:
    """The public cases of one program: `otter run` one by one; ours one by one, and as a batch."""
    folder = workspace / "otter"
    folder.mkdir()
    otter_folder(folder)
    copies = [
        Submission(f"{number}", "", f"{catalogue.reference_source()}\n# {number}\n")
        for number in range(COPIES)
    ]
    grade(copies[0], MANY)  # imports, compilation, the sandbox's probe
    alone, otter = [], []
    for number in range(OTTER_RUNS):
        alone.append(one_by_one(copies[number::OTTER_RUNS][:OTTER_RUNS]))
        otter.append(otter_run(folder))
    # Once and large: a class starts its examiners once.
    together = run_real(workspace / "public", copies, 2, MANY) / COPIES
    otter += [otter_run(folder) for _ in range(OTTER_RUNS)]
    theirs = statistics.median(otter)
    print("public cases of the reference, time of `otter run`, one by one / ours for a submission:")
    print(f"  a batch of {COPIES} on 2 cores: {theirs / together:.1f} (goal: at least 10)")
    print(f"  one by one: {theirs / statistics.median(alone):.1f}")


def one_by_one(submissions: list[Submission]) -> float:
    """Seconds a submission in this process."""
    began = time.perf_counter()
    for submission in submissions:
        grade(submission, MANY)
    return (time.perf_counter() - began) / len(submissions)


# -- memory and growth ---------------------------------------------------------------------------


def bench_memory(workspace: Path) -> None:
    """The coordinator's peak with cheap fakes: pool, store, documents, gradebook."""
    peaks = {
        count: apart(peak_memory, workspace / f"memory-{count}", count) for count in (200, 2_000)
    }
    few, many = peaks.values()
    print(f"coordinator's peak memory: {few:.0f} MiB for 200, {many:.0f} MiB for 2,000")
    print(f"  {100 * (many / few - 1):+.1f} % (goal: not more than 10 %)")


def peak_memory(out: Path, count: int) -> float:
    """MiB at the peak of one run over `count` submissions of a usual size (8 kB, 6 kB)."""
    out.mkdir()
    with Store(out / NAME) as store:
        run = store.begin(fakes.KIT)
        store.admit(usual(count))
        examiners = LocalExaminers(2, preload="tests.batch.batch_fakes", patience=1e4)
        coordinator.run(store.submissions(run), fakes.grade, store, examiners, Quiet())
        documents.write_all(store, out, "en")
        gradebook.write_all(store, out, "en", load())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def usual(count: int) -> Iterator[Submission]:
    for number in range(count):
        submission = fakes.submission(
            number, f"pass\n# {number}\n" + "# a line of a program\n" * 360
        )
        yield replace(submission, report="一行报告的文字\n" * 280)


def bench_growth(workspace: Path) -> None:
    """Seconds a submission for settle and record, at the start and at 20,000 rows."""
    costs = {}
    grades = 20_000
    with Store(workspace / "growth.sqlite") as store:
        store.begin(fakes.KIT)
        for start in range(0, grades, 1_000):
            submissions = [fakes.submission(start + number) for number in range(1_000)]
            store.admit(submissions)
            began = time.perf_counter()
            coordinator.run(submissions, fakes.grade, store, InlineExaminers(), Quiet())
            costs[start + 1_000] = (time.perf_counter() - began) / 1_000
    first = statistics.median(list(costs.values())[:5])
    last = statistics.median(list(costs.values())[-5:])
    print(
        f"store: a submission costs {1e3 * first:.2f} ms among 5,000, {1e3 * last:.2f} ms among 20,000"
    )
    print(f"  ratio {last / first:.2f} (goal: flat, 1)")


def apart(function, *arguments):
    """The result of a call in a process of its own: peaks of memory do not come down again."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_call, (function, *arguments))


def _call(function, *arguments):
    # A pool's worker may have no children of its own; this one has examiners.
    multiprocessing.current_process()._config["daemon"] = False
    return function(*arguments)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
