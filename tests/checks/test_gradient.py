"""Gradients are found however `backward` gives them, and only under a name that fits."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks import gradient
from grader.checks.known_model import RnnTrial, own_gradient, run_backward
from grader.checks.numerical import central_differences
from grader.questions import oracle
from grader.records import Verdict
from grader.sandbox import local
from solutions import rnn as reference
from tests import BASES
from tests.inprocess import candidates, outcomes_of

SIZES = (3, 4, 2)
NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
T, B = 6, 5


class Student(reference.SimpleRNN):
    """The reference, keeping nothing of its own but the five parameters; subclasses answer."""

    def backward(self, d_outputs):
        found = super().backward(d_outputs)
        dh0 = d_outputs[0] @ self.W_hy.T  # (B, H): an extra entry, right or wrong
        self.answered = SimpleNamespace(**found, dx=np.ones((T, B, 3)), dh0=dh0)
        answer = self.answer(self.answered)
        del self.answered
        self.gradients = {}
        return answer

    def update_parameters(self, _learning_rate):
        raise NotImplementedError


def ordered(g, names="W_xh W_hh b_h W_hy b_y"):
    return [getattr(g, name) for name in names.split()]


def keyed(g, form):
    return {form(name): value for name, value in zip(NAMES, ordered(g), strict=True)}


ANSWERS: dict[str, Callable[[Any, Any], Any]] = {
    "documented": lambda _, g: keyed(g, str),
    "d": lambda _, g: keyed(g, lambda name: f"d{name}"),
    "no underscores": lambda _, g: keyed(g, lambda name: "d" + name.replace("_", "")),
    "grad": lambda _, g: keyed(g, lambda name: f"grad_{name}"),
    "behind": lambda _, g: keyed(g, lambda name: f"{name}_grad"),
    "capitals": lambda _, g: keyed(g, str.upper),
    "strange": lambda _, g: keyed(g, lambda name: f"梯度{NAMES.index(name)}"),
    "numbers": lambda _, g: keyed(g, NAMES.index),
    "other letters": lambda _, g: dict(zip("UWbVc", ordered(g), strict=True)),
    "tuple": lambda _, g: tuple(ordered(g)),
    "tuple in another order": lambda _, g: tuple(ordered(g, "b_y W_hy b_h W_hh W_xh")),
    "list": lambda _, g: ordered(g, "W_hh W_xh W_hy b_y b_h"),
    "extras before": lambda _, g: (g.dx, g.dh0, *ordered(g)),
    "extras behind": lambda _, g: (*ordered(g), g.dh0, g.dx),
    "extras named": lambda _, g: {**keyed(g, str), "dx": g.dx, "dh0": g.dh0, "loss": 0.5},
    "extras of colliding shapes": lambda _, g: (
        np.ones((4, 4)),
        np.ones(4),
        np.ones(2),
        np.ones((3, 4)),
        np.ones((4, 2)),
        *ordered(g),
    ),
    "nested dict": lambda _, g: {
        "hidden": {"x": g.W_xh, "h": g.W_hh, "b": g.b_h},
        "output": {"w": g.W_hy, "b": g.b_y},
    },
    "nested tuple": lambda _, g: ((g.W_xh, g.W_hh, g.b_h), (g.W_hy, g.b_y)),
    "pairs": lambda _, g: [(name, value) for name, value in keyed(g, str).items()],
    "beside a loss": lambda _, g: (0.25, keyed(g, str)),
    "beside the parameters": lambda rnn, g: {
        name: (getattr(rnn, name), value) for name, value in keyed(g, str).items()
    },
    "lists in a dict": lambda _, g: {name: value.tolist() for name, value in keyed(g, str).items()},
    "lists in a tuple": lambda _, g: tuple(value.tolist() for value in ordered(g)),
    "biases as rows": lambda _, g: {**keyed(g, str), "b_h": g.b_h[None], "b_y": g.b_y[None]},
    "biases as columns": lambda _, g: {**keyed(g, str), "b_h": g.b_h[:, None]},
    "transposed": lambda _, g: tuple(value.T for value in ordered(g)),
    "transposed and named": lambda _, g: keyed(
        SimpleNamespace(**{name: getattr(g, name).T for name in NAMES}), str
    ),
    "on self": lambda rnn, g: vars(rnn).update(keyed(g, lambda name: f"d{name}")),
    "on self, privately": lambda rnn, g: vars(rnn).update(
        keyed(g, lambda name: f"_q{NAMES.index(name)}")
    ),
    "in a dict on self": lambda rnn, g: vars(rnn).update(kept=keyed(g, str)),
    "only dh0, the rest on self": lambda rnn, g: (vars(rnn).update(grads=keyed(g, str)), g.dh0)[1],
}


def trial_of(answer: Callable[[Any, Any], Any], sizes=SIZES, seed=1) -> RnnTrial:
    style = type("SimpleRNN", (Student,), {"answer": answer})
    return RnnTrial.make(local.wrap(style, "SimpleRNN"), sizes, np.random.default_rng(seed))


def point(seed=2, sizes=SIZES, steps=T, batch=B):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(steps, batch, sizes[0])), rng.normal(size=(steps, batch, sizes[2]))


def textbook(parameters, x, d_outputs):
    rnn = oracle.network(parameters)
    rnn.forward(x)
    return rnn.backward(d_outputs)


@pytest.mark.parametrize("form", ANSWERS)
def test_gradients_are_found_in_every_form(form) -> None:
    trial = trial_of(ANSWERS[form])
    x, d_outputs = point()
    run = run_backward(trial, x, d_outputs, oracle.gradients)
    assert run.factor == 1.0
    right = textbook(trial.parameters, x, d_outputs)
    for name in NAMES:
        assert run.right(name), (form, name)
        assert np.allclose(run.matches[name].gradient, right[name], rtol=0, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations([*NAMES, "dh0", "dx"]), nest=st.booleans(), seed=st.integers(0, 99))
def test_a_tuple_may_have_any_order(order, nest, seed) -> None:
    def answer(_, g):
        parts = [getattr(g, name) for name in order]
        return (tuple(parts[:3]), tuple(parts[3:])) if nest else tuple(parts)

    run = run_backward(trial_of(answer, seed=seed), *point(seed), oracle.gradients)
    assert all(run.right(name) for name in NAMES)


def test_a_name_that_says_otherwise_is_not_taken() -> None:
    """Right values under another parameter's name are wrong gradients, not lucky ones."""
    square = (3, 3, 3)  # every matrix has the same shape

    def crossed(_, g):
        return {"W_xh": g.W_hh, "W_hh": g.W_xh, "b_h": g.b_h, "W_hy": g.W_hy, "b_y": g.b_y}

    trial = trial_of(crossed, square)
    x, d_outputs = point(sizes=square)
    run = run_backward(trial, x, d_outputs, oracle.gradients)
    assert {name for name in NAMES if not run.right(name)} == {"W_xh", "W_hh"}


@pytest.mark.parametrize("missing", NAMES)
def test_a_gradient_that_is_not_there_is_missing(missing) -> None:
    def answer(_, g):
        return {name: value for name, value in keyed(g, str).items() if name != missing}

    trial = trial_of(answer)
    run = run_backward(trial, *point(), oracle.gradients)
    assert {name for name in NAMES if not run.right(name)} == {missing}
    # At most the student's own arrays of the same shape are left to be looked at.
    assert run.matches[missing] is None or run.error(missing) > 0.1


@pytest.mark.parametrize(
    "value",
    [
        None,
        3.5,
        "W_xh",
        [],
        {},
        (),
        [10**400],
        {"W_xh": [10**400]},
        {"W_xh": [["a"]]},
        [[[1.0]]],
        np.array(["a"]),
        {"W_xh": {"W_xh": None}},
    ],
)
def test_an_answer_without_gradients_gives_none(value) -> None:
    trial = trial_of(lambda *_: value)
    run = run_backward(trial, *point(), oracle.gradients)
    assert not any(run.right(name) for name in NAMES)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_is_wrong(bad) -> None:
    trial = trial_of(lambda _, g: {**keyed(g, str), "W_hy": np.full((4, 2), bad)})
    run = run_backward(trial, *point(), oracle.gradients)
    assert {name for name in NAMES if not run.right(name)} == {"W_hy"}
    assert run.matches["W_hy"].error == np.inf


def scaled(g, factor, *, wrong=()):
    return {
        name: value * factor * (1.1 if name in wrong else 1.0)
        for name, value in keyed(g, str).items()
    }


@pytest.mark.parametrize("factor", [1 / B, 1 / T, 1 / (T * B)])
@pytest.mark.parametrize("wrong", [(), ("W_hh",), ("W_xh", "b_h")])
def test_a_common_factor_is_charged_once_whatever_else_is_wrong(factor, wrong) -> None:
    run = run_backward(
        trial_of(lambda _, g: scaled(g, factor, wrong=wrong)), *point(), oracle.gradients
    )
    assert run.factor == pytest.approx(factor)
    assert {name for name in NAMES if not run.right(name)} == set(wrong)


def test_one_gradient_alone_that_is_averaged_is_wrong() -> None:
    trial = trial_of(lambda _, g: {**keyed(g, str), "b_y": g.b_y / B})
    run = run_backward(trial, *point(), oracle.gradients)
    assert run.factor == 1.0
    assert {name for name in NAMES if not run.right(name)} == {"b_y"}
    assert run.error("b_y") == pytest.approx((1 - 1 / B) / (1 + 1 / B))


def test_a_factor_that_nobody_divides_by_is_wrong() -> None:
    run = run_backward(trial_of(lambda _, g: scaled(g, 2.0)), *point(), oracle.gradients)
    assert run.factor == 1.0
    assert not any(run.right(name) for name in NAMES)


def test_the_square_matrix_alone_may_not_be_transposed() -> None:
    run = run_backward(
        trial_of(lambda _, g: {**keyed(g, str), "W_hh": g.W_hh.T}), *point(), oracle.gradients
    )
    assert {name for name in NAMES if not run.right(name)} == {"W_hh"}


def test_gradients_in_float32_are_judged_as_float32() -> None:
    narrow = trial_of(lambda _, g: {n: v.astype(np.float32) for n, v in keyed(g, str).items()})
    assert all(map(run_backward(narrow, *point(), oracle.gradients).right, NAMES))
    half = trial_of(lambda _, g: {n: v.astype(np.float16) for n, v in keyed(g, str).items()})
    assert not any(map(run_backward(half, *point(), oracle.gradients).right, NAMES))


class Fused(reference.SimpleRNN):
    """One matrix over [h, b, x] and one over [b, h], each (in, out) or transposed."""

    turned = False
    split = ""

    def __init__(self, I, H, O):  # noqa: E741
        super().__init__(I, H, O)
        self.H = H
        hidden = np.vstack([self.W_hh, self.b_h, self.W_xh])
        output = np.vstack([self.b_y, self.W_hy])
        for name in NAMES:
            delattr(self, name)
        self.one, self.two = (part.T.copy() if self.turned else part for part in (hidden, output))

    def parts(self, one, two):
        one, two = (one.T, two.T) if self.turned else (one, two)
        H = self.H
        return {
            "W_hh": one[:H],
            "b_h": one[H],
            "W_xh": one[H + 1 :],
            "b_y": two[0],
            "W_hy": two[1:],
        }

    def plain(self):
        rnn = reference.SimpleRNN(*SIZES)
        vars(rnn).update(self.parts(self.one, self.two))
        return rnn

    def forward(self, inputs):
        self.last = self.plain()
        return self.last.forward(inputs)

    def backward(self, d_outputs):
        g = self.last.backward(d_outputs)
        del self.last
        if self.split == "canonical":
            return g
        if self.split == "turned":
            return {name: value.T for name, value in g.items()}
        fused = np.vstack([g["W_hh"], g["b_h"], g["W_xh"]]), np.vstack([g["b_y"], g["W_hy"]])
        return tuple(part.T for part in fused) if self.turned else fused

    def update_parameters(self, _learning_rate):
        raise NotImplementedError


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("split", ["", "canonical", "turned"])
def test_fused_storage_may_give_fused_gradients_or_their_parts(turned, split) -> None:
    style = type("SimpleRNN", (Fused,), {"turned": turned, "split": split})
    trial = RnnTrial.make(local.wrap(style), SIZES, np.random.default_rng(3))
    assert trial.layout.missing == ()
    run = run_backward(trial, *point(), oracle.gradients)
    assert all(run.right(name) for name in NAMES)


class TwoBiases(reference.SimpleRNN):
    """torch's two hidden biases; both gradients, or one, on self."""

    def __init__(self, I, H, O):  # noqa: E741
        super().__init__(I, H, O)
        self.b_ih, self.b_hh = self.b_h, np.zeros(H)
        del self.b_h

    def forward(self, inputs):
        self.b_h = self.b_ih + self.b_hh
        result = super().forward(inputs)
        del self.b_h
        return result

    def backward(self, d_outputs):
        g = super().backward(d_outputs)
        self.gradients = {}
        self.dW_xh, self.dW_hh, self.dW_hy, self.db_y = (
            g[n] for n in ("W_xh", "W_hh", "W_hy", "b_y")
        )
        self.db_ih, self.db_hh = g["b_h"], g["b_h"].copy()


def test_a_second_bias_is_no_gradient() -> None:
    trial = RnnTrial.make(local.wrap(TwoBiases, "SimpleRNN"), SIZES, np.random.default_rng(3))
    assert len(trial.layout.slots["b_h"]) == 2
    x, d_outputs = point()
    run = run_backward(trial, x, d_outputs, oracle.gradients)
    assert all(run.right(name) for name in NAMES)
    labels = {entry.label for entry in trial.backward(d_outputs)}
    assert not labels & {"b_ih", "b_hh", *NAMES}
    assert {"db_ih", "db_hh", "dW_xh"} <= labels


@settings(max_examples=8, deadline=None)
@given(
    sizes=st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3)),
    steps=st.integers(1, 5),
    batch=st.integers(1, 3),
    seed=st.integers(0, 9),
)
def test_central_differences_are_bptt_step_by_step(sizes, steps, batch, seed) -> None:
    trial = RnnTrial.make(local.wrap(reference.SimpleRNN), sizes, np.random.default_rng(seed))
    x, d_outputs = point(seed, sizes, steps, batch)
    by_step = central_differences(trial.rnn, trial.layout, trial.parameters, x, d_outputs)
    for t in range(steps):
        only = np.zeros_like(d_outputs)
        only[t] = d_outputs[t]
        right = textbook(trial.parameters, x, only)
        for name in NAMES:
            assert np.abs(by_step[name][t] - right[name]).max() <= 1e-7 * (
                1 + np.abs(right[name]).max()
            )


def test_central_differences_leave_the_parameters_as_they_were() -> None:
    trial = trial_of(ANSWERS["documented"])
    before = trial.layout.read(trial.rnn)
    own_gradient(trial, *point(), trial.forward(point()[0]))
    after = trial.layout.read(trial.rnn)
    assert all(np.array_equal(before[name], after[name]) for name in NAMES)


@pytest.mark.parametrize(
    "form", ["{}", "d{}", "d_{}", "grad_{}", "delta_{}", "g{}", "{}_grad", "g['{}']"]
)
@pytest.mark.parametrize("name", ["W_xh", "Wxh", "wXH"])
def test_names_of_a_gradient_point_to_its_parameter(form, name) -> None:
    assert "wxh" in gradient._claims(form.format(name))
    assert not gradient._claims(form.format(name)) & {"whh", "why"}


def test_gradients_kept_on_the_object_count_at_sizes_of_one_as_well() -> None:
    """dW_xh of one input has the shape of db_h, and is none."""
    source = (BASES / "row.py").read_text(encoding="utf-8")
    start = source.index("        return {'dW_xh'")
    end = source.index("    def update_parameters")
    part = "        return {'dW_xh': self.dW_xh, 'dW_hh': self.dW_hh}\n\n"
    source = source[:start] + part + source[end:]
    outcomes = outcomes_of(candidates(source), ("q4_3",))
    assert not [place for place, one in outcomes.items() if one.verdict is not Verdict.PASSED]
