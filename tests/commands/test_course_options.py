"""A share and a time are understood as people write them, and refused in the reader's language."""

from __future__ import annotations

import click
import pytest

from grader.commands.course_options import Share
from grader.commands.grade import IsoTime


@pytest.mark.parametrize(
    ("written", "share"), [("0.1", 0.1), ("10%", 0.1), ("１０％", 0.1), ("0", 0.0), ("100%", 1.0)]
)
def test_a_share_or_a_percentage(written: str, share: float) -> None:
    assert Share().convert(written, None, None) == pytest.approx(share)


@pytest.mark.parametrize("written", ["10", "-0.1", "101%", "a tenth", "nan", ""])
def test_what_is_no_share_is_told(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ML6_LANG", "zh")
    with pytest.raises(click.BadParameter, match=r"不是 0\.1 或 10% 这样的比例"):
        Share().convert(written, None, None)


def test_a_time_as_a_spreadsheet_writes_it() -> None:
    assert IsoTime().convert("2026/12/1 18:00", None, None) == "2026/12/1 18:00"
    assert IsoTime().convert("none", None, None) == ""


def test_what_is_no_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ML6_LANG", "zh")
    with pytest.raises(click.BadParameter, match="2026/13/1 不是"):
        IsoTime().convert("2026/13/1", None, None)
