"""LSTMCell.forward, the cases that students see."""

from grader.checks.part4 import lstm_forward as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q4_6"
points = 3.0


@case(
    "shapes",
    points=0.5,
    claim=say("forward returns new_hidden_state and new_cell_state, each (B, H), in this order."),
)
def shapes(LSTMCell, rng):
    check.shapes(LSTMCell, rng)


@case("half_open", points=0.75, claim=say("With all parameters zero every gate stands half open."))
def half_open(LSTMCell):
    check.half_open(LSTMCell)


@case(
    "closed_gates",
    points=0.75,
    claim=say("Gates that are driven far open or shut let all or nothing through."),
)
def closed_gates(LSTMCell, rng):
    check.closed_gates(LSTMCell, rng)


@case(
    "golden",
    points=0.75,
    claim=say("At given weights and inputs, forward gives the known numbers."),
)
def golden(LSTMCell):
    check.golden(LSTMCell)


@case("inputs_kept", points=0.25, claim=say("forward does not change its arguments."))
def inputs_kept(LSTMCell, rng):
    check.inputs_kept(LSTMCell, rng)
