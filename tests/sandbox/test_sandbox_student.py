"""A session: every fault of a student's program has its name, and the next call still works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from grader.faults import (
    BadValue,
    Crashed,
    KitFault,
    NotDefined,
    NotImplementedYet,
    StudentFault,
    TimedOut,
)
from grader.language import render
from grader.protocol import (
    Call,
    CutVector,
    Opaque,
    Read,
    Write,
)
from grader.sandbox import (
    Limits,
    Session,
    launch,
    session,
    start_command,
)
from grader.sandbox.worker import exception_fault

LIMITS = Limits(call=1.0, load=1.0, training=2.0, total=60.0)
SOURCE = """
import os, sys, time
import numpy as np

class SimpleRNN:
    made = 0
    def __init__(self, i, h, o):
        SimpleRNN.made += 1
        self.W = np.full((i, h), 0.5)
        self.params = {"b": np.zeros(h, np.float32)}
    def forward(self, x):
        print("forward", x.shape)
        return x @ self.W + self.params["b"], self.W
    def backward(self, d):
        d *= 2
        return {"W": d}
    def update_parameters(self, rate):
        if rate == "loop":
            while True: pass
        if rate == "exit":
            os._exit(7)
        if rate == "count":
            return SimpleRNN.made
        raise ValueError(f"rate {rate}")

class LSTMCell:
    def __init__(self, i, h):
        pass
    def forward(self, x, h, c):
        raise NotImplementedError("later")

def generate_sequence_data(seq_type="fibonacci", length=1000):
    if seq_type == "ragged":
        return np.asarray([[1.0], [1.0, 2.0]])
    if seq_type == "luck":
        return np.concatenate([np.random.rand(3), np.random.default_rng().random(3)])
    if seq_type == "huge":
        return np.zeros(1 << 24)
    return time.sleep(600)
"""


@pytest.fixture
def student() -> Iterator[Session]:
    with session(SOURCE, LIMITS, start_command.PLAIN) as opened:
        yield opened


def test_an_object_is_made_called_read_and_written(student: Session) -> None:
    net = student.environment()["SimpleRNN"](2, 3, 1)
    x = np.ones((4, 5, 2))
    outputs, weights = net.forward(x)
    assert outputs.shape == (4, 5, 3)
    assert np.all(weights == 0.5)
    assert net.changed_inputs == ()
    assert student.printed_since() == "forward (4, 5, 2)\n"
    assert student.printed_since() == ""
    assert list(net.read()) == ["W", "params['b']"]
    net.write({"W": np.zeros((2, 3)), "params['b']": np.ones(3)})
    assert np.all(net.forward(x)[0] == 1.0)
    assert net.read()["params['b']"].dtype == np.float32


def test_a_replay_gives_what_each_step_gave(student: Session) -> None:
    net = student.environment()["SimpleRNN"](2, 3, 1)
    x = np.ones((1, 1, 2))
    steps = [Write({"W": np.ones((2, 3))}), Call("forward", (x,)), Read(), Call("backward", (x,))]
    nothing, (outputs, _), arrays, gradients = net.replay(steps)
    assert nothing is None
    assert np.all(outputs == 2.0)
    assert np.all(arrays["W"] == 1.0)
    assert np.all(gradients["W"] == 2.0)
    assert net.changed_inputs == (0,)
    assert np.all(x == 1.0)


def test_arguments_that_come_again_in_a_replay_are_each_call_its_own(student: Session) -> None:
    net = student.environment()["SimpleRNN"](2, 3, 1)
    x = np.ones((1, 1, 2))
    backward = Call("backward", (x,))  # changes x in place
    first, second = net.replay([backward, backward])
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert net.changed_inputs == (0,)


def test_arrays_in_one_vector_are_written_as_arrays_apart_are(student: Session) -> None:
    net = student.environment()["SimpleRNN"](2, 3, 1)
    cut = CutVector(("W", "params['b']"), ((2, 3), (3,)), np.arange(9.0))
    assert dict(cut).keys() == {"W", "params['b']"}
    net.write(cut)
    arrays = net.read()
    for name, array in cut.items():
        assert np.array_equal(arrays[name], array)
    with pytest.raises(KeyError):
        cut["b"]


def test_a_replay_stops_at_its_first_fault_and_names_it(student: Session) -> None:
    net = student.environment()["SimpleRNN"](2, 3, 1)
    with pytest.raises(Crashed, match=r"SimpleRNN\.update_parameters raised ValueError: rate 0\.1"):
        net.replay([Read(), Call("update_parameters", (0.1,)), Call("forward", (np.ones(2),))])


def test_a_crash_names_type_words_and_line_and_its_guarded_form_no_words(student: Session) -> None:
    net = student.environment()["SimpleRNN"](2, 3, 1)
    with pytest.raises(Crashed) as caught:
        net.update_parameters("secret value")
    line = 1 + SOURCE.splitlines().index('        raise ValueError(f"rate {rate}")')
    message = str(caught.value)
    assert "ValueError: rate secret value" in message
    assert f"line {line}" in message
    guarded = render(caught.value.guarded, "en")
    assert guarded == f"SimpleRNN.update_parameters raised ValueError (line {line} of your file)."
    assert "第" in render(caught.value.message, "zh")


def test_errors_of_newer_numpy_get_a_hint(student: Session) -> None:
    with pytest.raises(Crashed, match=r"since NumPy 2\.4"):
        student.environment()["generate_sequence_data"]("ragged")


def test_stubs_and_missing_names_say_so(student: Session) -> None:
    environment = student.environment()
    assert sorted(environment) == ["LSTMCell", "SimpleRNN", "generate_sequence_data"]
    with pytest.raises(NotImplementedYet, match=r"LSTMCell\.__init__"):
        environment["LSTMCell"](2, 3)
    assert not environment["LSTMCell"].implements("forward")
    assert environment["SimpleRNN"].implements("forward")


def test_a_missing_method_is_not_defined() -> None:
    text = "class SimpleRNN:\n    def __init__(self, i, h, o):\n        self.i = i\n"
    with (
        session(text, LIMITS, start_command.PLAIN) as student,
        pytest.raises(NotDefined, match="forward"),
    ):
        student.environment()["SimpleRNN"](1, 2, 3).forward(np.ones(1))


def test_late_calls_end_the_worker_and_the_next_object_gets_a_new_one(student: Session) -> None:
    cls = student.environment()["SimpleRNN"]
    net = cls(2, 3, 1)
    with pytest.raises(TimedOut, match=r"SimpleRNN\.update_parameters did not return within 1 s"):
        net.update_parameters("loop")
    with pytest.raises(TimedOut):
        net.forward(np.ones((1, 1, 2)))  # it lived in the worker that was killed
    assert student.generation == 1
    assert cls(2, 3, 1).update_parameters("count") == 1
    assert student.generation == 2


def test_a_method_that_was_late_twice_is_not_called_again(student: Session) -> None:
    cls = student.environment()["SimpleRNN"]
    for _ in range(2):
        with pytest.raises(TimedOut):
            cls(2, 3, 1).update_parameters("loop")
    net = cls(2, 3, 1)
    with pytest.raises(TimedOut):
        net.update_parameters("count")  # would return at once, but is not called at all
    assert net.forward(np.ones((1, 1, 2)))[0].shape == (1, 1, 3)


def test_a_program_that_leaves_says_how_and_hides_the_status_where_guarded(
    student: Session,
) -> None:
    with pytest.raises(Crashed, match="exit status 7") as caught:
        student.environment()["SimpleRNN"](2, 3, 1).update_parameters("exit")
    assert "7" not in render(caught.value.guarded, "en")


def test_a_submission_has_one_budget() -> None:
    limits = Limits(call=0.6, load=5.0, total=0.7)
    with session(SOURCE, limits, start_command.PLAIN) as student:
        environment = student.environment()
        for _ in range(2):
            with pytest.raises(TimedOut):
                environment["generate_sequence_data"]()
        with pytest.raises(TimedOut, match="in all"):
            environment["SimpleRNN"](1, 2, 3)


@pytest.mark.parametrize("without_processor", [0.0, 10.0])
def test_many_quick_calls_are_not_charged_for_a_busy_machine(
    without_processor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "waited", lambda _pid: without_processor)
    text = "import time\ndef generate_sequence_data():\n    time.sleep(0.1)\n"
    with session(text, Limits(call=5.0, load=5.0, total=0.5), start_command.PLAIN) as student:
        generate = student.environment()["generate_sequence_data"]
        told = nullcontext() if without_processor else pytest.raises(TimedOut, match="in all")
        with told:
            for _ in range(8):
                generate()


def test_too_much_data_is_refused_in_both_directions(student: Session) -> None:
    environment = student.environment()
    with pytest.raises(BadValue, match="more data"):
        environment["generate_sequence_data"]("huge")
    with pytest.raises(StudentFault):
        environment["SimpleRNN"](2, 3, 1).forward(np.zeros(1 << 24))


def test_unseeded_programs_get_the_same_luck_every_time() -> None:
    draws = []
    for _ in range(2):
        with session(SOURCE, LIMITS, start_command.PLAIN) as student:
            draws.append(student.environment()["generate_sequence_data"]("luck"))
    assert np.array_equal(draws[0], draws[1])
    assert len(set(draws[0].tolist())) == 6


def test_training_draws_the_same_whatever_was_asked_before() -> None:
    text = """
import random
import numpy as np
kept, old, plain = np.random.default_rng(3), np.random.RandomState(3), random.Random(3)
np.random.seed(2024)
class SimpleRNN:
    own = np.random.default_rng(5)
    def __init__(self, i, h, o):
        self.W = np.random.rand(i) + drawn()[0]
def drawn():
    return [np.random.rand(), random.random(), kept.random(), old.rand(), plain.random(),
            SimpleRNN.own.random(), np.random.default_rng().random()]
def train_rnn_on_sequence():
    return {"losses": drawn()}
"""
    seen = []
    for before in (0, 3):
        with session(text, LIMITS, start_command.PLAIN) as student:
            environment = student.environment()
            for _ in range(before):
                environment["SimpleRNN"](2, 1, 1)
            train = environment["train_rnn_on_sequence"]
            seen += [train.observe().returned["losses"] for _ in range(2)]
    assert len({*seen[0]}) == 7
    assert [*map(list, seen)] == [list(seen[0])] * 4


def test_objects_nobody_refers_to_are_dropped() -> None:
    text = """
import gc
class SimpleRNN:
    def __init__(self, i, h, o):
        self.i = i
    def forward(self, x):
        return sum(isinstance(one, SimpleRNN) for one in gc.get_objects())
"""
    with session(text, LIMITS, start_command.PLAIN) as student:
        cls = student.environment()["SimpleRNN"]
        for _ in range(10):
            cls(1, 1, 1)
        assert cls(1, 1, 1).forward(1) <= 2


def test_proxies_have_no_operators_and_no_attributes(student: Session) -> None:
    net: Any = student.environment()["SimpleRNN"](2, 3, 1)
    for use in (
        lambda: net + 1,
        lambda: net[0],
        lambda: len(net),
        lambda: list(net),
        lambda: float(net),
    ):
        with pytest.raises(TypeError):
            use()
    with pytest.raises(AttributeError):
        net.W  # noqa: B018


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("def generate_sequence_data():\n    return 1\nx = (\n", Crashed, "cannot read your file"),
        (
            "def generate_sequence_data():\n    return 1\nraise OSError('end')\n",
            Crashed,
            "OSError: end",
        ),
        ("def generate_sequence_data():\n    return 1\nwhile True: pass\n", TimedOut, "line 3"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_and_the_rest_works(
    text: str, kind: Any, words: str
) -> None:
    with session(text, LIMITS, start_command.PLAIN) as student:
        assert isinstance(student.load_fault, kind)
        assert words in str(student.load_fault)
        assert student.environment()["generate_sequence_data"]() == 1


def test_a_slow_import_is_not_waited_for_twice() -> None:
    text = SOURCE + "\nwhile True: pass\n"
    with session(text, LIMITS, start_command.PLAIN) as student:
        cls = student.environment()["SimpleRNN"]
        with pytest.raises(Crashed):
            cls(2, 3, 1).update_parameters("exit")
        assert cls(2, 3, 1).update_parameters("count") == 1
        assert student._until == len(text.splitlines())  # where the second worker's import ended


def test_a_worker_that_cannot_be_started_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_command, "BOOTSTRAP", "raise SystemExit('nothing works')")
    with (
        pytest.raises(KitFault, match="nothing works"),
        session(SOURCE, LIMITS, start_command.PLAIN),
    ):
        pass


def test_a_worker_weaker_than_its_tier_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = {**launch.NEEDED, start_command.PLAIN: frozenset({"landlock"})}
    monkeypatch.setattr(launch, "NEEDED", needed)
    with (
        pytest.raises(KitFault, match="lacks landlock"),
        session(SOURCE, LIMITS, start_command.PLAIN),
    ):
        pass


def test_unknown_things_come_back_as_opaque() -> None:
    text = "def generate_sequence_data(a, b):\n    return [lambda: 1, {1, 2}, object, open]\n"
    with session(text, LIMITS, start_command.PLAIN) as student:
        values = student.environment()["generate_sequence_data"](1, 2)
    assert all(isinstance(value, Opaque) for value in values)


@pytest.mark.parametrize(
    ("words", "file", "kind", "ours"),
    [
        ("{}['no']", "grader.py", "raised", True),
        ("{}['no']", "rnn.py", "raised", False),
        ("{}['no']", "grader.py", "not_writable", True),
        ("().no", "grader.py", "not_writable", False),
        ("().no", "grader.py", "raised", True),
        ("(lambda f: f(f))(lambda f: f(f))", "grader.py", "raised", False),
    ],
)
def test_an_error_is_ours_where_no_line_of_the_student_s_was_running(
    words, file, kind, ours
) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011  # whichever it is
        eval(compile(words, file, "eval"))
    assert exception_fault.while_looking(caught.value, ["rnn.py"], kind).ours is ours
