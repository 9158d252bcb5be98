"""SimpleRNN.backward, the cases that stay with the instructor."""

from grader.checks.part4 import long_sequences
from grader.checks.part4 import rnn_backward as check
from grader.language import say
from grader.questions import oracle
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q4_3_hidden"
points = 8.0


@case("output_layer", points=0.75, claim=say("Output weights and bias at random points."))
def output_layer(SimpleRNN, rng):
    check.against(SimpleRNN, rng, oracle.gradients, ("W_hy", "b_y"), T=7, B=3)


@case("input_weights", points=1.0, claim=say("Input weights at random points."))
def input_weights(SimpleRNN, rng):
    check.against(SimpleRNN, rng, oracle.gradients, ("W_xh",), T=7, B=3)


@case("recurrent_weights", points=1.75, claim=say("Recurrent weights at random points."))
def recurrent_weights(SimpleRNN, rng):
    check.against(SimpleRNN, rng, oracle.gradients, ("W_hh",), T=7, B=3)


@case("hidden_bias", points=1.0, claim=say("Hidden bias at random points."))
def hidden_bias(SimpleRNN, rng):
    check.against(SimpleRNN, rng, oracle.gradients, ("b_h",), T=7, B=3)


@case("one_step", points=0.25, claim=say("Sequences of a single step."))
def one_step(SimpleRNN, rng):
    check.against(SimpleRNN, rng, oracle.gradients, check.ALL, T=1, B=3)


@case("long", points=1.0, claim=say("120 steps: nothing is cut off."))
def long(SimpleRNN, rng):
    long_sequences.gradients(SimpleRNN, rng, oracle.gradients)


@case(
    "single",
    points=0.25,
    claim=say("Sizes of one: one sequence, one input, one hidden unit, one output."),
)
def single(SimpleRNN, rng):
    check.single(SimpleRNN, rng, oracle.gradients)


@case("again", points=0.75, claim=say("After an update, the next backward starts from zero."))
def again(SimpleRNN, rng):
    check.again(SimpleRNN, rng, oracle.gradients)


@case("latest_forward", points=0.25, claim=say("backward belongs to the latest forward."))
def latest_forward(SimpleRNN, rng):
    check.latest_forward(SimpleRNN, rng, oracle.gradients)


@case("no_update", points=0.25, claim=say("backward leaves the parameters as they are."))
def no_update(SimpleRNN, rng):
    check.no_update(SimpleRNN, rng)


@case("clipping", points=0.25, claim=say("Gradients of ordinary size are not clipped."))
def clipping(SimpleRNN, rng):
    check.clipping(SimpleRNN, rng, oracle.gradients)


@case("nothing_added", points=0.25, claim=say("Without d_outputs there is no gradient: no decay."))
def nothing_added(SimpleRNN, rng):
    check.nothing_added(SimpleRNN, rng)


@case("fast", points=0.25, claim=say("backward is BPTT, not a numerical differentiation."))
def fast(SimpleRNN, rng):
    check.fast(SimpleRNN, rng, oracle.gradients)
