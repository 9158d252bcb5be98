"""SimpleRNN.update_parameters, the cases that students see."""

from grader.checks.part4 import rnn_update as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q4_4"
points = 1.25


@case("moves", points=0.75, claim=say("Every parameter moves against its gradient."))
def moves(SimpleRNN):
    check.moves(SimpleRNN)


@case("downhill", points=0.5, claim=say("A small step makes the loss smaller."))
def downhill(SimpleRNN):
    check.downhill(SimpleRNN)
