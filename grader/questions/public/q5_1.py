"""generate_sequence_data, the cases that students see."""

from grader.checks.sequences import generated as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q5_1"
points = 1.75


@case("fibonacci", points=0.5, claim=say("'fibonacci' gives the true Fibonacci numbers."))
def fibonacci(generate_sequence_data):
    returned = check.generate(generate_sequence_data, "fibonacci", 20)
    check.fibonacci_values(returned, 20, check.called("fibonacci", 20))
    check.short_ones(generate_sequence_data)


@case(
    "defaults",
    points=0.25,
    claim=say("Called without arguments it gives 1000 finite numbers."),
)
def defaults(generate_sequence_data):
    check.defaults(generate_sequence_data)


@case("sine", points=0.25, claim=say("'sine' gives a sine wave."))
def sine(generate_sequence_data):
    returned = check.generate(generate_sequence_data, "sine", 200)
    check.is_sine(returned, check.called("sine", 200))


@case("float64", points=0.25, claim=say("The sequence is a float64 array of shape (length,)."))
def float64(generate_sequence_data, rng):
    for seq_type in ("fibonacci", "sine"):
        length = int(rng.integers(5, 60))
        returned = check.generate(generate_sequence_data, seq_type, length)
        check.is_float64(returned, check.called(seq_type, length))


@case("too_short", points=0.25, claim=say("A length below 1 raises ValueError."))
def too_short(generate_sequence_data, rng):
    for kind in check.kinds_given(generate_sequence_data):
        for count in (0, -int(rng.integers(1, 50))):
            check.refuses(generate_sequence_data, (kind, count), say("the length is below 1"))


@case("unknown_type", points=0.25, claim=say("An unknown type raises ValueError."))
def unknown_type(generate_sequence_data, rng):
    nonsense = "".join(rng.choice(list("bcdfghjklmnpqrstvwxz"), 12))
    why, named = say("no such type of sequence"), ("unknown-type-returns-none", "wrong-exception")
    check.refuses(generate_sequence_data, (nonsense, 10), why, named=named)
