"""Which known misconception a reading is, where it is exactly that one."""

from __future__ import annotations

from collections.abc import Sequence

from grader.diagnosis.experiments.patterns import Reading
from grader.records import Fact

ANY = "*"

# (kind, facts, arrays or ANY) -> name in solutions/misconceptions.toml
KNOWN: dict[tuple[str, tuple[tuple[str, Fact], ...], str], str] = {
    ("bptt_depth", (("steps", 0),), ANY): "no-recurrent-term",
    ("bptt_depth", (("steps", 4),), ANY): "truncated-four-steps-back",
    ("recurrent_matrix", (("form", "W_hh"),), ANY): "recurrent-not-transposed",
    ("recurrent_matrix", (("form", "1"),), ANY): "recurrent-matrix-forgotten",
    ("derivative", (("form", "1"),), ANY): "tanh-derivative-missing",
    ("derivative", (("form", "1 - h_t"),), ANY): "tanh-derivative-not-squared",
    ("derivative", (("form", "1 - tanh(h_t)^2"),), ANY): "tanh-applied-again",
    ("derivative", (("form", "1 - z_t^2"),), ANY): "derivative-of-pre-activation",
    ("derivative", (("form", "h_t * (1 - h_t)"),), ANY): "sigmoid-derivative",
    ("derivative", (("form", "1 - h_(t-1)^2"),), ANY): "derivative-of-previous-state",
    ("derivative", (("form", "(1 - h_t^2)^2"),), ANY): "tanh-derivative-twice",
    ("recurrent_derivative", (("form", "1"),), ANY): "derivative-skipped-on-recurrent-path",
    ("handed_back", (("what", "sum"),), ANY): "dh-next-accumulates",
    ("handed_back", (("what", "dh"),), ANY): "dh-handed-back-instead-of-dz",
    ("handed_back", (("what", "dz * (1 - h_t^2)"),), ANY): "derivative-twice-on-recurrent-path",
    ("starts_not_zero", (("number", 1.0),), ANY): "dh-next-starts-at-one",
    ("state_index", (("offset", 1),), "W_hh"): "dW-hh-with-current-state",
    ("state_index", (("offset", -1),), "W_hy"): "dW-hy-with-previous-state",
    ("state_wraps", (), "W_hh"): "first-state-wraps",
    ("input_index", (("offset", -1),), "W_xh"): "dW-xh-input-off-by-one",
    ("output_index", (("offset", 1),), ANY): "output-gradient-off-by-one",
    ("only_output", (("step", 4),), ANY): "last-output-gradient-only",
    ("last_output_everywhere", (), ANY): "last-output-gradient-at-every-step",
    ("outputs_ignored", (("steps", (4,)),), ANY): "last-step-skipped",
    ("inputs_ignored", (("steps", (0,)),), "W_xh, b_h"): "first-step-skipped",
    ("inputs_ignored", (("steps", (0,)),), "W_xh"): "dW-xh-misses-first-step",
    ("cut_before", (("steps", (20, 40)),), ANY): "truncated-after-20-steps",
    ("cut_before", (("steps", tuple(range(4, 44, 4))),), ANY): "truncated-after-4-steps",
    ("factor", (("of", "B"),), "W_hh"): "dW-hh-averaged-over-batch",
    ("factor", (("of", "B"),), "b_h"): "bias-gradient-mean-over-batch",
    ("factor", (("of", "B"),), ANY): "averaged-over-batch",
    ("factor", (("of", "T"),), ANY): "averaged-over-time",
    ("factor", (("of", "T*B"),), ANY): "averaged-over-both",
    ("factor", (("number", -1.0),), ANY): "negative-gradient",
    ("factor", (("number", 2.0),), ANY): "gradient-doubled",
    ("samples_ignored", (("samples", (1,)),), "b_h"): "bias-gradient-first-sequence-only",
    ("only_step", (("step", 0),), "W_xh"): "dW-xh-overwritten",
    ("only_step", (("step", 0),), "W_hy"): "dW-hy-overwritten",
    ("only_step", (("step", 0),), "b_h"): "db-h-overwritten",
    ("only_step", (("step", 0),), "b_y"): "db-y-overwritten",
    ("stays_zero", (), "b_h"): "db-h-forgotten",
    ("stays_zero", (), "b_y"): "db-y-forgotten",
    ("stays_zero", (), "W_hh"): "dW-hh-forgotten",
    ("transposed", (), "W_hh"): "dW-hh-transposed",
    ("derivative_missing", (), "b_h"): "db-h-without-derivative",
    ("derivative_missing", (), "W_xh"): "dW-xh-without-derivative",
    ("unit_without_gradient", (("units", (6,)),), "b_h"): "db-h-one-unit-missing",
    ("accumulates", (), "W_hh"): "dW-hh-accumulates-between-calls",
    ("accumulates", (), ANY): "gradients-accumulate-between-calls",
    ("stale", (), ANY): "stale-forward",
    ("norm_held", (), ANY): "gradients-normalised",
    ("clipped", (), ANY): "clips-too-tightly",
    ("left_over", (("after", "again"),), "W_xh, W_hh, b_h"): "dh-next-kept-between-calls",
}
NUMBERLESS = {"norm_held", "clipped"}  # the same mistake whatever the number


def known_as(reading: Reading, names: Sequence[str]) -> str:
    """The misconception's name, or ""."""
    facts = () if reading.kind in NUMBERLESS else tuple(reading.facts.items())
    exact = KNOWN.get((reading.kind, facts, ", ".join(names)))
    return exact or KNOWN.get((reading.kind, facts, ANY), "")
