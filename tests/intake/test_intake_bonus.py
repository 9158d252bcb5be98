"""The optional program beside the program: by its name, in a folder, a zip, a mail, a later mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.intake.collect import collect
from grader.intake.collection import IntakeRules
from grader.records import Submission
from tests import ROOT
from tests.intake.build import zipped
from tests.intake.test_decided import DEADLINE, FIRST, SECOND, mail

BONUS = (ROOT / "solutions" / "bonus.py").read_text(encoding="utf-8")
LATER = f"{BONUS}\n# later\n"
STEM = "ml-6-张三-2023001"
FILES = {f"{STEM}.py": FIRST, f"{STEM}-bonus.py": BONUS}


def the_one(folder: Path) -> Submission:
    (found,) = collect([folder], IntakeRules(DEADLINE)).submissions
    assert (found.student_id, found.name) == ("2023001", "张三")
    return found


def test_a_pair_of_files(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = the_one(tmp_path)
    assert (found.source, found.bonus) == (FIRST, BONUS)


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / STEM
    own.mkdir()
    (own / "rnn.py").write_text(FIRST, encoding="utf-8")
    (own / "bonus.py").write_text(BONUS, encoding="utf-8")
    found = the_one(tmp_path)
    assert (found.source, found.bonus) == (FIRST, BONUS)


@pytest.mark.parametrize("names", [tuple(FILES), ("rnn.py", "bonus.py")])
def test_a_zip(tmp_path: Path, names: tuple[str, str]) -> None:
    texts = dict(zip(names, (FIRST.encode(), BONUS.encode()), strict=True))
    (tmp_path / f"{STEM}.zip").write_bytes(zipped(texts))
    found = the_one(tmp_path)
    assert (found.source, found.bonus) == (FIRST, BONUS)


def test_a_mail(tmp_path: Path) -> None:
    mail(tmp_path, "zhang", "张三", "Sat, 29 Nov", FILES)
    found = the_one(tmp_path)
    assert (found.source, found.bonus) == (FIRST, BONUS)


def test_a_later_mail_with_the_optional_program_alone_keeps_the_program(tmp_path: Path) -> None:
    mail(tmp_path, "zhang", "张三", "Fri, 28 Nov", FILES)
    mail(tmp_path, "zhang", "张三", "Sat, 29 Nov", {f"{STEM}-bonus.py": LATER})
    found = the_one(tmp_path)
    assert (found.source, found.bonus, found.late) == (FIRST, LATER, False)


def test_a_later_mail_with_the_program_alone_keeps_the_optional_one(tmp_path: Path) -> None:
    mail(tmp_path, "zhang", "张三", "Fri, 28 Nov", FILES)
    mail(tmp_path, "zhang", "张三", "Sat, 29 Nov", {f"{STEM}.py": SECOND})
    found = the_one(tmp_path)
    assert (found.source, found.bonus) == (SECOND, BONUS)


def test_an_optional_program_that_comes_late_alone_makes_nothing_late(tmp_path: Path) -> None:
    mail(tmp_path, "zhang", "张三", "Sat, 29 Nov", FILES)
    mail(tmp_path, "zhang", "张三", "Mon, 01 Dec", {f"{STEM}-bonus.py": LATER})
    found = the_one(tmp_path)
    assert (found.source, found.bonus, found.late) == (FIRST, BONUS, False)
