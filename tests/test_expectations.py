"""Every program says what it deserves, in one schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import BASES, PROGRAMS
from tests.expectations import Deserved, Repelled, folders, read

KINDS = {"variants", "wrong", "broken", "surroundings", "experiments", "attacks"}
# Strangers and bases have no expect.toml; that of a diagnosis also names what is claimed.
OTHERS = {BASES.name, "strangers", "diagnosis"}


def test_every_folder_of_programs_has_its_kind() -> None:
    assert {path.name for path in PROGRAMS.iterdir()} == KINDS | OTHERS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_program_says_what_it_deserves(kind: str) -> None:
    schema = Repelled if kind == "attacks" else Deserved
    for folder in folders(f"{kind}/*"):
        assert (folder / "rnn.py").is_file(), folder
        read(folder, schema)


def test_variants_are_right_and_wrong_ones_are_not() -> None:
    assert not [each for each in folders("variants/*") if read(each, Deserved).fails]
    assert not [each for each in folders("wrong/*") if not read(each, Deserved).fails]


@pytest.mark.parametrize("line", ["fial = []", "why = 3", "why = "])
def test_a_wrong_key_type_or_text_names_the_file(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.expectations.PROGRAMS", tmp_path)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "expect.toml").write_text(f'why = "x"\nfails = []\n{line}\n')
    with pytest.raises(AssertionError, match=r"one.expect\.toml"):
        read(tmp_path / "one", Deserved)
