"""generate_sequence_data, the cases that stay with the instructor."""

from grader.checks.sequences import generated as check
from grader.language import say
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q5_1_hidden"
points = 3.25


@case(
    "large_terms", points=1.25, claim=say("Fibonacci numbers stay right where 64-bit integers end.")
)
def large_terms(generate_sequence_data, rng):
    length = int(rng.integers(900, 1001))  # up to the default: what is wrong late is seen, always
    returned = check.generate(generate_sequence_data, "fibonacci", length)
    check.fibonacci_values(returned, length, check.called("fibonacci", length))


@case(
    "length",
    points=1.0,
    claim=say(
        "The sequence has the length that was asked for, 1, 2 and 3 and beyond the default too."
    ),
)
def length(generate_sequence_data, rng):
    for seq_type in ("fibonacci", "sine"):
        counts = (*check.SHORT, int(rng.integers(4, 100)))
        if seq_type == "sine":  # Fibonacci numbers end where float64 does
            counts = (*counts, int(rng.integers(check.DEFAULT_LENGTH + 1, 2000)))
        check.every_length(generate_sequence_data, seq_type, counts)


@case("sine_any_length", points=1.0, claim=say("'sine' is a sine at other lengths, too."))
def sine_any_length(generate_sequence_data, rng):
    count = int(rng.integers(120, 600))
    returned = check.generate(generate_sequence_data, "sine", count)
    check.is_sine(returned, check.called("sine", count))
