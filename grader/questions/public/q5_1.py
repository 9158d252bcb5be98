"""generate_sequence_data, the cases that students see."""

from grader.checks.experiment import sequences as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q5_1"
points = 1.75


@case("fibonacci", points=0.75, claim=say("'fibonacci' gives the true Fibonacci numbers."))
def fibonacci(generate_sequence_data):
    returned = check.generate(generate_sequence_data, "fibonacci", 20)
    check.fibonacci_values(returned, 20, check.called("fibonacci", 20))


@case(
    "defaults",
    points=0.5,
    claim=say("Called without arguments it gives 1000 finite numbers."),
)
def defaults(generate_sequence_data):
    check.defaults(generate_sequence_data)


@case("sine", points=0.5, claim=say("'sine' gives a sine wave."))
def sine(generate_sequence_data):
    returned = check.generate(generate_sequence_data, "sine", 200)
    check.is_sine(returned, check.called("sine", 200))
