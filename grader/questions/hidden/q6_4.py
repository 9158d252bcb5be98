"""Seq2Seq (optional), the cases that stay with the instructor."""

from grader.checks.bonus import net_learning
from grader.checks.bonus import seq2seq as check
from grader.language import say
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q6_4_hidden"
points = 1.375


@case("decoder", points=0.1875, claim=say("The decoder follows the equations at random weights."))
def decoder(Seq2Seq, rng):
    check.decoder(Seq2Seq, rng)


@case(
    "encoder",
    points=0.1875,
    claim=say("The decoder begins with the encoder's last state, which follows the equations."),
)
def encoder(Seq2Seq, rng):
    check.encoder(Seq2Seq, rng)


@case(
    "forced_gradients",
    points=0.25,
    claim=say("All gradients under teacher forcing, the encoder's included."),
)
def forced_gradients(Seq2Seq, rng):
    check.forced_gradients(Seq2Seq, rng)


@case("free_gradients", points=0.25, claim=say("All gradients of free running."))
def free_gradients(Seq2Seq, rng):
    check.free_gradients(Seq2Seq, rng)


@case("kept", points=0.0625, claim=say("Arguments stay as they were, and no call leaves anything."))
def kept(Seq2Seq, rng):
    check.steady(Seq2Seq, rng)


@case(
    "updates", points=0.0625, claim=say("update_parameters is one step of plain gradient descent.")
)
def updates(Seq2Seq, rng):
    check.updates(Seq2Seq, rng)


@case(
    "sizes_of_one",
    points=0.125,
    claim=say("One input, one unit, one output or one step work as well."),
)
def sizes_of_one(Seq2Seq, rng):
    check.sizes_of_one(Seq2Seq, rng)


@case(
    "learns_reversal",
    points=0.25,
    claim=say("Trained by the grader, it learns to reverse a short sequence."),
)
def learns_reversal(Seq2Seq, rng):
    net_learning.learns(Seq2Seq, rng, "q6_4")
