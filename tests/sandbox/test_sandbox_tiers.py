"""How workers are started: what they can see, what holds them, and what doctor says about it."""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import stat
import struct
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from grader.commands.doctor import doctor
from grader.faults import KitFault
from grader.sandbox import (
    Limits,
    launch,
    remedies,
    scratch,
    seccomp,
    session,
    start_command,
    tiers,
)
from grader.sandbox.worker import landlock
from grader.sandbox.worker_files import WORKER, stage
from tests import ROOT

pytestmark = pytest.mark.needs("linux")
KIT = ROOT


@pytest.fixture
def folder() -> Iterator[Path]:
    made = scratch.make()
    yield made
    scratch.remove(made)


def settings(start: start_command.StartCommand) -> dict[str, Any]:
    return dict(json.loads(start.command[-1]))


def test_the_stage_shows_the_workers_own_files_and_four_libraries() -> None:
    seen = stage()
    shown = {path.stem for path in (seen.home / "grader").rglob("*.py")}
    assert shown == {path.stem for path in WORKER.rglob("*.py")}
    assert {"numpy", "matplotlib", "msgspec"} <= seen.packages.keys()
    assert not {"grader", "otter", "solutions", "pytest", "click"} & seen.packages.keys()
    assert stat.S_IMODE(seen.home.stat().st_mode) == 0o755


@pytest.mark.parametrize("tier", start_command.TIERS)
def test_no_secret_of_the_examiner_is_in_a_workers_start(
    tier: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ML6_SECRET", "hunter2")
    start = start_command.start(tier, Limits(), 5, folder)
    assert "hunter2" not in repr(start)
    assert set(start.environment) == {
        "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_NUM_THREADS",
        "BLIS_NUM_THREADS", "HOME", "TMPDIR", "PATH", "USER", "LOGNAME", "USERNAME", "LANG", "MPLBACKEND", "MPLCONFIGDIR", "PYTHONHASHSEED",
    }  # fmt: skip


@pytest.mark.needs("bubblewrap")
def test_under_bubblewrap_nothing_of_the_kit_is_bound(folder: Path) -> None:
    command = start_command.start(start_command.BUBBLEWRAP, Limits(), 5, folder).command
    bound = [Path(command[at + 1]) for at, word in enumerate(command) if word == "--ro-bind"]
    for path in bound:
        for hidden in (KIT / "grader" / "questions", KIT / "solutions", KIT / "tests", Path.home()):
            assert path not in (hidden, *hidden.parents), path
    assert "--bind" not in command
    assert command.count("--remount-ro") >= 2
    assert "--share-net" not in command


def test_without_bubblewrap_landlock_opens_no_other_packages(folder: Path) -> None:
    told = settings(start_command.start(start_command.SELF_CONFINED, Limits(), 5, folder))
    readable = [Path(path).resolve() for path in told["readable"]]
    for hidden in (
        Path("/usr/lib/python3/dist-packages"),
        KIT / "grader",
        KIT / "solutions",
        KIT / "tests",
        Path("/etc/passwd"),
        Path.home(),
    ):
        assert not any(path == hidden or path in hidden.parents for path in readable)
    assert told["writable"] == [str(folder)]


@pytest.mark.parametrize("tier", [start_command.BUBBLEWRAP, start_command.SELF_CONFINED])
def test_a_confined_worker_names_all_its_layers(tier: str) -> None:
    probe = tiers.probe_tier(tier)
    if not probe.works:
        pytest.skip(probe.reason)
    assert launch.NEEDED[tier] <= set(probe.layers)
    if os.geteuid() == 0 and tier == start_command.BUBBLEWRAP:
        assert "other uid" in probe.layers


def test_the_probe_finds_what_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    if not tiers.probe_tier(start_command.SELF_CONFINED).works:
        pytest.skip(tiers.probe_tier(start_command.SELF_CONFINED).reason)
    source = 'def generate_sequence_data():\n    return ["fork", "socket"]\n'
    monkeypatch.setattr(tiers, "PROBE", source)
    probe = tiers.probe_tier.__wrapped__(start_command.SELF_CONFINED)
    assert not probe.works
    assert probe.reason == "inside, this still works: fork, socket"


def test_a_worker_that_can_be_left_never_gets_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers, "PROBE", 'def generate_sequence_data():\n    return ["fork"]\n')
    with session("x = 1\n") as student:
        assert student.tier == start_command.PLAIN


def test_without_bwrap_the_next_tier_is_taken_and_doctor_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    tiers.best.cache_clear()
    tiers.probe_tier.cache_clear()
    try:
        assert tiers.best() != start_command.BUBBLEWRAP
        said = CliRunner().invoke(doctor, ["--lang", "en"])
        assert said.exit_code == 0
        assert "bwrap) is not installed" in said.output
        assert "apt install bubblewrap" in said.output
    finally:
        tiers.best.cache_clear()
        tiers.probe_tier.cache_clear()


def test_elsewhere_there_is_only_the_plain_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    for tier in start_command.TIERS:
        probe = tiers.probe_tier.__wrapped__(tier)
        assert probe.works is (tier == start_command.PLAIN)
    assert not tiers.is_confined(start_command.PLAIN)
    assert "WARNING" in str(remedies.promise(start_command.PLAIN))
    assert "Linux" in str(
        remedies.steps(tiers.Probe(start_command.BUBBLEWRAP, works=False, reason=""))[0]
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_doctor_names_the_best_tier(lang: str) -> None:
    said = CliRunner().invoke(doctor, ["--lang", lang])
    assert said.exit_code == 0
    assert tiers.best() in said.output


@pytest.mark.parametrize("architecture", [None, "X86_64", "AARCH64"])
def test_there_is_a_filter_for_each_architecture(architecture: str | None) -> None:
    program = base64.b64decode(seccomp.program(architecture))
    instructions = list(struct.iter_unpack("<HBBI", program))
    assert len(instructions) > 100
    # The first instructions load the architecture and compare it: linux/audit.h.
    numbers = {"X86_64": 0xC000003E, "AARCH64": 0xC00000B7}
    if architecture:
        assert numbers[architecture] in [value for _, _, _, value in instructions[:4]]


def test_what_is_allowed_is_not_forbidden() -> None:
    groups = (
        seccomp.FILES,
        seccomp.MEMORY,
        seccomp.THREADS,
        seccomp.CLOCKS,
        seccomp.SIGNALS,
        seccomp.QUESTIONS,
    )
    allowed = {name for group in groups for name in group.split()}
    forbidden = set(seccomp.FORBIDDEN.split())
    assert not allowed & forbidden
    assert not {"clone", "clone3", "ioctl", "prctl", "prlimit64"} & allowed


def test_the_kernel_is_asked_for_landlock_and_not_a_file() -> None:
    assert landlock.version() == 0 or landlock.version() >= 1


def test_the_examiner_cannot_be_read_by_others_of_its_user() -> None:
    with session("x = 1\n", Limits(), start_command.PLAIN):
        assert ctypes_prctl_get_dumpable() == 0


def ctypes_prctl_get_dumpable() -> int:
    import ctypes

    return int(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))  # PR_GET_DUMPABLE


@pytest.mark.parametrize("tier", start_command.TIERS)
def test_limits_hold_inside(tier: str) -> None:
    if not tiers.probe_tier(tier).works:
        pytest.skip(tiers.probe_tier(tier).reason)
    text = """
import resource
def generate_sequence_data():
    names = ["RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_CORE"]
    return {name: list(resource.getrlimit(getattr(resource, name))) for name in names}
"""
    limits = Limits()
    with session(text, limits, tier) as student:
        inside = student.environment()["generate_sequence_data"]()
    for name, (soft, hard) in inside.items():
        assert soft == hard <= limits.resources()[name]


def test_a_missing_library_is_our_fault_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.sandbox import worker_files as module

    monkeypatch.setattr(module, "LIBRARIES", ("no-such-library",))
    with pytest.raises(KitFault, match="no-such-library"):
        module._packages()


# -- working folders -------------------------------------------------------------------------------


def test_a_folder_is_measured_and_removed_however_deep(folder: Path) -> None:
    (folder / "a").write_bytes(bytes(100_000))
    assert 100_000 <= scratch.size(folder, 1 << 20) < 200_000
    assert scratch.size(folder, 50_000) > 50_000
    before = Path.cwd()
    os.chdir(folder)
    try:
        for number in range(3000):
            Path("file").write_text("x")
            Path(str(number % 7)).symlink_to("/")
            Path("d").mkdir(mode=0o700)
            os.chdir("d")
    finally:
        os.chdir(before)
    assert scratch.size(folder, 1 << 30) > 1 << 30
    scratch.remove(folder)
    assert not folder.exists()


def test_many_small_files_are_too_much(folder: Path) -> None:
    for number in range(scratch.MAX_ENTRIES + 1):
        (folder / str(number)).touch()
    assert scratch.size(folder, 1 << 30) > 1 << 30


def test_removing_follows_no_links(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "keep").write_text("x")
    (folder / "link").symlink_to(tmp_path)
    scratch.remove(folder)
    assert not folder.exists()
    assert (tmp_path / "keep").exists()


def test_folders_of_killed_examiners_are_swept_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    old, fresh = (tmp_path / f"ml6-worker-{gone.pid}-{name}" for name in ("old", "fresh"))
    ours, other = tmp_path / f"ml6-stage-{os.getpid()}-x", tmp_path / "ml6-notes-from-me"
    for folder in (old, fresh, ours, other):
        folder.mkdir()
        (folder / "a").touch()
    for folder in (old, ours, other):
        os.utime(folder, (0, 0))
    scratch.sweep()
    assert sorted(tmp_path.iterdir()) == sorted([fresh, ours, other])


def test_a_pool_leaves_no_stage_behind() -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        home = pool.submit(staged).result()
    assert not Path(home).exists()


def test_a_worker_need_not_compile_its_own_files():
    """Python takes what was compiled of a file where the file's time and size are those it names."""
    package = stage().home / "grader" / "sandbox" / "worker"
    sources = sorted(package.rglob("*.py"))
    assert len(sources) == len(list(WORKER.rglob("*.py"))) > 0
    for source in sources:
        compiled = (
            source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc"
        )
        flags, seconds, size = struct.unpack("<4xIII", compiled.read_bytes()[:16])
        seen = source.stat()
        assert (flags, seconds, size) == (0, int(seen.st_mtime), seen.st_size)


def staged() -> str:
    home = stage().home
    assert home.exists()
    return str(home)
