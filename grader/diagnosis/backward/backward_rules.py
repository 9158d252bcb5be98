"""What is wrong with a backward: experiments first, then one fault for each thing that is off."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from grader.checks.states import Sizes
from grader.diagnosis.backward import (
    arrays,
    chain,
    distance_back,
    linearity,
    not_finite,
    repeated_calls,
    size_factors,
)
from grader.diagnosis.experiments import impulses, reordered
from grader.diagnosis.experiments.impulses import HIDDEN_ARRAYS, POINT, Impulses
from grader.diagnosis.experiments.network import SMALL, Network
from grader.diagnosis.experiments.patterns import CLOSE, NOT_DUE, Reading, Readings
from grader.diagnosis.forward import forward_rules as forward
from grader.faults import Crashed, StudentFault
from grader.protocol import Array, CandidateClass

ORDER = ("W_hy", "b_y", "W_xh", "W_hh", "b_h")
# What is constant, and what the same mistake does besides.
SAME = {"state_handed_back": "bptt_depth", "derivative_added": "derivative"}
OF_OTHER = [Reading("recurrent_matrix", {"form": "W_hh"}), Reading("transposed")]
OF_MATRIX = {reading.kind for reading in OF_OTHER}
# Where POINT cannot be run: an index of another axis, that here leaves some out, may raise there.
FEWER_OUTPUTS = Sizes(T=5, B=3, I=15, H=7, O=2)
LARGE = 100.0  # d_outputs of which no rounding leaves nothing
VAGUE = {"chain_off", "chain_off_at", "counted_unevenly"}
TAILS = {"bptt_depth", "cut_before"}
NO_CAUSE = {"array_off", "chain_off", "chain_off_at", "counted_unevenly"}


def examine(cls: CandidateClass) -> Readings:
    """What is read off backward, the first in the computation first, each with its arrays.

    Empty where nothing is found, or where forward is too broken to tell. Raises StudentFault.
    """
    try:
        return _examined_at(cls, POINT)
    except Crashed:
        found = _examined_at(cls, FEWER_OUTPUTS)
        return [(_of_so_many(reading), names) for reading, names in found]


def _of_so_many(reading: Reading) -> Reading:
    """With the number of sequences or outputs, which is not that of POINT."""
    sizes = {"samples_ignored": FEWER_OUTPUTS.B, "components_ignored": FEWER_OUTPUTS.O}
    if reading.kind not in sizes:
        return reading
    return replace(reading, facts={**reading.facts, "of": sizes[reading.kind]})


def _examined_at(cls: CandidateClass, size: Sizes) -> Readings:
    net = Network.make(cls, size)
    if names := repeated_calls.parameters_given(net):
        return [(Reading("parameters_given"), names)]
    imp = impulses.measure(net)
    if imp is None:
        return []
    if names := _depends_on_start(imp):
        return [(Reading("depends_on_start"), names)]
    found = _by_impulses(imp)
    if not found:
        found += _grouped(repeated_calls.measure(net))
    if not found and not forward.examine(cls):
        found = size_factors.sizes_of_one(cls)
    return found


def _by_impulses(imp: Impulses) -> Readings:
    """What a first backward gives, for nothing, for single impulses and for several together."""
    missing = tuple(name for name in ORDER if name in imp.net.names and name not in imp.names)
    found: Readings = [(Reading("not_given"), missing)] if missing else []
    for unfit in (not_finite.measure, linearity.unsound):  # of which single impulses tell nothing
        if (told := unfit(imp)) is not None:
            found.append(told)
            if {*told[1]} & {*HIDDEN_ARRAYS}:
                return found
            imp = imp.without(told[1])
    found += [(_lost_small(imp, one, names), names) for one, names in _single(imp)]
    if (held := linearity.held_back(imp)) is not None:
        found.append(held)
    added = linearity.added(imp)
    found = _grouped(added) + [(_unmoved(one, names, added), names) for one, names in found]
    for kind, same in SAME.items():
        if any(reading.kind == kind for reading, _ in found):
            found = [one for one in found if one[0].kind != same]
    return _longer(imp.net.cls, found, imp.net.names)


def _unmoved(reading: Reading, names: tuple[str, ...], added: dict[str, Reading]) -> Reading:
    """Arrays that are not zero without d_outputs do not stay zero: it has no effect on them."""
    still = reading.kind == "stays_zero" and set(names) <= set(added)
    return Reading("no_effect") if still else reading


def _lost_small(imp: Impulses, reading: Reading, names: tuple[str, ...]) -> Reading:
    """What stays as it is without d_outputs for small ones may be rounded away."""
    if reading.kind != "stays_zero":
        return reading
    large = np.random.default_rng(19).normal(size=(imp.size.T, imp.size.B, imp.size.O))
    found = imp.net.gradients(imp.x, LARGE * large, {})
    moved = all(
        n in found and not imp.net.alike(found[n], imp.nothing.get(n, 0.0 * found[n]), imp.scale[n])
        for n in names
    )
    return Reading("lost_small") if moved else reading


def _depends_on_start(imp: Impulses) -> tuple[str, ...]:
    """The arrays that differ between two objects with the same parameters and calls."""
    key = imp.keys[-1]
    d_outputs = np.zeros((imp.size.T, imp.size.B, imp.size.O))
    d_outputs[key[:2]] = SMALL * imp.ways[key[2]]
    again = imp.net.gradients(imp.x, d_outputs, {n: SMALL * imp.truth(n, key) for n in imp.names})
    return tuple(
        name
        for name in imp.names
        if np.all(np.isfinite(imp.got[key][name]))  # NaN differs from itself
        and not imp.net.alike(
            (again[name] - imp.nothing.get(name, 0.0)) / SMALL, imp.got[key][name], imp.scale[name]
        )
    )


def _single(imp: Impulses) -> Readings:
    """What single impulses show, with the factors that all arrays or some have besides."""
    single = _filled({name: arrays.explain(imp, name) for name in imp.names})
    readings = _grouped({n: replace(r, factor=1.0) for n, r in single.items() if r is not None})
    unknown = [name for name, reading in single.items() if reading is None]
    readings = [one for one in readings if one[0].kind != "right"]
    factors = {n: r.factor for n, r in single.items() if r is not None and r.kind == "right"}
    together, factor = _without_factor(imp, unknown, factors) if unknown else ([], 1.0)
    readings += together
    readings = _of_one_matrix(_merged(_shifted_alike(readings)))
    readings = [(_overwritten(imp, reading, names), names) for reading, names in readings]
    readings = _centred(_one_cache(readings, imp.size.T))
    readings = [(_shuffled(imp, reading, names), names) for reading, names in readings]
    readings.sort(key=lambda one: min(ORDER.index(name) for name in one[1]))
    too_often = size_factors.factors(imp, factors)
    if factor != 1.0:
        too_often = [
            (one, tuple(sorted({*names, *unknown}, key=ORDER.index))) for one, names in too_often
        ]
    return readings + too_often


def _filled(single: dict[str, Reading | None]) -> dict[str, Reading | None]:
    """Where an output step has no part in an array, how often it counts is seen in the others."""
    whole = [one for one in single.values() if one is not None and one.kind == "outputs_counted"]
    for name, one in single.items():
        for other in whole:
            if one in whole and one is not None and _agree(one, other):
                single[name] = other
    return single


def _agree(one: Reading, other: Reading) -> bool:
    a, b = (tuple(reading.facts["numbers"]) for reading in (one, other))  # type: ignore[arg-type]  # numbers are a tuple
    return NOT_DUE not in b and all(x in (y, NOT_DUE) for x, y in zip(a, b, strict=True))


def _without_factor(
    imp: Impulses, unknown: list[str], factors: dict[str, float]
) -> tuple[Readings, float]:
    """What explains these arrays, where the others show one factor that all may have; and it."""
    shared = set(factors.values())
    factor = min(shared, default=1.0)
    if shared and max(shared) - factor < CLOSE < abs(factor - 1.0):
        got = {
            key: {n: part / (factor if n in unknown else 1.0) for n, part in one.items()}
            for key, one in imp.got.items()
        }
        found = _together(replace(imp, got=got), unknown)
        if not {reading.kind for reading, _ in found} & NO_CAUSE:
            return found, factor
    return _together(imp, unknown), 1.0


def _of_one_matrix(readings: Readings) -> Readings:
    """Everything that W_hh takes part in is as for W_hh.T: a right backward of another forward."""
    there = [(reading, names) for reading, names in readings if reading.kind in OF_MATRIX]
    if [reading for reading, _ in there] != OF_OTHER:
        return readings
    rest = [one for one in readings if one not in there]
    return _merged([(Reading("other_matrix"), names) for _, names in there])[:1] + rest


def _merged(readings: Readings) -> Readings:
    """The same thing read off several arrays, told once."""
    groups: list[tuple[Reading, list[str]]] = []
    for reading, names in readings:
        members = next((kept for known, kept in groups if known == reading), None)
        if members is None:
            groups.append((reading, list(names)))
        else:
            members += names
    return [(reading, tuple(sorted({*names}, key=ORDER.index))) for reading, names in groups]


def _one_cache(readings: Readings, T: int) -> Readings:
    """Inputs, states and slopes of the last step at every step are one thing: what is kept of it."""
    last: dict[tuple[str, ...], Reading] = {
        ("W_xh",): Reading("input_always", {"step": T - 1}),
        ("W_hh",): Reading("state_always", {"step": T - 1}),
        ("W_hy",): Reading("state_always", {"step": T}),
    }
    slope = Reading("derivative", {"form": "1 - h_T^2"})
    whole = [one for one in readings if last.get(one[1]) == one[0] or one[0] == slope]
    if slope not in [reading for reading, _ in whole] or len(whole) == 1:
        return readings
    rest = [one for one in readings if one not in whole]
    told = Reading("one_step_everywhere", {"step": T - 1})
    return _merged([(told, names) for _, names in whole]) + rest


def _centred(readings: Readings) -> Readings:
    """Where gradients at z add up to zero over the batch, so does db_h."""
    centred = Reading("samples_centred")
    if centred not in [reading for reading, _ in readings]:
        return readings
    zero = (Reading("stays_zero"), ("b_h",))
    return _merged(
        [(centred, names) if (one, names) == zero else (one, names) for one, names in readings]
    )


def _shifted_alike(readings: Readings) -> Readings:
    """Where d_outputs acts at wrong steps, pairs in dW_hy are the same thing."""
    shifted = any(reading.kind in chain.SHIFTS for reading, _ in readings)
    pairs = [names for reading, names in readings if reading.kind == "paired_with"]
    if not shifted or ("W_hy",) not in pairs:
        return readings
    return [
        (reading, ("W_hy", *names) if reading.kind in chain.SHIFTS else names)
        for reading, names in readings
        if (reading.kind, names) != ("paired_with", ("W_hy",))
    ]


def _together(imp: Impulses, unknown: list[str]) -> Readings:
    """See whether the gradient at z explains arrays that no simple reading does."""
    shared = [name for name in HIDDEN_ARRAYS if name in unknown]
    rest = [name for name in unknown if name not in shared]
    explained = None
    if "W_xh" in shared:
        explained = chain.explain(imp)
    elif "b_h" in shared:
        explained = chain.explain_unseen(imp)
    if explained is not None:
        return _by_chain(imp, explained, shared, rest)
    return [(Reading("array_off"), (*rest, *shared))]


def _by_chain(
    imp: Impulses, explained: chain.Explained, shared: list[str], rest: list[str]
) -> Readings:
    """The readings of z's gradient, then what each array besides does with that gradient."""
    if explained.mixed is not None:
        return _by_mixed(imp, explained.readings, explained.mixed, shared, rest)
    own = replace(imp, reach=explained.dz)
    single = {name: _once(arrays.explain(own, name)) for name in shared}
    readings = {name: one for name, one in single.items() if one and one.kind != "right"}
    left = [name for name, one in single.items() if one is None]
    spoilt = tuple(name for name in shared if name not in left)
    if not spoilt or (
        _of_inputs_alone(imp, spoilt) and {one.kind for one in explained.readings} <= VAGUE
    ):
        return [(Reading("array_off"), (*rest, *spoilt, *left))]
    if any(one.kind in chain.SHIFTS for one in explained.readings):
        spoilt, rest = (*rest, *spoilt), []
    found: Readings = [(one, spoilt) for one in explained.readings]
    found += _grouped({name: replace(one, factor=1.0) for name, one in readings.items()})
    return found + ([(Reading("array_off"), (*rest, *left))] if rest or left else [])


def _of_inputs_alone(imp: Impulses, made: tuple[str, ...]) -> bool:
    """Whether nothing but dW_xh, from whose rows dz is read, is made of it: the inputs may be wrong."""
    return made == ("W_xh",) and len([name for name in HIDDEN_ARRAYS if name in imp.names]) > 1


def _once(reading: Reading | None) -> Reading | None:
    """None where an array is this gradient's a number of times, which dW_xh's rows cannot tell."""
    many = reading is not None and reading.kind == "right" and abs(reading.factor - 1) > CLOSE
    return None if many else reading


def _by_mixed(
    imp: Impulses, told: tuple[Reading, ...], dz: Array, shared: list[str], rest: list[str]
) -> Readings:
    """The same where z's gradient reaches other sequences: which arrays are made of it."""
    made = tuple(
        name
        for name in shared
        if all(
            imp.net.alike(one[name], imp.of(name, dz[k]), imp.scale[name])
            for k, one in imp.got.items()
        )
    )
    if _of_inputs_alone(imp, made):
        return [(Reading("array_off"), (*rest, *shared))]
    others = (*rest, *(name for name in shared if name not in made))
    found: Readings = [(one, made) for one in told]
    return found + ([(Reading("array_off"), others)] if others else [])


def _shuffled(imp: Impulses, reading: Reading, names: tuple[str, ...]) -> Reading:
    """Arrays that hold all their right numbers, in other places of their own or of each other."""
    if reading.kind != "array_off":
        return reading
    pairs = [(one[name], imp.truth(name, key)) for key, one in imp.got.items() for name in names]
    if way := reordered.how(pairs, imp.net.alike):
        return Reading("reordered", {"way": way})
    for key, one in imp.got.items():
        got, due = (
            np.sort(np.concatenate([part[name].ravel() for name in names]))
            for part in (one, {name: imp.truth(name, key) for name in names})
        )
        if not imp.net.alike(got, due):
            return reading
    return Reading("numbers_moved")


def _overwritten(imp: Impulses, reading: Reading, names: tuple[str, ...]) -> Reading:
    """Zero because never computed, or because step 0, where h_0 = 0, is written last."""
    if reading.kind != "stays_zero" or names != ("W_hh",):
        return reading
    T, B, _, _, O = imp.size  # noqa: E741  # sizes as in the equations
    for reach in (slice(0, 1), slice(None)):  # outputs of later steps may be all that counts
        spoilt = np.zeros((T, B, O))
        spoilt[reach] = np.nan  # times h_0 = 0 it is NaN still
        try:
            found = imp.net.gradients(imp.x, spoilt, {})
        except StudentFault:
            return reading
        if np.isnan(found.get("W_hh", np.zeros(1))).any():
            return Reading("only_step", {"step": 0})
    return reading


def _longer(cls: CandidateClass, found: Readings, there: list[str]) -> Readings:
    """A cut that five steps show or hide, looked at over many."""
    short = [one for one in found if one[0].kind not in TAILS]
    spoilt = {name for _, names in short for name in names}
    if spoilt & {"W_xh", "W_hh"}:
        return found
    tail = distance_back.measure(cls)
    if tail is None:
        return found
    whole = ORDER if tail.kind == "stops_after" else HIDDEN_ARRAYS
    cut = [names for reading, names in found if reading.kind in TAILS]
    names = cut[0] if cut else tuple(n for n in whole if n in there and n not in spoilt)
    return [(tail, names), *short] if not cut or cut == [found[0][1]] else found


def _grouped(readings: dict[str, Reading]) -> Readings:
    """Arrays of which the same is read, together."""
    groups: dict[str, tuple[Reading, list[str]]] = defaultdict()
    for name in sorted(readings, key=ORDER.index):
        reading = readings[name]
        groups.setdefault(repr((reading.kind, reading.facts)), (reading, []))[1].append(name)
    return [(reading, tuple(names)) for reading, names in groups.values()]
