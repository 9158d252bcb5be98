"""Hostile programs, each with the verdict it must get, on every tier that this machine has.

After each: nothing secret was said, nothing outside was touched, nothing is left behind, and the
next program gets its right result. On the plain tier only the attacks that need no confinement
are let loose: it promises nothing against the rest (SECURITY.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import pytest

from grader.grading import Settings, grade
from grader.language import render
from grader.records import Grade, Status, Submission
from grader.sandbox import Limits, start_command, tiers, workers
from tests import ROOT
from tests.expectations import Repelled, read
from tests.sandbox.attack_range import (
    ATTACKS,
    LONG,
    SHORT,
    Range,
    next_is_right,
    shoot,
    subreaper,
)

# Forked from a parent of workers, and started one by one.
WAYS = [(tier, True) for tier in workers.TIERS] + [(tier, False) for tier in start_command.TIERS]
NAMES = sorted(path.name for path in ATTACKS.iterdir())
SAFE_TO_SHOW = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*")

pytestmark = [pytest.mark.needs("linux"), pytest.mark.slow]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    home = tmp_path_factory.mktemp("range")
    for folder in (home, *home.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    target = Range(home)
    with pytest.MonkeyPatch.context() as patch, subreaper():
        patch.setenv("ML6_CANARY", target.canary)
        yield target
    target.close()


def expected(name: str) -> Repelled:
    return read(ATTACKS / name, Repelled)


def limits(expect: Repelled) -> Limits:
    """Short where something is to be stopped; the rest need not hurry on a busy machine."""
    stopped = "timed_out" in (expect.outcome, expect.load) or expect.short
    return SHORT if stopped else LONG


def source(name: str, target: Range) -> str:
    return target.fill((ATTACKS / name / "rnn.py").read_bytes().decode())


def test_there_are_enough_attacks() -> None:
    assert len(NAMES) >= 70


# On the plain tier the others would really do it.
SHOTS = [
    (tier, many, name)
    for tier, many in WAYS
    for name in NAMES
    if tier != start_command.PLAIN or expected(name).plain
]


@pytest.mark.parametrize(("tier", "many", "name"), SHOTS)
def test_attack_gets_its_verdict_and_nothing_else(
    tier: str, name: str, target: Range, *, many: bool
) -> None:
    if not tiers.probe_tier(tier).works:
        pytest.skip(f"this machine has no {tier}: {tiers.probe_tier(tier).reason}")
    expect = expected(name)
    shot = shoot(source(name, target), tier, limits(expect), many=many)
    assert "loot:" not in shot.said, shot.said
    outcomes = [expect.outcome] if isinstance(expect.outcome, str) else expect.outcome
    assert shot.outcome in outcomes, shot.said
    assert shot.load == expect.load, shot.said
    assert target.canary not in shot.said
    assert SAFE_TO_SHOW.fullmatch(shot.said)
    assert target.damage() == []
    # A forked one, where there is such: nothing but the machine is shared with the attack's either way.
    assert next_is_right(tier, many=many or tier in workers.TIERS)


def earned(result: Grade) -> set[str]:
    """Cases that gave points."""
    return {
        f"{question.name}/{case.name}"
        for question in result.questions
        for case in question.cases
        if case.points
    }


@pytest.mark.parametrize("name", NAMES)
def test_attack_earns_what_it_must(name: str, target: Range) -> None:
    submission = Submission("20230001", "Mallory", source(name, target))
    settings = Settings(secret=target.canary.encode(), limits=limits(expected(name)), many=True)
    result = grade(submission, settings)
    assert earned(result) == set(expected(name).earns)
    assert result.status in (Status.GRADED, Status.NEEDS_REVIEW)
    stored = msgspec.json.encode(result).decode()
    assert target.canary not in stored
    for case in (case for question in result.questions for case in question.cases):
        assert SAFE_TO_SHOW.fullmatch(case.printed)
        if case.message is not None:
            assert SAFE_TO_SHOW.fullmatch(render(case.message, "en"))
            assert not case.hidden or "loot" not in render(case.message, "en")
    assert target.damage() == []


def test_after_all_attacks_the_reference_gets_full_marks() -> None:
    solution = (ROOT / "solutions" / "rnn.py").read_text()
    result = grade(Submission("20230002", "Alice", solution), Settings(secret=bytes(32)))
    assert result.auto == result.auto_possible
