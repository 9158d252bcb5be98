"""The page while a batch runs on the same folder: nobody's mark is lost, and who comes is shown."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from grader.records import Submission
from grader.results.reader import StoreReader
from grader.results.store import NAME, Store
from grader.scoring import rubric
from grader.scoring.score_store import ScoreStore
from tests import ROOT
from tests.batch import batch_fakes as fakes
from tests.scoring.desks import MODEL, make_out, served
from tests.scoring.test_doors import ask

SECTION = "1.1"


def queue(address: str) -> list[str]:
    return [one["code"] for one in json.loads(ask(address, f"queue?section={SECTION}")[2])]


def mark(address: str, code: str, comment: str, version: int) -> int:
    """Save a mark as the page does; the version that it has then."""
    body = {"code": code, "section": SECTION, "items": [], "free": 0.5, "comment": comment}
    origin = f"http://{urlsplit(address).netloc}"
    status, _, text = ask(address, "mark", "POST", body | {"version": version}, Origin=origin)
    assert status == 200, text
    return int(json.loads(text)["version"])


def batch(inbox: Path, out: Path) -> subprocess.Popen[bytes]:
    command = ["-m", "grader", "grade", str(inbox), "--out", str(out), "--workers", "1"]
    with (out.parent / "log").open("a") as log:
        return subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=log, stderr=log)


@pytest.mark.slow
def test_marks_are_kept_and_newcomers_shown_while_a_batch_runs(tmp_path: Path) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    for number in range(1, 5):
        (inbox / f"ml-6-张三-2023{number:04}.py").write_text(f"x = {number}", encoding="utf-8")
        (inbox / f"ml-6-张三-2023{number:04}.md").write_text(MODEL, encoding="utf-8")
    grading = batch(inbox, out)
    assert grading.wait(120) == 0
    with served(out) as (address, _):
        first = queue(address)
        assert len(first) == 4
        for number in range(5, 9):
            (inbox / f"ml-6-李四-2023{number:04}.py").write_text("y = 1", encoding="utf-8")
        versions, saved = dict.fromkeys(first, 0), 0
        grading = batch(inbox, out)
        while grading.poll() is None or saved < 20:
            for code in first:
                versions[code] = mark(address, code, f"第 {saved} 次", versions[code])
            saved += 1
        assert grading.returncode == 0
        assert len(queue(address)) == 8
    with StoreReader.existing(out) as reader:
        assert len(reader.student_ids()) == 8
    with closing(ScoreStore(out, rubric.load())) as store:
        assert [one.comment for one in store.marks(section=SECTION)] == [f"第 {saved - 1} 次"] * 4


def test_a_report_that_is_replaced_meanwhile_is_shown_as_it_is_now(tmp_path: Path) -> None:
    out = make_out(tmp_path, ["### 1.1 架构\n\nthe first answer"])
    with served(out) as (address, _):
        code = queue(address)[0]
        view = f"view?code={code}&section={SECTION}&lang=en"
        assert b"the first answer" in ask(address, view)[2]
        again = Submission("20230000", "学生0", "pass", "### 1.1 架构\n\nthe second answer")
        with Store(out / NAME) as store:
            store.begin(fakes.KIT)
            store.admit([again])
            store.record(again, fakes.made(again))
            store.finish()
        assert b"the second answer" in ask(address, view)[2]
