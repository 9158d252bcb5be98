"""SimpleRNN.__init__, the cases that stay with the instructor."""

from grader.checks.parameters.rnn_roles import HIDDEN
from grader.checks.part4 import rnn_init as check
from grader.language import say
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q4_1_hidden"
points = 2.75


@case("biases", points=0.5, claim=say("Both biases exist and act."))
def biases(SimpleRNN):
    check.biases(SimpleRNN, HIDDEN)


@case(
    "breaks_symmetry",
    points=0.75,
    claim=say(
        "No initial weight matrix is zero, and the weights differ from unit to unit, so that units can learn differently."
    ),
)
def breaks_symmetry(SimpleRNN):
    check.breaks_symmetry(SimpleRNN, HIDDEN)


@case(
    "scale",
    points=0.5,
    claim=say("With 100 hidden units the initial hidden states are neither saturated nor zero."),
)
def scale(SimpleRNN, rng):
    check.scale(SimpleRNN, rng)


@case("own_state", points=0.5, claim=say("Two objects do not share their parameters."))
def own_state(SimpleRNN):
    check.own_state(SimpleRNN, HIDDEN)


@case("other_sizes", points=0.5, claim=say("Other sizes work as well, 1 included."))
def other_sizes(SimpleRNN):
    check.other_sizes(SimpleRNN)
