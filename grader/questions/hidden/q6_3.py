"""DeepRNN (optional), the cases that stay with the instructor."""

from grader.checks.bonus import deep as check
from grader.checks.bonus import net_learning
from grader.language import say
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q6_3_hidden"
points = 1.0


@case(
    "lowest_layer",
    points=0.125,
    claim=say("The lowest layer follows the equations at random weights."),
)
def lowest_layer(DeepRNN, rng):
    check.equations(DeepRNN, rng, "h1_t")


@case("upper_layers", points=0.125, claim=say("Each layer reads the states of the one below."))
def upper_layers(DeepRNN, rng):
    check.equations(DeepRNN, rng, "h2_t", "h3_t")


@case("outputs", points=0.0625, claim=say("Outputs follow from the states of the top layer."))
def outputs(DeepRNN, rng):
    check.equations(DeepRNN, rng, "y_t")


@case("lowest_gradients", points=0.1875, claim=say("Gradients of the lowest of three layers."))
def lowest_gradients(DeepRNN, rng):
    check.layer_gradients(DeepRNN, rng, 0)


@case("middle_gradients", points=0.125, claim=say("Gradients of the middle one of three layers."))
def middle_gradients(DeepRNN, rng):
    check.layer_gradients(DeepRNN, rng, 1)


@case("top_gradients", points=0.0625, claim=say("Gradients of the top one of three layers."))
def top_gradients(DeepRNN, rng):
    check.layer_gradients(DeepRNN, rng, 2)


@case("kept", points=0.0625, claim=say("Arguments stay as they were, and no call leaves anything."))
def kept(DeepRNN, rng):
    check.steady(DeepRNN, rng)


@case(
    "updates", points=0.0625, claim=say("update_parameters is one step of plain gradient descent.")
)
def updates(DeepRNN, rng):
    check.updates(DeepRNN, rng)


@case(
    "sizes_of_one",
    points=0.0625,
    claim=say("One input, one unit, one output or one step work as well."),
)
def sizes_of_one(DeepRNN, rng):
    check.sizes_of_one(DeepRNN, rng)


@case(
    "learns_depth",
    points=0.125,
    claim=say("Trained by the grader, it learns what takes two layers."),
)
def learns_depth(DeepRNN, rng):
    net_learning.learns(DeepRNN, rng, "q6_3")
