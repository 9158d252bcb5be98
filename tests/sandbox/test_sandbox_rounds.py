"""Many rounds of training in one message: the same as one by one, and every fault has its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.faults import BadValue, Crashed, NotDefined, NotImplementedYet
from grader.misconceptions import catalogue
from grader.protocol import Array, Rounds
from grader.sandbox import (
    Limits,
    local,
    session,
    start_command,
)
from grader.sandbox.worker.watching import training_rounds
from solutions.rnn import SimpleRNN

N, T, B, I, H, O = 6, 5, 4, 2, 3, 2  # noqa: E741  # sizes as in the equations


def course() -> Rounds:
    rng = np.random.default_rng(3)
    return Rounds(
        d_outputs=rng.normal(size=(T, B, O)),
        inputs=rng.normal(size=(N, T, B, I)),
        targets=rng.normal(size=(N, T, B, O)),
        weights=np.linspace(0.0, 0.1, T)[:, None, None],
        rate=0.1,
        updates=True,
        bound=1e6,
    )


def candidate(source: str) -> Any:
    """An object of the source's SimpleRNN that has seen one forward."""
    made = local.wrap(catalogue.module(source, "student")["SimpleRNN"])(I, H, O)
    made.forward(np.ones((T, B, I)))
    return made


def one_by_one(rnn: Any, asked: Rounds) -> Array:
    """What the rounds should do, call by call."""
    d_outputs = asked.d_outputs
    for inputs, targets in zip(asked.inputs, asked.targets, strict=True):
        rnn.backward(d_outputs)
        rnn.update_parameters(asked.rate)
        outputs = np.asarray(rnn.forward(inputs)[0])
        d_outputs = asked.weights * (outputs - targets)
    return outputs


def test_rounds_are_what_single_calls_are() -> None:
    source = catalogue.reference_source()
    rnn, twin = candidate(source), candidate(source)
    twin.write(rnn.read())
    twin.forward(np.ones((T, B, I)))
    count, returned = rnn.train(course())
    assert count == N
    np.testing.assert_array_equal(returned[0], one_by_one(twin, course()))
    for path, value in twin.read().items():
        np.testing.assert_array_equal(rnn.read()[path], value)


def test_a_worker_does_the_same() -> None:
    source = catalogue.reference_source()
    with session(source, Limits(), start_command.PLAIN) as student:
        rnn = student.environment()["SimpleRNN"](I, H, O)
        twin = SimpleRNN(I, H, O)
        for path, value in rnn.read().items():
            setattr(twin, path, np.array(value))
        for one in (rnn, twin):
            one.forward(np.ones((T, B, I)))
        assert rnn.train(course())[0] == N
        one_by_one(twin, course())
        np.testing.assert_allclose(rnn.read()["W_hh"], twin.W_hh, rtol=1e-12)


CHATTY = """
import numpy as np

class SimpleRNN:
    def __init__(self, i, h, o):
        self.calls, self.size = [], o
    def forward(self, x):
        self.calls.append("f")
        out = np.full((*x.shape[:2], self.size), float(len(self.calls)))
        x[...] = np.nan
        return FORM
    def backward(self, d):
        self.calls.append("b")
        d[...] = np.nan
        return {}
    def update_parameters(self, rate):
        self.calls.append("u")
        return None
"""


def test_only_forms_that_need_no_reading_go_on_by_themselves() -> None:
    for form, together in (("out", N), ("(out, 0)", N), ("list(out)", 1), ("(0, out)", 1)):
        count, _ = candidate(CHATTY.replace("FORM", form)).train(course())
        assert count == together, form


def test_rounds_stop_beyond_the_bound() -> None:
    # The n-th call answers with n; the third of a round is its forward, after one at the start.
    count, returned = candidate(CHATTY.replace("FORM", "out")).train(replace(course(), bound=9.5))
    assert count == 3
    assert np.all(returned == 10.0)
    assert candidate(CHATTY.replace("FORM", "out * np.nan")).train(course())[0] == 1


def test_a_slow_program_reports_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_rounds, "MOMENT", 0.0)
    assert candidate(CHATTY.replace("FORM", "out")).train(course())[0] == 1


def test_arguments_are_fresh_whatever_is_done_to_them() -> None:
    asked = course()
    count, returned = candidate(CHATTY.replace("FORM", "out")).train(asked)
    assert count == N
    assert np.isfinite(returned).all()
    assert np.isfinite(asked.inputs).all()
    assert np.isfinite(asked.d_outputs).all()


def test_update_parameters_is_left_alone_where_it_should_be() -> None:
    rnn = candidate(CHATTY.replace("FORM", "out * ('u' not in self.calls)"))
    assert np.all(rnn.train(replace(course(), updates=False))[1] > 0.0)
    assert np.all(rnn.train(course())[1] == 0.0)


@pytest.mark.parametrize(
    ("old", "new", "fault", "words"),
    [
        ('"b")', '"b")\n        self.calls[-2] == "f" and self.calls.count("b") > 2 and 1 / 0', Crashed, r"SimpleRNN\.backward raised ZeroDivisionError"),
        ("return None", "raise KeyError('W')", Crashed, r"SimpleRNN\.update_parameters raised KeyError"),
        ("def update_parameters", "def update", NotDefined, r"SimpleRNN\.update_parameters"),
        ('self.calls.append("u")', "raise NotImplementedError", NotImplementedYet, r"SimpleRNN\.update_parameters"),
        ("x[...] = np.nan", "assert len(self.calls) < 3", Crashed, r"SimpleRNN\.forward raised AssertionError"),
    ],
)  # fmt: skip
def test_a_fault_names_its_method(old: str, new: str, fault: type[Exception], words: str) -> None:
    with pytest.raises(fault, match=words):
        candidate(CHATTY.replace("FORM", "out").replace(old, new)).train(course())


@pytest.mark.parametrize("count", [0, -1, N + 1, 1.0, None, "1"])
def test_a_worker_that_counts_wrongly_is_not_believed(
    count: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rnn = candidate(CHATTY.replace("FORM", "out"))
    monkeypatch.setattr(
        training_rounds.TrainingLoop, "run", lambda _self: (count, np.ones((T, B, O)))
    )
    with pytest.raises(BadValue):
        rnn.train(course())


def test_what_is_handed_to_backward_is_a_plain_array() -> None:
    source = CHATTY.replace("FORM", "out.view(Own)").replace(
        'self.calls.append("b")', 'self.calls.append("b")\n        assert type(d) is np.ndarray'
    )
    source = source.replace(
        "class SimpleRNN", "class Own(np.ndarray):\n    pass\n\nclass SimpleRNN"
    )
    assert candidate(source).train(course())[0] == N
