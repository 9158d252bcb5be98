"""SimpleRNN.update_parameters, the cases that stay with the instructor."""

from grader.checks import rnn_update as check
from grader.language import say
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q4_4_hidden"
points = 2.75


@case(
    "plain_descent", points=1.0, claim=say("Parameter minus learning rate times gradient, exactly.")
)
def plain_descent(SimpleRNN, rng):
    check.plain_descent(SimpleRNN, rng)


@case("learning_rate", points=0.5, claim=say("Half the learning rate, half the step; zero, none."))
def learning_rate(SimpleRNN, rng):
    check.learning_rate(SimpleRNN, rng)


@case(
    "repeats", points=0.75, claim=say("The same gradient gives the same step again: no momentum.")
)
def repeats(SimpleRNN, rng):
    check.repeats(SimpleRNN, rng, steps=3)


@case("no_decay", points=0.5, claim=say("The step does not shrink with the number of updates."))
def no_decay(SimpleRNN, rng):
    check.no_decay(SimpleRNN, rng, steps=110)
