"""SimpleRNN.update_parameters, the cases that stay with the instructor."""

from grader.checks.part4 import rnn_history, rnn_update
from grader.language import say
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q4_4_hidden"
points = 2.75


@case(
    "plain_descent", points=1.0, claim=say("Parameter minus learning rate times gradient, exactly.")
)
def plain_descent(SimpleRNN):
    rnn_update.plain_descent(SimpleRNN)


@case("learning_rate", points=0.5, claim=say("Half the learning rate, half the step; zero, none."))
def learning_rate(SimpleRNN):
    rnn_update.learning_rate(SimpleRNN)


@case(
    "repeats", points=0.75, claim=say("The same gradient gives the same step again: no momentum.")
)
def repeats(SimpleRNN, rng):
    rnn_history.repeats(SimpleRNN, rng, steps=3)


@case("no_decay", points=0.5, claim=say("The step does not shrink with the number of updates."))
def no_decay(SimpleRNN, rng):
    rnn_history.no_decay(SimpleRNN, rng, steps=110)
