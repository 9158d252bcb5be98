"""What backward of a GRU cell is made of, measured with one row: there a bias's gradient is da itself.

With z the share of the old state and n the candidate, h' = z h + (1 - z) n in every published form.
What comes later is judged on the student's own da: one mistake is told once, where it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from grader.checks.parameters import gru_roles
from grader.diagnosis.optional.findings import Finding, finding, near
from grader.diagnosis.optional.gru_rows import GruForm, GruRow, measured
from grader.diagnosis.optional.sums import Forms, made_of, times
from grader.language import say
from grader.protocol import Array, CandidateClass


def examine(GRUCell: CandidateClass) -> Iterator[Finding]:
    """What is wrong in backward; nothing where forward follows no published form."""
    found = measured(GRUCell)
    if found is None:
        return
    cell, points = found
    da = {gate: np.stack([point.gave[f"b_{gate}"] for point in points]) for gate in gru_roles.GATES}
    if _exchanged(cell, points, da):
        yield finding(
            say("The gradients of the update gate and of the reset gate are exchanged."),
            *_names("z"), *_names("r"), "later",
        )  # fmt: skip
        return
    yield from _candidate(cell, points, da["h"])
    yield from _update(cell, points, da["z"])
    yield from _reset(cell, points, da)
    weights = [one for gate in gru_roles.GATES for one in _weights(cell, points, gate, da[gate])]
    yield from weights
    yield from _input(cell, points, da)
    yield from _state(cell, points, da)
    if not any("U_h" in one.about for one in weights):  # the same r is told there
        yield from _second_bias(cell, points, da["h"])


def _exchanged(cell: GruForm, points: list[GruRow], da: Mapping[str, Array]) -> bool:
    right = [cell.parameter_gradients(point.x, point.h, point.d) for point in points]
    pairs = (("z", "r"), ("r", "z"))
    return all(near(da[a], np.stack([one[f"b_{b}"] for one in right])) for a, b in pairs)


def _stack(points: list[GruRow], of: Callable[[GruRow], Array]) -> Array:
    return np.concatenate([np.atleast_2d(of(point)) for point in points])


def _product(target: Array, slots: Sequence[Forms], what: str, *about: str) -> Iterator[Finding]:
    """The finding about a da that is another product than it should be."""
    found = times(target, slots)
    if found is None:
        if not target.any():
            yield finding(say("{what} is zero.", what=what), *about)
        return
    names, number = found
    right = [next(iter(one)) for one in slots]
    for is_, due in zip(names, right, strict=True):
        if is_ != due:
            yield finding(
                say("In {what} stands {found} where {due} belongs.", what=what, found=is_, due=due),
                *about,
            )
    if number == -1.0:
        yield finding(say("{what} has the wrong sign.", what=what), *about)
    elif number != 1.0:
        yield finding(
            say("{what} is {number} times what it should be.", what=what, number=f"{number:.3g}"),
            *about,
        )


def _names(gate: str) -> tuple[str, ...]:
    return f"W_{gate}", f"U_{gate}", f"b_{gate}"


def _shares(cell: GruForm) -> tuple[str, str]:
    """The share of the old state and that of the candidate, as the student's z has it."""
    return ("(1 - z)", "z") if cell.swap else ("z", "(1 - z)")


def _candidate(cell: GruForm, points: list[GruRow], da: Array) -> Iterator[Finding]:
    old, new = _shares(cell)
    d, z, n = (_stack(points, of) for of in (lambda p: p.d, lambda p: p.z, lambda p: p.n))
    if cell.form == "inside":
        da = da / _stack(points, lambda p: p.r)  # the bias is read through r there
    share = {new: 1.0 - z, old: z, "1": np.ones_like(z)}
    slope = {
        "(1 - n**2)": 1.0 - n**2,
        "1": np.ones_like(n),
        "(1 - n)": 1.0 - n,
        "n * (1 - n)": n * (1.0 - n),
        "(1 - n)**2": (1.0 - n) ** 2,
        "(1 - tanh(n)**2)": 1.0 - np.tanh(n) ** 2,
    }
    whole = {"d_new_hidden_state": d, "n": n * d}
    yield from _product(da, [whole, share, slope], "da_n", *_names("h"), "later")


def _update(cell: GruForm, points: list[GruRow], da: Array) -> Iterator[Finding]:
    d, z, n, h = (
        _stack(points, of) for of in (lambda p: p.d, lambda p: p.z, lambda p: p.n, lambda p: p.h)
    )
    new = _stack(points, lambda p: p.new)
    right, wrong = ("(n - h)", "(h - n)") if cell.swap else ("(h - n)", "(n - h)")
    sign = -1.0 if cell.swap else 1.0
    difference = {
        right: sign * (h - n),
        wrong: sign * (n - h),
        "h": h,
        "n": n,
        "(h + n)": h + n,
        "(h' - n)": new - n,
        "1": np.ones_like(h),
    }
    own = 1.0 - z if cell.swap else z  # the gate as the student has it
    yield from _product(
        da,
        [{"d_new_hidden_state": d}, difference, _slopes("z", own)],
        "da_z",
        *_names("z"),
        "later",
    )


def _reset(cell: GruForm, points: list[GruRow], every: Mapping[str, Array]) -> Iterator[Finding]:
    """da_r, on the student's own da_n."""
    h, r, q, n = (
        _stack(points, of) for of in (lambda p: p.h, lambda p: p.r, lambda p: p.q, lambda p: p.n)
    )
    da_n = _of_candidate(cell, points, every)
    U = cell.values["U_h"]
    partner = {"h": h, "(r * h)": r * h, "n": n, "1": np.ones_like(h)}
    if cell.form == "before":
        back = {"da_n @ U_h.T": da_n @ U.T, "da_n @ U_h": da_n @ U, "da_n": da_n}
    else:
        back = {"da_n": da_n, "da_n @ U_h.T": da_n @ U.T, "da_n @ U_h": da_n @ U}
        name = "(h @ U_h + b_h)" if cell.form == "inside" else "(h @ U_h)"
        partner = {name: q, "(r * (h @ U_h))": r * q, **partner}
    yield from _product(every["r"], [back, partner, _slopes("r", r)], "da_r", *_names("r"), "later")


def _slopes(name: str, gate: Array) -> dict[str, Array]:
    """The slope of a gate's sigmoid, and what may stand in its place."""
    return {
        f"{name} * (1 - {name})": gate * (1.0 - gate),
        "1": np.ones_like(gate),
        f"(1 - {name})": 1.0 - gate,
        name: gate,
        f"(1 - {name}**2)": 1.0 - gate**2,
    }


def _of_candidate(cell: GruForm, points: list[GruRow], every: Mapping[str, Array]) -> Array:
    if cell.form != "inside":
        return every["h"]
    return np.asarray(every["h"] / _stack(points, lambda p: p.r))


def _weights(cell: GruForm, points: list[GruRow], gate: str, da: Array) -> Iterator[Finding]:
    """The vector that each weight gradient multiplies da with: with one row it is the only one."""
    if not all(one.any() for one in da):
        return
    plain = [
        {"x": p.x, "h": p.h, "h'": p.new, "(r * h)": p.r * p.h, "n": p.n, "r": p.r} for p in points
    ]
    through = da
    if gate == "h" and cell.form == "inside":
        through = da / _stack(points, lambda p: p.r)
    for kind, due in (
        ("W", "x"),
        ("U", "(r * h)" if gate == "h" and cell.form == "before" else "h"),
    ):
        name = f"{kind}_{gate}"
        side = through
        if gate == "h" and kind == "U" and cell.form != "before":
            side = through * _stack(points, lambda p: p.r)
            if _is_outer(points, name, plain, "h", through):
                yield finding(
                    say(
                        "{name}: the gradient lacks r: behind the product da_n passes r first.",
                        name=name,
                    ),
                    name,
                )
                continue
        if _is_outer(points, name, plain, due, side):
            continue
        others = [what for what in plain[0] if _is_outer(points, name, plain, what, side)]
        if others:
            yield finding(
                say("{name}: da_{gate} is multiplied with {found} where {due} belongs.",
                    name=name, gate="n" if gate == "h" else gate, found=others[0], due=due), name
            )  # fmt: skip
        elif not any(point.gave[name].any() for point in points):
            yield finding(say("The gradient of {name} is zero.", name=name), name)


def _second_bias(cell: GruForm, points: list[GruRow], da: Array) -> Iterator[Finding]:
    """The candidate's other bias stands with h @ U_h, inside what r is multiplied with."""
    name = "b_h (2)"
    if cell.form != "after" or any(name not in point.gave for point in points):
        return
    if near(np.stack([point.gave[name] for point in points]), da):
        yield finding(
            say(
                "The gradient of the bias beside h @ U_h is da_n; r multiplies that bias too: da_n * r."
            ),
            "b_h",
        )


def _is_outer(
    points: list[GruRow], name: str, vectors: list[dict[str, Array]], what: str, side: Array
) -> bool:
    if vectors[0][what].shape[1] != points[0].gave[name].shape[0]:
        return False
    return all(
        near(point.gave[name], vector[what].T @ da[None])
        for point, vector, da in zip(points, vectors, side, strict=True)
    )


def _input(cell: GruForm, points: list[GruRow], da: Mapping[str, Array]) -> Iterator[Finding]:
    """dL/dx: what comes through each gate and the candidate, on the student's own da."""
    target = _stack(points, lambda p: p.gave["input_t"])
    every = {**da, "h": _of_candidate(cell, points, da)}
    slots = [
        {f"da_{_letter(gate)} @ W_{gate}.T": every[gate] @ cell.values[f"W_{gate}"].T}
        for gate in gru_roles.GATES
    ]
    yield from _sum_of(target, slots, "input_t")


def _letter(gate: str) -> str:
    return "n" if gate == "h" else gate


def _state(cell: GruForm, points: list[GruRow], da: Mapping[str, Array]) -> Iterator[Finding]:
    """dL/dh by its four ways, on the student's own da."""
    target = _stack(points, lambda p: p.gave["hidden_state"])
    d, z, r = (_stack(points, of) for of in (lambda p: p.d, lambda p: p.z, lambda p: p.r))
    old, new = _shares(cell)
    U = cell.values
    da_n = _of_candidate(cell, points, da)
    kept = {
        f"d_new_hidden_state * {old}": d * z,
        f"d_new_hidden_state * {new}": d * (1.0 - z),
        "d_new_hidden_state": d,
    }
    by_z = {"da_z @ U_z.T": da["z"] @ U["U_z"].T, "da_z @ U_z": da["z"] @ U["U_z"]}
    by_r = {"da_r @ U_r.T": da["r"] @ U["U_r"].T, "da_r @ U_r": da["r"] @ U["U_r"]}
    if cell.form == "before":
        by_n = {
            "(da_n @ U_h.T) * r": (da_n @ U["U_h"].T) * r,
            "da_n @ U_h.T": da_n @ U["U_h"].T,
            "(da_n @ U_h) * r": (da_n @ U["U_h"]) * r,
        }
    else:
        by_n = {
            "(da_n * r) @ U_h.T": (da_n * r) @ U["U_h"].T,
            "da_n @ U_h.T": da_n @ U["U_h"].T,
            "(da_n * r) @ U_h": (da_n * r) @ U["U_h"],
        }
    yield from _sum_of(target, [kept, by_z, by_r, by_n], "hidden_state")


def _sum_of(target: Array, slots: Sequence[Forms], name: str) -> Iterator[Finding]:
    """The finding about a sum of which a term is missing, another, or comes with another number."""
    if not target.any():
        yield finding(say("The gradient of {name} is zero.", name=name), name)
        return
    found = made_of(target, slots)
    if found is None:
        return
    for one, is_, number in zip(slots, *found, strict=True):
        due = next(iter(one))
        if number == 0.0:
            yield finding(
                say("The gradient of {name} lacks one of its ways: {due}.", name=name, due=due),
                name,
            )
        elif is_ != due:
            yield finding(
                say(
                    "The gradient of {name} has {found} where {due} belongs.",
                    name=name,
                    found=is_,
                    due=due,
                ),
                name,
            )
        elif number != 1.0:
            yield finding(
                say("In the gradient of {name} stands {number} times {due}.",
                    name=name, number=f"{number:.3g}", due=due), name
            )  # fmt: skip
