"""LSTMCell.__init__, the cases that stay with the instructor."""

from grader.checks.part4 import lstm_init as check
from grader.language import say
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q4_5_hidden"
points = 2.0


@case("biases", points=0.75, claim=say("All four gates have a bias of their own."))
def biases(LSTMCell):
    check.biases(LSTMCell)


@case(
    "scale",
    points=0.25,
    claim=say("The initial weights are neither so small nor so large that learning fails."),
)
def scale(LSTMCell):
    check.scale(LSTMCell)


@case("own_state", points=0.5, claim=say("Two cells do not share their parameters."))
def own_state(LSTMCell):
    check.own_state(LSTMCell)


@case("other_sizes", points=0.5, claim=say("Other sizes work as well, 1 included."))
def other_sizes(LSTMCell):
    check.other_sizes(LSTMCell)
