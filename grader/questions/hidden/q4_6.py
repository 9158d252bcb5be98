"""LSTMCell.forward, the cases that stay with the instructor."""

from grader.checks.part4 import lstm_forward as check
from grader.language import say
from grader.questions import oracle
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q4_6_hidden"
points = 6.0


@case("cell_state", points=1.0, claim=say("New cell states follow the equation at random points."))
def cell_state(LSTMCell, rng):
    check.cell_state(LSTMCell, rng, oracle.cell)


@case("hidden_state", points=1.0, claim=say("New hidden states follow from the new cell states."))
def hidden_state(LSTMCell, rng):
    check.hidden_state(LSTMCell, rng, oracle.shown)


@case("forget_gate", points=0.5, claim=say("The forget gate alone."))
def forget_gate(LSTMCell, rng):
    check.forget_gate(LSTMCell, rng, oracle.cell)


@case("input_gate", points=0.5, claim=say("The input gate alone."))
def input_gate(LSTMCell, rng):
    check.input_gate(LSTMCell, rng, oracle.cell)


@case("candidate", points=0.5, claim=say("The candidate alone."))
def candidate(LSTMCell, rng):
    check.candidate(LSTMCell, rng, oracle.cell)


@case("output_gate", points=0.5, claim=say("The output gate alone."))
def output_gate(LSTMCell, rng):
    check.output_gate(LSTMCell, rng, oracle.shown)


@case("sequence", points=0.5, claim=say("Twenty steps, states handed on."))
def sequence(LSTMCell, rng):
    check.sequence(LSTMCell, rng, oracle.cell)


@case(
    "batch",
    points=0.5,
    claim=say("Rows of one batch do not influence each other; sizes of one work."),
)
def batch(LSTMCell, rng):
    check.batch(LSTMCell, rng, oracle.cell)


@case(
    "stateless",
    points=0.75,
    claim=say("The cell remembers nothing between calls: same input, same output."),
)
def stateless(LSTMCell, rng):
    check.stateless(LSTMCell, rng)


@case("stable", points=0.25, claim=say("Large inputs saturate the gates and overflow nothing."))
def stable(LSTMCell, rng):
    check.stable(LSTMCell, rng)
