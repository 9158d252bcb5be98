"""BidirectionalRNN (optional), the cases that stay with the instructor."""

from grader.checks.bonus import bidirectional as check
from grader.checks.bonus import net_learning
from grader.language import say
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q6_2_hidden"
points = 1.0


@case(
    "ahead",
    points=0.125,
    claim=say("The forward direction follows the equations at random weights."),
)
def ahead(BidirectionalRNN, rng):
    check.equations(BidirectionalRNN, rng, "f_t")


@case(
    "back",
    points=0.125,
    claim=say("The backward direction follows the equations at random weights."),
)
def back(BidirectionalRNN, rng):
    check.equations(BidirectionalRNN, rng, "g_t")


@case("outputs", points=0.0625, claim=say("Outputs follow from the states of both directions."))
def outputs(BidirectionalRNN, rng):
    check.equations(BidirectionalRNN, rng, "y_t")


@case("ahead_gradients", points=0.125, claim=say("Gradients of the forward direction."))
def ahead_gradients(BidirectionalRNN, rng):
    check.way_gradients(BidirectionalRNN, rng, "ahead")


@case("back_gradients", points=0.1875, claim=say("Gradients of the backward direction."))
def back_gradients(BidirectionalRNN, rng):
    check.way_gradients(BidirectionalRNN, rng, "back")


@case("kept", points=0.0625, claim=say("Arguments stay as they were, and no call leaves anything."))
def kept(BidirectionalRNN, rng):
    check.steady(BidirectionalRNN, rng)


@case(
    "updates", points=0.0625, claim=say("update_parameters is one step of plain gradient descent.")
)
def updates(BidirectionalRNN, rng):
    check.updates(BidirectionalRNN, rng)


@case(
    "sizes_of_one",
    points=0.0625,
    claim=say("One input, one unit, one output or one step work as well."),
)
def sizes_of_one(BidirectionalRNN, rng):
    check.sizes_of_one(BidirectionalRNN, rng)


@case(
    "learns_future",
    points=0.1875,
    claim=say("Trained by the grader, it learns a target that past and future decide."),
)
def learns_future(BidirectionalRNN, rng):
    net_learning.learns(BidirectionalRNN, rng, "q6_2")
