"""Programs of `tests/programs/diagnosis`: exactly these cases fail, and exactly this is claimed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.records import Claim, Verdict
from tests import PROGRAMS

FOLDERS = sorted((PROGRAMS / "diagnosis").iterdir())


@dataclass(frozen=True)
class Told:
    """What the cases of part 4 make of a program."""

    fails: list[str]
    claims: list[str]  # "q4_3 bptt_depth arrays=W_xh,W_hh steps=5"
    names: list[str]


def expected(folder: Path) -> Told:
    stated = tomllib.loads((folder / "expect.toml").read_text(encoding="utf-8"))
    assert stated.keys() <= {"why", "fails", "claims", "names"}
    return Told(stated["fails"], stated["claims"], stated.get("names", []))


def told(outcomes: dict[str, Any]) -> Told:
    failed = {case: one for case, one in outcomes.items() if one.verdict is not Verdict.PASSED}
    claims = {
        f"{case.partition('/')[0]} {claim_text(claim)}"
        for case, one in failed.items()
        for claim in one.claims
    }
    names = {one.diagnosis for one in failed.values() if one.diagnosis}
    return Told(sorted(failed), sorted(claims), sorted(names))


def claim_text(claim: Claim) -> str:
    facts = (f"{name}={_plain(value)}" for name, value in sorted(claim.facts.items()))
    return " ".join([claim.kind, *facts])


def _plain(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
