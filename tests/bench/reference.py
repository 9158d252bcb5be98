"""How fast the reference is beside PyTorch: the ratio of times, NumPy / torch, one thread each.

Run from the root: `python -m tests.bench.reference`. Below 1, NumPy is the faster. The two take
turns within one run and the ratio of each turn counts, so that a busy machine disturbs both alike.
"products" is the same ratio for the matrix products of the RNN alone, on arrays made beforehand:
what NumPy's BLAS leaves to be reached, however the rest is written.
"""

from __future__ import annotations

import os

# Read by OpenBLAS and OpenMP when they are loaded, so they are set before anything is imported.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from solutions.rnn import LSTMCell, SimpleRNN

try:
    import torch
except ModuleNotFoundError:
    sys.exit("This benchmark compares with PyTorch; tests/README.md says how to install it.")

OUTPUTS = 8


@dataclass(frozen=True)
class Size:
    """Time steps, batch, inputs, hidden units; the ratio aimed at; how many turns to take."""

    T: int
    B: int
    I: int  # noqa: E741  (the name of the size in all equations)
    H: int
    goal: float
    turns: int

    def __str__(self) -> str:
        return f"T{self.T} B{self.B} I{self.I} H{self.H}"


SIZES = (
    Size(50, 16, 1, 32, 0.3, 80),
    Size(100, 64, 32, 128, 0.7, 25),
    Size(200, 64, 128, 512, 0.8, 9),
)

Job = Callable[[], object]


def main() -> None:
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    print(f"numpy {np.__version__}, torch {torch.__version__}, one thread, float64")
    print(
        f"{'time NumPy / time torch':26}{'size':>20}{'ratio':>7}{'goal':>6}{'products':>10}{'NumPy ms':>10}"
    )
    for size in SIZES:
        ours, theirs = rnn_jobs(size)
        ratio, seconds = compare(ours, theirs, turns=size.turns)
        floor, _ = compare(products(size), theirs, turns=size.turns)
        row("RNN forward and backward", size, ratio, seconds, f"{size.goal}", f"{floor:.2f}")
    for size in SIZES:
        row("LSTM cell, T steps", size, *compare(*lstm_jobs(size), turns=size.turns))


def row(
    name: str, size: Size, ratio: float, seconds: float, goal: str = "", floor: str = ""
) -> None:
    print(f"{name:26}{size!s:>20}{ratio:7.2f}{goal:>6}{floor:>10}{1e3 * seconds:10.2f}")


def compare(ours: Job, theirs: Job, turns: int) -> tuple[float, float]:
    """Return the median ratio of times over the turns, and our median seconds."""
    for job in (ours, theirs, ours, theirs):
        job()  # warm up: caches, workspaces, thread pools
    pairs = [(clock(ours), clock(theirs)) for _ in range(turns)]
    return statistics.median(a / b for a, b in pairs), statistics.median(a for a, _ in pairs)


def clock(job: Job) -> float:
    """Return CPU seconds, which are the same for one thread but for other people's programs."""
    start = time.process_time()
    job()
    return time.process_time() - start


def rnn_jobs(size: Size) -> tuple[Job, Job]:
    """RNN with a linear head: forward, then the gradient of every parameter."""
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((size.T, size.B, size.I))
    d_outputs = rng.standard_normal((size.T, size.B, OUTPUTS)) / (size.T * size.B)
    ours = SimpleRNN(size.I, size.H, OUTPUTS)
    layer, head = torch.nn.RNN(size.I, size.H), torch.nn.Linear(size.H, OUTPUTS)
    x, dy = torch.from_numpy(inputs), torch.from_numpy(d_outputs)

    def run_ours() -> None:
        ours.forward(inputs)
        ours.backward(d_outputs)

    def run_theirs() -> None:
        layer.zero_grad()
        head.zero_grad()
        states, _ = layer(x)
        head(states).backward(dy)

    return run_ours, run_theirs


def products(size: Size) -> Job:
    """The matrix products of `rnn_jobs` and nothing else."""
    rng = np.random.default_rng(0)
    T, B, I, H = size.T, size.B, size.I, size.H  # noqa: E741  # sizes as in the equations
    x, h, dy = (rng.standard_normal((T * B, n)) for n in (I, H, OUTPUTS))
    W_xh, W_hh, W_hy = (rng.standard_normal(s) for s in ((I, H), (H, H), (H, OUTPUTS)))
    steps, step = h.reshape(T, B, H), np.empty((B, H))
    a, y, dW_xh, dW_hh, dW_hy = (np.empty_like(one) for one in (h, dy, W_xh, W_hh, W_hy))

    def run() -> None:
        np.matmul(x, W_xh, out=a)
        for one in steps:
            np.matmul(one, W_hh, out=step)
        np.matmul(h, W_hy, out=y)
        np.matmul(dy, W_hy.T, out=a)
        for one in steps:
            np.matmul(one, W_hh, out=step)
        np.matmul(x.T, a, out=dW_xh)
        np.matmul(h.T, a, out=dW_hh)
        np.matmul(h.T, dy, out=dW_hy)

    return run


def lstm_jobs(size: Size) -> tuple[Job, Job]:
    """LSTM cell, forward only, called once per time step."""
    inputs = np.random.default_rng(0).standard_normal((size.T, size.B, size.I))
    ours, theirs = LSTMCell(size.I, size.H), torch.nn.LSTMCell(size.I, size.H)
    zeros = np.zeros((size.B, size.H))
    x, start = torch.from_numpy(inputs), torch.zeros(size.B, size.H)

    def run_ours() -> None:
        h, c = zeros, zeros
        for step in inputs:
            h, c = ours.forward(step, h, c)

    @torch.no_grad()
    def run_theirs() -> None:
        state = start, start
        for step in x:
            state = theirs(step, state)

    return run_ours, run_theirs


if __name__ == "__main__":
    main()
