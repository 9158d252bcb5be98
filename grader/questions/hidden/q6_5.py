"""Tools of training (optional), the cases that stay with the instructor."""

from grader.checks.bonus import clip, dropout, optimizers
from grader.language import say
from grader.questions import bonus_oracle as oracle
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q6_5_hidden"
points = 1.25


@case("clip_direction", points=0.125, claim=say("Clipping keeps the direction."))
def clip_direction(clip_by_norm, rng):
    clip.direction(clip_by_norm, rng)


@case("clip_short", points=0.0625, claim=say("Short gradients, and zeros, stay as they are."))
def clip_short(clip_by_norm, rng):
    clip.leaves_short(clip_by_norm, rng)


@case("clip_kept", points=0.0625, claim=say("Clipping returns new arrays."))
def clip_kept(clip_by_norm, rng):
    clip.given_kept(clip_by_norm, rng)


@case("momentum_course", points=0.125, claim=say("Momentum over steps with changing gradients."))
def momentum_course(Momentum, rng):
    optimizers.follows(Momentum, rng, oracle.momentum, (0.8,))


@case("momentum_in_place", points=0.0625, claim=say("Momentum changes the given arrays."))
def momentum_in_place(Momentum, rng):
    optimizers.in_place(Momentum, rng)


@case("momentum_own_state", points=0.0625, claim=say("Every Momentum has a state of its own."))
def momentum_own_state(Momentum, rng):
    optimizers.own_state(Momentum, rng)


@case("adam_course", points=0.1875, claim=say("Adam over steps with changing gradients."))
def adam_course(Adam, rng):
    optimizers.follows(Adam, rng, oracle.adam, (), optimizers.LARGE)


@case("adam_arguments", points=0.0625, claim=say("Adam with other betas and another epsilon."))
def adam_arguments(Adam, rng):
    optimizers.follows(Adam, rng, oracle.adam, (0.7, 0.95, 0.1))


@case("adam_in_place", points=0.0625, claim=say("Adam changes the given arrays."))
def adam_in_place(Adam, rng):
    optimizers.in_place(Adam, rng)


@case("adam_own_state", points=0.0625, claim=say("Every Adam has a state of its own."))
def adam_own_state(Adam, rng):
    optimizers.own_state(Adam, rng)


@case("dropout_one_mask", points=0.125, claim=say("One mask for all time steps of a sequence."))
def dropout_one_mask(Dropout, rng):
    dropout.one_mask(Dropout, rng)


@case(
    "dropout_statistics", points=0.0625, claim=say("As many elements as `rate` says are dropped.")
)
def dropout_statistics(Dropout, rng):
    dropout.statistics(Dropout, rng)


@case("dropout_afresh", points=0.0625, claim=say("Every forward in training draws a new mask."))
def dropout_afresh(Dropout, rng):
    dropout.afresh(Dropout, rng)


@case("dropout_backward", points=0.0625, claim=say("backward uses the mask of the last forward."))
def dropout_backward(Dropout, rng):
    dropout.backward(Dropout, rng)


@case("dropout_kept", points=0.0625, claim=say("Dropout leaves its arguments as they were."))
def dropout_kept(Dropout, rng):
    dropout.inputs_kept(Dropout, rng)
