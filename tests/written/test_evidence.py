"""Evidence about the written part: found in honest reports, however headed; never harmed by others."""

from __future__ import annotations

import base64
import io
import re

import pytest
from PIL import Image

from grader.handout import template
from grader.language import render
from grader.written import (
    checklist,
    formulas,
    markdown,
    report_images,
    sections,
)
from grader.written.checklist import State

ANSWER = "隐藏状态在每一步由当前输入和上一步的隐藏状态算出,它概括了到目前为止读到的内容。"
PLACEHOLDER = re.compile(r"^> .*your answer here.*$", re.MULTILINE)


def png(size: int = 64, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (size, size), "steelblue").save(out, kind)
    return out.getvalue()


def answered(answer: str = ANSWER) -> str:
    return PLACEHOLDER.sub(lambda _: answer, template.report())


def states(report: str) -> dict[str, State]:
    return {section.number: section.state for section in checklist.collect(report).sections}


def part(report: str, number: str) -> checklist.Section:
    return next(s for s in checklist.collect(report).sections if s.number == number)


def under(number: str, answer: str) -> str:
    """The template with one section answered."""
    lines = template.report().split("\n")
    start = next(n for n, line in enumerate(lines) if re.match(rf"#+ {re.escape(number)}\b", line))
    return "\n".join([*lines[: start + 1], "", answer, "", *lines[start + 1 :]])


def test_template_asks_for_what_the_assignment_lists():
    assert [s.number for s in sections.asked()] == [
        *(f"1.{n}" for n in range(1, 11)), "2.1", "2.2a", "2.2b", "2.2c", "2.3", "3.1", "3.2", "3.3",
    ]  # fmt: skip
    assert {s.question for s in sections.asked()} == {"q1", "q2", "q3"}


def test_untouched_template_is_no_answer():
    assert set(states(template.report()).values()) == {State.TEMPLATE}
    assert all(s.characters == 0 for s in checklist.collect(template.report()).sections)


def test_filled_template_is_filled():
    assert set(states(answered()).values()) == {State.FILLED}
    assert part(answered(), "1.2").characters == len(ANSWER)


def test_one_answer_fills_one_section_only():
    found = states(under("1.4", ANSWER))
    assert [number for number, state in found.items() if state is State.FILLED] == ["1.4"]


@pytest.mark.parametrize("text", ["略", "TODO", "见上", "I do not know."])
def test_a_word_is_no_answer(text: str):
    assert part(under("1.1", text), "1.1").state is State.SHORT


def test_prompts_left_in_place_count_for_nothing():
    report = under("1.1", ANSWER)
    assert part(report, "1.1").characters == len(ANSWER)


def test_prompt_copied_out_of_its_comment_is_the_template():
    hint = "提示:为什么叫“循环”?它和普通神经网络有什么不同?"
    assert part(under("1.1", hint), "1.1").state is State.TEMPLATE


def test_a_photo_alone_is_an_answer():
    uri = report_images.as_data_uri(png(), "image/png")
    found = part(under("3.1", f"![推导]({uri})"), "3.1")
    assert (found.state, found.figures, found.unseen) == (State.FILLED, 1, ())


def test_pictures_must_open():
    junk = "data:image/png;base64," + base64.b64encode(b"no picture at all").decode()
    found = part(under("1.1", f"![]({junk}) ![](gone.png) ![](https://example.edu/x.png)"), "1.1")
    assert found.figures == 0
    assert found.unseen == (junk, "gone.png", "https://example.edu/x.png")


@pytest.mark.parametrize(
    "link", ["![图](fig.png)", '<img src="fig.png" style="zoom:50%">', "![图][1]\n\n[1]: fig.png"]
)
def test_pictures_that_came_along_are_opened(link: str):
    report = under("1.1", link)
    found = checklist.collect(report, {"fig.png": png()})
    assert found.sections[0].figures == 1


def test_the_same_picture_counts_once():
    report = under("1.1", "![](a.png) ![](a.png)")
    assert checklist.collect(report, {"a.png": png()}).sections[0].figures == 1


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (png(), "image/png"),
        (png(kind="JPEG"), "image/jpeg"),
        (png(kind="GIF"), "image/gif"),
        (png(kind="WEBP"), "image/webp"),
        (png(1), None),  # a tracking pixel
        (png()[:60], None),
        (b"", None),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "image/svg+xml"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n", None),  # would start Ghostscript
        (png() + b"\0" * report_images.MOST_BYTES, None),
    ],
)
def test_mime_type(picture: bytes, kind: str | None):
    assert report_images.mime_type(picture) == kind


def test_a_decompression_bomb_is_no_picture():
    bomb = bytearray(png())
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2  # the header promises 3.6 gigapixels
    assert report_images.mime_type(bytes(bomb)) is None


@pytest.mark.parametrize(
    "formula",
    [
        r"h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h)",
        r"\frac{\partial h_t}{\partial h_k} = \prod_{i=k+1}^{t} W_{hh}^\top \operatorname{diag}(1 - h_i^2)",
        r"\begin{aligned} a &= b \\[2pt] c &= d \end{aligned}",
        r"\left\| W \right\|_2 < 1 \tag{1} \label{eq:x}",
        r"\text{当}\ \sigma_{\max} > 1",
        r"\{a\} \subset \mathbb{R}^{n \times m}",
        r"\arg\max_x \mbox{for all } x \hfill \nicefrac{1}{2} + x\textsuperscript{2}",
        r"\begin{aligned}[t] a &= b \\[2pt] c &= d \end{aligned}",
        r"\begin{split} a &= b \end{split} \tag*{(1)} \label{eq:x}",
        r"\text{W_hh 占 100%} \ensuremath{x} \sum_{\substack{i \\ j}} \mathbbm{1}",
        r"\DeclareMathOperator{\diag}{diag} \diag(x) \mathop{\rm max}\limits_x y",
        r"\begin{eqnarray} a &=& b \end{eqnarray} \left< x \right> \textcolor{#f00}{y}",
    ],
)
def test_formulas_that_parse(formula: str):
    assert formulas.fault(formula) is None


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        (r"\frac{a}{b", "has no }"),
        ("a}b", "has no {"),
        (r"\begin{aligned} a", "has no \\end"),
        (r"\begin{aligned} a \end{matrix}", "does not close"),
        (r"\begin{aligne} a \end{aligne}", "no environment aligne"),
        (r"a & b", "outside of any table"),
        (r"x__1", "use braces"),
        (r"\frac{a}", "nothing after it"),
        (r"x \right)", "no \\left"),
        ("x^", "nothing after it"),
        ("a^b^c", "superscripts"),
        (r"\left( a", "no \\right"),
        (r"\fraction{a}{b}", "\\fraction is no known"),
        (r"\\frac{a}{b}", "two backslashes"),
        ("", "empty"),
        ("x" * 5000, "more than"),
        (r"\sqrt" * 700 + "{x}", "nested"),
        ("{" * 1500 + "}" * 1500, "nested"),
    ],
)
def test_formulas_that_do_not(formula: str, why: str):
    assert why in str(formulas.fault(formula))


@pytest.mark.parametrize(
    "written",
    ["$h_t = a + b_t$", "$$\nh_t = a + b_t\n$$", "\\(h_t = a + b_t\\)", "推导:\n\\[\nh_t = a + b_t\n\\]",
     "```math\nh_t = a + b_t\n```", "\\begin{align}\nh_t = a + b_t\n\\end{align}", "- 其中 $ h_t = a + b_t $"],
)  # fmt: skip
def test_formulas_are_found_however_delimited(written: str):
    found = part(under("3.1", written), "3.1")
    assert (found.formulas, found.equations, found.broken, found.loose) == (1, 1, (), ())


def test_a_symbol_is_no_equation():
    found = part(under("3.1", "$h_t$ 和 $W$"), "3.1")
    assert (found.formulas, found.equations) == (2, 0)


@pytest.mark.parametrize(
    "written", ["$$ a = b", "text $ x + 1", "$$\na\n$$ 和 $b", "![图](my fig.png)"]
)
def test_delimiters_without_partner(written: str):
    assert part(under("3.1", written), "3.1").loose


@pytest.mark.parametrize(
    "written", ["一共 $5。", "`$x` 是 shell 变量", "\\$ 是美元", "```sh\necho $HOME\n```"]
)
def test_dollars_that_are_no_formulas(written: str):
    assert part(under("3.1", written), "3.1").loose == ()


HEADINGS = {
    "隐藏状态": "1.2",
    "隐藏状态(Hidden State)- RNN的“记忆”": "1.2",
    "1.2": "1.2",
    "1.2、 隐藏状态": "1.2",
    "１．２ 隐藏状态": "1.2",
    "🧠 1.2 Hidden state": "1.2",
    "Hidden State": "1.2",
    "GRU简化门控": "1.10",
    "LSTM门控机制:遗忘门、输入门、输出门": "1.9",
    "2.1 全连接网络为什么不适合": "2.1",
    "2.2 RNN、LSTM、GRU 的比较": "2.2",
    "2.2 (b) 计算复杂度": "2.2b",
    "架构对比分析": "2.2",
    "双向RNN": "1.6",
    "双向RNN深度分析": "2.3",
    "双向RNN的优势和劣势": "2.3",
    "梯度传播公式推导": "3.1",
    "条件分析": "3.2",
    "LSTM优势解释": "3.3",
    "1.2 前向传播": "",
    "1.4.1 原因": "",
    "总结": "",
    "RNN": "",
    "2023": "",
    "": "",
}


@pytest.mark.parametrize(("heading", "number"), HEADINGS.items())
def test_recognise(heading: str, number: str):
    assert sections.recognise(heading) == number


def test_sections_in_any_order_and_in_words_of_their_own():
    report = "\n\n".join(
        f"## {heading}\n\n{ANSWER}{n}"
        for n, heading in enumerate(
            ["3.3 LSTM优势", "深层RNN(Deep RNN)", "2.1", "Seq2Seq模型", "时间依赖性"]
        )
    )
    found = [number for number, state in states(report).items() if state is State.FILLED]
    assert found == ["1.3", "1.7", "1.8", "2.1", "3.3"]


def test_numbers_that_start_again_in_each_part():
    report = f"# 第一部分\n## 1. 循环神经网络的基本架构\n{ANSWER}\n# 第三部分\n## 1. 梯度传播公式\n{ANSWER}\n"
    found = [number for number, state in states(report).items() if state is State.FILLED]
    assert found == ["1.1", "3.1"]


def test_an_answers_own_headings_are_no_sections():
    report = under("3.2", f"#### 梯度消失\n\n{ANSWER}\n\n#### 梯度爆炸\n\n{ANSWER}")
    found = states(report)
    assert found["3.2"] is State.FILLED
    assert found["1.4"] is State.TEMPLATE


def test_own_headings_at_the_sections_level_stay_in_their_part():
    report = answered("").replace(
        "### 3.2", f"### 3.2 条件\n\n### 梯度消失\n\n{ANSWER}\n\n### x 3.2", 1
    )
    assert states(report)["3.2"] is State.FILLED


def test_bold_lines_serve_as_headings_where_there_are_no_others():
    report = (
        f"**1.2 隐藏状态**\n{ANSWER}\n\n**1.4 梯度消失**\n\n{ANSWER}\n\n1.5 梯度爆炸问题\n{ANSWER}"
    )
    found = [number for number, state in states(report).items() if state is State.FILLED]
    assert found == ["1.2", "1.4", "1.5"]


def test_one_answer_for_lettered_sections():
    report = f"### 2.2 RNN、LSTM、GRU 比较\n\n{ANSWER}\n\n### 2.3 双向\n\n{ANSWER}"
    found = states(report)
    assert {found[number] for number in ("2.2a", "2.2b", "2.2c")} == {State.FILLED}
    assert part(report, "2.2b").characters == 0  # counted once


def test_notes_say_it_in_both_languages():
    uri = report_images.as_data_uri(png(), "image/png")
    report = under("3.1", f"$$h_t = a + b$$ ![]({uri}) $x^$")
    texts = checklist.notes(checklist.collect(report))
    assert str(texts[2]).startswith("q3: 1 of 3 sections answered (open: 3.2, 3.3)")
    assert "1 formulas that parse, 1 that do not, 1 pictures" in str(texts[2])
    assert str(texts[-1]) == (
        "bonus: 1 equations in LaTeX that parse in Part 3, 1 own pictures that open"
    )
    for text in texts:
        assert re.search(r"[一-鿿]", render(text, "zh"))


HOSTILE = {
    "brackets": "[" * 90_000,
    "pictures": "![" * 45_000,
    "open brackets of formulas": "\\(" * 45_000,
    "environments": "\\begin{align}\n" * 6_000,
    "dollars": "$" * 90_000,
    "quotes": ">" * 90_000,
    "lists": "- " * 45_000,
    "comments": "<!--" * 22_000,
    "tags": "<img " * 18_000,
    "data": "data:image/png;base64," * 4_000,
    "long": "x" * 5_000_000,
    "nul": "\0" * 50_000,
    "surrogates": "\ud800" * 1_000,
    "nested formula": "$" + "{" * 1_900 + "x" + "}" * 1_900 + "$",
    "formulas": "$x^$ " * 5_000,
    "headings": "# 1.1\n" * 8_000,
    "long heading": "# " + "隐藏" * 40_000,
    "table": "|a" * 25_000 + "\n" + "|-" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_reports_end_in_a_checklist(name: str):
    """Wherever the text stands. Speed is held by the caps: see `markdown.MOST_OPENED`."""
    found = checklist.collect(f"### 1.1\n\n{HOSTILE[name]}")
    assert found.unusual or len(found.sections) == len(sections.asked())
    for note in checklist.notes(found):
        render(note, "zh")


def test_a_report_that_is_too_unusual_says_so():
    found = checklist.collect("[" * 90_000)
    assert "too unusual" in str(checklist.notes(found)[0])


def test_no_file_is_opened(tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(png())
    report = under("1.1", f"![]({secret}) ![](file://{secret}) ![](../../etc/passwd)")
    assert checklist.collect(report).sections[0].figures == 0


def test_blocks_keep_the_lines_of_the_report():
    report = "# A\n\n<!-- two\nlines -->\n\ntext\n\n$$x$$\n"
    assert [(block.text, block.line) for block in markdown.blocks(report)][:2] == [
        ("A", 1),
        ("text", 6),
    ]
