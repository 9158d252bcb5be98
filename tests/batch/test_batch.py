"""Grading many: nothing lost, nothing twice, whatever dies."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from grader.batch import coordinator, pools
from grader.batch.pools import (
    ClusterExaminers,
    Examiners,
    InlineExaminers,
    LocalExaminers,
)
from grader.faults import KitFault
from grader.records import Grade, Status, Submission
from grader.results.store import NAME, Store
from tests import ROOT
from tests.batch import batch_fakes as fakes


class Watch:
    """Progress that remembers."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.skips = 0
        self.stopped: list[int] = []

    def skipped(self, _: Submission) -> None:
        self.skips += 1

    def graded(self, grade: Grade) -> None:
        self.ids.append(grade.student_id)

    def stopping(self, in_flight: int) -> None:
        self.stopped.append(in_flight)


def local(workers: int = 2, patience: float = 60.0) -> LocalExaminers:
    return LocalExaminers(workers, preload="grader.records", patience=patience)


def run(
    store: Store,
    submissions: list[Submission],
    examiners: Examiners | None = None,
    *,
    kit: str = fakes.KIT,
    regrade: bool = False,
) -> tuple[coordinator.Summary, Watch]:
    watch = Watch()
    this = store.begin(kit, regrade=regrade)
    store.admit(submissions)
    examiners = examiners or InlineExaminers()
    summary = coordinator.run(store.submissions(this), fakes.grade, store, examiners, watch)
    store.finish()
    return summary, watch


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / NAME) as store:
        yield store


def statuses(store: Store) -> dict[str, Status]:
    return {grade.student_id: grade.status for grade in store.grades()}


def many(count: int, source: str = "pass") -> list[Submission]:
    return [fakes.submission(number, f"{source}\n" + "#" * number) for number in range(count)]


def test_a_pool_gives_everybody_their_own_grade(store: Store) -> None:
    submissions = many(12)
    summary, watch = run(store, submissions, local())
    assert (summary.graded, summary.skipped, summary.faults) == (12, 0, [])
    assert sorted(watch.ids) == [each.student_id for each in submissions]
    assert [each.auto for each in store.grades()] == [fakes.made(each).auto for each in submissions]


def test_what_has_its_grade_is_not_graded_again(store: Store, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    submissions = many(3, f"note {notes}")
    run(store, submissions)
    summary, watch = run(store, [*submissions, fakes.submission(9, f"note {notes}")])
    assert (summary.graded, summary.skipped, watch.skips) == (1, 3, 3)
    assert len(notes.read_text().splitlines()) == 4
    assert run(store, submissions, regrade=True)[0].graded == 3
    assert len(notes.read_text().splitlines()) == 7


def test_another_content_is_graded_again(store: Store) -> None:
    run(store, [fakes.submission(1, "a")])
    assert run(store, [fakes.submission(1, "ab")])[0].graded == 1
    assert len(store.history("20230001")) == 2


def test_a_fault_of_the_kit_costs_nobody_else(store: Store) -> None:
    submissions = many(4)
    submissions[1] = fakes.submission(1, "fault hidden test q4_2 is broken")
    submissions[2] = fakes.submission(2, "leave")
    summary, _ = run(store, submissions)
    assert list(statuses(store).values()) == ["graded", "kit_fault", "kit_fault", "graded"]
    assert [student for student, _ in summary.faults] == ["20230001", "20230002"]
    assert "hidden test q4_2 is broken" in str(summary.faults[0][1])
    assert "SystemExit: 0 (batch_fakes.py:" in str(summary.faults[1][1])
    assert store.grade("20230001").questions == ()
    # It is tried again, and only it.
    again, _ = run(store, submissions)
    assert (again.graded, again.skipped, len(again.faults)) == (0, 2, 2)


def test_an_examiner_of_another_kit_gives_no_score(store: Store) -> None:
    summary, _ = run(store, many(1), kit="2.0.0-other")
    assert "install the same kit on all machines" in str(summary.faults[0][1])


def test_a_grade_of_somebody_else_is_no_grade(store: Store) -> None:
    submission = fakes.submission(1)
    store.begin(fakes.KIT)
    store.admit([submission])
    wrong = fakes.made(fakes.submission(2))
    summary = coordinator.run([submission], lambda _: wrong, store, InlineExaminers(), Watch())
    assert "another submission" in str(summary.faults[0][1])


def test_who_kills_the_examiner_is_found_and_the_rest_goes_on(store: Store, tmp_path: Path) -> None:
    submissions = many(10)
    submissions[3] = fakes.submission(3, "die")
    submissions[4] = fakes.submission(4, f"die_once {tmp_path}/once")
    # More than a pipe holds: the coordinator is writing to the pool when it breaks.
    submissions[5] = fakes.submission(5, "#" * 1_000_000)
    summary, _ = run(store, submissions, local())
    expected = {each.student_id: Status.GRADED for each in submissions}
    assert statuses(store) == expected | {"20230003": Status.KIT_FAULT}
    assert [student for student, _ in summary.faults] == ["20230003"]
    assert all(len(store.history(each.student_id)) == 1 for each in submissions)


def test_an_examiner_that_hangs_is_ended(store: Store) -> None:
    submissions = many(3)
    submissions[1] = fakes.submission(1, "hang")
    summary, _ = run(store, submissions, local(patience=3))
    assert [student for student, _ in summary.faults] == ["20230001"]
    assert summary.graded == 2


def test_examiners_killed_from_outside_lose_nothing(store: Store, tmp_path: Path) -> None:
    notes = tmp_path / "pids"
    submissions = many(40, f"note {notes}\nsleep 0.02")

    def kill_some() -> None:
        for reached in (6, 16):
            _until(lambda reached=reached: len(_lines(notes)) >= reached)
            _kill(int(_lines(notes)[-1]))

    killer = threading.Thread(target=kill_some)
    killer.start()
    summary, _ = run(store, submissions, local())
    killer.join()
    assert (summary.graded, summary.faults) == (40, [])
    assert all(len(store.history(each.student_id)) == 1 for each in submissions)
    # Only what was in flight with the dead was graded more than once.
    assert len(_lines(notes)) <= 40 + 2 * local().capacity()


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def _until(reached, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_examiners_that_cannot_start_are_told_at_once(store: Store) -> None:
    store.begin(fakes.KIT)
    examiners = LocalExaminers(2, preload="no.such.module", patience=60)
    with pytest.raises(KitFault, match="cannot start"):
        coordinator.run(many(3), fakes.grade, store, examiners, Watch())


class Slow(InlineExaminers):
    """Finish nothing until `capacity` calls wait; note how many ever did."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future, tuple]] = []
        self.most = 0

    def submit(self, *call):  # type: ignore[override]
        future: Future = Future()
        self.waiting.append((future, call))
        self.most = max(self.most, len(self.waiting))
        if len(self.waiting) == self.capacity():
            for each, (fn, *args) in self.waiting:
                each.set_result(fn(*args))
            self.waiting.clear()
        return future

    def capacity(self) -> int:
        return 4


def test_few_submissions_are_read_ahead(store: Store) -> None:
    store.begin(fakes.KIT)
    read = 0

    def endless() -> Iterator[Submission]:
        nonlocal read
        for number in itertools.count():
            read += 1
            assert read <= len(watch.ids) + 4
            if number == 40:
                return
            yield fakes.submission(number)

    watch, slow = Watch(), Slow()
    coordinator.run(endless(), fakes.grade, store, slow, watch)
    assert (len(watch.ids), slow.most) == (40, 4)


# -- the coordinator dies ----------------------------------------------------------------------


def driver(
    out: Path, count: int, source: str, *options: str, sigint: Any = signal.SIG_DFL
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.batch.batch_driver", str(out), str(count), source, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, sigint),  # noqa: PLW1509  # one thread here
    )


def finished(process: subprocess.Popen[str]) -> str:
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    return out


def graded_in(out: Path) -> int:
    if not (out / NAME).exists():
        return 0
    with Store(out / NAME) as store:
        return sum(1 for _ in store.grades())


def tables(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.suffix in {".csv", ".json"}
    }


def test_ctrl_c_keeps_what_is_in_flight_and_the_same_command_goes_on(tmp_path: Path) -> None:
    process = driver(tmp_path / "out", 60, "sleep 0.1")
    _until(lambda: graded_in(tmp_path / "out") >= 4)
    process.send_signal(signal.SIGINT)
    text, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    assert "stopping with" in text
    kept = graded_in(tmp_path / "out")
    # "N kept" was printed after what was in flight had landed.
    assert f"{kept} kept" in text
    assert 4 <= kept < 60
    assert f"skipped {kept}\n" in finished(driver(tmp_path / "out", 60, "sleep 0.1"))
    assert graded_in(tmp_path / "out") == 60


def test_a_run_in_the_background_of_a_script_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    process = driver(tmp_path / "out", 60, "sleep 0.1", sigint=signal.SIG_IGN)
    _until(lambda: graded_in(tmp_path / "out") >= 2)
    process.send_signal(signal.SIGINT)  # meant for what runs in the foreground
    seen = graded_in(tmp_path / "out")
    _until(lambda: graded_in(tmp_path / "out") > seen)
    process.send_signal(signal.SIGTERM)
    text, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    assert f"{graded_in(tmp_path / 'out')} kept" in text


@pytest.mark.parametrize("landed_first", [False, True])
@pytest.mark.parametrize("interrupts", [1, 2])
def test_ctrl_c_splits_no_landing(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    *,
    landed_first: bool,
    interrupts: int,
) -> None:
    """In the middle of a record, and once more in the middle of the drain's."""
    # The suite itself may run where Ctrl-C is ignored: in the background of a script.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    record, handler = store.record, signal.getsignal(signal.SIGINT)
    left = iter(range(interrupts))

    def interrupted(submission: Submission, grade: Grade) -> None:
        if landed_first:
            record(submission, grade)
        if next(left, None) is not None:
            signal.raise_signal(signal.SIGINT)
        if not landed_first:
            record(submission, grade)

    monkeypatch.setattr(store, "record", interrupted)
    watch = Watch()
    this = store.begin(fakes.KIT)
    store.admit(many(8))
    with pytest.raises(KeyboardInterrupt):
        coordinator.run(store.submissions(this), fakes.grade, store, local(), watch)
    assert sorted(watch.ids) == [each.student_id for each in store.grades()]
    assert interrupts <= len(watch.ids) < 8
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_killed_coordinator_leaves_no_process_behind(tmp_path: Path) -> None:
    notes = tmp_path / "pids"
    process = driver(tmp_path / "out", 30, f"note {notes}\nsleep 0.3")
    _until(lambda: len(set(_lines(notes))) >= 2)
    process.kill()
    process.communicate()
    examiners = {int(pid) for pid in _lines(notes)}
    _until(lambda: not any(_runs(pid) for pid in examiners))


def _runs(pid: int) -> bool:
    try:
        # A zombie that nobody waits for runs no more.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_second_run_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    first = driver(tmp_path / "out", 600, "sleep 0.1")
    _until(lambda: graded_in(tmp_path / "out") >= 1)
    second = driver(tmp_path / "out", 600, "sleep 0.1")
    _, error = second.communicate(timeout=60)
    assert second.returncode == 2
    assert "Another run is writing" in error
    # It did no harm to the first.
    seen = graded_in(tmp_path / "out")
    _until(lambda: graded_in(tmp_path / "out") > seen)
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=60)
    assert first.returncode == 130


KILLS = 50


@pytest.mark.slow
def test_fifty_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    source, count = "sleep 0.03", 100
    began = time.monotonic()
    finished(driver(tmp_path / "undisturbed", count, source))
    whole = time.monotonic() - began
    chance = random.Random(20250101)
    reached = set()
    for _ in range(KILLS):
        process = driver(tmp_path / "killed", count, source)
        process.stdout.readline()  # it is up; from here on, any moment
        time.sleep(chance.uniform(0.0, 0.3 * whole))
        process.kill()
        process.communicate()
        reached.add(graded_in(tmp_path / "killed"))
    # The kills met it at work, not only before or after.
    assert len(reached) >= 5, reached
    finished(driver(tmp_path / "killed", count, source))
    assert tables(tmp_path / "killed") == tables(tmp_path / "undisturbed")
    with Store(tmp_path / "killed" / NAME) as store:
        for student_id in store.student_ids():
            assert len(store.history(student_id)) == 1


def test_a_stopped_regrade_goes_on_and_tells_all_changes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    finished(driver(out, 60, "sleep 0"))
    process = driver(out, 60, "sleep 0", "--regrade", "--bonus", "--slow")
    _until(lambda: _regraded(out) >= 3)
    process.kill()
    process.communicate()
    before = _regraded(out)
    assert f"skipped {before}\n" in finished(driver(out, 60, "sleep 0", "--regrade", "--bonus"))
    rows = (out / "changes.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len({row.split(",")[0] for row in rows[1:]}) == 60


def _regraded(out: Path) -> int:
    with Store(out / NAME) as store:
        return sum(len(store.history(each)) > 1 for each in store.student_ids())


# -- a cluster ----------------------------------------------------------------------------------


@pytest.fixture
def cluster(tmp_path: Path):
    """A real Dask scheduler with two worker processes: (address, workers)."""
    scheduler_file = tmp_path / "scheduler.json"
    common = {"cwd": ROOT, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    scheduler = subprocess.Popen(
        [
            *dask,
            "--port=0",
            "--no-dashboard",
            "--host=127.0.0.1",
            f"--scheduler-file={scheduler_file}",
        ],
        **common,
    )
    _until(lambda: _address(scheduler_file), 60)
    address = _address(scheduler_file)
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address]
    flags = ["--nthreads=1", "--no-nanny", "--no-dashboard", "--host=127.0.0.1"]
    workers = [subprocess.Popen([*worker, *flags], **common) for _ in range(2)]
    with Client(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    yield address, scheduler, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def _address(scheduler_file: Path) -> str:
    """Where the scheduler listens; "" while it has not yet, or not wholly, written so."""
    try:
        return str(json.loads(scheduler_file.read_text())["address"])
    except (FileNotFoundError, json.JSONDecodeError):
        return ""


@pytest.mark.slow
def test_a_cluster_loses_a_worker_and_no_submission(cluster, store: Store, tmp_path: Path) -> None:
    address, _, workers = cluster
    notes = tmp_path / "pids"
    submissions = many(40, f"note {notes}\nsleep 0.1")

    def kill_one() -> None:
        _until(lambda: _lines(notes).count(str(workers[0].pid)) >= 4, 60)
        workers[0].kill()

    killer = threading.Thread(target=kill_one)
    killer.start()
    examiners = ClusterExaminers(address, patience=60)
    summary, watch = run(store, submissions, examiners)
    killer.join()
    assert (summary.graded, summary.faults) == (40, [])
    assert sorted(watch.ids) == [each.student_id for each in submissions]
    assert all(len(store.history(each.student_id)) == 1 for each in submissions)
    pids = _lines(notes)
    assert {int(pid) for pid in pids} == {worker.pid for worker in workers}
    assert pids.count(str(workers[0].pid)) < 20  # it was killed at work
    assert 40 <= len(pids) <= 40 + 2  # again only what the dead one held: in hand, or not fetched


@pytest.mark.slow
def test_a_cluster_that_goes_away_is_told_and_keeps_the_grades(cluster, store: Store) -> None:
    address, scheduler, _ = cluster
    submissions = many(40, "sleep 0.1")

    def kill_it() -> None:
        _until(lambda: graded_in(store.path.parent) >= 5, 60)
        scheduler.kill()

    killer = threading.Thread(target=kill_it)
    killer.start()
    with pytest.raises(KitFault, match="no longer answers"):
        run(store, submissions, ClusterExaminers(address, patience=20))
    killer.join()
    assert 5 <= len(statuses(store)) < 40
    kept = len(statuses(store))
    summary, _ = run(store, submissions)
    assert (summary.graded, summary.skipped) == (40 - kept, kept)


def test_no_cluster_is_told_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.batch.pools.CONNECT_SECONDS", 1.0)
    store.begin(fakes.KIT)
    examiners = ClusterExaminers("tcp://127.0.0.1:9", patience=20)
    with pytest.raises(KitFault, match="No Dask scheduler"):
        coordinator.run(many(1), fakes.grade, store, examiners, Watch())


def cores_of_both() -> set[frozenset[int]]:
    """The cores that each of two examiners may use."""
    examiners = local()
    try:
        executor = examiners.start()
        waiting = [executor.submit(fakes.cores_after, 0.3) for _ in range(2)]
        return {each.result() for each in waiting}
    finally:
        examiners.close(drop=False)


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="only Linux ties a process to a core"
)
def test_examiners_that_take_every_core_stay_on_one_each(monkeypatch: pytest.MonkeyPatch) -> None:
    there = os.sched_getaffinity(0)
    monkeypatch.setattr(pools, "cores", lambda: 2)
    tied = cores_of_both()
    assert {len(each) for each in tied} == {1}
    assert len(tied) == min(2, len(there))
    monkeypatch.setattr(pools, "cores", lambda: 3)
    assert cores_of_both() == {frozenset(there)}
