"""Programs by people who never saw the rules lose what they should, and keep what they should."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.strangers import handwritten, kit

# Told to the lead, and not mended here; each line goes with its cause.
PENDING = {
    "karpathy_clip_small": "elements clipped at 0.1 are not seen",
    "fused_lstm_no_bias": "q4_6 divides zero by zero where there are no biases",
    "javaish_static_list": "q4_1/scale charges what forward does",
    **dict.fromkeys(
        (f"degenerate_{one}" for one in ("inf", "lists", "nan", "none", "ones", "strings")),
        "q4_1/scale charges what forward does",
    ),
    "degenerate_echo": "the step is right for its own gradient",
}


def folders() -> list[object]:
    return [
        pytest.param(
            each,
            id=each.name,
            marks=[pytest.mark.xfail(strict=False, reason=PENDING[each.name])]
            if each.name in PENDING
            else [],
        )
        for each in handwritten.folders()
    ]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("folder", folders())
def test_a_stranger_loses_and_keeps_what_it_should(folder: Path) -> None:
    said = kit.graded((folder / "rnn.py").read_text(encoding="utf-8"))
    assert said is not None
    deserts, lost = handwritten.truth_of(folder), {one.question for one in said}
    assert deserts.missed(lost, set(kit.QUESTIONS)) == []
    assert deserts.unfair(lost) == []
    if deserts.right:
        assert said == []
