"""What the sandbox costs: a worker ready for a program, confinement against none, a round trip.

Run from the root: `python -m tests.bench.sandbox [RUNS]`. The tiers take turns, so that other jobs
on the machine hurt them alike; ratios are to the plain worker of the same run.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from grader.protocol import Call
from grader.sandbox import (
    Limits,
    session,
    start_command,
    tiers,
)
from grader.sandbox.launch import open_worker
from grader.sandbox.worker_files import stage

RUNS = 20
GOAL = 150.0  # ms, median, from nothing to a confined worker that answers
PROGRAM = """
class SimpleRNN:
    def __init__(self, i, h, o):
        pass
        self.h = h
    def forward(self, x):
        return x
"""
SHAPE = (16, 4, 8)
STEPS = 64


def main(runs: int = RUNS) -> int:
    here = [tier for tier in start_command.TIERS if tiers.probe_tier(tier).works]
    bench_start(here, runs)
    bench_program(here, runs)
    for tier in here:
        bench_round_trip(tier)
    return 0


def bench_start(here: list[str], runs: int) -> None:
    """Until `Ready`: NumPy is imported and all layers hold."""
    acts: dict[str, Callable[[], object]] = {"python, import numpy": _bare}
    acts |= {tier: lambda tier=tier: open_worker(Limits(), tier).kill() for tier in here}
    times = _in_turn(acts, runs)
    plain = times[start_command.PLAIN]
    print(f"a worker started, confined and ended (median of {runs}; goal {GOAL:.0f} ms confined)")
    for name, median in times.items():
        print(f"  {name:<32} {median:6.0f} ms  {median / plain:5.2f} x plain")


def bench_program(here: list[str], runs: int) -> None:
    """The same until a program is loaded, an object made and called."""

    def use(tier: str) -> None:
        with session(PROGRAM, Limits(), tier) as student:
            student.environment()["SimpleRNN"](1, 2, 3).forward(np.ones(SHAPE))

    times = _in_turn({tier: lambda tier=tier: use(tier) for tier in here}, runs)
    print("a program loaded, an object made and called")
    for name, median in times.items():
        print(f"  {name:<32} {median:6.0f} ms  {median / times[start_command.PLAIN]:5.2f} x plain")


def bench_round_trip(tier: str) -> None:
    """Forward that returns its input: what is left is the wire, and the check of changed inputs."""
    with session(PROGRAM, Limits(), tier) as student:
        net = student.environment()["SimpleRNN"](1, 2, 3)
        x = np.ones(SHAPE)
        single = _median(lambda: net.forward(x), 500) * 1e3
        batch = [Call("forward", (x,))] * STEPS
        many = _median(lambda: net.replay(batch), 30) * 1e3 / STEPS
    print(
        f"a call with {SHAPE} floats each way, {tier}: {single:.0f} us; in a batch: {many:.0f} us"
    )


def _bare() -> None:
    seen = stage()
    text = f"import sys; sys.path[:0] = [{str(seen.site)!r}]; import numpy"
    command = [str(seen.interpreter), *start_command.FLAGS, "-c", text]
    subprocess.run(command, env={"OPENBLAS_NUM_THREADS": "1"}, check=True)


def _in_turn(acts: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Median milliseconds of each."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(runs):
        for name, act in acts.items():
            began = time.perf_counter()
            act()
            taken[name].append(1e3 * (time.perf_counter() - began))
    return {name: statistics.median(values) for name, values in taken.items()}


def _median(act: Callable[[], object], runs: int) -> float:
    """Median milliseconds."""
    return _in_turn({"": act}, runs)[""]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
