"""What forward of a GRU cell computes where it follows no published form: part by part.

Parts of the cell are silenced by its parameters until one is left: how old state and candidate are
mixed, what the candidate is, what the reset gate does to it, and what the update gate sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from grader.checks.bonus import gru
from grader.checks.known_model import random_parameters
from grader.checks.parameters import gru_roles
from grader.checks.parameters.roles import gru_layout
from grader.diagnosis.cell.gates import sigmoid
from grader.diagnosis.optional.findings import ROUNDING, Finding, finding, near
from grader.diagnosis.optional.sums import times
from grader.language import say
from grader.protocol import Array, CandidateClass

SIZES = (3, 4)
ROWS = 30
SHUT = 40.0
GATES = ("W_z", "U_z", "b_z")
ABOUT = "forward"


@dataclass(frozen=True)
class GruParts:
    """A cell whose parameters are set at will, and rows to feed it with."""

    GRUCell: CandidateClass
    values: dict[str, Array]
    x: Array
    h: Array

    def states(
        self, changed: Mapping[str, Array], x: Array | None = None, h: Array | None = None
    ) -> Array:
        given = (self.x if x is None else x, self.h if h is None else h)
        return gru.trial(self.GRUCell, SIZES, {**self.values, **changed}, given).outputs()

    def zeros(self, *names: str) -> dict[str, Array]:
        return {name: np.zeros_like(self.values[name]) for name in names}

    def candidate_only(self) -> float | None:
        """The bias of the update gate at which the old state is not kept; None where there is none."""
        quiet = self.zeros("W_z", "U_z", "U_h", "W_r", "U_r")
        for side in (-SHUT, SHUT):
            driven = quiet | {"b_z": np.full(SIZES[1], side)}
            if near(self.states(driven), self.states(driven, h=-self.h)):
                return side
        return None


def examine(GRUCell: CandidateClass) -> Iterator[Finding]:
    """Which part of the cell is another than it should be."""
    rng = np.random.default_rng(13)
    values = random_parameters(gru_roles.shapes(*SIZES), rng)
    values = {name: value if name[0] != "b" else value + 0.3 for name, value in values.items()}
    x, h = rng.normal(size=(ROWS, SIZES[0])), rng.uniform(-0.9, 0.9, (ROWS, SIZES[1]))
    bench = GruParts(GRUCell, values, x, h)
    unused = list(_unused(bench))
    yield from unused
    mixed = list(_mixing(bench))
    yield from mixed
    side = bench.candidate_only()
    if mixed or side is None:
        return
    odd = list(_activation(bench, side))
    yield from odd
    if not odd:
        yield from _reading(bench, side)
        yield from _update_gate(bench, side)


def _unused(bench: GruParts) -> Iterator[Finding]:
    """Parameters without effect on the new state."""
    first = bench.states({})
    slots = gru_layout(bench.GRUCell, SIZES).slots
    idle = [
        name
        for name, value in bench.values.items()
        if name in slots and np.array_equal(bench.states({name: value + 0.3}), first)
    ]
    missing = [name for name in bench.values if name not in slots]
    if missing and _rest_is_idle(bench, first):
        idle += missing
    if idle:
        yield finding(
            say("What forward returns does not depend on {names}.", names=tuple(idle)), ABOUT
        )


def _rest_is_idle(bench: GruParts, first: Array) -> bool:
    """Whether the numbers that play no part have no effect, all of them raised together."""
    call = gru.trial(bench.GRUCell, SIZES, bench.values, (bench.x, bench.h))
    storage = call.layout.storage
    vector = storage.vector(call.layout.written(call.values))
    parts = {int(n) for slots in call.layout.slots.values() for one in slots for n in np.ravel(one)}
    vector[[number for number in range(storage.size) if number not in parts]] += 0.3
    call.obj.write(storage.arrays_of(vector))
    return bool(np.array_equal(call.outputs(), first))


def _mixing(bench: GruParts) -> Iterator[Finding]:
    """h' as an affine map of h, the update gate at a known value and the same everywhere."""
    quiet = bench.zeros("W_z", "U_z", "U_h", "W_r", "U_r")
    x = np.repeat(bench.x[:1], ROWS, axis=0)
    seen = []
    for bias in (-1.0, 0.5, 2.0):
        states = bench.states(quiet | {"b_z": np.full(SIZES[1], bias)}, x=x)
        fits = [np.polyfit(bench.h[:, unit], states[:, unit], 1) for unit in range(SIZES[1])]
        rest = [
            np.abs(np.polyval(one, bench.h[:, unit]) - states[:, unit]).max()
            for unit, one in enumerate(fits)
        ]
        if max(rest) > ROUNDING:
            return
        slopes, constants = np.array(fits).T
        seen.append((bias, slopes, constants))
    yield from _weights_of(seen, sigmoid(bench.values["b_r"]))


def _weights_of(seen: list[tuple[float, Array, Array]], r: Array) -> Iterator[Finding]:
    biases = np.array([one[0] for one in seen])[:, None] * np.ones(SIZES[1])
    slopes, constants = np.stack([one[1] for one in seen]), np.stack([one[2] for one in seen])
    z = sigmoid(biases)
    shares = {"z": z, "1 - z": 1.0 - z, "1": np.ones_like(z), "0": np.zeros_like(z)}
    tanh = np.tanh(biases)
    if near(slopes, tanh) or near(slopes, 1.0 - tanh):
        yield finding(say("The update gate is a tanh; a gate takes the sigmoid."), ABOUT)
        return
    of_old = [what for what, value in shares.items() if np.abs(slopes - value).max() < ROUNDING]
    of_new = [
        what for what, value in shares.items() if value.any() and _in_proportion(constants, value)
    ]
    due = {"z": "1 - z", "1 - z": "z"}
    if not of_old:
        yield from _own_state(slopes, z, r)
    elif of_old[0] not in due:
        yield finding(say("The old state comes in with weight {found}.", found=of_old[0]), ABOUT)
    elif due[of_old[0]] not in of_new and of_new:
        yield finding(
            say("The old state has weight {old} and the candidate {new}: together they must be 1.",
                old=of_old[0], new=of_new[0]), ABOUT
        )  # fmt: skip


def _own_state(slopes: Array, z: Array, r: Array) -> Iterator[Finding]:
    for share in (z, 1.0 - z):
        if near(slopes, share * r):
            yield finding(
                say(
                    "The old state that is kept is r * h: the reset gate is for the candidate alone."
                ),
                ABOUT,
            )


def _in_proportion(constants: Array, share: Array) -> bool:
    ratio = constants / share
    return bool(np.ptp(ratio, axis=0).max() < ROUNDING * np.abs(ratio).max())


def _activation(bench: GruParts, side: float) -> Iterator[Finding]:
    """The candidate alone, without the old state."""
    at = bench.values
    driven = bench.zeros("W_z", "U_z", "U_h", "W_r", "U_r") | {
        "b_z": np.full(SIZES[1], side),
        "b_r": np.full(SIZES[1], SHUT),
    }
    n = bench.states(driven)
    a = bench.x @ at["W_h"]
    known = {
        "tanh": np.tanh(a + at["b_h"]),
        "sigmoid": sigmoid(a + at["b_h"]),
        "relu": np.maximum(a + at["b_h"], 0.0),
        "identity": a + at["b_h"],
    }
    found = [what for what, value in known.items() if near(n, value)]
    if found and found[0] != "tanh":
        yield finding(
            say("The candidate's activation is {found}; it is tanh.", found=found[0]), ABOUT
        )
    elif near(n, np.tanh(a)):
        yield finding(say("The candidate lacks its bias b_h."), ABOUT)


def _reading(bench: GruParts, side: float) -> Iterator[Finding]:
    """What the candidate reads of the old state."""
    at, h = bench.values, bench.h
    driven = bench.zeros("W_z", "U_z") | {"b_z": np.full(SIZES[1], side)}
    n = np.clip(bench.states(driven), -1.0 + 1e-15, 1.0 - 1e-15)
    on_input = bench.x @ at["W_h"]
    read = np.arctanh(n) - on_input - at["b_h"]
    in_r = bench.x @ at["W_r"] + h @ at["U_r"] + at["b_r"]
    U = at["U_h"]
    for kind, r in _resets(bench, in_r, side).items():
        forms = {
            "(r * h) @ U_h": (r * h) @ U,
            "r * (h @ U_h)": r * (h @ U),
            "r * (h @ U_h + b_h)": r * (h @ U + at["b_h"]) - at["b_h"],
            "h @ U_h": h @ U,
            "((1 - r) * h) @ U_h": ((1.0 - r) * h) @ U,
            "(1 - r) * (h @ U_h)": (1.0 - r) * (h @ U),
            "r * ((r * h) @ U_h)": r * ((r * h) @ U),
            "(r * h) @ U_r": (r * h) @ at["U_r"],
            "(r * h) @ U_z": (r * h) @ at["U_z"],
            "(r * h) @ U_h.T": (r * h) @ U.T,
            "r * (x @ W_h + h @ U_h + b_h)": r * (on_input + h @ U + at["b_h"])
            - on_input
            - at["b_h"],
            "r * (x @ W_h + h @ U_h)": r * (on_input + h @ U) - on_input,
            "r * (x @ W_h)": r * on_input + h @ U - on_input,
            "r @ U_h": r @ U,
        }
        found = [what for what, value in forms.items() if near(read, value)]
        if found:
            right = list(forms)[:3]
            yield from _reads(found[0], kind, right=found[0] in right)
            return


def _reads(found: str, kind: str, *, right: bool) -> Iterator[Finding]:
    if found == "h @ U_h":
        yield finding(
            say("The candidate sees all of the old state: the reset gate does not reach it."), ABOUT
        )
    elif not right:
        yield finding(
            say("Before the candidate's tanh stands {found} where (r * h) @ U_h or r * (h @ U_h) belongs.",
                found=found), ABOUT
        )  # fmt: skip
    elif kind != "right":
        yield finding(
            say("The reset gate is {what}; it is sigmoid(x @ W_r + h @ U_r + b_r).", what=kind),
            ABOUT,
        )


def _resets(bench: GruParts, in_r: Array, side: float) -> dict[str, Array]:
    """The reset gate as it should be and as it may be."""
    at = bench.values

    x, h = bench.x, bench.h
    return {
        "right": sigmoid(in_r),
        "tanh(x @ W_r + h @ U_r + b_r)": np.tanh(in_r),
        "sigmoid(x @ W_r + h @ U_r)": sigmoid(in_r - at["b_r"]),
        "sigmoid(x @ W_r + b_r)": sigmoid(in_r - h @ at["U_r"]),
        "sigmoid(h @ U_r + b_r)": sigmoid(in_r - x @ at["W_r"]),
        "sigmoid(x @ W_h + h @ U_r + b_r)": sigmoid(in_r + x @ (at["W_h"] - at["W_r"])),
        "sigmoid(x @ W_r + h @ U_h + b_r)": sigmoid(in_r + h @ (at["U_h"] - at["U_r"])),
        "z": np.full_like(in_r, float(side > 0.0)),
    }


def _update_gate(bench: GruParts, side: float) -> Iterator[Finding]:
    """What the update gate is made of: its logit as an affine map of x and h."""
    n = bench.states(bench.zeros("U_h", "W_z", "U_z") | {"b_z": np.full(SIZES[1], side)})
    states = bench.states(bench.zeros("U_h"))
    share = (states - n) / (bench.h - n)  # of the old state
    if not np.all((share > 0.0) & (share < 1.0)):
        return
    logit = np.log(share / (1.0 - share)) * (1.0 if side < 0.0 else -1.0)
    design = np.hstack([bench.x, bench.h, np.ones((ROWS, 1))])
    found, *_ = np.linalg.lstsq(design, logit, rcond=None)
    if not near(design @ found, logit):
        return
    I = SIZES[0]  # noqa: E741  # sizes as in the equations
    parts = {"W_z": found[:I], "U_z": found[I:-1], "b_z": found[-1]}
    for name, part in parts.items():
        yield from _part(name, part, bench.values)


def _part(name: str, part: Array, at: Mapping[str, Array]) -> Iterator[Finding]:
    if near(part, at[name]):
        return
    others = [other for other in at if other != name and near(part, at[other])]
    if np.abs(part).max() < ROUNDING:
        yield finding(say("The update gate does not use {name}.", name=name), ABOUT)
    elif others:
        yield finding(
            say("The update gate uses {found} where {name} belongs.", found=others[0], name=name),
            ABOUT,
        )
    elif (number := times(part, [{name: at[name]}])) is not None:
        yield finding(
            say(
                "In the update gate {name} comes in {number} times.",
                name=name,
                number=f"{number[1]:.3g}",
            ),
            ABOUT,
        )
