"""LSTMCell.__init__, the cases that students see."""

from grader.checks.part4 import lstm_init as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q4_5"
points = 1.0


@case(
    "constructs",
    points=0.25,
    claim=say("LSTMCell(3, 4) makes an object that holds NumPy arrays."),
)
def constructs(LSTMCell):
    check.constructs(LSTMCell)


@case("weights", points=0.25, claim=say("All four gates have input and recurrent weights."))
def weights(LSTMCell):
    check.weights(LSTMCell)


@case(
    "breaks_symmetry",
    points=0.5,
    claim=say("The initial weights differ from unit to unit and gate to gate."),
)
def breaks_symmetry(LSTMCell):
    check.breaks_symmetry(LSTMCell)
