"""Which way to compute the gradient at z explains the student's, by what of it is not right."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import numpy as np

from grader.diagnosis.backward.chain_model import (
    AFTER,
    DERIVATIVES,
    FACTORS,
    HANDED,
    MATRICES,
    RIGHT,
    Chain,
    ChainModel,
)
from grader.diagnosis.experiments import impulses, patterns
from grader.diagnosis.experiments.network import Network
from grader.diagnosis.experiments.patterns import Reading
from grader.protocol import Array

COEFFICIENT = re.compile(r"(?<![\w^.])\d+(?:\.\d+)?(?!\w)")  # a number that is no power or index


def modelled(chain: Chain) -> tuple[Reading, ...] | None:
    """What is here of the pairs of steps, and the factors that explain the values there."""
    T = chain.imp.size.T
    if chain.here[np.triu(np.ones((T, T), bool), 1)].any():
        return None
    directs = [
        name
        for name in DERIVATIVES
        if chain.right_where_here(chain.model(ChainModel(direct=name), depth=0), 0)
    ]
    known = (form for form in _forms() if form.direct in directs)
    forms = itertools.chain(known, _measured_forms(chain))
    form = next((form for form in forms if chain.fits(form)), None)
    found = (
        _words(form)
        if form is not None
        else _at_some(chain) or (_by_other_matrix(chain, directs[0]) if directs else None)
    )
    if found is None:
        return _weighted(chain)
    found = tuple(_with_sizes(chain, one) for one in found)
    gaps = _gaps(chain)
    return None if gaps is None else (*gaps, *found)


def _with_sizes(chain: Chain, reading: Reading) -> Reading:
    """A factor read off here, with the names of the sizes that its numbers are elsewhere."""
    form = reading.facts.get("form")
    if not isinstance(form, str) or form in DERIVATIVES or form not in chain.measured:
        return reading
    longer = impulses.measure(Network.make(chain.imp.net.cls, impulses.LONGER))
    other = next(iter(Chain.of(longer).measured), "") if longer is not None else ""
    here, there = (COEFFICIENT.findall(text) for text in (form, other))
    if COEFFICIENT.sub("", form) != COEFFICIENT.sub("", other):
        return Reading("chain_off", {"lag": 0})
    named = [_named(*numbers) for numbers in zip(here, there, strict=True)]
    if "" in named:
        return Reading("chain_off", {"lag": 0})
    names = iter(named)
    return Reading(
        reading.kind, {**reading.facts, "form": COEFFICIENT.sub(lambda _: next(names), form)}
    )


def _named(here: str, there: str) -> str:
    """The number itself, or the size that it is at both points; "" where it is neither."""
    if here == there:
        return here
    sizes = zip("TBIHO", impulses.POINT, impulses.LONGER, strict=True)
    return next((name for name, one, other in sizes if (here, there) == (f"{one}", f"{other}")), "")


def one_output_everywhere(chain: Chain, step: int) -> tuple[Reading, ...] | None:
    """d_outputs of one step acts at every step, on a way that is right or has one thing wrong."""
    told = patterns.output_everywhere(step, chain.imp.size.T)
    if chain.imp.net.alike(chain.own[step], chain.imp.reach.sum(axis=0)):
        return (told,)
    for form in _forms_of_one_fault():
        if chain.imp.net.alike(chain.own[step], chain.model(form).sum(axis=0)):
            return (told, *_words(form))
    return None


def _forms_of_one_fault() -> Iterator[ChainModel]:
    for form in DERIVATIVES:
        yield ChainModel(direct=form, recurrent=form)
    for matrix, handed in itertools.product(MATRICES, HANDED):
        yield ChainModel(matrix=matrix, handed=handed)
    for form in DERIVATIVES:
        yield ChainModel(carried=form)


def by_sum(chain: Chain) -> tuple[tuple[Reading, ...], Array] | None:
    """One thing wrong of which db_h, the sum over the steps, is what came; and dz as that makes it."""
    imp = chain.imp
    for form in _forms_of_one_fault():
        dz = chain.model(form)
        if all(
            imp.net.alike(one["b_h"], dz[key].sum(axis=0), imp.scale["b_h"])
            for key, one in imp.got.items()
        ):
            return _words(form), dz
    return None


def _at_some(chain: Chain) -> tuple[Reading, ...] | None:
    """Steps at which another factor stands than at the others, where 1 - h_t^2 does."""
    T = chain.imp.size.T
    right = chain.model(ChainModel(), depth=0)
    off = [t for t in range(T) if not chain.imp.net.alike(chain.own[t, :, :, t], right[t, :, :, t])]
    if not off or len(off) > T // 2:
        return None
    for name in DERIVATIVES:
        if chain.fits(ChainModel(special=tuple(off), special_form=name)):
            return (Reading("derivative_at", {"steps": tuple(off), "form": name}),)
    return None


def _by_other_matrix(chain: Chain, direct: str) -> tuple[Reading, ...] | None:
    """One and the same matrix on every way back, which is not the recurrent one."""
    form = ChainModel(direct=direct, recurrent=direct)
    T, _, _, H, _ = chain.imp.size
    factors = chain.factors(direct, form)
    before = np.concatenate([chain.own[t, :, :, t].reshape(-1, H) for t in range(1, T)])
    after = np.concatenate(
        [(chain.own[t, :, :, t - 1] / factors[t - 1][:, None]).reshape(-1, H) for t in range(1, T)]
    )
    if not np.all(np.isfinite(after)) or not after.any():
        return None
    matrix = np.linalg.lstsq(before, after, rcond=None)[0]
    if not chain.fits(form, matrix):
        return None
    used = chain.imp.net.used
    inputs = any(
        np.allclose(matrix, used["W_xh"][k : k + H].T, atol=1e-3)
        for k in range(len(used["W_xh"]) - H + 1)
    )
    other = Reading("recurrent_matrix", {"form": "W_xh" if inputs else "another matrix"})
    return (other,) if direct == RIGHT else (Reading("derivative", {"form": direct}), other)


def _gaps(chain: Chain) -> tuple[Reading, ...] | None:
    """Where nothing is that should be; None where that has no simple shape."""
    T, B, _, _, O = chain.imp.size  # noqa: E741  # sizes as in the equations
    w = np.where(chain.here, 1.0, 0.0)[:, None, None, :] * np.ones((T, B, O, T))
    w[np.broadcast_to(np.triu(np.ones((T, T), bool), 1)[:, None, None, :], w.shape)] = np.nan
    found = patterns.read(w)
    if found is None:
        return None
    return () if found.kind == "right" else (found,)


def _weighted(chain: Chain) -> tuple[Reading, ...] | None:
    """Right contributions, some counted more or less than once."""
    true, got = chain.imp.reach, chain.own
    lengths = np.sum(true * true, axis=-1)
    T = chain.imp.size.T
    due = np.broadcast_to(np.tril(np.ones((T, T), bool))[:, None, None, :], lengths.shape)
    w = np.where(due, np.sum(got * true, axis=-1) / np.where(due, lengths, 1.0), np.nan)
    if not chain.imp.net.alike(np.nan_to_num(w)[..., None] * true, got):
        return None
    found = patterns.read(w)
    return (found,) if found is not None else (Reading("counted_unevenly"),)


def _forms() -> Iterator[ChainModel]:
    """The likelier the earlier: one thing wrong, then two."""
    yield ChainModel()
    for form in DERIVATIVES:
        yield ChainModel(direct=form, recurrent=form)
    for form in DERIVATIVES:
        yield ChainModel(recurrent=form)
        yield ChainModel(direct=form)
    for matrix, factor, handed in itertools.product(MATRICES, FACTORS, HANDED):
        yield ChainModel(matrix=matrix, factor=factor, handed=handed)
    for form in DERIVATIVES:
        yield ChainModel(carried=form)
    for form, matrix, handed in itertools.product(DERIVATIVES, MATRICES, HANDED):
        yield ChainModel(direct=form, recurrent=form, matrix=matrix, handed=handed)
    for form, matrix, handed in itertools.product(DERIVATIVES, MATRICES, HANDED):
        yield ChainModel(recurrent=form, matrix=matrix, handed=handed)


def _measured_forms(chain: Chain) -> Iterator[ChainModel]:
    """With the factors that single steps show, whatever people may write."""
    if chain.measured:
        direct, *other = chain.measured
        yield ChainModel(direct=direct, recurrent=other[0] if other else direct)


def _words(form: ChainModel) -> tuple[Reading, ...]:
    """What of the form is not right."""
    found = []
    if form.direct == form.recurrent != RIGHT:
        found.append(Reading("derivative", {"form": form.direct}))
    elif RIGHT not in {form.direct, form.recurrent}:
        found.append(Reading("derivatives", {"direct": form.direct, "recurrent": form.recurrent}))
    else:
        found += [
            Reading(kind, {"form": one})
            for kind, one in (
                ("direct_derivative", form.direct),
                ("recurrent_derivative", form.recurrent),
            )
            if one != RIGHT
        ]
    if form.carried:
        found.append(Reading("carried_derivative", {"form": form.carried}))
    if form.handed == AFTER:
        found.append(Reading("slope_behind_matrix"))
    elif form.handed != "dz":
        found.append(Reading("handed_back", {"what": form.handed}))
    if form.matrix != "W_hh.T":
        found.append(Reading("recurrent_matrix", {"form": form.matrix}))
    if form.factor != 1.0:
        found.append(Reading("lag_factor", {"number": form.factor}))
    return tuple(found)
