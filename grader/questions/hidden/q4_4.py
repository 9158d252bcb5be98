"""SimpleRNN.update_parameters, the cases that stay with the instructor."""

from grader.checks.part4 import rnn_update
from grader.language import say
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q4_4_hidden"
points = 2.5


@case(
    "plain_descent", points=1.5, claim=say("Parameter minus learning rate times gradient, exactly.")
)
def plain_descent(SimpleRNN):
    rnn_update.plain_descent(SimpleRNN)


@case("learning_rate", points=1.0, claim=say("Half the learning rate, half the step; zero, none."))
def learning_rate(SimpleRNN):
    rnn_update.learning_rate(SimpleRNN)
