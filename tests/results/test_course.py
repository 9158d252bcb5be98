"""A course's settings: given once, used ever after, and every change is said."""

from __future__ import annotations

from pathlib import Path

from grader.language import render
from grader.results import course
from grader.results.course import CourseSettings
from grader.results.store import NAME, Store

FIRST = CourseSettings(
    deadline="2025-11-30T23:59:59+08:00",
    late_penalty=0.1,
    roster=(("1", "张三", ""), ("2", "李四", "")),
)


def told(before: CourseSettings, given: CourseSettings, language: str = "en") -> list[str]:
    return [render(message, language) for message in course.told(before, given)]


def test_settings_are_kept_until_they_are_given_anew(tmp_path: Path) -> None:
    assert course.kept(tmp_path) == CourseSettings()
    with Store(tmp_path / NAME) as store:
        course.keep(store, FIRST)
        course.keep(store, CourseSettings())
        course.keep(store, CourseSettings(late_penalty=0.2, formats=("canvas",)))
    found = course.kept(tmp_path)
    assert found.deadline == FIRST.deadline
    assert found.roster == FIRST.roster
    assert (found.late_penalty, found.formats) == (0.2, ("canvas",))


def test_a_setting_can_be_taken_back() -> None:
    now = FIRST.updated(CourseSettings(deadline="", formats=()))
    assert (now.deadline, now.formats) == ("", ())


def test_what_changes_and_what_is_kept_is_said() -> None:
    assert told(CourseSettings(), FIRST) == [
        "deadline, kept from now on: 2025-11-30T23:59:59+08:00",
        "late penalty, kept from now on: 10 % per day",
        "roster, kept from now on: 2 students",
    ]
    assert told(FIRST, CourseSettings(deadline="", late_penalty=0.1)) == [
        "deadline changed: 2025-11-30T23:59:59+08:00 before, none from now on",
        "roster, kept from before: 2 students",
    ]
    assert told(FIRST, CourseSettings(), "zh")[1] == "迟交扣分（沿用之前的设置）：每天 10%"
