"""Seq2Seq (optional), the cases that students see."""

from grader.checks.bonus import seq2seq as check
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q6_4"
points = 0.625


@case("shapes", points=0.0625, claim=say("As many outputs as targets, as `length`, or as inputs."))
def shapes(Seq2Seq, rng):
    check.shapes(Seq2Seq, rng)


@case(
    "free_is_forced",
    points=0.125,
    claim=say("With its own outputs as targets, teacher forcing returns what free running does."),
)
def free_is_forced(Seq2Seq, rng):
    check.free_is_forced(Seq2Seq, rng)


@case("one_step_late", points=0.125, claim=say("An output depends on earlier targets only."))
def one_step_late(Seq2Seq, rng):
    check.one_step_late(Seq2Seq, rng)


@case("reads_inputs", points=0.125, claim=say("Every output depends on every step of the inputs."))
def reads_inputs(Seq2Seq, rng):
    check.reads_inputs(Seq2Seq, rng)


@case("output_gradients", points=0.0625, claim=say("Gradients of the output layer."))
def output_gradients(Seq2Seq):
    check.output_gradients(Seq2Seq)


@case(
    "sum_not_mean",
    points=0.125,
    claim=say("Gradients are summed over time and batch, not averaged."),
)
def sum_not_mean(Seq2Seq):
    check.summed(Seq2Seq)
