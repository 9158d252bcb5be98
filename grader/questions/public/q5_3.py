"""train_rnn_on_sequence, the cases that students see."""

from grader.checks.experiment import form, parts
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q5_3"
points = 2.5


@case("losses", points=1.0, claim=say("The training losses come back, and they fall."))
def losses(train_rnn_on_sequence, exhibits):
    form.losses(parts.run(train_rnn_on_sequence), exhibits)


@case(
    "prediction",
    points=0.5,
    claim=say("Predictions and true values of the held-out part come back."),
)
def prediction(train_rnn_on_sequence, exhibits):
    form.prediction(parts.run(train_rnn_on_sequence), exhibits)


@case(
    "lengths",
    points=0.5,
    claim=say("The held-out error comes back for three sequence lengths or more."),
)
def lengths(train_rnn_on_sequence, exhibits):
    form.lengths(parts.run(train_rnn_on_sequence), exhibits)


@case("figure", points=0.5, claim=say("A figure shows the losses, and prediction against truth."))
def figure(train_rnn_on_sequence, exhibits):
    form.figure(parts.run(train_rnn_on_sequence), exhibits)
