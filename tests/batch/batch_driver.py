"""A whole batch run in a process of its own, for tests that kill it: OUT COUNT SOURCE [OPTION...].

The same coordinator, pool, store and files as the `grade` command, with a fake grader.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from grader.assignment import load
from grader.batch.pools import LocalExaminers
from grader.batch.run import Plan, grade_all
from grader.faults import KitFault
from grader.records import FileRecord, Grade, Problem, Submission
from tests.batch import batch_fakes as fakes


@dataclass
class Came:
    submissions: tuple[Submission, ...]
    superseded: tuple[Submission, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[FileRecord, ...] = ()


class Progress:
    kept = skips = 0

    def skipped(self, _: Submission) -> None:
        self.skips += 1

    def graded(self, _: Grade) -> None:
        self.kept += 1

    def stopping(self, in_flight: int) -> None:
        print(f"stopping with {in_flight}", flush=True)


def grade_with_bonus(submission: Submission) -> Grade:
    return fakes.made(submission, bonus=1.0)


def grade_slowly(submission: Submission) -> Grade:
    time.sleep(0.1)
    return grade_with_bonus(submission)


def main(out: Path, count: int, source: str, options: list[str]) -> int:
    submissions = tuple(
        fakes.submission(number, f"{source}\n" + "#" * number) for number in range(count)
    )
    grade = grade_slowly if "--slow" in options else fakes.grade
    if options and grade is fakes.grade:
        grade = grade_with_bonus
    progress = Progress()
    print("up", flush=True)
    # Pages have tests of their own, and matplotlib takes longer than all of this.
    sys.modules["grader.reports.pages.all_pages"] = SimpleNamespace(write_all=lambda *_: None)  # type: ignore[assignment]
    plan = Plan(out, "en", load(), fakes.KIT, regrade="--regrade" in options)
    examiners = LocalExaminers(2, preload="tests.batch.batch_fakes", patience=60)
    try:
        grade_all(Came(submissions), grade, examiners, progress, plan)
    except KitFault as fault:
        print(fault, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{progress.kept} kept")
        return 130
    print(f"skipped {progress.skips}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]))
