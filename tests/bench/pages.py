"""How the instructor's page behaves with 2,000 students, in a real browser; what pages cost.

Run from the root: `python -m tests.bench.pages`. Times depend on the machine; the goals are those
of a reader who should not notice a delay: 1 s to load, 0.1 s for a sort or a filter.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

from grader.reports.classroom import Classroom
from grader.reports.pages.class_page import class_page
from grader.reports.pages.student_page import student_page
from grader.results.files import file_names
from tests.reports.reports_samples import classroom, middling, wording

SIZES = (200, 2_000)
TURNS = 7
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
# From the click to the frame that shows its outcome, in milliseconds.
TIMED = """async ([selector, value]) => {
  const target = document.querySelector(selector);
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
  await frame();
  const start = performance.now();
  if (value === null) target.click();
  else { target.value = value; target.dispatchEvent(new Event("input")); }
  document.body.offsetHeight;
  await frame();
  return performance.now() - start;
}"""
ACTIONS = {
    "sort by total": ("#students-table th:nth-child(3) button", None),
    "sort by name": ("#students-table th:nth-child(1) button", None),
    "search": ("#search", "张"),
    "filter by status": ("#status", "needs_review"),
    "clear": ("#clear", None),
}
GOALS = {"load": 1_000.0, **dict.fromkeys(ACTIONS, 100.0)}


class Cost(NamedTuple):
    """Milliseconds: on the clock, and of the page's own thread (on a busy machine far less)."""

    wall: float
    cpu: float


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("This benchmark needs Chromium.")
    times = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for size in SIZES:
            path = Path(folder, f"report-{size}.html")
            started = time.process_time()
            path.write_text(build(size), encoding="utf-8")
            seconds = time.process_time() - started
            print(
                f"{size:>6} students: page of {path.stat().st_size / 1e6:.1f} MB, {seconds:.1f} s CPU"
            )
            times[size] = measure(browser.new_page(), path)
        browser.close()
    table(times)
    per_page()


def build(size: int) -> str:
    room = Classroom()
    for grade in classroom(size):
        room.add(replace(grade, exhibits=()))
    return class_page(room, (), wording("zh"), file_names(row.student_id for row in room.rows))


def measure(page: Page, path: Path) -> dict[str, Cost]:
    """Milliseconds of each action, medians of `TURNS`."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    runs: dict[str, list[Cost]] = {name: [] for name in GOALS}

    def busy() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(each["value"] for each in metrics if each["name"] == "TaskDuration")

    def timed(name: str, act: Callable[[], float]) -> None:
        before = busy()
        runs[name].append(Cost(act(), busy() - before))

    for _ in range(TURNS):
        page.goto("about:blank")
        timed("load", partial(load, page, path.as_uri()))
        for name, action in ACTIONS.items():
            timed(name, partial(page.evaluate, TIMED, list(action)))
    return {
        name: Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))
        for name, costs in runs.items()
    }


def load(page: Page, address: str) -> float:
    page.goto(address)
    return float(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))


def table(times: dict[int, dict[str, Cost]]) -> None:
    print("\nms from the click to the frame that shows it; in brackets CPU of the page's thread")
    print(f"{'':20}" + "".join(f"{size:>18}" for size in SIZES) + f"{'goal':>10}")
    for name, goal in GOALS.items():
        costs = [times[size][name] for size in SIZES]
        cells = "".join(f"{f'{cost.wall:.0f} ({cost.cpu:.0f})':>18}" for cost in costs)
        print(f"{name:20}{cells}{goal:>10.0f}")


def per_page() -> None:
    """What one student's page costs, with and without its pictures."""
    full, bare = middling(), replace(middling(), exhibits=())
    student_page(full, wording("zh"))
    for name, grade in (("with pictures", full), ("without", bare)):
        started = time.process_time()
        for _ in range(TURNS):
            student_page(grade, wording("zh"))
        print(f"student's page {name}: {(time.process_time() - started) / TURNS:.3f} s CPU")


if __name__ == "__main__":
    main()
