"""The pages in a real browser: quiet, closed, usable with keys, at any width, in the dark, on paper.

Screenshots of all of it stay in `artefacts/pages/` to be looked at.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from grader.language import say
from grader.records import Problem, Status
from grader.reports.pages.all_pages import write_all
from tests import ROOT
from tests.reports.reports_samples import (
    awful,
    classroom,
    good,
    hostile,
    middling,
    wording,
)
from tests.reports.test_reports_pages import FakeStore

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.slow]

CHROMIUM = Path(shutil.which("chromium") or "chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ARTEFACTS = ROOT / "artefacts" / "pages"
DESKTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
PAGES = {
    "report": "report.html",
    "good": "feedback/2023001.html",
    "middling": "feedback/2023014.html",
    "awful": "feedback/2023099.html",
    "unreadable": "feedback/2023777.html",
}
SIZE = 90  # of the class: more than one page of the table


@dataclass
class Visit:
    """A page and everything that it complained of or asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def strangers(self) -> list[str]:
        return [url for url in self.requests if not url.startswith(("file:", "data:"))]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One OUT folder in each language: `out / "zh"` and `out / "en"`."""
    unreadable = replace(
        good(),
        student_id="2023777",
        name="周读",
        status=Status.UNREADABLE,
        questions=(),
        exhibits=(),
        notes=(say("The file is no text."),),
    )
    named = [good(), middling(), awful(), hostile(), unreadable]
    room = [replace(each, exhibits=()) for each in classroom(SIZE - len(named))]
    problem = Problem("作业.rar", "0" * 64, say("A RAR file."), say("Ask for a zip."))
    folder = tmp_path_factory.mktemp("out")
    for language in ("zh", "en"):
        store = FakeStore([*named, *room], [problem])
        write_all(store, folder / language, language, wording=wording(language))
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    page = browser.new_page(viewport=DESKTOP)
    yield Visit(page)
    page.close()


@pytest.mark.parametrize(
    ("language", "scheme", "device"),
    [
        ("zh", "light", "desktop"),
        ("en", "dark", "desktop"),
        ("en", "light", "phone"),
        ("zh", "dark", "phone"),
    ],
)
def test_every_page_is_quiet_closed_accessible_and_fits(
    browser: Browser, out: Path, language: str, scheme: str, device: str
) -> None:
    size = PHONE if device == "phone" else DESKTOP
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]  # parametrised literals
    for name, path in PAGES.items():
        seen = Visit(context.new_page())
        seen.page.goto((out / language / path).as_uri())
        assert seen.complaints == []
        assert seen.strangers() == []
        assert not seen.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        violations = Axe().run(seen.page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        seen.page.screenshot(
            path=ARTEFACTS / f"{name}-{language}-{device}-{scheme}.png", full_page=True
        )
        seen.page.close()
    context.close()


def test_dark_and_light_are_different_and_plots_follow(browser: Browser, out: Path) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto((out / "en" / PAGES["middling"]).as_uri())
        colours[scheme] = page.evaluate(
            "[getComputedStyle(document.body).backgroundColor,"
            " getComputedStyle(document.querySelector('svg.plot')).color]"
        )
        page.close()
    assert colours["light"][0] != colours["dark"][0]
    assert colours["light"][1] != colours["dark"][1]


def names(page: Page) -> list[str]:
    return page.locator("#students-table tbody tr td:nth-child(2)").all_inner_texts()


def totals(page: Page) -> list[float]:
    texts = page.locator("#students-table tbody tr td:nth-child(3)").all_inner_texts()
    return [float(text) for text in texts if text]


def test_the_table_sorts_by_number_and_by_name_both_ways(visit: Visit, out: Path) -> None:
    visit.page.goto((out / "en" / "report.html").as_uri())
    visit.page.get_by_role("button", name="Show all").click()
    total = visit.page.get_by_role("button", name="total")
    total.click()
    falling = totals(visit.page)
    assert falling == sorted(falling, reverse=True)
    assert len(falling) == SIZE - 1  # the unreadable one has no score
    header = visit.page.locator("#students-table th", has=total)
    expect(header).to_have_attribute("aria-sort", "descending")
    total.click()
    assert totals(visit.page) == sorted(falling)
    assert names(visit.page)[-1] == "2023777"  # empty cells stay last
    visit.page.get_by_role("button", name="id", exact=True).click()
    ids = names(visit.page)
    assert [each for each in ids if each.isdigit()] == sorted(filter(str.isdigit, ids), key=int)
    assert visit.complaints == []


def test_search_filters_and_says_how_many(visit: Visit, out: Path) -> None:
    page = visit.page
    page.goto((out / "en" / "report.html").as_uri())
    count = page.locator("#count")
    expect(count).to_contain_text(f"50 of {SIZE} found")
    page.get_by_label("Search name, id, misconception").fill("欧阳 2023014")
    expect(count).to_contain_text(f"1 of 1 found; {SIZE} students")
    assert names(page) == ["2023014"]
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Status").select_option("unreadable")
    assert names(page) == ["2023777"]
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("late only").check()
    assert 0 < len(names(page)) < SIZE
    expect(page.locator("#students-table tbody tr").first).to_contain_text("late")


def test_paging_shows_the_rest(visit: Visit, out: Path) -> None:
    visit.page.goto((out / "en" / "report.html").as_uri())
    assert len(names(visit.page)) == 50
    visit.page.get_by_role("button", name="Show 50 more").click()
    assert len(names(visit.page)) == SIZE
    expect(visit.page.locator("#more")).to_be_hidden()


def test_a_misconception_leads_to_its_students(visit: Visit, out: Path) -> None:
    page = visit.page
    page.goto((out / "en" / "report.html").as_uri())
    first = page.locator("#causes tbody tr").first
    people = int(first.locator("td").first.inner_text())
    first.get_by_role("button", name="Show them in the table").click()
    expect(page.locator("#count")).to_contain_text(f"of {people} found")
    page.locator("#causes details").first.click()
    page.locator("#causes details a").first.click()
    assert "/feedback/" in page.url


def test_every_link_of_the_report_leads_to_a_page(visit: Visit, out: Path) -> None:
    visit.page.goto((out / "zh" / "report.html").as_uri())
    links = visit.page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))")
    feedback = {link for link in links if link.startswith("feedback/")}
    assert len(feedback) >= 80
    for link in feedback:
        assert (out / "zh" / link).is_file()
    anchors = {link[1:] for link in links if link.startswith("#")}
    for anchor in anchors:
        assert visit.page.locator(f"[id='{anchor}']").count() == 1


def test_the_whole_report_works_from_the_keyboard(visit: Visit, out: Path) -> None:
    page = visit.page
    page.goto((out / "en" / "report.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.get_by_label("Search name, id, misconception").focus()
    page.keyboard.type("欧阳")
    for _ in range(5):  # status, misconception, late, clear, the table's frame
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "name"
    page.keyboard.press("Enter")
    expect(page.locator("#students-table th").first).to_have_attribute("aria-sort", "ascending")


def test_without_scripts_the_whole_table_is_there(browser: Browser, out: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((out / "en" / "report.html").as_uri())
    expect(page.locator("#students-table tbody tr")).to_have_count(SIZE)
    expect(page.locator(".filters")).to_be_hidden()
    context.close()


def test_a_hostile_student_does_nothing_and_reads_as_text(visit: Visit, out: Path) -> None:
    report = (out / "en" / "report.html").as_uri()
    visit.page.goto(report)
    visit.page.get_by_label("Search name, id, misconception").fill("<script>alert")
    expect(visit.page.locator("#students-table tbody tr")).to_have_count(1)
    visit.page.locator("#students-table tbody a").first.click()
    visit.page.wait_for_load_state()
    expect(visit.page.locator("h1")).to_contain_text("<script>alert(1)</script>")
    visit.page.set_viewport_size(PHONE)
    assert not visit.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert visit.page.evaluate("document.scripts.length") == 0
    assert visit.page.locator("img[src='x'], svg[onload]").count() == 0
    visit.page.screenshot(path=ARTEFACTS / "hostile-en-phone-light.png", full_page=True)
    assert visit.complaints == []
    assert visit.strangers() == []


def test_the_policy_stops_what_escaping_would_let_through(visit: Visit, out: Path) -> None:
    """The second line of defence holds by itself: markup put in by hand neither runs nor loads."""
    html = (out / "en" / PAGES["good"]).read_text("utf-8")
    holed = out / "en" / "feedback" / "holed.html"
    attack = "<script>document.title='run'</script><img src='http://127.0.0.1:9/x' onerror=\"document.title='run'\">"
    holed.write_text(html.replace("</main>", attack + "</main>"), "utf-8")
    visit.page.goto(holed.as_uri())
    assert visit.page.title() != "run"
    assert any("Content Security Policy" in each for each in visit.complaints)


@pytest.mark.parametrize("name", ["report", "middling"])
def test_it_prints(browser: Browser, out: Path, name: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto((out / "zh" / PAGES[name]).as_uri())
    pdf = page.pdf(format="A4", path=ARTEFACTS / f"{name}-zh.pdf")
    assert pdf.startswith(b"%PDF")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".skip").evaluate("each => getComputedStyle(each).display") == "none"
    page.close()
