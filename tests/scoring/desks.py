"""An OUT folder with reports in it, and a served scoring page, for the tests of this folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from grader.records import Submission
from grader.results.store import NAME, Store
from tests import ROOT
from tests.batch import batch_fakes as fakes

MODEL = (ROOT / "solutions" / "report.md").read_text(encoding="utf-8")


def make_out(folder: Path, reports: Sequence[str | None]) -> Path:
    """OUT with one graded submission for each report."""
    out = folder / "out"
    out.mkdir()
    submissions = [
        Submission(f"2023{number:04}", f"学生{number}", "pass", report)
        for number, report in enumerate(reports)
    ]
    with Store(out / NAME) as store:
        run = store.begin(fakes.KIT)
        store.admit(submissions)
        for each in list(store.submissions(run)):
            store.record(each, fakes.made(each))
        store.finish()
    return out


@contextmanager
def served(out: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The page's address, and the process that serves it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "score", str(out), "--no-browser", "--lang", "en", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield next(word for word in line.split() if word.startswith("http")), process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
