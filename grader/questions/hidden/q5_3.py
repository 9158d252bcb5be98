"""train_rnn_on_sequence, the cases that stay with the instructor."""

from grader.checks.experiment import length_errors, parts, truth
from grader.language import say
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q5_3_hidden"
points = 4.5


@case("trains", points=1.0, claim=say("It is your SimpleRNN that is trained, and it learns."))
def trains(train_rnn_on_sequence):
    truth.trains(parts.run(train_rnn_on_sequence))


@case("baselines", points=1.0, claim=say("The predictions beat the last value and the mean."))
def baselines(train_rnn_on_sequence):
    truth.beats_baselines(parts.run(train_rnn_on_sequence))


@case("held_out", points=0.75, claim=say("What is evaluated was never trained on."))
def held_out(train_rnn_on_sequence):
    truth.held_out(parts.run(train_rnn_on_sequence))


@case("errors", points=0.75, claim=say("The errors by length are those of your network."))
def errors(train_rnn_on_sequence):
    length_errors.are_real(parts.run(train_rnn_on_sequence))


@case(
    "longer_helps",
    points=0.5,
    claim=say("The error falls from the shortest to the longest sequences."),
)
def longer_helps(train_rnn_on_sequence):
    length_errors.longer_helps(parts.run(train_rnn_on_sequence))


@case("scaler", points=0.5, claim=say("Scaling uses the training part only."))
def scaler(train_rnn_on_sequence):
    truth.scaled_on_training_part(parts.run(train_rnn_on_sequence))
