"""A worker started ahead: it is like any other, it serves one program, and nothing depends on it."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from grader.faults import KitFault
from grader.sandbox import (
    launch,
    prestart,
    start_command,
    tiers,
)
from grader.sandbox.launch import Worker
from grader.sandbox.limits import Limits
from grader.sandbox.worker import figures

LIMITS = Limits()
DRAWS = "import matplotlib.pyplot as plt\n"


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    prestart.end()
    yield
    prestart.end()


def taken(*, draws: bool = True, ahead: bool = True, tier: str = start_command.PLAIN) -> Worker:
    return prestart.take(LIMITS, tier, draws=draws, ahead=ahead)


def waiting() -> Worker:
    (worker,) = prestart._spares.values()
    return worker


def test_the_next_program_gets_the_worker_that_was_started_ahead() -> None:
    taken().kill()
    expected = waiting()
    worker = taken()
    assert worker is expected
    assert waiting() is not worker
    worker.kill()


def test_without_ahead_nothing_is_left() -> None:
    taken(ahead=False).kill()
    assert not prestart._spares


def test_a_program_that_does_not_draw_gets_a_worker_of_its_own() -> None:
    taken().kill()
    expected = waiting()
    worker = taken(draws=False)
    assert worker is not expected
    assert waiting() is expected
    worker.kill()


def test_other_limits_get_another_worker() -> None:
    taken().kill()
    other = prestart.take(Limits(call=1.0), start_command.PLAIN, draws=True, ahead=False)
    assert other is not waiting()
    other.kill()


def test_a_spare_that_died_is_replaced() -> None:
    taken().kill()
    dead = waiting()
    dead.process.send_signal(signal.SIGKILL)
    dead.process.wait()
    worker = taken(ahead=False)
    assert worker is not dead
    assert worker.process.poll() is None
    assert not dead.scratch.exists()
    worker.kill()


def test_a_spare_that_cannot_be_started_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> Worker:
        raise KitFault("no more processes")

    monkeypatch.setattr(prestart, "begin", fails)
    taken().kill()
    assert not prestart._spares


def test_the_end_leaves_no_process_and_no_folder() -> None:
    taken().kill()
    last = waiting()
    prestart.end()
    assert last.process.poll() is not None
    assert not last.scratch.exists()


@pytest.mark.parametrize(
    ("source", "draws"),
    [
        ("import matplotlib.pyplot as plt", True),
        ("def f():\n    from matplotlib import figure", True),
        ("import numpy as np, matplotlib as mpl", True),
        ("plt = __import__('matplotlib.pyplot').pyplot", True),
        ("plt = importlib.import_module('matplotlib.pyplot')", True),
        ('"""Use NumPy and matplotlib only."""\nimport numpy as np', False),
        ("", False),
    ],
)
def test_who_draws_imports_matplotlib(source: str, *, draws: bool) -> None:
    assert figures.wanted(source) is draws


@pytest.mark.parametrize("tier", start_command.TIERS)
def test_a_spare_is_confined_like_any_other(tier: str) -> None:
    if not tiers.probe_tier(tier).works:
        pytest.skip(f"this machine has no {tier}: {tiers.probe_tier(tier).reason}")
    taken(tier=tier).kill()
    worker = taken(tier=tier, ahead=False)
    assert set(worker.layers) >= launch.NEEDED[tier]
    worker.kill()
