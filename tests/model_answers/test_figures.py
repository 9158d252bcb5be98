"""The model answers' figures: the same by every measurement where they can be, and in their place."""

from __future__ import annotations

import numpy as np
import pytest

from grader.architectures import gradient_by_lag
from grader.architectures.cost import BLOCKS, parameters
from grader.faults import KitFault
from grader.model_answers import write
from grader.scoring.models import figure, model_answer


def test_an_rnns_gradient_vanishes_stays_or_explodes_by_its_spectral_radius() -> None:
    small, one, large = (gradient_by_lag.rnn(radius) for radius in gradient_by_lag.RADII)
    lags = np.arange(1, gradient_by_lag.LAGS + 1)
    # |dh_t/dh_k| <= sigma^(t-k), tight near zero (Pascanu et al. 2013).
    assert np.all(small <= 0.5**lags * (1 + 1e-9))
    assert small[9] == pytest.approx(0.5**10, rel=0.05)
    assert 0.5 < one[-1] <= 1
    assert 100 < large[-1] < 1.5**60


def test_an_lstms_gradient_lasts_longer_than_a_shrinking_rnns() -> None:
    lstm = gradient_by_lag.lstm()
    assert lstm[19] > 0.05 > 1e4 * gradient_by_lag.rnn(0.5)[19]


def test_parameters_are_those_of_torch() -> None:
    torch = pytest.importorskip("torch")
    for name, kind in (("RNN", torch.nn.RNN), ("GRU", torch.nn.GRU), ("LSTM", torch.nn.LSTM)):
        counted = sum(each.numel() for each in kind(5, 7).parameters())
        assert parameters(name, 5, 7) == counted - BLOCKS[name] * 7  # torch has two biases


def test_the_report_shows_what_the_figures_say() -> None:
    text = write.REPORT.read_text(encoding="utf-8")
    curves = gradient_by_lag.curves()
    assert write._curve_table(curves) in text
    for name in ("gradient-by-lag", "cost"):
        assert (write.FIGURES / f"{name}.svg").is_file()
        assert f"figures/{name}.svg" in text
    assert "<table>" in model_answer("2.2b")
    assert 'src="picture/model/cost.svg"' in model_answer("2.2b")
    assert (figure("cost.svg") or b"").startswith(b"<?xml")
    assert figure("../report.md") is None
    with pytest.raises(KitFault, match="marks of cost"):
        write.replaced("no marks", "cost", "")
