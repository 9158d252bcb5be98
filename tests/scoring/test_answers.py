"""A student's report as HTML: complete, faded where it is the template's, and harmless."""

from __future__ import annotations

import re

import pytest

from grader.handout import template
from grader.scoring.answers import answers
from grader.written.sections import asked
from tests.scoring.desks import MODEL


def shown(text: str, number: str = "1.1") -> str:
    found = answers(f"### 1.1 循环神经网络的基本架构\n\n{text}\n", "en", lambda _: "")
    return found[number].html


def test_every_section_of_the_model_answers_is_found_with_its_formulas() -> None:
    found = answers(MODEL, "zh", lambda _: "")
    assert set(found) == {"", *(section.number for section in asked())}
    assert 'class="broken"' not in found[""].html
    assert found["3.1"].html.count("<math") > 20


def test_the_templates_own_words_are_faded() -> None:
    found = answers(template.report(), "zh", lambda _: "")
    assert 'class="given"' in found["1.1"].html
    assert 'class="given"' not in shown("我自己写的一段话，不在模板里。")


def test_one_answer_to_2_2_stands_for_its_parts() -> None:
    found = answers("### 2.2 RNN、LSTM、GRU 比较\n\n参数量是 1:3:4。\n", "zh", lambda _: "")
    assert "1:3:4" in found["2.2a"].html == found["2.2c"].html


def test_an_answer_that_is_missing_is_not_another() -> None:
    assert set(answers("### 1.1 循环神经网络的基本架构\n\n好。\n", "zh", lambda _: "")) == {
        "",
        "1.1",
    }


@pytest.mark.parametrize("text", ["没有标题的一段话。", "# 我的报告\n\n没有标题的一段话。"])
def test_a_report_without_the_templates_headings_stands_as_a_whole(text: str) -> None:
    found = answers(text, "zh", lambda _: "")
    assert list(found) == [""]
    assert "没有标题的一段话。" in found[""].html


def test_a_broken_formula_stands_as_typed_with_the_reason() -> None:
    assert re.search(r'<code class="broken" title="[^"]*\\foo[^"]*">\\foo</code>', shown(r"$\foo$"))


def test_pictures_are_ours_or_in_the_text() -> None:
    png = "data:image/png;base64,iVBORw0KGgo="
    assert f'src="{png}"' in shown(f"![a]({png})")
    assert "picture not here: b.png" in shown("![b](b.png)")
    assert "<img" not in shown("![c](http://example.com/c.png)")
    svg = shown("![d](data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=)")
    assert "<img" not in svg
    assert "picture not here: data:image/svg+xml" in svg


@pytest.mark.parametrize(
    ("tag", "address"),
    [
        ('<img src="img/a b.png" style="zoom:50%;" />', "img/a b.png"),
        ("<img alt='x' src='a.png'>", "a.png"),
        ("<IMG SRC=a.png width=30>", "a.png"),
        ('text <img src="a.png"/> text', "a.png"),
        ('<p align="center">\n<img src="a.png">\n</p>', "a.png"),
    ],
)
def test_a_picture_as_html_is_a_picture(tag: str, address: str) -> None:
    report = f"### 1.1 循环神经网络的基本架构\n\n{tag}\n"
    came = {address: "picture/abc"}
    html = answers(report, "en", lambda name: came.get(name, ""))["1.1"].html
    assert 'src="picture/abc"' in html
    assert "picture not here" in answers(report, "en", lambda _: "")["1.1"].html
    embedded = report.replace(address, "data:image/png;base64,iVBORw0KGgo=")
    assert 'src="data:image/png' in answers(embedded, "en", lambda _: "")["1.1"].html


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "handler": '<img src=x onerror="alert(1)"><p onclick="alert(1)">x</p>',
    "style": '<style>*{display:none}</style><div style="position:fixed;inset:0">x</div>',
    "link": '<a href="javascript:alert(1)">x</a> [y](javascript:alert(1)) [z](data:text/html,x)',
    "remote": '<img src="http://example.com/x.png"><link rel=stylesheet href=//example.com/x.css>',
    "frame": '<iframe src="http://example.com"></iframe><object data=x></object><embed src=x>',
    "svg": '<svg><script>alert(1)</script><a href="javascript:alert(1)">x</a></svg>',
    "svg picture": "![x](data:image/svg+xml;base64,PHN2Zz48c2NyaXB0Pg==)",
    "math": (
        '<math><mi href="javascript:alert(1)">x</mi><annotation-xml encoding="text/html">'
        "<script>alert(1)</script></annotation-xml><mglyph src=http://example.com/></math>"
    ),
    "formula": r"$\href{javascript:alert(1)}{x}$ $\text{<img src=x onerror=alert(1)>}$",
    "form": '<form action="http://example.com"><input name=a><button>x</button></form>',
    "class": '<p class="given broken" id="points" name="free">x</p>',
    "template": "<template><script>alert(1)</script></template><noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_report_harms_nothing(name: str) -> None:
    html = shown(HOSTILE[name])
    inside = re.sub(r"<code[^>]*>.*?</code>", "", html, flags=re.DOTALL)
    for tag in re.findall(r"<[^>]*>", inside):
        assert not re.search(
            r"(?i)<\s*(script|style|link|iframe|object|embed|form|input|button|svg|template|annotation-xml|mglyph)\b"
            r"|\son\w+\s*=|javascript:|style\s*=|\sid\s*=|\sname\s*=|src=\"http",
            tag,
        ), tag


def test_a_report_that_is_too_unusual_stands_as_typed() -> None:
    found = answers("# x\n" + "[" * 20_000 + "<b>", "en", lambda _: "")
    assert found[""].html.startswith("<pre>")
    assert "<b>" not in found[""].html
