"""Marks are kept whole: versions, conflicts, undo, a rubric that changes under them, two readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.faults import KitFault
from grader.scoring import marks, rubric
from grader.scoring.desk import Desk
from grader.scoring.marks import Mark
from grader.scoring.rubric import Item
from grader.scoring.score_store import NAME, Conflict, ScoreStore
from tests.scoring.desks import MODEL, make_out

RUBRIC = rubric.load()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ScoreStore]:
    store = ScoreStore(tmp_path, RUBRIC)
    yield store
    store.close()


def mark(**values: object) -> Mark:
    return Mark("2023001", "1.1", "ann", **values)  # type: ignore[arg-type]


def test_the_rubric_fits_the_template_and_the_points() -> None:
    assert len(RUBRIC.section) == 18
    assert sum(section.points for section in RUBRIC.section) == 40
    for section in RUBRIC.section:
        best = sum(item.points for item in section.items if item.points > 0)
        assert best == pytest.approx(section.points), section.number
        assert set(section.full) == {"zh", "en"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('number = "1.1"', 'number = "1.11"', "1.11"),
        ("points = 6.0", "points = 7.0", "q3 are worth 14"),
        ('key = "recurs"', 'key = "equations"', "occurs twice"),
        ("[[section]]", "[[sektion]]", "rubric.toml"),
        ("points = 1.5", 'points = "1.5"', "rubric.toml"),
    ],
)
def test_a_bad_rubric_is_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "rubric.toml"
    path.write_text(rubric.PATH.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KitFault, match=said) as caught:
        rubric.load(path)
    assert "\n" not in str(caught.value)


def test_points_stay_between_nothing_and_the_sections_points() -> None:
    items = (Item("a", 1.0, {}), Item("b", -0.5, {}))
    assert marks.points(mark(items=("a", "b")), items, 1.5) == 0.5
    assert marks.points(mark(items=("a",), free=5.0), items, 1.5) == 1.5
    assert marks.points(mark(items=("b",)), items, 1.5) == 0.0
    assert marks.points(mark(items=("gone",)), items, 1.5) == 0.0


def test_a_mark_is_there_for_whoever_opens_the_store_next(tmp_path: Path) -> None:
    first = ScoreStore(tmp_path, RUBRIC)
    written = first.put(mark(items=("recurs",), comment="好"))
    assert written.version == 1
    first.close()
    again = ScoreStore(tmp_path, RUBRIC)
    assert again.mark("2023001", "1.1", "ann") == written
    again.close()


def test_two_browsers_do_not_overwrite_each_other_unseen(store: ScoreStore) -> None:
    store.put(mark(items=("recurs",)))
    with pytest.raises(Conflict) as caught:
        store.put(mark(items=("contrast",)))  # it saw version 0
    assert caught.value.current.items == ("recurs",)
    assert store.put(mark(items=("contrast",), version=1)).version == 2


def test_undo_goes_back_step_by_step_and_is_history_too(store: ScoreStore) -> None:
    version = 0
    for keys in (("a",), ("a", "b"), ("a", "b", "c")):
        version = store.put(mark(items=keys, version=version)).version
    seen = [store.undo("2023001", "1.1", "ann").items for _ in range(4)]
    assert seen == [("a", "b"), ("a",), (), ()]
    assert len(list(store.history("2023001"))) == 6
    store.put(mark(items=("d",), version=store.mark("2023001", "1.1", "ann").version))
    assert store.undo("2023001", "1.1", "ann").items == ()


def test_a_changed_item_changes_all_that_have_it_and_history_says_so(store: ScoreStore) -> None:
    store.put(mark(items=("recurs",)))
    store.put(replace(mark(items=("recurs",)), student_id="2023002"))
    store.change_item("1.1", Item("recurs", 0.25, {"zh": "新", "en": "new"}), "ann")
    assert {item.key: item.points for item in store.items("1.1")}["recurs"] == 0.25
    assert [each.student_id for each in store.holders("1.1", "recurs")] == ["2023001", "2023002"]
    last = list(store.history())[-1]
    assert (last["old"]["points"], last["new"]["points"], last["reader"]) == (0.5, 0.25, "ann")
    store.remove_item("1.1", "recurs", "ann")
    assert "recurs" not in {item.key for item in store.items("1.1")}


def test_what_was_edited_on_the_page_survives_the_files_rubric(tmp_path: Path) -> None:
    first = ScoreStore(tmp_path, RUBRIC)
    first.change_item("1.1", Item("recurs", 0.25, {"zh": "新", "en": "new"}), "ann")
    first.close()
    again = ScoreStore(tmp_path, RUBRIC)
    assert next(item for item in again.items("1.1") if item.key == "recurs").points == 0.25
    again.close()


def test_a_file_that_is_no_store_is_one_line(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database at all, but long enough to be looked at" * 40)
    with pytest.raises(KitFault, match=r"scoring\.sqlite cannot be used"):
        ScoreStore(tmp_path, RUBRIC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    out = make_out(tmp_path, [MODEL, None, "### 1.1 架构\n\n嗯哼。", MODEL])
    store = ScoreStore(out, RUBRIC)
    yield Desk(out, RUBRIC, store, "ann")
    store.close()


def test_blind_means_no_id_and_no_name(desk: Desk) -> None:
    queue = desk.queue("1.1")
    text = repr([queue, *(desk.view(one["code"], "1.1", "en") for one in queue)])
    assert "2023" not in text
    assert "学生" not in text
    assert {desk.student(one["code"]) for one in queue} == {f"2023000{n}" for n in range(4)}


def test_sections_are_read_in_orders_of_their_own(desk: Desk) -> None:
    orders = {tuple(desk.order(section.number)) for section in RUBRIC.section}
    assert len(orders) > 6  # of 24 for four students
    assert desk.order("1.1") == desk.order("1.1")


def test_a_view_has_the_answer_the_evidence_and_the_items(desk: Desk) -> None:
    views = {
        desk.student(one["code"]): desk.view(one["code"], "1.1", "en") for one in desk.queue("1.1")
    }
    assert "<math" in views["20230000"]["answer"]
    assert views["20230001"]["report"] is False
    assert any("hardly an answer" in line for line in views["20230002"]["evidence"])
    assert [item["key"] for item in views["20230000"]["items"]] == [
        "recurs",
        "equations",
        "contrast",
    ]


def test_two_readers_apart_are_listed_the_second_not_seeing_the_first(desk: Desk) -> None:
    desk.store.put(
        Mark("20230000", "3.1", "ann", items=("jacobian", "product", "error"), done=True)
    )
    other = Desk(desk.out, RUBRIC, desk.store, "bob")
    code = other.code("20230000")
    assert other.view(code, "3.1", "en")["mark"]["items"] == []
    assert other.compared() == []
    other.store.put(Mark("20230000", "3.1", "bob", items=("jacobian", "product"), done=True))
    (found,) = other.compared()
    assert (found["code"], found["apart"], found["most"]) == (code, 2.0, 6.0)
    near = Mark("20230003", "3.1", "ann", items=("jacobian",), done=True)
    other.store.put(near)
    other.store.put(replace(near, reader="bob", free=1.0))
    assert len(other.compared()) == 1  # 1 of 6 points is within a fifth


def test_drift_and_uses(desk: Desk) -> None:
    for number, points in enumerate((6, 6, 0, 0)):
        desk.store.put(Mark(f"2023000{number}", "3.1", "ann", free=points, done=True))
    assert desk.drift("3.1") == [1.0, 1.0, 0.0, 0.0]
    desk.store.put(Mark("20230000", "3.2", "ann", items=("bound",)))
    (use,) = desk.uses("3.2", "bound", "en")
    assert use["points"] == 1.5
    assert "<math" in use["answer"]
