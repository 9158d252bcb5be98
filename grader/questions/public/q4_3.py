"""SimpleRNN.backward, the cases that students see: checked by central differences of forward."""

from grader.checks.known_model import own_gradient
from grader.checks.part4 import rnn_backward as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q4_3"
points = 4.0


@case(
    "shapes",
    points=0.25,
    claim=say("backward gives one gradient per parameter, in the parameter's shape."),
)
def shapes(SimpleRNN):
    check.shapes(SimpleRNN)


@case("dW_hy", points=0.5, claim=say("Gradient of the output weights."))
def dW_hy(SimpleRNN, exhibits):
    check.numerical(SimpleRNN, "W_hy", exhibits)


@case("db_y", points=0.25, claim=say("Gradient of the output bias."))
def db_y(SimpleRNN):
    check.numerical(SimpleRNN, "b_y")


@case("dW_xh", points=0.75, claim=say("Gradient of the input weights."))
def dW_xh(SimpleRNN):
    check.numerical(SimpleRNN, "W_xh")


@case("dW_hh", points=0.75, claim=say("Gradient of the recurrent weights."))
def dW_hh(SimpleRNN):
    check.numerical(SimpleRNN, "W_hh")


@case("db_h", points=0.75, claim=say("Gradient of the hidden bias."))
def db_h(SimpleRNN):
    check.numerical(SimpleRNN, "b_h")


@case(
    "sum_not_mean", points=0.5, claim=say("Gradients are summed over time and batch, not averaged.")
)
def sum_not_mean(SimpleRNN, rng):
    check.sum_not_mean(SimpleRNN, rng, own_gradient)


@case("d_outputs_kept", points=0.25, claim=say("backward does not change d_outputs."))
def d_outputs_kept(SimpleRNN, rng):
    check.d_outputs_kept(SimpleRNN, rng)
