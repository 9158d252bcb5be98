"""What q6_5 asks of clip_by_norm: one factor for all gradients, so that their direction stays."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.checks.compare import What, as_array, distance, finite, shaped
from grader.faults import BadValue, CheckFailed, ReturnedNothing
from grader.language import say
from grader.protocol import Array, CandidateFunction, EchoingFunction

CALL = "clip_by_norm(gradients, limit)"
# Some divide by the norm and 1e-6, as PyTorch does.
NEARLY = 1e-5


def _drawn(rng: np.random.Generator) -> dict[str, Array]:
    """Arrays of several shapes whose common norm is 5; no element is larger than 4."""
    drawn = {
        "W_hh": rng.normal(size=(3, 3)),
        "b_h": rng.normal(size=(3,)),
        "W_hy": rng.normal(size=(3, 2)),
    }
    norm = _norm(drawn)
    return {name: 5.0 / norm * value for name, value in drawn.items()}


def _norm(arrays: dict[str, Array]) -> float:
    return float(np.sqrt(sum(np.sum(np.asarray(value, float) ** 2) for value in arrays.values())))


def _clipped(returned: Any, given: dict[str, Array]) -> dict[str, Array]:
    """The dict that came back, with an array of the right shape for every name."""
    if returned is None:
        raise ReturnedNothing("clip_by_norm")
    if not isinstance(returned, dict) or set(returned) != set(given):
        raise BadValue(
            say("clip_by_norm must return a dict with the names that it was given: {names}.",
                names=tuple(given))
        )  # fmt: skip
    return {
        name: finite(
            shaped(as_array(returned[name], _what(name)), value.shape, _what(name)), _what(name)
        )
        for name, value in given.items()
    }


def _what(name: str) -> What:
    return What(f"gradients[{name!r}]", CALL)


def shortens(clip_by_norm: CandidateFunction, rng: np.random.Generator) -> None:
    """Too long, all together are brought to the limit."""
    given = _drawn(rng)
    for limit in (1.0, 0.25):
        norm = _norm(_clipped(clip_by_norm(given, limit), given))
        if abs(norm - limit) > NEARLY * limit:
            raise CheckFailed(
                say(
                    "Gradients with a common norm of 5 were clipped at {limit}; all together they have "
                    "norm {norm} now.",
                    limit=f"{limit:g}",
                    norm=f"{norm:.6g}",
                ),
                say("After clipping the common norm is not the limit."),
            )


def direction(clip_by_norm: CandidateFunction, rng: np.random.Generator) -> None:
    """One factor for everything: neither single arrays nor single elements are cut."""
    given = _drawn(rng)
    found = _clipped(clip_by_norm(given, 1.0), given)
    norm = _norm(found)
    if norm == 0.0 or any(
        distance(found[name] / norm, value / 5.0) > NEARLY for name, value in given.items()
    ):
        raise CheckFailed(
            say(
                "Clipping by the norm keeps the direction: all elements get one and the same factor."
            )
        )


def leaves_short(clip_by_norm: CandidateFunction, rng: np.random.Generator) -> None:
    """Below the limit nothing changes, zeros included; above it something does."""
    given = _drawn(rng)
    zeros = {name: np.zeros_like(value) for name, value in given.items()}
    if all(
        distance(value, given[name]) <= NEARLY
        for name, value in _clipped(clip_by_norm(given, 1.0), given).items()
    ):
        raise CheckFailed(say("After clipping the common norm is not the limit."))
    for arrays in (given, zeros):
        found = _whole(clip_by_norm(arrays, 8.0), arrays)
        if any(distance(found[name], value) > NEARLY for name, value in arrays.items()):
            raise CheckFailed(
                say("Gradients whose common norm is below the limit must stay as they are.")
            )


def _whole(returned: Any, given: dict[str, Array]) -> dict[str, Array]:
    """As `_clipped`, with plain words for 0 / 0."""
    try:
        return _clipped(returned, given)
    except BadValue as bad:
        values = returned.values() if isinstance(returned, dict) else ()
        if not any(np.any(value) for value in given.values()) and any(
            np.any(np.isnan(np.asarray(value, float))) for value in values
        ):
            raise CheckFailed(
                say("For gradients that are all zero the result is NaN: 0 / 0.")
            ) from bad
        raise


def given_kept(clip_by_norm: EchoingFunction, rng: np.random.Generator) -> None:
    """The dict and the arrays that were given stay as they were."""
    given = _drawn(rng)
    returned, left, _ = clip_by_norm.echo(given, 1.0)
    found = _clipped(returned, given)
    if all(distance(found[name], value) <= NEARLY for name, value in given.items()):
        raise CheckFailed(say("After clipping the common norm is not the limit."))
    if any(not np.array_equal(left[name], value) for name, value in given.items()):
        raise CheckFailed(
            say("clip_by_norm changes the gradients that it is given: return new arrays.")
        )
