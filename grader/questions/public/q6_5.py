"""Tools of training (optional), the cases that students see."""

from grader.checks.bonus import clip, dropout, optimizers
from grader.language import say
from grader.questions.case import case

OK_FORMAT = False
name = "q6_5"
points = 0.75


@case(
    "clip_shortens",
    points=0.125,
    claim=say("clip_by_norm brings gradients that are too long, all together, to the limit."),
)
def clip_shortens(clip_by_norm, rng):
    clip.shortens(clip_by_norm, rng)


@case(
    "momentum_first",
    points=0.0625,
    claim=say("The first step of Momentum is plain gradient descent."),
)
def momentum_first(Momentum, rng):
    optimizers.momentum_first(Momentum, rng)


@case(
    "momentum_second",
    points=0.125,
    claim=say("With the same gradient again, Momentum's step grows."),
)
def momentum_second(Momentum, rng):
    optimizers.momentum_second(Momentum, rng)


@case("adam_first", points=0.125, claim=say("Adam's first step has the size of the rate."))
def adam_first(Adam, rng):
    optimizers.adam_first(Adam, rng)


@case("adam_steady", points=0.125, claim=say("With the same gradient, Adam's steps stay the same."))
def adam_steady(Adam, rng):
    optimizers.adam_steady(Adam, rng)


@case("dropout_evaluation", points=0.0625, claim=say("In evaluation Dropout returns its inputs."))
def dropout_evaluation(Dropout, rng):
    dropout.evaluation(Dropout, rng)


@case(
    "dropout_inverted",
    points=0.125,
    claim=say("In training what Dropout keeps is divided by 1 - rate."),
)
def dropout_inverted(Dropout, rng):
    dropout.inverted(Dropout, rng)
