"""The reference's experiment: longer history helps, and nothing held out leaks into training."""

from __future__ import annotations

import numpy as np
import pytest

from solutions import rnn as reference
from solutions.rnn import SimpleRNN, generate_sequence_data


class Watched(SimpleRNN):
    """Notes every model and the windows that it trained on and those that it only predicted."""

    seen: list[Watched] = []  # noqa: RUF012  (one run's models, emptied by the test)

    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.pending, self.trained, self.predicted = None, [], []
        self.seen.append(self)

    def forward(self, inputs):
        self.flush()
        self.pending = inputs
        return super().forward(inputs)

    def backward(self, d_outputs):
        self.trained.append(self.pending)
        self.pending = None
        return super().backward(d_outputs)

    def flush(self):
        if self.pending is not None:
            self.predicted.append(self.pending)


def windows_of(batches):
    """All windows of these batches, each as bytes."""
    return {batch[:, n].tobytes() for batch in batches for n in range(batch.shape[1])}


def test_training_experiment(monkeypatch):
    monkeypatch.setattr(reference, "SimpleRNN", Watched)
    monkeypatch.setattr(Watched, "seen", [])
    returned = reference.train_rnn_on_sequence()

    errors = returned["error_by_length"]
    assert len(errors) >= 3
    assert min(errors) <= 2
    assert max(errors) >= 10
    assert errors[max(errors)] < 0.5 * errors[min(errors)]
    assert returned["losses"][-1] < 0.1 * returned["losses"][0]
    assert returned["predictions"].ndim == 1
    assert returned["predictions"].shape == returned["targets"].shape
    recomputed = np.mean((returned["predictions"] - returned["targets"]) ** 2)
    assert errors[max(errors)] == pytest.approx(recomputed)
    assert recomputed < 0.02 * returned["targets"].var()

    tail = generate_sequence_data("waves", 1000)[-len(returned["targets"]) :]
    np.testing.assert_allclose(returned["targets"], tail, atol=1e-12)

    assert len(Watched.seen) == len(errors)  # a fresh network for every length
    for model, length in zip(Watched.seen, errors, strict=True):
        model.flush()
        assert {batch.shape[0] for batch in model.trained + model.predicted} == {length}
        assert not windows_of(model.trained) & windows_of(model.predicted)


def test_training_windows_share_no_value_with_the_held_out_ones(monkeypatch):
    monkeypatch.setattr(reference, "SimpleRNN", Watched)
    monkeypatch.setattr(reference, "EPOCHS", 1)
    monkeypatch.setattr(Watched, "seen", [])
    reference.train_rnn_on_sequence()
    for model in Watched.seen:
        model.flush()
        trained = set(np.concatenate([batch.ravel() for batch in model.trained]).tolist())
        predicted = set(np.concatenate([batch.ravel() for batch in model.predicted]).tolist())
        assert len(trained & predicted) == 0


def test_scaler_is_fitted_on_the_training_part(monkeypatch):
    """What the network sees does not depend on the part that is held out, but for that part."""
    seen = []
    for factor in (1.0, 50.0):
        monkeypatch.setattr(reference, "SimpleRNN", Watched)
        monkeypatch.setattr(reference, "EPOCHS", 1)
        monkeypatch.setattr(Watched, "seen", [])

        def series(kind, length, factor=factor):
            values = reference.SEQUENCES[kind](length)
            values[int(reference.TRAINED_SHARE * length) :] *= factor
            return values

        monkeypatch.setattr(reference, "generate_sequence_data", series)
        reference.train_rnn_on_sequence()
        seen.append([windows_of(model.trained) for model in Watched.seen])
    assert seen[0] == seen[1]


def test_figure_draws_losses_prediction_and_truth():
    losses, values = [1.0, 0.1, 0.01], np.array([0.0, 1.0, 0.5])
    figure = reference.draw(losses, values + 0.1, values, {2: 0.5, 5: 0.1, 12: 0.01})
    loss, forecast, by_length = figure.axes
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), losses)
    assert {line.get_label() for line in forecast.lines} == {"true", "predicted"}
    np.testing.assert_array_equal(by_length.lines[0].get_xdata(), [2, 5, 12])
    figure.canvas.draw()
