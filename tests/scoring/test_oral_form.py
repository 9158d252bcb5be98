"""The form of the oral exam: what is sent, what counts, and a person at it in a real browser."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from grader.assignment import load
from grader.integrity.dossier.class_dossiers import Commission, write_dossiers
from grader.reports import gradebook
from grader.results.reader import StoreReader
from grader.results.store import NAME, Store
from grader.scoring import marks as scored
from grader.scoring import page_scores, rubric
from grader.scoring.marks import ORAL, Mark
from grader.scoring.score_store import ScoreStore
from tests import ROOT
from tests.batch import batch_fakes as fakes
from tests.reports.test_pages_browser import PHONE
from tests.scoring.desks import MODEL, make_out
from tests.scoring.test_doors import ask
from tests.scoring.test_page_browser import ARTEFACTS, Axe, Sitting, browser, kept, served, sitting

__all__ = ["browser"]  # the fixture
WHO = "20230000"
PROGRAM = (ROOT / "tests" / "programs" / "bases" / "row.py").read_text(encoding="utf-8")


def mark(*items: str, reader: str = "ann", **values: object) -> Mark:
    return Mark(WHO, ORAL, reader, items=items, done=True, **values)  # type: ignore[arg-type]


def put(out: Path, *marks: Mark) -> None:
    store = ScoreStore(out, rubric.load())
    for each in marks:
        store.put(each)
    store.close()


def oral_of(out: Path) -> tuple[float | None, list[str]]:
    with StoreReader.existing(out) as store:
        book = gradebook.read(store, out, load())
    return book.by_id[WHO].oral, [str(each.reason) for each in book.mistakes]


@pytest.mark.parametrize("items", [("4:4",), ("13:1",), ("1:1", "1:2"), ("a",), ("1:-1",)])
def test_what_is_no_mark_is_refused(items: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=items[-1]):
        scored.question_marks(items)
    with served(make_out(tmp_path, [MODEL])) as (address, _):
        parts = urlsplit(address)
        (place,) = json.loads(ask(address, "queue?section=oral")[2])
        sent = {"code": place["code"], "section": ORAL, "items": items, "free": 0, "comment": "", "version": 0}  # fmt: skip
        origin = f"http://{parts.netloc}"
        status, _, body = ask(address, "mark", "POST", sent, Origin=origin)
    assert (status, json.loads(body)) == (400, {"wrong": "items"})


def test_the_mean_of_what_was_asked_counts(tmp_path: Path) -> None:
    out = make_out(tmp_path, [MODEL])
    put(out, mark(comment="not asked anything"))
    assert page_scores.read(out) == {}
    put(out, mark("1:3", "4:2", "12:2", reader="bob"))
    assert page_scores.read(out)[WHO].oral == pytest.approx(7 / 3, abs=1e-4)
    assert oral_of(out) == (pytest.approx(7 / 3, abs=1e-4), [])


def test_two_examiners_near_count_as_their_mean_and_far_apart_not_at_all(tmp_path: Path) -> None:
    out = make_out(tmp_path, [MODEL])
    put(out, mark("1:3", "2:3"), mark("1:3", "2:2", reader="bob"))
    assert oral_of(out)[0] == 2.75
    put(out, mark("1:0", reader="cy"))
    assert oral_of(out)[0] is None


def test_a_table_that_says_the_same_is_fine_and_another_is_a_problem(tmp_path: Path) -> None:
    out = make_out(tmp_path, [MODEL])
    put(out, mark("1:3", "2:2"))
    (out / "oral.csv").write_text(f"student_id,1,2\n{WHO},2,3\n", "utf-8")
    assert oral_of(out) == (2.5, [])
    (out / "oral.csv").write_text(f"student_id,1,2\n{WHO},2,2\n", "utf-8")
    value, problems = oral_of(out)
    assert value is None
    assert problems == ["oral: oral.csv gives 2.0, scoring.sqlite 2.5. Neither was used."]


# -- in a browser ----------------------------------------------------------------------------------


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Two students, and the dossier of each."""
    made = make_out(tmp_path, [MODEL, None])
    with Store(made / NAME) as store:
        run = store.begin(fakes.KIT)
        store.admit([fakes.Submission(WHO, "王小明", PROGRAM, MODEL)])
        for each in list(store.submissions(run)):
            store.record(each, fakes.made(each))
        store.finish()
        write_dossiers(store, Commission(made, "en"))
    return made


def opened(at: Sitting, language: str = "en") -> None:
    at.open(language)
    at.page.locator("#section").select_option("oral")
    expect(at.page.locator(".question").first).to_be_visible()


@pytest.mark.needs("chromium")
@pytest.mark.slow
def test_an_interview_with_the_keyboard_alone(browser: Browser, out: Path) -> None:
    with sitting(browser, out) as at:
        opened(at)
        expect(at.page.locator("#who")).to_have_text(f"Student 王小明 {WHO}")
        frame = at.page.frame_locator("#answer iframe")
        expect(frame.locator("h1")).to_be_visible()
        rows = at.page.locator(".question")
        assert 8 <= rows.count() <= 12
        assert rows.count() == frame.locator("ol.oral > li").count()
        at.press("3", "0", "ArrowDown", "2")
        frame.locator("body").click()  # keys pressed in the dossier are the form's too
        at.press("1")
        at.saved()
        expect(at.page.locator("#points")).to_have_text("1.5 of 3, 4 asked")
        at.press("ArrowUp", "ArrowUp", "Backspace")
        expect(at.page.locator("#points")).to_have_text("1.33 of 3, 3 asked")
        at.press("u")
        expect(at.page.locator("#points")).to_have_text("1.5 of 3, 4 asked")
        at.press("c")
        at.page.keyboard.type("explains well")
        at.press("Escape", "m", "e", "Enter")
        expect(at.page.locator("#who")).to_have_text("Student 学生1 20230001")
        expect(at.page.locator("#progress")).to_contain_text("1 of 2")
        assert at.strangers == []
        assert at.complaints == []
    (found,) = kept(out)
    assert found["items"] == ["1:3", "2:0", "4:2", "5:1"]
    assert found["comment"] == "explains well"
    assert oral_of(out)[0] == 1.5


@pytest.mark.needs("chromium")
@pytest.mark.slow
def test_no_dossier_no_questions_but_their_numbers(browser: Browser, tmp_path: Path) -> None:
    with sitting(browser, make_out(tmp_path, [MODEL])) as at:
        opened(at)
        expect(at.page.locator("#answer")).to_contain_text("There is no dossier")
        assert at.page.locator(".question").count() == 12
        at.page.locator(".question button").nth(7).click()  # the second question's 3
        at.saved()
        expect(at.page.locator("#points")).to_have_text("3 of 3, 1 asked")


@pytest.mark.needs("chromium")
@pytest.mark.slow
def test_who_reads_student_by_student_is_not_led_to_a_name(browser: Browser, out: Path) -> None:
    with sitting(browser, out) as at:
        at.open()
        at.page.locator("#section").select_option("bonus")
        expect(at.page.locator("#items button").first).to_be_visible()
        at.press("s", "Enter")
        expect(at.page.locator("#section")).to_have_value("1.1")


@pytest.mark.needs("chromium")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "scheme", "device"), [("zh", "light", "desktop"), ("en", "dark", "phone")]
)
def test_the_form_is_accessible_and_fits(
    browser: Browser, out: Path, language: str, scheme: str, device: str
) -> None:
    with served(out) as (address, _):
        size = PHONE if device == "phone" else {"width": 1280, "height": 800}
        context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
        at = Sitting(context.new_page(), address)
        opened(at, language)
        at.press("3", "1")
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        at.page.screenshot(
            path=ARTEFACTS / f"oral-{language}-{scheme}-{device}.png", full_page=True
        )
        assert at.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        results = Axe().run(at.page)
        assert results.violations_count == 0, results.generate_report()
        context.close()
