"""SimpleRNN.forward, the cases that students see."""

from grader.checks.part4 import rnn_forward as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q4_2"
points = 3.0


@case(
    "shapes",
    points=0.5,
    claim=say("forward returns outputs (T, B, O) and hidden_states (T, B, H)."),
)
def shapes(SimpleRNN, rng):
    check.forward_shapes(SimpleRNN, rng)


@case("order", points=0.25, claim=say("Outputs come first, hidden states second."))
def order(SimpleRNN, rng):
    check.order(SimpleRNN, rng)


@case(
    "only_biases",
    points=0.25,
    claim=say("With all weights zero, only the biases speak: every step gives the same."),
)
def only_biases(SimpleRNN, rng):
    check.ablation(SimpleRNN, rng, "biases")


@case(
    "only_input",
    points=0.25,
    claim=say("Without recurrent weights, each step depends on its own input alone."),
)
def only_input(SimpleRNN, rng):
    check.ablation(SimpleRNN, rng, "input")


@case(
    "recurrence",
    points=0.5,
    claim=say("An input acts on its own step and on all later ones, never on earlier ones."),
)
def recurrence(SimpleRNN, rng):
    check.recurrence(SimpleRNN, rng)


@case(
    "golden",
    points=0.5,
    claim=say("At given weights and inputs, forward gives the known numbers."),
)
def golden(SimpleRNN):
    check.golden(SimpleRNN)


@case("twice", points=0.5, claim=say("A second forward on the same inputs gives the same."))
def twice(SimpleRNN, rng):
    check.twice(SimpleRNN, rng)


@case("inputs_kept", points=0.25, claim=say("forward does not change its inputs."))
def inputs_kept(SimpleRNN, rng):
    check.inputs_kept(SimpleRNN, rng)
