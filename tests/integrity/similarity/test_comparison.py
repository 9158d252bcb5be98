"""Programs: who is listed with whom; texts that cannot be compared; what is said besides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from grader.handout import template
from grader.integrity.similarity import prints
from grader.integrity.similarity.clusters import groups
from grader.integrity.similarity.comparison import PROGRAM_LINE
from grader.integrity.similarity.similar_run import find_alike
from grader.language import render
from grader.records import Submission
from grader.results import alike
from grader.results.alike import AlikeRun
from grader.results.overrides import Override
from grader.results.store import NAME, Store
from tests.integrity.similarity import alike_classes, disguises
from tests.integrity.similarity.alike_classes import sent
from tests.integrity.similarity.measure import likeness
from tests.integrity.similarity.programs import collection, written_apart

APART = ["karpathy", "columns", "assistant", "torchish", "fused", "golf", "matlabish", "einsum"]


def run(out: Path, *, against: Sequence[Path] = (), language: str = "en") -> AlikeRun:
    with Store(out / NAME) as store:
        return find_alike(store, out, against, (), language)


def keys(found: AlikeRun) -> set[tuple[str, str]]:
    return {pair.key for pair in found.pairs}


def classmates() -> list[Submission]:
    texts = collection()
    return [sent(f"20230{k:02}", f"同学{k}", texts[name]) for k, name in enumerate(APART)]


def told(found: AlikeRun) -> str:
    return "\n".join(render(reason, "en") for pair in found.pairs for reason in pair.reasons)


def test_at_least_forty_programs_were_written_apart() -> None:
    assert len(written_apart()) >= 40


@pytest.mark.parametrize("disguise", disguises.ONE_SOURCE)
def test_a_disguised_copy_is_listed_with_its_source_and_nobody_else(
    disguise: str, tmp_path: Path
) -> None:
    copy = disguises.ONE_SOURCE[disguise](collection()["karpathy"], Random(5))
    out = alike_classes.make_class(tmp_path / "out", [*classmates(), sent("2023099", "抄写", copy)])
    assert keys(run(out)) == {("2023000", "2023099")}


def test_two_halves_are_listed_with_both_sources(tmp_path: Path) -> None:
    texts = collection()
    copy = disguises.mixed(texts["matlabish"], texts["torchish"], Random(1))
    out = alike_classes.make_class(tmp_path / "out", [*classmates(), sent("2023099", "", copy)])
    assert keys(run(out)) == {("2023003", "2023099"), ("2023006", "2023099")}


def test_a_group_is_one_entry_and_each_other_pair_its_own(tmp_path: Path) -> None:
    texts = collection()
    copies = [sent(f"202309{k}", "", texts["tape"] + f"\n# {k}\n") for k in range(4)]
    two = [
        sent("2023088", "", texts["pullbacks"]),
        sent("2023089", "", texts["pullbacks"] + "\n#\n"),
    ]
    out = alike_classes.make_class(tmp_path / "out", [*classmates(), *copies, *two])
    found = run(out)
    assert [len(each) for each in groups(found.pairs)] in ([6, 1], [1, 6])
    shown = (out / "similar.html").read_text(encoding="utf-8")
    assert shown.count("A group of") == 1
    assert "A group of 4:" in shown
    assert "Its 6 pairs" in shown
    rows = [line for line in shown.splitlines() if ",alike,202309" in line]
    assert len(rows) == 6


def test_programs_written_apart_are_not_listed(tmp_path: Path) -> None:
    out = alike_classes.make_class(tmp_path / "out", classmates())
    assert run(out).pairs == ()
    assert "No two submissions are alike" in (out / "similar.html").read_text(encoding="utf-8")


def test_what_was_handed_out_is_taken_off(tmp_path: Path) -> None:
    skeletons = [sent(f"20230{k:02}", "", template.skeleton(), template.report()) for k in range(4)]
    out = alike_classes.make_class(tmp_path / "out", skeletons)
    assert run(out).pairs == ()
    assert "anything of their own" in (out / "similar.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("submissions", "words"),
    [
        ([], "fewer than two submissions"),
        ([sent("2023001", "王", "x = 1")], "fewer than two submissions"),
        ([sent("2023001", "王", "def f(:"), sent("2023002", "李", "\x00\ud800(((")], "alike"),
        ([sent("2023001", "王", None, ""), sent("2023002", "李", None, "  \n")], "fewer than two"),
    ],
)
def test_a_class_with_nothing_to_compare_gets_a_page_that_says_so(
    submissions: list[Submission], words: str, tmp_path: Path
) -> None:
    out = alike_classes.make_class(tmp_path / "out", submissions)
    assert run(out).pairs == ()
    assert words in (out / "similar.html").read_text(encoding="utf-8")


def test_a_copy_that_does_not_parse_is_found(tmp_path: Path) -> None:
    copy = collection()["columns"] + "\n\ndef unfinished(:\n"
    out = alike_classes.make_class(tmp_path / "out", [*classmates(), sent("2023099", "", copy)])
    assert keys(run(out)) == {("2023001", "2023099")}


def test_three_lines_of_ones_own_are_no_likeness() -> None:
    few = [
        prints.of_program("rate = 0.01\nfor step in range(9):\n    total = total + rate * step\n")
    ]
    whole = [prints.of_program(text) for text in list(collection().values())[:3]]
    matrix = likeness([*few, *few, *whole])
    assert matrix[0, 1] < PROGRAM_LINE


def test_an_earlier_class_is_compared_but_not_with_itself(tmp_path: Path) -> None:
    texts = collection()
    old = alike_classes.make_class(
        tmp_path / "year2024", [sent("1", "甲", texts["golf"]), sent("2", "乙", texts["golf"])]
    )
    copy = disguises.renamed(texts["golf"], Random(2))
    mates = [each for each in classmates() if each.source != texts["golf"]]
    out = alike_classes.make_class(tmp_path / "out", [*mates, sent("2023099", "丙", copy)])
    found = run(out, against=[old])
    assert keys(found) == {("2023099", "year2024/1"), ("2023099", "year2024/2")}
    assert {pair.first for pair in found.pairs} == {"year2024/1", "year2024/2"}
    assert (found.compared, found.earlier) == (len(mates) + 1, 2)


def test_who_sent_first_is_told_where_it_is_known(tmp_path: Path) -> None:
    text = collection()["tape"]
    copy = disguises.uncommented(text, Random(1))
    out = alike_classes.make_class(tmp_path / "out", [
        *classmates(),
        sent("2023098", "", copy, submitted_at="2025-11-20T10:00:00+08:00"),
        sent("2023099", "", text, submitted_at="2025-11-20T01:00:00+00:00"),
    ])  # fmt: skip
    (pair,) = run(out).pairs
    assert pair.first == "2023099"  # an hour earlier, in another zone


def test_the_same_loss_curve_is_enough(tmp_path: Path) -> None:
    curve = (0.5123, 0.41, 0.3, 0.2, 0.123456789)
    out = alike_classes.make_class(
        tmp_path / "out", classmates(), {"2023000": curve, "2023002": curve, "2023003": (1.0,) * 9}
    )
    found = run(out)
    assert keys(found) == {("2023000", "2023002")}
    assert "to the last digit" in told(found)


def test_the_same_learned_weights_are_enough(tmp_path: Path) -> None:
    """Whatever the programs and the curves that they return look like."""
    weights = {"2023000": ("0" * 16,), "2023002": ("1" * 16, "0" * 16), "2023003": ("2" * 16,)}
    out = alike_classes.make_class(tmp_path / "out", classmates(), {}, weights)
    found = run(out)
    assert keys(found) == {("2023000", "2023002")}
    assert "the very same weights" in told(found)


def test_rare_names_numbers_seeds_comments_and_slips_are_told(tmp_path: Path) -> None:
    texts = collection()
    odd = (
        "# 反向传波的时候要小心，不然梯度会错\n"
        "zweites_gewicht = 0.0173\ndrittes_gewicht = 0.0291\n"
        "np.random.seed(8731)\nDATA = 'C:\\\\Users\\\\xiaoming99\\\\rnn'\n"
    )
    out = alike_classes.make_class(tmp_path / "out", [
        *classmates(), sent("2023098", "", texts["tape"] + odd),
        sent("2023099", "", disguises.reordered(texts["tape"], Random(1)) + "\n" + odd),
    ])  # fmt: skip
    words = told(run(out))
    for expected in ("zweites_gewicht", "0.0173", "8731", "反向传波", "xiaoming99", "不然梯度会错"):
        assert expected in words


def test_the_same_rare_mistake_is_told(tmp_path: Path) -> None:
    """The fakes of the batch diagnose every submission alike: a mistake that all make says nothing."""
    text = collection()["tape"]
    out = alike_classes.make_class(tmp_path / "out", [*classmates(), sent("2023099", "", text)])
    assert "same mistakes" not in told(run(out))


def test_what_a_person_found_fine_stays_until_the_work_changes(tmp_path: Path) -> None:
    text = collection()["tape"]
    both = [*classmates(), sent("2023098", "", text), sent("2023099", "", text + "\n# mine\n")]
    out = alike_classes.make_class(tmp_path / "out", both)
    run(out)
    with Store(out / NAME) as store:
        store.decide([Override("2023099", "alike", "2023098", "they explained it")])
    run(out)
    with Store(out / NAME) as store:
        assert alike.open_pairs(store) == ()
        assert list(alike.passages_of(store, "2023098")) == []
    assert "they explained it" in (out / "similar.html").read_text(encoding="utf-8")
    alike_classes.make_class(out, [*both[:-1], sent("2023099", "", text + "\n# again\n")])
    run(out)
    with Store(out / NAME) as store:
        assert len(alike.open_pairs(store)) == 1


def test_passages_are_told_from_either_side(tmp_path: Path) -> None:
    texts = collection()
    out = alike_classes.make_class(tmp_path / "out", [
        *classmates(), sent("2023098", "", texts["tape"]),
        sent("2023099", "", "# one line more\n" + texts["tape"]),
    ])  # fmt: skip
    run(out)
    with Store(out / NAME) as store:
        mine, theirs = (list(alike.passages_of(store, each)) for each in ("2023098", "2023099"))
    assert mine
    assert [each.turned("2023098") for each in mine] == theirs
    assert all(each.other_lines[0] == each.lines[0] + 1 for each in mine)
