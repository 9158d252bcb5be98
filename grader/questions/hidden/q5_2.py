"""The student's SimpleRNN, trained by the grader: the cases that stay with the instructor."""

from grader.checks.learning import verdict
from grader.language import say
from grader.questions import hidden_tasks
from grader.questions.case import hidden_case as case
from solutions.rnn import SimpleRNN as Reference

OK_FORMAT = False
name = "q5_2_hidden"
points = 5.5


@case(
    "product",
    points=2.0,
    claim=say("It learns to multiply the last two values: all gradients at work."),
)
def product(SimpleRNN, rng, exhibits):
    verdict.learns(SimpleRNN, hidden_tasks.product(), rng, exhibits, Reference)


@case(
    "echo",
    points=2.0,
    claim=say("It learns to remember a value for five steps: backpropagation through time."),
)
def echo(SimpleRNN, rng, exhibits):
    verdict.learns(SimpleRNN, hidden_tasks.echo(), rng, exhibits, Reference)


@case(
    "sine", points=1.5, claim=say("From its own start weights it learns to continue a sine wave.")
)
def sine(SimpleRNN, rng, exhibits):
    verdict.learns(SimpleRNN, hidden_tasks.sine(), rng, exhibits)
