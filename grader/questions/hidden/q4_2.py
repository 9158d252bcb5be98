"""SimpleRNN.forward, the cases that stay with the instructor."""

from grader.checks.part4 import rnn_forward as check
from grader.language import say
from grader.questions import oracle
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q4_2_hidden"
points = 5.0


@case("hidden_states", points=1.5, claim=say("Hidden states follow the equation at random points."))
def hidden_states(SimpleRNN, rng):
    check.hidden_states(SimpleRNN, rng, oracle.forward, T=7, B=3)


@case("outputs", points=1.0, claim=say("Outputs follow from the hidden states at random points."))
def outputs(SimpleRNN, rng):
    check.outputs(SimpleRNN, rng, oracle.forward, oracle.outputs, T=7, B=3)


@case("first_step", points=0.75, claim=say("One step from h_0 = 0."))
def first_step(SimpleRNN, rng):
    check.hidden_states(SimpleRNN, rng, oracle.forward, T=1, B=3)


@case("long", points=0.5, claim=say("120 steps."))
def long(SimpleRNN, rng):
    check.hidden_states(SimpleRNN, rng, oracle.forward, T=120, B=3)


@case(
    "single",
    points=0.25,
    claim=say("Sizes of one: one sequence, one input, one hidden unit, one output."),
)
def single(SimpleRNN, rng):
    check.single(SimpleRNN, rng, oracle.forward, oracle.outputs)


@case("batch", points=0.5, claim=say("Sequences of one batch do not influence each other."))
def batch(SimpleRNN, rng):
    check.batch(SimpleRNN, rng)


@case("linear_output", points=0.25, claim=say("The output layer is linear: no softmax."))
def linear_output(SimpleRNN, rng):
    check.linear_output(SimpleRNN, rng)


@case(
    "stable",
    points=0.25,
    claim=say("Large inputs saturate the hidden states and overflow nothing."),
)
def stable(SimpleRNN, rng):
    check.stable(SimpleRNN, rng)
