"""GRUCell (optional), the cases that stay with the instructor."""

from grader.checks.bonus import gru as check
from grader.language import say
from grader.questions import bonus_oracle as oracle
from grader.questions.case import hidden_case as case

OK_FORMAT = False
name = "q6_1_hidden"
points = 2.0


@case("equations", points=0.375, claim=say("New states follow the equations at random points."))
def equations(GRUCell, rng):
    check.equations(GRUCell, rng, oracle.gru)


@case("reset_gate", points=0.25, claim=say("The reset gate alone."))
def reset_gate(GRUCell, rng):
    check.reset_gate(GRUCell, rng)


@case("update_gradients", points=0.25, claim=say("Gradients of the update gate at random points."))
def update_gradients(GRUCell, rng):
    check.parameter_gradients(GRUCell, rng, "z")


@case("reset_gradients", points=0.25, claim=say("Gradients of the reset gate at random points."))
def reset_gradients(GRUCell, rng):
    check.parameter_gradients(GRUCell, rng, "r")


@case("input_gradient", points=0.125, claim=say("The gradient by input_t."))
def input_gradient(GRUCell, rng):
    check.input_gradient(GRUCell, rng, "input_t")


@case("state_gradient", points=0.25, claim=say("The gradient by hidden_state, by all four ways."))
def state_gradient(GRUCell, rng):
    check.input_gradient(GRUCell, rng, "hidden_state")


@case("kept", points=0.125, claim=say("Arguments stay as they were, and no call leaves anything."))
def kept(GRUCell, rng):
    check.kept(GRUCell, rng)


@case(
    "latest_forward", points=0.125, claim=say("backward belongs to the latest forward, by itself.")
)
def latest_forward(GRUCell, rng):
    check.latest_forward(GRUCell, rng)


@case("sizes_of_one", points=0.125, claim=say("One input, one unit or one row work as well."))
def sizes_of_one(GRUCell, rng):
    check.sizes_of_one(GRUCell, rng, oracle.gru)


@case("stable", points=0.125, claim=say("Large inputs saturate the gates and overflow nothing."))
def stable(GRUCell, rng):
    check.stable(GRUCell, rng)
