"""What a diagnosis claims of a program: predicates that anybody can check, and their words.

kind                   facts                what is then true of the program
bptt_depth             arrays, steps        an output's gradient reaches `steps` steps back and no further
forward_in_time        arrays               an output of step t adds to input steps after t, none before
outputs_ignored        arrays, steps        d_outputs of these time steps adds nothing to the arrays
inputs_ignored         arrays, steps        the inputs (or states) of these steps add nothing to them
steps_skipped          arrays, steps        both: these steps take no part at all
only_step              arrays, step         of all source steps this one alone adds to the arrays
only_output            arrays, step         d_outputs of this time step alone adds to the arrays
stays_zero             arrays               the arrays are zero whatever d_outputs is
factor                 arrays, number|of    the arrays are the right ones times number; `of` "B", "T", "T*B"
transposed             arrays               the array is the right one, transposed
state_index            arrays, offset       h_(s-1+offset) stands where h_(s-1) belongs (dW_hy: h_t)
state_always           arrays, step         h_step stands there at every step (steps count from 0)
state_wraps            arrays               at the first step the last state stands where h_0 = 0 belongs
input_index            arrays, offset       x_(s+offset) stands where x_s belongs
output_index           arrays, offset       d_outputs of step t acts as that of step t+offset
last_output_everywhere arrays               d_outputs of the last step acts at every step
samples_ignored        arrays, samples      these sequences of the batch add nothing
samples_mixed          arrays               a sequence's d_outputs adds to gradients of another's inputs
unit_without_gradient  arrays, units        these hidden units' columns are zero
derivative             arrays, form         the factor in place of 1 - h_t^2 (see `chain.DERIVATIVES`)
recurrent_derivative   arrays, form         the same on the way from step to step only
recurrent_matrix       arrays, form         what stands for W_hh.T between two steps
handed_back            arrays, what         what goes to the step before: "dh" in place of dz
derivative_missing     arrays               this array is made of dh, before the factor 1 - h_t^2
lag_factor             arrays, number       each step back multiplies by `number` what it should be
chain_off              arrays, lag          right up to `lag - 1` steps back, wrong from `lag` on
constant_term          arrays, form         with d_outputs = 0 the gradients are not 0
not_linear             arrays               doubling d_outputs does not double the gradients
clipped                number               every element is held within +-number
accumulates            arrays               a second backward gives the sum of both
left_over              arrays               a second backward depends on the first
stale                  arrays               backward belongs to the first forward, not to the latest
wrong_at               size                 right otherwise, wrong where this size is 1
arrays_off             arrays, fine         these are wrong, those right
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.language import Message
from grader.records import Claim

__all__ = ["Claim", "Diagnosis", "Fault", "claim"]


def claim(kind: str, **facts: float | str | Iterable[int | str]) -> Claim:
    """A claim of this kind; sequences become tuples."""
    plain = {
        name: value if isinstance(value, int | float | str) else tuple(value)
        for name, value in facts.items()
    }
    return Claim(kind, plain)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: what is claimed, and the words for it.

    `arrays` are what it spoils ("W_hh", "outputs", ...). `name` is the misconception, where it
    is a known one.
    """

    claim: Claim
    words: Message
    arrays: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is said of a question: the known misconception or "", the words, and the claims."""

    name: str
    message: Message
    claims: tuple[Claim, ...] = ()
