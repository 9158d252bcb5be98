"""Claims about forward: a network that computes as they say, and what a changed input moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from tests.strangers.bases import Array, Base, Views
from tests.strangers.claims import Claim, Facts, Verdicts, formula
from tests.strangers.claims.cell_model import to_weight
from tests.strangers.program import Net, Sizes, drawn, rnn_shapes

SIZES: Sizes = (6, 5, 3, 4, 2)  # steps and samples are told of an experiment of these
CLOSE = 1e-4
MOVED = 1e-7
ASIDE = {"tanh_overflows"}  # tells of other inputs


@dataclass
class Model:
    """How forward computes; the textbook where nothing is claimed."""

    values: Views
    activation: str = "tanh"
    factor: float = 1.0
    output: str = "identity"
    start: float = 0.0
    late: dict[str, tuple[int, int]] = field(default_factory=dict)
    bias_steps: Any = None
    softmax: bool = False
    output_late: bool = False
    z_form: str = "xW + hW + b"
    state_form: str = ""
    output_form: str = "hW + b"
    edge: str = "zero"  # what stands where an index leaves the sequence: see `_before`

    def run(self, x: Array) -> tuple[Array, Array]:
        v = self.values
        T, B, _ = x.shape
        h = np.full((B, len(v["b_h"])), self.start)
        states = []
        for t in range(T):
            parts = {"W_xh": x[t] @ v["W_xh"], "W_hh": h @ v["W_hh"]}
            for name, (steps, also) in self.late.items():
                before = {
                    "W_xh": self._before(x, t - steps),
                    "W_hh": states[t - 1 - steps] if t > steps else np.zeros_like(h),
                }
                if name in parts:
                    parts[name] = also * parts[name] + before[name] @ v[name]
            bias = v["b_h"] if self.bias_steps is None or self.bias_steps(t) else 0.0
            terms = {"xW": parts["W_xh"], "hW": parts["W_hh"], "b": np.asarray(bias)}
            z = self.factor * _formed(self.z_form, terms)
            h = formula.FUNCTIONS.get(self.activation, np.tanh)(z)
            if self.state_form:
                h = _formed(self.state_form, terms)
            states.append(h)
        hidden = np.array(states)
        shown = (
            np.concatenate([np.full_like(hidden[:1], self.start), hidden[:-1]])
            if self.output_late
            else hidden
        )
        y = _formed(self.output_form, {"hW": shown @ v["W_hy"], "b": v["b_y"]})
        if self.softmax:
            powers = np.exp(y - y.max(axis=-1, keepdims=True))
            y = powers / powers.sum(axis=-1, keepdims=True)
        return formula.FUNCTIONS.get(self.output, lambda z: z)(y), hidden

    def _before(self, x: Array, t: int) -> Array:
        """x_t; before the first step nothing, the last step's (as Python counts) or the first's."""
        if t >= 0 or self.edge == "wrap":
            return np.asarray(x[t])
        return np.asarray(x[0] if self.edge == "clamp" else np.zeros_like(x[0]))


def _formed(text: str, terms: Views) -> Array:
    """By a formula; NaN where it cannot be read."""
    found = formula.value(text, terms)
    return np.full_like(next(iter(terms.values())), np.nan) if found is None else found


@dataclass
class Bench:
    module: ModuleType
    base: Base

    def __post_init__(self) -> None:
        rng = np.random.default_rng(980)
        self.values = drawn(rnn_shapes(SIZES), rng)
        self.x = rng.normal(size=SIZES[:3])

    def run(self, x: Array, values: Views | None = None) -> tuple[Array, Array]:
        return Net.make(self.module, self.base, SIZES, values or self.values).forward(x)

    @cached_property
    def got(self) -> tuple[Array, Array]:
        return self.run(self.x)

    @cached_property
    def influence(self) -> dict[str, Array]:
        """(T in, B in, T out, B out): what a change of one input moves."""
        T, B, _ = self.x.shape
        found = {name: np.zeros((T, B, T, B), bool) for name in ("outputs", "hidden_states")}
        for t, b in np.ndindex(T, B):
            moved = self.x.copy()
            moved[t, b] += 0.7
            for name, before, after in zip(found, self.got, self.run(moved), strict=True):
                found[name][t, b] = np.abs(after - before).max(axis=2) > MOVED
        return found

    def steps(self, facts: Facts) -> Array:
        """(T in, T out) of the first array that is spoken of."""
        names = [name for name in facts.get("arrays", ()) if name in self.influence] or ["outputs"]
        return np.asarray(self.influence[names[0]].any(axis=(1, 3)))


def verdicts(module: ModuleType, base: Base, claims: list[Claim]) -> Verdicts:
    bench = Bench(module, base)
    try:
        bench.got  # noqa: B018  # measured once
    except Exception:  # noqa: BLE001  # a stranger's
        return [None for _ in claims]
    model = Model({name: value.copy() for name, value in bench.values.items()})
    understood = [_apply(model, kind, facts) for kind, facts in claims if kind not in ASIDE]
    joint = False
    for model.edge in ("zero", "wrap", "clamp") if understood and all(understood) else ():
        y, h = model.run(bench.x)
        spoken = {name for _, facts in claims for name in facts.get("arrays", ())}
        pairs = {"outputs": (bench.got[0], y), "hidden_states": (bench.got[1], h)}
        joint |= all(_near(*pairs[name]) for name in spoken & pairs.keys()) and bool(
            spoken & pairs.keys()
        )
    return [
        True if joint and kind not in ASIDE else _alone(bench, kind, facts)
        for kind, facts in claims
    ]


def _apply(model: Model, kind: str, facts: Facts) -> bool:  # noqa: PLR0911  # a table
    if kind == "weight_late":
        model.late[facts["array"]] = (int(facts["steps"]), int(facts["also"]))
        return facts["array"] in {"W_xh", "W_hh"}
    if kind.startswith("weight_"):
        return to_weight(model.values, kind.removeprefix("weight_"), facts)
    if kind == "activation":
        model.activation = str(facts["used"])
        return model.activation in formula.FUNCTIONS
    if kind == "output_activation":
        model.output = str(facts["used"])
        return model.output in formula.FUNCTIONS
    if kind in {"z_form", "state_form", "output_form"}:
        setattr(model, kind, facts["form"])
        return True
    if kind == "bias_elsewhere" and "number" in facts:
        model.values["b_h"] = np.full_like(model.values["b_h"], float(facts["number"]))
        return True
    if kind == "z_factor":
        model.factor = float(facts["number"])
        return True
    if kind == "start_is" and facts["what"] != "h_T":
        model.start = float(facts["what"])
        return True
    if kind in FLAGS:
        name, value = FLAGS[kind]
        setattr(model, name, value)
        return True
    return False


FLAGS: dict[str, tuple[str, Any]] = {
    "softmax": ("softmax", True),
    "output_late": ("output_late", True),
    "bias_first_step_only": ("bias_steps", lambda t: t == 0),
    "bias_not_at_first_step": ("bias_steps", lambda t: t > 0),
}


def _alone(bench: Bench, kind: str, facts: Facts) -> bool | None:
    rule = ALONE.get(kind)
    if rule is None:
        return None
    try:
        return bool(rule(bench, facts))
    except Exception:  # noqa: BLE001  # a stranger's, or facts of another form
        return None


def _triangle(T: int) -> tuple[Array, Array, Array]:
    lag = np.subtract.outer(np.arange(T), np.arange(T)).T  # out - in
    return lag, lag >= 0, lag < 0


def _no_recurrence(bench: Bench, facts: Facts) -> bool:
    lag, *_ = _triangle(SIZES[0])
    return bool(not bench.steps(facts)[lag > 0].any())


def _backwards(bench: Bench, facts: Facts) -> bool:
    lag, *_ = _triangle(SIZES[0])
    return bool(bench.steps(facts)[lag < 0].any() and not bench.steps(facts)[lag > 0].any())


def _ahead(bench: Bench, facts: Facts) -> bool:
    lag, *_ = _triangle(SIZES[0])
    return all(bench.steps(facts)[lag == -k].any() for k in facts["steps"])


def _remembers(bench: Bench, facts: Facts) -> bool:
    lag, *_ = _triangle(SIZES[0])
    return bool(not bench.steps(facts)[lag >= facts["steps"]].any())


def _steps_back(bench: Bench, facts: Facts) -> bool:
    lag, later, _ = _triangle(SIZES[0])
    return np.array_equal(bench.steps(facts), later & (lag % facts["steps"] == 0))


def _late(bench: Bench, facts: Facts) -> bool:
    lag, *_ = _triangle(SIZES[0])
    moved = bench.steps(facts)
    return bool(not moved[lag < facts["steps"]].any() and moved[lag == facts["steps"]].any())


def _not_computed(bench: Bench, facts: Facts) -> bool:
    return bool(not bench.steps(facts)[:, list(facts["steps"])].any())


def _ignored(bench: Bench, facts: Facts) -> bool:
    return bool(not bench.steps(facts)[list(facts["steps"])].any())


def _anew(bench: Bench, facts: Facts) -> bool:
    moved = bench.steps(facts)
    return all(not moved[:k, k:].any() for k in facts["steps"])


def _samples(bench: Bench, facts: Facts) -> Array:
    """(B in, B out) of the first array that is spoken of."""
    names = [name for name in facts.get("arrays", ()) if name in bench.influence] or ["outputs"]
    return np.asarray(bench.influence[names[0]].any(axis=(0, 2)))


def _follow_one(bench: Bench, facts: Facts) -> bool:
    moved = _samples(bench, facts)
    lead = facts["sample"]
    return bool(moved[lead].all())


def _mixed(bench: Bench, facts: Facts) -> bool:
    moved = _samples(bench, facts).copy()
    np.fill_diagonal(moved, False)  # noqa: FBT003  # numpy's own
    return bool(moved.any())


def _deaf_samples(bench: Bench, facts: Facts) -> bool:
    return bool(not _samples(bench, facts)[list(facts["samples"])].any())


def _deaf(bench: Bench, facts: Facts) -> bool:
    return bool(not bench.steps(facts).any())


def _kept(bench: Bench, _facts: Facts) -> bool:
    net = Net.make(bench.module, bench.base, SIZES, bench.values)
    first, second = net.forward(bench.x), net.forward(bench.x)
    return not _near(second[1], first[1]) and _near(bench.run(bench.x)[1], first[1])


def _random(bench: Bench, _facts: Facts) -> bool:
    return not all(_near(a, b) for a, b in zip(bench.run(bench.x), bench.got, strict=True))


def _not_finite(bench: Bench, _facts: Facts) -> bool:
    return not all(np.all(np.isfinite(one)) for one in bench.got)


def _overlap(bench: Bench, facts: Facts) -> bool:
    """Written anew, the one changes the other."""
    kept = {
        name: value.copy()
        for name, value in Net.make(bench.module, bench.base, SIZES, bench.values).now().items()
    }
    moved = {**bench.values, facts["one"]: bench.values[facts["one"]] + 1.0}
    now = Net.make(bench.module, bench.base, SIZES, moved).now()
    return any(not _near(now[n], kept[n]) for n in (facts["one"], facts["other"]))


def _inputs_scaled(bench: Bench, facts: Facts) -> bool:
    """States follow the equation of inputs that are shifted and scaled over these axes."""
    axes = {"all": (0, 1, 2), "steps and sequences": (0, 1), "steps": (0,), "sequences": (1,),
            "components": (2,), "steps and components": (0, 2)}[facts["over"]]  # fmt: skip
    x = bench.x
    low, high, mean = (end(x, axis=axes, keepdims=True) for end in (np.min, np.max, np.mean))
    deviation = x.std(axis=axes, keepdims=True)
    scaled = {
        "centred": x - mean,
        "standardised": (x - mean) / deviation,
        "divided by the deviation": x / deviation,
        "brought to 0 to 1": (x - low) / (high - low),
        "brought to -1 to 1": 2 * (x - low) / (high - low) - 1,
        "divided by the largest": x / np.maximum(np.abs(low), np.abs(high)),
        "divided by the norm": x / np.sqrt(np.sum(x * x, axis=axes, keepdims=True)),
    }[facts["how"]]
    _, h = bench.got
    before = np.concatenate([np.zeros_like(h[:1]), h[:-1]])
    v = bench.values
    due = np.tanh(scaled @ v["W_xh"] + before @ v["W_hh"] + v["b_h"])
    return bool(np.abs(due - h).max() <= 1e-2)


def _z_not_as_it_is(bench: Bench, facts: Facts) -> bool:
    """States are tanh of something else than the sum, and within its bound where one is told."""
    _, h = bench.got
    z = np.arctanh(np.clip(h, -1 + 1e-15, 1 - 1e-15))
    held = np.abs(z).max() <= facts.get("number", np.inf) * 1.001
    return bool(held and np.abs(h - np.tanh(_z(bench, h))).max() > CLOSE)


def _outputs_of(bench: Bench, facts: Facts) -> bool:
    y, h = bench.got
    sums = np.cumsum(h, axis=0)
    states = {
        "sum_so_far": sums,
        "mean_so_far": sums / np.arange(1, len(h) + 1)[:, None, None],
        "sum": sums[-1:],
        "mean": h.mean(axis=0)[None],
        "largest": h.max(axis=0)[None],
    }[facts["what"]]
    due = states @ bench.values["W_hy"] + bench.values["b_y"]
    return _near(y, np.broadcast_to(due, y.shape))


def _overflows(bench: Bench, _facts: Facts) -> bool:
    return not all(np.all(np.isfinite(one)) for one in bench.run(1e4 * np.sign(bench.x)))


def _unused(bench: Bench, facts: Facts) -> bool:
    moved = {key: one.copy() for key, one in bench.values.items()}
    moved[facts["array"]] += 0.4
    return all(_near(a, b) for a, b in zip(bench.run(bench.x, moved), bench.got, strict=True))


def _states_off(bench: Bench, facts: Facts) -> bool:
    """The first step that does not follow from the one before it."""
    _, h = bench.got
    v = bench.values
    before = np.concatenate([np.zeros_like(h[:1]), h[:-1]])
    due = np.tanh(bench.x @ v["W_xh"] + before @ v["W_hh"] + v["b_h"])
    off = np.abs(due - h) > CLOSE
    step = facts.get("step", 0)
    return bool(off[step].any() and not off[:step].any() and _places(off[step], facts))


def _places(off: Array, facts: Facts) -> bool:
    """Whether units and samples of a step (B, H) are off as told."""
    units, samples = off.any(axis=0), off.any(axis=1)
    fine = [
        not facts.get("units") or set(np.flatnonzero(units)) == set(facts["units"]),
        not facts.get("samples") or set(np.flatnonzero(samples)) == set(facts["samples"]),
        not facts.get("fine_units") or not units[list(facts["fine_units"])].any(),
        not facts.get("fine_samples") or not samples[list(facts["fine_samples"])].any(),
    ]
    return all(fine)


def _output_off(bench: Bench, _facts: Facts) -> bool:
    y, h = bench.got
    return not _near(y, h @ bench.values["W_hy"] + bench.values["b_y"])


def _shown_states(pick: Any) -> Any:
    """Outputs are right; the states that come back are others of the right ones."""

    def rule(bench: Bench, facts: Facts) -> bool:
        y, h = Model(bench.values).run(bench.x)
        return _near(bench.got[0], y) and _near(bench.got[1], pick(bench, h, facts))

    return rule


def _z(bench: Bench, h: Array) -> Array:
    before = np.concatenate([np.zeros_like(h[:1]), h[:-1]])
    v = bench.values
    return np.asarray(bench.x @ v["W_xh"] + before @ v["W_hh"] + v["b_h"])


def _goes_on(bench: Bench, _facts: Facts) -> bool:
    _, h = bench.got
    v = bench.values
    due = np.tanh(bench.x[0, 1:] @ v["W_xh"] + h[-1, :-1] @ v["W_hh"] + v["b_h"])
    return _near(h[0, 1:], due)


def _along_batch(bench: Bench, facts: Facts) -> bool:
    return bool(_samples(bench, facts)[0].all() and not np.triu(bench.steps(facts), 1).any())


def _blended(bench: Bench, facts: Facts) -> bool:
    """To the two digits that are told."""
    _, h = bench.got
    v = bench.values
    new = np.tanh(bench.x[1:] @ v["W_xh"] + h[:-1] @ v["W_hh"] + v["b_h"])
    due = float(facts["number"]) * h[:-1] + float(facts["new"]) * new
    return bool(np.abs(h[1:] - due).max() <= 0.05 * np.abs(h).max())


def _first_off(bench: Bench, _facts: Facts) -> bool:
    return _states_off(bench, {"step": 0})


STEEP = 10.0  # no activation that anybody uses rises faster


def _other_function(bench: Bench, _facts: Facts) -> bool:
    """h_t against the right weighted sum: one smooth curve, and not tanh's."""
    x = np.random.default_rng(981).normal(size=(SIZES[0], 400, SIZES[2]))
    _, h = bench.run(x)
    v = bench.values
    z = (x[1:] @ v["W_xh"] + h[:-1] @ v["W_hh"] + v["b_h"]).ravel()
    values = h[1:].ravel()[np.argsort(z)]
    rises = np.abs(np.diff(values)) <= STEEP * np.diff(np.sort(z)) + CLOSE
    return bool(rises.all() and np.abs(values - np.tanh(np.sort(z))).max() > CLOSE)


ALONE = {
    "activation_unknown": _other_function,
    "no_recurrence": _no_recurrence,
    "runs_backward": _backwards,
    "inputs_reversed": lambda b, f: b.steps(f)[-1].all(),
    "looks_ahead": _ahead,
    "remembers": _remembers,
    "steps_back": _steps_back,
    "late": _late,
    "not_computed": _not_computed,
    "inputs_ignored": _ignored,
    "starts_anew": _anew,
    "follow_one": _follow_one,
    "samples_mixed": _mixed,
    "goes_on": _goes_on,
    "along_batch": _along_batch,
    "blended": _blended,
    "samples_deaf": _deaf_samples,
    "deaf": _deaf,
    "state_kept": _kept,
    "random": _random,
    "depends_on_start": _random,
    "not_finite": _not_finite,
    "parameters_half": lambda b, _: any(
        np.asarray(one).dtype == np.float16
        for one in Net.make(b.module, b.base, SIZES, b.values).now().values()
    ),
    "parameters_overlap": _overlap,
    "inputs_scaled": _inputs_scaled,
    "z_scaled": _z_not_as_it_is,
    "z_clipped": _z_not_as_it_is,
    "states_rounded": lambda b, f: bool(np.all(b.got[1] == np.round(b.got[1], f["decimals"]))),
    "outputs_of": _outputs_of,
    "tanh_overflows": _overflows,
    "weight_unused": _unused,
    "state_off": _states_off,
    "first_step_off": _first_off,
    "start_not_zero": _first_off,
    "start_is": _first_off,
    "output_off": _output_off,
    "same_state_everywhere": _shown_states(lambda _b, h, f: np.broadcast_to(h[f["step"]], h.shape)),
    "states_late": _shown_states(lambda _b, h, _f: np.concatenate([np.zeros_like(h[:1]), h[:-1]])),
    "states_reversed": _shown_states(lambda _b, h, _f: h[::-1]),
    "states_before_tanh": _shown_states(lambda b, h, _f: _z(b, h)),
}


def _near(one: Array, other: Array) -> bool:
    size = max(float(np.abs(other).max(initial=0.0)), 1e-12)
    return one.shape == other.shape and bool(np.abs(one - other).max(initial=0.0) <= CLOSE * size)
