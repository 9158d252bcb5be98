"""Bounds that are right, counts that add up, and numbers that stand beside what they justify."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from grader import assignment
from grader.calibration import bounds, measurements
from grader.calibration.false_fails import Tally, trials
from grader.calibration.histogram import draw
from grader.calibration.seeded_jobs import joined
from grader.calibration.separation import Scores, jobs, scores
from grader.commands.calibrate import calibrate
from grader.faults import KitFault
from grader.matrix.grade_subject import Lost, MatrixRow
from grader.matrix.subjects import Subject
from grader.questions.hidden_tasks import names, task


def tally(rows: Iterable[MatrixRow]) -> Tally:
    counted = Tally()
    for row in rows:
        counted.add(row)
    return counted


@pytest.mark.parametrize(("failures", "trials_"), [(0, 10), (0, 1000), (1, 100), (5, 50), (9, 10)])
def test_at_the_bound_so_few_failures_have_a_chance_of_one_in_twenty(
    failures: int, trials_: int
) -> None:
    rate = bounds.upper_bound(failures, trials_)
    chance = sum(
        math.comb(trials_, k) * rate**k * (1 - rate) ** (trials_ - k) for k in range(failures + 1)
    )
    assert chance == pytest.approx(0.05, rel=1e-9)


def test_the_bound_at_its_ends() -> None:
    assert bounds.upper_bound(0, 1000) == pytest.approx(1 - 0.05 ** (1 / 1000))
    assert bounds.upper_bound(3, 3) == 1.0


@pytest.mark.parametrize(("failures", "trials_"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_refused(failures: int, trials_: int) -> None:
    with pytest.raises(ValueError, match="failures in"):
        bounds.upper_bound(failures, trials_)


def test_jobs_cover_all_seeds_and_everything_to_be_caught() -> None:
    found = list(jobs(100))
    for name in names():
        seeds = [
            seed
            for job in found
            if (job.task, job.misconception) == (name, "")
            for seed in job.seeds
        ]
        assert seeds == list(range(100))
        caught = {job.misconception for job in found if job.task == name}
        assert caught == {"", *task(name).numbers.catches}
        assert len(caught) > 2


def test_correct_code_passes_and_wrong_code_does_not() -> None:
    small = [
        job
        for job in jobs(10)
        if job.task == "product" and job.misconception in ("", "no-recurrence")
    ]
    found = joined(scores(type(job)(job.task, job.misconception, job.seeds[:2])) for job in small)
    right, wrong = found
    assert (right.passing(), wrong.passing()) == (2, 0)
    assert right.worst() < task("product").numbers.threshold < wrong.best()
    assert measurements.complaints(found, tally([])) == []


def test_nan_counts_as_worst_and_complains() -> None:
    found = Scores("echo", "", (0.01, float("nan")))
    assert found.worst() == float("inf")
    assert found.passing() == 1
    (complaint,) = measurements.complaints([found], tally([]))
    assert "1 of 2 correct runs fail" in complaint
    with pytest.raises(KitFault, match="1 of 2"):
        measurements.require_none([complaint])


def test_starts_that_are_drawn_again_are_no_complaint() -> None:
    values = (*[0.01] * 999, 0.3)
    assert measurements.complaints([Scores("echo", "", values)], tally([])) == []
    own_start = Scores("sine", "", (*values[1:], 1.0))
    (complaint,) = measurements.complaints([own_start], tally([]))
    assert "sine" in complaint


def test_false_fails_are_counted_by_case_with_their_culprit() -> None:
    subject = Subject("", "variant #7", "")
    rows = [
        MatrixRow(
            subject, ("q4_2/golden", "q5_2/echo"), {"q5_2/echo": Lost("failed", "why", "")}, ()
        ),
        MatrixRow(subject, ("q4_2/golden", "q5_2/echo"), {}, ("q4_2/golden",)),
    ]
    counted = tally(rows)
    assert counted.asked["q5_2/echo"] == 2
    assert counted.reviewed["q4_2/golden"] == 1
    assert counted.bound("q4_2/golden") < counted.bound("q5_2/echo")
    (complaint,) = measurements.complaints([], counted)
    assert "variant #7: why" in complaint
    assert "| q5_2/echo | 2 | 1 |" in measurements.markdown([], counted)


def test_a_partial_run_keeps_the_rows_of_the_others() -> None:
    subject = Subject("", "variant", "")
    first = tally([MatrixRow(subject, ("q4_2/golden", "q5_2/echo"), {}, ())])
    second = tally([MatrixRow(subject, ("q5_2/echo",), {}, ())] * 5)
    scores_ = [Scores("echo", "", (0.01,)), Scores("echo", "no-recurrence", (1.0,))]
    text = measurements.markdown([], second, measurements.markdown(scores_, first))
    assert "| q4_2/golden | 1 | 0 |" in text
    assert "| q5_2/echo | 5 | 0 |" in text
    assert "| q5_2/echo | 1 |" not in text
    assert "| echo | no-recurrence | 1 |" in text
    assert measurements.markdown([], tally([]), text) == text


def test_the_lines_beside_the_numbers_say_what_the_table_says() -> None:
    subject = Subject("", "variant-good", "")
    counted = tally(
        [MatrixRow(subject, ("q4_2/golden", "q4_2/order"), {}, ())] * 8
        + [MatrixRow(subject, ("q4_2/golden",), {"q4_2/golden": Lost("failed", "why", "")}, ())] * 2
    )
    found = [Scores("echo", "", (0.01, 9.0)), Scores("echo", "no-recurrence", (1.0,))]
    bound = f"{bounds.upper_bound(2, 10):.2%}"
    assert measurements.beside(measurements.markdown(found, counted)) == [
        f"# q5_2 echo: correct, n = 2: worst 9, fail 1 (rate below {bounds.upper_bound(1, 2):.2%} at 95%)",
        "# q5_2 echo: no-recurrence, n = 1: best 1, pass 0",
        f"# q4_2, 2 cases: correct programs, n = 8: fail 2 (rate of each below {bound} at 95%)",
    ]


def test_the_numbers_beside_are_those_of_the_table() -> None:
    table = Path(assignment.__file__).parents[1] / "docs" / "calibration.md"
    beside = assignment.PATH.read_text(encoding="utf-8").partition(measurements.BEGIN)[2]
    assert beside.split("\n")[1:-1] == measurements.beside(table.read_text(encoding="utf-8"))


def test_trials_go_through_all_programs_under_names_of_their_own() -> None:
    found = list(trials(["q5_1"], 120))
    assert len({trial.name for trial in found}) == 120
    assert len({trial.source for trial in found}) >= 40
    assert all(trial.questions() == ("q5_1",) for trial in found)


def test_measured_numbers_replace_the_old_ones_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "assignment.toml"
    path.write_text("a = 1\n", encoding="utf-8")
    measurements.write_beside(path, ["# one"])
    measurements.write_beside(path, ["# two"])
    assert path.read_text(encoding="utf-8") == f"a = 1\n\n{measurements.BEGIN}\n# two\n"


def test_the_picture_is_drawn_and_the_same_twice(tmp_path: Path) -> None:
    found = [
        Scores("fibonacci", "", (1.0, 0.99)),
        Scores("fibonacci", "no-recurrence", (0.4,)),
        Scores("echo", "", (0.01, float("inf"))),
    ]
    svg, png = draw(found, tmp_path)
    first = svg.read_bytes()
    draw(found, tmp_path)
    assert svg.read_bytes() == first
    assert b"no-recurrence" in first
    assert png.read_bytes().startswith(b"\x89PNG")


def test_an_unknown_question_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(calibrate, ["--only", "q9_9", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "q9_9" in result.output


def test_an_interrupted_run_keeps_what_it_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def some(_function: Any, given: Sequence[Any], _workers: int) -> Iterator[MatrixRow]:
        for number, trial in enumerate(given):
            if number == 7:
                raise KeyboardInterrupt
            yield MatrixRow(trial, ("q4_2/golden",), {}, ())

    numbers = tmp_path / "assignment.toml"
    numbers.write_text("a = 1\n", encoding="utf-8")
    monkeypatch.setattr(assignment, "PATH", numbers)
    monkeypatch.setattr("grader.commands.calibrate._mapped", some)
    result = CliRunner().invoke(calibrate, ["--only", "q4_2", "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert "| q4_2/golden | 7 | 0 |" in (tmp_path / "calibration.md").read_text()
    assert "# q4_2, 1 cases: correct programs, n = 7: fail 0 " in numbers.read_text()
