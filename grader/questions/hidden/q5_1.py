"""generate_sequence_data, the cases that stay with the instructor."""

from grader.checks.experiment import sequences as check
from grader.language import say
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q5_1_hidden"
points = 3.25


@case(
    "large_terms", points=0.75, claim=say("Fibonacci numbers stay right where 64-bit integers end.")
)
def large_terms(generate_sequence_data, rng):
    length = int(rng.integers(200, 1200))
    returned = check.generate(generate_sequence_data, "fibonacci", length)
    check.fibonacci_values(returned, length, check.called("fibonacci", length))


@case("float64", points=0.5, claim=say("The sequence is a float64 array of shape (length,)."))
def float64(generate_sequence_data, rng):
    for seq_type in ("fibonacci", "sine"):
        length = int(rng.integers(5, 60))
        returned = check.generate(generate_sequence_data, seq_type, length)
        check.is_float64(returned, check.called(seq_type, length))


@case(
    "length",
    points=0.5,
    claim=say("The sequence has the length that was asked for, 1, 2 and 3 too."),
)
def length(generate_sequence_data, rng):
    for seq_type in ("fibonacci", "sine"):
        for count in (1, 2, 3, int(rng.integers(4, 100))):
            returned = check.generate(generate_sequence_data, seq_type, count)
            check.has_length(returned, count, check.called(seq_type, count))


@case("too_short", points=0.5, claim=say("A length below 1 raises ValueError."))
def too_short(generate_sequence_data, rng):
    for count in (0, -int(rng.integers(1, 50))):
        check.refuses(generate_sequence_data, ("fibonacci", count), say("the length is below 1"))


@case("unknown_type", points=0.5, claim=say("An unknown type raises ValueError."))
def unknown_type(generate_sequence_data, rng):
    nonsense = "".join(rng.choice(list("bcdfghjklmnpqrstvwxz"), 12))
    why, named = say("no such type of sequence"), ("unknown-type-returns-none", "wrong-exception")
    check.refuses(generate_sequence_data, (nonsense, 10), why, named=named)


@case("sine_any_length", points=0.5, claim=say("'sine' is a sine at other lengths, too."))
def sine_any_length(generate_sequence_data, rng):
    count = int(rng.integers(120, 600))
    returned = check.generate(generate_sequence_data, "sine", count)
    check.is_sine(returned, check.called("sine", count))
