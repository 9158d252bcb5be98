"""Which pictures a report shows: what it links, and not what its comments and code speak of."""

from __future__ import annotations

import pytest

from grader.intake.people.pictures import album
from grader.intake.reading.arrivals import Arrival, Parcel
from tests import ROOT

FOLDER = Parcel("folder", "", "", None)


def broken(text: str) -> tuple[str, ...]:
    report = Arrival("report.md", "report.md", FOLDER, "0", len(text), "report", report=text)
    return album(report, [report]).broken


def test_the_template_shows_nothing() -> None:
    assert broken((ROOT / "student/report.md").read_text(encoding="utf-8")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "<!-- 图片用 ![说明](文件名.png) -->",
        "<!--\n![a](a.png)\n<img src=b.png>\n",
        "写成 `![说明](a.png)` 即可",
        "``![a](a.png)``",
        "```markdown\n![a](a.png)\n```\n",
        "~~~\n![a](a.png)\n~~~",
        "````\n```\n![a](a.png)\n```\n````\n",
        "```\n![a](a.png)",
        "![a](https://example.edu/a.png) ![b](data:image/png;base64,AAAA)",
        "a[0]: b < i",
    ],
)
def test_comments_and_code_show_nothing(text: str) -> None:
    assert broken(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "![a](a.png)",
        "<!-- 说明 -->\n![a](a.png)\n<!-- 完 -->",
        "```\nx\n```\n![a](a.png)\n```\ny\n```",
        "`x` ![a](a.png) `y`",
        "一个 ` 没有配对 ![a](a.png)",
        '<IMG SRC="a.png">',
        "![[a.png]]",
        "![图][1]\n\n[1]: a.png",
    ],
)
def test_links_between_them_do(text: str) -> None:
    assert broken(text) == ("a.png",)


@pytest.mark.parametrize("mark", ["`", "~", "<!--", "`a", "![", "```\n", "x`` "])
def test_a_hostile_report_costs_nothing(mark: str) -> None:
    """Seconds where the search is linear, days where it is not."""
    assert broken("![a](a.png) " + mark * 200_000) == ("a.png",)
