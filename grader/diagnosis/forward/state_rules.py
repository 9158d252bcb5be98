"""Why hidden states are wrong: the activation, and the effective weights before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from grader.diagnosis.experiments import joined_terms, regression
from grader.diagnosis.experiments.patterns import CLOSE, Reading
from grader.diagnosis.experiments.regression import Blocks
from grader.diagnosis.forward import scaled_inputs
from grader.protocol import Array
from grader.records import Fact

if TYPE_CHECKING:
    from grader.diagnosis.forward.forward_rules import ForwardRun

PARTS = {"x_t": "W_xh", "h_(t-1)": "W_hh", "1": "b_h"}
DECIMALS = 6
EXACT = 1e-9  # what is left of a decimal that is written in binary; float32 leaves more
OTHER = 0.01  # how far another function is from tanh, at the least
FIRST = 2  # the step from which all regressors exist


def examine(seen: ForwardRun) -> list[Reading]:
    """What is read off the hidden states; empty where they are right."""
    if seen.states_right:
        return []
    if (kept := _wrongly_kept(seen)) is not None:
        return [kept]
    for kind, formed in (("z_form", _joined_otherwise), ("state_form", _apart)):
        if form := formed(seen):
            return [Reading(kind, {"form": form})]
    found = [_through(seen, name) for name in regression.INVERSES]
    explained = [readings for readings in found if readings is not None]
    if not explained and (other := _otherwise(seen)) is not None:
        return [other]
    return min(explained, key=len, default=[place(seen)])


def _otherwise(seen: ForwardRun) -> Reading | None:
    """What is done to states or sums where no weights alone explain them."""
    return (
        _blended(seen)
        or scaled_inputs.of_sums(seen.net, seen.x, seen.hidden)
        or _rounded(seen)
        or _other_function(seen)
    )


def _rounded(seen: ForwardRun) -> Reading | None:
    """States of the equation with a few decimals only."""
    due = np.tanh(seen.net.weighted_sum(seen.x[1:], seen.hidden[:-1]))
    for decimals in range(DECIMALS):
        whole = np.abs(seen.hidden - np.round(seen.hidden, decimals)).max() <= EXACT
        if whole and np.abs(seen.hidden[1:] - due).max() <= 10.0**-decimals:
            return Reading("states_rounded", {"decimals": decimals})
    return None


def _blended(seen: ForwardRun) -> Reading | None:
    """States that are a share of the state before and a share of what the equation gives."""
    before = seen.hidden[:-1]
    new = np.tanh(seen.net.weighted_sum(seen.x[1:], before))
    parts = np.stack([before.ravel(), new.ravel()], axis=1)
    shares = np.linalg.lstsq(parts, seen.hidden[1:].ravel(), rcond=None)[0]
    if not seen.net.alike((parts * shares).sum(axis=1), seen.hidden[1:].ravel()):
        return None
    old, share = (float(f"{number:.4g}") for number in shares)
    if abs(old) <= CLOSE:
        return Reading("state_times", {"number": share})
    return Reading("blended", {"number": old, "new": share})


def _other_function(seen: ForwardRun) -> Reading | None:
    """Another function than tanh of the right weighted sum, by its name if it has one."""
    z = seen.net.weighted_sum(seen.x[1:], seen.hidden[:-1])
    if not np.abs(np.tanh(z) - seen.hidden[1:]).max() > OTHER:
        return None
    for name, function in regression.DIRECT.items():
        if seen.net.alike(seen.hidden[1:], np.asarray(function(z))):
            return Reading("activation", {"used": name})
    known = regression.function_of(z, seen.hidden[1:])
    return Reading("activation_unknown") if known else None


def _joined_otherwise(seen: ForwardRun) -> str:
    """How the terms of the weighted sum are joined, if in another way than by adding."""
    forms = ((text, np.tanh(z)) for text, z in joined_terms.bent_sums(_terms(seen)))
    return joined_terms.matching(forms, [seen.hidden[1:]], seen.net.alike)


def _apart(seen: ForwardRun) -> str:
    """Terms of the sum outside of tanh, or in another tanh; "" where they are not."""
    terms = _terms(seen)
    parts = [(one, [other for other in terms if other is not one]) for one in terms]
    forms = []
    for (name, z), ((first, x), (second, y)) in parts:
        rest, inner = f"{first} + {second}", x + y
        forms += [
            (f"tanh({rest}) + {name}", np.tanh(inner) + z),
            (f"tanh({name}) + {rest}", np.tanh(z) + inner),
            (f"tanh({rest}) + tanh({name})", np.tanh(inner) + np.tanh(z)),
        ]
    return joined_terms.matching(forms, [seen.hidden[1:]], seen.net.alike)


def _terms(seen: ForwardRun) -> tuple[joined_terms.Term, joined_terms.Term, joined_terms.Term]:
    given = seen.net.given
    return (
        ("xW", seen.x[1:] @ given["W_xh"]),
        ("hW", seen.hidden[:-1] @ given["W_hh"]),
        ("b", np.broadcast_to(given["b_h"], seen.hidden[1:].shape)),
    )


def _through(seen: ForwardRun, activation: str) -> list[Reading] | None:
    """What is off if this is the activation; None if it cannot be."""
    z = regression.INVERSES[activation](seen.hidden)
    for regressors in (_due(seen), {**_due(seen), **_earlier(seen)}):
        blocks = regression.fit(_rows(z[FIRST:]), regressors, seen.net.limit * 10)
        if blocks is not None:
            return _told(seen, activation, z, blocks)
    return None


def _wrongly_kept(seen: ForwardRun) -> Reading | None:
    """Too few digits, units written over others, or states that are right inside, as the outputs show."""
    if np.array_equal(seen.hidden.astype(np.float16), seen.hidden):
        return Reading("half_precision")
    if _is_overwritten(seen):
        return Reading("state_overwritten")
    if not seen.net.alike(seen.outputs, seen.shown(seen.true)):
        return None
    for step, state in enumerate(seen.true):
        if seen.net.alike(seen.hidden, np.broadcast_to(state, seen.hidden.shape)):
            return Reading("same_state_everywhere", {"step": step})
    nothing = np.zeros_like(seen.true[:1])
    kept = {
        "states_late": np.concatenate([nothing, seen.true[:-1]]),
        "states_early": np.concatenate([seen.true[1:], seen.hidden[-1:]]),
        "states_reversed": seen.true[::-1],
        "states_before_tanh": np.arctanh(seen.true),
    }
    found = (kind for kind, states in kept.items() if seen.net.alike(seen.hidden, states))
    return Reading(next(found, "states_not_those_used"))


def _is_overwritten(seen: ForwardRun) -> bool:
    """Whether each unit is written into the old state before the units after it are computed."""
    units = range(seen.hidden.shape[-1])
    return any(
        seen.net.alike(seen.hidden, _unit_by_unit(seen, order))
        for order in (units, reversed(units))
    )


def _unit_by_unit(seen: ForwardRun, order: Iterable[int]) -> Array:
    """(T, B, H): the states where units follow one another in this order, in one array."""
    h, kept, units = np.zeros(seen.hidden.shape[1:]), [], list(order)
    for x in seen.x:
        for unit in units:
            h[:, unit] = np.tanh(seen.net.weighted_sum(x, h)[:, unit])
        kept.append(h.copy())
    return np.array(kept)


def _rows(values: Array) -> Array:
    return values.reshape(-1, values.shape[-1])


def _due(seen: ForwardRun) -> dict[str, Array]:
    """What a state is made of, for each step from `FIRST` on."""
    x, h = seen.x, seen.hidden
    ones = np.ones((*x[FIRST:].shape[:2], 1))
    return {"x_t": _rows(x[FIRST:]), "h_(t-1)": _rows(h[FIRST - 1 : -1]), "1": _rows(ones)}


def _earlier(seen: ForwardRun) -> dict[str, Array]:
    """What it may be made of by mistake."""
    x, h = seen.x, seen.hidden
    return {"x_(t-1)": _rows(x[FIRST - 1 : -1]), "h_(t-2)": _rows(h[FIRST - 2 : -2])}


def _told(seen: ForwardRun, activation: str, z: Array, blocks: Blocks) -> list[Reading]:
    """The activation, then each weight that is not what it should be."""
    found = [] if activation == "tanh" else [Reading("activation", {"used": activation})]
    used = {name: np.atleast_2d(value) for name, value in seen.net.given.items()}
    compared = {
        name: regression.compare(blocks[part], used[name], _others(used, name))
        for part, name in PARTS.items()
    }
    found += _moved_in_time(blocks, compared, used)
    common = {repr(one.facts) for one in compared.values() if one.kind == "factor"}
    if len(common) == 1 and all(
        one.kind == "factor" or not used[name].any() for name, one in compared.items()
    ):
        return [*found, Reading("z_factor", compared["W_xh"].facts)]
    found += [
        Reading(f"weight_{one.kind}", {"array": name, **one.facts})
        for name, one in compared.items()
        if one.kind != "right"
        and (used[name].any() or one.kind == "off")
        and not _told_already(name, found)
    ]
    if any(one.kind == "weight_late" for one in found):
        return found  # at the first step there is nothing earlier: whatever stands there
    return _with_start(found, _start(seen, z, blocks))


def _with_start(found: list[Reading], start: list[Reading]) -> list[Reading]:
    """A bias that acts at the first step only explains both the weight and the step."""
    if start and start[0].kind == "bias_first_step_only":
        found = [one for one in found if one.facts.get("array") != "b_h"]
    return found + start


def _others(used: Blocks, name: str) -> Blocks:
    return {other: value for other, value in used.items() if other != name}


def _told_already(name: str, found: list[Reading]) -> bool:
    return any(one.facts.get("array") == name for one in found)


def _moved_in_time(blocks: Blocks, compared: dict[str, Reading], used: Blocks) -> list[Reading]:
    """Weights that act on an earlier step than they should."""
    found = []
    for late, name in (("x_(t-1)", "W_xh"), ("h_(t-2)", "W_hh")):
        if late not in blocks or np.abs(blocks[late]).max() <= CLOSE:
            continue
        kind = regression.compare(blocks[late], used[name], {}).kind
        instead = compared[name].kind == "unused"
        if kind == "right":
            found.append(
                Reading("weight_late", {"array": name, "steps": 1, "also": 0 if instead else 1})
            )
        else:
            found.append(Reading("depends_on", {"array": name, "what": late}))
    return found


def _start(seen: ForwardRun, z: Array, blocks: Blocks) -> list[Reading]:
    """What h_0 is, and whether the first step follows the same weights."""
    first = z[0] - seen.x[0] @ blocks["x_t"] - blocks["1"]
    if not np.all(np.isfinite(first)) or np.abs(first).max() <= CLOSE * float(np.abs(z[0]).max()):
        return []
    bias = seen.net.given["b_h"]
    for kind, extra in (
        ("bias_first_step_only", bias - blocks["1"]),
        ("bias_not_at_first_step", -blocks["1"]),
    ):
        if bias.any() and np.abs(first - extra).max() <= CLOSE:
            return [Reading(kind)]
    before = first @ np.linalg.pinv(blocks["h_(t-1)"])
    explained = np.allclose(before @ blocks["h_(t-1)"], first, atol=CLOSE)
    return [_begun(seen, before) if explained else Reading("first_step_off")]


def _begun(seen: ForwardRun, before: Array) -> Reading:
    """The state (B, H) that stands for h_0."""
    if seen.net.alike(before, seen.hidden[-1]):
        return Reading("start_is", {"what": "h_T"})
    if np.ptp(before) <= CLOSE:
        return Reading("start_is", {"what": f"{before.flat[0]:.4g}"})
    alike = np.ptp(before, axis=0).max() <= CLOSE
    return Reading("start_not_zero" if alike else "first_step_off")


def place(seen: ForwardRun) -> Reading:
    """The first step, and there the units and sequences, where states are wrong."""
    step = next(
        t
        for t, (got, true) in enumerate(zip(seen.hidden, seen.true, strict=True))
        if not seen.net.alike(got, true)
    )
    off = np.abs(seen.hidden[step] - seen.true[step]) > CLOSE
    facts: dict[str, Fact] = {"step": step}
    for axis, what in ((0, "units"), (1, "samples")):
        lines = off.any(axis=axis)
        if not lines.all():
            few, which = (
                (lines, what) if lines.sum() <= len(lines) / 2 else (~lines, f"fine_{what}")
            )
            facts[which] = tuple(int(line) for line in np.flatnonzero(few))
    return Reading("state_off", facts)
