"""BidirectionalRNN (optional), the cases that students see."""

from grader.checks.bonus import bidirectional as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q6_2"
points = 0.5


@case(
    "shapes",
    points=0.0625,
    claim=say("forward returns outputs (T, B, O) that come from the inputs."),
)
def shapes(BidirectionalRNN, rng):
    check.shapes(BidirectionalRNN, rng)


@case(
    "hidden_states",
    points=0.0625,
    claim=say("hidden_states holds both directions, the forward one first."),
)
def hidden_states(BidirectionalRNN, rng):
    check.hidden_states(BidirectionalRNN, rng)


@case("both_ways", points=0.125, claim=say("Outputs depend on inputs before and after them."))
def both_ways(BidirectionalRNN, rng):
    check.both_ways(BidirectionalRNN, rng)


@case("output_gradients", points=0.125, claim=say("Gradients of the output layer."))
def output_gradients(BidirectionalRNN):
    check.output_gradients(BidirectionalRNN)


@case(
    "sum_not_mean",
    points=0.125,
    claim=say("Gradients are summed over time and batch, not averaged."),
)
def sum_not_mean(BidirectionalRNN):
    check.summed(BidirectionalRNN)
