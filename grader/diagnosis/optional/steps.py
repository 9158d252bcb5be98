"""What the steps of Momentum and Adam are made of: answers to impulses, and switched equations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from grader.checks.bonus import optimizers
from grader.checks.bonus.optimizers import RATE
from grader.diagnosis.optional.findings import ROUNDING, Finding, finding, near
from grader.diagnosis.optional.sums import by_changes
from grader.faults import StudentFault
from grader.language import Message, say
from grader.protocol import Array, CandidateClass

Arrays = dict[str, Array]
MOMENTUM = 0.6
STEPS = 5
ABOUT = ("first", "second", "steady", "course", "arguments", "own_state")


def _moves(
    cls: CandidateClass,
    arguments: tuple[float, ...],
    gradients: Sequence[Arrays],
    rate: float = RATE,
) -> list[Arrays]:
    start = optimizers.drawn(np.random.default_rng(4))
    course = optimizers.run(cls(*arguments), cls.name, start, gradients, rate)
    return optimizers.moves(course, start)


def momentum(cls: CandidateClass) -> Iterator[Finding]:
    """The answer to one gradient, followed by none: 1, momentum, momentum^2, ..."""
    impulse = optimizers.drawn(np.random.default_rng(5))
    silence = {name: np.zeros_like(value) for name, value in impulse.items()}
    moves = _moves(cls, (MOMENTUM,), [impulse, *[silence] * 3])
    yield from _of_state(cls)
    answers = []
    for moved in moves:
        ratios = {name: -moved[name] / (RATE * impulse[name]) for name in impulse}
        if any(np.ptp(one) > ROUNDING for one in ratios.values()):
            yield finding(
                say("A parameter moves by what belongs to other elements or arrays."), *ABOUT
            )
            return
        answers.append(float(np.mean([np.mean(one) for one in ratios.values()])))
    first, second = answers[0], answers[1]
    yield from _first_answer(first)
    if abs(first) > ROUNDING:
        yield from _later_answers(second / first, answers[2] / first)


def _first_answer(first: float) -> Iterator[Finding]:
    known = {
        -1.0: say("The first step goes along the gradient: its sign is wrong."),
        RATE: say("learning_rate is in the step twice."),
        1.0 / RATE: say("learning_rate is not in the step."),
        1.0 - MOMENTUM: say(
            "The gradient is weighed by 1 - momentum; in the equation it is whole."
        ),
        MOMENTUM: say("The new gradient is multiplied by momentum; the old velocity should be."),
        0.0: say("The first gradient has no effect in its own step."),
        1.0 + MOMENTUM: say("This looks a step ahead (Nesterov); the equation does not."),
    }
    for number, words in known.items():
        if abs(first - number) < ROUNDING:
            yield finding(words, *ABOUT)
            return
    if abs(first - 1.0) > ROUNDING:
        yield finding(
            say("The first step is {number} times what it should be.", number=f"{first:.3g}"),
            *ABOUT,
        )


def _later_answers(second: float, third: float) -> Iterator[Finding]:
    """The share of the velocity that a step keeps, and whether the next keeps it again."""
    if abs(second) < ROUNDING:
        yield finding(
            say("The velocity is not kept: a gradient moves nothing in later steps."), *ABOUT
        )
    elif abs(second - 0.9) < ROUNDING:
        yield finding(
            say("0.9 is built in: the momentum that the constructor is given has no effect."),
            *ABOUT,
        )
    elif abs(second + MOMENTUM) < ROUNDING:
        yield finding(say("The old velocity comes in with the wrong sign."), *ABOUT)
    elif abs(second - MOMENTUM) > ROUNDING and abs(third / second - second) < ROUNDING:
        yield finding(
            say("From step to step the velocity keeps {number} of itself, and momentum was {momentum}.",
                number=f"{second:.3g}", momentum=f"{MOMENTUM:g}"), *ABOUT)  # fmt: skip


def _of_state(cls: CandidateClass) -> Iterator[Finding]:
    """State that objects share, or arrays of one shape among each other."""
    try:
        optimizers.own_state(cls, np.random.default_rng(6))
    except StudentFault:
        yield finding(
            say("All {name} objects share one state: what one has learned moves another. Create it in "
                "__init__, on self, new for every object.", name=cls.name), *ABOUT)  # fmt: skip
        return
    gradients = [optimizers.drawn(np.random.default_rng(seed)) for seed in (7, 8)]
    others = [{**one, "b_h": np.zeros_like(one["b_h"])} for one in gradients]
    first, second = (_moves(cls, (), each)[-1] for each in (gradients, others))
    if not near(first["c_h"], second["c_h"]):
        yield finding(
            say("Arrays of one shape share their state: another array's gradient moves this one. Keep it "
                "by name."), *ABOUT)  # fmt: skip


ADAM = (0.8, 0.95, 1e-8)
CORRECTIONS: dict[str, Callable[[float, int], float]] = {
    "right": lambda beta, k: 1.0 - beta**k,
    "none": lambda beta, k: 1.0,  # noqa: ARG005  # one form of several
    "no power": lambda beta, k: 1.0 - beta,  # noqa: ARG005  # as above
    "late": lambda beta, k: 1.0 - beta ** (k + 1),
    "per array": lambda beta, k: 1.0 - beta ** (len(optimizers.SHAPES) * (k - 1) + 1),
    "root": lambda beta, k: (1.0 - beta**k) ** 0.5,
    "squared": lambda beta, k: (1.0 - beta**k) ** 2,
}
SWITCHES: dict[str, tuple[str, ...]] = {
    "sign": ("right", "climbs"),
    "m": ("right", "whole g", "forgets", "betas", "second beta"),
    "v": ("right", "whole g", "not squared", "forgets", "betas", "first beta", "of m"),
    "m_hat": tuple(CORRECTIONS),
    "v_hat": tuple(CORRECTIONS),
    "root": ("right", "none"),
    "kept": ("right", "written back"),
}


def adam(cls: CandidateClass) -> Iterator[Finding]:
    """Which line of the equations is another one, by a course at small steps."""
    yield from _of_state(cls)
    gradients = [optimizers.drawn(np.random.default_rng(seed)) for seed in range(10, 10 + STEPS)]
    name = next(
        iter(optimizers.SHAPES)
    )  # the first: counted per array it counts as the others do not
    column = [each[name] for each in gradients]
    moves, usual = (
        [each[name] for each in _moves(cls, arguments, gradients)] for arguments in (ADAM, ())
    )
    if near(np.stack(moves), np.stack(usual)):
        yield finding(say("The betas that the constructor is given have no effect."), *ABOUT)
        return
    for chosen in by_changes(list(SWITCHES.values())):
        switches = dict(zip(SWITCHES, chosen, strict=True))
        if sum(one != "right" for one in chosen) > 2:  # noqa: PLR2004  # more is no explanation
            return
        if not near(np.stack(moves), np.stack(_adam_moves(switches, column))):
            continue
        off = {switch: form for switch, form in switches.items() if form != "right"}
        yield from (finding(_adam_words(*one), *ABOUT) for one in off.items())
        if not off:
            yield from _epsilon(cls, gradients, name)
        return


def _epsilon(cls: CandidateClass, gradients: Sequence[Arrays], name: str) -> Iterator[Finding]:
    """What a large epsilon does, all else being right."""
    tiny, large = ((*ADAM[:2], epsilon) for epsilon in (ADAM[2], 0.5))
    moves, usual = (
        np.stack([each[name] for each in _moves(cls, arguments, gradients)])
        for arguments in (large, tiny)
    )
    if near(moves, usual):
        yield finding(say("The epsilon that the constructor is given has no effect."), *ABOUT)
    elif near(moves, usual - RATE * large[2]):
        yield finding(
            say("epsilon is added to the quotient; it belongs below the fraction line."), *ABOUT
        )


def _adam_moves(switches: Mapping[str, str], gradients: Sequence[Array]) -> list[Array]:
    beta1, beta2, epsilon = ADAM
    if switches["m"] == "betas" or switches["v"] == "betas":
        beta1, beta2 = beta2, beta1
    of_m = beta2 if switches["m"] == "second beta" else beta1
    of_v = beta1 if switches["v"] == "first beta" else beta2
    m = v = np.zeros_like(gradients[0])
    moves = []
    for k, g in enumerate(gradients, start=1):
        m = (0.0 if switches["m"] == "forgets" else of_m * m) + (
            g if switches["m"] == "whole g" else (1.0 - of_m) * g
        )
        square = {"not squared": np.abs(g), "of m": m**2}.get(switches["v"], g**2)
        v = (0.0 if switches["v"] == "forgets" else of_v * v) + (
            square if switches["v"] == "whole g" else (1.0 - of_v) * square
        )
        m_hat = m / CORRECTIONS[switches["m_hat"]](of_m, k)
        v_hat = v / CORRECTIONS[switches["v_hat"]](of_v, k)
        if switches["kept"] == "written back":
            m, v = m_hat, v_hat
        below = v_hat if switches["root"] == "none" else np.sqrt(v_hat)
        moves.append(
            (1.0 if switches["sign"] == "climbs" else -1.0) * RATE * m_hat / (below + epsilon)
        )
    return moves


def _adam_words(switch: str, form: str) -> Message:
    of = {"m_hat": ("m", "beta1"), "v_hat": ("v", "beta2")}
    if switch in of:
        moment, beta = of[switch]
        return {
            "none": say(
                "The bias of {m} is not corrected: divide by 1 - {beta}^k.", m=moment, beta=beta
            ),
            "no power": say(
                "The bias of {m} is divided by 1 - {beta}, without the power k.",
                m=moment,
                beta=beta,
            ),
            "late": say(
                "In the bias correction of {m} k is one too large: in the first step it is 1.",
                m=moment,
            ),
            "per array": say("k counts arrays, not steps: it grows once in each call of step."),
            "root": say(
                "The bias of {m} is divided by the root of 1 - {beta}^k.", m=moment, beta=beta
            ),
            "squared": say(
                "The bias of {m} is divided by the square of 1 - {beta}^k.", m=moment, beta=beta
            ),
        }[form]
    return {
        "climbs": say("The step goes along the gradient: its sign is wrong."),
        "written back": say(
            "The corrected moments are kept as m and v and corrected again in the next step."
        ),
        "none": say("The step is divided by v, not by its root."),
        "betas": say("beta1 and beta2 are exchanged."),
        "second beta": say("m uses beta2."),
        "first beta": say("v uses beta1."),
        "of m": say("v is made of the squares of m, not of the gradient."),
        "not squared": say("v is made of |g|, not of its square."),
        "whole g": say("The new gradient is not weighed by 1 - beta in {m}.", m=switch),
        "forgets": say("{m} forgets all steps before.", m=switch),
    }[form]
