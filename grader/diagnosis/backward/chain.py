"""Explain the gradient at z itself, which dW_xh, dW_hh and db_h share.

Rows of dW_xh show it step by step. It is compared with what it should be: first where it is not
zero at all, then by trying the factors that people write for tanh' and for the way back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.diagnosis.backward.chain_forms import by_sum, modelled, one_output_everywhere
from grader.diagnosis.backward.chain_model import DERIVATIVES, RIGHT, Chain
from grader.diagnosis.experiments.impulses import Impulses
from grader.diagnosis.experiments.patterns import CLOSE, Reading
from grader.protocol import Array

SHIFTS = {"output_index", "last_output_everywhere", "output_everywhere", "outputs_reversed"}


@dataclass(frozen=True)
class Explained:
    """Readings that explain dz together, and dz as they say it is, (T, B, O, T, H)."""

    readings: tuple[Reading, ...]
    dz: Array
    mixed: Array | None = None  # (T, B, O, T, B, H), where it reaches other sequences


def explain(imp: Impulses) -> Explained | None:
    """Why dz is wrong; None where nothing here explains it."""
    chain = Chain.of(imp)
    if chain.mixed:
        return Explained((Reading(_of_the_batch(chain)),), chain.own, chain.got)
    if (crossed := _caches_of_steps(chain) or _skips(chain)) is not None:
        return Explained((crossed,), chain.own)
    for each in (_shifted, _inner_loop, _in_time, modelled):
        if (found := each(chain)) is not None:
            return Explained(found, chain.own)
    place = (
        _skipped(chain)
        or _acting(chain)
        or _at_steps(chain)
        or _slopes_of(chain)
        or _of_output(chain)
        or _units_mixed(chain)
        or _place(chain)
    )
    return None if place is None else Explained((place,), chain.own)


def _of_the_batch(chain: Chain) -> str:
    """How an impulse gets to another sequence."""
    if _goes_on(chain):
        return "goes_on"
    total = np.abs(chain.got.sum(axis=4)).max()
    return "samples_centred" if total <= chain.imp.net.limit * chain.scale else "samples_mixed"


def explain_unseen(imp: Impulses) -> Explained | None:
    """The same from db_h alone, where dW_xh is spoilt in a way of its own."""
    found = by_sum(Chain.unseen(imp))
    return None if found is None else Explained(*found)


def _inner_loop(chain: Chain) -> tuple[Reading, ...] | None:
    """What belongs to an output's own step stands at step 0, for every output but the first."""
    T, true = chain.imp.size.T, chain.imp.reach
    own = np.array([true[t, :, :, t] for t in range(1, T)])
    begins = chain.imp.net.alike(chain.own[1:, :, :, 0], own, chain.scale)
    return (Reading("inner_loop_forward"),) if begins else None


def _goes_on(chain: Chain) -> bool:
    """Whether the way back through one sequence begins with what the one before it left over."""
    T, B, _, _, _ = chain.imp.size
    derivative = DERIVATIVES[RIGHT]
    for one, next_ in ((0, B - 1), (B - 1, 0)):
        wanted = np.zeros_like(chain.got)
        for b in range(B):
            wanted[:, b, :, :, b] = chain.imp.reach[:, b]
        dz = chain.imp.reach[:, one, :, 0]  # (T, O, H), at the first step
        for s in range(T - 1, -1, -1):
            dz = dz @ chain.imp.net.used["W_hh"].T * derivative(chain.imp.states, s)[next_]
            wanted[:, one, :, s, next_] = dz
        if chain.imp.net.alike(chain.got, wanted):
            return True
    return False


def _skipped(chain: Chain) -> Reading | None:
    """Steps that nothing comes from and nothing gets to."""
    none = [
        s for s in range(chain.imp.size.T) if not chain.here[s].any() and not chain.here[:, s].any()
    ]
    return Reading("steps_skipped", {"steps": tuple(none)}) if none else None


def _at_steps(chain: Chain) -> Reading | None:
    """Steps at which dz is wrong for all outputs, the other steps being right."""
    T, true = chain.imp.size.T, chain.imp.reach
    off = [
        s
        for s in range(T)
        if not chain.imp.net.alike(chain.own[:, :, :, s], true[:, :, :, s], chain.scale)
    ]
    if len(off) > T // 2:
        return None
    h = chain.imp.states
    for form, made in DERIVATIVES.items():
        wanted = [true[:, :, :, s] * _factor(h, s, made)[:, None] for s in off]
        if all(
            chain.imp.net.alike(chain.own[:, :, :, s], one, chain.scale)
            for s, one in zip(off, wanted, strict=True)
        ):
            return Reading("derivative_at", {"steps": tuple(off), "form": form})
    return Reading("chain_off_at", {"steps": tuple(off)})


def _slopes_of(chain: Chain) -> Reading | None:
    """At an output's own step: 1 - h_r^2 of one other step r for each step."""
    T, h = chain.imp.size.T, chain.imp.states
    partner = []
    for t in range(T):
        bare = chain.imp.reach[t, :, :, t] / DERIVATIVES[RIGHT](h, t)[:, None]
        fitting = [
            r
            for r in range(T)
            if chain.imp.net.alike(chain.own[t, :, :, t], bare * DERIVATIVES[RIGHT](h, r)[:, None])
        ]
        if not fitting:
            return None
        partner.append(fitting[0])
    if partner == list(range(T)):
        return None
    return Reading("derivative_of_steps", {"with_steps": tuple(partner)})


def _acting(chain: Chain) -> Reading | None:
    """How often d_outputs of each step acts as that of each other, if the way back is right."""
    T = chain.imp.size.T
    due, got = (one.reshape(T, -1) for one in (chain.imp.reach, chain.own))
    shares = np.linalg.lstsq(due.T, got.T, rcond=None)[0].T  # (T acting, T as which)
    if not chain.imp.net.alike(shares @ due, got) or np.abs(shares - np.eye(T)).max() <= CLOSE:
        return None
    known = {
        "centred": np.eye(T) - 1 / T,
        "sum_so_far": np.triu(np.ones((T, T))),
        "sum_from_here": np.tril(np.ones((T, T))),
        "mean": np.full((T, T), 1 / T),
    }
    how = (how for how, table in known.items() if np.abs(shares - table).max() <= CLOSE)
    return Reading("outputs_act", {"how": next(how, "other")})


def _of_output(chain: Chain) -> Reading | None:
    """dh at an output's own step, the same at every step, where it is not that row of W_hy."""
    T = chain.imp.size.T
    slopes = 1 - chain.imp.states[1:, :, None] ** 2  # (T, B, 1, H)
    got = np.array([chain.own[t, :, :, t] for t in range(T)]) / slopes
    due = np.einsum("po,ho->ph", chain.imp.ways, chain.imp.net.used["W_hy"])  # (O, H)
    mean = got.mean(axis=(0, 1))
    if not chain.imp.net.alike(got, np.broadcast_to(mean, got.shape)):
        return None
    if chain.imp.net.alike(mean, due):
        return None
    gone = np.abs(mean).max(axis=0) <= chain.imp.net.limit * chain.scale
    if gone.any() and chain.imp.net.alike(mean, due * ~gone):
        return Reading("units_stopped", {"units": tuple(int(n) for n in np.flatnonzero(gone))})
    if chain.imp.net.alike(mean, due + due @ chain.imp.net.used["W_hh"].T):
        return Reading("handed_to_itself")
    if chain.imp.net.alike(mean, due - due.mean(axis=1, keepdims=True)):
        return Reading("units_centred", {"what": "dh"})
    return Reading("output_weights_other")


def _units_mixed(chain: Chain) -> Reading | None:
    """At every output's own step: one and the same matrix between the units of dz."""
    T, H = chain.imp.size.T, chain.imp.size.H
    due, got = (
        np.array([one[t, :, :, t] for t in range(T)]).reshape(-1, H)
        for one in (chain.imp.reach, chain.own)
    )
    matrix, _, rank, _ = np.linalg.lstsq(due, got, rcond=None)
    if rank < H or chain.imp.net.alike(due, got) or not chain.imp.net.alike(due @ matrix, got):
        return None
    centred = chain.imp.net.alike(due - due.mean(axis=1, keepdims=True), got)
    return Reading("units_centred" if centred else "units_mixed", {"what": "dz"})


def _skips(chain: Chain) -> Reading | None:
    """What a step hands back lands two steps before it, and nothing at the step between."""
    T, slopes = chain.imp.size.T, 1 - chain.imp.states[1:, :, None] ** 2
    made = np.zeros_like(chain.own)
    for t in range(T):
        made[t, :, :, t] = chain.imp.reach[t, :, :, t]
        for s in range(t - 2, -1, -2):
            made[t, :, :, s] = made[t, :, :, s + 2] @ chain.imp.net.used["W_hh"].T * slopes[s]
    return Reading("carry_skips", {"steps": 2}) if chain.imp.net.alike(chain.own, made) else None


def _caches_of_steps(chain: Chain) -> Reading | None:
    """Every step works with the input and the states of another: x_r, h_(r-1) and h_r for one r."""
    T = chain.imp.size.T
    used, h = chain.imp.net.used, chain.imp.states
    start = np.einsum("po,ho->ph", chain.imp.ways, used["W_hy"])
    for order in (
        range(T - 1, -1, -1),
        [(t - 1) % T for t in range(T)],
        [(t + 1) % T for t in range(T)],
    ):
        others = list(order)
        made = np.zeros_like(chain.own)
        for t in range(T):
            dh = np.broadcast_to(start, chain.own.shape[1:3] + start.shape[1:])
            for s in range(t, -1, -1):
                dz = dh * (1 - h[others[s] + 1] ** 2)[:, None]
                made[t, :, :, others[s]] += dz
                dh = dz @ used["W_hh"].T
        if chain.imp.net.alike(chain.own, made):
            return Reading("caches_of_steps", {"with_steps": tuple(others)})
    return None


def _factor(h: Array, s: int, made: Callable[[Array, int], Array]) -> Array:
    """What this derivative is of the right one at a step, (B, H)."""
    return np.asarray(made(h, s) / DERIVATIVES[RIGHT](h, s))


def _shifted(chain: Chain) -> tuple[Reading, ...] | None:
    """Outputs' gradients that act at another step."""
    true, got, T = chain.imp.reach, chain.own, chain.imp.size.T
    for offset in (1, -1):
        rows = [(t, t + offset) for t in range(T) if 0 <= t + offset < T]
        inside = all(chain.imp.net.alike(got[t], true[other]) for t, other in rows)
        if inside:
            return (Reading("output_index", {"offset": offset}),)
    for step in range(T):
        if not np.delete(chain.here, step, axis=0).any() and (
            found := one_output_everywhere(chain, step)
        ):
            return found
    if chain.imp.net.alike(got, np.broadcast_to(true.sum(axis=0), got.shape)):
        return (Reading("outputs_summed"),)
    if chain.imp.net.alike(got, true[::-1]):
        return (Reading("outputs_reversed"),)
    return None


def _in_time(chain: Chain) -> tuple[Reading, ...] | None:
    """A recursion that runs from the first step to the last: each step reaches the next."""
    T = chain.imp.size.T
    later = np.triu(np.ones((T, T), bool), 1)
    earlier = later.T
    onward = int(chain.here.diagonal(1).sum()) >= T - 2  # of T - 1; an end may be left out
    if onward and chain.here[later].any() and not chain.here[earlier].any():
        return (Reading("forward_in_time"),)
    return None


def _place(chain: Chain) -> Reading | None:
    """Up to how many steps back dz is right."""
    T, true = chain.imp.size.T, chain.imp.reach
    for lag in range(T):
        pairs = [(t, t - lag) for t in range(lag, T)]
        if not all(
            chain.imp.net.alike(chain.own[t, :, :, s], true[t, :, :, s], chain.scale)
            for t, s in pairs
        ):
            return Reading("chain_off", {"lag": lag})
    return None
