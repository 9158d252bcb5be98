"""What is seen of a training run, through the notebook's channel: the code is a worker's own."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from grader.faults import Crashed, NotImplementedYet
from grader.protocol import Picture
from grader.sandbox import local, png
from grader.sandbox.worker import render_figures
from grader.sandbox.worker.watching.window_log import Windows, merged

rng = np.random.default_rng(0)


def network() -> type:
    """A fresh SimpleRNN: one time step is one product, which is enough to be watched."""

    class SimpleRNN:
        def __init__(self, i: int, _h: int, o: int) -> None:
            self.W = rng.standard_normal((i, o))
            self.cache = np.zeros(3)

        def forward(self, x: Any) -> Any:
            self.x = x
            self.cache = x.copy()
            return x @ self.W, x

        def backward(self, d: Any) -> Any:
            self.g = np.einsum("tbi,tbo->io", self.x, d)
            return {"W": self.g}

        def update_parameters(self, rate: float) -> None:
            self.W = self.W - rate * self.g

    return SimpleRNN


def observed(train: Any, SimpleRNN: type) -> Any:
    """The observation of `train`, which finds SimpleRNN in its globals as a student's would."""
    namespace: dict[str, Any] = {"SimpleRNN": SimpleRNN, "np": np}
    train.__globals__.update(namespace)
    function = local.wrap(train, "train_rnn_on_sequence")
    return function.observe()


def batch(length: int, count: int) -> Any:
    return rng.standard_normal((length, count, 1))


def descend(net: Any, x: Any, steps: int) -> None:
    for _ in range(steps):
        y, _ = net.forward(x)
        net.backward(2 * (y - x) / x.size)
        net.update_parameters(0.5)


def test_training_and_evaluation_are_told_apart() -> None:
    cls = network()
    train_x, test_x = batch(8, 5), batch(6, 3)

    def train() -> Any:
        net = cls(1, 2, 1)
        descend(net, train_x, 40)
        net.forward(test_x)
        return {"losses": [1.0, 0.5]}

    seen = observed(train, cls)
    assert (seen.forward_calls, seen.backward_calls, seen.update_calls) == (41, 40, 40)
    assert seen.lengths_trained == (8,)
    assert seen.lengths_evaluated == (6,)
    assert (seen.evaluation_windows, seen.evaluation_windows_trained) == (3, 0)
    assert seen.weights_moved
    assert seen.last_error < seen.first_error / 10
    ((inputs, outputs),) = seen.evaluations
    assert np.array_equal(inputs, test_x)
    assert outputs.shape == (6, 3, 1)
    assert seen.returned == {"losses": [1.0, 0.5]}


def learned(SimpleRNN: type, *, seed: int = 3, rate: float = 0.5) -> tuple[str, ...]:
    def train() -> Any:
        drawn = np.random.default_rng(seed)
        net = SimpleRNN(4, 2, 4)
        net.W = drawn.standard_normal((4, 4))
        x = drawn.standard_normal((6, 5, 4))
        for _ in range(7):
            y, _ = net.forward(x)
            net.backward(2 * (y - x) / x.size)
            net.update_parameters(rate)
        return {}

    digests: tuple[str, ...] = observed(train, SimpleRNN).learned
    return digests


def test_the_same_training_learns_the_same_weights_under_any_name() -> None:
    class Renamed(network()):  # type: ignore[misc]
        """Keeps its weights transposed, under another name, with something besides."""

        def __init__(self, *sizes: int) -> None:
            self.spare = np.zeros((4, 4))
            super().__init__(*sizes)

        @property
        def W(self) -> Any:
            return self.kernel.T

        @W.setter
        def W(self, value: Any) -> None:
            self.kernel = np.array(value.T)
            self.spare = self.spare + 1

    (one,) = learned(network())
    assert len(one) == 16
    assert learned(network()) == learned(Renamed) == (one,)
    assert learned(network(), rate=0.51) != (one,)
    assert learned(network(), seed=4) != (one,)


def test_few_weights_have_no_digest() -> None:
    cls = network()
    x = batch(8, 5)

    def train() -> Any:
        net = cls(1, 2, 1)
        descend(net, x, 3)
        return {}

    assert observed(train, cls).learned == ()


def test_evaluation_on_training_windows_is_seen() -> None:
    cls = network()
    x = batch(8, 5)

    def train() -> Any:
        net = cls(1, 2, 1)
        descend(net, x, 3)
        net.forward(x[:, 1:3])
        return {}

    seen = observed(train, cls)
    assert (seen.evaluation_windows, seen.evaluation_windows_trained) == (2, 2)
    assert seen.trained_columns[0].tolist() == [True, True]
    assert seen.trained_span == (x.min(), x.max())


def test_what_was_evaluated_before_it_was_trained_on_is_told_apart() -> None:
    cls = network()
    x = batch(8, 5)

    def train() -> Any:
        net = cls(1, 2, 1)
        net.forward(x[:, 1:3])
        descend(net, x, 3)
        net.forward(x[:, 2:4])
        return {}

    seen = observed(train, cls)
    assert [one.tolist() for one in seen.trained_columns] == [[True] * 4]
    assert [one.tolist() for one in seen.trained_before] == [[False, False, True, True]]


def test_training_without_updates_moves_nothing() -> None:
    cls = network()
    x = batch(8, 5)

    def train() -> Any:
        net = cls(1, 2, 1)
        for _ in range(5):
            y, _ = net.forward(x)
            net.backward(y)
        return {}

    assert not observed(train, cls).weights_moved


def test_subclasses_aliases_and_helpers_are_seen() -> None:
    cls = network()
    x = batch(8, 2)
    alias = cls

    def train() -> Any:
        class Better(alias):  # type: ignore[misc, valid-type]
            def forward(self, inputs: Any) -> Any:
                return super().forward(inputs)

        descend(Better(1, 2, 1), x, 4)
        descend(alias(1, 2, 1), x, 4)
        return {}

    seen = observed(train, cls)
    assert (seen.forward_calls, seen.backward_calls, seen.update_calls) == (8, 8, 8)


def test_the_class_is_itself_again_afterwards() -> None:
    cls = network()
    before = dict(vars(cls))

    def train() -> Any:
        cls(1, 2, 1).forward(batch(3, 1))
        raise ValueError("on the way")

    with pytest.raises(Crashed, match="on the way"):
        observed(train, cls)
    assert dict(vars(cls)) == before


def test_many_small_calls_stay_small_and_come_back_as_batches() -> None:
    cls = network()

    def train() -> Any:
        net = cls(1, 2, 1)
        for _ in range(20_000):
            net.forward(batch(2, 1))
        return {}

    seen = observed(train, cls)
    assert seen.forward_calls == seen.evaluation_windows == 20_000
    assert [inputs.shape[0] for inputs, _ in seen.evaluations] == [2]
    assert seen.evaluations[0][0].shape[1] <= 4096


def test_calls_that_are_no_sequences_do_no_harm() -> None:
    cls = network()

    def train() -> Any:
        net = cls(1, 2, 1)
        for odd in (np.float64(1.0), np.array(["a"]), None, [[1.0], [2.0, 3.0]]):
            with contextlib.suppress(Exception):  # what the student's code makes of it is its own
                net.forward(odd)
        return {}

    assert observed(train, cls).forward_calls == 4


def test_a_figure_that_cannot_be_drawn_is_a_figure_all_the_same() -> None:
    """Losses that grew beyond all bounds cost what they cost, and not the figure as well."""
    figure = Figure()
    for axes in figure.subplots(1, 2):
        axes.plot([0.0, -1e308, 1e308])
    with np.errstate(all="ignore"):
        with pytest.raises(ValueError):  # noqa: PT011 - whatever matplotlib says
            figure.savefig(io.BytesIO(), format="png")
        picture = render_figures.render(figure)
    assert picture is not None
    data, axes, lines = picture
    assert (axes, lines) == (2, 2)
    assert png.is_sound(data)
    assert figure.dpi == Figure().dpi


def test_figures_that_are_shown_saved_and_closed_are_kept(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    plt.close("all")
    monkeypatch.chdir(tmp_path)
    cls = network()

    def train() -> Any:
        figure, (left, right) = plt.subplots(1, 2)
        left.plot([1, 2])
        right.plot([2, 1])
        plt.show()
        plt.close(figure)
        other, axes = plt.subplots()
        axes.scatter([1, 2], [1, 2])
        other.savefig("loss.png")
        return {"figure": (other, axes), "path": "loss.png", "axes": axes, "missing": "no.png"}

    seen = observed(train, cls)
    assert [(one.axes, one.lines) for one in seen.figures] == [(2, 2), (1, 1)]
    for name in ("figure", "path", "axes"):
        picture = seen.returned[name]
        assert isinstance(picture, Picture)
        assert (picture.axes, picture.lines) == (1, 1)
    assert seen.returned["missing"] == "no.png"
    plt.close("all")


@pytest.mark.parametrize(
    ("after", "times"),
    [
        ("", 1),
        ("plt.show()", 1),
        ("plt.close(figure)", 1),
        ("figure.savefig('loss.png')", 1),
        ("figure.savefig('loss.png'); plt.show(); plt.close(figure)", 1),
        ("plt.show(); axes.set_title('later')", 2),
        ("figure.savefig('loss.png'); axes.plot([2, 1])", 2),
        ("plt.close(figure); figure.suptitle('later')", 2),
    ],
)
def test_what_a_returned_figure_shows_is_drawn_once_and_anew_after_a_change(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, after: str, times: int
) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    plt.close("all")
    monkeypatch.chdir(tmp_path)
    drawn = []
    render = render_figures.render
    monkeypatch.setattr(
        render_figures, "render", lambda figure: drawn.append(figure) or render(figure)
    )

    def train() -> Any:
        figure, axes = plt.subplots()
        axes.plot([1, 2])
        exec(after, {"plt": plt, "figure": figure, "axes": axes})
        return {"figure": figure, "axes": axes}

    def change(figure: Any) -> Any:
        figure.axes[0].plot([2, 1])
        return figure

    cls = network()
    seen = observed(train, cls)
    lines = 1 + ("plot" in after)
    assert len(drawn) == times
    assert [one.lines for one in (seen.returned["figure"], seen.returned["axes"])] == [lines] * 2
    assert observed(lambda: change(drawn[0]), cls).returned.lines == lines + 1
    plt.close("all")


def test_a_stub_is_not_run() -> None:
    def train_rnn_on_sequence() -> None:
        pass

    with pytest.raises(NotImplementedYet):
        local.wrap(train_rnn_on_sequence).observe()


def test_windows_are_columns_whatever_their_dtype() -> None:
    trained = Windows()
    x = batch(4, 3)
    trained.add(x, 7)
    assert trained.holds(np.ascontiguousarray(x[:, ::-1]), 8).tolist() == [2] * 3
    assert trained.holds(x, 7).tolist() == [1] * 3
    assert trained.holds(x[:3], 8).tolist() == [0] * 3
    assert trained.lengths == {4}


def test_neighbours_are_the_windows_one_step_earlier_and_later() -> None:
    trained = Windows()
    x = np.lib.stride_tricks.sliding_window_view(np.arange(9.0), 3).T[:, :, None]
    trained.add(x[:, [0, 2, 3]], 7)
    assert trained.neighbours(x, 8).tolist() == [0, 3, 2, 1, 1, 0, 0]
    assert not trained.neighbours(x, 7).any()
    assert not trained.neighbours(x[:2], 8).any()
    assert not trained.neighbours(x[:1], 8).any()


def test_distinct_windows_of_one_feature_are_kept_themselves() -> None:
    trained = Windows()
    x = batch(4, 3)[:, :, :1]
    trained.add(x, 1)
    trained.add(x[:, [2, 0, 2]], 2)
    trained.add(np.concatenate([x, x[:, ::-1]], axis=2), 3)
    trained.add(np.concatenate([x[:, 1:], x[:, 1:] + 1, x[:, 1:] + 1], axis=1), 4)
    (kept,) = trained.distinct()
    np.testing.assert_array_equal(
        np.sort(kept), np.sort(np.append(x, x[:, 1:] + 1, axis=1)[:, :, 0])
    )


def test_the_same_numbers_in_another_shape_are_another_window() -> None:
    trained = Windows()
    trained.add(np.arange(12.0).reshape(6, 2, 1), 1)
    assert not trained.holds(np.arange(12.0).reshape(3, 2, 2), 2).any()
    assert trained.holds(np.arange(12.0).reshape(6, 2, 1), 2).all()


def test_the_span_is_that_of_the_numbers() -> None:
    windows = Windows()
    assert np.isnan(windows.span).all()
    windows.add(np.full((2, 1, 1), np.nan), 1)
    assert np.isnan(windows.span).all()
    windows.add(np.array([[[3.0]], [[-1.0]]]), 1)
    windows.add(np.full((2, 1, 1), np.nan), 1)
    assert windows.span == (-1.0, 3.0)


def test_the_error_of_any_dtype_is_its_mean_square() -> None:
    def train() -> None:
        net = SimpleRNN(1, 1, 1)  # type: ignore[name-defined]  # noqa: F821 - `observed` puts it there
        net.forward(np.ones((2, 1, 1)))
        for d_outputs in (np.full((2, 1, 1), 300, np.int16), [[[300.0]], [[300.0]]]):
            net.backward(d_outputs)

    seen = observed(train, network())
    assert (seen.first_error, seen.last_error) == (90_000.0, 90_000.0)


def test_only_batches_of_one_kind_are_merged() -> None:
    sizes = [(3, 1), (3, 2), (4, 1)]
    each = [(batch(T, B), batch(T, B), np.full(B, B), np.zeros(B)) for T, B in sizes]
    kept = merged(each)
    assert [x.shape for x, *_ in kept] == [(3, 3, 1), (4, 1, 1)]
    assert [held.tolist() for *_, held, _ in kept] == [[1, 2, 2], [1]]


def test_every_networks_gradients_are_kept_apart() -> None:
    cls = network()
    x = batch(8, 5)

    def train() -> Any:
        for steps in (3, 5):
            descend(cls(1, 2, 1), x, steps)
        return {}

    seen = observed(train, cls)
    assert [len(one) for one in seen.squared_errors] == [3, 5]
    assert all(one[-1] < one[0] for one in seen.squared_errors)


def test_evaluations_come_in_the_order_of_their_forwards() -> None:
    cls = network()
    first, second = [batch(8, 1) for _ in range(3)], [batch(8, 1) for _ in range(2)]

    def train() -> Any:
        one, two = cls(1, 2, 1), cls(1, 2, 1)
        for x in first:
            one.forward(x)
        for x in second:
            two.forward(x)
        return {}

    ((inputs, _),) = observed(train, cls).evaluations
    assert np.array_equal(inputs, np.concatenate([*first, *second], axis=1))


def functional() -> tuple[type, Any]:
    """A SimpleRNN built of module functions, and a training that calls these alone."""
    namespace: dict[str, Any] = {"np": np, "X": batch(4, 3)}
    exec(
        "def ahead(W, x): return x @ W\n"
        "def slope(x, d): return np.einsum('tbi,tbo->io', x, d)\n"
        "def start(i, o): return np.ones((i, o))\n"
        "class SimpleRNN:\n"
        "    def __init__(self, i, h, o): self.W = start(i, o)\n"
        "    def forward(self, x):\n"
        "        self.x = x\n"
        "        return ahead(self.W, x), x\n"
        "    def backward(self, d): self.g = slope(self.x, d)\n"
        "    def update_parameters(self, rate): self.W = self.W - rate * self.g\n"
        "def train():\n"
        "    W = start(1, 1)\n"
        "    for _ in range(6): W = W - 0.1 * slope(X, ahead(W, X) - X)\n"
        "    return {}\n"
        "def through_methods():\n"
        "    net = SimpleRNN(1, 1, 1)\n"
        "    net.forward(X); net.backward(X); net.update_parameters(0.1)\n"
        "    return {}\n",
        namespace,
    )
    return namespace["SimpleRNN"], namespace


@pytest.mark.parametrize(("name", "calls"), [("train", (6, 6)), ("through_methods", (0, 0))])
def test_a_functional_training_is_seen(name: str, calls: tuple[int, int]) -> None:
    cls, namespace = functional()
    assert observed(namespace[name], cls).block_calls == calls
    assert namespace["ahead"].__name__ == "ahead"
    assert not hasattr(namespace["ahead"], "__wrapped__")
