"""Reports, pictures and names: what is listed, and what is not."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

from grader.handout import template
from grader.integrity.similarity import picture_prints
from grader.integrity.similarity.mentions import KnownPerson, Mentions
from grader.language import render
from grader.records import Submission
from grader.results import alike
from grader.results.store import NAME, Store
from grader.scoring import rubric as rubric_file
from grader.scoring.desk import Desk
from grader.scoring.score_store import ScoreStore
from tests.integrity.similarity import alike_classes
from tests.integrity.similarity.alike_classes import sent
from tests.integrity.similarity.plots import plot, saved_anew
from tests.integrity.similarity.test_comparison import keys, run, told

OWN = (
    "在我的实验里，隐藏层取三十七个单元时训练误差降得最快，可是到了第十二步，传回来的梯度只剩下最初的百分之三。"
    "把序列缩短到八步以后，预测曲线才重新贴住真实曲线，所以我认为真正的瓶颈并不在隐藏层的大小。"
)
OTHER = (
    "遗忘门接近一的时候，细胞状态几乎原样穿过许多时间步，误差也就顺着同一条路回来。"
    "我把偏置设成二，训练前二十轮的损失比设成零时低了一半，之后两条曲线渐渐靠拢。"
)


def written(*pieces: str) -> str:
    return template.report().replace("## 1.4", "\n".join(pieces) + "\n\n## 1.4", 1) + "\n".join(
        pieces
    )


def reporters(*reports: str) -> list[Submission]:
    return [sent(f"20230{k:02}", f"同学{k}", None, report) for k, report in enumerate(reports)]


def test_a_report_that_takes_over_sentences_is_listed(tmp_path: Path) -> None:
    mixed = OTHER[:40] + OWN.replace("，", "；")  # other punctuation, and something of one's own
    out = alike_classes.make_class(
        tmp_path / "out", reporters(written(OWN), written(mixed), written(OTHER))
    )
    found = run(out)
    assert ("2023000", "2023001") in keys(found)
    assert ("2023000", "2023002") not in keys(found)


def test_template_and_model_answer_are_no_likeness(tmp_path: Path) -> None:
    out = alike_classes.make_class(tmp_path / "out", reporters(written(OWN), written(OTHER)))
    assert run(out).pairs == ()


def test_the_scoring_page_says_where_a_section_is_alike(tmp_path: Path) -> None:
    out = alike_classes.make_class(
        tmp_path / "out", reporters(written(OWN), written(OWN), written(OTHER))
    )
    rubric = rubric_file.load()
    store = ScoreStore(out, rubric)
    try:
        before = _evidence(Desk(out, rubric, store, "A"), "2023000")
        run(out)
        after = _evidence(Desk(out, rubric, store, "A"), "2023000")
        other = Desk(out, rubric, store, "A").code("2023001")
    finally:
        store.close()
    lines = set(after) - set(before)
    assert lines
    assert all(other in line and "no proof" in line for line in lines)
    assert not any("2023001" in line for line in lines)  # blind


def _evidence(desk: Desk, student_id: str) -> list[str]:
    code = desk.code(student_id)
    numbers = [section.number for section in desk.rubric.section]
    return [line for number in numbers for line in desk.view(code, number, "en")["evidence"]]


def test_measured_numbers_in_both_reports_are_told(tmp_path: Path) -> None:
    numbers = "损失 0.0381649，误差 1.2094417。"
    out = alike_classes.make_class(
        tmp_path / "out", reporters(written(OWN, numbers), written(OWN, numbers), written(OTHER))
    )
    assert "0.0381649, 1.2094417" in told(run(out))


# -- pictures --------------------------------------------------------------------------------------


def test_pictures_saved_anew_are_the_same_and_other_curves_are_not() -> None:
    tiles = [picture_prints.of_bytes(plot(seed)) for seed in range(6)]
    copies = [picture_prints.of_bytes(saved_anew(plot(seed))) for seed in range(6)]
    same = [picture_prints.same(one, np.stack(copies)) for one in tiles]
    assert np.array_equal(np.array(same), np.eye(6, dtype=bool))


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, b"GIF89a"])
def test_what_is_no_picture_has_no_print(data: bytes) -> None:
    assert picture_prints.of_bytes(data) is None


@pytest.mark.parametrize(
    ("change", "words"), [(bytes, "byte for byte"), (saved_anew, "saved anew")]
)
def test_the_same_picture_is_enough(change, words: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    pictures = [
        alike_classes.picture(out, f"{k}.png", data)
        for k, data in enumerate([plot(1), change(plot(1)), plot(2)])
    ]
    alike_classes.make_class(out, [
        sent(f"202300{k}", "", None, written(f"![]({k}.png)"), pictures=(picture,))
        for k, picture in enumerate(pictures)
    ])  # fmt: skip
    found = run(out)
    assert keys(found) == {("2023000", "2023001")}
    assert words in told(found)


def test_a_picture_inside_the_report_counts_too(tmp_path: Path) -> None:
    uri = f"![](data:image/png;base64,{base64.b64encode(plot(1)).decode()})"
    out = alike_classes.make_class(
        tmp_path / "out", reporters(written(uri), written(uri), written(OTHER))
    )
    assert keys(run(out)) == {("2023000", "2023001")}


# -- names -----------------------------------------------------------------------------------------


def mentioned(text: str) -> set[str]:
    people = [
        KnownPerson("20230001", "20230001", "王小明"), KnownPerson("20230002", "20230002", "高明"),
        KnownPerson("20230003", "20230003", "Jane Doe"), KnownPerson("old/7", "7", "赵 大 河"),
    ]  # fmt: skip
    return {whom for whom, _ in Mentions(people).of("20230001", text)}


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("学号：20230002", {"20230002"}),
        ("x = 120230002", set()),
        ("0.20230002", set()),
        ("这个方法很高明", set()),
        ("# 作者：高明", {"20230002"}),
        ("thanks to jane  doe for this", {"20230003"}),
        ("赵 大 河 写的", {"old/7"}),
        ("# 王小明 20230001", set()),
    ],
)
def test_a_name_or_id_of_another_inside(text: str, whom: set[str]) -> None:
    assert mentioned(text) == whom


def test_a_mention_is_told_with_its_line(tmp_path: Path) -> None:
    submissions = [
        sent("20230001", "王小明", "x = 1\n"),
        sent("20230002", "李大为", "y = 2\n# 学号 20230001\n"),
    ]
    found = run(alike_classes.make_class(tmp_path / "out", submissions))
    assert render(found.pairs[0].reasons[0], "en") == "“20230001” stands in line 2 of 20230002"


def test_nothing_is_told_where_similar_never_ran(tmp_path: Path) -> None:
    out = alike_classes.make_class(tmp_path / "out", reporters(written(OWN), written(OWN)))
    with Store(out / NAME) as store:
        assert alike.kept(store) is None
        assert list(alike.passages_of(store, "2023000")) == []
