"""Claims about the LSTM cell: a cell that computes as they say, against the program's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations, product
from types import ModuleType
from typing import Any

import numpy as np

from tests.strangers.bases import GATES, Array, Base, Views
from tests.strangers.claims import Claim, Verdicts
from tests.strangers.claims.cell_alone import H, alone, near
from tests.strangers.claims.cell_model import Cell, apply
from tests.strangers.program import cell_shapes, drawn

B, I = 6, 3  # noqa: E741  # sizes as in the equations; units are told of H = 4
ASIDE = {"overflows"}  # tells of other inputs


def verdicts(module: ModuleType, base: Base, claims: list[Claim]) -> Verdicts:
    rng = np.random.default_rng(970)
    values = drawn(cell_shapes(I, H), rng)
    given = (1.5 * rng.normal(size=(B, I)), rng.uniform(-1, 1, (B, H)), 2 * rng.normal(size=(B, H)))

    def held(values: Views) -> Any:
        cell = module.LSTMCell(I, H)
        for name, view in base.cell(cell).items():
            if view.shape == values[name].shape:  # what cannot be set, a claim has to tell
                view[...] = values[name]
        return cell

    def run(values: Views, given: Any, times: int = 1) -> Any:
        cell = held(values)
        for _ in range(times):
            found = cell.forward(*(one.copy() for one in given))
        return [np.asarray(one, float) for one in found]

    try:
        values |= _read_back(base.cell(held(values)), values)
        got = run(values, given)
    except Exception:  # noqa: BLE001  # a stranger's
        return [None for _ in claims]
    orders = ["".join(GATES)] if base.binds_cell else ["".join(one) for one in permutations(GATES)]
    joint = any(_all_true(claims, _named_so(values, order), given, got) for order in orders)
    return [
        True if joint and kind not in ASIDE else alone(kind, facts, values, given, run)
        for kind, facts in claims
    ]


def _read_back(views: Views, values: Views) -> Views:
    """What the arrays hold: two of them may be one."""
    fitting = {name: view for name, view in views.items() if view.shape == values[name].shape}
    return {name: np.array(view, float) for name, view in fitting.items()}


def _named_so(values: Views, order: str) -> Views:
    """The arrays under the names of other gates, where no name binds."""
    pairs = list(zip(GATES, order, strict=True))
    return {
        f"{kind}_{gate}": values[f"{kind}_{was}"].copy() for gate, was in pairs for kind in "WUb"
    }


def _all_true(claims: list[Claim], values: Views, given: Any, got: list[Array]) -> bool:
    """Whether a cell that computes as claimed gives what the program gives."""
    model = Cell(values, got=(got[0], got[1]))
    understood = [apply(model, kind, facts) for kind, facts in claims if kind not in ASIDE]
    if not understood or not all(understood):
        return False
    for variant in _variants(model, claims):
        with np.errstate(all="ignore"):
            wanted = variant.step(*given)
        if wanted is not None and any(
            all(near(a, b) for a, b in zip(got, each, strict=True))
            for each in (wanted, wanted[::-1])
        ):
            return True
    return False


def _variants(model: Cell, claims: list[Claim]) -> Iterator[Cell]:
    """What the claims leave open: which cell state is shown, which of two shared sets is used."""
    others = [model.other]
    if any(kind == "gates_shared" for kind, _ in claims):
        others.append({of: gate for gate, of in model.other.items()})
    held = [model.values, _shared_otherwise(model.values, claims)]
    for inner, other, values in product((False, True), others, held):
        yield replace(model, inner=inner, other=other, values=values)


def _shared_otherwise(values: Views, claims: list[Claim]) -> Views:
    """With the other one of two arrays of which one is used twice."""
    found = dict(values)
    for kind, facts in claims:
        if kind == "weight_shared":
            found[facts["array"]] = found[facts["used"]] = values["own " + facts["array"]]
    return found
