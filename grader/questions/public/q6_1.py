"""GRUCell (optional), the cases that students see."""

from grader.checks.bonus import gru as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q6_1"
points = 1.0


@case(
    "parameters",
    points=0.125,
    claim=say("Both gates and the candidate have weights and a bias, random ones."),
)
def parameters(GRUCell):
    check.parameters(GRUCell)


@case("shapes", points=0.125, claim=say("forward returns one new state (B, H)."))
def shapes(GRUCell, rng):
    check.shapes(GRUCell, rng)


@case(
    "half_open",
    points=0.125,
    claim=say("With all parameters zero the new state is half the old one."),
)
def half_open(GRUCell, rng):
    check.half_open(GRUCell, rng)


@case(
    "update_gate",
    points=0.25,
    claim=say("The update gate keeps the old state or takes the candidate."),
)
def update_gate(GRUCell, rng):
    check.update_gate(GRUCell, rng)


@case("candidate_gradients", points=0.25, claim=say("Gradients of the candidate's parameters."))
def candidate_gradients(GRUCell):
    check.gradient_of(GRUCell, "h")


@case("sum_not_mean", points=0.125, claim=say("Gradients are summed over the batch, not averaged."))
def sum_not_mean(GRUCell):
    check.summed(GRUCell)
