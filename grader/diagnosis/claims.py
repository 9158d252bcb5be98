"""What a diagnosis claims of a program: predicates that anybody can check, and their words.

Steps and units count from 0; `arrays` are the parameters whose gradients or steps are meant, or
the results. L[t, s] is what d_outputs of step t adds to the gradient at z of step s, with the
right parameters and inputs of size 1; every factor of it is relative to what is right.

backward (q4_3); the points are T = 5, B = 2, H = 7, O = 3, and T = 44 for distances
bptt_depth             steps            L[t, s] is 0 where t - s > steps, for every T, and not where <=
stops_after            steps            nothing of steps before the last `steps` is in the arrays (T = 44)
cut_before             steps, of        no gradient gets from step k to k - 1 for these k (T = of, else 5)
forward_in_time                         L[t, s] is not 0 for some s > t, and 0 for all s < t
inner_loop_forward                      what is due at L[t, t] stands at L[t, 0], for every t
outputs_ignored        steps            d_outputs of these steps adds nothing to the arrays
inputs_ignored         steps            what passes through z of these steps adds nothing
steps_skipped          steps            both
only_step              step             nothing but what passes through this step is in the arrays
only_output            step             nothing but what d_outputs of this step gives
only_pair              output, step     nothing but both of these together
                       samples          of all three: of these sequences alone
stays_zero / no_effect                  0 / the same, whatever d_outputs is
lost_small                              0 where d_outputs is small, not 0 where it is large
not_given                               backward gives no such array
factor                 of | number      the right ones divided by B, T, T*B, ... | times number
transposed                              the right one, transposed
summed_over_all                         every element is the sum of all elements of the right one
state_index            offset           the state `offset` steps later (earlier) than the one due
state_always           step             h_step at every step (h_0 = 0 is step 0)
state_wraps                             the last state where h_0 is due
paired_with            steps, with_steps  dz (or d_outputs) of steps[k] with the left factor of with_steps[k]
input_index / input_always              likewise for inputs
output_index           offset           d_outputs of step t acts as that of step t + offset
last_output_everywhere / outputs_reversed
output_everywhere      step             d_outputs of this step acts at every step, the others never
outputs_summed                          the sum of all steps' d_outputs acts at every step
samples_ignored        samples          these sequences add nothing; `of` so many, where T = 5, B = 3, O = 2
samples_mixed                           a sequence's d_outputs reaches z of another
samples_centred                         the same, and what reaches z adds up to 0 over the batch
goes_on                                 dz of one sequence's first step is dh_next of another's last
reshaped                                left factors of all (t, b) reshaped, not transposed, then times dz
reshaped_after                          the gradient's transpose, reshaped into the parameter's shape
of_the_stack           above, first, due  rows from `first` on of dW_xh and dW_hh, one above the other
left_through           form             this function of the state stands for the state
summed_both                             left factors summed over time and batch, times dz so summed
outputs_counted        numbers          d_outputs of each step counts so many times
paired_otherwise       first            left factors flattened with this axis first (batch, time), dz with the other
left_of_one            sample           dz of every sequence with the left factor of this one
beside_output          offset           at every step that an output of step t gets back to: x_t, h_(t-1) or h_t
summed_first                            the left factor summed over the batch, times dz summed over it
components_ignored     outputs          these components of d_outputs add nothing
unit_without_gradient  units            these columns are 0, the others right
derivative             form             dh is multiplied by form where 1 - h_t^2 belongs
direct_derivative / recurrent_derivative  form   the same for one of the two ways into dh
derivatives            direct, recurrent   the same for both ways, by another form each
derivative_at          steps, form      the same at these steps
derivative_of_steps    with_steps       at step t the factor is that of with_steps[t]
derivative_missing                      this array is made of dh, others of dz
made_of_carry          what             dz W_hh.T of the same step (handed) or of the step after (received)
                                        stands for dz in this array
units_centred, units_mixed  what        dz or dh at an output's own step: less its mean over units / times a matrix
normed_on_the_way      what, number, each  dz, dh or dh_next has this norm for every sequence and step / step
recurrent_matrix       form             `form` stands where W_hh.T belongs on the way back; W_xh: some
                                        of its rows; another matrix: one and the same at all steps
other_matrix                            right for a forward with W_hh.T where yours has W_hh
carried_derivative     form             dh * form is handed back in place of dz; an output's own step is right
one_step_everywhere    step             x, h_(t-1), h_t of this step at all steps, in 1 - h_t^2 too
handed_back            what             `what` is handed back in place of dz
slope_behind_matrix                     dz W_hh.T, once more times 1 - h_t^2, is handed back
lag_factor             number           L[t, s] is right times number^(t - s)
chain_off              lag              L is right for t - s < lag, not for all with t - s = lag
chain_off_at           steps            L[:, s] is right for all s but these
counted_unevenly                        L[t, s] is right times a number that differs by (t, s)
step_counted           steps, number    L[:, s] is right times number for these s, right for all others
with_another           other            the right one and another parameter's gradient
reordered              way              its right numbers, in other places of itself
units_stopped          units            dz of these units is 0 at an output's own step, that of others right
output_weights_other                    dh at an output's own step is made with other weights than W_hy.T
handed_to_itself                        dz W_hh.T of a step is added to dh of that very step
outputs_act            how              d_outputs is centred, summed up to or from a step, or mixed otherwise
carry_skips            steps            what is handed back lands so many steps before, in between nothing
caches_of_steps        with_steps       x, h_(t-1) and h_t of with_steps[t] at step t
numbers_moved                           together the arrays hold their right numbers, in other places
array_off                               none of these: the array is wrong
decay_added            form, number     with d_outputs = 0 number * form(W) remains
state_handed_back      state, matrix    with d_outputs = 0 dh is state @ matrix
state_added            state            with d_outputs = 0 dh is this state and what comes back
starts_not_zero        number           dh_next is number before the last step
derivative_added                        1 - h_t^2 is added to dh where it should be multiplied
constant_term                           with d_outputs = 0 the arrays are not 0
clipped / norm_held    number           elements / the norm are held at number below a norm of 0.25
cut_on_the_way         what, number     dz, dh or dh_next is held at number on the way back, below a norm of 0.25
not_in_proportion                       linear for small d_outputs, not at a norm of 0.24
norms_held             number           the norm of each gradient is held at number
not_linear                              two d_outputs together do not give the sum of both
gradient_not_finite    of | length | steps  NaN or infinity: of elements of d_outputs that are 0 (zero), in
                                        units whose dh is negative (negative), in sequences of so many steps
                                        whatever d_outputs is, or of d_outputs of these steps
depends_on_start                        two objects with equal parameters give different gradients
parameters_given                        backward changes these parameters, and returns them
accumulates / stale / left_over         a later backward: the sum of both / the first forward's / neither
wrong_at               size             right in general, wrong where this size is 1

forward (q4_2)
state_kept / random / depends_on_start / weights_cached / not_finite / deaf
parameters_half                         parameters are of dtype float16
parameters_overlap     one, other       what is written to one changes the other
inputs_scaled          how, over        states are right for x that is so changed
follow_one             sample           every sequence depends on this one, others on themselves
samples_mixed, samples_deaf             a sequence moves another's results; moves nothing
goes_on                                 a sequence's first state is made of the last of the one before it
along_batch                             a sequence moves all after it in the batch, no step another step
no_recurrence, runs_backward, inputs_reversed, looks_ahead, remembers, late, steps_back,
not_computed, inputs_ignored, starts_anew   which steps' inputs move which steps' results
same_state_everywhere, states_late, states_early, states_reversed, states_before_tanh,
states_not_those_used                   outputs are right, the states that come back are these
activation             used             h_t is `used` of a weighted sum
activation_unknown                      h_t is another function than tanh of the right weighted sum
z_form / output_form   form             h_t is tanh of form, of xW, hW and b / outputs are form, of hW and b
state_form             form             h_t is this, of xW, hW, b and their tanh
z_factor               number           h_t is tanh of number times the right sum
state_overwritten                       units are written over h_(t-1) one by one
z_scaled               how, over        h_t is tanh of the right sum, so changed over units or the batch
z_clipped              number           h_t is tanh of the right sum held at this number
states_rounded         decimals         states have so many decimals
outputs_of             what             outputs are made of this of the states: sum or mean so far, ...
state_times            number           h_t is number * tanh of the right sum
outputs_pile_up                         output t is the right one plus output t - 1
blended                number, new      h_t is number * h_(t-1) + new * tanh of the right sum
weight_KIND            array            unused, transposed, factor, shifted, other_array, one_for_all,
                                        units_without, sources_without, off, late
depends_on, start_is, start_not_zero, first_step_off, bias_first_step_only, bias_not_at_first_step
half_precision, state_off (step, units, samples: the first that is off), wrong_from, wrong_at,
bias_elsewhere (number, if every object adds the same), weight_divided (array, of)
softmax, softmax_over_batch, output_activation, output_late, output_depends_on, output_off
tanh_overflows                          states are NaN for inputs of 1e4, right for small ones

update_parameters (q4_4): the step as a multiple of learning_rate * gradient
moves_nothing, moves_elsewhere (where: the path that has the new values), moves_unread, steps_shuffled, still, times (number), times_vary (number, later), divided (of), momentum, adds_calls, late_gradient, later_times, only_first,
decay, replaced, same_size, one_number, rate_ignored, rate_power, step_transposed, step_off, absolute, step_clipped (number),
other_gradient (used), also_gradient (used: its step as well), step_of (form of dW), from_another (used: its value in place of the own), step_reordered (way), step_form (form of W, dW and learning_rate)

LSTMCell.forward (q4_6); arrays are gates f, i, c, o or results
gate_of_other, gates_shared, gate_complement (of), gate_constant, gate_one_for_all, gate_activation,
gate_function (at, number, due: what it gives for that sum), gate_z_factor, gate_clipped, gate_sees_cell, gate_from_candidate, candidate_gated,
gate_off, gate_z_form (form of xW, hU, b), cell_is, hidden_is (form of f, i, o, g, c_t, c_(t-1), h_(t-1)),
gate_form (form of a, its activation, and xW, hU, b), gate_source (used: U acts on it in place of hidden_state),
gate_units_of (columns: gate and unit whose weights each unit has), gate_weights_off,
gate_rows_of (input, hidden, one: the row of the gate's own W, U and b that each component meets),
gates_permuted (gates, of: whose weights each has), weight_numbers_of (array, numbers: of which array each of its
numbers is, row by row, "0" of none, "-" before it if subtracted; place, stands: the first one that is not its own),
gate_flat (low, least, high, most: for sums below low it stays at least, above high at most),
weight_KIND as above, weight_shared (array, used: one array acts as both), weight_identity (h in place of h U),
old_enters_as (form), nothing_added, hidden_ignored, input_ignored, states_ignored, hidden_without_cell,
rows_deaf (rows: of 0 to 2), gate_units_mixed (units: move with weights of unit 0), units_mixed (state, units: move with cell_state of unit 0),
cell_added (argument, number), hidden_dropped (percent, number: 0 in so many places, else times number),
argument_changed (form: in place of input_t), state_rounded (state, digits), state_half (state), tanh_on_cell, cell_clipped, cell_not_linear, added_times, added_off,
added_through (of: f * i * g is added), hidden_added (argument, number), shown, tanh_around, hidden_off, overflows,
state_kept, random, depends_on_start (unset: parameters that no array of floats plays), not_finite, rows_mixed, rows_follow_one (sample: of 0 to 2),
follow_row (argument, row: all rows use it), other_row (argument, row: row 0 of it moves that row alone),
old_cell_ignored
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.language import Message, say
from grader.records import Claim

__all__ = ["Claim", "Diagnosis", "Flaw", "claim"]


def claim(kind: str, **facts: float | str | Iterable[int | str]) -> Claim:
    """A claim of this kind; sequences become tuples."""
    plain = {
        name: value if isinstance(value, int | float | str) else tuple(value)
        for name, value in facts.items()
    }
    return Claim(kind, plain)


@dataclass(frozen=True, slots=True)
class Flaw:
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
    follows: bool = False  # it is of an earlier question, so that this one's advice helps nobody


def first_of(words: Message, others: int) -> Message:
    """The words about the first thing that is off, and how many more there are."""
    if not others:
        return words
    return say(
        "{first} Besides that, {count} more thing(s) are off here: mend this one first.",
        first=words,
        count=others,
    )
