"""What is measured of a student's own networks is what is true of them, however they are written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.architectures import own_networks
from grader.architectures.cost import parameters
from grader.architectures.own_networks import SIZES, OwnNetwork
from grader.sandbox.session import session
from tests import PROGRAMS, ROOT

VARIANTS = PROGRAMS / "variants"
NAMES = {"SimpleRNN": "RNN", "GRUCell": "GRU", "LSTMCell": "LSTM"}
# Two biases inside the candidate: one more for each hidden unit.
EXTRA = {"bonus-pullbacks": 1, "bonus-torch-form": 3}


def networks(folder: Path) -> dict[str, OwnNetwork]:
    bonus = folder / "bonus.py"
    with session(
        (folder / "rnn.py").read_text(encoding="utf-8"),
        bonus=bonus.read_text(encoding="utf-8") if bonus.is_file() else None,
    ) as student:
        return {each.name: each for each in own_networks.measured(student.environment())}


@pytest.mark.parametrize(
    "folder",
    [
        ROOT / "solutions",
        *(VARIANTS / f"bonus-{name}" for name in ("flat-vector", "torch-form")),
        *(VARIANTS / f"bonus-{name}" for name in ("pullbacks", "in-rnn")),
    ],
    ids=lambda folder: folder.name,
)
def test_parameters_are_counted_however_they_are_kept(folder: Path) -> None:
    found = networks(folder)
    assert set(found) == set(NAMES)
    for name, network in found.items():
        assert network.fault is None
        extra = EXTRA.get(folder.name, 0) if name == "GRUCell" else 0
        for cost, (I, H) in zip(network.costs, SIZES, strict=True):  # noqa: E741
            assert (cost.input_size, cost.hidden_size) == (I, H)
            assert cost.parameters == parameters(NAMES[name], I, H) + extra * H
            assert cost.seconds > 0


LINEAR = """
import numpy as np

class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W = np.random.randn(input_size, hidden_size)
        self.V = np.random.randn(hidden_size, output_size)

    def forward(self, inputs):
        h, states = 0, []
        for x in inputs:
            h = x @ self.W + 0.5 * h
            states.append(h)
        return np.array(states) @ self.V, np.array(states)

class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.W = np.random.randn(input_size, hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        c = cell_state + input_t @ self.W
        return 2 * c, c
"""


def test_norms_by_lag_are_those_of_the_equations(tmp_path: Path) -> None:
    """A state that halves at every step, and one that carries all."""
    (tmp_path / "rnn.py").write_text(LINEAR, encoding="utf-8")
    found = networks(tmp_path)
    lags = np.arange(own_networks.LAGS + 1)
    np.testing.assert_allclose(found["SimpleRNN"].norms, 0.5**lags, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(found["LSTMCell"].norms, np.ones(len(lags)), rtol=1e-6)
    I, H = SIZES[0]  # noqa: E741
    assert found["SimpleRNN"].costs[0].parameters == I * H  # V is the output layer


def test_the_time_is_that_of_the_students_code_alone(tmp_path: Path) -> None:
    slow = LINEAR.replace("c = cell_state", "time.sleep(0.002)\n        c = cell_state")
    (tmp_path / "rnn.py").write_text(f"import time\n{slow}", encoding="utf-8")
    for cost in networks(tmp_path)["LSTMCell"].costs:
        assert cost.seconds >= 0.002


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("return 2 * c, c", "return c", "no pair"),
        ("return 2 * c, c", "return 2 * c[:, :1], c", "shape"),
        ("return 2 * c, c", "return c * np.nan, c", "NaN"),
        ("return 2 * c, c", "return 0 * c, c", "does not depend"),
        ("c = cell_state", "c = missing", "missing"),
    ],
)
def test_what_cannot_be_measured_says_why_and_leaves_the_others(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "rnn.py").write_text(LINEAR.replace(old, new), encoding="utf-8")
    found = networks(tmp_path)
    assert found["LSTMCell"].fault is not None
    assert said in str(found["LSTMCell"].fault)
    assert found["SimpleRNN"].fault is None
    assert len(found["SimpleRNN"].costs) == len(SIZES)
