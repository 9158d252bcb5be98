"""What the experiments say of a failed case of an optional question."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from grader import contract
from grader.checks.bonus import bidirectional, deep, seq2seq
from grader.checks.memo import once
from grader.diagnosis.claims import Diagnosis, first_of
from grader.diagnosis.optional import (
    clipping,
    dropping,
    gru_back,
    gru_forward,
    networks_back,
    networks_forward,
    seq2seq_back,
    steps,
    updating,
)
from grader.diagnosis.optional.findings import Finding, about_first
from grader.faults import StudentFault

LOG = logging.getLogger(__name__)
Examine = Callable[[Any], Iterable[Finding]]

EXPERIMENTS: dict[str, tuple[Examine, ...]] = {
    contract.GRU: (gru_forward.examine, gru_back.examine),
    contract.BIDIRECTIONAL: (
        networks_forward.of_bidirectional,
        networks_back.of_bidirectional,
        partial(updating.examine, kind=bidirectional.HIDDEN),
    ),
    contract.DEEP: (
        networks_forward.of_deep,
        networks_back.of_deep,
        partial(updating.examine, kind=deep.HIDDEN),
    ),
    contract.SEQ2SEQ: (
        networks_forward.of_seq2seq,
        seq2seq_back.examine,
        partial(updating.examine, kind=seq2seq.HIDDEN),
    ),
    contract.CLIP: (clipping.examine,),
    contract.MOMENTUM: (steps.momentum,),
    contract.ADAM: (steps.adam,),
    contract.DROPOUT: (dropping.examine,),
}

FORWARD = ("forward",)


def _gates(*letters: str) -> tuple[str, ...]:
    return tuple(f"{kind}_{letter}" for letter in letters for kind in "WUb")


def _layer(suffix: str, reads: str = "W_xh") -> tuple[str, ...]:
    return tuple(f"{name}_{suffix}" for name in (reads, "W_hh", "b_h"))


# What a case is about, what is nearest first; a case that is not here is told nothing.
ABOUT: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "q6_1": {
        **dict.fromkeys(("half_open", "update_gate", "equations", "reset_gate"), (FORWARD,)),
        "candidate_gradients": (_gates("h"), FORWARD),
        "update_gradients": (_gates("z"), FORWARD),
        "reset_gradients": (_gates("r"), _gates("h"), FORWARD),
        "input_gradient": (("input_t",), ("later",), FORWARD),
        "state_gradient": (("hidden_state",), ("later",), FORWARD),
        "latest_forward": (FORWARD, ("later",)),
    },
    "q6_2": {
        **dict.fromkeys(("hidden_states", "both_ways", "ahead", "back", "outputs"), (FORWARD,)),
        "output_gradients": (("W_hy",), FORWARD),
        "ahead_gradients": (_layer("forward"), FORWARD),
        "back_gradients": (_layer("backward"), FORWARD),
        "sum_not_mean": (FORWARD,),
        "updates": (("updates",),),
        "learns_future": ((),),
    },
    "q6_3": {
        **dict.fromkeys(("hidden_states", "one_layer", "lowest_layer", "upper_layers", "outputs"), (FORWARD,)),
        "output_gradients": (("W_hy",), FORWARD),
        "lowest_gradients": (_layer("1"), _layer("2"), _layer("3"), FORWARD),
        "middle_gradients": (_layer("2"), _layer("3"), FORWARD),
        "top_gradients": (_layer("3"), FORWARD),
        "sum_not_mean": (FORWARD,),
        "updates": (("updates",),),
        "learns_depth": ((),),
    },
    "q6_4": {
        **dict.fromkeys(("free_is_forced", "one_step_late", "reads_inputs", "decoder", "encoder"), (FORWARD,)),
        "output_gradients": (("W_hy",), _layer("decoder", "W_yh"), FORWARD),
        "forced_gradients": ((*_layer("decoder", "W_yh"), "W_hy"), _layer("encoder"), FORWARD),
        "free_gradients": ((*_layer("decoder", "W_yh"), "W_hy"), _layer("encoder"), FORWARD),
        "sum_not_mean": (_layer("decoder", "W_yh"), FORWARD),
        "updates": (("updates",),),
        "learns_reversal": ((),),
    },
    "q6_5": {
        **{f"{tool}_{one}": ((one,),)
           for tool, cases in (("clip", clipping.ABOUT), ("momentum", steps.ABOUT), ("adam", steps.ABOUT))
           for one in cases},
        **{f"dropout_{one}": ((one,),)
           for one in ("evaluation", "inverted", "one_mask", "statistics", "afresh", "backward")},
    },
}  # fmt: skip


def diagnose(question: str, case: str, candidates: Sequence[Any]) -> Diagnosis | None:
    """The first finding that has to do with the case. Never raises for what a student did."""
    for candidate in candidates:
        found = once(candidate, "optional findings", partial(_findings, candidate))
        for wanted in ABOUT[question].get(case, ()):
            first = about_first(found, wanted)
            if first is not None:
                return Diagnosis("", first_of(first.words, _others(first, found, wanted)))
    return None


def _others(first: Finding, found: Sequence[Finding], wanted: Iterable[str]) -> int:
    """How many more findings have to do with the same."""
    names = frozenset(wanted)
    return sum(one is not first and (not names or bool(one.about & names)) for one in found)


def _findings(candidate: Any) -> list[Finding]:
    found: list[Finding] = []
    for examine in EXPERIMENTS[candidate.name]:
        try:
            with np.errstate(all="ignore"):
                found += [one for one in examine(candidate) if one not in found]
        except StudentFault:
            continue  # what cannot be run was told by the check itself
        except Exception:
            # A diagnosis decides no mark, so a fault of its own must not cost one: it is logged.
            LOG.exception("the experiments on %s failed", candidate.name)
    return found
