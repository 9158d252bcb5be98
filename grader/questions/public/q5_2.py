"""The student's SimpleRNN, trained by the grader: the case that students see."""

from grader.checks.learning import tasks, verdict
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q5_2"
points = 2.5


@case(
    "fibonacci_modulo_3",
    points=2.5,
    claim=say("Trained by the grader, your SimpleRNN predicts Fibonacci numbers modulo 3."),
)
def fibonacci_modulo_3(SimpleRNN, rng, exhibits):
    verdict.learns(SimpleRNN, tasks.fibonacci(), rng, exhibits)
