"""DeepRNN (optional), the cases that students see."""

from grader.checks.bonus import deep as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q6_3"
points = 0.5


@case(
    "shapes",
    points=0.0625,
    claim=say("forward returns outputs (T, B, O) that come from the inputs."),
)
def shapes(DeepRNN, rng):
    check.shapes(DeepRNN, rng)


@case(
    "hidden_states", points=0.0625, claim=say("hidden_states holds all layers, the lowest first.")
)
def hidden_states(DeepRNN, rng):
    check.hidden_states(DeepRNN, rng)


@case("one_layer", points=0.125, claim=say("With one layer it is a SimpleRNN."))
def one_layer(DeepRNN, rng):
    check.one_layer(DeepRNN, rng)


@case("output_gradients", points=0.125, claim=say("Gradients of the output layer."))
def output_gradients(DeepRNN):
    check.output_gradients(DeepRNN)


@case(
    "sum_not_mean",
    points=0.125,
    claim=say("Gradients are summed over time and batch, not averaged."),
)
def sum_not_mean(DeepRNN):
    check.summed(DeepRNN)
