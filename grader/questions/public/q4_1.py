"""SimpleRNN.__init__, the cases that students see."""

from grader.checks.parameters.rnn_roles import PUBLIC
from grader.checks.part4 import rnn_init as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q4_1"
points = 1.5


@case(
    "constructs",
    points=0.25,
    claim=say("SimpleRNN(3, 4, 2) makes an object that holds NumPy arrays."),
)
def constructs(SimpleRNN):
    check.constructs(SimpleRNN, PUBLIC)


@case(
    "weights",
    points=0.5,
    claim=say(
        "Input, recurrent and output weights exist, in sizes that follow from the arguments."
    ),
)
def weights(SimpleRNN):
    check.weights(SimpleRNN, PUBLIC)


@case(
    "breaks_symmetry",
    points=0.5,
    claim=say(
        "No initial weight matrix is zero, and the weights differ from unit to unit, so that units can learn differently."
    ),
)
def breaks_symmetry(SimpleRNN):
    check.breaks_symmetry(SimpleRNN, PUBLIC)


@case("own_state", points=0.25, claim=say("Two objects do not share their parameters."))
def own_state(SimpleRNN):
    check.own_state(SimpleRNN, PUBLIC)
