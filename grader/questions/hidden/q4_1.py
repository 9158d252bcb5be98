"""SimpleRNN.__init__, the cases that stay with the instructor."""

from grader.checks.parameters.rnn_roles import HIDDEN
from grader.checks.part4 import rnn_init as check
from grader.language import say
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q4_1_hidden"
points = 2.5


@case("biases", points=0.75, claim=say("Both biases exist and act."))
def biases(SimpleRNN):
    check.biases(SimpleRNN, HIDDEN)


@case(
    "scale",
    points=0.75,
    claim=say("The initial weights are neither so small nor so large that learning fails."),
)
def scale(SimpleRNN):
    check.scale(SimpleRNN)


@case("other_sizes", points=1.0, claim=say("Other sizes work as well, 1 included."))
def other_sizes(SimpleRNN):
    check.other_sizes(SimpleRNN)
