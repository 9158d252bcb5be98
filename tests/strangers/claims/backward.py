"""Claims about backward, against single impulses of d_outputs and inputs that are one-hot in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from tests.strangers.bases import RNN, Array, Base, Views
from tests.strangers.claims import Claim, Facts, Verdicts, formula, plain
from tests.strangers.program import Net, Sizes, by_hand, drawn, rnn_shapes

SIZES: Sizes = (5, 2, 10, 7, 3)  # steps, samples and units are told of an experiment of these
OTHER_SIZES: Sizes = (7, 3, 21, 4, 2)
# What these claim of one size holds at any other.
ANY_SIZE = {
    "factor", "derivative", "recurrent_derivative", "direct_derivative", "derivative_missing",
    "recurrent_matrix", "lag_factor", "handed_back", "bptt_depth", "stays_zero", "transposed",
    "state_index", "input_index", "state_wraps", "only_step", "summed_over_all", "output_index", "outputs_reversed",
}  # fmt: skip
# What remains where d_outputs is 0: said and tried apart; the rest is judged without it.
CONSTANT = {
    "constant_term", "state_handed_back", "starts_not_zero", "derivative_added", "decay_added",
}  # fmt: skip
SMALL = 1e-3
CLOSE = 1e-4
Key = tuple[int, int, int]  # (t, b, o) of an impulse


@dataclass(frozen=True)
class Model:
    """How dz and the arrays are made of an impulse; the textbook where nothing is claimed."""

    direct: str = "1 - h_t^2"
    recurrent: str = "1 - h_t^2"
    special: tuple[tuple[int, str], ...] = ()  # other factors at single steps
    matrix: str = "W_hh.T"
    times: float = 1.0
    handed: str = "dz"
    depth: int = 99
    cut: frozenset[int] = frozenset()
    acts_at: Any = None  # step -> step, where d_outputs acts at another
    no_outputs: frozenset[int] = frozenset()
    no_sources: frozenset[int] = frozenset()
    no_samples: frozenset[int] = frozenset()
    no_components: frozenset[int] = frozenset()
    no_units: frozenset[int] = frozenset()
    pairs: Any = None  # step -> step of the input or state beside dz
    beside: Any = None  # the same as a table of x_s or h_(s+1); nothing where it has none
    factor: float = 1.0
    without_derivative: bool = False
    transposed: bool = False
    summed: bool = False  # every element the sum of all
    zero: bool = False
    edge: str = "zero"  # what stands beside dz where an index leaves the sequence


PILING = {"sum", "dh kept"}  # ways to hand back that keep what was there


@dataclass
class Bench:
    """The program's gradients for every impulse, and what models give."""

    module: ModuleType
    base: Base
    sizes: Sizes = SIZES
    seed: int = 900
    without_constant: bool = False
    values: Views = field(init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        self.values = drawn(rnn_shapes(self.sizes), rng)
        T, B, I, _, _ = self.sizes  # noqa: E741  # sizes as in the equations
        self.x = np.eye(T * B).reshape(T, B, I) if T * B == I else rng.normal(size=(T, B, I))

    @cached_property
    def states(self) -> Array:
        """h_0 to h_T (T+1, B, H) of its own forward."""
        _, hidden = self.net().forward(self.x)
        return np.concatenate([np.zeros_like(hidden[:1]), hidden])

    def net(self) -> Net:
        return Net.make(self.module, self.base, self.sizes, self.values)

    def gradients(self, d: Array) -> Views:
        net = self.net()
        net.forward(self.x)
        return net.gradients(d)

    @cached_property
    def keys(self) -> list[Key]:
        T, B, _, _, O = self.sizes  # noqa: E741  # as above
        return list(np.ndindex(T, B, O))

    @cached_property
    def got(self) -> dict[Key, Views]:
        T, B, _, _, O = self.sizes  # noqa: E741  # as above
        found = {}
        still = self.gradients(np.zeros((T, B, O))) if self.without_constant else {}
        for key in self.keys:
            d = np.zeros((T, B, O))
            d[key] = SMALL
            found[key] = {
                name: (value - still.get(name, 0.0)) / SMALL
                for name, value in self.gradients(d).items()
            }
        return found

    def right(self, key: Key) -> Views:
        T, B, _, _, O = self.sizes  # noqa: E741  # as above
        d = np.zeros((T, B, O))
        d[key] = 1.0
        return by_hand(self.values, self.x, self.states[1:], d)

    @cached_property
    def scale(self) -> dict[str, float]:
        rights = [self.right(key) for key in self.keys]
        return {name: max(float(np.abs(one[name]).max()) for one in rights) for name in RNN}

    def dz(self, key: Key, model: Model) -> Array | None:
        """The gradient at z (T, B, H) that the model gives."""
        T, B, _, H, _ = self.sizes
        t, b, o = key
        out = np.zeros((T, B, H))
        if t in model.no_outputs or b in model.no_samples or o in model.no_components:
            return out
        t = t if model.acts_at is None else model.acts_at(t, T)
        if not 0 <= t < T:
            return out
        dh = self.values["W_hy"][:, o].copy()
        kept, first = dh if model.handed == "dh kept" else np.zeros(H), t
        matrix = formula.value(model.matrix, {"W_hh": self.values["W_hh"], "I": np.eye(H)})
        if matrix is None:
            return None
        while t >= 0 and first - t <= model.depth:
            text = dict(model.special).get(t, model.direct if t == first else model.recurrent)
            factor = self._factor(text, t, b)
            if factor is None:
                return None
            dz = dh * factor
            out[t, b] = dz
            if t in model.cut:
                break
            handed = formula.value("dz" if model.handed in PILING else model.handed, {
                "dz": dz, "dh": dh, **self._names(t, b)})  # fmt: skip
            if handed is None:
                return None
            dh = kept + model.times * (handed @ matrix)
            kept = dh if model.handed in PILING else kept
            t -= 1
        return out

    def _factor(self, text: str, t: int, b: int) -> Array | None:
        return formula.value(text, self._names(t, b))

    def _names(self, t: int, b: int) -> dict[str, Array]:
        h = self.states[:, b]
        return {
            "hh": h, "h_t": h[t + 1], "h_before": h[t], "h_next": h[min(t + 2, len(h) - 1)], "h_T": h[-1], "h_1": h[1],
            "z_t": np.arctanh(np.clip(h[t + 1], -1 + 1e-15, 1 - 1e-15)),
        }  # fmt: skip

    def modelled(self, name: str, key: Key, model: Model) -> Array | None:
        """One array, for one impulse."""
        if model.zero:
            return np.zeros(rnn_shapes(self.sizes)[name])
        dz = self.dz(key, model)
        if dz is None:
            return None
        if model.without_derivative:
            dz = dz / (1 - self.states[1:] ** 2)
        found = self._array(name, key, dz, model)
        found = found.T if model.transposed else found
        if model.no_units:
            found[..., list(model.no_units)] = 0.0
        found = np.full_like(found, found.sum()) if model.summed else found
        return model.factor * found

    def _array(self, name: str, key: Key, dz: Array, model: Model) -> Array:
        T, _, _, _, O = self.sizes  # noqa: E741  # as above
        t, b, o = key
        if name in {"W_hy", "b_y"}:
            d = np.zeros((T, dz.shape[1], O))
            acts = t if model.acts_at is None else model.acts_at(t, T)
            gone = t in model.no_outputs or b in model.no_samples or o in model.no_components
            if not gone and 0 <= acts < T and acts not in model.no_sources:
                d[acts, b, o] = 1.0
            if name == "b_y":
                return np.asarray(d.sum(axis=(0, 1)))
            return self._paired(self.states[1:], d, model, self.states, 1)
        if model.no_sources:
            dz = dz.copy()
            dz[list(model.no_sources)] = 0.0
        if name == "b_h":
            return np.asarray(dz.sum(axis=(0, 1)))
        if name == "W_xh":
            return self._paired(self.x, dz, model, self.x, 0)
        return self._paired(self.states[:-1], dz, model, self.states, 0)

    def _paired(self, beside: Array, dz: Array, model: Model, all_: Array, shift: int) -> Array:
        """Sum over steps of what stands beside dz times dz; other steps of it where claimed."""
        T = len(dz)
        if model.beside is not None:
            first = len(all_) - T  # 1 where h_0 stands before the states
            table = model.beside
            beside = np.array(
                [all_[table[s] + first] if s in table else 0 * all_[0] for s in range(T)]
            )
        if model.pairs is not None:
            places = [model.pairs(s + shift, T) for s in range(T)]
            beside = np.array([_taken(all_, p, model.edge) for p in places])
        return np.einsum("tbi,tbj->ij", beside, dz)

    def fits(self, name: str, model: Model) -> bool:
        limit = CLOSE * self.scale[name] * max(1.0, abs(model.factor))
        for key in self.keys:
            wanted = self.modelled(name, key, model)
            if wanted is None or wanted.shape != self.got[key][name].shape:
                return False
            forms = [wanted] if model.beside is None else [wanted, self.right(key)[name]]
            if not any(np.all(np.abs(self.got[key][name] - form) <= limit) for form in forms):
                return False
        return True

    @cached_property
    def own_dz(self) -> Array:
        """(T, B, O, T, B, H): what the one-hot inputs show of the program's own dz."""
        T, B, _, H, O = self.sizes  # noqa: E741  # as above
        flat = [self.got[key]["W_xh"].reshape(T, B, H) for key in self.keys]
        return np.array(flat).reshape(T, B, O, T, B, H)

    @cached_property
    def here(self) -> Array:
        """(T, T): whether an output's step reaches a source step."""
        return np.asarray(np.abs(self.own_dz).max(axis=(1, 2, 4, 5)) > CLOSE * self.scale["W_xh"])


def _taken(steps: Array, place: int, edge: str) -> Array:
    """One step; beyond the ends zeros, those of the other end, or those of the end itself."""
    if 0 <= place < len(steps):
        return steps[place]
    if edge == "zero":
        return np.zeros_like(steps[0])
    return (
        steps[place % len(steps)] if edge == "wrap" else steps[min(max(place, 0), len(steps) - 1)]
    )


def verdicts(module: ModuleType, base: Base, claims: list[Claim]) -> Verdicts:
    constant = any(kind in CONSTANT for kind, _ in claims)
    bench = Bench(module, base, without_constant=constant)
    try:
        bench.got  # noqa: B018  # measured once
    except Exception:  # noqa: BLE001  # a stranger's
        return [None for _ in claims]
    joint = _joint(bench, claims)
    if any(joint.values()):
        elsewhere = _joint(Bench(module, base, OTHER_SIZES, 902, constant), claims)
        joint = {
            k: fine and (elsewhere[k] or not _at_any_size(k, claims)) for k, fine in joint.items()
        }
    return [
        True if joint.get(k) and kind not in CONSTANT else _alone(bench, kind, facts)
        for k, (kind, facts) in enumerate(claims)
    ]


def _at_any_size(which: int, claims: list[Claim]) -> bool:
    """Whether everything claimed of this claim's arrays can be said of other sizes as well."""
    names = set(map(plain, claims[which][1].get("arrays", ())))
    about = [kind for kind, facts in claims if names & set(map(plain, facts.get("arrays", ())))]
    return all(kind in ANY_SIZE for kind in about)


def _joint(bench: Bench, claims: list[Claim]) -> dict[int, bool]:
    """Claims of which the model of every one of their arrays fits, all claims on it together."""
    fine: dict[str, bool] = {}
    for name in RNN:
        about = [claim for claim in claims if name in map(plain, claim[1].get("arrays", ()))]
        changes = [_change(kind, facts, bench.sizes) for kind, facts in about]
        if about and all(change is not None for change in changes):
            merged: dict[str, Any] = {}
            for change in changes:
                merged |= change or {}
            if merged.get("matrix") == "1":
                merged["matrix"] = "I"
            edges = ("zero", "wrap", "clamp") if "pairs" in merged else ("zero",)
            fine[name] = any(bench.fits(name, Model(**merged, edge=edge)) for edge in edges)
    return {
        k: bool(facts.get("arrays"))
        and all(fine.get(plain(name), False) for name in facts["arrays"])
        for k, (_, facts) in enumerate(claims)
    }


def _change(kind: str, facts: Facts, sizes: Sizes) -> dict[str, Any] | None:  # noqa: PLR0911  # a table
    """What a claim changes in the model; None where it is no claim about the model."""
    T, B = sizes[:2]
    if kind in TABLE:
        return TABLE[kind](facts)
    if kind == "factor":
        of = {"B": 1 / B, "T": 1 / T, "T*B": 1 / (T * B), "T * B": 1 / (T * B)}
        return {"factor": of[facts["of"]] if facts.get("of") else float(facts["number"])}
    if kind == "only_step":
        step = T - 1 if facts["step"] == SIZES[0] - 1 else facts["step"]
        return {"no_sources": frozenset(range(T)) - {step}}
    if kind == "only_output":
        return {"no_outputs": frozenset(range(T)) - {facts["step"]}}
    if kind == "state_wraps":
        return {"pairs": lambda s, T: T if s == 0 else s}
    if kind in {"state_index", "input_index"}:
        return {"pairs": lambda s, _T, k=facts["offset"]: s + k}
    if kind in {"state_always", "input_always"}:
        return {"pairs": lambda _s, _T, k=facts["step"]: k}
    if kind == "paired_with":
        return {"beside": dict(zip(facts["steps"], facts["with_steps"], strict=True))}
    if kind == "derivative_of_steps":
        steps = facts["with_steps"]
        forms = tuple((s, f"1 - hh[{k + 1}]^2") for s, k in enumerate(steps))
        return {"special": forms}
    return None


def _but(step: int) -> frozenset[int]:
    return frozenset(range(SIZES[0])) - {step}


TABLE: dict[str, Any] = {
    "only_pair": lambda f: {"no_sources": _but(f["step"]), "no_outputs": _but(f["output"])},
    "derivative": lambda f: {"direct": f["form"], "recurrent": f["form"]},
    "recurrent_derivative": lambda f: {"recurrent": f["form"]},
    "direct_derivative": lambda f: {"direct": f["form"]},
    "derivative_at": lambda f: {"special": tuple((s, f["form"]) for s in f["steps"])},
    "derivative_missing": lambda _: {"without_derivative": True},
    "recurrent_matrix": lambda f: {"matrix": f["form"]} if f["form"] in {"1", "W_hh"} else None,
    "lag_factor": lambda f: {"times": float(f["number"])},
    "handed_back": lambda f: {"handed": f["what"]},
    "bptt_depth": lambda f: {"depth": f["steps"]},
    "cut_before": lambda f: {"cut": frozenset(f["steps"])},
    "outputs_ignored": lambda f: {"no_outputs": frozenset(f["steps"])},
    "inputs_ignored": lambda f: {"no_sources": frozenset(f["steps"])},
    "steps_skipped": lambda f: {"no_sources": frozenset(f["steps"]), "no_outputs": frozenset(f["steps"])},
    "output_index": lambda f: {"acts_at": lambda t, _T, k=f["offset"]: t + k},
    "outputs_reversed": lambda _: {"acts_at": lambda t, T: T - 1 - t},
    "samples_ignored": lambda f: {"no_samples": frozenset(f["samples"])},
    "components_ignored": lambda f: {"no_components": frozenset(f["outputs"])},
    "unit_without_gradient": lambda f: {"no_units": frozenset(f["units"])},
    "stays_zero": lambda _: {"zero": True},
    "derivative_added": lambda _: {"direct": "1", "recurrent": "1"},
    **dict.fromkeys(CONSTANT - {"derivative_added"}, lambda _: {}),
    "transposed": lambda _: {"transposed": True},
    "summed_over_all": lambda _: {"summed": True},
}  # fmt: skip


# Claims that describe an array wholly: where the model does not fit, they are false.
WHOLE = {
    "factor", "only_step", "only_output", "state_index", "state_wraps", "paired_with", "state_always",
}  # fmt: skip


def _alone(bench: Bench, kind: str, facts: Facts) -> bool | None:
    """What a claim says on its own, whatever else is wrong."""
    names = [plain(name) for name in facts.get("arrays", RNN)]
    if kind in ALONE:
        try:
            return ALONE[kind](bench, facts, names)
        except Exception:  # noqa: BLE001  # a stranger's, or facts of another form
            return None
    return False if kind in TABLE or kind in WHOLE else None


def _lags(bench: Bench) -> Array:
    T = bench.sizes[0]
    return np.subtract.outer(np.arange(T), np.arange(T))


def _depth(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    k = facts["steps"]
    long = Bench(bench.module, bench.base, (k + 4, 1, k + 4, 4, 2), 901) if k >= 3 else bench
    lags = _lags(long)
    inside = (lags >= 0) & (lags <= k)
    return bool(long.here[inside].all() and not long.here[~inside].any())


def _in_time(bench: Bench, _facts: Facts, _names: list[str]) -> bool:
    lags = _lags(bench)
    return bool(bench.here[lags < 0].any() and not bench.here[lags > 0].any())


def _mixed(bench: Bench, _facts: Facts, _names: list[str]) -> bool:
    others = bench.own_dz.copy()
    for b in range(bench.sizes[1]):
        others[:, b, :, :, b] = 0.0
    return bool(np.abs(others).max() > CLOSE * bench.scale["W_xh"])


def _chain(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    wrong = np.zeros_like(bench.here)
    for key in bench.keys:
        right = bench.dz(key, Model())
        got = bench.own_dz[key]
        assert right is not None
        off = np.abs(got - right).max(axis=(1, 2)) > CLOSE * bench.scale["W_xh"]
        wrong[key[0]] |= off
    lags = _lags(bench)
    first = facts["lag"]
    return bool(not wrong[(lags >= 0) & (lags < first)].any() and wrong[lags == first].any())


def _are_off(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    return all(not bench.fits(name, Model()) for name in names)


def _constant(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    left = bench.gradients(np.zeros((T, B, O)))
    return all(float(np.abs(left[name]).max()) > 0 for name in names)


def _decay(bench: Bench, facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    left = bench.gradients(np.zeros((T, B, O)))
    for name in names:
        text = str(facts["form"]).replace("parameter", name).replace("theta", name)
        wanted = formula.value(text, dict(bench.values))
        wanted = (
            bench.values[name] if wanted is None or wanted.shape != left[name].shape else wanted
        )
        if not np.allclose(left[name], float(facts["number"]) * wanted, rtol=1e-2, atol=1e-9):
            return False
    return True


def _not_linear(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    rng = np.random.default_rng(3)
    one, two = SMALL * rng.normal(size=(2, T, B, O))
    parts, whole = [bench.gradients(one), bench.gradients(two)], bench.gradients(one + two)
    return all(
        float(np.abs(parts[0][n] + parts[1][n] - whole[n]).max())
        > CLOSE * float(np.abs(whole[n]).max())
        for n in names
    )


def _rounds(bench: Bench) -> tuple[Views, Views, Views]:
    """Gradients of a first round, of a second on the same object, and of the second alone."""
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    rng = np.random.default_rng(4)
    d1, d2 = SMALL * rng.normal(size=(2, T, B, O))
    net = bench.net()
    net.forward(bench.x)
    first = net.gradients(d1)
    net.forward(bench.x)
    return first, net.gradients(d2), bench.gradients(d2)


def _accumulates(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    first, second, alone = _rounds(bench)
    return all(
        _near(second[n], first[n] + alone[n]) and not _near(second[n], alone[n]) for n in names
    )


def _left_over(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    _, second, alone = _rounds(bench)
    return all(not _near(second[n], alone[n]) for n in names)


def _stale(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    rng = np.random.default_rng(5)
    d = SMALL * rng.normal(size=(T, B, O))
    other = rng.normal(size=bench.x.shape)
    net = bench.net()
    net.forward(bench.x)
    net.forward(other)
    found, old = net.gradients(d), bench.gradients(d)
    return all(_near(found[n], old[n]) for n in names if n != "b_y")


def _no_effect(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    one, *rest = bench.keys
    return all(_near(bench.got[k][n], bench.got[one][n]) for n in names for k in rest)


def _depends_on_start(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    d = SMALL * np.random.default_rng(6).normal(size=(T, B, O))
    one, two = bench.gradients(d), bench.gradients(d)
    return all(not _near(one[n], two[n]) for n in names)


def _one_everywhere(bench: Bench, facts: Facts, names: list[str]) -> bool:
    T = bench.sizes[0]
    step = facts.get("step", T - 1)
    for n in names:
        for t, b, o in bench.keys:
            wanted = np.zeros_like(bench.got[t, b, o][n])
            if t == step:
                wanted = sum((bench.right((s, b, o))[n] for s in range(T)), wanted)
            if not np.all(np.abs(bench.got[t, b, o][n] - wanted) <= CLOSE * bench.scale[n] * T):
                return False
    return True


def _sources_ignored(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    """Rows of dW_xh, which inputs that are one-hot in time give to the steps."""
    return not bench.own_dz[:, :, :, list(facts["steps"])].any()


def _outputs_ignored(bench: Bench, facts: Facts, names: list[str]) -> bool:
    return not any(
        bench.got[k][n].any() for k in bench.keys if k[0] in facts["steps"] for n in names
    )


def _not_given(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    shapes = rnn_shapes(bench.sizes)
    first = bench.got[bench.keys[0]]
    return all(name not in first or first[name].shape != shapes[name] for name in names)


def _near(one: Array, other: Array) -> bool:
    size = max(float(np.abs(other).max(initial=0.0)), 1e-15)
    return one.shape == other.shape and bool(np.abs(one - other).max(initial=0.0) <= CLOSE * size)


def _other_matrix(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    """One step back dz is a matrix times dz of the step after, times 1 - h^2; not W_hh.T."""
    if facts["form"] in {"1", "W_hh"}:  # the model would have fitted
        return False
    T, B, _, H, _ = bench.sizes
    own = np.stack([bench.own_dz[:, b, :, :, b] for b in range(B)], axis=1)
    slopes = 1 - bench.states[1:] ** 2
    before = np.concatenate([own[t, :, :, t].reshape(-1, H) for t in range(1, T)])
    after = np.concatenate(
        [(own[t, :, :, t - 1] / slopes[t - 1][:, None]).reshape(-1, H) for t in range(1, T)]
    )
    matrix = np.linalg.lstsq(before, after, rcond=None)[0]
    near = np.abs(before @ matrix - after).max() <= CLOSE * np.abs(after).max()
    return bool(near and not np.allclose(matrix, bench.values["W_hh"].T, atol=CLOSE))


def _summed_first(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    lefts = {"W_hh": bench.states[:-1], "W_xh": bench.x, "W_hy": bench.states[1:]}
    for name in names:
        for key in bench.keys:
            dz = bench.dz(key, Model())
            assert dz is not None
            right = dz.sum(axis=1)
            if name == "W_hy":
                right = np.zeros((len(dz), bench.sizes[4]))
                right[key[0], key[2]] = 1.0
            due, got = lefts[name].sum(axis=1).T @ right, bench.got[key][name]
            limit = CLOSE * bench.scale[name]
            if min(np.abs(got - due).max(), np.abs(bench.sizes[1] * got - due).max()) > limit:
                return False
    return True


def _lost_small(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    d = np.random.default_rng(6).normal(size=(T, B, O))
    small, large = bench.gradients(1e-6 * d), bench.gradients(100 * d)
    return all(not small[name].any() and large[name].any() for name in names)


def _wrong_at(bench: Bench, facts: Facts, names: list[str]) -> bool:
    """Right in general, and off in all these arrays where this size is 1."""
    sizes = list(bench.sizes)
    sizes["TBIHO".index(facts["size"])] = 1
    one = Bench(bench.module, bench.base, (*sizes,), 903)
    d = SMALL * np.random.default_rng(7).normal(size=(sizes[0], sizes[1], sizes[4]))
    net = one.net()
    _, hidden = net.forward(one.x)
    got, due = net.gradients(d), by_hand(one.values, one.x, hidden, d)
    return all(bench.fits(n, Model()) and not _near(got[n], due[n]) for n in names)


ALONE = {
    "recurrent_matrix": _other_matrix,
    "goes_on": _mixed,
    "summed_first": _summed_first,
    "lost_small": _lost_small,
    "step_counted": _are_off,
    "outputs_summed": _are_off,
    "wrong_at": _wrong_at,
    "bptt_depth": _depth,
    "forward_in_time": _in_time,
    "samples_mixed": _mixed,
    "chain_off": _chain,
    "array_off": _are_off,
    "chain_off_at": _are_off,
    "counted_unevenly": _are_off,
    "constant_term": _constant,
    "state_handed_back": _constant,
    "starts_not_zero": _constant,
    "derivative_added": _constant,
    "decay_added": _decay,
    "not_linear": _not_linear,
    "accumulates": _accumulates,
    "left_over": _left_over,
    "stale": _stale,
    "no_effect": _no_effect,
    "depends_on_start": _depends_on_start,
    "not_given": _not_given,
    "inputs_ignored": _sources_ignored,
    "outputs_ignored": _outputs_ignored,
    "steps_skipped": lambda b, f, n: _sources_ignored(b, f, n) and _outputs_ignored(b, f, n),
    "last_output_everywhere": _one_everywhere,
    "output_everywhere": _one_everywhere,
}
