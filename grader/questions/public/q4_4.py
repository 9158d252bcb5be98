"""SimpleRNN.update_parameters, the cases that students see."""

from grader.checks.part4 import rnn_history
from grader.checks.part4 import rnn_update as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q4_4"
points = 1.5


@case("moves", points=0.5, claim=say("Every parameter moves against its gradient."))
def moves(SimpleRNN):
    check.moves(SimpleRNN)


@case("downhill", points=0.25, claim=say("A small step makes the loss smaller."))
def downhill(SimpleRNN):
    check.downhill(SimpleRNN)


@case("repeats", points=0.5, claim=say("The same gradient gives the same step again: no momentum."))
def repeats(SimpleRNN, rng):
    rnn_history.repeats(SimpleRNN, rng, steps=3)


@case("no_decay", points=0.25, claim=say("The step does not shrink with the number of updates."))
def no_decay(SimpleRNN, rng):
    rnn_history.no_decay(SimpleRNN, rng, steps=110)
