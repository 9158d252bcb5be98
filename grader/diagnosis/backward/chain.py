"""Explain the gradient at z itself, which dW_xh, dW_hh and db_h share.

Rows of dW_xh show it step by step. It is compared with what it should be: first where it is not
zero at all, then by trying the factors that people write for tanh' and for the way back.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.diagnosis.backward import slopes
from grader.diagnosis.experiments import patterns
from grader.diagnosis.experiments.impulses import Impulses
from grader.diagnosis.experiments.patterns import Reading
from grader.protocol import Array

# What is written in place of tanh'(z) = 1 - h^2, by states h_0 to h_T (T+1, ...) and step t.
DERIVATIVES: dict[str, Callable[[Array, int], Array]] = {
    "1 - h_t^2": lambda h, t: 1 - h[t + 1] ** 2,
    "1": lambda h, t: np.ones_like(h[t]),
    "1 - h_t": lambda h, t: 1 - h[t + 1],
    "1 + h_t^2": lambda h, t: 1 + h[t + 1] ** 2,
    "h_t^2": lambda h, t: h[t + 1] ** 2,
    "h_t": lambda h, t: h[t + 1],
    "h_t * (1 - h_t)": lambda h, t: h[t + 1] * (1 - h[t + 1]),
    "(1 - h_t^2)^2": lambda h, t: (1 - h[t + 1] ** 2) ** 2,
    "1 - tanh(h_t)^2": lambda h, t: 1 - np.tanh(h[t + 1]) ** 2,
    "1 - z_t^2": lambda h, t: 1 - np.arctanh(h[t + 1]) ** 2,
    "1 - h_(t-1)^2": lambda h, t: 1 - h[t] ** 2,
    "1 - h_(t+1)^2": lambda h, t: 1 - h[min(t + 2, len(h) - 1)] ** 2,
    "1 - h_T^2": lambda h, _: 1 - h[-1] ** 2,
    "(z_t > 0)": lambda h, t: (h[t + 1] > 0).astype(float),
    "1 - tanh(z_t / 2)^2": lambda h, t: 1 - np.tanh(np.arctanh(h[t + 1]) / 2) ** 2,
    "tanh(z_t)": lambda h, t: np.tanh(h[t + 1]),
    "s(z_t) * (1 - s(z_t))": lambda h, t: _slope(np.arctanh(h[t + 1])),
    "(1 - h_t)^2": lambda h, t: (1 - h[t + 1]) ** 2,
    "1 - |h_t|": lambda h, t: 1 - np.abs(h[t + 1]),
    "1 / (1 - h_t^2)": lambda h, t: 1 / (1 - h[t + 1] ** 2),
    "1 - h_t^3": lambda h, t: 1 - h[t + 1] ** 3,
    "1 - h_t^4": lambda h, t: 1 - h[t + 1] ** 4,
    "(1 - h_t^2)^0.5": lambda h, t: (1 - h[t + 1] ** 2) ** 0.5,
}
RIGHT = "1 - h_t^2"
SHIFTS = {"output_index", "last_output_everywhere", "output_everywhere", "outputs_reversed"}
MATRICES: dict[str, Callable[[Array], Array]] = {
    "W_hh.T": lambda w: w.T,
    "W_hh": lambda w: w,
    "1": lambda w: np.eye(len(w)),
}
FACTORS = (1.0, -1.0, 2.0, 0.5)
# What goes back through the recurrent matrix, by dh, dz = dh * factor, and the factor.
HANDED: dict[str, Callable[[Array, Array, Array], Array]] = {
    "dz": lambda _, dz, __: dz,
    "dh": lambda dh, _, __: dh,
    "dz * (1 - h_t^2)": lambda _, dz, factor: dz * factor,
    "sum": lambda _, dz, __: dz,  # and what was handed back before is kept: see `model`
    "dh kept": lambda _, dz, __: dz,  # and dh of the step itself is kept as well
}


def _slope(z: Array) -> Array:
    s = 1 / (1 + np.exp(-z))
    return np.asarray(s * (1 - s))


@dataclass(frozen=True)
class ChainModel:
    """A way to compute dz: the factors on the way from an output and from the step after."""

    direct: str = RIGHT
    recurrent: str = RIGHT
    matrix: str = "W_hh.T"
    factor: float = 1.0  # of the matrix
    handed: str = "dz"  # a key of HANDED
    special: tuple[int, ...] = ()  # steps at which the factor is `special_form`
    special_form: str = RIGHT


@dataclass(frozen=True)
class Chain:
    """The student's gradients at z: got[t, b, o, s] (H,), for an impulse at (t, b, o)."""

    imp: Impulses
    got: Array  # (T, B, O, T, B, H)

    @classmethod
    def of(cls, imp: Impulses) -> Chain:
        T, B, _, H, O = imp.size  # noqa: E741  # sizes as in the equations
        got = np.array([imp.got[key]["W_xh"].reshape(T, B, H) for key in imp.keys])
        return cls(imp, got.reshape(T, B, O, T, B, H))

    @cached_property
    def own(self) -> Array:
        """(T, B, O, T, H): within the impulse's own sequence."""
        return np.stack([self.got[:, b, :, :, b] for b in range(self.imp.size.B)], axis=1)

    @cached_property
    def scale(self) -> float:
        return float(np.abs(self.imp.reach).max())

    @cached_property
    def here(self) -> Array:
        """(T, T): whether an output step reaches a source step at all."""
        return np.asarray(np.abs(self.own).max(axis=(1, 2, 4)) > self._nothing)

    @property
    def _nothing(self) -> float:
        return self.imp.net.limit * self.scale

    @cached_property
    def mixed(self) -> bool:
        """Whether an impulse reaches another sequence of the batch."""
        others = self.got.copy()
        for b in range(self.imp.size.B):
            others[:, b, :, :, b] = 0.0
        return bool(np.abs(others).max() > 10 * self._nothing)

    @cached_property
    def measured(self) -> dict[str, slopes.Derivative]:
        """The factor at an output's own step and the one a step back, where they can be read off."""
        T, used, h = self.imp.size.T, self.imp.net.used, self.imp.states
        start = np.einsum("po,ho->ph", self.imp.ways, used["W_hy"])
        own = np.array([self.own[t, :, :, t] for t in range(1, T)])
        back = np.array([self.own[t, :, :, t - 1] for t in range(1, T)])
        with np.errstate(all="ignore"):
            direct = slopes.measured(own / start, list(range(1, T)), h)
            recurrent = slopes.measured(back / (own @ used["W_hh"].T), list(range(T - 1)), h)
        return {} if direct is None or recurrent is None else dict((direct, recurrent))

    def derivative(self, form: str) -> slopes.Derivative:
        return DERIVATIVES.get(form) or self.measured[form]

    def model(
        self, form: ChainModel, matrix: Array | None = None, depth: int | None = None
    ) -> Array:
        """What this way to compute dz gives, (T, B, O, T, H), up to `depth` steps back.

        matrix: what stands for the recurrent one on the way back, if it is none of `MATRICES`.
        """
        T, B, _, H, O = self.imp.size  # noqa: E741  # sizes as in the equations
        used = self.imp.net.used
        if matrix is None:
            matrix = form.factor * MATRICES[form.matrix](used["W_hh"])
        out = np.zeros((T, B, O, T, H))
        start = np.einsum("po,ho->ph", self.imp.ways, used["W_hy"])  # (O, H)
        direct, recurrent = (self.factors(name, form) for name in (form.direct, form.recurrent))
        for t in range(T):
            dh = np.broadcast_to(start, (B, O, H))
            out[t, :, :, t] = dz = dh * direct[t][:, None]
            factor, kept = direct[t], dh if form.handed == "dh kept" else np.zeros_like(dh)
            for s in range(t - 1, -1 if depth is None else max(t - 1 - depth, -1), -1):
                dh = kept + HANDED[form.handed](dh, dz, factor[:, None]) @ matrix
                kept = dh if form.handed in {"sum", "dh kept"} else kept
                factor = recurrent[s]
                out[t, :, :, s] = dz = dh * factor[:, None]
        return out

    def factors(self, name: str, form: ChainModel) -> Array:
        """The factor at each step, (T, B, H)."""
        h, special = self.imp.states, form.special
        names = [form.special_form if t in special else name for t in range(self.imp.size.T)]
        return np.stack([self.derivative(one)(h, t) for t, one in enumerate(names)])

    def right_where_here(self, wanted: Array, depth: int | None = None) -> bool:
        """Whether dz is as wanted at all pairs of steps, up to `depth` back, where there is anything."""
        T = self.imp.size.T
        lags = np.subtract.outer(np.arange(T), np.arange(T))
        near = self.here if depth is None else self.here & (lags <= depth)
        mask = near[:, None, None, :, None]
        return self.imp.net.alike(self.own * mask, wanted * mask) and bool(self.here.any())

    def fits(self, form: ChainModel, matrix: Array | None = None) -> bool:
        """Whether this is how dz is computed; one step back is looked at first, being cheap."""
        return self.right_where_here(self.model(form, matrix, 1), 1) and self.right_where_here(
            self.model(form, matrix)
        )


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
        kind = "goes_on" if _goes_on(chain) else "samples_mixed"
        return Explained((Reading(kind),), chain.own, chain.got)
    for each in (_shifted, _in_time, _modelled):
        if (found := each(chain)) is not None:
            return Explained(found, chain.own)
    place = _skipped(chain) or _at_steps(chain) or _slopes_of(chain) or _place(chain)
    return None if place is None else Explained((place,), chain.own)


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
        if not np.delete(chain.here, step, axis=0).any() and chain.imp.net.alike(
            got[step], true.sum(axis=0)
        ):
            return (patterns.output_everywhere(step, T),)
    if chain.imp.net.alike(got, np.broadcast_to(true.sum(axis=0), got.shape)):
        return (Reading("outputs_summed"),)
    if chain.imp.net.alike(got, true[::-1]):
        return (Reading("outputs_reversed"),)
    return None


def _in_time(chain: Chain) -> tuple[Reading, ...] | None:
    """A recursion that runs from the first step to the last."""
    T = chain.imp.size.T
    later = np.triu(np.ones((T, T), bool), 1)
    earlier = later.T
    if chain.here[later].any() and not chain.here[earlier].any():
        return (Reading("forward_in_time"),)
    return None


def _modelled(chain: Chain) -> tuple[Reading, ...] | None:
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
    gaps = _gaps(chain)
    return None if gaps is None else (*gaps, *found)


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
    else:
        found += [
            Reading(kind, {"form": one})
            for kind, one in (
                ("direct_derivative", form.direct),
                ("recurrent_derivative", form.recurrent),
            )
            if one != RIGHT
        ]
    if form.handed != "dz":
        found.append(Reading("handed_back", {"what": form.handed}))
    if form.matrix != "W_hh.T":
        found.append(Reading("recurrent_matrix", {"form": form.matrix}))
    if form.factor != 1.0:
        found.append(Reading("lag_factor", {"number": form.factor}))
    return tuple(found)


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
