"""What ships for diagnosis is what the generator makes of today's solution and misconceptions."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from grader.checks import probe_point
from grader.checks.probe_point import FINGERPRINTS, RIGHT, Hint
from grader.language import HERE, LANGUAGES, Message, literal, render
from grader.misconceptions import catalogue, probe_records

AGAIN = "python -m grader fingerprints"


def test_the_hints_are_those_of_the_misconceptions() -> None:
    kept = msgspec.json.decode((FINGERPRINTS / "hints.json").read_bytes(), type=dict[str, Hint])
    assert kept == probe_records.hints(), AGAIN
    known = (*catalogue.misconceptions(), *catalogue.optional_misconceptions())
    assert list(kept) == [one.name for one in known]


def test_the_chinese_hints_are_those_of_the_misconceptions() -> None:
    kept = (HERE / "zh" / "hints.po").read_text(encoding="utf-8")
    assert kept == probe_records.translations(), AGAIN


@pytest.mark.parametrize("name", [one.name for one in catalogue.misconceptions()])
def test_a_hint_reads_as_it_was_written_in_both_languages(name) -> None:
    hint = probe_point.hints()[name]
    words = {language: render(Message(literal(hint.en)), language) for language in LANGUAGES}
    assert words == {"en": hint.en, "zh": hint.zh}


def test_no_code_of_the_solution_ships() -> None:
    with np.load(FINGERPRINTS / "records.npz", allow_pickle=False) as arrays:
        kinds = {arrays[name].dtype.kind for name in arrays.files}
    assert kinds <= set("fiub")
    solution = {line.strip() for line in catalogue.reference_source().splitlines()}
    code = {line for line in solution if "=" in line and len(line) > 12}
    text = (FINGERPRINTS / "hints.json").read_text(encoding="utf-8")
    assert not [line for line in code if line in text]


@pytest.mark.slow
def test_the_records_are_what_the_solution_and_the_misconceptions_do() -> None:
    made = probe_records.all_records()
    assert {name for name, _ in made} <= {RIGHT, *probe_point.hints()}
    for (name, kind), record in made.items():
        kept = probe_point.fingerprints(kind)
        # A misconception that changes nothing at the probe point has no record of its own.
        other = kept.get(name, kept[RIGHT])
        told = {key: value for key, value in record.items() if value.size}
        assert told.keys() == other.keys(), f"{name}: {AGAIN}"
        for key, value in told.items():
            # Another processor may round otherwise.
            assert np.allclose(value, other[key], rtol=1e-9, atol=1e-12, equal_nan=True), (
                f"{name}/{kind}/{key}: {AGAIN}"
            )
    for kind in probe_records.KINDS:
        assert set(probe_point.fingerprints(kind)) <= {name for name, of in made if of == kind}
