"""The scoring page in a real browser, by a person with a keyboard: marks, moves, conflicts, kills."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from grader.scoring import rubric
from grader.scoring.score_store import ScoreStore
from tests import ROOT
from tests.reports.test_pages_browser import CHROMIUM, DESKTOP, FLAGS, PHONE
from tests.scoring.desks import MODEL, make_out, served
from tests.scoring.test_answers import HOSTILE

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.slow]
ARTEFACTS = ROOT / "artefacts" / "scoring"


@dataclass
class Sitting:
    """A page that is open, and what it complained of or asked for."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.strangers.append(url)

    def open(self, language: str = "en") -> None:
        self.page.goto(f"{self.address}?lang={language}")
        expect(self.page.locator("#items button").first).to_be_visible()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def saved(self) -> None:
        expect(self.page.locator("#state")).to_have_text("saved")

    @property
    def who(self) -> str:
        return self.page.locator("#who").inner_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


@contextmanager
def sitting(browser: Browser, out: Path, *options: str) -> Iterator[Sitting]:
    with served(out, *options) as (address, _):
        page = browser.new_page(viewport=DESKTOP)
        yield Sitting(page, address)
        page.close()


def kept(out: Path) -> list[dict[str, object]]:
    store = ScoreStore(out, rubric.load())
    found = [json.loads(json.dumps(vars_of(mark))) for mark in store.marks()]
    store.close()
    return found


def vars_of(mark: object) -> dict[str, object]:
    return {name: getattr(mark, name) for name in mark.__slots__}  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_person_marks_ten_reports_with_the_keyboard_alone(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    out = make_out(tmp_path, [MODEL] * 10)
    with sitting(browser, out) as at:
        at.open(language)
        for number in range(10):
            before = at.who
            at.press("1", "2")
            if number == 3:
                at.press("c")
                at.page.keyboard.type("图很好")
                at.press("Escape", "l")
            if number == 4:
                at.press("0", "0", "f")
                at.page.keyboard.type("0.75")
                at.press("Escape")
            at.press("Enter")
            if number < 9:
                expect(at.page.locator("#who")).not_to_have_text(before)
        expect(at.page.locator("#bar")).to_have_js_property("value", 1)
        assert at.complaints == at.strangers == []
    found = kept(out)
    assert len(found) == 10
    assert all(mark["done"] for mark in found)
    assert sorted(len(mark["items"]) for mark in found) == [0] + [2] * 9  # type: ignore[arg-type]
    assert [mark["comment"] for mark in found if mark["comment"]] == ["图很好"]
    assert [mark["free"] for mark in found if mark["free"]] == [0.75]


def test_undo_model_answer_whole_report_and_back(browser: Browser, tmp_path: Path) -> None:
    with sitting(browser, make_out(tmp_path, [MODEL, MODEL])) as at:
        at.open()
        first = at.who
        at.press("1")
        at.saved()
        expect(at.page.locator("#points")).to_have_text("0.5 of 1.5")
        at.press("u")
        expect(at.page.locator("#points")).to_have_text("0 of 1.5")
        at.press("m")
        expect(at.page.locator("#model math").first).to_be_visible()
        at.press("w")
        expect(at.page.locator("#answer")).to_contain_text("On the Difficulty of Training")
        at.press("Enter")
        expect(at.page.locator("#who")).not_to_have_text(first)
        at.press("ArrowLeft")
        expect(at.page.locator("#who")).to_have_text(first)


def test_a_second_browsers_change_is_shown_and_never_overwritten_unseen(
    browser: Browser, tmp_path: Path
) -> None:
    out = make_out(tmp_path, [MODEL])
    with sitting(browser, out) as first:
        second = Sitting(browser.new_page(), first.address)
        first.open()
        second.open()
        first.press("1")
        first.saved()
        second.press("2")
        expect(second.page.locator("#conflict")).to_be_visible()
        assert second.page.locator("#items button").first.get_attribute("aria-pressed") == "true"
        second.page.locator("#conflict button").first.click()  # use mine
        second.saved()
        second.page.close()
    assert [mark["items"] for mark in kept(out)] == [["equations"]]


def test_keys_typed_ahead_are_meant_for_the_next_report(browser: Browser, tmp_path: Path) -> None:
    out = make_out(tmp_path, [MODEL] * 3)
    with sitting(browser, out) as at:
        at.page.route("**/view?*", lambda route: (at.page.wait_for_timeout(300), route.continue_()))
        at.open()
        at.press("1", "Enter", "2", "3", "Enter", "1", "2", "3")
        expect(at.page.locator("#progress")).to_contain_text("2 of 3")
        expect(at.page.locator("#items button[aria-pressed=true]")).to_have_count(3)
        at.saved()
    assert sorted(len(mark["items"]) for mark in kept(out)) == [1, 2, 3]  # type: ignore[arg-type]


def test_kill_loses_at_most_the_field_being_typed(browser: Browser, tmp_path: Path) -> None:
    out = make_out(tmp_path, [MODEL] * 3)
    with served(out) as (address, process):
        at = Sitting(browser.new_page(), address)
        at.open()
        at.press("1", "Enter")
        expect(at.page.locator("#progress")).to_contain_text("1 of 3")
        at.press("2", "3")
        at.saved()
        process.kill()
        process.wait()
        at.press("c")
        at.page.keyboard.type("typed while nobody listens")
        expect(at.page.locator("#state")).to_contain_text("Not saved")
        at.page.close()
    assert sorted(len(mark["items"]) for mark in kept(out)) == [1, 2]  # type: ignore[arg-type]


def test_an_item_priced_anew_changes_every_mark(browser: Browser, tmp_path: Path) -> None:
    out = make_out(tmp_path, [MODEL] * 2)
    with sitting(browser, out) as at:
        at.open()
        first = at.who
        at.press("1", "Enter")
        expect(at.page.locator("#who")).not_to_have_text(first)
        at.press("1")
        at.saved()
        at.press("e")
        row = at.page.locator("#dialog-body .line").first
        row.locator("input[type=number]").fill("0.25")
        row.locator("button").first.click()
        expect(at.page.locator("#state")).to_have_text("Changed for 2 marks.")
        expect(at.page.locator("#points")).to_have_text("0.25 of 1.5")


def test_two_readers_and_the_drift(browser: Browser, tmp_path: Path) -> None:
    out = make_out(tmp_path, [MODEL])
    with sitting(browser, out, "--reader", "ann") as at:
        at.open()
        at.press("1", "2", "Enter")
        expect(at.page.locator("#bar")).to_have_js_property("value", 1)
    with sitting(browser, out, "--reader", "bob") as at:
        at.open()
        expect(at.page.locator("#points")).to_have_text("0 of 1.5")  # ann's points are not shown
        at.press("1", "Enter")
        expect(at.page.locator("#bar")).to_have_js_property("value", 1)
        at.press("r")
        expect(at.page.locator("#dialog-body")).to_contain_text("ann 1 / bob 0.5")
        at.press("Escape", "d")
        expect(at.page.locator("svg.drift")).to_have_attribute("aria-label", "33 %")


def test_student_by_student_and_what_was_changed(browser: Browser, tmp_path: Path) -> None:
    with sitting(browser, make_out(tmp_path, [MODEL] * 2)) as at:
        at.open()
        who = at.who
        at.press("s", "1", "Enter")
        expect(at.page.locator("#section")).to_have_value("1.2")
        expect(at.page.locator("#who")).to_have_text(who)
        at.press("h")
        expect(at.page.locator("#dialog-body")).to_contain_text("1.1: items: [] → ['recurs']")


# From the key to the next report painted: a frame after the name has changed.
STOPWATCH = """
  const watch = {};
  addEventListener("keydown", () => { watch.began = performance.now(); }, true);
  new MutationObserver(() => requestAnimationFrame(() => {
    setTimeout(() => { watch.milliseconds = performance.now() - watch.began; });
  })).observe(document.getElementById("who"), { childList: true });
  window.watch = watch;
"""


def test_three_hundred_reports_open_without_delay(browser: Browser, tmp_path: Path) -> None:
    out = make_out(tmp_path, [f"{MODEL}\n\n{number}" for number in range(300)])
    with sitting(browser, out) as at:
        at.open()
        at.page.evaluate(STOPWATCH)
        times = []
        for _ in range(15):
            before = at.who
            time.sleep(0.4)  # a person reads; the next one is fetched meanwhile
            at.press("Enter")
            expect(at.page.locator("#who")).not_to_have_text(before)
            while not at.page.evaluate(
                "watch.milliseconds"
            ):  # the page's policy forbids to wait for it
                at.page.wait_for_timeout(5)
            times.append(at.page.evaluate("watch.milliseconds"))
            at.page.evaluate("watch.milliseconds = 0")
        print(f"next student: {statistics.median(times):.0f} ms (median of {len(times)})")
        assert len(kept(out)) == 15


def test_a_hostile_report_harms_nothing(browser: Browser, tmp_path: Path) -> None:
    report = "### 1.1 架构\n\n" + "\n\n".join(HOSTILE.values()) + "\n\n" + "字" * 5_000
    with sitting(browser, make_out(tmp_path, [report])) as at:
        at.open()
        at.press("w")
        at.page.wait_for_timeout(300)
        box = at.page.locator("#next").bounding_box()
        assert box
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        top = at.page.evaluate("([x, y]) => document.elementFromPoint(x, y).id", list(middle))
        assert top == "next"
        assert at.strangers == []
        assert not [text for text in at.complaints if "Content Security Policy" not in text]


@pytest.mark.parametrize(
    ("language", "scheme", "device"),
    [("zh", "light", "desktop"), ("en", "dark", "desktop"), ("zh", "dark", "phone")],
)
def test_the_page_is_accessible_and_fits(
    browser: Browser, tmp_path: Path, language: str, scheme: str, device: str
) -> None:
    with served(make_out(tmp_path, [MODEL, None])) as (address, _):
        size = PHONE if device == "phone" else DESKTOP
        # axe is a script of its own, which the page's policy keeps out.
        context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
        at = Sitting(context.new_page(), address)
        at.open(language)
        at.press("1", "m")
        expect(at.page.locator("#model")).to_be_visible()
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        at.page.screenshot(path=ARTEFACTS / f"{language}-{scheme}-{device}.png", full_page=True)
        assert at.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        results = Axe().run(at.page)
        assert results.violations_count == 0, results.generate_report()
        context.close()
