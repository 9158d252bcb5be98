"""Claims about backward: a model of each array where they make one, else each claim on its own."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from tests.strangers.bases import RNN, Base
from tests.strangers.claims import Claim, Facts, Verdicts, plain
from tests.strangers.claims.backward_alone import ALONE
from tests.strangers.claims.backward_bench import (
    FEWER_OUTPUTS,
    OTHER_SIZES,
    SIZES,
    Bench,
    Model,
)
from tests.strangers.program import Sizes

# What these claim of one size holds at any other.
ANY_SIZE = {
    "factor", "derivative", "derivatives", "recurrent_derivative", "direct_derivative", "derivative_missing",
    "recurrent_matrix", "lag_factor", "handed_back", "bptt_depth", "stays_zero", "transposed",
    "state_index", "input_index", "state_wraps", "only_step", "summed_over_all", "output_index", "outputs_reversed",
}  # fmt: skip
# What remains where d_outputs is 0: said and tried apart; the rest is judged without it.
CONSTANT = {
    "constant_term", "state_handed_back", "state_added", "starts_not_zero", "derivative_added", "decay_added",
}  # fmt: skip


def verdicts(module: ModuleType, base: Base, claims: list[Claim]) -> Verdicts:
    constant = any(kind in CONSTANT for kind, _ in claims)
    bench = _measured(module, base, constant)
    if bench is None:
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


def _measured(module: ModuleType, base: Base, constant: bool) -> Bench | None:  # noqa: FBT001  # as the Bench has it
    """At the sizes of which claims tell: others, where the program cannot be run at the first."""
    for sizes in (SIZES, FEWER_OUTPUTS):
        bench = Bench(module, base, sizes, without_constant=constant)
        try:
            bench.got  # noqa: B018  # measured once
            complete = bench.states.shape == (sizes[0] + 1, sizes[1], sizes[3])
        except Exception:  # noqa: BLE001  # a stranger's
            continue
        if complete:  # gradients are judged by the book on its own states
            return bench
    return None


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
            shifted = merged.keys() & {"pairs", "acts_at"}
            edges = ("zero", "wrap", "clamp") if shifted else ("zero",)
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
        return {"no_sources": frozenset(range(T)) - {step}, **_but_samples(facts, B)}
    if kind == "only_output":
        return {"no_outputs": frozenset(range(T)) - {facts["step"]}, **_but_samples(facts, B)}
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


def _but_samples(facts: Facts, B: int) -> dict[str, Any]:
    """Where one step is left of some sequences alone; they count from the first or the last."""
    kept = facts.get("samples")
    if kept is None:
        return {}
    last = {B - 1 if b == SIZES[1] - 1 else b for b in kept}
    return {"no_samples": frozenset(range(B)) - last}


def _but(step: int) -> frozenset[int]:
    return frozenset(range(SIZES[0])) - {step}


TABLE: dict[str, Any] = {
    "only_pair": lambda f: {
        "no_sources": _but(f["step"]),
        "no_outputs": _but(f["output"]),
        **_but_samples(f, SIZES[1]),
    },
    "derivative": lambda f: {"direct": f["form"], "recurrent": f["form"]},
    "derivatives": lambda f: {"direct": f["direct"], "recurrent": f["recurrent"]},
    "recurrent_derivative": lambda f: {"recurrent": f["form"]},
    "direct_derivative": lambda f: {"direct": f["form"]},
    "derivative_at": lambda f: {"special": tuple((s, f["form"]) for s in f["steps"])},
    "derivative_missing": lambda _: {"without_derivative": True},
    "recurrent_matrix": lambda f: {"matrix": f["form"]} if f["form"] in {"1", "W_hh"} else None,
    "lag_factor": lambda f: {"times": float(f["number"])},
    "carried_derivative": lambda f: {"handed": f"dh * ({f['form']})"},
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
