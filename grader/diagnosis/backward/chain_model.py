"""The gradient at z as rows of dW_xh show it, and ways to compute it that people write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.diagnosis.backward import slopes
from grader.diagnosis.experiments.impulses import Impulses
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
    "1 - tanh(h_T)^2": lambda h, _: 1 - np.tanh(h[-1]) ** 2,
    "1 - z_t^2": lambda h, t: 1 - np.arctanh(h[t + 1]) ** 2,
    "1 - h_(t-1)^2": lambda h, t: 1 - h[t] ** 2,
    "1 - h_(t+1)^2": lambda h, t: 1 - h[min(t + 2, len(h) - 1)] ** 2,
    "(1 - h_t^2) * (1 - h_(t-1)^2)": lambda h, t: (1 - h[t + 1] ** 2) * (1 - h[t] ** 2),
    "(h_t > 0) * (1 - h_t^2)": lambda h, t: (h[t + 1] > 0) * (1 - h[t + 1] ** 2),
    "1 - h_t^2 of sequence 0": lambda h, t: np.broadcast_to(1 - h[t + 1][:1] ** 2, h[t].shape),
    "1 - h_t^2 of the last sequence": lambda h, t: np.broadcast_to(
        1 - h[t + 1][-1:] ** 2, h[t].shape
    ),
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
MATRICES: dict[str, Callable[[Array], Array]] = {
    "W_hh.T": lambda w: w.T,
    "W_hh": lambda w: w,
    "1": lambda w: np.eye(len(w)),
}
FACTORS = (1.0, -1.0, 2.0, 0.5)
AFTER = "(dz W_hh.T) * (1 - h_t^2)"  # the factor of the step itself, once more behind the matrix
# What goes back through the recurrent matrix, by dh, dz = dh * factor, and the factor.
HANDED: dict[str, Callable[[Array, Array, Array], Array]] = {
    "dz": lambda _, dz, __: dz,
    "dh": lambda dh, _, __: dh,
    "dz * (1 - h_t^2)": lambda _, dz, factor: dz * factor,
    AFTER: lambda _, dz, __: dz,
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
    carried: str = ""  # what dh is multiplied by before it is handed back, if not by its own factor
    special: tuple[int, ...] = ()  # steps at which the factor is `special_form`
    special_form: str = RIGHT


@dataclass(frozen=True)
class Chain:
    """The student's gradients at z: got[t, b, o, s] (H,), for an impulse at (t, b, o)."""

    imp: Impulses
    got: Array  # (T, B, O, T, B, H)

    @classmethod
    def unseen(cls, imp: Impulses) -> Chain:
        """Where dW_xh does not show it: good for models alone."""
        return cls(imp, np.empty(0))

    @classmethod
    def of(cls, imp: Impulses) -> Chain:
        T, B, _, H, O = imp.size  # noqa: E741  # sizes as in the equations
        got = np.array([imp.by_step(imp.got[key]["W_xh"]) for key in imp.keys])
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
        carried = self.factors(form.carried, form) if form.carried else None
        for t in range(T):
            dh = np.broadcast_to(start, (B, O, H))
            out[t, :, :, t] = dz = dh * direct[t][:, None]
            factor, kept = direct[t], dh if form.handed == "dh kept" else np.zeros_like(dh)
            for s in range(t - 1, -1 if depth is None else max(t - 1 - depth, -1), -1):
                if carried is None:
                    back = HANDED[form.handed](dh, dz, factor[:, None]) @ matrix
                else:
                    back = (dh * carried[s + 1][:, None]) @ matrix
                dh = kept + (back * factor[:, None] if form.handed == AFTER else back)
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
