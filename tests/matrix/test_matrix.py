"""The kill matrix itself, and that its parts can fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.matrix import heatmap, table
from grader.matrix.grade_subject import Lost, MatrixRow, examine
from grader.matrix.grade_subjects import rows
from grader.matrix.judgement import judge, rightly_named
from grader.matrix.reach import SUBJECTS, questions_touched
from grader.matrix.subjects import REFERENCE, Subject, bases, wrong
from tests import PROGRAMS

CASES = ("q4_3/dW_hh", "q4_3/db_h", "q4_6/golden")
MISTAKE = Subject("wrong-thing", REFERENCE, "", frozenset({"q4_3/dW_hh"}))


def row(subject: Subject, **lost: str) -> MatrixRow:
    """A row that lost these cases ("q4_3__dW_hh"), each with this diagnosis."""
    cases = {case.replace("__", "/"): Lost("failed", "wrong", name) for case, name in lost.items()}
    return MatrixRow(subject, CASES, cases, ())


def fine(subject: Subject = MISTAKE) -> MatrixRow:
    return row(subject, q4_3__dW_hh="wrong-thing")


@pytest.mark.slow
def test_a_sample_of_misconceptions_loses_what_it_should_in_every_base() -> None:
    """Every twentieth mistake in all bases; all of them, and the variants, are `make matrix`."""
    names = sorted({subject.misconception for subject in wrong()})[::20]
    judgement = judge(list(rows([one for one in wrong() if one.misconception in names], workers=2)))
    assert not judgement.complaints, "\n".join(judgement.complaints)
    assert judgement.killed == judgement.mutants
    assert judgement.diagnosed_share >= 0.9


def test_a_fair_matrix_has_no_complaints() -> None:
    judgement = judge([fine(), row(Subject("", "variant-good", ""))])
    assert judgement.complaints == ()
    assert (judgement.killed, judgement.diagnosed, judgement.variants) == (1, 1, 1)


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (row(MISTAKE), "keeps full marks"),
        (row(MISTAKE, q4_3__dW_hh="wrong-thing", q4_6__golden="wrong-thing"), "loses q4_6/golden"),
        (row(MISTAKE, q4_3__db_h="wrong-thing"), "does not lose q4_3/dW_hh"),
        (row(MISTAKE, q4_3__dW_hh="another-thing"), "diagnosed by the right name"),
        (row(MISTAKE, q4_3__dW_hh=""), "diagnosed by the right name"),
        (row(Subject("", "variant-good", ""), q4_6__golden=""), "is correct and loses q4_6/golden"),
    ],
)
def test_an_unfair_matrix_is_complained_of(bad: MatrixRow, complaint: str) -> None:
    complaints = judge([bad]).complaints
    assert any(complaint in one for one in complaints), complaints


def test_in_another_base_fewer_cases_may_be_lost_but_not_none() -> None:
    elsewhere = replace(MISTAKE, base="column", loses=frozenset({"q4_3/dW_hh", "q4_3/db_h"}))
    assert judge([fine(elsewhere)]).complaints == ()
    assert judge([row(elsewhere)]).complaints


def test_the_most_frequent_diagnosis_counts() -> None:
    assert rightly_named(row(MISTAKE, q4_3__dW_hh="wrong-thing", q4_3__db_h=""))
    assert not rightly_named(row(MISTAKE, q4_3__dW_hh="other", q4_3__db_h="other"))
    assert not rightly_named(row(MISTAKE))


def test_a_change_is_asked_where_it_can_be_seen() -> None:
    source = bases()[REFERENCE]
    cell = source.replace("new_cell_state = f * c + i * g", "new_cell_state = f * c - i * g")
    assert questions_touched(source, cell) == ("q4_5", "q4_6")
    helper = source.replace("return np.array(terms)", "return np.array(terms[:1])")
    assert questions_touched(source, helper) == ("q5_1", "q5_3")
    network = source.replace("h[0] = 0.0", "h[0] = 1.0")
    assert set(SUBJECTS) - set(questions_touched(source, network)) == {"q4_5", "q4_6", "q5_1"}
    assert questions_touched(source, source + "\nprint(1)\n") == tuple(SUBJECTS)


def test_a_program_is_graded_in_this_process() -> None:
    source = bases()[REFERENCE].replace(
        "new_hidden_state = o * np.tanh(new_cell_state)", "new_hidden_state = o"
    )
    graded = examine(Subject("no-cell-shown", REFERENCE, source, correct=bases()[REFERENCE]))
    assert {case.partition("/")[0] for case in graded.asked} == {"q4_5", "q4_6"}
    assert "q4_6/golden" in graded.lost
    assert graded.lost["q4_6/golden"].verdict == "failed"


def test_a_program_is_compiled_as_its_own() -> None:
    """Annotations stay what they are: a dataclass reads them."""
    folder = PROGRAMS / "variants" / "bonus-parameter-class"
    program, source = (
        (folder / name).read_text(encoding="utf-8") for name in ("rnn.py", "bonus.py")
    )
    row = examine(Subject("", folder.name, source, optional=True, program=program))
    assert row.asked
    assert row.lost == {}


def test_table_and_picture_show_every_row(tmp_path: Path) -> None:
    graded = [
        fine(),
        row(replace(MISTAKE, base="column"), q4_3__dW_hh="other"),
        row(Subject("", "variant-good", "")),
    ]
    lines = table.as_csv(graded).splitlines()
    assert len(lines) == 1 + len(graded)
    assert lines[1].startswith("wrong-thing,reference,q4_3/dW_hh,wrong-thing,yes")
    assert "| wrong-thing | 2 | q4_3/dW_hh | 1/2 |" in table.as_markdown(graded, judge(graded))
    svg, png = heatmap.draw(graded, tmp_path)
    assert "wrong-thing" in svg.read_text(encoding="utf-8")
    assert png.read_bytes().startswith(b"\x89PNG")
    first = svg.read_bytes()
    heatmap.draw(graded, tmp_path)
    assert svg.read_bytes() == first, "the same rows must give the same picture"
