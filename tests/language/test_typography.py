"""Chinese as it is printed: full-width punctuation, no stray blanks; code stays as it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from grader.language import HERE
from tests import ROOT

CJK = r"\u3400-\u4dbf\u4e00-\u9fff"
FULL = "，。；：？！（）、“”《》"
WRONG = {
    "half-width punctuation": re.compile(rf"[{CJK}][,;:?!()]|[,;!?()][{CJK}]|[{CJK}]\.(?![\w/])"),
    "a blank within Chinese": re.compile(rf"[{CJK}{FULL}] +[{CJK}{FULL}]"),
    "a blank at full-width punctuation": re.compile(rf"[^\n ] +[，。；：？！）、”》]|[，。；：？！（、“《] +[{CJK}]"),
    "straight quotes": re.compile(rf"[\"'][{CJK}]|[{CJK}][\"']"),
}  # fmt: skip
# Code, formulas, links and placeholders have rules of their own.
CODE = re.compile(
    r"```[\s\S]*?```|`[^`]*`|\$[^$\n]+\$|\{[^{}]*\}|https?://\S+|\]\([^)]*\)|<!--|-->"
)
# Where Markdown or a table puts a blank that is none of the sentence's.
MARKUP = re.compile(r"^\s*(?:[-*>|#]|\d+\.)+ +|\s*\|\s*", re.MULTILINE)


def faults(text: str) -> list[str]:
    plain = MARKUP.sub("\n", CODE.sub("X", text))
    return [
        f"{what}: …{plain[max(0, found.start() - 8) : found.end() + 8]}…"
        for what, pattern in WRONG.items()
        for found in pattern.finditer(plain)
    ]


def catalogues() -> Iterator[tuple[str, str]]:
    for path in sorted((HERE / "zh").glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file):
                if entry.id:
                    yield path.name, str(entry.string)


def configured() -> Iterator[tuple[str, str]]:
    """Every `zh` of the two TOML files."""
    for name in ("grader/assignment.toml", "solutions/misconceptions.toml"):
        yield from ((name, text) for text in _chinese(tomllib.loads((ROOT / name).read_text())))


def _chinese(table: object) -> Iterator[str]:
    if isinstance(table, dict):
        for key, value in table.items():
            if key == "zh" and isinstance(value, str):
                yield value
            yield from _chinese(value)
    elif isinstance(table, list):
        for value in table:
            yield from _chinese(value)


def pages() -> Iterator[tuple[str, str]]:
    for name in ("student/README.md", "student/report.md", "README.zh-CN.md"):
        yield name, (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("texts", [catalogues, configured, pages], ids=lambda each: each.__name__)
def test_chinese_is_set_as_it_is_printed(texts) -> None:
    wrong = [f"{name}: {fault}" for name, text in texts() for fault in faults(text)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    ["没有调用 backward,没有梯度", "形状不对:应为 (4, 2)", "第 3 行 。", "请先保存 ，再评分", "他说\"好\"了", "循环 神经", "结束."],
)  # fmt: skip
def test_what_is_wrong_is_found(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    ["`a, b` 的形状是 (4, 2)，应为 {x}。", "见 rnn.py 第 3 行：y = f(x)。", "- **梯度** 求和", "1.5 分；T = 2 时"],
)  # fmt: skip
def test_what_is_right_passes(text: str) -> None:
    assert not faults(text)
