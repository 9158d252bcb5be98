"""Roles are found by behaviour, whatever the storage; documented names bind."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.known_model import CellTrial, RnnTrial, random_parameters
from grader.checks.parameters.roles import RolesNotFound, lstm_layout, rnn_layout
from grader.checks.part4.init import require
from grader.faults import CheckFailed, NotImplementedYet
from grader.questions import oracle
from grader.sandbox import local
from solutions import rnn as reference

SIZES = (3, 4, 2)


class Textbook:
    """Row form; subclasses store the same five arrays in other ways."""

    def __init__(self, I, H, O):  # noqa: E741
        rng = np.random.default_rng(0)
        self.keep(
            rng.normal(size=(I, H)),
            rng.normal(size=(H, H)),
            np.zeros(H),
            rng.normal(size=(H, O)),
            np.zeros(O),
        )

    def keep(self, U, W, b, V, c):
        self.U, self.W, self.b, self.V, self.c = U, W, b, V, c

    def kept(self):
        return self.U, self.W, self.b, self.V, self.c

    def forward(self, x):
        U, W, b, V, c = self.kept()
        h, hidden = np.zeros((x.shape[1], len(W))), []
        for x_t in x:
            h = np.tanh(x_t @ U + h @ W + b)
            hidden.append(h)
        return np.array(hidden) @ V + c, np.array(hidden)

    def backward(self, _d_outputs):
        return None

    def update_parameters(self, _learning_rate):
        return None


class Transposed(Textbook):
    def keep(self, U, W, b, V, c):
        self.arrays = [U.T.copy(), W.T.copy(), b[:, None].copy(), V.T.copy(), c[:, None].copy()]

    def kept(self):
        U, W, b, V, c = self.arrays
        return U.T, W.T, b[:, 0], V.T, c[:, 0]


class Fused(Textbook):
    def keep(self, U, W, b, V, c):
        self.layers = {
            "hidden": {"weight": np.vstack([W, b, U])},
            "output": {"weight": np.vstack([c, V])},
        }

    def kept(self):
        hidden, output = self.layers["hidden"]["weight"], self.layers["output"]["weight"]
        H = hidden.shape[1]
        return hidden[H + 1 :], hidden[:H], hidden[H], output[1:], output[0]


class TwoBiases(Textbook):
    def keep(self, U, W, b, V, c):
        super().keep(U, W, b, V, c)
        self.b_ih, self.b_hh = b.copy(), b.copy()
        del self.b

    def kept(self):
        return self.U, self.W, self.b_ih + self.b_hh, self.V, self.c


class LearnableStart(Textbook):
    def keep(self, U, W, b, V, c):
        super().keep(U, W, b, V, c)
        self.start = np.full(len(b), 0.3)

    def forward(self, x):
        U, W, b, V, c = self.kept()
        h, hidden = np.tile(self.start, (x.shape[1], 1)), []
        for x_t in x:
            h = np.tanh(x_t @ U + h @ W + b)
            hidden.append(h)
        return np.array(hidden) @ V + c, np.array(hidden)


@pytest.mark.parametrize(
    "style", [Textbook, Transposed, Fused, TwoBiases, LearnableStart, reference.SimpleRNN]
)
@pytest.mark.parametrize("sizes", [SIZES, (1, 6, 1)])
def test_a_network_with_written_parameters_is_the_reference(style, sizes) -> None:
    trial = RnnTrial.make(local.wrap(style, "SimpleRNN"), sizes, np.random.default_rng(1))
    assert trial.layout.missing == ()
    x = np.random.default_rng(2).normal(size=(8, 7, sizes[0]))
    outputs, hidden = oracle.forward(trial.parameters, x)
    seen = trial.forward(x)
    assert np.allclose(seen.outputs, outputs, rtol=0, atol=1e-12)
    assert np.allclose(seen.hidden, hidden, rtol=0, atol=1e-12)


def test_two_biases_are_two_copies() -> None:
    layout = rnn_layout(local.wrap(TwoBiases, "SimpleRNN"), SIZES)
    assert len(layout.slots["b_h"]) == 2


def test_a_missing_bias_is_missing() -> None:
    class NoBias(Textbook):
        def keep(self, U, W, _b, V, _c):
            self.U, self.W, self.V = U, W, V

        def kept(self):
            return self.U, self.W, 0, self.V, 0

    assert rnn_layout(local.wrap(NoBias, "SimpleRNN"), SIZES).missing == ("b_h", "b_y")


def test_a_documented_name_binds_though_behaviour_says_otherwise() -> None:
    class Crossed(reference.LSTMCell):
        def forward(self, x, h, c):
            swapped = reference.LSTMCell.__new__(reference.LSTMCell)
            vars(swapped).update(vars(self), W_f=self.W_i, W_i=self.W_f)
            return reference.LSTMCell.forward(swapped, x, h, c)

    rng = np.random.default_rng(3)
    trial = CellTrial.make(local.wrap(Crossed, "LSTMCell"), (3, 4), rng)
    x, h, c = rng.normal(size=(5, 3)), rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    right = oracle.cell(trial.parameters, x, h, c)
    assert not np.allclose(trial.forward(x, h, c)[1], right[1])


def test_a_wrong_activation_does_not_hide_the_roles() -> None:
    class Relu(Textbook):
        def forward(self, x):
            U, W, b, V, c = self.kept()
            h, hidden = np.zeros((x.shape[1], len(W))), []
            for x_t in x:
                h = np.maximum(x_t @ U + h @ W + b, 0)
                hidden.append(h)
            return np.array(hidden) @ V + c, np.array(hidden)

    layout = rnn_layout(local.wrap(Relu, "SimpleRNN"), SIZES)
    assert layout.missing == ()
    assert not layout.dead


def test_an_unused_recurrent_weight_is_found_by_its_shape_and_marked_dead() -> None:
    class NoRecurrence(Textbook):
        def kept(self):
            return self.U, 0 * self.W, self.b, self.V, self.c

    assert rnn_layout(local.wrap(NoRecurrence, "SimpleRNN"), SIZES).dead == {"W_hh"}


def test_unused_parts_of_fused_arrays_are_there_and_have_no_role() -> None:
    class Fused(Textbook):
        def __init__(self, input_size, hidden_size, output_size):
            super().__init__(input_size, hidden_size, output_size)
            self.all = np.vstack([self.U, self.W, self.b])
            del self.U, self.W, self.b

        def kept(self):
            rows = len(self.all) - self.all.shape[1] - 1
            return self.all[:rows], 0 * self.all[rows:-1], 0 * self.all[-1], self.V, self.c

    layout = rnn_layout(local.wrap(Fused, "SimpleRNN"), SIZES)
    assert set(layout.missing) == {"W_hh", "b_h"}
    assert layout.absent == ()
    require(layout, ("W_hh", "b_h"))


@pytest.mark.parametrize(("name", "step"), [("anything", 1.0), ("h_prev", 0.0), ("state", 0.0)])
def test_a_state_is_no_bias(name: str, step: float) -> None:
    """What forward writes is none, nor is what has the name of a state."""

    class NoBias(Textbook):
        def __init__(self, input_size, hidden_size, output_size):
            super().__init__(input_size, hidden_size, output_size)
            setattr(self, name, np.zeros(hidden_size))
            del self.b

        def kept(self):
            setattr(self, name, getattr(self, name) + step)
            return self.U, self.W, 0.0, self.V, self.c

    layout = rnn_layout(local.wrap(NoBias, "SimpleRNN"), SIZES)
    assert layout.absent == ("b_h",)
    with pytest.raises(CheckFailed, match="b_h"):
        require(layout, ("b_h", "b_y"))


def test_an_object_without_arrays_says_so() -> None:
    class Empty(Textbook):
        def keep(self, *arrays):
            self.sizes = [array.shape for array in arrays]

        def forward(self, x):
            return x, x

    with pytest.raises(RolesNotFound, match="found no parameters"):
        rnn_layout(local.wrap(Empty, "SimpleRNN"), SIZES)


def test_a_stub_is_not_implemented() -> None:
    class SimpleRNN:
        def __init__(self, input_size, hidden_size, output_size):
            pass

    with pytest.raises(NotImplementedYet, match=r"SimpleRNN\.__init__ is not implemented yet"):
        rnn_layout(local.wrap(SimpleRNN), SIZES)


def test_gates_in_any_order_of_one_matrix() -> None:
    class Fused4(reference.LSTMCell):
        def __init__(self, I, H):  # noqa: E741
            rng = np.random.default_rng(0)
            self.H, self.weight, self.bias = (
                H,
                rng.normal(size=(4 * H, H + I)),
                np.zeros((4 * H, 1)),
            )

        def forward(self, x, h, c):
            z = np.hstack([h, x]) @ self.weight.T + self.bias.T
            o, g, f, i = (z[:, gate::4] for gate in range(4))  # interleaved
            new = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
            return np.tanh(new) / (1 + np.exp(-o)), new

    rng = np.random.default_rng(4)
    trial = CellTrial.make(local.wrap(Fused4, "LSTMCell"), (2, 3), rng)
    x, h, c = rng.normal(size=(5, 2)), rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    for got, right in zip(
        trial.forward(x, h, c), oracle.cell(trial.parameters, x, h, c), strict=True
    ):
        assert np.allclose(got, right, rtol=0, atol=1e-12)
    assert lstm_layout(local.wrap(Fused4, "LSTMCell"), (2, 3)).missing == ()


def test_random_parameters_are_well_conditioned() -> None:
    values = random_parameters({"W": (50, 50), "b": (50,)}, np.random.default_rng(5))
    assert 0.3 < np.std(values["W"]) < 0.4
    assert np.all(values["b"])


def drawn(*weights):
    """Others for every object."""
    rng = np.random.default_rng()
    return [rng.normal(size=weight.shape) for weight in weights]


class Scaled(Textbook):
    """A constant multiplies what goes into tanh."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.scale = np.ones(sizes[1])
        self.U, self.W, self.V = drawn(self.U, self.W, self.V)

    def kept(self):
        U, W, b, V, c = super().kept()
        return U * self.scale, W * self.scale, b * self.scale, V, c


@pytest.mark.parametrize("sizes", [SIZES, (1, 6, 1)])
def test_a_constant_that_is_no_parameter_is_left_as_it_is(sizes) -> None:
    SimpleRNN = local.wrap(Scaled, "SimpleRNN")
    trial = RnnTrial.make(SimpleRNN, sizes, np.random.default_rng(1))
    assert trial.layout.constants == {"scale"}
    assert trial.layout.missing == ()
    assert np.array_equal(trial.rnn.read()["scale"], np.ones(sizes[1]))
    x = np.random.default_rng(2).normal(size=(4, 3, sizes[0]))
    assert np.allclose(trial.forward(x).outputs, oracle.forward(trial.parameters, x)[0])


def test_a_bias_of_ones_is_a_parameter() -> None:
    class Ones(Textbook):
        def keep(self, U, W, b, V, c):
            self.U, self.W, self.V = drawn(U, W, V)
            self.b, self.c = np.ones(len(b)), c

    layout = rnn_layout(local.wrap(Ones, "SimpleRNN"), SIZES)
    assert layout.constants == frozenset()
    assert layout.missing == ()


class Master(Textbook):
    """Forward reads float32 copies of a vector of float64."""

    def keep(self, U, W, b, V, c):
        self.shapes = [a.shape for a in (U, W, b, V, c)]
        self.vector = np.concatenate([a.ravel() for a in (U, W, b, V, c)])
        self.unpack()

    def unpack(self):
        ends = np.cumsum([np.prod(shape, dtype=int) for shape in self.shapes])[:-1]
        parts = zip(np.split(self.vector, ends), self.shapes, strict=True)
        self.copies = [part.reshape(shape).astype(np.float32) for part, shape in parts]

    def kept(self):
        return self.copies

    def backward(self, d_outputs):
        return [np.sum(d_outputs)]

    def update_parameters(self, learning_rate):
        self.vector = self.vector - learning_rate
        self.unpack()


class Unread(Master):
    """What is updated never comes to forward."""

    def update_parameters(self, learning_rate):
        self.vector = self.vector - learning_rate


class Stale(Master):
    """Every step starts where the first one did."""

    def update_parameters(self, learning_rate):
        moved = self.vector
        self.vector = self.vector - learning_rate
        self.unpack()
        self.vector = moved


@pytest.mark.parametrize("sizes", [SIZES, (1, 6, 1)])
def test_a_master_is_written_with_the_copies_that_forward_reads(sizes) -> None:
    trial = RnnTrial.make(local.wrap(Master, "SimpleRNN"), sizes, np.random.default_rng(1))
    before = trial.layout.read(trial.rnn)
    trial.rnn.update_parameters(0.25)
    after = trial.layout.read(trial.rnn)
    assert {name: set(np.round(before[name] - after[name], 6).flat) for name in after} == {
        name: {0.25} for name in trial.layout.shapes
    }


@pytest.mark.parametrize("style", [Unread, Stale, Textbook, TwoBiases])
def test_a_copy_that_nothing_comes_of_is_not_written(style) -> None:
    assert rnn_layout(local.wrap(style, "SimpleRNN"), SIZES).mirrors == {}


class StackedCell:
    """The gates in one matrix of [x, h, 1]; what is shown of it under which name, subclasses say."""

    order = "fico"

    def __init__(self, I, H):  # noqa: E741
        self.I, self.H = I, H
        self.stack = np.random.default_rng().normal(size=(I + H + 1, 4 * H))

    def part(self, name):
        rows = {"W": slice(self.I), "U": slice(self.I, -1), "b": -1}[name[0]]
        gate = self.order.index(name[-1])
        return self.stack[rows, gate * self.H : (gate + 1) * self.H]

    def forward(self, x, h, c):
        row = np.hstack([x, h, np.ones((len(x), 1))])
        f, i, g, o = np.split(row @ self.stack, 4, axis=1)
        new = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        return np.tanh(new) / (1 + np.exp(-o)), new


class Shows(StackedCell):
    def __getattr__(self, name):
        if name[1:2] != "_" or name[0] not in "WUb":
            raise AttributeError(name)
        return self.part(name)


class ShowsOthers(Shows):
    order = "ifco"


class ShowsCopies(ShowsOthers):
    def __getattr__(self, name):
        return super().__getattr__(name).copy()


@pytest.mark.parametrize("sizes", [(3, 4), (2, 5), (1, 5), (2, 1)])
def test_a_name_that_is_only_shown_binds_as_well(sizes) -> None:
    right, shown, others, copies = (
        lstm_layout(local.wrap(style, "LSTMCell"), sizes)
        for style in (StackedCell, Shows, ShowsOthers, ShowsCopies)
    )
    for name, due in {"W_f": "W_i", "b_i": "b_f", "U_f": "U_i", "U_o": "U_o"}.items():
        assert np.array_equal(others.slots[name][0], right.slots[due][0])
        for layout in (shown, copies):
            assert np.array_equal(layout.slots[name][0], right.slots[name][0])
    assert len(others.shown) == len(others.shapes)
    assert not copies.shown
    assert not shown.dead


def test_a_class_that_shows_no_names_is_asked_once() -> None:
    LSTMCell = local.wrap(StackedCell, "LSTMCell")
    lstm_layout(LSTMCell, (3, 4))
    asked = []
    StackedCell.__getattr__ = lambda _self, name: asked.append(name)
    try:
        lstm_layout(LSTMCell, (2, 5))
    finally:
        del StackedCell.__getattr__
    assert not set(asked) & {"W_f", "U_f", "b_f"}
