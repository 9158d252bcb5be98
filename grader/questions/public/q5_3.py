"""train_rnn_on_sequence, the cases that students see."""

from grader.checks import experiment, experiment_form
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q5_3"
points = 2.5


@case("losses", points=1.0, claim=say("The training losses come back, and they fall."))
def losses(train_rnn_on_sequence, exhibits):
    experiment_form.losses(experiment.run(train_rnn_on_sequence), exhibits)


@case(
    "prediction",
    points=0.5,
    claim=say("Predictions and true values of the held-out part come back."),
)
def prediction(train_rnn_on_sequence, exhibits):
    experiment_form.prediction(experiment.run(train_rnn_on_sequence), exhibits)


@case(
    "lengths",
    points=0.5,
    claim=say("The held-out error comes back for three sequence lengths or more."),
)
def lengths(train_rnn_on_sequence):
    experiment_form.lengths(experiment.run(train_rnn_on_sequence))


@case("figure", points=0.5, claim=say("A figure shows the losses, and prediction against truth."))
def figure(train_rnn_on_sequence, exhibits):
    experiment_form.figure(experiment.run(train_rnn_on_sequence), exhibits)
